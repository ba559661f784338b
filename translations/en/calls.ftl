# What the lists of calls and attempts say.

head-began = began
head-line = line
head-lasted = lasted
head-verdict = verdict
head-intended = intended
head-stands = stands
head-attempt = attempt
head-slot = slot
head-number = number
head-not-wanted = not wanted
head-unknown-since = unknown since
head-found-nothing = found nothing
head-inconclusive = inconclusive
head-next-look = next look
head-staff-asked = staff asked
yes = yes
no = no
not-yet = not yet
calls-none = no calls
calls-more = there are more: --after { $after }
calls-id = a call's id looks like 0192f0c1-7f3a-7c11-8d5b-3b1f6a2c9e04; `kenkocall calls list` shows them
calls-states = --state takes where an automated call stands ({ $states }) or how it ended ({ $outcomes })
unknown-todo-slots =
    nobody is called again for these slots until it is known; the carrier's own log of calls tells, and then
    `kenkocall calls resolve CALL not-placed` (or no-answer, answered; look-again has it looked for now)
unknown-todo-slot =
    nobody is called again for this slot until it is known; the carrier's own log of calls tells, and then
    `kenkocall calls resolve { $call } not-placed` (or no-answer, answered; look-again has it looked for now)
unknown-since = whether the carrier has this call isn't known since { $at }
unknown-lookups = lookups that found nothing { $nothing }, inconclusive lookups in a row { $inconclusive }
unknown-looks = last look { $last }, next look { $next }
unknown-staff-asked = staff were asked { $at }
attempt-of-slot = attempt { $number } of the slot { $slot }: { $state }
attempt-of-staff = attempt { $number } of the call that staff asked for, { $slot }: { $state }
attempt-ended = intended { $begun }, ended { $ended }
attempt-so-since = intended { $begun }, so since { $since }
attempt-not-wanted = not wanted any more: { $why }
attempt-slot = the slot is { $state }
attempt-this-call = this call

transcript-call = call { $call } ({ $line })
transcript-began = began { $at }, { $end }
transcript-ended = ended after { $after }
transcript-ended-so = { $verdict } after { $after }
transcript-open = still open
transcript-about = about HER-SYS ID { $people }
transcript-report = report of { $date } by { $channel }
transcript-report-of = report of { $id }, { $date }, by { $channel }
leg-withheld-number = a withheld number
leg-not-ended = not ended
leg-inbound = inbound leg by { $carrier }, from { $far }: { $cause }
leg-inbound-to = inbound leg by { $carrier }, from { $far } to { $near }: { $cause }
leg-outbound = outbound leg by { $carrier }, to { $far }: { $cause }
turn-hands-over = hands over to { $number }
turn-hangs-up = hangs up
turn-answers = answers
turn-calls = calls
turn-keys = keys { $keys }
turn-keys-nothing = keys nothing
turn-talked = talked with a person
turn-not-reached = reached nobody
turn-hung-up = is gone ({ $cause })
turn-talked-and-hung-up = talked with a person, and is gone ({ $cause })
turn-not-reached-and-hung-up = reached nobody, and is gone ({ $cause })
turn-withdrawn = isn't to be called any more
turn-talked-and-withdrawn = talked with a person, and isn't to be called any more
turn-not-reached-and-withdrawn = reached nobody, and isn't to be called any more
turn-identified = is identified
