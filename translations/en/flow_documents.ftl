# What `kenkocall flows check` finds in flow documents: what is wrong, and (-todo) what to do.

flow-finding = { $place }: { $what } → { $todo }
flow-count =
    { $count ->
        [one] the flow documents have 1 thing to mend
       *[other] the flow documents have { $count } things to mend
    }
flow-todo-did-you-mean = Did you mean `{ $word }`?
flow-todo-copy = Copy it from the documents that came with Kenko Call
flow-todo-keep-one = Keep one of the two
flow-todo-node = Name a node of this flow, or add it
flow-todo-flow = Name a flow, that is a folder with a flow.toml
flow-todo-another-key = Take another key
flow-todo-digits = Write `digits = 3`, or `digits = [6, 8]` for the fewest and the most

flow-no-place = this file has no place in the flows' folder
flow-no-place-todo = Put it at FLOW/flow.toml, FLOW/prompts/LANGUAGE.toml or shared/keys.toml, or take it away
flow-wording-without-flow = there is no flow `{ $folder }` that could say this wording
flow-wording-without-flow-todo = Write { $folder }/flow.toml, or take the folder away
flow-file-language-todo = Name the file after one of the languages: { $languages }
flow-not-utf8 = the file isn't UTF-8 text
flow-not-utf8-todo = Save it again with the encoding UTF-8
flow-not-toml = this isn't TOML: { $why }
flow-not-toml-todo = Correct the line: texts stand in quotes, each name once, each bracket closed
flow-full-width =
    there is a full-width character here, “{ $character }”, where a half-width one belongs
flow-full-width-todo =
    Write quotes, digits, signs and spaces outside of texts with half-width characters
flow-no-shared-keys = the file with the keys that hold at every question is missing
flow-no-line = the flow `{ $flow }` is missing, which calls begin with
flow-too-many-nodes = the flow has { $nodes } nodes, more than { $most }
flow-too-many-nodes-todo = Make several flows of it

flow-part-file = the file
flow-part-flow = the flow `{ $name }`
flow-part-node = the node `{ $name }`
flow-part-wording = the wording
flow-part-prompt = the prompt `{ $name }`
flow-part-key = the key { $key }
flow-part-table = `{ $name }`
flow-part-rule = a rule
flow-part-said = a prompt to be said

flow-missing = { $part } has no `{ $field }`
flow-add-node = Add `{ $field } = "…"` with the name of a node
flow-add-kind = Add `kind = …`, one of: { $kinds }
flow-add-say = Add `say = "…"` with the name of a prompt
flow-add-prompt = Write "prompt" or {"{"} prompt = "…", language = "…" {"}"}
flow-add-flow = Add `flow = "…"` with the name of a flow
flow-add-exits = Add `exits.RESULT = "…"` for each result of the flow
flow-add-ring-seconds = Add `ring_seconds = 30`
flow-add-result = Add `result = "done"`, the word by which the calling flow goes on
flow-add-tries = Add `tries = 3`
flow-add-rules = Add `rules = [{"{"} …, go = "…" {"}"}]`
flow-add-is = Add `is = "yes"`, "no" or "unknown"
flow-add-takes = Add `takes = "digits"`, "number" or "date"
flow-add-at-least = Add the smallest number that makes sense
flow-add-at-most = Add the largest number that makes sense
flow-add-read-as = Add `read_as = "temperature"`, "percent" or "digits"
flow-add-text = Add `text = "…"`
flow-add-patience = Add `{ $field } = …`
flow-add-title = Add `title = "…"`, what staff call it
flow-add-version = Add `version = 1` and raise it with each change
flow-add-nodes = Add a node under a heading [nodes.NAME]
flow-add-limits = Add a heading [limits] with `steps = …`: far more nodes than the longest call walks

