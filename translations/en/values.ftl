# What values say that can't be.

birth-date-form =
    a birth date is 8 digits on the phone (YYYYMMDD) or 7 with its era (3200401), or YYYY-MM-DD, YYYY/M/D or an era date such as 昭和55年4月1日 in a file
birth-date-future = a birth date can't lie in the future
birth-date-too-old = a birth date before 1900 can't be right
calling-hours-form =
    calling hours are written 08:00-20:00, the beginning before the end; midnight at the end of the day is 24:00
centre-code-form = a health centre's code has 1 to 16 letters, digits or hyphens, such as 13101
keys-not-a-key = phone keys are 0 to 9, * and #, and A to D
keys-too-many = too many keys in one turn
phone-number-form =
    this isn't a phone number that can exist; write it as 03-5211-3641, 09012345678 or +819012345678
line-empty = the text is empty
line-too-long = the text has more than { $most } characters
office-hours-form =
    office hours are written 08:30-17:15, opening before closing; midnight at the end of the day is 24:00
days-off-form =
    days off are written sat;sun;2027-01-01: mon, tue, wed, thu, fri, sat, sun, and dates as YYYY-MM-DD
days-off-too-many = at most 400 dates can be days off; take out those that have passed
days-off-every-day =
    all seven weekdays would be days off, so nobody would be called; to end a patient's calls use `kenkocall patients stop`
report-covers-form =
    write day when a report cancels the day's other calls, or slot when each call wants a report of its own
unregistered-reports-form =
    write cancel when a report from an unregistered number cancels automated calls, or keep when the patient is called all the same
centre-calls-form =
    write place when automated calls are placed, or pause when they aren't
after-red-form =
    write ask when callers are asked whether to continue after a red answer, or continue when they aren't
pattern-form =
    a call pattern is written "0 10 * * *" (minute, hour, day of month, month, weekday), several of them separated by ";", at most 8
pattern-field =
    the call pattern's { $field } can't be read; write a number, a list (9,18), a range (9-12), a step (*/2) or *
pattern-minute = minute
pattern-hour = hour
pattern-day = day of month
pattern-month = month
pattern-weekday = weekday
pattern-year = year
pattern-weekday-number =
    write weekdays in a call pattern by name (mon,wed or mon-fri): their numbers differ between kinds of cron
pattern-seconds = the seconds in a call pattern are 0, or left out: calls begin on the minute
sms-length = the SMS after a missed call has 1 to 500 characters; an empty value switches it off
sms-unknown-gap =
    the SMS after a missed call may hold {"{centre}"} and {"{call_back_number}"}, and no other braces
sms-hidden = the SMS after a missed call: { $why }
retry-form =
    a retry policy is written busy=3x10;no_answer=3x30: a cause (busy, no_answer, dropped, not_now, voicemail, failed), the tries in all (1 to 5) and the minutes between them (1 to 240)
retry-out-of-range = a cause allows 1 to 5 tries in all, 1 to 240 minutes apart
retry-twice = the same cause stands there twice; write each once
retry-wrong-number = a wrong number is never called again, so it has no retries; leave wrong_number out
number-of-calls = write a whole number of calls, such as 20
amount-of-money = write a whole amount of money, such as 20000
calls-a-second = write a number of calls a second, such as 0.5 or 2
degrees-celsius = write degrees Celsius with one decimal, such as 37.5
whole-number = write a whole number, such as 7
