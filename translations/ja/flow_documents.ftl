# `kenkocall flows check` が通話の流れの文書に見つけたこと。-todo はその直し方。

flow-finding = { $place }: { $what } → { $todo }
flow-count =
    { $count ->
       *[other] 通話の流れの文書に直すところが{ $count }件あります
    }
flow-todo-did-you-mean = `{ $word }` の書き間違いではありませんか
flow-todo-copy = Kenko Call に付属の文書から写してください
flow-todo-keep-one = どちらか一方だけを残してください
flow-todo-node = この通話の流れにあるノードの名前を書くか、そのノードを追加してください
flow-todo-flow = 通話の流れ(flow.toml のあるフォルダー)の名前を書いてください
flow-todo-another-key = 別のキーにしてください
flow-todo-digits = `digits = 3` と書くか、最小と最大の桁数を `digits = [6, 8]` のように書いてください

flow-no-place = 通話の流れのフォルダーの中で、このファイルの置き場所が正しくありません
flow-no-place-todo = FLOW/flow.toml、FLOW/prompts/LANGUAGE.toml、shared/keys.toml のいずれかに置くか、取り除いてください
flow-wording-without-flow = この文言を使う通話の流れ `{ $folder }` がありません
flow-wording-without-flow-todo = { $folder }/flow.toml を書くか、フォルダーを取り除いてください
flow-file-language-todo = ファイル名を言語のどれかにしてください: { $languages }
flow-not-utf8 = ファイルの文字コードが UTF-8 ではありません
flow-not-utf8-todo = UTF-8 で保存し直してください
flow-not-toml = TOML として読み取れません: { $why }
flow-not-toml-todo = この行を直してください。文字列は引用符で囲み、同じ名前は一度だけ書き、括弧は必ず閉じます
flow-full-width = 半角で書くところに、全角の文字「{ $character }」があります
flow-full-width-todo = 文字列の外の引用符、数字、記号、空白は、半角で書いてください
flow-no-shared-keys = どの質問でも使えるキーのファイルがありません
flow-no-line = 通話の始まりとなる通話の流れ `{ $flow }` がありません
flow-too-many-nodes = 通話の流れのノードが{ $nodes }個あり、上限の{ $most }個を超えています
flow-too-many-nodes-todo = 複数の通話の流れに分けてください

flow-part-file = このファイル
flow-part-flow = 通話の流れ `{ $name }`
flow-part-node = ノード `{ $name }`
flow-part-wording = 文言のファイル
flow-part-prompt = 音声案内 `{ $name }`
flow-part-key = キー{ $key }の項目
flow-part-table = `{ $name }`
flow-part-rule = 規則
flow-part-said = 再生する音声案内

flow-missing = { $part }に `{ $field }` がありません
flow-add-node = ノードの名前を `{ $field } = "…"` のように書いてください
flow-add-kind = `kind = …` を書いてください。種類: { $kinds }
flow-add-say = 音声案内の名前を `say = "…"` のように書いてください
flow-add-prompt = "prompt" または {"{"} prompt = "…", language = "…" {"}"} と書いてください
flow-add-flow = 通話の流れの名前を `flow = "…"` のように書いてください
flow-add-exits = 通話の流れの結果ごとに `exits.RESULT = "…"` を書いてください
flow-add-ring-seconds = `ring_seconds = 30` のように書いてください
flow-add-result = 呼び出し元の通話の流れが行き先を選ぶための言葉を `result = "done"` のように書いてください
flow-add-tries = `tries = 3` のように書いてください
flow-add-rules = `rules = [{"{"} …, go = "…" {"}"}]` のように書いてください
flow-add-is = `is = "yes"`、"no"、"unknown" のどれかを書いてください
flow-add-takes = `takes = "digits"`、"number"、"date" のどれかを書いてください
flow-add-at-least = 意味のある最小の数を書いてください
flow-add-at-most = 意味のある最大の数を書いてください
flow-add-read-as = `read_as = "temperature"`、"percent"、"digits" のどれかを書いてください
flow-add-text = `text = "…"` を書いてください
flow-add-patience = `{ $field } = …` を書いてください
flow-add-title = 職員に見せる名前を `title = "…"` のように書いてください
flow-add-version = `version = 1` を書き、変更のたびに数を上げてください
flow-add-nodes = 見出し [nodes.NAME] の下にノードを書いてください
flow-add-limits = 見出し [limits] の下に `steps = …` を書いてください。最も長い通話で通るノードの数より十分に大きくします

