# 質問票の項目の誤り
report-measured-again = { $item }(2回目)
report-not-a-whole-number = 98 のような整数で入れてください
