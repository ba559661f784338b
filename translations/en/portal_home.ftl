# A second report, the advice that stays within reach, and people who are taken out of an account.
portal-today-again = Reported at { $time } (another report was begun)
portal-urgent-today = One of today's answers needs attention now.
portal-urgent-read = See what to do
portal-remove = Remove from this account
portal-remove-person = Remove { $name }
portal-remove-says = Reports and records of this person can't be seen in this account any more. What was reported stays with the health centre, and its calls and messages don't change.
portal-remove-again = The person can be added again with HER-SYS ID and date of birth.
portal-remove-now = Remove
portal-removed = The person was removed