flow-unknown-field = { $part }の項目 `{ $field }` には意味がありません
flow-unknown-field-todo = 取り除いてください。ここに書けるもの: { $known }
flow-repeated = 同じ場所に同じ名前が二度書かれています
flow-empty = 文字列が空です
flow-empty-todo = 引用符の間に何か書いてください
flow-not-text = ここには文字列を書きます
flow-not-text-todo = 引用符で囲んでください
flow-not-flag = ここには true か false を書きます
flow-not-flag-todo = 引用符を付けずに true か false と書いてください
flow-not-number = ここには{ $least }から{ $most }までの整数を書きます
flow-not-number-todo = 引用符を付けずに数を書いてください
flow-not-table = { $part }にはテーブルを書きます
flow-not-table-todo = {"{"} … {"}"} の中に名前と値を書くか、[見出し] の下に書いてください
flow-no-word = `{ $word }` という{ $what }はありません
flow-no-word-todo = 次のどれかを書いてください: { $known }
flow-word-language = 言語
flow-word-item = 質問項目
flow-word-kind = ノードの種類
flow-word-takes = キー入力の受け取り方
flow-word-read-as = 入力の読み上げ方
flow-word-without = 無効にできるキー
flow-word-record = 記録の言葉
flow-word-rule = 規則の言葉
flow-word-threshold = 基準値
flow-no-such-key = 電話機に `{ $key }` というキーはありません
flow-no-such-key-todo = 0から9、*、# のどれかを書いてください
flow-nothing-said = ここで流す音声案内がありません
flow-nothing-said-todo = 音声案内の名前を少なくとも一つ書いてください

flow-refuses-nothing = { $part }には断る相手がありません
flow-refuses-nothing-todo = `refused` は call_back とだけ組み合わせて書いてください
flow-not-one-record = { $part }では、ちょうど一つのことを記録します
flow-not-one-record-todo =
    次のどれか一つを書いてください: answer と from、report = "complete"、call_back = "requested"、stop = "requested" または "unconfirmed"、listener = "confirmed"、alerts = "taken" または "passed_on"、answered = "not_now"、number = "wrong"
flow-not-one-test = 規則では、ちょうど一つのことを調べます
flow-not-one-test-todo =
    次のどれか一つを書いてください: entry と is または at_most、answer と is、office = "open"、caller_number = "hidden" または "not_called"、people = "no_more"、until = "known"、answered_by = "machine"、listener = "confirmed", known_caller = "yes", after_red = "continue", spo2_question = "left_out"、open_alerts = "none"
flow-not-one-comparison = 入力についての規則では、一度だけ比べます
flow-not-one-comparison-todo = is = "…" か at_most = … のどちらか一方を書いてください
flow-not-comparable = 回答 `{ $item }` は `{ $word }` と比べられません
flow-not-comparable-todo =
    はい・いいえで答える項目は yes、no、unknown のどれかと比べ、測定する項目は entry と at_most で比べてください
