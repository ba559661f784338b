# コマンドとオプションの説明。名前は、コマンドの語とオプションの名前からなる。any はどのコマンドでもよい。

help-kenkocall = 療養者への自動架電、24時間の健康観察の電話窓口、療養者用のポータル(健康コール)

help-help = このコマンドか、指定したコマンドの説明を表示する

help-any--help = 説明を表示する
help-any--version = 版を表示する
help-any--config = 設定ファイル(TOML)。各設定は環境変数 KENKOCALL_SECTION__KEY でも指定できます
help-any--as = 操作の記録に残すあなたの名前。既定はシステムの利用者名
help-any--lang = 画面に表示する言語: ja または en。既定はロケール(LC_ALL、LC_MESSAGES、LANG)の言語か、英語
help-any--json = JSON で出力する
help-any--reveal = 電話番号を下4桁だけでなくすべて表示する。表示したことは記録されます
help-any--folder = 文書のフォルダー
help-any--hersys-id = 療養者の HER-SYS ID

help-alerts = 通知を一覧し、担当し、対応済みにする
help-alerts-list = 未対応の通知を、重症度の高い順、古い順に、療養者ごとに1行で一覧する。閲覧は記録されます
help-alerts-list--centre = この保健所の通知と、すべての保健所に向けた通知だけ
help-alerts-list--kind = この種類の通知だけ(red_answer、call_back など)
help-alerts-list--today = 健康観察の電話窓口のタイムゾーンで、今日の通知だけ
help-alerts-list--limit = 表示する通知の上限
help-alerts-list--after = この通知より後ろだけ(次のページ)
help-alerts-take = 一覧の1行を担当する。誰が担当しているかは、ほかの職員にも表示されます
help-alerts-take--alert = その行の通知のうち、見たもののなかで最も新しいもの。ID の後の +N は付いていてもかまいません
help-alerts-take--over = ほかの職員が担当していれば引き継ぐ。誰から引き継いだかを表示します
help-alerts-give-back = 自分の担当をやめ、ほかの職員が担当できるようにする
help-alerts-give-back--alert = その行の通知。ID の後の +N は付いていてもかまいません
help-alerts-close = 対応した通知を、または一覧の1行にある療養者の通知をまとめて、対応済みにする
help-alerts-close--alert = `alerts list` に表示される通知。ID だけならその通知を、+N が付いた ID なら同じ行のほかの N 件も対応済みにします。一覧の表示後に出た通知は未対応のままです

help-audit = 操作の記録を表示、検証し、別の場所に保管するファイルにチェックポイントを書き込む
help-audit-list = 誰が何をし、何を見たか、また登録のない ID の照会を、新しい順に表示する。閲覧は記録されます
help-audit-list--patient = この HER-SYS ID の療養者についての記録か、登録がない間のこの ID の照会だけ
help-audit-list--actor = この人の記録だけ
help-audit-list--since = この時刻からの記録だけ: 2026-11-23、2026-11-23 09:00、R8.11.23、today、または RFC 3339
help-audit-list--seals = プログラムが毎秒加える、回答、報告、通知の封印も表示する
help-audit-list--limit = 表示する記録の上限
help-audit-list--after = この記録より後ろだけ(次のページ)
help-audit-list--reveal = HER-SYS ID と、変更の前後の値をすべて表示する。表示したことは記録されます
help-audit-verify = すべての記録を検証する。記録は前の記録とつながっているため、最初に変更、挿入、削除された記録が分かります。末尾の切り取りや全体の書き直しは、チェックポイントがなければ分かりません
help-audit-verify--checkpoint = このファイルのチェックポイントと比べる。既定は audit.checkpoint_file(設定されている場合)
help-audit-checkpoint = 最後の記録の番号とハッシュを、ファイルに1行追加する。別のコンピューターや紙など、データベースを変えられる人が変えられない場所に保管してください
help-audit-checkpoint--file = ファイル。なければ作成します
help-audit-checkpoint--after-restore = バックアップを復元した。以前の行は失われた記録を指し、記録はここから続きます。`audit verify` は今後これを報告します

help-backup = `serve` を止めずに、SQLite のデータベースを新しいファイルに写す
help-backup--file = 新しいファイル。所有者だけが読めます。すでにあるファイルには上書きしません

help-restore = SQLite のデータベースをバックアップから復元する。そのあと `dialer reconcile` と `dialer resume` までは誰にも架電しません
help-restore--file = バックアップ。変更しません

