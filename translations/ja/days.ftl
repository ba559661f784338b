# 集計と書き出しのコマンドの文。

days-nothing-yet = { $date }: まだありません。架電予定は、その時刻になると載ります
days-none = { $date }: 自動架電の予定はありませんでした
head-due = 予定
head-reported = 報告あり
head-unanswered = 未回答
head-cancelled = 取りやめ
head-missed = 架電できず
head-open = 未完了
head-calls-placed = 架電数
days-other-numbers = { $centre } 登録と異なる番号または非通知からの報告: { $count }件
days-slots = { $centre } 架電枠: { $reasons }
days-calls = { $centre } 架電: { $reasons }
days-under-way = 通話中
export-incomplete = 標準出力に書き込めず、書き出しが途中で終わっています
