# The words of help texts and of what is wrong with arguments. In English, clap says them itself.

clap-usage = Usage:
clap-commands = Commands:
clap-arguments = Arguments:
clap-options = Options:
clap-default = { $text } [default: { $values }]
clap-values = { $text } [possible values: { $values }]
clap-possible-values = Possible values:
clap-error = error: { $what }
clap-more-help = For more information, try '--help'.
clap-no-value = a value is required for '{ $argument }' but none was supplied
clap-invalid-value = invalid value '{ $value }' for '{ $argument }'
clap-refused-value = invalid value '{ $value }' for '{ $argument }': { $why }
clap-unknown-argument = unexpected argument '{ $argument }' found
clap-unknown-command = unrecognized subcommand '{ $command }'
clap-missing-arguments = the following required arguments were not provided: { $arguments }
clap-missing-command = '{ $command }' requires a subcommand but one was not provided
clap-conflict = the argument '{ $argument }' cannot be used with: { $other }
clap-too-many-values = unexpected value '{ $value }' for '{ $argument }' found; no more were expected
clap-wrong-values = the values of '{ $argument }' aren't as many as they should be
clap-not-utf8 = an argument isn't UTF-8 text
clap-valid-values = possible values: { $values }
clap-similar = did you mean: { $word }?
clap-range = write a number from { $least } to { $most }
