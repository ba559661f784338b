# The help texts of commands and options, by the command's words and the option's name. `any` is any command.

help-kenkocall = Automated follow-up calls of patients, a 24-hour health-call line and a portal (健康コール)

help-help = Print this message or the help of the given subcommand(s)

help-any--help = Print help
help-any--version = Print version
help-any--config = The settings file (TOML). Each setting is also read from the environment as KENKOCALL_SECTION__KEY
help-any--as = Who you are, for the audit trail. Default: the name of the system's user
help-any--lang =
    The language of what people read: ja or en. Default: that of the locale (LC_ALL, LC_MESSAGES, LANG), or English
help-any--json = Print JSON
help-any--reveal = Show phone numbers in full, not only their last four digits. This is recorded
help-any--folder = The folder with the documents
help-any--hersys-id = The patient's HER-SYS ID

help-alerts = List, take and close alerts
help-alerts-list =
    List the open alerts, the most severe first, then the oldest; one line per patient. The access is recorded
help-alerts-list--centre = Only alerts of this health centre, and alerts for all centres
help-alerts-list--kind = Only alerts of this kind, such as red_answer or call_back
help-alerts-list--today = Only alerts raised today, in the health-call line's time zone
help-alerts-list--limit = The maximum number of alerts
help-alerts-list--after = Only alerts after this one: the next page
help-alerts-take = Take a line of the list: others see who deals with it
help-alerts-take--alert = An alert on the line, the newest that you have seen. A +N after its id makes no difference
help-alerts-take--over = Take the line over if somebody else has it. The answer says who had it
help-alerts-give-back = Give a line back that you have taken, so that somebody else takes it
help-alerts-give-back--alert = An alert on the line. A +N after its id makes no difference
help-alerts-close = Close an alert that someone has handled, or all alerts on a patient's line of the list
help-alerts-close--alert =
    The alert as `alerts list` shows it. An id closes that alert; an id with +N closes the N others of the line, too. Alerts raised after the line was shown stay open

help-audit = Show and verify the audit trail, and write checkpoints of it to a file that is kept elsewhere
help-audit-list =
    Show entries, the latest first: who did or saw what, and look-ups of unknown IDs. The access is recorded
help-audit-list--patient = About the patient with this HER-SYS ID, or look-ups of it while it was unknown
help-audit-list--actor = Only entries of this person
help-audit-list--since = Only entries from this time on: 2026-11-23, 2026-11-23 09:00, R8.11.23, today or RFC 3339
help-audit-list--seals = Also show the seals of answers, reports and alerts, which the program adds every second
help-audit-list--limit = The maximum number of entries
help-audit-list--after = Only entries after this one: the next page
help-audit-list--reveal = Show HER-SYS IDs, and the values before and after, in full. This is recorded
help-audit-verify =
    Verify the whole trail. Each entry is chained to the one before it, so the first entry that was changed, inserted or removed is found. Only a checkpoint shows that the end was cut off or the whole trail rewritten
help-audit-verify--checkpoint = Compare with the checkpoints in this file. Default: audit.checkpoint_file, if it is set
help-audit-checkpoint =
    Add a line to a file: the number and the hash of the last entry. Keep the file where nobody who can change the database can change it: on another machine, or on paper
help-audit-checkpoint--file = The file. It is created if it doesn't exist
help-audit-checkpoint--after-restore =
    A backup was restored: earlier lines refer to entries that are lost, and the trail continues from here. `audit verify` reports it from now on

help-backup = Copy an SQLite database to a new file while `serve` continues
help-backup--file = The new file. Only its owner can read it. An existing file isn't overwritten

help-restore =
    Replace the SQLite database with a backup. Afterwards nobody is dialled until `dialer reconcile` and `dialer resume`
help-restore--file = The backup. It isn't changed

help-calls = List calls, show the transcript of a call, place a call now, and resolve calls with unknown outcome
help-calls-list = List calls, the latest first
help-calls-list--since = Only calls since this time: 2026-11-23, 2026-11-23 09:00 or RFC 3339
help-calls-list--open = Only calls that haven't ended
help-calls-list--hersys-id =
    Only calls to this patient, and calls in which anyone keyed this HER-SYS ID. The access is recorded
