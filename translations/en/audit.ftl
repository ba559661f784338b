# What the commands for the audit trail say.

audit-verifies = { $entries } entries verify, the last of { $at }
audit-verifies-waiting = { $entries } entries verify, the last of { $at }; { $waiting } not sealed yet
audit-empty = there are no entries yet
audit-empty-waiting = there are no entries yet; { $waiting } not sealed yet
audit-checkpoints =
    { $count ->
        [one] 1 checkpoint fits
       *[other] { $fit } checkpoints fit
    }, the last of { $at }
audit-no-checkpoints = the file has no checkpoints yet
audit-restored =
    a restored backup was noted { $at }: what came after entry { $entry } until then is lost, as { $lost } checkpoints tell
audit-unbacked =
    the trail is consistent with itself, but no checkpoint backs it: whoever can write the database could have rewritten all of it;
    set audit.checkpoint_file, or give --checkpoint FILE
audit-keep-copy = Keep a copy of the database as it is, and find out who could write to it
audit-nothing-to-add = nothing to add: the file has the last entry already

chain-error = the audit trail doesn't verify: { $what }.
chain-missing = entry { $entry } is missing
chain-changed =
    entry { $entry } ({ $id }, { $at }) doesn't fit the one before it: it was changed, or another was taken out or put in there
chain-id = id { $id }
chain-no-id = an id that is none
chain-no-time = of no time that can be
chain-end = the trail ends with entry { $entry }, and { $sealed } were sealed: the end was cut off or added to
chain-cut =
    the end was cut off: the checkpoint of { $at } knows entry { $entry }, and the trail doesn't reach it; or an older backup was restored
chain-rewritten =
    the trail was written anew: the checkpoint of { $at } knows entry { $entry } with another hash, so that entry or one before it was changed; or an older backup was restored

rows-fit = { $rows } answers, reports and alerts are as they were sealed
rows-found = { $rows } were sealed as they were found: at an upgrade, or after a process had died
rows-erased = { $rows } were erased, as the trail says
rows-unsealed = { $rows } aren't sealed yet
rows-changed =
    { $rows } of the answers, reports and alerts that the trail names aren't as they were sealed; they were changed behind the program:
rows-put-in =
    { $rows } answers, reports and alerts have no seal; they were put in behind the program, or a process died within a second of writing them: then `serve` seals them at its start as they are, and the trail says so:
rows-more = and { $more } more
row-answer = an answer of report { $report } (answer { $id })
row-report = report { $id }
row-alert = alert { $id }
row-changed = { $what } was changed
row-deleted = { $what } was deleted
row-end-changed =
    { $what } has another end than the one that was sealed last: it was closed, opened again or changed
row-no-seal = { $what } has no seal

head-at = at
head-who = who
head-from = from
head-what = what
head-about = about
head-fields = fields
trail-none = no entries
trail-more = there are older ones: --after { $after }
trail-id = the id of an entry is one that `kenkocall audit list --json` shows
trail-nobody-with-id = nobody with HER-SYS ID { $id }
trail-patient = HER-SYS ID { $id }
trail-patients =
    { $count ->
        [one] 1 patient
       *[other] { $count } patients
    }: { $ids }
trail-erased = [erased]
trail-change = { $field }: { $before } to { $after }