flow-unknown-field = { $part } has a field `{ $field }`, which means nothing
flow-unknown-field-todo = Take it out; what can stand here: { $known }
flow-repeated = this name stands twice in the same place
flow-empty = this text is empty
flow-empty-todo = Write something between the quotes
flow-not-text = this should be a text
flow-not-text-todo = Write it in quotes
flow-not-flag = this should be true or false
flow-not-flag-todo = Write true or false, without quotes
flow-not-number = this should be a whole number from { $least } to { $most }
flow-not-number-todo = Write such a number, without quotes
flow-not-table = { $part } should be a table
flow-not-table-todo = Write {"{"} … {"}"} with names and values, or a [heading]
flow-no-word = there is no { $what } `{ $word }`
flow-no-word-todo = Write one of: { $known }
flow-word-language = language
flow-word-item = item
flow-word-kind = kind of node
flow-word-takes = way to take keys
flow-word-read-as = way to read an entry back
flow-word-without = key that can be switched off:
flow-word-record = such word for a record:
flow-word-rule = such word for a rule:
flow-word-threshold = threshold
flow-no-such-key = a phone has no key `{ $key }`
flow-no-such-key-todo = Write one of 0 to 9, * or #
flow-nothing-said = nothing is said here
flow-nothing-said-todo = Name at least one prompt

flow-refuses-nothing = { $part } refuses nothing
flow-refuses-nothing-todo = Write `refused` with call_back alone
flow-not-one-record = { $part } should keep exactly one thing
flow-not-one-record-todo =
    Write one of: answer and from, report = "complete", call_back = "requested", stop = "requested" or "unconfirmed", listener = "confirmed", alerts = "taken" or "passed_on", answered = "not_now", number = "wrong"
flow-not-one-test = a rule should ask exactly one thing
flow-not-one-test-todo =
    Write one of: entry with is or at_most, answer with is, office = "open", caller_number = "hidden" or "not_called", people = "no_more", until = "known", answered_by = "machine", listener = "confirmed", known_caller = "yes", after_red = "continue", spo2_question = "left_out", open_alerts = "none"
flow-not-one-comparison = a rule about an entry compares it once
flow-not-one-comparison-todo = Write either is = "…" or at_most = …
flow-not-comparable = the answer `{ $item }` can't be compared with `{ $word }`
flow-not-comparable-todo = Compare a yes-no item with yes, no or unknown, and a measured one by entry and at_most
flow-key-twice = the key { $key } stands in `choices` and in `keys`
flow-no-keys = { $part } has no keys
flow-no-keys-todo = Add `keys.1 = "…"` with the name of a node, or `choices` and `next`
flow-no-use = `takes = "{ $takes }"` has no use for this
flow-no-use-todo = Take the line out
flow-no-digits = { $part } doesn't say how many digits it takes
flow-no-digits-todo = Add `digits = 3`, or `digits = [6, 8]` for a range
flow-digits-of-number = a number has one count of digits, or the fewest and the most, from 1 to 8
flow-digits-of-digits = `digits` should be one count, or the fewest and the most
flow-says-nothing-on-silence = { $part } doesn't say anything on silence
flow-says-nothing-on-wrong-key = { $part } doesn't say anything on a wrong key
flow-says-nothing-todo = Add `{ $field } = ["…"]` here or under [defaults]
flow-no-short =
    the question `{ $node }` has no short wording: callers who know it hear the long one
flow-no-short-todo = Add `short = "ask_{ $node }_short"` and the question without its keys
flow-no-give-up = { $part } has no way on when the caller doesn't answer
flow-no-give-up-todo = Add `give_up = "…"` here or under [defaults]: where the call goes after the last try

