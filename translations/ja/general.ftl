# 文の部品と、どのコマンドも使う文。

joined = { $sentences }
verbatim = { $text }
separator-words = 、
separator-sentences = 。
output-failed = 標準出力に書き込めません({ $why })
operator-name = --as には、1行で1文字以上100文字以内の名前を指定してください: { $why }
operator-name-of-system =
    システムの利用者名を操作の記録に残せません。--as でお名前を指定してください
