# 対応の画面: その人の最近の報告。

alert-recent = 最近の報告
alert-recent-none = 最近2週間の報告はありません。
alert-recent-calls = 電話
alert-recent-chart = 体温とSpO2のグラフを見る
