# 通話の流れの文書と、通話の記録のコマンドの文。

flows-built-in = 付属
flow-built-in-file = (付属) { $file }
flows-no-folder =
    通話の流れの文書のフォルダー { $folder } がありません。health_call/flow.toml のあるフォルダーを指定してください
flows-no-flow = 「{ $flow }」という通話の流れはありません。あるのは { $flows } です
flows-no-questionnaire = 文書に「{ $flow }」という通話の流れがありません
flows-documents = 通話の流れ{ $flows }件、音声案内{ $prompts }件、{ $languages }言語({ $origin })
flows-sound = { $documents }: 直すところはありません
flows-sound-with-warnings =
    { $documents }: 直すところはありません。{ $count ->
       *[other] 注意が{ $count }件あります
    }
flows-replaced = 置き換えました: { $path }
flows-exported =
    { $folder } に付属の文書{ $documents }件と通話の記録{ $transcripts }件があります: 新規{ $new }件、置き換え{ $replaced }件、変更なし{ $same }件
    変更したら `version` を上げ、`kenkocall flows check { $folder }` と `kenkocall flows test { $folder }` を実行してください。
    `flows.directory` にこのフォルダーを指定すると、`serve` は次の起動から使います。
flows-not-empty =
    { $folder } は空ではないため、何も書き込んでいません。新しいフォルダーを指定するか、--overwrite を付けてください。同じ名前のファイルは置き換え、ほかのファイルは残します
flows-not-a-folder = { $path } はフォルダーではないため、何も書き込んでいません。新しいフォルダーを指定してください
flows-incomplete =
    { $file } に書き込めず、{ $folder } は途中までです({ $all }件のうち{ $done }件)。原因を取り除き、--overwrite を付けてもう一度実行してください
flows-folder-unreadable = フォルダー { $folder } を読み取れません
flows-file-unreadable = { $file } を読み取れません
flows-too-deep =
    { $folder } が { $root } から{ $most }階層より深いところにあります。フォルダーが正しいか、リンクが元に戻っていないかを確かめてください
flows-too-many-files = { $folder } のファイルが多すぎます。正しいフォルダーか確かめてください
flows-too-large = { $file } までのファイルが合わせて{ $most } MiB を超えています。正しいフォルダーか確かめてください
flows-file-too-large = { $file } が{ $most } KiB を超えています。文書にしては大きすぎるので、正しいファイルか確かめてください
flows-is-folder = { $file } はフォルダーです。文書のファイルでなければなりません。取り除くか、名前を変えてください
flows-is-device =
    { $file } はパイプ、デバイス、またはソケットです。文書のファイルでなければなりません。取り除くか、名前を変えてください
flows-not-utf8 = { $place }: 文字コードが UTF-8 ではありません。UTF-8 で保存し直してください

flows-several-folders =
    通話の記録が、文書の複数のフォルダーにまたがっています。--folder で一つ指定してください
flows-built-in-transcripts =
    文書と並んだ通話の記録がなく、付属の記録は書き換えられません。`kenkocall flows export DIR` で文書と通話の記録をフォルダーに書き出せます
flows-test-built-in = 文書: { $documents }、通話の記録: 付属
flows-tested = 一致{ $passed }件、不一致{ $failed }件
flows-no-transcript = { $path } がありません。通話の記録のフォルダーかファイル(.call)を指定してください
flows-no-transcripts = { $places } に通話の記録(*.call)がありません
flows-folder-is-no-flow = 置かれているフォルダー「{ $folder }」は通話の流れではありません。{ $flows }
flows-transcript-unwritable = 書き込めません
flows-transcript-written = { $file }: 書き込みました
flows-differs = { $place }: 「{ $expected }」となるはずが、「{ $happened }」となりました
flows-nothing-more = (これ以上なし)
transcript-line = { $line }行目: { $fault }
transcript-not-begun = 通話は「< calls」の行で始めてください
transcript-no-call = 通話がありません。「< calls」の行で始めてください
transcript-no-line =
    行は、<(電話をかけた人)、>(音声案内)、!(記録される内容)、#(注釈)、または「now:」のような設定で始めてください
transcript-setting =
    「{ $name }」という設定はありません。あるのは now、language、caller、patient、known、released、until、answered_by、after_red、spo2_question、open_alerts です
transcript-now = 時刻は { $example } のように書いてください
transcript-patient = 療養者は HER-SYS ID と生年月日で「1234567 19800401」のように書いてください
transcript-until = メンテナンスの終わりは「11-24 06:30」のように書いてください
transcript-spo2-question = spo2_question は asked か left_out です
transcript-after-red = after_red は ask か continue です
transcript-open-alerts = open_alerts は整数です
transcript-answered-by = answered_by は person か machine です
transcript-action =
    書けるのは「calls」(発信または応答)、「digits 375#」(キー)、「silence」(無言)、「waits 30」(秒)、「hangs up」(切断)、転送のあとの「talked」か「not reached」、保健所が取りやめた「withdrawn」です
transcript-fixtures = 模擬の保健所を用意できません。プログラムの不具合です

phone-help = キーを入力して Enter を押してください(例: 375#)。Enter だけなら無言、h なら電話を切ります。
phone-hangs-up = 電話が切れました
phone-rings = 職員を呼び出しています
phone-talked = 職員と話しましたか (y/n)
phone-not-keys = { $why }。h で電話を切ります
phone-unreadable = キーの入力を読み取れません
phone-end = 入力の終わり
flows-made-up-patient =
    模擬の療養者は見本 花子さん、HER-SYS ID は { $id }、生年月日は { $birth_date } です。

field-required = { $field }: { $values }
field-optional = { $field }: { $values }(空欄可)
field-asked-if = 質問する条件: { $condition }
field-range = { $least }から{ $most }まで
field-or = { $range }、または { $entry }
field-value = body_temperature=37.5 のように FIELD=VALUE の形で書いてください
field-twice = 項目「{ $field }」が二度書かれています
field-missing = { $field } は必ず記入してください
field-not-number = { $field } には数を書いてください
field-out-of-range = { $field } には{ $least }から{ $most }までの数を書いてください
field-not-option = { $field } には次のどれかを書いてください: { $options }
field-not-asked = これらの回答では { $field } は質問しません。書かないでください
field-confirmed-otherwise = { $field } は別の値で確認されています
field-unknown = 「{ $field }」という項目はありません。あるのは { $fields } です
condition-always = いつも
condition-given = { $field } に記入がある
condition-answered-before = { $item } に今日すでに回答がある
condition-not = 次に当てはまらない: { $inner }
condition-and = {" かつ "}
condition-or = {" または "}

head-prompt = 音声案内
head-keys = キー
head-answers = 回答
head-seconds = 秒
time-every-call = { $flow }: 初回と2回目以降の通話(同じです)。音声案内ごとの秒数
time-first-call = { $flow }: 初回の通話。音声案内ごとの秒数
time-later-calls = { $flow }: 2回目以降の通話。音声案内ごとの秒数
time-healthy = 症状なし
time-no-oximeter = 症状なし、パルスオキシメーターなし
time-all-yes = すべての症状
time-red = SpO2 が red
time-speech = 音声
time-keys = キー
time-wait = 入力の終わりを待つ時間
time-in-all = 合計
time-limit = 上限
time-with-barge-in = 合計(案内の途中でキーを押す)
time-instructions = 最初の質問までの音声
time-note =
    音声の長さは見積もりで、電話事業者の音声とは1割ほど違うことがあります。キー一つに { $seconds } 秒かかるとしています。「案内の途中でキーを押す」は、回答の最初のキーを、受け付けるようになったらすぐに押す場合です。