flow-no-start = the flow begins at `{ $node }`, which doesn't exist
flow-no-next = the node `{ $from }` goes to `{ $to }`, which doesn't exist
flow-no-entry = the node `{ $of }` uses the entry of `{ $at }`, which doesn't exist
flow-no-flow = there is no flow `{ $flow }`
flow-no-exit = the node `{ $node }` has no exit for the result `{ $result }` of the flow `{ $flow }`
flow-no-exit-todo = Add `exits.{ $result } = "…"` with the name of a node
flow-never-ends-with = the flow `{ $flow }` never ends with `{ $result }`
flow-never-ends-with-todo = Take this exit out
flow-node-not-reached = no call ever comes to the node `{ $node }`
flow-node-not-reached-todo = Let another node go to it, or take it out
flow-flow-not-reached = no call ever comes to the flow `{ $flow }`
flow-flow-not-reached-todo = Let a sub_flow node or a visit key name it, or take its folder away

flow-key-visits = leads to the flow `{ $flow }`
flow-key-back = goes back one question
flow-key-repeats = repeats the question
flow-key-shared = the key { $key } is set to { $one } and to { $other }
flow-key-shared-todo = Give each its own key
flow-key-ends-number = the key # ends a number and can't do anything else
flow-key-no-flow = the key { $key } visits the flow `{ $flow }`, which doesn't exist
flow-key-visit-taken = the key { $key } already { $used } (shared/keys.toml)
flow-key-visit-taken-todo = Take another key for the visit
flow-key-node-taken = at the node `{ $node }` the key { $key } also { $used }
flow-key-node-taken-todo = Take another key, or switch it off here with `without = ["back"]` or `without = ["visit"]`
flow-key-swapped =
    at the node `{ $node }`, key { $key } means “{ $value }”, unlike at most questions
flow-key-swapped-todo = Give it key { $usual }: callers remember their answers by the key
flow-key-digit-taken = at the node `{ $node }` the one-digit entry { $key } is a key that { $used }
flow-key-digit-taken-todo = Ask for two digits or more, or make it a menu
flow-instead-not-digits = at the node `{ $node }` the entry { $entry } has other keys than digits
flow-instead-not-digits-todo = Write digits only
flow-instead-too-long = at the node `{ $node }` the entry { $entry } is longer than the { $most } digits that are taken
flow-instead-too-long-todo = Shorten it, or take more digits
flow-instead-taken = at the node `{ $node }` the entry { $entry } is a key that { $used }
flow-instead-taken-todo = Take an entry of several digits
flow-instead-ordinary = at the node `{ $node }` the entry { $entry } is also an ordinary entry
flow-instead-ordinary-todo = Take an entry outside the range

flow-not-recorded = the node `{ $node }` asks for `{ $item }`, and no record keeps it
flow-not-recorded-todo = Add a record node with `answer = "{ $item }"`
flow-no-advice = the node `{ $node }` keeps `{ $item }`, which can be red, and nothing is said after a red answer
flow-no-advice-todo = Add `on_red = ["advice"]` here or under [defaults]: what to do now, and 119
flow-usual =
    the node `{ $node }` accepts values without a question that must be confirmed: { $least } to { $most } may be read back
flow-usual-todo = Narrow `usual` to that range
flow-nothing-usual =
    the node `{ $node }` has `usual`, and what it reads back is neither a temperature nor a percentage