help-calls = 通話の一覧、通話の記録の表示、今すぐの架電、結果不明の通話の確定
help-calls-list = 通話を新しい順に一覧する
help-calls-list--since = この時刻からの通話だけ: 2026-11-23、2026-11-23 09:00、または RFC 3339
help-calls-list--open = 終わっていない通話だけ
help-calls-list--hersys-id = この療養者への通話と、この HER-SYS ID が入力された通話だけ。閲覧は記録されます
help-calls-list--centre = この保健所の療養者との通話だけ
help-calls-list--state =
    この状態(intended、placed、answered、unknown、ended)か、この結果(reported、dropped、not_now、reached、voicemail、busy、no_answer、failed、wrong_number、withdrawn、not_placed)の自動架電だけ
help-calls-list--limit = 表示する通話の上限
help-calls-list--after = この通話より後ろだけ(次のページ)
help-calls-show = 通話の記録(架電の理由、話した内容、入力、保存した内容)を表示する。閲覧は記録されます
help-calls-show--call = `calls list` に表示される通話の ID
help-calls-now = 今日の報告の有無にかかわらず、架電時間帯の中で今すぐ療養者に架電する
help-calls-resolve = 結果不明の通話(`calls list --state unknown`)の結果を入力する。結果が分かるまで、その架電枠では再び架電しません
help-calls-resolve--call = 通話の ID
help-calls-resolve--found = 電話事業者の通話履歴か療養者から分かったこと
help-calls-resolve--found--not-placed = 電話事業者に通話の記録がない。架電枠の時間内であれば再び架電できます
help-calls-resolve--found--no-answer = 呼び出したが、応答がなかった
help-calls-resolve--found--answered = 応答があった
help-calls-resolve--found--look-again = まだ分からない。今もう一度照会する

help-centres = 保健所の追加、変更、一覧、表示
help-centres-add = 保健所を追加する
help-centres-list = 保健所を一覧する
help-centres-show = 保健所の設定を表示する
help-centres-set = 保健所の設定を変更する。指定しない設定は変わりません
help-centres--code = コード
help-centres--name = 正式な名前。40文字まで
help-centres--phone = 電話をかけた人に案内する番号
help-centres-add--code = コード(13101 など)
help-centres-add--name = 正式な名前(千代田保健所など)。すべての通話で読み上げるため、40文字までです
help-centres--reading = 日本語の音声での名前の読み方(かな。ソウサホケンジョ など)。既定と、空にしたときは、名前をそのまま読みます
help-centres--latin-name = ローマ字の名前(Sosa Public Health Center など)。ほかの6言語の音声が読みます。既定と、空にしたときは、日本語の音声が名前を読みます
help-centres--time-zone = タイムゾーン。既定は Asia/Tokyo
help-centres--municipalities = 受け持つ市区町村。読点で区切ります: 匝瑳市、旭市。ヘルプデスクは、これを見て問い合わせ先を案内します。既定と空の値では、なし
help-centres--office-hours = 月曜日から金曜日までの、職員が電話に出られる時間。全角数字、〜、時も使えます。一日の終わりの午前0時は 24:00 と書きます。既定は 08:30-17:15
help-centres--calling-hours = 毎日、自動架電を始めてよい時間。書き方は --office-hours と同じです。既定は 08:00-20:00
help-centres--temperature-note = note とする体温の下限。既定は 37.5
help-centres--temperature-amber = amber とする体温の下限。既定は 38.5
help-centres--spo2-amber = amber とする酸素飽和度の上限。既定は 95
help-centres--spo2-red = red とする酸素飽和度の上限。既定は 93
help-centres--days-off = 自動架電をしない日: sat;sun;2027-01-01。空にすると毎日架電します
help-centres--call-pattern =
    個別の架電時刻がない療養者に架電する時刻。cron の書き方(分、時、日、月、曜日の名前)で、";" で区切って複数書けます。日と曜日の両方を書くと、両方に当てはまる日だけになります。既定と、空にしたときは 0 10 * * *
help-centres--retry =
    通話の終わり方(busy、no_answer、dropped、not_now、voicemail、failed)ごとの、合計の回数と間隔の分数: busy=3x10;no_answer=3x30。書かないものの既定と、空にしたときの全体は 3x30
help-centres--report-covers = 報告で取りやめる架電: その日の残り("day")か、報告のあった架電枠だけ("slot")。既定と、空にしたときは day
help-centres--unregistered-reports =
    登録と異なる番号(未登録または非通知)からの報告があったとき、自動架電を取りやめる("cancel")か、予定どおり行う("keep")か。既定と、空にしたときは cancel
help-centres--after-red =
    赤の回答のあと、続けるかどうかを尋ねる("ask")か、すぐに次の質問へ進む("continue")か。既定と、空にしたときは ask
