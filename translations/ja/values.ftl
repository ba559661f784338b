# 受け付けられない値についての文。

birth-date-form =
    生年月日は、電話では8桁(YYYYMMDD)か元号による7桁(3200401)、ファイルでは YYYY-MM-DD、YYYY/M/D、または昭和55年4月1日のような元号の日付で書いてください
birth-date-future = 生年月日が未来の日付です
birth-date-too-old = 1900年より前の生年月日は受け付けられません
calling-hours-form =
    架電時間帯は 08:00-20:00 のように、始まりを先に書いてください。一日の終わりの午前0時は 24:00 と書きます
centre-code-form = 保健所のコードは、13101 のように英数字とハイフンで1文字から16文字までです
keys-not-a-key = 電話のキーは0から9、*、#、AからDまでです
keys-too-many = 一度に入力されたキーが多すぎます
phone-number-form =
    実在しない電話番号です。03-5211-3641、09012345678、+819012345678 のように書いてください
line-empty = 文字がありません
line-too-long = { $most }文字を超えています
office-hours-form =
    執務時間は 08:30-17:15 のように、始まりを先に書いてください。一日の終わりの午前0時は 24:00 と書きます
days-off-form =
    架電しない日は sat;sun;2027-01-01 のように、曜日(mon、tue、wed、thu、fri、sat、sun)と日付(YYYY-MM-DD)で書いてください
days-off-too-many = 架電しない日として設定できる日付は400日までです。過ぎた日付を除いてください
days-off-every-day =
    すべての曜日を休みにすると、誰にも架電しなくなります。療養者の自動架電を止めるには `kenkocall patients stop` を使ってください
report-covers-form =
    報告でその日の残りの架電を取りやめるなら day、架電ごとに報告が必要なら slot と書いてください
unregistered-reports-form =
    登録と異なる番号からの報告で自動架電を取りやめるなら cancel、予定どおり架電するなら keep と書いてください
centre-calls-form =
    自動架電をするなら place、一時停止するなら pause と書いてください
after-red-form =
    赤の回答のあとに続けるかどうかを尋ねるなら ask、尋ねずに続けるなら continue と書いてください
pattern-form =
    架電の周期は "0 10 * * *" のように、分、時、日、月、曜日の順に書いてください。";" で区切って8個まで書けます
pattern-field =
    架電の周期の{ $field }を読み取れません。数、列挙(9,18)、範囲(9-12)、間隔(*/2)、または * を書いてください
pattern-minute = 分
pattern-hour = 時
pattern-day = 日
pattern-month = 月
pattern-weekday = 曜日
pattern-year = 年
pattern-weekday-number =
    架電の周期の曜日は mon,wed や mon-fri のように名前で書いてください。曜日の番号は cron の種類によって違います
pattern-seconds = 架電の周期の秒は0にするか、書かないでください。架電は分単位で始まります
sms-length = 不在時の SMS は1文字から500文字までです。空にすると送信しません
sms-unknown-gap =
    不在時の SMS に書ける差し込みは {"{centre}"} と {"{call_back_number}"} だけです
sms-hidden = 不在時の SMS: { $why }
retry-form =
    再架電の設定は busy=3x10;no_answer=3x30 のように、理由(busy、no_answer、dropped、not_now、voicemail、failed)、合計の回数(1から5)、間隔の分数(1から240)で書いてください
retry-out-of-range = 一つの理由で架電できるのは合計1回から5回まで、間隔は1分から240分までです
retry-twice = 同じ理由が二度書かれています。一度だけ書いてください
retry-wrong-number = 別の人が出た番号には二度と架電しないため、再架電の設定はありません。wrong_number を除いてください
number-of-calls = 件数を 20 のように整数で書いてください
amount-of-money = 金額を 20000 のように整数で書いてください
calls-a-second = 1秒当たりの架電数を 0.5 や 2 のように書いてください
degrees-celsius = 体温を 37.5 のように、小数第1位までの摂氏で書いてください
whole-number = 7 のように整数で書いてください
