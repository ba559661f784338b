# The log-in, and pages that stay open.

gate-live-asks = Many pages are open, so this one asks every 30 seconds (as of { $at })
gate-both-title = Log in without waiting
gate-both-says = It doesn't matter if the failed tries weren't yours. Send your password together with the digits of your authenticator, or a recovery code, and you are in at once.
gate-both-code = The 6 digits of your authenticator, or a recovery code
gate-both-wrong = The e-mail address, the password or the code is wrong. If they are right, wait a minute and try again with new digits
head-sms-price = price of SMS part
centre-no-sms-price = not known
gate-set-sms-price = Price of a part of an SMS
gate-hint-sms-price = The amount of the carrier's price list, such as 3.3. If it is empty, no cost is shown.
gate-wrong-sms-price = A number from 0.01 to 1000, with at most two decimals
gate-sms-price-unknown = not set
gate-sms-cost = One SMS costs { $parts } parts × { $price } = { $cost }
gate-sms-cost-unknown = The cost is shown once the price of a part is set.
gate-pace = How fast calls are placed
gate-pace-server = This server places up to { $pace } calls a second and has up to { $calls } calls at the same time, for all health centres together (as its settings file says).
gate-pace-now = At this health centre, { $waiting } calls of today are still to be placed, and { $open } are in progress.
sms-price-form = the price of a part of an SMS is a number from 0.01 to { $most }, with at most two decimals
gate-is-so-now = as it is now
gate-rota-week = On duty in the week from { $day }
gate-rota-weeks = Choose a week
gate-rota-before = ← Week before
gate-rota-next = Next week →
gate-rota-none = No staff are rung, even if nobody takes a red alert.
gate-rota-none-yours = Once you set up a rota, those on duty are rung in turn.
gate-rota-none-theirs = The health centre's administrator sets up the rota.
gate-trial = Trial
gate-trial-send = Send a trial
gate-trial-says = A trial is an SMS that says it is no alert. It shows whether the number is right. Landlines don't get it.
gate-trial-asked = The trial will be sent. Wait a moment and reload the page
gate-trial-soon = One was sent just now. Wait a minute (20 an hour at most)
gate-trial-gone = This person isn't on the rota
gate-trial-waits = asked for at { $at }
gate-trial-sent = sent at { $at }
gate-trial-refused = refused at { $at }: check the number
gate-trial-unknown = { $at }: unknown whether it was sent
