# 名簿の誤りと、誤りかもしれないところ。

place-file = ファイル
place-row = { $row }行目
place-cell = { $row }行目 { $letters }列
place-named-cell = { $row }行目 { $letters }列({ $column })
column-name = { $japanese } / { $code }
finding = { $place }: { $fault }

list-empty-file = ファイルが空です
list-file-too-large = ファイルが64MBを超えています。分割してください
list-cut-off = ファイルがここで途切れています。コピーまたは出力をやり直してください
list-cut-off-row =
    最後の行のセルが足りず、改行もないまま、ファイルがここで終わっています。途切れているかもしれません。コピーまたは出力をやり直すか、空のセルも書いてください
list-cut-off-workbook = この Excel ブックは末尾が欠けています。コピーまたはダウンロードをやり直してください
list-damaged-workbook = この Excel ブックは壊れています。Excel で開いて保存し直してください
list-workbook-too-large = この Excel ブックは展開すると大きすぎます(上限は512MB)。分割してください
list-cell-too-long = 64kBを超える文字のあるセルがあります
list-line-too-long = 1MBを超える行があります。名簿ではないか、改行が失われています。出力し直してください
list-value-too-long = セルの文字が4kBを超えています。名簿の値としては長すぎます
list-several-lists = 名簿のあるシートが複数あります: { $sheets }。--sheet NAME で一つを選んでください
list-hidden =
    表示されているシートに名簿がありません。非表示のシートは読みません: { $sheets }。Excel でシートを表示し、内容を確かめてから保存してください
list-no-such-sheet = その名前のシートはありません。表示されているシートは { $sheets } です
list-hidden-sheet =
    このシートは非表示で、非表示のシートは読みません。Excel でシートを表示し、内容を確かめてから保存してください
list-no-sheets = シートが指定されていますが、これはテキストファイルで、シートがありません。--sheet を外してください
list-zeros = ファイルの中身がすべて0です。コピーか保存に失敗しています。コピーまたは出力をやり直してください
list-encoding = このファイルの文字コードは { $encoding } です。UTF-8 か Shift_JIS で保存してください
list-katakana =
    半角カタカナを含む Shift_JIS か、EUC-JP などの文字コードか、見分けがつきません。UTF-8 で保存してください
list-no-header =
    空でない最初の{ $rows }行に、列の見出しが見つかりません。療養者より上の1行に見出しを書いてください。使える見出し: { $columns }
list-one-cell =
    どの行も、区切り文字ごと一つのセルに入っています。列に分ける(Excel では「データ」「区切り位置」)か、.xlsx で出力し直してください
list-garbled =
    列の見出しが文字化けしています。別の文字コードで開いて保存されています。出力し直し、途中で開かずに取り込んでください
list-above-column-names =
    見出しの上に、療養者と思われる行があります。見出しの下に移してください(見出しの行も一緒に並べ替えていませんか)
list-column-names-again =
    この行にまた列の見出しがあります。見出しは療養者の上の1行だけにし、この行を削除してください
list-no-patient =
    { $more ->
        [0] この行には
       *[other] この行と、続く{ $more }行には
    }療養者の情報(HER-SYS ID、生年月日、氏名)がありません。記入するか、合計や注記の行なら削除してください
list-missing-column = 列「{ $column }」がありません
list-no-patients = 見出しの下に療養者がいません
list-too-many-rows = ファイルが100万行を超えています。分割してください
list-more-findings = このファイルにはほかにも誤りがあります。最初の1万件だけを示しています
list-unknown-column = この見出しは分かりません。列を削除するか、次のどれかにしてください: { $columns }
list-unknown-column-guess = この見出しは分かりません。{ $column } のことですか
list-unknown-column-names = この見出しは分かりません。氏名は { $family } と { $given } の二つの列に分けてください
list-duplicate-column = 同じ列が二つあります。一つ目は{ $letters }列です
list-too-few-cells = この行のセルは{ $found }個ですが、見出しは{ $expected }個です
list-too-many-cells = 見出しのない列に値があります。この行の区切り文字が多すぎませんか
list-quote-inside =
    セルの途中に引用符があります。セル全体を引用符で囲み、中の引用符は二つ重ねてください
