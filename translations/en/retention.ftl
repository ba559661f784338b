# The page of the retention, and the verification of the audit trail.

retention-name = Retention
retention-says = For how many months after the release a person's data are kept. After that the person is erased, with reports, answers, the words of calls, and numbers. This can't be undone.
retention-set = Set now:
retention-months =
    { $months ->
        [one] { $months } month after the release
       *[other] { $months } months after the release
    }
retention-forever = nobody is erased automatically
retention-field = Months
retention-hint = 1 to 120. Empty: nobody is erased automatically.
retention-wrong = Write the months as a number from 1 to { $most }.
retention-saved = Saved
retention-change = Retention: { $before } → { $after }
retention-effect-count =
    { $count ->
        [one] { $count } person will be erased within 30 days. Check the list below.
       *[other] { $count } people will be erased within 30 days. Check the list below.
    }
retention-effect-notice = For seven days after you save, nobody is erased.
retention-effect-none = Nobody will be erased automatically.
retention-will-go = Will be erased within 30 days: { $count }
retention-would-go = Would be erased within 30 days: { $count }
retention-nobody = Nobody.
retention-cut = The list has the 200 people who were released first.
retention-released = Released on
retention-goes = Erased on
audit-never-verified = The audit trail has never been verified.
audit-verified = Last verified: { $at } ({ $by }). It matches.
audit-not-verified = Last verified: { $at } ({ $by }). It doesn't match. Tell the administrator of the system.