help-calls-list--centre = Only calls with patients of this health centre
help-calls-list--state =
    Only automated calls in this state (intended, placed, answered, unknown, ended) or with this outcome (reported, dropped, not_now, reached, voicemail, busy, no_answer, failed, wrong_number, withdrawn, not_placed)
help-calls-list--limit = The maximum number of calls
help-calls-list--after = Only calls after this one: the next page
help-calls-show = Show a call: why it was placed, what was said, keyed and stored. The access is recorded
help-calls-show--call = The call's id, as `calls list` shows it
help-calls-now = Call a patient now, within calling hours, whether or not today's report exists
help-calls-resolve =
    Enter the result of a call with unknown outcome (`calls list --state unknown`). Nobody is called again for its slot until the result is known
help-calls-resolve--call = The call's id
help-calls-resolve--found = What you found out, from the carrier's own call log or from the patient
help-calls-resolve--found--not-placed =
    The carrier never had the call: the patient may be called again within the slot's window
help-calls-resolve--found--no-answer = The phone rang, and nobody answered
help-calls-resolve--found--answered = Someone answered the call
help-calls-resolve--found--look-again = Not known yet: look the call up again now

help-centres = Add, change, list and show health centres
help-centres-add = Add a health centre
help-centres-list = List the health centres
help-centres-show = Show the settings of a health centre in plain words
help-centres-set = Change a health centre. Settings that aren't given stay as they are
help-centres--code = Its code
help-centres--name = Its name in full; at most 40 characters
help-centres--phone = Its number for callers
help-centres-add--code = Its code: 13101
help-centres-add--name = Its name in full: 千代田保健所. At most 40 characters, because every call speaks it
help-centres--reading = How a Japanese voice reads its name, in kana: ソウサホケンジョ. Default, and with an empty value: as it is written
help-centres--latin-name =
    Its name in Latin letters, which the voices of the six other languages read: Sosa Public Health Center. Default, and with an empty value: a Japanese voice says the name
help-centres--time-zone = Its time zone. Default: Asia/Tokyo
help-centres--municipalities =
    The municipalities for which it is responsible, separated by commas: 匝瑳市、旭市. The help desk tells callers by them where to turn. Default, and with an empty value: none
help-centres--office-hours =
    When staff can take calls, Monday to Friday. Full-width digits, 〜 and 時 are accepted too, and 24:00 is midnight at the end of the day. Default: 08:30-17:15
help-centres--calling-hours =
    When automated calls may begin, every day; written like --office-hours. Default: 08:00-20:00
help-centres--temperature-note = The lowest body temperature that is a note. Default: 37.5
help-centres--temperature-amber = The lowest body temperature that is amber. Default: 38.5
help-centres--spo2-amber = The highest oxygen saturation that is amber. Default: 95
help-centres--spo2-red = The highest oxygen saturation that is red. Default: 93
help-centres--days-off = Days without automated calls: sat;sun;2027-01-01. An empty value for none
help-centres--call-pattern =
    When patients without call times of their own are called: cron expressions (minute, hour, day of month, month, weekday by name), separated by ";". If both a day of the month and a weekday are given, both must match. Default, and with an empty value: 0 10 * * *
help-centres--retry =
    Tries in total and minutes between them, by how a call ended (busy, no_answer, dropped, not_now, voicemail, failed): busy=3x10;no_answer=3x30. Default for those not named, and with an empty value for all: 3x30
help-centres--report-covers =
    What a report cancels: the rest of the "day", or the "slot" in which it was made. Default, and with an empty value: day
help-centres--unregistered-reports =
    How a report from another number than the registered number (unregistered or hidden) affects automated calls: "cancel" them as any report does, or "keep" them. Default, and with an empty value: cancel
