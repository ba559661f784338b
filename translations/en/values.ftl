# What values say that can't be.

birth-date-form =
    a birth date is 8 digits on the phone (YYYYMMDD), or YYYY-MM-DD, YYYY/M/D or an era date such as 昭和55年4月1日 in a file
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
