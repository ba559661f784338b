# The people of an account of the portal.
portal-attributes = About the person
portal-attributes-says = Please fill in the fields and press “Check what was entered”.
portal-name = Name
portal-name-hint = It can't be changed later. The certificate shows the name that the doctor or the health centre registered.
portal-family-name = Family name
portal-given-name = Given name
portal-name-long = Please enter at most { $most } characters
portal-name-hidden = There is a character that can't be seen. Please type it again by hand
portal-birth-date = Date of birth
portal-birth-date-hint = Year, month, day. For example 1948/4/12 or 19480412
portal-birth-date-wrong = This date can't be read. Please enter year, month and day as in the example
portal-hersys-id-hint = 6 to 8 digits. It is in the message or mail from your health centre.
portal-hersys-id-wrong = A HER-SYS ID has 6 to 8 digits
portal-label = A word that tells the person apart (if you like)
portal-label-hint = For example for a second infection: 2nd time, mother
portal-confirm = Check what was entered
portal-attributes-confirm = About the person: check
portal-attributes-confirm-says = Please check what you entered and press “Save”.
portal-name-stays = The name can't be changed once it is saved. It doesn't affect your observation or your certificate.
portal-attributes-save = Save
portal-person-mismatch = The date of birth or the HER-SYS ID is wrong
portal-person-taken = This person is registered already
portal-person-yours = Your account has this person already
portal-people-too-many = No more people can be added to this account
portal-person-added = { $name } was added
portal-person = Person
portal-show-person = Show this person
portal-people = People of this account
portal-people-says = Names can't be changed. The word that tells people apart can be changed at any time.
portal-add-family = Add a family member
portal-to-home = Back to the home page
portal-last-day = Last report
portal-last-temperature = Last temperature
portal-never = None yet
portal-not-measured = Not measured
portal-degrees = { $value } °C
portal-today = Today's report
portal-today-none = Not yet
portal-today-begun = Begun
portal-today-reported = Reported at { $time }
portal-next-call = Next call
portal-call-today = Today at about { $time }
portal-call-on = { $day } at about { $time }
portal-report = Report today's health
portal-report-resume = Continue the report
portal-report-only-today = You can report only how you are today. For changes, please ask your health centre.
portal-begun = { $name }: a report was begun
portal-begun-says = { $count ->
    [one] One question was answered today. You can continue from there.
   *[other] { $count } questions were answered today. You can continue from there.
}
portal-report-ended = { $name }: reporting has ended
portal-report-ended-says = Your recovery is over, so no reports are needed any more. What was reported stays visible. If you worry about your health, phone the health centre.
portal-day = { $month ->
    [1] January
    [2] February
    [3] March
    [4] April
    [5] May
    [6] June
    [7] July
    [8] August
    [9] September
    [10] October
    [11] November
   *[12] December
} { $day }
portal-full-day = { $month ->
    [1] January
    [2] February
    [3] March
    [4] April
    [5] May
    [6] June
    [7] July
    [8] August
    [9] September
    [10] October
    [11] November
   *[12] December
} { $day }, { $year }
