-- A report is about a day, or about one slot of it where the health centre wants one for each slot. A patient's reports of
-- one day (or slot) and channel are its versions: the newest complete one is the current report.
ALTER TABLE reports ADD COLUMN slot_time text NOT NULL DEFAULT ''; -- HH:MM of the slot; empty: the day

-- Outcomes: not_begun (nobody who had said who they are heard a question), unanswered, reported. Any but the last is open.
DROP INDEX reports_one_open;
CREATE UNIQUE INDEX reports_one_open ON reports (patient_id, report_date, slot_time) WHERE outcome <> 'reported';