flow-nothing-usual-todo = Take `usual` out
flow-bounds = the node `{ $node }` takes { $least } to { $most } in { $digits } digits
flow-bounds-todo = Put the smaller number first, and no more digits than are keyed
flow-reads-no-digits = the node `{ $node }` reads back `{ $of }`, which takes no digits
flow-reads-no-digits-todo = Name a gather
flow-reads-private = the node `{ $node }` reads back `{ $of }`, which is private
flow-reads-private-todo = Take the confirm out: others in the room could hear it
flow-not-spoken = the node `{ $node }` can't speak the entry of `{ $of }` like this
flow-not-spoken-todo = Write `read_as = "digits"`, or take a number of 3 digits
flow-no-hersys-id = the node `{ $node }` takes no HER-SYS ID
flow-no-hersys-id-todo = Name a gather with `takes = "digits"` and `digits = [6, 8]`
flow-no-birth-date = the node `{ $node }`, used by `{ $by }`, takes no birth date
flow-no-birth-date-todo = Name a gather with `takes = "date"` and `private = true`
flow-shown-birth-date = the node `{ $node }`, used by `{ $by }`, shows the birth date in transcripts
flow-shown-birth-date-todo = Add `private = true` to it
flow-never-holds = a rule of the node `{ $node }` never holds: `{ $of }` can't be keyed like this
flow-never-holds-todo = Compare with something that this question takes
flow-other-item = the node `{ $node }` asks for `{ $asked }` and is kept as `{ $kept }`
flow-other-item-todo = Let `question` and `answer` name the same item
flow-nothing-keyed = the node `{ $node }` keeps the entry of `{ $of }`, where nothing is keyed
flow-nothing-keyed-todo = Name a menu or a gather
flow-value = the node `{ $node }` can't keep `{ $value }` of `{ $asked }` as `{ $item }`
flow-value-yes-no = Let the keys stand for yes, no and unknown
flow-value-number = Ask for it with a gather that takes a number of 3 digits
flow-no-values = the node `{ $node }` keeps the entry of `{ $of }`, whose keys stand for nothing
flow-no-values-todo =
    Write `choices = {"{"} 1 = "yes", 2 = "no", 3 = "unknown" {"}"}` and `next`
flow-range = the node `{ $node }` takes { $least } to { $most }, more than `{ $item }` can be
flow-range-spo2 = Stay within 70 to 100 (percent)
flow-range-temperature = Stay within 340 to 420 (tenths of a degree)
flow-kind = the entry of `{ $of }` can't be kept as `{ $item }`
flow-kind-number = Take a number of 3 digits
flow-kind-menu = Ask for it with a menu whose keys stand for yes, no and unknown
flow-instead-kept = the entry { $entry } of `{ $of }` can't be kept as `{ $item }`
flow-instead-kept-todo = Use 000, which means that it couldn't be measured

flow-without-entry = a call can come to the node `{ $node }` without an entry at `{ $at }`
flow-without-entry-todo = Let every way to this node lead through that question
flow-circle = the call can run in a circle and never ask the caller: { $way }
flow-circle-todo = Let one of these nodes go on to a question or to an end
flow-recursion = the flow `{ $flow }` walks itself through the node `{ $node }`
flow-recursion-todo = Go to a node of this flow instead
flow-stops-calls = the node `{ $node }` has calls stopped by somebody who may not have said who they are
flow-stops-calls-todo =
    Ask who is there first, and go to a record with `listener = "confirmed"`, as the built-in stop_request does
flow-gap-not-known = the node `{ $node }` says `{ $prompt }`, whose { $gap } isn't known there
flow-gap-value = Only what a confirm says can have {"{value}"}
flow-gap-centre = Use it where the person is known, and in automated calls
flow-gap-call-back-number = Use it in automated calls only
flow-gap-open-alerts = Say it only in the flow staff_alert
flow-gap-until = Say it only after a rule with `until = "known"`
flow-not-read-back = the node `{ $node }` says `{ $prompt }`, which doesn't read the entry back
flow-not-read-back-todo = Write {"{value}"} in its wording where the entry is to be spoken

flow-too-long = `{ $prompt }` takes about { $seconds } s to say in { $language }, longer than { $most } s
flow-too-long-todo = Shorten it, or make two prompts of it
flow-call-too-long =
    a call of a patient without symptoms takes about { $seconds } s in { $language }, and its limit, `healthy_seconds`, is { $most } s
flow-call-too-long-todo = Shorten its longest prompts: { $longest }; `kenkocall flows time` shows all
flow-long-prompt = `{ $prompt }` ({ $place }, { $seconds } s)
flow-limit-no-report =
    `{ $flow }` limits the call of a patient without symptoms by `healthy_seconds`, but no such call ends with a finished report