flow-key-twice = キー{ $key }が `choices` と `keys` の両方にあります
flow-no-keys = { $part }にキーがありません
flow-no-keys-todo = ノードの名前を `keys.1 = "…"` のように書くか、`choices` と `next` を書いてください
flow-no-use = `takes = "{ $takes }"` のとき、この項目は使いません
flow-no-use-todo = この行を取り除いてください
flow-no-digits = { $part }に、受け取る桁数が書かれていません
flow-no-digits-todo = `digits = 3`、または範囲で `digits = [6, 8]` のように書いてください
flow-digits-of-number = 数の桁数は、1から8までの一つの桁数か、最小と最大の桁数です
flow-digits-of-digits = `digits` には、一つの桁数か、最小と最大の桁数を書きます
flow-says-nothing-on-silence = { $part }には、キーが押されないときの音声案内がありません
flow-says-nothing-on-wrong-key = { $part }には、違うキーが押されたときの音声案内がありません
flow-says-nothing-todo = ここか [defaults] に `{ $field } = ["…"]` を書いてください
flow-no-short = 質問 `{ $node }` に短い言い方がありません。慣れた人にも長い言い方で尋ねます
flow-no-short-todo = `short = "ask_{ $node }_short"` と、キーの説明のない質問を書き足してください
flow-no-give-up = { $part }には、回答がないときの行き先がありません
flow-no-give-up-todo = 最後まで回答がないときの行き先を、ここか [defaults] に `give_up = "…"` のように書いてください

flow-no-start = 通話の流れの始まりのノード `{ $node }` がありません
flow-no-next = ノード `{ $from }` の行き先 `{ $to }` がありません
flow-no-entry = ノード `{ $of }` が入力を使うノード `{ $at }` がありません
flow-no-flow = 通話の流れ `{ $flow }` がありません
flow-no-exit = ノード `{ $node }` に、結果 `{ $result }`(通話の流れ `{ $flow }`)のときの行き先がありません
flow-no-exit-todo = ノードの名前を `exits.{ $result } = "…"` のように書いてください
flow-never-ends-with = 通話の流れ `{ $flow }` が `{ $result }` で終わることはありません
flow-never-ends-with-todo = この行き先を取り除いてください
flow-node-not-reached = ノード `{ $node }` に達する通話がありません
flow-node-not-reached-todo = 別のノードの行き先にするか、取り除いてください
flow-flow-not-reached = 通話の流れ `{ $flow }` に達する通話がありません
flow-flow-not-reached-todo = sub_flow のノードか visit のキーで指定するか、フォルダーを取り除いてください

flow-key-visits = 通話の流れ `{ $flow }` に移る
flow-key-back = 一つ前の質問に戻る
flow-key-repeats = 質問をもう一度聞く
flow-key-shared = キー{ $key }が { $one } と { $other } の両方に割り当てられています
flow-key-shared-todo = それぞれ別のキーにしてください
flow-key-ends-number = キー # は数の入力の終わりを示すため、ほかのことには使えません
flow-key-no-flow = キー{ $key }で移る通話の流れ `{ $flow }` がありません
flow-key-visit-taken = キー{ $key }には、すでに「{ $used }」働きがあります(shared/keys.toml)
flow-key-visit-taken-todo = visit を別のキーにしてください
flow-key-node-taken = ノード `{ $node }` のキー{ $key }には、「{ $used }」働きもあります
flow-key-node-taken-todo =
    別のキーにするか、`without = ["back"]` か `without = ["visit"]` でこの質問では無効にしてください
flow-key-swapped = ノード `{ $node }` では、ほかの質問と違い、{ $key }番が「{ $value }」です
flow-key-swapped-todo = { $usual }番にしてください。電話をする人は、番号で答えを覚えます
flow-key-digit-taken = ノード `{ $node }` の1桁の入力{ $key }は、「{ $used }」キーです
flow-key-digit-taken-todo = 2桁以上の入力にするか、menu にしてください
flow-instead-not-digits = ノード `{ $node }` の入力 { $entry } に、数字でないキーがあります
flow-instead-not-digits-todo = 数字だけを書いてください
flow-instead-too-long = ノード `{ $node }` の入力 { $entry } は、受け取る{ $most }桁より長くなっています
flow-instead-too-long-todo = 短くするか、受け取る桁数を増やしてください
flow-instead-taken = ノード `{ $node }` の入力 { $entry } は、「{ $used }」キーです
flow-instead-taken-todo = 2桁以上の入力にしてください
flow-instead-ordinary = ノード `{ $node }` の入力 { $entry } は、通常の入力と区別できません
flow-instead-ordinary-todo = 範囲の外の入力にしてください

