# The help texts of the laboratory's commands.

help-bench = Measure this program on this machine: everything, or only what is named
help-bench--seconds = Duration in seconds
help-bench--database = A PostgreSQL database instead of a new SQLite file. It must be empty
help-bench-console = The console: each page with 10,000 and with more patients, pages beside callers, the time from a red answer to the screens, and long lists
help-bench-console--patients = Patients of all health centres
help-bench-console--of-centre = Patients of the measured health centre, with reports
help-bench-console--days = Days of reports
help-bench-console--rate = Turns per second beside the pages
help-bench-day = A whole day on a virtual clock with all turns stored, as `demo --fast` plays it
help-bench-day--patients = Patients, most of them called once or twice
help-bench-dial =
    Automated calls placed into the simulated phone network on a real clock, with a durable intent for each
help-bench-dial--calls = Calls to place
help-bench-dial--rate = Calls due per second, evenly, instead of all at once; reports how late they are
help-bench-dial--people = How the people called behave
help-bench-dial--people--silent = Half are busy, the others don't answer: measures dialling only
help-bench-dial--people--usual = The usual mix: most answer all questions
help-bench-import = The import of a patient list, in a separate process, into a new SQLite file; and how long callers wait while lists are imported, call times are changed, and the database is exported and backed up
help-bench-import--patients = Patients in the list
help-bench-notices = Notices to patients: how long a day takes to plan, and how fast a mail server on this machine gets them
help-bench-notices--patients = Patients registered, most of them released
help-bench-notices--due = Patients under observation, who get a notice
help-bench-notices--mails = E-mails to send
help-bench-overload =
    Twice as many turns as the server can take: how long accepted turns wait, how fast the others are turned away, and whether everything acknowledged is stored
help-bench-soak = An even load, and the server's memory meanwhile
help-bench-soak--rate = Turns per second
help-bench-step = One step of the engine in a questionnaire turn
help-bench-tick = A tick of the dialer: with nobody due, and with 1,000 patients due, out of more and more patients
help-bench-tick--patients = Measure once with this number of patients, instead of 1,000, 10,000 and 100,000
help-bench-turns =
    Whole health calls over HTTP, signed, with a durable commit per turn; for comparison, a server that stores nothing
help-bench-turns--calls = Calls in progress at the same time, each number measured separately
help-bench-turns--turns = Turns to take with the highest number of calls; fewer with fewer calls
help-bench-turns--program = Another version of this program to measure, on a database that its own `bench turns` has prepared
help-bench-turns--patients = Patients registered

help-demo = Try it out: a new database, made-up patients, the simulated phone network, no configuration
help-demo-more = With `log.format = "json"` (KENKOCALL_LOG__FORMAT=json), each log line is a JSON object.
help-demo--fast = Play a whole day on a virtual clock, in seconds, and print the day's figures
help-demo--phone = Call the health-call line yourself: this terminal is the phone
help-demo--patients = Number of made-up patients. Default: 200, 5 with --phone, and 3 with --sip
help-demo--no-second-factor = Don't ask for the second factor of a log-in, in this demonstration only
help-demo--seed = Seed of the simulated people's behaviour: the same seed plays the same day

help-simulate = Rehearse in a simulated environment
help-simulate-carrier =
    A fake carrier on this machine: it takes calls as Twilio does, calls simulated people, and can simulate all faults of a carrier
help-simulate-carrier--port = The port to listen on, on 127.0.0.1; 0 chooses a free one
help-simulate-carrier--account-sid = The account that places calls
help-simulate-carrier--auth-token = The account's secret, which signs webhooks
help-simulate-carrier--behaviour =
    How all phones behave. Default: they answer, except by the last two digits of the number: 91 busy, 92 no-answer, 93 failed, 94 voicemail, 95 hangs-up, 96 silent, 97 wrong-number
help-simulate-carrier--behaviour--answers = Answers and keys a whole report: well, 36.5 °C, 98 %, no to everything
help-simulate-carrier--behaviour--busy = The line is busy
help-simulate-carrier--behaviour--no-answer = Rings and isn't answered
help-simulate-carrier--behaviour--failed = The number doesn't exist
help-simulate-carrier--behaviour--voicemail = A machine answers
help-simulate-carrier--behaviour--hangs-up = Answers, keys some answers and hangs up at the fourth question
help-simulate-carrier--behaviour--silent = Answers and keys nothing
help-simulate-carrier--behaviour--wrong-number = A stranger answers and says so by key
help-simulate-carrier--last-digits = How numbers with these last digits behave, as 12=busy; may be repeated
help-simulate-carrier--speed = Simulated seconds per second
help-simulate-carrier--calls-per-second =
    Calls that begin to ring per simulated second; the others wait in the carrier's queue. Default: no limit
help-simulate-carrier--seed = The seed of all random choices. Default: a new one each time; it is printed
help-simulate-carrier--log-file = Also append the log to this file, one JSON object per line
help-simulate-carrier--deliver-to = Send all webhooks to this address, whatever host their URL names
help-simulate-carrier--webhook-seconds = The maximum duration of a webhook, in seconds of real time
help-simulate-carrier--quiet = Print only the address
help-simulate-days =
    Whole days of a small health centre on a virtual clock, with crashes, clock steps and an unreliable phone network. The invariants are checked after each day
help-simulate-days--seed =
    The first day's seed: the same seed gives the same day. Default: taken from the time, and printed
help-simulate-days--days = How many days, each with the next seed. Default: 1 with --seed, else 100
help-simulate-days--for = Continue for this long, such as 90s, 10m or 1h
help-simulate-days--every-commit =
    Play the day of --seed again for each commit of the services: once the process dies just before it, once just after it
help-simulate-days--dies-before = The process dies just before this commit of the services, counted from 1
help-simulate-days--dies-after = The process dies just after this commit
help-simulate-days--patients = Patients per day
help-simulate-days--threads = Days played at the same time. Default: one for each processor
help-simulate-days--folder = The folder for the databases, one file per day. Default: a RAM disk if there is one
help-simulate-days--fast-disk = Don't wait for the disk at each commit; production does
help-simulate-days--verbose = Show all events, also of days without violations
help-simulate-days--log = Show the log of days on which it is kept: one in ten, and a single day
help-simulate-days--json = Print JSON: the totals, and each broken day that is shown
