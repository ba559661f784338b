# So that nothing typed is lost.

typed-noted-beside = This note had been saved with another text. Both are kept
typed-closed-before = Somebody else had closed it. What you typed is among the notes
typed-decided-before = This stop request had been decided. What you typed is among the notes for staff
typed-not-passed-on = What you had typed hasn't been passed on yet
typed-pass-on-says = The transfer was accepted while you were typing. Answers and notes can be passed on, with your name and your health centre.
typed-too-late = The transfer was accepted while you were typing. It can't be passed on from here any more: more than 12 hours have passed since, or you hadn't opened this person's page before. Tell it by phone.
typed-pass-on = Pass it on to that health centre
typed-sms-to-staff = The SMS to staff about red alerts, for example ({ $language })
