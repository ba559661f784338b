# What is wrong with a field of the questionnaire.
report-measured-again = { $item }, measured again
report-not-a-whole-number = Enter a whole number such as 98
