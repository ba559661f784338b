# Two people changed the same field: one of both values is chosen.

conflict-says = Nothing is saved yet. Which value should it be?
conflict-kept = In the other fields ({ $fields }) both changes are kept.
conflict-theirs = { $who }: { $value }
conflict-stored = Now: { $value }
conflict-mine = Yours: { $value }
conflict-go-on = Go on with this value
