# What the commands for figures and exports say.

days-nothing-yet = { $date }: nothing yet; calls of a day are listed from the time at which they are due
days-none = { $date }: no automated calls were due
head-due = due
head-reported = reported
head-unanswered = unanswered
head-cancelled = cancelled
head-missed = missed
head-open = open
head-calls-placed = calls placed
days-other-numbers = { $centre } reports from unregistered or hidden numbers: { $count }
days-slots = { $centre } slots: { $reasons }
days-calls = { $centre } calls: { $reasons }
days-under-way = under way
export-incomplete = standard output can't be written; what is there of the export isn't complete