flow-limit-no-report-todo = Take `healthy_seconds` out, or let the flow lead to a record with `report = "complete"` in this language
flow-hidden = `{ $name }` holds { $kind } ({ $code })
flow-hidden-todo = Write the text again by hand, without it
flow-hidden-line-break = a line break
flow-hidden-control = a control character
flow-hidden-direction = a character that turns the direction of text
flow-hidden-invisible = an invisible character
flow-no-prompt = there is no prompt `{ $prompt }`
flow-no-prompt-todo = Write its wording in { $file }
flow-no-language = the prompt `{ $prompt }` has no wording in { $language }
flow-no-language-todo = Add `{ $name } = "…"`
flow-unused = no flow says the prompt `{ $prompt }`
flow-unused-todo = Let a node say it, or take it out ({ $languages })
flow-bracket = `{ $prompt }` has a single {"{"} or {"}"}
flow-bracket-todo = Write a gap like {"{centre}"}, with both brackets
flow-unknown-gap = `{ $prompt }` has a gap { $gap }, which nothing fills
flow-unknown-gap-todo = Gaps here are { $gaps }
flow-no-gap = no gap
flow-form-gap = `{ $prompt }` has a gap on a form that its text doesn't have
flow-form-no-gap = Write `form` without a gap
flow-form-gaps = Gaps in `form` are { $gaps }
flow-reading-gaps = the text and the reading of `{ $prompt }` differ in their gaps
flow-reading-gaps-todo = Write { $gaps } in both
flow-part-of-value = `{ $prompt }` doesn't speak the whole value
flow-part-of-value-todo = Write { $gaps } in it
flow-other-gaps = `{ $prompt }` has other gaps than in { $language }
flow-other-gaps-todo = Write { $gaps } here too, or change it there

flow-no-form = the questionnaire can't be shown as a form: { $why }
form-needs-call = the node `{ $node }` does something that takes a call
form-needs-call-todo = Do this in the flow that asks the questions, before or after them
form-rule-on-call = a rule of the node `{ $node }` depends on the call
form-rule-on-call-todo = Let the rule compare an entry or an answer
form-language = a key of the node `{ $node }` changes the language
form-language-todo = Ask for the language before the questions
form-not-number = the node `{ $node }` takes no number
form-not-number-todo = Write `takes = "number"` with its bounds
form-two-ways = two keys of the node `{ $node }` stand for `{ $value }` and lead to different nodes
form-two-ways-todo = Give each key a value of its own, or let both lead to one node
form-no-return = after a wrong entry, the node `{ $node }` doesn't return to its question
form-no-return-todo = Let `no` name the same node as `of`
form-circle = the questions run in a circle: { $way }
form-circle-todo = Let one of these nodes go on to a question that comes later
form-asked-twice = the node `{ $node }` comes to `{ $item }` again, after its answer was kept
form-asked-twice-todo =
    Ask once on each way; only a number can be measured again, by a question without `question`
form-tested-before = a rule of the node `{ $node }` compares `{ $item }`, which is asked for later
form-tested-before-todo = Ask for it before the rule
form-after-report = the node `{ $node }` asks or keeps something after the finished report
form-after-report-todo = Let the report be complete after the last question
form-no-report = no way through the questions finishes the report
form-no-report-todo = Add a record node with `report = "complete"` after the last question
form-too-many = the node `{ $node }` depends on too many answers
form-too-many-todo = Ask it on fewer ways, or always

flow-unversioned-flow = the flow `{ $flow }` isn't that of version { $version } of { $earlier }
flow-unversioned-words = the words of `{ $prompt }` aren't those of { $versions } of { $earlier }
flow-unversioned-keys = keys or patience aren't those of { $versions } of { $earlier }
flow-unversioned-todo = Raise `version` in { $files }: records of calls show it
flow-version = `{ $flow }` version { $version }
flow-earlier-built-in = the built-in documents
flow-earlier-used = the documents in use since { $at }