flow-not-recorded = ノード `{ $node }` は `{ $item }` を質問しますが、その回答を記録するノードがありません
flow-not-recorded-todo = `answer = "{ $item }"` の record のノードを追加してください
flow-no-advice =
    ノード `{ $node }` が記録する `{ $item }` の回答は要緊急対応になることがありますが、そのときの音声案内がありません
flow-no-advice-todo =
    すぐにすべきことと119番を伝える音声案内を、ここか [defaults] に `on_red = ["advice"]` のように書いてください
flow-usual =
    ノード `{ $node }` は、確認が必要な値を、確認せずに受け取ります。読み上げるだけでよいのは{ $least }から{ $most }までです
flow-usual-todo = `usual` をこの範囲に狭めてください
flow-nothing-usual = ノード `{ $node }` に `usual` がありますが、読み上げるのは体温でも百分率でもありません
flow-nothing-usual-todo = `usual` を取り除いてください
flow-bounds = ノード `{ $node }` が受け取るのは{ $digits }桁で{ $least }から{ $most }までとなっています
flow-bounds-todo = 小さい数を先に書き、桁数に収まる数にしてください
flow-reads-no-digits = ノード `{ $node }` が読み上げる `{ $of }` は、数字を受け取りません
flow-reads-no-digits-todo = gather のノードの名前を書いてください
flow-reads-private = ノード `{ $node }` が読み上げる `{ $of }` は、他人に聞かせてはいけないものです
flow-reads-private-todo = 同じ部屋の人に聞こえるおそれがあるので、confirm のノードを取り除いてください
flow-not-spoken = ノード `{ $node }` では、`{ $of }` の入力をこの方法で読み上げられません
flow-not-spoken-todo = `read_as = "digits"` と書くか、3桁の数を受け取るようにしてください
flow-no-hersys-id = ノード `{ $node }` は HER-SYS ID を受け取りません
flow-no-hersys-id-todo = `takes = "digits"` と `digits = [6, 8]` の gather のノードの名前を書いてください
flow-no-birth-date = ノード `{ $node }` は `{ $by }` で使われますが、生年月日を受け取りません
flow-no-birth-date-todo = `takes = "date"` と `private = true` の gather のノードの名前を書いてください
flow-shown-birth-date = ノード `{ $node }` は `{ $by }` で使われますが、通話の記録に生年月日が表示されます
flow-shown-birth-date-todo = そのノードに `private = true` を書いてください
flow-never-holds = ノード `{ $node }` の規則は決して成り立ちません。`{ $of }` ではこのように入力できません
flow-never-holds-todo = この質問で入力できるものと比べてください
flow-other-item = ノード `{ $node }` は `{ $asked }` を質問しますが、`{ $kept }` として記録されます
flow-other-item-todo = `question` と `answer` に同じ項目を書いてください
flow-nothing-keyed = ノード `{ $node }` が記録する `{ $of }` では、何も入力されません
flow-nothing-keyed-todo = menu か gather のノードの名前を書いてください
flow-value = ノード `{ $node }` は、`{ $value }`(`{ $asked }` の値)を `{ $item }` として記録できません
flow-value-yes-no = キーの値を yes、no、unknown にしてください
flow-value-number = 3桁の数を受け取る gather で質問してください
flow-no-values = ノード `{ $node }` が記録する `{ $of }` では、キーに値がありません
flow-no-values-todo =
    `choices = {"{"} 1 = "yes", 2 = "no", 3 = "unknown" {"}"}` と `next` を書いてください
