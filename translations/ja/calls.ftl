# 通話と架電の一覧の文。

head-began = 開始
head-line = 回線
head-lasted = 長さ
head-verdict = 結果
head-intended = 架電の決定
head-stands = 状態
head-attempt = 回
head-slot = 架電枠
head-number = 番号
head-not-wanted = 取りやめ
head-unknown-since = 結果不明になった時刻
head-found-nothing = 該当なし
head-inconclusive = 判定できず
head-next-look = 次の照会
head-staff-asked = 職員への依頼
yes = はい
no = いいえ
not-yet = まだ
calls-none = 通話はありません
calls-more = 続きがあります: --after { $after }
calls-id = 通話の ID は 0192f0c1-7f3a-7c11-8d5b-3b1f6a2c9e04 のような形です。`kenkocall calls list` で確かめられます
calls-states = --state には、自動架電の状態({ $states })か結果({ $outcomes })を指定してください
unknown-todo-slots =
    分かるまで、これらの架電枠では架電しません。電話事業者の通話記録で確かめ、次のように記録してください。
    `kenkocall calls resolve CALL not-placed`(または no-answer、answered。look-again なら今すぐ照会します)
unknown-todo-slot =
    分かるまで、この架電枠では架電しません。電話事業者の通話記録で確かめ、次のように記録してください。
    `kenkocall calls resolve { $call } not-placed`(または no-answer、answered。look-again なら今すぐ照会します)
unknown-since = 電話事業者がこの架電を受け付けたかどうかは、{ $at } から分かっていません
unknown-lookups = 照会で見つからなかった回数 { $nothing }、続けて判定できなかった回数 { $inconclusive }
unknown-looks = 前回の照会 { $last }、次の照会 { $next }
unknown-staff-asked = { $at } に職員へ確認を依頼しました
attempt-of-slot = 架電枠 { $slot } の{ $number }回目の架電: { $state }
attempt-of-staff = 職員の依頼({ $slot })による{ $number }回目の架電: { $state }
attempt-ended = 決定 { $begun }、終了 { $ended }
attempt-so-since = 決定 { $begun }、{ $since } からこの状態
attempt-not-wanted = 取りやめ: { $why }
attempt-slot = 架電枠は { $state } です
attempt-this-call = この通話

transcript-call = 通話 { $call }({ $line })
transcript-began = { $at } 開始、{ $end }
transcript-ended = { $after }で終了
transcript-ended-so = { $after }で終了({ $verdict })
transcript-open = 通話中
transcript-about = HER-SYS ID { $people } についての通話
transcript-report = { $date } の報告({ $channel })
transcript-report-of = { $id } の { $date } の報告({ $channel })
leg-withheld-number = 非通知の番号
leg-not-ended = 未終了
leg-inbound = 着信({ $carrier })、{ $far } から: { $cause }
leg-inbound-to = 着信({ $carrier })、{ $far } から { $near } へ: { $cause }
leg-outbound = 発信({ $carrier })、{ $far } へ: { $cause }
turn-hands-over = { $number } に転送
turn-hangs-up = 電話を切る
turn-answers = 応答
turn-calls = 着信
turn-keys = キー入力 { $keys }
turn-keys-nothing = 入力なし
turn-talked = 職員と通話
turn-not-reached = 職員につながらず
turn-hung-up = 切断({ $cause })
turn-talked-and-hung-up = 職員と通話したあと切断({ $cause })
turn-not-reached-and-hung-up = 職員につながらず切断({ $cause })
turn-withdrawn = 架電の取りやめ
turn-talked-and-withdrawn = 職員と通話したあと架電の取りやめ
turn-not-reached-and-withdrawn = 職員につながらず架電の取りやめ
turn-identified = 本人確認済み
