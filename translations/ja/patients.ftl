# 療養者のコマンドの文。

patients-nothing-given = 変更する項目が指定されていません。指定できる項目は `kenkocall patients set --help` で確かめられます
patients-nothing-changed = 何も変更していません
patients-doubt = 注意: { $doubt }。その場合は、誤ったほうの療養を `kenkocall patients release` で終了してください
patients-same = 変更はありません: HER-SYS ID { $id }
patients-added = 追加しました: HER-SYS ID { $id }
patients-changed = 変更しました: HER-SYS ID { $id }
patients-stopped = 自動架電を停止しました: HER-SYS ID { $id }
patients-released = 療養を終了しました: HER-SYS ID { $id }
erase-not-rewritten =
    注意: データベースのファイルをほかのプログラムが使用中のため、書き直す(VACUUM)までは、使われていない部分に消去した値が残ることがあります
erase-done = 消去しました: 回答、報告、通知 { $rows }件。通話{ $calls }件は、電話番号、押されたキー、読み上げた内容を除いて残ります
erase-plain-entries = 操作の記録のうち{ $entries }件は以前の版で書かれたもので、引き続き読めます

head-phone-number = 電話番号
head-calls = 自動架電
head-next-slot = 次の架電枠
head-birth-date = 生年月日
head-health-centre = 保健所
head-language = 言語
head-oximeter = パルスオキシメーター
oximeter-yes = あり
oximeter-no = なし。SpO2は { $date } からまた質問します
oximeter-unknown = 不明
head-diagnosed = 診断年月日
head-observed-from = 観察開始日
head-registered = 登録日時
head-revision = 版
head-today = 今日の報告
head-stop-asked-for = 停止の希望
patients-none = 当てはまる療養者はいません
patients-more = 続きがあります。--after { $after } を付けるか、--limit を増やしてください
patients-digits = { $option } には 5678 のように数字を書いてください
calling = { $times }に { $number } へ自動架電します
calling-centre-times = 保健所の架電時刻
calling-released = { $at } に療養が終了したため、自動架電はしません
calling-stopped = 自動架電は { $at } に停止しました
calling-stop-requested =
    自動架電は保留中です。療養者が { $at } に停止を希望しました。停止する場合は `kenkocall patients stop { $id }`、続ける場合は `kenkocall patients set { $id } --automated-call yes` を実行してください
calling-wrong-number =
    自動架電は保留中です。{ $number } に別の人が出たためです。正しい番号を `kenkocall patients set { $id } --phone-number NUMBER` で登録するか、この番号で正しければ `--automated-call yes` を指定してください
calling-number-not-allowed =
    この種類の番号には自動架電ができません。日本の固定電話、携帯電話、または050の番号を登録してください
calling-off = 自動架電はしません
patient-stop-unconfirmed =
    { $at }、本人か確かめられていない人が希望。決めるまで自動架電は続きます。停止する場合は `kenkocall patients stop { $id }`、続ける場合は `kenkocall patients set { $id } --automated-call yes` を実行してください
patient-stop-unconfirmed-in-call =
    { $at }(通話 { $call })、本人か確かめられていない人が希望。決めるまで自動架電は続きます。停止する場合は `kenkocall patients stop { $id }`、続ける場合は `kenkocall patients set { $id } --automated-call yes` を実行してください
patient-slots = 今日の架電枠
patient-reports = 過去14日間の報告
report-version = { $of }件中{ $number }件目
report-stopped = 要緊急対応の案内のあと、{ $item } までで終了
report-earlier = 後の報告に差し替え済み
report-unfinished-again = 再報告が途中で終了(完了した報告が有効)
patient-late-answers = 報告の完了後に別の通話で得た回答(報告には含まれません)
patient-calls = この療養者への最近の通話と、この HER-SYS ID が入力された通話
slot-of-staff = 職員の依頼
slot-held-back = 保留中
slot-next-call = { $at } 以降に次の架電
slot-calls =
    { $count ->
       *[other] { $count }回
    }
today-reported = { $channel } で報告済み、重症度 { $severity }
today-reported-from = { $channel } で報告済み({ $from })、重症度 { $severity }
today-late-answers = { $reported }。あとで違う回答がありました(下記)
today-stopped = { $reported }。要緊急対応の案内のあと、{ $item } までで終了しました
today-unfinished = 途中: これまでの回答{ $answers }件、重症度 { $severity }
today-unfinished-from = 途中: これまでの回答{ $answers }件({ $from })、重症度 { $severity }
today-no-report = まだ報告がありません
answer-not-measured = 測定なし
answer-taken-back = 取り消し
answer-of = { $item }({ $id })
answer-late = 報告の完了後の回答で、報告には含まれません
report-answer = 回答は 項目=値 の形で書きます。例: body_temperature=37.5
report-added = { $date } の報告を記録しました。重症度は { $severity } です。この日の自動架電は取りやめます
report-alerts = 通知: { $kinds }
