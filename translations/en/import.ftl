# What is wrong, or may be wrong, with a patient list.

place-file = file
place-row = row { $row }
place-cell = row { $row }, column { $letters }
place-named-cell = row { $row }, column { $letters } ({ $column })
column-name = { $code } / { $japanese }
finding = { $place }: { $fault }

list-empty-file = the file is empty
list-file-too-large = the file is larger than 64 MB; split it
list-cut-off = the file is cut off here; copy or export it again
list-cut-off-row =
    the file ends here without the row's last cells and without a line end: it may be cut off; copy or export it again, or write the empty cells too
list-cut-off-workbook = this Excel workbook is cut off: its end is missing; copy or download it again
list-damaged-workbook = this Excel workbook is damaged; open it in Excel and save it again
list-workbook-too-large = this Excel workbook is too large when unpacked (512 MB are read at most); split it
list-cell-too-long = a cell holds more than 64 kB of text
list-line-too-long = a line is longer than 1 MB: this isn’t a patient list, or its line ends are lost; export it again
list-value-too-long = the cell holds more than 4 kB of text, which no value of a list has
list-several-lists = several sheets hold a list: { $sheets }; choose one with --sheet NAME
list-hidden =
    no visible sheet holds a list, and hidden ones aren't read: { $sheets }; show the sheet in Excel, look through it, and save the file
list-no-such-sheet = there is no such sheet; the visible ones are { $sheets }
list-hidden-sheet =
    this sheet is hidden, and hidden sheets aren't read; show it in Excel, look through it, and save the file
list-no-sheets = a sheet was named, but this is a text file, which has none; leave --sheet out
list-zeros = the file holds nothing but zeros: copying or saving it failed; copy or export it again
list-encoding = this file is in { $encoding }; save it as UTF-8 or Shift_JIS
list-katakana =
    this file is in Shift_JIS with half-width katakana, or in EUC-JP or a relative of it, which can't be told apart here; save it as UTF-8
list-no-header =
    no row among the first { $rows } filled ones holds the column names; put them in one row above the patients; they are { $columns }
list-one-cell =
    each row stands in one cell, its separators inside; part it into columns (in Excel: Data, Text to Columns / データ、区切り位置), or export the list as .xlsx again
list-garbled =
    the column names are garbled (文字化け): some program opened the file in the wrong encoding and saved it; export it again and don't open it in between
list-above-column-names =
    what may be a patient stands above the column names; move the row below them (were the names sorted with the rows?)
list-column-names-again =
    this row holds column names again; leave them in one row alone, above the patients, and remove this one
list-no-patient =
    { $more ->
        [0] this row holds
        [1] this row and the one below it hold
       *[other] this row and the { $more } below it hold
    } no patient: HER-SYS ID, birth date and names are missing; fill them in, or remove the row if it is a total or a note
list-missing-column = the column { $column } is missing
list-no-patients = there are no patients below the column names
list-too-many-rows = the file has more than 1,000,000 rows; split it
list-more-findings = there is more wrong with this file; the first 10,000 findings are listed
list-unknown-column = this column name isn't known; remove the column, or use one of { $columns }
list-unknown-column-guess = this column name isn't known; did you mean { $column }?
list-unknown-column-names = this column name isn't known; names stand in two columns, { $family } and { $given }
list-duplicate-column = this column stands there twice, first as column { $letters }
list-too-few-cells = this row has { $found } cells where the header has { $expected }
list-too-many-cells = there is a value under no column name; is there a separator too many in the row?
list-quote-inside =
    a quotation mark stands in the middle of a cell; put the whole cell in marks and double those inside
list-quote-open = a quotation mark opens here and never closes: a mark is missing, or the file is cut off
list-text-after-quote = there is text after the closing quotation mark
list-nul = the cell holds a NUL byte; the file is damaged, export it again
list-line-break = the cell holds a line break; write one value on one line
list-control-character = the cell holds a control character, which nobody sees; write the cell again
list-private-character = the cell holds a user-defined character (外字); write it with a standard character
list-lost-character = a character in this cell was lost in an earlier conversion; write it again
list-missing = this cell may not be empty
list-error-cell = the cell holds a spreadsheet error
list-formula-without-result =
    the cell is a formula without a result in the file; open it in Excel and save it
list-wrong-kind =
    the cell is a number, a date or a formula's result of the wrong kind; format the column as text (or, for a date, as date) and enter it again
list-name-too-long = a name has at most 100 characters
list-lost-zeros = { $what }: leading zeros may be lost; format the column as text and enter it again
list-number-format =
    the cell is a number, and how its number format shows it can't be told: leading zeros may be lost; format the column as text and enter it again
list-future = this date lies in the future
list-too-old = a date before 1900 can't be right
list-before-birth = this date lies before the birth date
list-phone-number =
    this isn't a phone number that can exist; write one number, as 03-5211-3641, 09012345678 or +819012345678
list-not-callable =
    automated calls can't go to { $kind }; give a Japanese landline, mobile or 050 number, or set automated_call to no
