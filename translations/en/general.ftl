# Parts of sentences, and what every command may say.

joined = { $sentences }
verbatim = { $text }
separator-words = { ", " }
separator-sentences = { "; " }
output-failed = standard output can't be written ({ $why })
operator-name = --as takes a name of 1 to 100 characters in one line: { $why }
operator-name-of-system =
    the name of the system's user can't be recorded in the audit trail; give yours by --as
