# 取り込み: 読める列とその例、ひな型、取り込んだ人の一覧。

template-heading = 読める列
template-says = ひな型は列の名前だけです。Excel のひな型は、先頭の0が消えない書式にしてあります。ほかの列があってもかまいません(読みません)。
template-xlsx = ひな型(Excel)
template-csv = CSV のひな型
template-column = 列の名前
template-example = 例
template-needed = 必須
template-hidden-row = 隠れた行
template-see-added = 登録した人の一覧を見る
upload-chip = この名簿で登録した人