help-centres--after-red =
    Whether callers are asked after a red answer if they want to continue: "ask", or "continue" with the next question at once. Default, and with an empty value: ask
help-centres--concurrent-calls =
    The maximum number of its automated calls at the same time. Default, and with an empty value: only the carrier's limit
help-centres--calls-per-second =
    The maximum number of its automated calls placed per second. Default, and with an empty value: only the carrier's limit
help-centres--missed-call-sms =
    The SMS after an unanswered call, with the placeholders {"{centre}"} and {"{call_back_number}"}. It must not mention health. Default, and with an empty value: no SMS is sent
help-centres--sms-price =
    The price of a part of an SMS, such as 3.3: the console says what an SMS costs. Default, and with an empty value: not known
help-centres--calls-per-day =
    The maximum number of its automated calls per day. Default, and with an empty value: no limit of its own
help-centres--spend-per-day =
    The maximum cost of its automated calls per day, by dialer.price_per_minute. Default, and with an empty value: no limit of its own
help-centres--daily-notice = When its patients get the daily notice with the link to report: 08:30. It must lie in --notice-hours. Default, and with an empty value: none is sent
help-centres--notice-hours = When notices and invitations may be sent, every day; written like --office-hours. Default: 08:00-20:00
help-centres--invitations = Whether new patients get the invitation to the portal: "at_registration", or "by_hand" when only staff send it. Default, and with an empty value: by_hand
help-centres--leaflet = The address of the leaflet in its invitations, beginning with https://. Default, and with an empty value: none
help-centres--invitation-words = What it adds to its invitations, in all languages alike. Default, and with an empty value: nothing
help-centres--automated-calls =
    Whether its automated calls are placed: "place" them, or "pause" them until they are placed again. Calls in progress continue, and staff are told of each call time that passes without a call. Default, and with an empty value: place

help-completions = Write shell completions for these commands to standard output
help-completions--shell = The shell

help-config = Check the settings before starting `serve` with them
help-config-check =
    Read all settings as `serve` would, and report everything that is wrong or probably not intended. Nothing is started or changed; the database is opened and read. Ends with an error if `serve` wouldn't start
help-config-show =
    Show every effective setting and where it comes from: the settings file, the environment, a file of its own or the defaults. Tokens and passwords are masked

help-days = Show figures of a day's automated calls, by health centre
help-days-show = Show the slots of a day and how they ended
help-days-show--date = The day at the health centres: 2026-11-24, 令和8年11月24日, R8.11.24, or today, yesterday, tomorrow

help-dialer = Show whether automated calls are placed; pause and resume them
help-dialer-show = Show whether automated calls are placed, and what is waiting
help-dialer-pause =
    Place no automated calls from now on; calls in progress continue. After restoring a backup, pause before `kenkocall serve`: the backup lacks later calls. Pausing again replaces the reason and the end
help-dialer-pause--reason = Why, in a few words. All staff can read it: name no patient
help-dialer-pause--until =
    When the pause ends by itself: "2026-12-01 05:00" in health_call.time_zone, or RFC 3339. Without it, the pause lasts until `dialer resume`
help-dialer-resume = Place automated calls again, within windows that haven't ended
help-dialer-resume--anyway =
    Resume even if the database lacks its last entries and `dialer reconcile` isn't possible. Patients may be called twice
help-dialer-reconcile =
    Reconcile after a restored backup or a fail-over that lost entries: ask the carrier which calls were placed within a day, and settle their slots, so that nobody is called again for them. Then run `dialer resume`
help-dialer-reconcile--wait =
    Wait until the carrier's list is reliable and all calls are over, and show what is waited for. Ctrl-C ends the waiting; slots settled by then stay settled

help-flows = Check, export, draw, time, play and test the flow documents
help-flows-check = Find errors in the documents: each with file, line and what to do
help-flows-check--folder =
    The folder with the documents. Default: flows.directory of the settings, else call_flows in this folder, else the built-in ones
help-flows-export =
    Write the built-in documents and transcripts to a folder, to be changed there and named in flows.directory
