# What the commands for alerts and jobs say.

head-alert = alert
head-raised = raised
head-severity = severity
head-kind = kind
head-centre = centre
head-hersys-id = HER-SYS ID
head-value = value
head-call = call
head-taken = taken by
head-also = also
alerts-none = no open alerts
alerts-more = there are more: --after { $after }; those of one kind: `--kind KIND`
alerts-all-centres = all
alerts-id =
    an alert's id looks like 0192f0c1-7f3a-7c11-8d5b-3b1f6a2c9e04, or ends in +2 where a line has two others; `kenkocall alerts list` shows them
alerts-kinds = the kinds of alerts are { $kinds }
alerts-closed = closed: alert { $id } was closed { $at } by { $by }
alerts-same = nothing to change: alert { $id } was closed { $at } by { $by }
alerts-others-closed =
    { $count ->
        [one] and 1 other of this patient
       *[other] and { $count } others of this patient
    }
alerts-others-open =
    { $count ->
        [one] 1 other alert of this patient is open: `kenkocall alerts list`
       *[other] { $count } other alerts of this patient are open: `kenkocall alerts list`
    }
alerts-taken = taken: the line is yours
alerts-taken-over = taken over from { $who }
alerts-taken-before = nothing to change: you have had the line since { $at }
alerts-held = { $who } has had this line since { $at }; nothing was changed: `alerts take --over` takes it over
alerts-given-back = given back: nobody has the line now
alerts-untaken = nothing to change: nobody had the line
alert-temperature = body temperature { $value } °C
hint-guessing =
    somebody tries birth dates of HER-SYS IDs, quickly or over days; the patient's own number still gets in, other numbers may have few tries left today
hint-centre-phone =
    callers who want a person can't be connected, as the health centre's number isn't of a kind that is called: `kenkocall centres set CODE --phone NUMBER`
hint-mass-guessing =
    many callers fail to identify themselves; where they are very many within an hour, unregistered or hidden numbers have one try a call and wait longer; registered numbers aren't affected
hint-stop-request =
    calls are held back until you decide: `kenkocall patients stop ID`, or `patients set ID --automated-call yes`
hint-stop-unconfirmed =
    somebody who didn't say who they are asked that calls stop; calls continue until you decide, so phone the patient: `kenkocall patients stop ID` ends the calls, `patients set ID --automated-call yes` continues them and closes this
hint-unanswered =
    the tries of a slot are used up, or a call was answered and its report may be lost; phone the patient, or `kenkocall calls now ID`; a report closes it
hint-missed = nobody was called in time; `kenkocall calls now ID`; a report closes it
hint-wrong-number =
    calls are held back until there is another number: `kenkocall patients set ID --phone-number NUMBER`
hint-unknown-call =
    `kenkocall calls show CALL` says what is known; `kenkocall calls resolve CALL` takes what you find out
hint-dialling = no automated call is placed; `kenkocall dialer show` says why, `dialer resume` ends a pause
hint-day-limit =
    nobody more is called today; phone those who are missed, or set another limit: `kenkocall dialer show`, `centres list`
hint-unspoken =
    the carrier couldn't say a prompt in our voice: callers heard an apology, and the rest in its own; look at twilio.voices and at the carrier's log
hint-forged =
    webhooks with a wrong signature were refused: either twilio.auth_token or server.public_url is wrong, or somebody else posts them

head-job = job
head-failed-runs = failed runs
head-state = state
outbox-none = no open jobs
outbox-none-failed = no job was given up
outbox-id = a job's id looks like 0192f0c1-7f3a-7c11-8d5b-3b1f6a2c9e04; `kenkocall outbox list` shows them
outbox-same = nothing to change: no job was given up
outbox-retried =
    { $count ->
        [one] 1 job runs again
       *[other] { $count } jobs run again
    }
outbox-discarded = the job is dropped
job-due = due at { $at }
job-claimed = running; claimed until { $until }
job-kind-unknown = waits for a newer version of this program, which knows its kind
job-failed = given up at { $at }: { $why }
job-unreadable = its content can't be read
job-interrupted = the program ended, or couldn't store the result, each time it ran
job-database = the database failed each time; the log says how
job-panicked = a fault of the program; the log has it
job-timed-out = it took too long each time
job-no-carrier = the carrier that has its call isn't in the settings
job-unknown-failure = for a reason that only a newer version of this program knows

maintenance-ended = the maintenance has ended: callers are answered
maintenance-same = nothing to change: there was no maintenance
maintenance-none = no maintenance: callers are answered
maintenance-until = maintenance since { $since }, until { $until }
maintenance-open = maintenance since { $since }, until `kenkocall maintenance end`
