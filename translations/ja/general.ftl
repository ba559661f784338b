# 文の部品と、どのコマンドも使う文。

joined = { $sentences }
verbatim = { $text }
separator-words = 、
separator-sentences = 。
output-failed = 標準出力に書き込めません({ $why })
operator-name = --as には、1行で1文字以上100文字以内の名前を指定してください: { $why }
operator-name-of-system =
    システムの利用者名を操作の記録に残せません。--as でお名前を指定してください
not-audited = 閲覧を操作の記録に残せませんでした({ $why })。誰がいつ何を見たかを書き留めてください
not-sealed = 書き込んだ内容はまだ封印されていません({ $why })。あとで `kenkocall serve` が封印します
simulated = 模擬データです。療養者、通話、回答は架空のものです
up-to-date = データベースは最新です
not-json = 結果を JSON で書けません
not-day = 「{ $text }」は日付ではありません。2026-11-28、令和8年11月28日、R8.11.28、または today、yesterday、tomorrow(今日、昨日、明日)と書いてください
not-time =
    「{ $text }」は時刻ではありません。2026-12-01 05:00、2026-12-01T05:00:00+09:00、または日付(2026-12-01、R8.12.1、today)を書いてください
number-unregistered = 登録と異なる番号から
number-hidden = 番号非通知
lasted-seconds = { $seconds }秒
lasted-minutes = { $minutes }分{ $seconds }秒
output-incomplete = 標準出力に書き込めず、出力が途中で終わっています。ディスクか、出力を読むプログラムを確かめてください
man-pages = { $folder } にマニュアルページを{ $pages }件書き出しました
man-no-folder = フォルダー { $folder } を作成できません。別のフォルダーを指定してください
man-no-page = マニュアルページを書けません
man-not-written = { $file } に書き込めません
