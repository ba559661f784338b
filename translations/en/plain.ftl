# Sentences where readers stumbled: the counts of Today, the call pattern, the fields and values of the audit trail.

plain-today-elsewhere = { $count } more have one of these too, under a more severe heading.
plain-every-day = every day
plain-weekdays = weekdays
plain-pattern = { $days } { $times }
plain-pattern-more = { $first }; { $rest }
plain-hits = { $count } people
plain-hits-more = { $count } people or more
plain-date = { $day } { $month ->
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
    } { $year }
plain-changed-by = { $by } changed it at { $at }.
plain-menu = Menu
plain-field = { $name }: { $value }
plain-field-changed = { $name }: { $before } → { $after }
plain-subject-account = Staff account
plain-subject-centre = Health centre
plain-subject-list = List
plain-subject-portal-account = Portal account
plain-subject-rows = Records
plain-subject-trail = Audit trail
plain-subject-record = Record
plain-source-portal = Patient, in the portal
plain-field-revealed = Personal data shown
plain-field-asked = Tried to see
plain-field-found = Found
plain-field-status = State
plain-field-severity = Severity
plain-field-today = Today
plain-field-not-reported = Not reported today
plain-field-role = Role
plain-field-reason = Reason
plain-field-report = Report
plain-field-call = Call
plain-field-outcome = Outcome
plain-field-kind = Kind
plain-field-until = Until
plain-field-since = Since
plain-field-from-centre = From the health centre
plain-field-to-centre = To the health centre
plain-field-taken-by = Taken by
plain-field-bytes = Size in bytes
plain-field-number-ends = End of the phone number
plain-field-stopped-at = Calls stopped
plain-field-stop-requested-at = Stop requested
plain-field-released-at = Released
plain-field-wrong-number = Wrong number
plain-field-again-at = To be called again
plain-field-called-at = Called at
plain-field-closed-by = Closed by
plain-field-list-columns = Columns of the list
plain-field-red-sound = Sound for red alerts
plain-field-sharing = Shared with
plain-field-actor = Person
plain-field-centre = Health centre
plain-field-passport-number = Passport number
plain-field-contact = Person of the rota
plain-field-shift = Shift of the rota
plain-field-rings = Minutes between calls to the rota
plain-value-hidden = (recorded)
plain-value-passed-on = passed on
plain-value-on = on
plain-value-off = off
plain-value-open = open
plain-value-decided = decided
plain-more-people = Add more people
plain-more-shifts = Add more shifts
plain-several-sheets = The file has several sheets. Choose the one to read. Nothing is imported yet.
plain-pairs = { " pairs" }
plain-handover-again = See or print what was handed over again
plain-handover-again-heading = What was handed over, once more
plain-handover-again-says = The open lines are those of now. Who is getting worse is compared since the handover before.
plain-handover-worse-again = Worse since the handover before
