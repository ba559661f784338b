# 開示請求のためのファイル。

disclosure-name = 開示用ファイル
disclosure-make = この人のデータをファイルにする
disclosure-says = 開示請求のために、この人について保存しているデータをすべて1つのファイル(JSON)にします。渡す前に、本人に知らせてはならないことがないか確かめてください。
disclosure-has = ファイルに入るもの
disclosure-has-record = 登録の内容
disclosure-has-reports = すべての報告と回答(訂正される前のものも)
disclosure-has-calls = すべての通話の記録。ほかの人も話した通話は、押されたキーと言葉を除きます
disclosure-has-alerts = 通知、メモ、移管
disclosure-has-trail = だれがいつ見て、何を変えたか
disclosure-recorded = ファイルを作ったことは、操作の記録に残ります。
disclosure-save = ファイルを保存する

help-patients-disclose = 療養者について保存しているデータをすべて JSON で出力する。開示請求のため。記録されます
