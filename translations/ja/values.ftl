# 受け付けられない値についての文。

birth-date-form =
    生年月日は、電話では8桁(YYYYMMDD)、ファイルでは YYYY-MM-DD、YYYY/M/D、または昭和55年4月1日のような元号の日付で書いてください
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
