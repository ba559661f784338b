### Calling a person now, from the console.

call-now = 今すぐ電話をかける
call-now-button = 自動電話をかける
call-now-effect = いま({ $at })、{ $number } に自動電話をかけます。今日の報告が済んでいても、かけます。
call-now-until = つながらなければ、{ $until } まで、保健所の設定のとおりかけ直します。
call-now-once = この画面を何度送っても、かける電話は1件です。
call-now-not-callable = 今は電話をかけられません({ $why })。
call-now-outside-hours = 今は電話をかけられません。架電時間帯({ $hours })の外です。
call-now-under-way = この人への電話は、すでにかけているか、受け付け済みです。
call-now-nothing = 何も変えていません。新しい電話はかけません。
call-now-held-centre = 保健所の架電を一時停止しています。電話は、期限までに再開されたときだけかかります。
call-now-held-all = 今は架電が止まっています。電話は、期限までに再開されたときだけかかります。
call-now-done = 電話を受け付けました。まもなくかかります。
call-now-done-waits = 電話を受け付けました。今は架電が止まっていて、期限までに再開されたときだけかかります。
call-now-done-before = 電話はすでに受け付けています。かける電話は1件だけで、何も変えていません。