help-flows-export--directory = The folder: a new or an empty one
help-flows-export--overwrite =
    Replace files with the same names in a folder that isn't empty. Each is named; other files stay
help-flows-draw = Write a picture (SVG) of a flow to standard output
help-flows-draw--flow = The flow: health_call, questionnaire, …
help-flows-draw--language = The language of the wording: ja, en, zh-Hans, zh-Hant, ko, es, pt
help-flows-form = Show the questionnaire as a form: its fields or, with answers, what they lead to
help-flows-form--language = The language of the wording
help-flows-form--answers = Answers, each as FIELD=VALUE: body_temperature=37.5 fatigue=yes. Nothing is stored
help-flows-time = Show how long a call takes, by prompt and in all
help-flows-time-more =
    The speech of every prompt is estimated; a caller takes 2 seconds a key. Timed are a healthy patient's call, one with every symptom, and one with a red oxygen saturation, each heard in full and with keys pressed at once.
help-flows-time--language = Only this language: ja, en, zh-Hans, zh-Hant, ko, es, pt. Default: all
help-flows-play = Play a flow in the terminal by typing keys
help-flows-play--flow = The flow
help-flows-play--language = The language in which the call begins
help-flows-play--known-caller = The patient has completed a call on this line in this language before, and hears the short wording
help-flows-test = Run the transcripts (FLOW/*.call): calls as text, with what must be said and stored
help-flows-test--transcripts =
    A folder with documents and transcripts, as `flows export` writes it; or folders of transcripts, or single .call files. Default: the folder `transcripts` next to the documents, else the built-in ones
help-flows-test--update =
    Write what happened into the transcripts instead of comparing. Review the difference before you keep it

help-staff = Invite, list, unlock and deactivate the accounts of staff for the console
help-staff-add = Invite a member of staff. Prints the link by which the password and the second factor are set up, once, within three days
help-staff-add--name = The name, as the audit trail shows it
help-staff-add--email = The e-mail address, which is the log-in name. Nothing is sent to it: pass the link on yourself
help-staff-add--role = nurse (also for clerks), centre_administrator, help_desk or system_administrator
help-staff-add--centre = The health centre, for nurses and its administrators
help-staff-list = List the accounts
help-staff-unlock = Issue a code for somebody who has lost the second factor. Prints it once. The person logs in with the password, chooses "I have a code from the help desk", and sets up a new authenticator within an hour; until then the old one works
help-staff-unlock--email = The e-mail address
help-staff-deactivate = End an account: it is logged out everywhere, and nobody can log in. `staff add` sets it up anew
help-staff-deactivate--email = The e-mail address
help-rota = Show and set whom a health centre rings about red alerts that nobody has taken
help-rota-show = Show a health centre's rota. With --json it can be changed and given to `rota set`
help-rota-show--centre = The health centre
help-rota-set = Store a rota in place of a health centre's present one
help-rota-set--centre = The health centre
help-rota-set--file = The file, as `rota show --json` prints it. Its revision must be the present one
help-maintenance = Start, end and show a maintenance of the line
help-maintenance-start =
    Play the announcement to new callers from now on; calls in progress continue. Starting again sets a new end
help-maintenance-start--until =
    The end, which is announced and takes effect by itself: RFC 3339, or "2026-12-01 05:00" in health_call.time_zone. Without it, the maintenance lasts until `maintenance end`
help-maintenance-end = Answer callers again from now on
help-maintenance-show = Show whether there is a maintenance

help-man = Write a man page of each command into a folder
help-man--folder = The folder. It is created if it doesn't exist

help-migrate = Bring the database's tables up to date

help-outbox = List the jobs that wait, such as short messages; retry and discard those that were given up
help-outbox-list = List the jobs that aren't done: first those that were given up. Jobs name no patient
help-outbox-list--failed = Only jobs that were given up
help-outbox-retry = Run a job again that was given up, or all of them, once the cause is corrected
help-outbox-retry--job = The job as `outbox list` shows it
help-outbox-retry--all = All jobs that were given up
help-outbox-discard = Drop a job that was given up: it never runs
help-outbox-discard--job = The job as `outbox list` shows it

help-patients = Import, add, change, stop, release, erase, list and show patients
help-patients-import = Import a patient list, CSV or an Excel workbook. Either the whole list is imported or nothing
help-patients-import--file = The list
help-patients-import--centre = The health centre that is responsible for these patients
help-patients-import--sheet =
    The sheet of an Excel workbook. It is required if several visible sheets contain a list. Hidden sheets are never read
help-patients-import--dry-run = Show what would change, and write nothing
help-patients-add = Add one patient
help-patients-add--centre = The health centre that is responsible for the patient
help-patients-add--hersys-id = 6 to 8 digits
help-patients-set =
    Change a patient. What isn't given stays, and an empty value erases. It takes effect for the next call
help-patients-set--revision = Change nothing if the record has changed since this revision, which `patients show` prints
help-patients--birth-date = 1980-04-01, 1980/4/1 or 昭和55年4月1日
help-patients--family-name = 姓
help-patients--given-name = 名
help-patients--phone-number = The number for automated calls
help-patients--automated-call = yes or no
help-patients--call-times = Up to four times within the centre's calling hours: "09:00;18:00"
help-patients--oximeter = Whether the patient has an oximeter: yes, no or unknown. With no, SpO2 is asked once a week only
help-patients--language = ja, en, zh-Hans, zh-Hant, ko, es or pt
help-patients--diagnosis-date = 診断年月日
help-patients--monitoring-start = 観察開始日
help-patients-stop =
    Stop automated calls from now on; the patient can still report. `set --automated-call yes` ends the stop
help-patients-release = End the observation: no more automated calls from now on, and no more reports
help-patients-erase =
    Erase a patient who was released two days ago or more, with all reports and answers. This can't be undone
help-patients-list = List patients that match a search. The search is recorded, and also for each patient listed
help-patients-list--name = A part of the name, family name first: 見本, 見本花
help-patients-list--hersys-id = A part of the HER-SYS ID
help-patients-list--phone-ends = The last digits of the phone number
help-patients-list--status = The status of the patients
help-patients-list--status--observed = Under observation
help-patients-list--status--called = Under observation and called
help-patients-list--status--stopped = Calls were stopped
help-patients-list--status--held-back = Calls are held back until the centre decides
help-patients-list--status--off = Under observation, without automated calls
help-patients-list--status--released = Observation has ended
help-patients-list--status--all = All patients
help-patients-list--centre = Only patients of this health centre
help-patients-list--limit = The maximum number of patients
help-patients-list--after = Only patients after this HER-SYS ID: the next page
help-patients-list--reveal = Show names and phone numbers in full. This is recorded
help-patients-show = Show a patient with today's slots and the latest reports and calls. The access is recorded

help-reports = Enter and export reports
help-reports-add =
    Enter today's report for a patient who told you the answers. It counts like a report by phone: answers are graded, alerts are raised, and the day's automated calls are cancelled
help-reports-add--answers =
    The answers, such as body_temperature=37.5 spo2=98 cough_or_runny_nose=no. `kenkocall flows form` shows the fields
help-reports-export =
    Write the reports of some days as CSV (UTF-8, with a header) to standard output. Times are in the time zone of the report's health centre; what wasn't answered or couldn't be measured is empty. The column caller_number says which number the caller had: registered, unregistered or hidden. The column stopped_after has the question after which a report stopped because the caller left on the advice on a red answer. The column written has what the patient wrote in the portal, with an apostrophe before what a spreadsheet would take for a formula. The export is recorded
help-reports-export--from = The first day: 2026-11-01, 令和8年11月1日, R8.11.1, or today, yesterday
help-reports-export--to = The last day
help-reports-export--centre = Only the reports of this health centre

help-serve = Take calls: all roles on one port
help-serve-more =
    Log lines go to standard error; with `log.format = "json"` (KENKOCALL_LOG__FORMAT=json), each is a JSON object.
