# What the commands for flow documents and transcripts say.

flows-built-in = built in
flow-built-in-file = (built in) { $file }
flows-no-folder =
    there is no folder { $folder } with flow documents; name one that has health_call/flow.toml in it
flows-no-flow = there is no flow “{ $flow }”; there are { $flows }
flows-no-questionnaire = the documents have no flow “{ $flow }”
flows-documents = { $flows } flows, { $prompts } prompts in { $languages } languages ({ $origin })
flows-sound = { $documents }: nothing to mend
flows-sound-with-warnings =
    { $documents }: nothing to mend, { $count ->
        [one] 1 warning
       *[other] { $count } warnings
    }
flows-replaced = replaced: { $path }
flows-exported =
    { $folder } has the { $documents } built-in documents and { $transcripts } transcripts: { $new } new, { $replaced } replaced, { $same } as before
    After a change: raise `version`, then `kenkocall flows check { $folder }` and `kenkocall flows test { $folder }`.
    `serve` uses the folder when `flows.directory` names it, from its next start on.
flows-not-empty =
    { $folder } isn't empty, so nothing was written; name a new folder, or add --overwrite: files of the same names are replaced, others stay
flows-not-a-folder = { $path } isn't a folder, so nothing was written; name a new folder
flows-incomplete =
    { $file } can't be written, and { $folder } is incomplete: { $done } of { $all } files are there; mend the cause, then run this again with --overwrite
flows-folder-unreadable = the folder { $folder } can't be read
flows-file-unreadable = { $file } can't be read
flows-too-deep =
    { $folder } lies more than { $most } folders deep in { $root }: is it the right folder, or does a link lead back?
flows-too-many-files = { $folder } has too many files: is it the right folder?
flows-too-large = the files up to { $file } are larger than { $most } MiB together: is it the right folder?
flows-file-too-large = { $file } is larger than { $most } KiB, which no document needs: is it the right file?
flows-is-folder = { $file } is a folder, and should be a file with text; take it away, or give it another name
flows-is-device =
    { $file } is a pipe, a device or a socket, and should be a file with text; take it away, or give it another name
flows-not-utf8 = { $place }: this isn't UTF-8 text; save the file as UTF-8

flows-several-folders = the transcripts belong to more than one folder of documents; name it with --folder
flows-built-in-transcripts =
    there are no transcripts beside the documents, and those built into the program can't be written; `kenkocall flows export DIR` writes documents and transcripts to a folder
flows-test-built-in = documents: { $documents }; transcripts: built in
flows-tested = { $passed } passed, { $failed } failed
flows-no-transcript = there is no { $path }; name a folder with transcripts, or a transcript (.call)
flows-no-transcripts = there are no transcripts (*.call) in { $places }
flows-folder-is-no-flow = it lies in a folder “{ $folder }”, which isn't a flow; { $flows }
flows-transcript-unwritable = it can't be written
flows-transcript-written = { $file }: written
flows-differs = { $place }: expected “{ $expected }”, but “{ $happened }” happened
flows-nothing-more = (nothing more)
transcript-line = line { $line }: { $fault }
transcript-not-begun = begin the call with a line “< calls”
transcript-no-call = there is no call in it: begin it with a line “< calls”
transcript-no-line =
    a line begins with < (the caller), > (what is said), ! (what is kept), # (a comment) or a setting like “now:”
transcript-setting =
    there is no setting “{ $name }”; there are now, language, caller, patient, known, released, until, answered_by, after_red, spo2_question, open_alerts
transcript-now = a time is written { $example }
transcript-patient = a patient is a HER-SYS ID and a birth date: 1234567 19800401
transcript-until = the end of a maintenance is written 11-24 06:30
transcript-spo2-question = spo2_question is asked or left_out
transcript-after-red = after_red is ask or continue
transcript-open-alerts = open_alerts is a whole number
transcript-answered-by = answered_by is person or machine
transcript-action =
    the caller “calls”, keys “digits 375#”, “silence”, “waits 30” (seconds), “hangs up”, after a transfer “talked” or “not reached”, or the centre has “withdrawn” the call
transcript-fixtures = the made-up health centre can't be made: this is a fault of the program

phone-help = Type keys and Enter (375#). Enter alone is silence, h hangs up.
phone-hangs-up = hangs up
phone-rings = rings a person
phone-talked = Did they talk? y/n
phone-not-keys = { $why }; h hangs up
phone-unreadable = the keys can't be read
phone-end = the end of the input
flows-made-up-patient =
    The made-up patient 見本 花子 has the HER-SYS ID { $id } and the birth date { $birth_date }.

field-required = { $field }: { $values }
field-optional = { $field }: { $values }, may stay empty
field-asked-if = asked if { $condition }
field-range = { $least } to { $most }
field-or = { $range } or { $entry }
field-value = write FIELD=VALUE, such as body_temperature=37.5
field-twice = the field “{ $field }” is filled in twice
field-missing = { $field } must be filled in
field-not-number = { $field } takes a number
field-out-of-range = { $field } takes a number from { $least } to { $most }
field-not-option = { $field } takes one of { $options }
field-not-asked = { $field } isn't asked with these answers; leave it out
field-confirmed-otherwise = { $field } was confirmed with another value
field-unknown = there is no field “{ $field }”; there are { $fields }
condition-always = always
condition-given = { $field } is filled in
condition-answered-before = { $item } was answered earlier today
condition-not = not { $inner }
condition-and = {" and "}
condition-or = {" or "}

head-prompt = prompt
head-keys = keys
head-answers = answers
head-seconds = seconds
time-every-call = { $flow }: a patient's first call and later ones, which are alike; seconds of each prompt
time-first-call = { $flow }: a patient's first call; seconds of each prompt
time-later-calls = { $flow }: a patient's later calls; seconds of each prompt
time-healthy = no symptom
time-no-oximeter = no symptom, no oximeter
time-all-yes = every symptom
time-red = red SpO2
time-speech = speech
time-keys = keys
time-wait = waits that end an entry
time-in-all = in all
time-limit = limit
time-with-barge-in = in all, with barge-in
time-instructions = speech before the first question
time-note =
    Speech is estimated, and a carrier's voice may differ by a tenth. A caller takes { $seconds } s a key. With barge-in, the first key of an answer is pressed as soon as it counts.
