# 2人が同じところを変えたとき: 両方の値から1つを選ぶ。

conflict-says = まだ保存していません。どちらの値にしますか。
conflict-kept = ほかのところ({ $fields })は、両方の変更とも残しました。
conflict-theirs = { $who }: { $value }
conflict-stored = 今の値: { $value }
conflict-mine = 自分: { $value }
conflict-go-on = この値で進む
