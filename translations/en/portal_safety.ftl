portal-other-form = This page belongs to another person's report
portal-other-form-says = Nothing of this page was saved. Open that person's link again, or choose the person on the home page.
portal-words-too-many = Ten messages have arrived today. If it is urgent, phone the health centre.
portal-log-in-again = Log in once more to change your account
