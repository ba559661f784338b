# 訂正された回答の「今日」での見せ方
today-corrected = { $now } (訂正済み、前は { $before })
today-value = { $value }
today-not-measured = 測れない
today-was-without-answer = 回答なし
today-amber-answer = 注意の回答
alert-corrected = { $value } (訂正後 { $now })
