# コンソールの、保存した絞り込みと、一覧の列の文。

filter-heading = 保存した絞り込み
filter-new = この絞り込みを保存する
filter-without-search = 検索した言葉は個人の情報なので、保存しません。
filter-name = 名前
filter-name-hint = 一覧に並ぶ名前です。対象者の名前や番号は書かないでください。
filter-name-needed = 名前を書いてください
filter-name-long = 名前は{ $most }文字までにしてください
filter-name-hidden = 見えない文字や改行が入っています。書き直してください
filter-name-taken = 同じ名前の絞り込みがあります。別の名前にしてください
filter-too-many = 保存できる数の上限に達しています。使わないものを削除してください
filter-sharing = 見える人
filter-own = 自分だけ
filter-shared = 保健所の全員
filter-save = 保存する
filter-save-this = この絞り込みを保存
filter-all = すべて見る・直す
filter-saved = 絞り込みを保存しました
filter-changed = 絞り込みを変えました
filter-deleted = 絞り込みを削除しました
filter-none = 保存した絞り込みはまだありません
filter-none-says = 一覧で絞り込んでから「この絞り込みを保存」を押すと、ここに並びます。
filter-conditions = 条件
filter-by = 保存した人
filter-round = 順に電話する
filter-change = 変更・削除
filter-change-heading = 絞り込みの変更
filter-delete = この絞り込みを削除する
filter-delete-says = 対象者の登録は変わりません。全員に見える絞り込みは、ほかの人からも見えなくなります。
filter-round-over = 保存した絞り込みで順に電話する

columns-heading = 一覧の列
columns-link = 列を選ぶ
columns-says = 選んだ列は、あなたの一覧にだけ効きます。名前の列はいつも表示します。
columns-shown = 表示する列
columns-choose = この列にする
columns-usual = はじめの列に戻す

upload-alike = 同じ人かもしれません
upload-alike-says = 新しく登録する行のうち、観察中の人と名前・生年月日が同じで、IDが違うものです。どちらかのIDが誤りなら、一人に二重に電話がかかります。取り込む前に確かめてください。
upload-alike-registered = 登録済みのID
upload-alike-in-list = 名簿の名前
