# コマンドの説明と、引数の誤りの文。英語では clap が自分で表示する。

clap-usage = 使い方:
clap-commands = コマンド:
clap-arguments = 引数:
clap-options = オプション:
clap-default = { $text } (既定値: { $values })
clap-values = { $text } (選べる値: { $values })
clap-possible-values = 選べる値:
clap-error = 誤り: { $what }
clap-more-help = 詳しくは '--help' を付けて実行してください。
clap-no-value = '{ $argument }' には値が必要です
clap-invalid-value = '{ $value }' は '{ $argument }' に使えない値です
clap-refused-value = '{ $value }' は '{ $argument }' に使えない値です: { $why }
clap-unknown-argument = '{ $argument }' という引数はありません
clap-unknown-command = '{ $command }' というコマンドはありません
clap-missing-arguments = 必要な引数がありません: { $arguments }
clap-missing-command = '{ $command }' のあとにコマンドが必要です
clap-conflict = '{ $argument }' は次のものと同時に指定できません: { $other }
clap-too-many-values = '{ $argument }' に余分な値 '{ $value }' があります
clap-wrong-values = '{ $argument }' の値の数が違います
clap-not-utf8 = 引数の文字コードが UTF-8 ではありません
clap-valid-values = 選べる値: { $values }
clap-similar = 書き間違いではありませんか: { $word }
clap-range = { $least }から{ $most }までの数を書いてください
