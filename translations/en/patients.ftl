# What the commands for patients say.

patients-nothing-given = nothing is given to change; `kenkocall patients set --help` shows what can be
patients-nothing-changed = nothing was changed
patients-doubt = warning: { $doubt }; then `kenkocall patients release` the wrong one
patients-same = nothing to change: HER-SYS ID { $id }
patients-added = added: HER-SYS ID { $id }
patients-changed = changed: HER-SYS ID { $id }
patients-stopped = stopped: HER-SYS ID { $id }
patients-released = released: HER-SYS ID { $id }
erase-not-rewritten =
    warning: another program uses the database file, so unused parts of it may still hold erased values until it is rewritten (VACUUM)
erase-done = erased: { $rows } answers, reports and alerts; { $calls } calls remain, without numbers, keys and wording
erase-plain-entries = { $entries } entries of the audit trail were written by an earlier version and remain readable

head-phone-number = phone number
head-calls = calls
head-next-slot = next slot
head-birth-date = birth date
head-health-centre = health centre
head-language = language
head-oximeter = oximeter
oximeter-yes = yes
oximeter-no = none; SpO2 is asked again from { $date }
oximeter-unknown = unknown
head-diagnosed = diagnosed
head-observed-from = observed from
head-registered = registered
head-revision = revision
head-today = today
head-stop-asked-for = stop asked for
patients-none = no patients
patients-more = there are more: --after { $after }, or a greater --limit
patients-digits = { $option } takes digits, such as 5678
calling = automated calls to { $number } at { $times }
calling-centre-times = the centre's own times
calling-released = observation ended { $at }: no automated calls
calling-stopped = automated calls stopped { $at }
calling-stop-requested =
    automated calls held back: the patient asked { $at } that they stop; decide: `kenkocall patients stop { $id }`, or `kenkocall patients set { $id } --automated-call yes` to go on
calling-wrong-number =
    automated calls held back: { $number } isn't the patient's, as a call found out; give the right one: `kenkocall patients set { $id } --phone-number NUMBER`, or `--automated-call yes` where this one is right
calling-number-not-allowed =
    no automated calls: they don't go to this kind of number; give a Japanese landline, mobile or 050 number
calling-off = no automated calls
patient-stop-unconfirmed =
    { $at }, by somebody who didn't say who they are: calls continue until you decide: `kenkocall patients stop { $id }`, or `kenkocall patients set { $id } --automated-call yes` to continue
patient-stop-unconfirmed-in-call =
    { $at } in the call { $call }, by somebody who didn't say who they are: calls continue until you decide: `kenkocall patients stop { $id }`, or `kenkocall patients set { $id } --automated-call yes` to continue
patient-slots = today's slots
patient-reports = reports of the last 14 days
report-version = version { $number } of { $of }
report-stopped = stopped after { $item }, on the advice on a red answer
report-earlier = replaced by a later one
report-unfinished-again = begun again and not finished, the complete one stands
patient-late-answers = answered in another call after the report was finished, and no part of it
patient-calls = last calls to this patient, and those in which this HER-SYS ID was keyed
slot-of-staff = asked for by staff
slot-held-back = held back
slot-next-call = next call from { $at } on
slot-calls =
    { $count ->
        [one] 1 call
       *[other] { $count } calls
    }
today-reported = reported by { $channel }, severity { $severity }
today-reported-from = reported by { $channel } { $from }, severity { $severity }
today-late-answers = { $reported }; different answers came later, see below
today-stopped = { $reported }; stopped after { $item }, on the advice on a red answer
today-unfinished = not finished: { $answers } answers so far, severity { $severity }
today-unfinished-from = not finished: { $answers } answers so far, { $from }, severity { $severity }
today-no-report = no report yet
answer-not-measured = not measured
answer-taken-back = taken back
answer-of = { $item } of { $id }
answer-late = late: the report was finished before, and stands without it
report-answer = an answer is written FIELD=VALUE, such as body_temperature=37.5
report-added =
    the report of { $date } is recorded with the severity { $severity }; the day's automated calls to the patient are cancelled
report-alerts = alerts: { $kinds }
