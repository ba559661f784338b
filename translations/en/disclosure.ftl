# The file for a person who asks for their data.

disclosure-name = Disclosure file
disclosure-make = Make a file of this person's data
disclosure-says = For a person who asks for their data, everything that is stored about them, in one file (JSON). Before you hand it over, check whether it has something that the person must not be told.
disclosure-has = What the file has
disclosure-has-record = The record
disclosure-has-reports = All reports and answers, also those that were corrected
disclosure-has-calls = All calls as they were spoken. If others took part in a call, without keys and words
disclosure-has-alerts = Alerts, notes and transfers
disclosure-has-trail = Who saw and who changed what, and when
disclosure-recorded = The audit trail records that you made the file.
disclosure-save = Save the file

help-patients-disclose = Print everything that is stored about a patient, as JSON, for the patient. This is recorded