help-centres--concurrent-calls = 同時に行う自動架電の上限。既定と、空にしたときは、電話事業者の上限だけ
help-centres--calls-per-second = 1秒当たりの自動架電の上限。既定と、空にしたときは、電話事業者の上限だけ
help-centres--missed-call-sms =
    応答がなかったときの SMS。差し込み {"{centre}"} と {"{call_back_number}"} が使えます。健康のことは書かないでください。既定と、空にしたときは送信しません
help-centres--sms-price = SMS の1区分の料金(例 3.3)。コンソールが SMS の料金を示します。既定と、空にしたときは、不明
help-centres--calls-per-day = 1日の自動架電の上限。既定と、空にしたときは、独自の上限なし
help-centres--spend-per-day = 1日の自動架電の費用の上限(dialer.price_per_minute で計算)。既定と、空にしたときは、独自の上限なし
help-centres--daily-notice = 報告のリンクを対象者に毎日知らせる時刻: 08:30。--notice-hours の中でなければなりません。既定と、空にしたときは、送りません
help-centres--notice-hours = 毎日、通知と案内を送ってよい時間。書き方は --office-hours と同じです。既定は 08:00-20:00
help-centres--invitations = 新しい対象者にポータルの案内を送るか: 自動で送る("at_registration")か、職員が送るときだけ("by_hand")。既定と、空にしたときは by_hand
help-centres--leaflet = 案内に書くリーフレットの URL(https:// で始まる)。既定と、空にしたときは、なし
help-centres--invitation-words = 案内に加える独自文言。すべての言語に同じ言葉が付きます。既定と、空にしたときは、なし
help-centres--automated-calls =
    自動架電をする("place")か、再開するまで一時停止する("pause")か。通話中の電話は切れません。架電せずに過ぎた時刻は職員に知らせます。既定と、空にしたときは place

help-completions = シェルの補完スクリプトを標準出力に書き出す
help-completions--shell = シェル

help-config = `serve` を起動する前に設定を確かめる
help-config-check =
    `serve` と同じようにすべての設定を読み、誤りと、意図と違うおそれのあるところをすべて報告する。何も起動、変更せず、データベースは開いて読むだけです。`serve` が起動しない設定なら、エラーで終わります
help-config-show = 有効な設定と、その出どころ(設定ファイル、環境変数、秘密のファイル、既定値)をすべて表示する。トークンとパスワードは隠します

help-days = 一日の自動架電の集計を、保健所ごとに表示する
help-days-show = 一日の架電枠とその結果を表示する
help-days-show--date = 保健所での日付: 2026-11-24、令和8年11月24日、R8.11.24、または today、yesterday、tomorrow(今日、昨日、明日)

help-dialer = 自動架電の状況の表示、一時停止、再開
help-dialer-show = 自動架電を行っているかどうかと、待っているものを表示する
help-dialer-pause =
    今から自動架電を止める。進行中の通話は続きます。バックアップを復元したら、`kenkocall serve` の前に一時停止してください。バックアップには、そのあとの通話がないためです。もう一度一時停止すると、理由と終わりの時刻が置き換わります
help-dialer-pause--reason = 理由を短く。職員全員が読めるので、療養者の名前は書かないでください
help-dialer-pause--until =
    一時停止が自動的に終わる時刻: health_call.time_zone の "2026-12-01 05:00"、または RFC 3339。指定しなければ `dialer resume` まで続きます
help-dialer-resume = 終わっていない架電時間帯の中で、自動架電を再開する
help-dialer-resume--anyway = データベースの最後の記録が失われていて `dialer reconcile` ができなくても再開する。同じ療養者に二度架電するおそれがあります
help-dialer-reconcile =
    バックアップの復元か、記録の失われた切り替えのあとに照合する。過去一日の通話を電話事業者に問い合わせ、二重に架電しないよう架電枠を確定します。そのあと `dialer resume` を実行してください
help-dialer-reconcile--wait = 電話事業者の一覧がそろい、すべての通話が終わるまで待ち、何を待っているかを表示する。Ctrl-C で待つのをやめても、それまでに確定した架電枠はそのままです

help-flows = 通話の流れの文書の検査、書き出し、図、所要時間、再生、テスト
help-flows-check = 文書の誤りを、ファイル、行、直し方とともに報告する
help-flows-check--folder = 文書のフォルダー。既定は設定の flows.directory、なければこのフォルダーの call_flows、なければ付属の文書
help-flows-export = 付属の文書と通話の記録をフォルダーに書き出す。そこで変更し、flows.directory に指定してください
help-flows-export--directory = 新しいフォルダーか、空のフォルダー
help-flows-export--overwrite = 空でないフォルダーの同じ名前のファイルを置き換える。置き換えたファイルは表示し、ほかのファイルは残します
help-flows-draw = 通話の流れの図(SVG)を標準出力に書き出す
help-flows-draw--flow = 通話の流れ(health_call、questionnaire など)
help-flows-draw--language = 文言の言語: ja、en、zh-Hans、zh-Hant、ko、es、pt
help-flows-form = 質問をフォームとして表示する: 項目、または回答を与えたときの結果
help-flows-form--language = 文言の言語
help-flows-form--answers = 回答。FIELD=VALUE の形で書きます: body_temperature=37.5 fatigue=yes。何も保存しません
help-flows-time = 通話にかかる時間を、音声案内ごとと合計で表示する
help-flows-time-more =
    音声の長さは見積もり、キー一つに2秒かかるとします。症状のない療養者、すべての症状のある療養者、酸素飽和度が red の療養者の通話を、案内を最後まで聞く場合とすぐにキーを押す場合について表示します。
help-flows-time--language = この言語だけ: ja、en、zh-Hans、zh-Hant、ko、es、pt。既定はすべて
help-flows-play = 端末でキーを入力しながら通話の流れをたどる
help-flows-play--flow = 通話の流れ
help-flows-play--language = 通話を始める言語
help-flows-play--known-caller = この電話でこの言語の通話を終えたことのある療養者とし、短い言い方で進める
help-flows-test = 通話の記録(FLOW/*.call)を実行し、話す内容と保存する内容を確かめる
help-flows-test--transcripts =
    `flows export` で書き出した文書と通話の記録のフォルダー、通話の記録のフォルダー、または .call ファイル。既定は文書と並んだフォルダー `transcripts`、なければ付属の記録
help-flows-test--update = 比べる代わりに、実際の結果を通話の記録に書き込む。残す前に差分を確かめてください

help-staff = コンソールの職員のアカウントの招待、一覧、ロック解除、停止
help-staff-add = 職員を招待する。パスワードと2つ目の確認を設定するリンクを表示します。リンクは3日間、1回だけ使えます
help-staff-add--name = 監査証跡に表示する名前
help-staff-add--email = メールアドレス。ログイン名になります。何も送信されないので、リンクは自分で渡してください
help-staff-add--role = nurse(事務も)、centre_administrator、help_desk、system_administrator のどれか
help-staff-add--centre = 保健所(nurse と centre_administrator のとき)
help-staff-list = アカウントを一覧する
help-staff-unlock = 2つ目の確認をなくした人に番号を発行する。表示は1回だけです。本人はパスワードでログインし、「ヘルプデスクから番号を受け取りました」を選び、1時間以内に新しい認証アプリを設定します。それまで、これまでのものも使えます
help-staff-unlock--email = メールアドレス
help-staff-deactivate = アカウントを止める。すべての端末からログアウトし、誰もログインできなくなります。`staff add` で初めから設定できます
help-staff-deactivate--email = メールアドレス
help-rota = 引き受けた人のいない緊急のとき、保健所がだれに電話するかの表示と設定
help-rota-show = 保健所の当番を表示する。--json の出力は、変えて `rota set` に渡せます
help-rota-show--centre = 保健所
help-rota-set = 保健所の今の当番を置き換える
help-rota-set--centre = 保健所
help-rota-set--file = `rota show --json` の形のファイル。revision は今のものと同じでなければなりません
help-maintenance = 電話窓口のメンテナンスの開始、終了、表示
help-maintenance-start = 今から、電話をかけた人にお知らせを流す。進行中の通話は続きます。もう一度開始すると、終わりの時刻が置き換わります
help-maintenance-start--until =
    お知らせで伝え、自動的に終わる時刻: RFC 3339、または health_call.time_zone の "2026-12-01 05:00"。指定しなければ `maintenance end` まで続きます
help-maintenance-end = 今から、電話に再び応答する
help-maintenance-show = メンテナンス中かどうかを表示する

help-man = 各コマンドのマニュアルページをフォルダーに書き出す
help-man--folder = フォルダー。なければ作成します

help-migrate = データベースの表を最新にする

help-outbox = SMS の送信など、待っている処理の一覧と、あきらめた処理のやり直し、取り消し
help-outbox-list = 済んでいない処理を、あきらめたものから順に一覧する。療養者の名前は含まれません
help-outbox-list--failed = あきらめた処理だけ
help-outbox-retry = 原因を取り除いたあと、あきらめた処理を一つ、またはすべてやり直す
help-outbox-retry--job = `outbox list` に表示される処理
help-outbox-retry--all = あきらめたすべての処理
help-outbox-discard = あきらめた処理を取り消す。二度と実行しません
help-outbox-discard--job = `outbox list` に表示される処理

help-patients = 療養者の取り込み、追加、変更、停止、療養終了、消去、一覧、表示
help-patients-import = 療養者の名簿(CSV か Excel ブック)を取り込む。全体を取り込むか、何も取り込まないかのどちらかです
help-patients-import--file = 名簿
help-patients-import--centre = これらの療養者を担当する保健所
help-patients-import--sheet = Excel ブックのシート。名簿のある表示シートが複数あるときは必要です。非表示のシートは読みません
help-patients-import--dry-run = 何が変わるかを表示し、何も書き込まない
help-patients-add = 療養者を一人追加する
help-patients-add--centre = 療養者を担当する保健所
help-patients-add--hersys-id = 6桁から8桁の数字
help-patients-set = 療養者の登録内容を変更する。指定しない項目は変わらず、空にすると消します。次の架電から反映されます
help-patients-set--revision = この版(`patients show` に表示)のあとに登録内容が変わっていたら、何も変更しない
help-patients--birth-date = 1980-04-01、1980/4/1、または昭和55年4月1日
help-patients--family-name = 姓
help-patients--given-name = 名
help-patients--phone-number = 自動架電の番号
help-patients--automated-call = yes または no
help-patients--call-times = 保健所の架電時間帯の中で4回まで: "09:00;18:00"
help-patients--oximeter = パルスオキシメーターの有無: yes、no、unknown。no のときは、SpO2を週1回だけ質問します
help-patients--language = ja、en、zh-Hans、zh-Hant、ko、es、pt のどれか
help-patients--diagnosis-date = 診断年月日
help-patients--monitoring-start = 観察開始日
help-patients-stop = 今から自動架電を止める。療養者からの報告は受け付けます。`set --automated-call yes` で再開します
help-patients-release = 療養を終了する。今後は自動架電をせず、報告も受け付けません
help-patients-erase = 二日以上前に療養を終了した療養者を、すべての報告と回答とともに消去する。元には戻せません
help-patients-list = 条件に合う療養者を一覧する。検索したことと、表示した療養者が記録されます
help-patients-list--name = 名前の一部。姓から書きます: 見本、見本花
help-patients-list--hersys-id = HER-SYS ID の一部
help-patients-list--phone-ends = 電話番号の末尾の数字
help-patients-list--status = 療養者の状態
help-patients-list--status--observed = 療養中
help-patients-list--status--called = 療養中で、自動架電あり
help-patients-list--status--stopped = 自動架電を停止
help-patients-list--status--held-back = 保健所が決めるまで自動架電を保留
help-patients-list--status--off = 療養中で、自動架電なし
help-patients-list--status--released = 療養終了
help-patients-list--status--all = すべての療養者
help-patients-list--centre = この保健所の療養者だけ
help-patients-list--limit = 表示する療養者の上限
help-patients-list--after = この HER-SYS ID より後ろだけ(次のページ)
help-patients-list--reveal = 名前と電話番号をすべて表示する。表示したことは記録されます
help-patients-show = 療養者の、今日の架電枠、最近の報告と通話を表示する。閲覧は記録されます

help-reports = 報告を入力する、書き出す
help-reports-add =
    療養者から聞いた今日の回答を、報告として入力する。電話での報告と同じように、重症度を判定し、通知を出し、その日の自動架電を取りやめます
help-reports-add--answers =
    回答。例: body_temperature=37.5 spo2=98 cough_or_runny_nose=no。項目は `kenkocall flows form` に表示されます
help-reports-export =
    指定した期間の報告を、CSV(UTF-8、見出し付き)で標準出力に書き出す。時刻は報告先の保健所のタイムゾーンで、回答や測定のない項目は空欄です。caller_number の列には、電話をかけた番号の種類(registered、unregistered、hidden)が入ります。stopped_after の列には、要緊急対応の案内のあとで電話が終わった報告について、最後に答えた項目が入ります。written の列には、対象者がポータルに書いたことが入ります。表計算ソフトが数式とみなすものには、前にアポストロフィが付きます。書き出しは記録されます
help-reports-export--from = 最初の日: 2026-11-01、令和8年11月1日、R8.11.1、または today、yesterday(今日、昨日)
help-reports-export--to = 最後の日
help-reports-export--centre = この保健所の報告だけ

help-serve = 通話を受け付ける。すべての役割を一つのポートで行います
help-serve-more = ログは標準エラー出力に書き出します。`log.format = "json"`(KENKOCALL_LOG__FORMAT=json)とすると、1行が一つの JSON になります。