list-quote-open = ここで始まる引用符が閉じていません。引用符が抜けているか、ファイルが途切れています
list-text-after-quote = 閉じる引用符のあとに文字があります
list-nul = セルに NUL 文字があります。ファイルが壊れているので、出力し直してください
list-line-break = セルの中に改行があります。値は1行で書いてください
list-control-character = セルに、目に見えない制御文字があります。書き直してください
list-private-character = セルに外字があります。標準の文字で書いてください
list-lost-character = 以前の変換で失われた文字がこのセルにあります。書き直してください
list-missing = このセルは空にできません
list-error-cell = セルが表計算のエラー(#N/A など)になっています
list-formula-without-result = セルの数式の計算結果がファイルにありません。Excel で開いて保存し直してください
list-wrong-kind =
    セルの種類が違います(数値、日付、または数式の結果)。列の書式を文字列(日付の列なら日付)にして、入力し直してください
list-name-too-long = 氏名は100文字までです
list-lost-zeros = { $what }。先頭の0が失われているかもしれません。列の書式を文字列にして、入力し直してください
list-number-format =
    セルが数値で、表示形式からは実際の桁が分かりません。先頭の0が失われているかもしれません。列の書式を文字列にして、入力し直してください
list-future = この日付は未来です
list-too-old = 1900年より前の日付です。確かめてください
list-before-birth = この日付は生年月日より前です
list-phone-number =
    電話番号として正しくありません。03-5211-3641、09012345678、+819012345678 のように、番号を一つ書いてください
list-not-callable =
    { $kind }には自動架電ができません。日本の固定電話、携帯電話、または050の番号にするか、automated_call(自動架電)を no にしてください
list-number-needed = 自動架電には電話番号が必要です
list-oximeter = yes、no、unknown のどれかを書いてください(はい/いいえ/不明、有/無、1/0、○/×)
list-yes-no = yes か no を書いてください(はい/いいえ、有/無、1/0、○/×)
list-language = 言語は ja、en、zh-Hans、zh-Hant、ko、es、pt のどれかです
list-which-chinese = どちらの中国語か書いてください: zh-Hans(简体中文)か zh-Hant(繁體中文)
list-outside-calling-hours = 保健所の架電時間帯の外の架電時刻があります
list-duplicate-hersys-id = この HER-SYS ID は{ $row }行目にもあります
list-duplicate-but-for-zeros =
    この HER-SYS ID は{ $row }行目にもあると思われます。先頭の0だけが異なり、片方のセルは数値なので、先頭の0が失われているかもしれません。列の書式を文字列にして、入力し直してください
list-duplicate-number =
    この番号は{ $row }行目の方の自動架電に使われています。一つの番号で二人分の自動架電は受けられません。もう一人の方には、ポータルか健康コールで報告していただけます
list-number-in-use =
    この番号には、療養中の別の方への自動架電がすでに設定されています。一つの番号で二人分の自動架電は受けられません。automated_call(自動架電)を no にしてください。この方には、ポータル(My HER-SYS)か健康コールで報告していただけます
list-other-centre = この療養者は別の保健所に登録されています。先に、その保健所で移管の手続きが必要です

and-more = { $names }ほか{ $more }件
kind-this = この番号
kind-toll-free = 着信課金の番号(0120、0800)
kind-universal = 0570の番号
kind-premium = 情報料のかかる番号(0990)
kind-satellite = 衛星電話
kind-foreign = 外国の番号
kind-other = この種類の番号

hersys-id-length = HER-SYS ID は6桁から8桁ですが、この値は{ $digits }桁です
hersys-id-not-digits = HER-SYS ID に使えるのは0から9までの数字だけです
date-time-of-day = このセルには時刻も入っています。日付だけを書いてください
date-form = 日付は 1980-04-01、1980/4/1、1980年4月1日、または元号で 昭和55年4月1日、S55.4.1 のように書いてください
date-no-such-day = 暦にない日です
date-not-in-era = その日は、その元号の期間ではありません
date-old-calendar = 明治6年(1873年)より前の日付は旧暦です。YYYY-MM-DD の形で書いてください
call-times-form = 架電時刻は 09:00;18:00 のように書いてください
call-times-no-such-time = 時刻は00:00から23:59までです
call-times-too-many = 一人に架電できるのは1日4回までです
call-times-twice = 同じ時刻が二度あります
hidden-line-break = 改行({ $code })が含まれています。それを除いて、手で入力し直してください
hidden-control = 制御文字({ $code })が含まれています。それを除いて、手で入力し直してください
hidden-direction = 文字の向きを変える文字({ $code })が含まれています。それを除いて、手で入力し直してください
hidden-invisible = 目に見えない文字({ $code })が含まれています。それを除いて、手で入力し直してください

file-kind = これは{ $what }です。{ $advice }
file-old-excel = 古い形式の Excel ファイル(.xls、Excel 97から2003まで、またはそれ以前)
file-locked = パスワードで保護されたファイル
file-binary-excel = バイナリ形式の Excel ブック(.xlsb)
file-open-document = OpenDocument のファイル(.ods、LibreOffice や OpenOffice)
file-numbers = Apple Numbers の書類
file-word = Word の文書
file-power-point = PowerPoint のファイル
file-mail = 電子メール
file-other-office = ほかの Office ソフトの文書
file-web-page = ウェブページ(HTML。ファイル名にかかわらず)
file-web-archive = 一つのファイルに保存したウェブページ(.mht。ファイル名にかかわらず)
file-xml-spreadsheet = Excel 2003 の XML スプレッドシート(SpreadsheetML。ファイル名にかかわらず)
file-xml = XML ファイル
file-rich-text = リッチテキスト(RTF)
file-pdf = PDF
file-picture = 画像
file-archive = zip などの圧縮ファイル
file-sylk = SYLK 形式の表(.slk)
file-dif = DIF 形式の表
file-json = JSON ファイル
file-link = ファイルやページへのリンク(本体ではありません)
file-open-mark = 開いているブックのそばに Excel が置く印(~$…。ブックではありません)
file-apple-double = macOS がファイルのそばに置くもの(._…。本体ではありません)
advice-unpack = 展開して、中の名簿を指定してください
advice-unlock = 開いて、パスワードなしで保存したものを取り込んでください
advice-name-the-list = 名簿のファイルそのものを指定してください
advice-attachment = 添付された名簿を保存して、取り込んでください
advice-ask = .xlsx か CSV の名簿を送ってもらってください
advice-copy = 名簿を表計算ソフトに写し、.xlsx か CSV で保存してください
advice-save = 表計算ソフトで開き、.xlsx か CSV で保存してください

warning-rows =
    { $count ->
       *[other] { $rows }行目: { $doubt }
    }
doubt-bare-number =
    HER-SYS ID が、先頭に0のない数値です。実際の ID が0で始まるなら、列の書式を文字列にして、入力し直してください
doubt-listed-with-other-zeros =
    先頭の0だけが異なる HER-SYS ID の行がほかにあります。同じ方なら、先頭の0が失われています
doubt-registered-with-other-zeros =
    先頭の0だけが異なる HER-SYS ID の療養者が登録されています。同じ方なら、先頭の0が失われています
doubt-struck-out =
    取り消し線の付いた文字がありますが、ほかの行と同じように読みました。登録や架電をしない方なら、行を削除してください

import-warning = 注意: { $file }: { $warning }
import-more = ほか{ $count }件
import-done = 新規{ $new }件、変更{ $changed }件、変更なし{ $unchanged }件
import-done-dry-run = 新規{ $new }件、変更{ $changed }件、変更なし{ $unchanged }件(試行のため、何も書き込んでいません)
import-not-called =
    このうち{ $count }件は、名簿では自動架電ありですが、停止または療養終了となっているため、架電しません
import-rows-above = 見出しの上にあり、読まなかった行: { $rows }
import-sheet-read = 読んだシート: { $sheet }
import-other-sheets = 読まなかったほかのシート: { $sheets }
import-hidden-sheets = 読まなかった非表示のシート: { $sheets }
import-hidden-rows = ほかと同じように読んだ非表示の行: { $count }行(フィルターまたは手動で非表示)
import-hidden-columns = ほかと同じように読んだ非表示の列: { $columns }
import-cannot-read = 名簿 { $file } を読み取れません。パスと読み取りの権限を確かめてください
import-is-folder = { $file } はフォルダーです。中の名簿を指定してください
