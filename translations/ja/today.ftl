# 訂正された回答の「今日」での見せ方
today-corrected = { $now } (訂正済み、前は { $before })
today-value = { $value }
today-not-measured = 測れない
today-was-without-answer = 回答なし
today-amber-answer = 注意の回答
alert-corrected = { $value } (訂正後 { $now })
today-group-wrong-number = 番号違い
today-above = ほかに{ $count }人は上の、より重い見出しの下です
today-closed-of = { $name } さんのことを記録して完了しました
today-group-stop-request = 停止依頼
