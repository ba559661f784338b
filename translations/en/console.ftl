# What the pages of the console say.

console-for-staff = For staff
console-skip = Skip to the content
console-menu = Menu
console-log-in = Log in
console-log-out = Log out
console-error-title = Error:
console-mistakes = Please mend this
console-email = E-mail address
console-password = Password
console-paste-works = Pasting works, too
console-log-in-next = Continue
console-cannot-log-in = If you can't get in, ask your centre's administrator or the system's.
console-ends-unused = After 15 minutes without use you are logged out. What you were writing is kept.
console-email-missing = Enter your e-mail address
console-password-missing = Enter your password
console-wrong-password = The e-mail address or the password is wrong
console-logged-out = You are logged out
console-timed-out = You were logged out, as nothing was used for a while
console-draft-kept = Your note is kept. After logging in you are back on the same page.
console-second-factor = Second step
console-one-time-code = The 6 digits of your authenticator
console-one-time-code-hint = Blanks and pasting are fine
console-recovery-code = Recovery code
console-recovery-code-hint = 16 characters; case and hyphens don't matter
console-wrong-code = This code doesn't work. Wait for new digits and enter those
console-confirm = Confirm and log in
console-use-authenticator = Use the authenticator's digits
console-lost-authenticator = Without the authenticator and the recovery codes, ask the help desk or your administrator for a code.
console-invitation = Set up your account
console-invitation-ended = This invitation doesn't work
console-invitation-ended-says = An invitation works once, for three days. If your account is set up, log in. If it isn't, ask an administrator for a new invitation.
console-step-password = Password
console-step-authenticator = Authenticator
console-step-recovery = Recovery codes
console-name = Name
console-role = Role
console-centre = Health centre
console-new-password = Choose a password
console-new-password-hint = At least 12 characters; blanks are fine. Don't use one that you use elsewhere
console-password-again = Once more
console-password-differs = The two passwords differ
console-password-guessable = This password is easily guessed. Choose another one
console-to-authenticator = Continue (authenticator)
console-scan = Scan with an authenticator
console-scan-says = Scan this picture with an authenticator on your phone.
console-qr = QR code to add the account to an authenticator
console-secret-says = If you can't scan it, type these characters.
console-to-recovery = Confirm
console-set-up = Your account is set up
console-recovery-says = If you lose the authenticator, these ten codes log you in, each once. They are never shown again: print them, or copy them to a safe place.
console-codes-kept = I have kept them: log in
console-today = Today
console-figures = Figures
console-account = Account
console-role-nurse = nurse or clerk
console-role-centre-administrator = centre administrator
console-role-help-desk = help desk
console-role-system-administrator = system administrator
console-role-unknown = unknown
console-not-found = There is no such page
console-not-found-says = The address is wrong, or it isn't yours to see.
console-forbidden = What you sent was refused
console-forbidden-says = It seems that the log-in has changed since this page was opened. Nothing was changed. Go back, reload the page and send it again.
console-unavailable = This can't be shown at the moment
console-unavailable-says = Please try again in a moment. If it is urgent, use the phone.
console-to-start = To the first page
console-to-log-in = To the log-in
console-to-today = Back to Today
console-as-of = now
console-read-again = Read again
console-simulated = Sample data: people and numbers are made up.
console-zone-japan = Japan time
console-monday = Mon
console-tuesday = Tue
console-wednesday = Wed
console-thursday = Thu
console-friday = Fri
console-saturday = Sat
console-sunday = Sun
console-ago-now = just now
console-red = Urgent
console-amber = Attention
console-note = Note
console-yes = yes
console-no = no
console-dont-know = doesn't know
console-severity = Severity
console-time = Time
console-person = Person
console-what = What happened
console-action = Action
console-no-person = Not about one person
console-deal = Note and close
console-filter-off = Show all
console-nothing-open = Nothing needs you now
console-nothing-open-says = New alerts appear when you read the page again.
console-next-page = Show more
console-closed = Noted and closed
console-not-noted = Views aren't being recorded
console-not-noted-says = The database can't be written, so the audit trail lacks this view. Tell a system administrator.
console-draft-restored = Your note is back
console-draft-restored-says = It isn't saved yet. Go on writing, then close.
console-more-alerts = There are new alerts about this person
console-more-alerts-says = Nothing was closed. Look at what is below, then close again.
console-nothing-left = Nothing is left to do here.
console-no-phone = No phone number is registered.
console-close-heading = Note and close
console-reason = What was done?
console-reason-spoke = Spoke to the patient, who stays at home
console-reason-handed = A doctor or hospital has taken over
console-reason-ambulance = An ambulance was called
console-reason-visited = Visited the patient
console-reason-nothing = Nothing to do: a mistaken answer, or settled
console-reason-other = Something else (write a note)
console-reason-missing = Choose what was done
console-note-field = Note on closing
console-note-hint = Up to 1,000 characters. It may stay empty
console-note-missing = With "something else", write what was done
console-close = Close
console-leave-open = Back without closing
console-devices = Where you are logged in
console-device = Device
console-since = Since
console-last-used = Last used
console-this-device = this one
console-everywhere = Log out everywhere
console-everywhere-says = For a device that isn't yours, or one that is lost. This device is logged out, too.
console-figures-says = Today's automated calls, and the phone numbers of the health centres. No person is shown.
console-no-centres = There is no health centre yet
console-phone = Phone
console-due = Due
console-reported = Reported
console-waiting = Waiting, ringing or talking
console-unanswered = Unanswered
console-cancelled = Cancelled
console-missed = Missed
console-item-body-temperature = Temperature
console-item-spo2 = SpO2
console-item-complexion = Bad colour of face or lips
console-item-cough-or-runny-nose = Cough or runny nose
console-item-breathlessness = Breathless
console-item-breathlessness-severe = Suddenly breathless, or can't lie down
console-item-fatigue = Tired
console-item-nausea-or-vomiting = Nausea or vomiting
console-item-diarrhoea = Diarrhoea
console-item-drowsiness = Drowsy or confused
console-item-unable-to-eat = Can't eat
console-item-no-urine = No urine
console-kind-red-answer = A red answer
console-kind-call-back = Asks to be called back
console-kind-stop-request = Asks to stop the calls
console-kind-stop-unconfirmed = Somebody unknown asks to stop the calls
console-kind-guessing = Somebody is guessing an ID or a birth date
console-kind-mass-guessing = Many callers fail to identify themselves
console-kind-centre-phone = Callers can't be put through to the centre
console-kind-unanswered = Unanswered
console-kind-missed = Not called in time
console-kind-wrong-number = Wrong number
console-kind-unknown-call = A call's outcome is unknown
console-kind-dialling = No calls are placed
console-kind-day-limit = Today's limit of calls is reached
console-kind-unspoken = A reply couldn't be spoken
console-kind-forged = Requests without a right signature

console-too-many-tries = Too many tries failed. Try again in { $seconds } seconds
console-use-recovery = Use a recovery code ({ $count } left)
console-password-short = Use at least { $least } characters
console-password-long = Use at most { $most } characters
console-zone = { $name }
console-moment = { $weekday } { $day } { $month ->
    [1] Jan
    [2] Feb
    [3] Mar
    [4] Apr
    [5] May
    [6] Jun
    [7] Jul
    [8] Aug
    [9] Sep
    [10] Oct
    [11] Nov
   *[12] Dec
    } { $year }, { $time }
console-ago-minutes = { $minutes } min ago
console-ago-hours = { $hours } h ago
console-ago-days =
    { $days ->
        [one] { $days } day ago
       *[other] { $days } days ago
    }
console-age = aged { $age }
console-age-and-day = aged { $age } · day { $day }
console-value-temperature = { $value } °C
console-value-saturation = SpO2 { $value } %
console-value-answer = { $item }: { $answer }
console-group = { $severity }: { $count }
console-closed-by = Closed at { $at } by { $by }
console-all-alerts = All { $count } alerts about this person are closed together.
console-note-long = A note has at most { $most } characters
console-note-hidden = The note has a character that isn't shown ({ $code }). Remove it
