# 保存期間のページと、操作の記録の検証。

retention-name = データの保存期間
retention-says = 観察を解除した人のデータを、解除から何か月残すかを決めます。期間が過ぎた人は、報告、回答、通話の言葉、電話番号とともに消去され、元に戻せません。
retention-set = 今の設定:
retention-months = 解除から { $months }か月
retention-forever = 自動では消去しない
retention-field = 残す月数
retention-hint = 1から120まで。空にすると、自動では消去しません。
retention-wrong = 月数を1から{ $most }までの数字で書いてください。
retention-saved = 保存しました
retention-change = 保存期間: { $before } → { $after }
retention-effect-count = 30日以内に消去されるのは { $count }人 です。下の一覧で確かめてください。
retention-effect-notice = 保存してから7日間は、だれも消去しません。
retention-effect-none = だれも自動では消去されなくなります。
retention-will-go = 30日以内に消去される人 { $count }人
retention-would-go = 保存すると30日以内に消去される人 { $count }人
retention-nobody = 該当する人はいません。
retention-cut = 解除が早い人から200人までの一覧です。
retention-released = 解除した日
retention-goes = 消去される日
audit-never-verified = 操作の記録は、まだ一度も検証されていません。
audit-verified = 最後の検証: { $at }({ $by })。一致しました。
audit-not-verified = 最後の検証: { $at }({ $by })。一致しませんでした。管理者に知らせてください。
