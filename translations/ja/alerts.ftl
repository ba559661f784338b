# 通知とジョブのコマンドの文。

head-alert = 通知
head-raised = 発生
head-severity = 重症度
head-kind = 種類
head-centre = 保健所
head-hersys-id = HER-SYS ID
head-value = 値
head-call = 通話
head-taken = 担当
head-also = ほかの通知
alerts-none = 未対応の通知はありません
alerts-more = 続きがあります: --after { $after }。一つの種類だけを見るには `--kind KIND` を付けてください
alerts-all-centres = すべて
alerts-id =
    通知の ID は 0192f0c1-7f3a-7c11-8d5b-3b1f6a2c9e04 のような形で、行にほかの通知が2件あるときは +2 で終わります。`kenkocall alerts list` で確かめられます
alerts-kinds = 通知の種類は { $kinds } です
alerts-closed = 対応済みにしました: 通知 { $id }({ $at }、{ $by })
alerts-same = 変更はありません: 通知 { $id } は対応済みです({ $at }、{ $by })
alerts-others-closed =
    { $count ->
       *[other] この療養者のほかの通知{ $count }件も対応済みにしました
    }
alerts-others-open =
    { $count ->
       *[other] この療養者には未対応の通知があと{ $count }件あります: `kenkocall alerts list`
    }
alerts-taken = 担当になりました
alerts-taken-over = { $who } さんから引き継ぎました
alerts-taken-before = 変更はありません: { $at } から担当しています
alerts-held = { $who } さんが { $at } から担当しています。何も変えていません。引き継ぐには `alerts take --over` を実行してください
alerts-given-back = 担当をやめました。今は誰も担当していません
alerts-untaken = 変更はありません: 誰も担当していませんでした
alert-temperature = 体温 { $value } °C
hint-guessing =
    誰かが HER-SYS ID の生年月日を、短い時間に、または何日もかけて試しています。本人の登録番号からは引き続き利用できますが、ほかの番号からは今日あと数回しか試せないことがあります
hint-centre-phone =
    保健所の番号が架電できない種類のため、職員との通話を希望する人をつなげません: `kenkocall centres set CODE --phone NUMBER`
hint-mass-guessing =
    本人確認に失敗する電話が多発しています。1時間に非常に多いときは、登録と異なる番号や非通知の番号は1回の通話で1度しか試せず、待ち時間も長くなります。登録された番号に影響はありません
hint-stop-request =
    決めるまで架電を見合わせます。停止するなら `kenkocall patients stop ID`、再開するなら `patients set ID --automated-call yes` を実行してください
hint-stop-unconfirmed =
    名乗らない人が架電の停止を希望しました。決めるまで架電は続くので、療養者に電話してください。停止するなら `kenkocall patients stop ID`、続けてこの通知を閉じるなら `patients set ID --automated-call yes` を実行してください
hint-unanswered =
    決められた回数を架電したか、通話はしたものの報告が失われたかもしれません。療養者に電話するか、`kenkocall calls now ID` を実行してください。報告があれば自動で消えます
hint-missed =
    予定の時刻に架電できませんでした。`kenkocall calls now ID` で架電できます。報告があれば自動で消えます
hint-wrong-number =
    別の番号が登録されるまで架電を見合わせます: `kenkocall patients set ID --phone-number NUMBER`
hint-unknown-call =
    分かっていることは `kenkocall calls show CALL` で確かめられます。調べた結果は `kenkocall calls resolve CALL` で記録してください
hint-dialling =
    自動架電が止まっています。理由は `kenkocall dialer show` で確かめられます。一時停止を終えるには `dialer resume` を実行してください
hint-day-limit =
    本日はこれ以上架電しません。架電できなかった方に電話するか、上限を変えてください: `kenkocall dialer show`、`centres list`
hint-unspoken =
    電話事業者が、設定した声で音声案内を読めませんでした。電話をかけた人にはお詫びが流れ、続きは事業者の声で案内しました。twilio.voices と事業者のログを確かめてください
hint-forged =
    署名の正しくない通知を拒否しました。twilio.auth_token か server.public_url が誤っているか、第三者が送っています

head-job = ジョブ
head-failed-runs = 失敗回数
head-state = 状態
outbox-none = 待っているジョブはありません
outbox-none-failed = 打ち切られたジョブはありません
outbox-id = ジョブの ID は 0192f0c1-7f3a-7c11-8d5b-3b1f6a2c9e04 のような形です。`kenkocall outbox list` で確かめられます
outbox-same = 変更はありません。打ち切られたジョブはありません
outbox-retried =
    { $count ->
       *[other] ジョブ{ $count }件をもう一度実行します
    }
outbox-discarded = ジョブを取り消しました
job-due = { $at } に実行予定
job-claimed = 実行中({ $until } まで占有)
job-kind-unknown = このプログラムの知らない種類なので、新しい版を待っています
job-failed = { $at } に打ち切り: { $why }
job-unreadable = 内容を読み取れません
job-interrupted = 実行するたびに、プログラムが終了したか、結果を保存できませんでした
job-database = 毎回データベースの処理に失敗しました。詳しくはログを見てください
job-panicked = プログラムの不具合です。詳しくはログを見てください
job-timed-out = 毎回、時間がかかりすぎました
job-no-carrier = この通話を扱う電話事業者が設定にありません
job-unknown-failure = 理由は、このプログラムの新しい版でしか分かりません

maintenance-ended = メンテナンスを終了しました。電話を受け付けます
maintenance-same = 変更はありません。メンテナンス中ではありませんでした
maintenance-none = メンテナンス中ではありません。電話を受け付けています
maintenance-until = { $since } から { $until } までメンテナンス中です
maintenance-open = { $since } からメンテナンス中です。`kenkocall maintenance end` で終了します
