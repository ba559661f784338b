# What Today says of answers that were corrected.
today-corrected = { $now } (corrected; it was { $before })
today-value = { $value }
today-not-measured = not measured
today-was-without-answer = no answer
today-amber-answer = Amber answer
alert-corrected = { $value } (corrected to { $now })
today-group-wrong-number = Wrong number
today-above = { $count } more above, under a more severe heading
today-closed-of = Recorded and closed: { $name }
today-group-stop-request = Stop request
