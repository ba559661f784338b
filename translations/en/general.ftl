# Parts of sentences, and what every command may say.

joined = { $sentences }
verbatim = { $text }
separator-words = { ", " }
separator-sentences = { "; " }
output-failed = standard output can't be written ({ $why })
operator-name = --as takes a name of 1 to 100 characters in one line: { $why }
operator-name-of-system =
    the name of the system's user can't be recorded in the audit trail; give yours by --as
not-audited = this look isn't recorded in the audit trail, as { $why }; write down who looked at what, and when
not-sealed = what was written isn't sealed yet ({ $why }); `kenkocall serve` does that later
simulated = simulated data: patients, calls and answers are invented
up-to-date = the database is up to date
not-json = the answer can't be written as JSON
not-day =
    “{ $text }” isn't a day; write 2026-11-28, 令和8年11月28日 or R8.11.28, or today, yesterday or tomorrow
not-time =
    “{ $text }” isn't a time; write 2026-12-01 05:00, 2026-12-01T05:00:00+09:00, or a day: 2026-12-01, R8.12.1, today
number-unregistered = from an unregistered number
number-hidden = from a hidden number
lasted-seconds = { $seconds } s
lasted-minutes = { $minutes } min { $seconds } s
output-incomplete =
    standard output can't be written, so what it has isn't complete; check the disk or the program that reads it
man-pages = { $pages } pages in { $folder }
man-no-folder = the folder { $folder } can't be made; name another
man-no-page = a page can't be written
man-not-written = { $file } can't be written
