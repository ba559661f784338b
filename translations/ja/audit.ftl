# 操作の記録のコマンドの文。

audit-verifies = { $entries }件の記録はすべて正しく、最後の記録は { $at } です
audit-verifies-waiting = { $entries }件の記録はすべて正しく、最後の記録は { $at } です。まだ封印されていない記録が{ $waiting }件あります
audit-empty = 記録はまだありません
audit-empty-waiting = 記録はまだありません。まだ封印されていない記録が{ $waiting }件あります
audit-checkpoints =
    { $count ->
       *[other] { $fit }件のチェックポイントと一致し、最後のチェックポイントは { $at } です
    }
audit-no-checkpoints = ファイルにはまだチェックポイントがありません
audit-restored =
    { $at } にバックアップの復元が記録されています。記録{ $entry }よりあと、その時までの記録は失われています({ $lost }件のチェックポイントによる)
audit-unbacked =
    記録の前後関係は正しいものの、裏付けるチェックポイントがありません。データベースに書き込める人なら、全体を書き換えることもできます。
    audit.checkpoint_file を設定するか、--checkpoint FILE を指定してください
audit-keep-copy = 今のデータベースの写しを保管し、誰が書き込めたかを調べてください
audit-nothing-to-add = 追加するものはありません。最後の記録はすでにファイルにあります

chain-error = 操作の記録が正しくありません: { $what }。
chain-missing = 記録{ $entry }がありません
chain-changed =
    記録{ $entry }({ $id }、{ $at })が直前の記録とつながりません。書き換えられたか、その前後で記録が抜かれたか加えられています
chain-id = ID { $id }
chain-no-id = ID ではない値
chain-no-time = 存在しない時刻
chain-end = 記録は{ $entry }で終わっていますが、封印されたのは{ $sealed }件です。末尾が切り取られたか、付け加えられています
chain-cut =
    末尾が切り取られています。{ $at } のチェックポイントには記録{ $entry }がありますが、データベースにありません。古いバックアップが復元された可能性もあります
chain-rewritten =
    記録が書き直されています。{ $at } のチェックポイントでは記録{ $entry }のハッシュ値が異なるので、その記録か、それより前の記録が変更されています。古いバックアップが復元された可能性もあります

rows-fit = 回答、報告、通知のうち{ $rows }件は、封印されたときのままです
rows-found = { $rows }件は、更新時またはプロセスの異常終了後に、見つかったままの内容で封印されました
rows-erased = { $rows }件は、記録のとおり消去されています
rows-unsealed = { $rows }件はまだ封印されていません
rows-changed =
    記録に載っている回答、報告、通知のうち{ $rows }件が、封印されたときと異なります。このプログラムを通さずに変更されています:
rows-put-in =
    封印のない回答、報告、通知が{ $rows }件あります。このプログラムを通さずに加えられたか、書き込んでから1秒以内にプロセスが異常終了しています。後者の場合は `serve` が起動時にそのまま封印し、そのことを記録します:
rows-more = ほか{ $more }件
row-answer = 報告 { $report } の回答({ $id })
row-report = 報告 { $id }
row-alert = 通知 { $id }
row-changed = { $what } は変更されています
row-deleted = { $what } は削除されています
row-end-changed = { $what } の終わり方が、最後に封印されたものと異なります。閉じられたか、開き直されたか、変更されています
row-no-seal = { $what } には封印がありません

head-at = 時刻
head-who = 操作者
head-from = 経路
head-what = 操作
head-about = 対象
head-fields = 項目
trail-none = 記録はありません
trail-more = もっと古い記録があります: --after { $after }
trail-id = 記録のIDは `kenkocall audit list --json` に表示されるものです
trail-nobody-with-id = 登録のない HER-SYS ID { $id }
trail-patient = HER-SYS ID { $id }
trail-patients = 療養者{ $count }人: { $ids }
trail-erased = [消去済み]
trail-change = { $field }: { $before } から { $after } へ