flow-range = ノード `{ $node }` が受け取る{ $least }から{ $most }までは、`{ $item }` の範囲を超えています
flow-range-spo2 = 70から100まで(パーセント)にしてください
flow-range-temperature = 340から420まで(0.1度単位)にしてください
flow-kind = `{ $of }` の入力は `{ $item }` として記録できません
flow-kind-number = 3桁の数を受け取ってください
flow-kind-menu = キーの値が yes、no、unknown の menu で質問してください
flow-instead-kept = 入力 { $entry }(`{ $of }`)は `{ $item }` として記録できません
flow-instead-kept-todo = 測れなかったことを示す 000 を使ってください

flow-without-entry = 通話がノード `{ $node }` に、`{ $at }` の入力がないまま来ることがあります
flow-without-entry-todo = このノードへの道がすべてその質問を通るようにしてください
flow-circle = 通話が何も質問しないまま同じところを回り続けることがあります: { $way }
flow-circle-todo = これらのノードのどれかの行き先を、質問か終わりにしてください
flow-recursion = 通話の流れ `{ $flow }` が、ノード `{ $node }` を通じて自分自身を呼び出します
flow-recursion-todo = 代わりに、この通話の流れのノードを行き先にしてください
flow-stops-calls = ノード `{ $node }` では、本人か確かめていない人でも自動架電を止められます
flow-stops-calls-todo =
    先に電話に出た人を確かめ、付属の stop_request のように `listener = "confirmed"` の record のノードを通してください
flow-gap-not-known = ノード `{ $node }` が流す `{ $prompt }` の { $gap } は、そこではまだ決まっていません
flow-gap-value = {"{value}"} を使えるのは、confirm の音声案内だけです
flow-gap-centre = 相手が誰か分かったあとか、自動架電の中で使ってください
flow-gap-call-back-number = 自動架電の中だけで使ってください
flow-gap-open-alerts = フロー staff_alert の中だけで使ってください
flow-gap-until = `until = "known"` の規則のあとだけで使ってください
flow-not-read-back = ノード `{ $node }` が流す `{ $prompt }` に、入力の読み上げがありません
flow-not-read-back-todo = 文言の中の、入力を読み上げるところに {"{value}"} と書いてください

flow-too-long = `{ $prompt }` は{ $language }で読み上げるのに約{ $seconds }秒かかり、{ $most }秒を超えています
flow-too-long-todo = 短くするか、二つの音声案内に分けてください
flow-call-too-long =
    症状のない療養者の通話が{ $language }で約{ $seconds }秒かかり、上限 `healthy_seconds` の{ $most }秒を超えています
flow-call-too-long-todo = 特に長い音声案内を短くしてください: { $longest }。すべての秒数は `kenkocall flows time` に表示されます
flow-long-prompt = `{ $prompt }` ({ $place }、{ $seconds }秒)
flow-limit-no-report =
    `{ $flow }` は症状のない療養者の通話を `healthy_seconds` で制限していますが、報告が終わる通話がありません