list-number-needed = automated calls need a phone number
list-oximeter = write yes, no or unknown (はい/いいえ/不明, 有/無, 1/0, ○/×)
list-yes-no = write yes or no (はい/いいえ, 有/無, 1/0, ○/×)
list-language = the languages are ja, en, zh-Hans, zh-Hant, ko, es and pt
list-which-chinese = say which Chinese: zh-Hans (简体中文) or zh-Hant (繁體中文)
list-outside-calling-hours = a call time lies outside the health centre's calling hours
list-duplicate-hersys-id = this HER-SYS ID already stands in row { $row }
list-duplicate-but-for-zeros =
    this HER-SYS ID already stands in row { $row }, as far as can be told: they differ in leading zeros only, and one of the two cells is a number, whose leading zeros may be lost; format the column as text and enter it again
list-duplicate-number =
    this number already takes the automated calls of row { $row }: one number can't take them for two patients; the other one can report by the portal or by the health call
list-number-in-use =
    another patient under observation already gets automated calls on this number, and one number can't take them for two patients; set automated_call to no: this patient can report by the portal (My HER-SYS) or by the health call (健康コール)
list-other-centre = this patient belongs to another health centre, which must transfer the patient first

and-more = { $names } and { $more } more
kind-this = this number
kind-toll-free = a toll-free number (0120, 0800)
kind-universal = a 0570 number
kind-premium = a premium-rate number (0990)
kind-satellite = a satellite telephone
kind-foreign = a foreign number
kind-other = this kind of number

hersys-id-length = a HER-SYS ID has 6 to 8 digits; this one has { $digits }
hersys-id-not-digits = a HER-SYS ID is made of the digits 0 to 9 alone
date-time-of-day = this cell has a time of day too; write the date alone
date-form = a date is written 1980-04-01, 1980/4/1, 1980年4月1日 or with its era: 昭和55年4月1日, S55.4.1
date-no-such-day = there is no such day in the calendar
date-not-in-era = the era had ended or had not yet begun on that day
date-old-calendar = a date before 明治6年 (1873) is of the old calendar; write it as YYYY-MM-DD
call-times-form = call times are written 09:00;18:00
call-times-no-such-time = a time of day lies between 00:00 and 23:59
call-times-too-many = a patient is called at most 4 times a day
call-times-twice = the same time stands there twice
hidden-line-break = the text holds a line break ({ $code }); write it again by hand, without it
hidden-control = the text holds a control character ({ $code }); write it again by hand, without it
hidden-direction =
    the text holds a character that turns the direction of text ({ $code }); write it again by hand, without it
hidden-invisible = the text holds an invisible character ({ $code }); write it again by hand, without it

file-kind = this is { $what }; { $advice }
file-old-excel = an old Excel file (.xls, Excel 97 to 2003 or older)
file-locked = locked with a password
file-binary-excel = a binary Excel workbook (.xlsb)
file-open-document = an OpenDocument file (.ods, of LibreOffice or OpenOffice)
file-numbers = a document of Apple Numbers
file-word = a Word document
file-power-point = a PowerPoint presentation
file-mail = a mail message
file-other-office = a document of another Office program
file-web-page = a web page (HTML), whatever its name says
file-web-archive = a web page saved as one file (.mht), whatever its name says
file-xml-spreadsheet = an XML spreadsheet of Excel 2003 (SpreadsheetML), whatever its name says
file-xml = an XML file
file-rich-text = a rich-text document (RTF)
file-pdf = a PDF
file-picture = a picture
file-archive = a zip archive or another archive of files
file-sylk = a spreadsheet in the SYLK format (.slk)
file-dif = a spreadsheet in the DIF format
file-json = a JSON file
file-link = a link to a file or page, not the file itself
file-open-mark = the mark that Excel keeps beside an open workbook (~$…), not the workbook
file-apple-double = what macOS keeps beside a file (._…), not the file itself
advice-unpack = unpack it and name the list in it
advice-unlock = open it, save it without a password, and import that
advice-name-the-list = name the list itself
advice-attachment = save the attached list and import that
advice-ask = ask for the list as .xlsx or CSV
advice-copy = copy the list into a spreadsheet and save that as .xlsx or CSV
advice-save = open it in a spreadsheet program and save it as .xlsx or CSV

warning-rows =
    { $count ->
        [one] row
       *[other] rows
    } { $rows }: { $doubt }
doubt-bare-number =
    the HER-SYS ID is a number without leading zeros in its format; if the real ID begins with 0, format the column as text and enter it again
doubt-listed-with-other-zeros =
    another row has a HER-SYS ID that differs in leading zeros only; if they are one patient, leading zeros were lost
doubt-registered-with-other-zeros =
    a patient is registered under a HER-SYS ID that differs in leading zeros only; if they are one patient, leading zeros were lost
doubt-struck-out =
    text is struck out, and the row is read like the others; remove it if this patient isn't to be registered or called

import-warning = warning: { $file }: { $warning }
import-more = and { $count } more
import-done = { $new } new, { $changed } changed, { $unchanged } unchanged
import-done-dry-run = { $new } new, { $changed } changed, { $unchanged } unchanged (dry run: nothing was written)
import-not-called =
    { $count } of them have automated calls on the list but were stopped or released, and are not called
import-rows-above = rows above the column names, not read: { $rows }
import-sheet-read = sheet read: { $sheet }
import-other-sheets = other sheets, not read: { $sheets }
import-hidden-sheets = hidden sheets, not read: { $sheets }
import-hidden-rows = hidden rows, read like the others: { $count } (hidden by a filter or by hand)
import-hidden-columns = hidden columns, read like the others: { $columns }
import-cannot-read = the list { $file } can't be read; check its path and that you may read it
import-is-folder = { $file } is a folder; name the list in it
