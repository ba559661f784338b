# 保健所のコマンドの文。

centres-none = 保健所はまだ登録されていません。`kenkocall centres add` で追加してください
centres-added = 追加しました
centres-changed = 変更しました
centres-same = 変更はありません
centres-name =
    保健所の名前は、千代田保健所のように、1行で1文字以上40文字以内にしてください。すべての通話で読み上げます: { $why }
centres-outside-hours =
    { $count ->
       *[other] 架電時刻がこの時間帯の外になる療養者が{ $count }人いて、その時刻には架電しません
    }。`kenkocall patients set HERSYS_ID --call-times` で別の時刻を設定してください

head-code = コード
head-name = 名前
head-phone = 電話番号
head-reading = 読み方
head-latin-name = ローマ字の名前
centre-no-reading = なし: 音声は名前をそのまま読みます
centre-no-latin-name = なし: どの言語でも日本語の音声が名前を読みます
centre-reading-form = 読み方は、ひらがなかカタカナで80文字以内です(ソウサホケンジョ など)
centre-latin-name-form = ローマ字の名前は、ラテン文字で80文字以内です(Sosa Public Health Center など)
head-time-zone = タイムゾーン
head-office-hours = 執務時間
head-calling-hours = 架電時間帯
head-automated-calls = 自動架電
head-days-off = 架電しない日
head-call-pattern = 架電の周期
head-report-covers = 報告の効果
head-unregistered-reports = 登録と異なる番号からの報告
head-after-red = 赤の回答のあと
head-body-temperature = 体温
head-spo2 = SpO2
head-calls-at-a-time = 同時架電数
head-calls-a-second = 1秒当たりの架電数
head-calls-a-day = 1日の架電数
head-spend-a-day = 1日の費用
head-missed-call-sms = 不在時の SMS
centre-no-limit = 独自の上限なし
centre-office-hours = { $hours }、月曜日から金曜日
centre-calling-hours = { $hours }: 自動架電を始めてよい時間
centre-calls-place = 行う
centre-calls-pause = 一時停止中: 再開するまで架電しない
centre-no-days-off = なし
centre-pattern = { $pattern }: 個別の架電時刻がない療養者に適用
centre-report-covers-day = 報告があれば、その日の残りの架電を取りやめる
centre-report-covers-slot = 報告があれば、その時刻の架電だけを取りやめる。あとの時刻には架電する
centre-unregistered-cancel = 登録と異なる番号からの報告でも、架電を取りやめる
centre-unregistered-keep = 登録と異なる番号からの報告では架電を取りやめず、予定どおり架電する
centre-after-red-ask = 続けるかどうかを尋ねる。そこで切った人は、報告ずみとする
centre-after-red-continue = 案内のあと、すぐに次の質問へ進む
centre-temperature = { $note } °C 以上で note、{ $amber } °C 以上で amber
centre-spo2 = { $amber } % 以下で amber、{ $red } % 以下で red
centre-no-sms = 送信しない
centre-after = { $cause } のあと
centre-no-other-try = 再架電しない
centre-tries =
    { $minutes ->
       *[other] { $minutes }分おきに合計{ $tries }回
    }

head-temperature = 体温
head-a-report-covers = 報告の効果
head-at-a-time = 同時
head-a-second = 1秒当たり
head-a-day = 1日当たり
head-tries = 回数 x 分
centres-automated-calls = 自動架電
centre-any = 上限なし
centre-covers-day = その日
centre-covers-slot = その架電枠
centre-sms-on = あり
centre-sms-off = なし
centre-calls-a-day = { $calls }件
centre-spend-a-day = 費用 { $money }