flow-limit-no-report-todo = `healthy_seconds` を取り除くか、この言語の通話が `report = "complete"` の記録を通るようにしてください
flow-hidden = `{ $name }` に{ $kind }({ $code })が含まれています
flow-hidden-todo = それを除いて、手で書き直してください
flow-hidden-line-break = 改行
flow-hidden-control = 制御文字
flow-hidden-direction = 文字の向きを変える文字
flow-hidden-invisible = 見えない文字
flow-no-prompt = 音声案内 `{ $prompt }` がありません
flow-no-prompt-todo = { $file } に文言を書いてください
flow-no-language = 音声案内 `{ $prompt }` に{ $language }の文言がありません
flow-no-language-todo = `{ $name } = "…"` を追加してください
flow-unused = 音声案内 `{ $prompt }` はどの通話の流れでも使われていません
flow-unused-todo = どれかのノードで使うか、取り除いてください({ $languages })
flow-bracket = `{ $prompt }` に、対になっていない {"{"} か {"}"} があります
flow-bracket-todo = {"{centre}"} のように、両方の括弧を書いてください
flow-unknown-gap = `{ $prompt }` の { $gap } に入る値がありません
flow-unknown-gap-todo = ここで使えるもの: { $gaps }
flow-no-gap = 差し込みなし
flow-form-gap = `{ $prompt }` のフォーム用の文言に、読み上げの文言にはない差し込みがあります
flow-form-no-gap = `form` を差し込みなしで書いてください
flow-form-gaps = `form` で使える差し込み: { $gaps }
flow-reading-gaps = `{ $prompt }` の文言と読みで、差し込みが違います
flow-reading-gaps-todo = 両方を同じ差し込みにしてください: { $gaps }
flow-part-of-value = `{ $prompt }` は値の一部しか読み上げません
flow-part-of-value-todo = 次の差し込みをすべて書いてください: { $gaps }
flow-other-gaps = `{ $prompt }` の差し込みが、{ $language }の文言と違います
flow-other-gaps-todo = ここも同じ差し込み({ $gaps })にするか、あちらを直してください

flow-no-form = 質問をフォームとして表示できません: { $why }
form-needs-call = ノード `{ $node }` の働きには通話が必要です
form-needs-call-todo = 質問をする通話の流れの側で、質問の前かあとに行ってください
form-rule-on-call = ノード `{ $node }` の規則が通話の状況によって変わります
form-rule-on-call-todo = 規則では入力か回答を比べてください
form-language = ノード `{ $node }` のキーが言語を切り替えます
form-language-todo = 言語は質問の前に尋ねてください
form-not-number = ノード `{ $node }` は数を受け取りません
form-not-number-todo = `takes = "number"` と範囲を書いてください
form-two-ways = ノード `{ $node }` の二つのキーが同じ値 `{ $value }` なのに、行き先が違います
form-two-ways-todo = キーごとに別の値にするか、同じ行き先にしてください
form-no-return = 入力が違っていたとき、ノード `{ $node }` が元の質問に戻りません
form-no-return-todo = `no` に `of` と同じノードを書いてください
form-circle = 質問が同じところを回り続けます: { $way }
form-circle-todo = これらのノードのどれかの行き先を、先の質問にしてください
form-asked-twice = ノード `{ $node }` で、すでに記録した `{ $item }` をもう一度質問します
form-asked-twice-todo =
    どの道でも一度だけ質問してください。測り直せるのは数だけで、`question` のない質問で行います
form-tested-before = ノード `{ $node }` の規則が、まだ質問していない `{ $item }` を比べます
form-tested-before-todo = 規則の前に質問してください
form-after-report = ノード `{ $node }` が、報告の完了のあとに質問か記録をします
form-after-report-todo = 最後の質問のあとで報告を完了してください
form-no-report = どの道を通っても報告が完了しません
form-no-report-todo = 最後の質問のあとに `report = "complete"` の record のノードを追加してください
form-too-many = ノード `{ $node }` が、多すぎる回答によって変わります
form-too-many-todo = 質問する条件を減らすか、いつも質問してください

flow-unversioned-flow = 通話の流れ `{ $flow }` の内容が、{ $earlier }の版{ $version }と違います
flow-unversioned-words = `{ $prompt }` の文言が、{ $versions }({ $earlier })と違います
flow-unversioned-keys = キーか待ち時間の設定が、{ $versions }({ $earlier })と違います
flow-unversioned-todo = 通話の記録に残るので、`version` を上げてください: { $files }
flow-version = `{ $flow }` の版{ $version }
flow-earlier-built-in = 付属の文書
flow-earlier-used = { $at }から使っている文書
