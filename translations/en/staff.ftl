# What the commands for staff's accounts say.

account-not-found = no account has this e-mail address: `kenkocall staff list`
account-already-active = an account with this e-mail address is in use already; to set it up anew, run `kenkocall staff deactivate` first
account-centre-needed = this role needs a health centre: --centre CODE
account-no-centre-allowed = this role belongs to no health centre; leave out --centre
account-invitation-ended = the invitation doesn't hold; make a new one
account-wrong-password = the e-mail address or the password is wrong
account-wrong-code = the code is wrong, or was used before
account-log-in-ended = the log-in has ended; begin again
account-too-many-tries = too many tries failed; wait { $seconds } seconds
account-busy = too many passwords are being checked; wait a moment
log-in-name-form = an e-mail address has one @ and no blanks, such as hanako@mihon.example
staff-invited = { $name } is invited. Pass this link on to nobody else.
staff-link = It works once, until { $until }, and sets up a password and an authenticator.
staff-none = there are no accounts yet: `kenkocall staff add`
staff-deactivated = the account of { $name } is deactivated and logged out everywhere
staff-roles = the roles are { $roles }
head-address = address
head-role = role
