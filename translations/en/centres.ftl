# What the commands for health centres say.

centres-none = there is no health centre yet; `kenkocall centres add` adds one
centres-added = added
centres-changed = changed
centres-same = nothing to change
centres-name =
    a health centre needs a name of 1 to 40 characters in one line, such as 千代田保健所: it is spoken in every call: { $why }
centres-outside-hours =
    { $count ->
        [one] 1 patient has
       *[other] { $count } patients have
    } call times outside these hours and won't be called at them; give other times with `kenkocall patients set HERSYS_ID --call-times`

head-code = code
head-name = name
head-phone = phone
head-reading = reading
head-latin-name = Latin name
centre-no-reading = none: voices read the name as it is written
centre-no-latin-name = none: a Japanese voice says the name in every language
centre-reading-form = the reading of a name is written in hiragana or katakana, at most 80 characters: ソウサホケンジョ
centre-latin-name-form = a Latin name has at most 80 Latin letters: Sosa Public Health Center
head-time-zone = time zone
head-office-hours = office hours
head-calling-hours = calling hours
head-automated-calls = automated calls
head-days-off = days off
head-call-pattern = call pattern
head-report-covers = report covers
head-unregistered-reports = unregistered reports
head-after-red = after a red answer
head-body-temperature = body temperature
head-spo2 = SpO2
head-calls-at-a-time = calls at a time
head-calls-a-second = calls a second
head-calls-a-day = calls a day
head-spend-a-day = spend a day
head-missed-call-sms = missed-call SMS
centre-no-limit = no limit of its own
centre-office-hours = { $hours }, Monday to Friday
centre-calling-hours = { $hours }: when automated calls may begin
centre-calls-place = placed
centre-calls-pause = paused: none is placed until they are placed again
centre-no-days-off = none
centre-pattern = { $pattern }: for patients without times of their own
centre-report-covers-day = a report cancels the rest of the day's calls
centre-report-covers-slot = a report cancels the call at the time in which it came; later ones are placed
centre-unregistered-cancel = a report from another number than the patient's cancels calls, too
centre-unregistered-keep =
    a report from another number than the patient's doesn't cancel calls: the patient is called all the same
centre-after-red-ask = callers are asked whether to continue; hanging up counts as reported
centre-after-red-continue = the next question follows the advice at once
centre-temperature = note from { $note } °C, amber from { $amber } °C
centre-spo2 = amber at { $amber } % and below, red at { $red } % and below
centre-no-sms = none is sent
centre-after = after { $cause }
centre-no-other-try = no other try
centre-tries =
    { $tries } tries in all, { $minutes ->
        [one] a minute
       *[other] { $minutes } minutes
    } apart

head-temperature = temperature
head-a-report-covers = a report covers
head-at-a-time = at a time
head-a-second = a second
head-a-day = a day
head-tries = tries x minutes
centres-automated-calls = automated calls
centre-any = any
centre-covers-day = the day
centre-covers-slot = the slot
centre-sms-on = on
centre-sms-off = off
centre-calls-a-day = { $calls } calls
centre-spend-a-day = { $money } spent
