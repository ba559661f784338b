# バックアップと設定のコマンドの文。

backup-address = データベースの場所を読み取れません。理由は `kenkocall config check` で確かめられます
backup-postgresql = データベースは PostgreSQL ですが、このコマンドで写せるのは SQLite のファイルだけです。{ $todo }
backup-todo-backup = pg_dump か pg_basebackup でバックアップを取ってください。方法は docs/operations.md にあります
backup-todo-restore =
    pg_restore かベースバックアップで復元し、`serve` の前に `kenkocall dialer pause` を実行してください。方法は docs/operations.md にあります
backup-standard-output = バックアップはファイルに書き込みます。標準出力には書けないので、ファイルを指定してください
backup-name = バックアップのファイル名を読み取れません
backup-not-audited =
    このバックアップを操作の記録に残せませんでした({ $why })。誰がいつ取ったかを書き留めてください
backup-done =
    { $path } にバックアップを取りました({ $bytes }バイト)。療養者のデータを見てよい人だけが読める場所に保管してください
restore-in-use =
    データベース { $database } が使用中のため、何も復元していません。`kenkocall serve` など、使用中のものを止めてからもう一度実行してください
restore-done = { $database } をバックアップから復元しました
restore-kept =
    元のデータベースは { $file } に残しました。療養者のデータが入っているので、不要になったら削除してください
restore-next =
    バックアップのあとの通話の照合が済むまで、誰にも架電しません。次の順に行ってください。
    {"  "}1. `kenkocall serve` を起動する
    {"  "}2. `kenkocall dialer reconcile --wait` を serve と同じ設定で実行する
    {"  "}3. バックアップのあとに停止または療養終了とした方を、もう一度停止または療養終了にする
    {"  "}4. `kenkocall dialer resume` を実行する
    {"  "}5. チェックポイントのファイルがあれば、`kenkocall audit checkpoint FILE --after-restore` を実行する
restore-no-tables =
    { $file } は SQLite のデータベースですが、kenkocall の表がないため、何も変更していません。別のファイルを指定してください
restore-simulated-over-real =
    { $file } は模擬データですが、データベースには実際のデータがあるため、何も変更していません。このデータベースのバックアップを指定してください
restore-real-over-simulated =
    { $file } は実際のデータですが、データベースは模擬データのため、何も変更していません。このデータベースのバックアップを指定してください

config-error = 誤り: { $what }
config-warning = 注意: { $what }
config-default = 既定値
config-usable = この設定は使えます
config-unusable =
    { $count ->
       *[other] この設定は使えません。誤りが{ $count }件あります。上の行に示したところを直してください
    }

settings-file =
    設定ファイル { $path } を読み取れません({ $why })。--config のあとのパスと、このプログラムの利用者に読み取りの権限があるかを確かめてください
settings-file-too-large = 1 MB を超えています
settings-file-not-utf8 = 文字コードが UTF-8 ではありません
settings-fault = { $place }: { $fault }
settings-variable = 環境変数 { $name } は使えません: { $fault }
settings-whole = 設定
settings-position = { $path }、{ $line }行{ $column }文字目
setting-unreadable = 読み取れません
setting-unreadable-together = 組み合わせて読み取れません
setting-not-toml = TOML として読み取れません。文字列は引用符で囲み、設定は1行に一つずつ書いてください
setting-is-section = { $section } は節の名前です。[{ $section }] と書き、その設定を次の行から書いてください
setting-unknown-here = ここに書かれた名前の設定はありません。設定の一覧は docs/operations.md にあります
setting-unknown-here-guess = ここに書かれた名前の設定はありません。{ $near } の書き間違いではありませんか
setting-unknown =
    この名前の設定はありません。設定の一覧は docs/operations.md にあります。変数を取り消すか、名前を直してください(Kubernetes では、kenkocall という名前のサービスがこのような変数を作ります。enableServiceLinks: false を指定してください)
setting-unknown-guess = この名前の設定はありません。{ $near } の書き間違いではありませんか
setting-not-utf8 = 値の文字コードが UTF-8 ではありません
setting-form = { $name } の書き方が違います。{ $expected }を書いてください
setting-form-unknown = { $name } の書き方が違います。書き方は docs/operations.md にあります
expected-text = 引用符で囲んだ文字列
expected-path = ファイルのパス
expected-whole-number = 0以上の整数
expected-number = 数
expected-one-of = 次のどれか({ $words })
expected-networks =
    アドレスか CIDR 表記のネットワーク(10.0.0.7、10.0.0.0/24、2001:db8::/64 など、コンマ区切り)
expected-smaller-networks = プロキシが接続してくるアドレス(すべてのアドレスを含むネットワークは不可)
setting-no-public-url =
    設定がなく、電話事業者は http://{ $listen } ではこのサーバーに届きません。電話事業者から届く https のアドレスを、https://calls.example.jp のように指定してください
setting-base-url = https:// で始まり、利用者名、?、# を含まないアドレスを、https://api.twilio.com のように書いてください
setting-base-url-user =
    https:// で始まり、利用者名、?、# を含まないアドレスを、https://api.twilio.com のように書いてください。アカウントは twilio.account_sid と twilio.auth_token に書きます
setting-pasted =
    空白、改行、引用符、または ASCII 以外の文字が含まれています。電話事業者の管理画面から、値だけをもう一度写してください
setting-twice = { $other } も設定されています。使えるのは一方だけなので、どちらかを取り消してください
setting-no-simulator =
    このプログラムには模擬の電話網がありません(機能 `lab` なしで作られています)。twilio にするか、模擬の電話網のあるプログラムで練習してください
setting-database-url = sqlite://PATH か postgres://USER:PASSWORD@HOST/NAME の形で書いてください
setting-calls-per-second = 0より大きく1000以下の数を書いてください
setting-no-calls = 同時に少なくとも1件の通話ができる数にしてください
setting-price = 0以上の数を書いてください
setting-longest-call = 1回の通話の上限は1分から1440分までです
setting-identify-seconds = 60から3600までの秒数を書いてください。ID を探す時間が必要です
setting-wait-seconds = 0から3600までの秒数を書いてください
setting-time-zone = Asia/Tokyo のようなタイムゾーンの名前を書いてください
setting-no-token =
    電話事業者の署名の確認に必要です。KENKOCALL_TWILIO__AUTH_TOKEN に値を、または KENKOCALL_TWILIO__AUTH_TOKEN_FILE に値の入ったファイルを指定してください
setting-caller-number =
    療養者にかけ直していただく番号なので、情報料のかかる番号、0570の番号、衛星電話の番号は使えません
setting-ring-seconds = 呼び出しの時間は5秒から600秒までです
setting-log-level = log.level の書き方が違います。info、または warn,kenkocall=debug のように書いてください
setting-not-phone-number = { $name } が電話番号ではありません: { $why }
address-scheme = https://calls.example.jp のように、小文字の https:// で始めてください
address-characters =
    空白、改行、引用符、または ASCII 以外の文字が含まれています。https://calls.example.jp のようにアドレスだけを書いてください
address-query = https://calls.example.jp のように、? と # を含まないアドレスを書いてください
address-user =
    利用者名かパスワード(@ の前の部分)が含まれています。電話事業者はこれを除いて署名するので、アドレスだけを書いてください
address-host =
    ホスト名がないか、ポートが使えません。https://calls.example.jp か https://calls.example.jp:8443 のように書いてください
address-unspecified =
    0.0.0.0 と [::] は待ち受け用のアドレスで、ほかから接続できません。電話事業者からこのサーバーに届く名前を書いてください
address-plain =
    http:// は電話番号や回答が暗号化されないため、このコンピューターの中(localhost、127.0.0.1、[::1])でしか使えません。https:// で書いてください
secret-file-unreadable =
    ファイル { $path } を読み取れません({ $why })。パスと、このプログラムの利用者に読み取りの権限があるかを確かめてください
secret-file-not-a-file = { $path } は通常のファイルではありません。秘密の値だけが入ったファイルを指定してください
secret-file-too-large = ファイル { $path } は秘密の値にしては大きすぎます。秘密の値だけが入ったファイルを指定してください
secret-file-not-utf8 = ファイル { $path } の文字コードが UTF-8 ではありません。秘密の値だけが入ったファイルを指定してください
secret-file-empty = ファイル { $path } が空です。秘密の値を書き込んでください

warning-no-carrier =
    carrier の設定がないため、`kenkocall serve` は起動しません。twilio を、練習なら simulator を指定してください
warning-no-day-limits =
    一日の上限が設定されていません。名簿の誤り、不具合、またはトークンの盗難があると、際限なく発信するおそれがあります。dialer.calls_per_day と dialer.spend_per_day を設定してください
warning-no-public-url =
    server.public_url の設定がないため、このコンピューターの中の電話事業者からしか届きません。電話事業者から届く https のアドレスを指定してください
warning-no-caller-number =
    twilio.caller_number の設定がないため、健康観察の電話窓口には応答しますが、誰にも架電しません
warning-no-checkpoint-file =
    audit.checkpoint_file の設定がないため、操作の記録が切り取られたり書き直されたりしても気づけません。データベースとは別のディスクのファイルを指定してください
warning-wide-data =
    { $path } は所有者以外にも使えます(モード { $mode })。療養者のデータや操作の記録が入っているので、`chmod 600 { $path }` で所有者だけにしてください
warning-wide-secret =
    { $path } は所有者以外にも使えます(モード { $mode })。秘密の値が入っているので、`chmod 600 { $path }` で所有者だけにしてください
warning-checkpoint-folder =
    audit.checkpoint_file の { $path } はフォルダーのため、チェックポイントを書き込めません。その中のファイルを指定してください
warning-checkpoint-no-folder =
    audit.checkpoint_file のフォルダー { $path } がないため、チェックポイントを書き込めません。作成するか、ディスクを接続してください
warning-checkpoint-unwritable =
    audit.checkpoint_file の { $path } に書き込めない({ $why })ため、チェックポイントを書き込めません。このプログラムの利用者に書き込みの権限を与えてください
warning-no-database = データベースはまだありません。`kenkocall migrate`、`centres add`、または `serve` が作成します
warning-older-database =
    データベースの表がこのプログラムより古いものです。バックアップを取ってから `serve` か `kenkocall migrate` を実行すると、最新になります
warning-waits = { $why }。`serve` は応答を待ちます
warning-said = kenkocall: 注意: { $what }

fitting-simulator-on-real-data =
    このデータベースには実際の療養者が登録されています。シミュレーターは架空の回答を記録するため、何も起動していません。KENKOCALL_CARRIER=twilio を設定するか、KENKOCALL_DATABASE__URL に模擬用の新しいデータベースを指定してください
fitting-real-carrier-on-simulated-data =
    このデータベースは模擬データです。実際の電話事業者を使うと本当に電話がかかるため、何も起動していません。KENKOCALL_DATABASE__URL に療養者のデータベースを指定する(なければ作成します)か、KENKOCALL_CARRIER=simulator を設定してください
fitting-no-centre =
    health_call.desk_centre の { $code } という保健所はありません。登録済みの保健所は `kenkocall centres list` で確かめられます
carrier-no-account =
    発信には twilio.account_sid が必要です。電話事業者の管理画面から KENKOCALL_TWILIO__ACCOUNT_SID に写してください
carrier-account = twilio.account_sid: { $why }。電話事業者の管理画面からもう一度写してください
carrier-no-token =
    発信には twilio.auth_token が必要です。電話事業者の管理画面から KENKOCALL_TWILIO__AUTH_TOKEN に写してください
carrier-base-url =
    twilio.base_url には、https:// で始まり、利用者名、?、# を含まないアドレスを、https://api.twilio.com のように書いてください
carrier-tls =
    TLS の接続を準備できません({ $why })。システムのルート証明書(Debian では ca-certificates)を入れてください
carrier-id = 電話事業者の識別子は、英数字、ハイフン、下線で8文字から64文字までです
carrier-token-empty =
    電話事業者の認証トークンが空です。電話事業者の管理画面から TWILIO__AUTH_TOKEN に写してください
carrier-public-url =
    server.public_url には、https:// か http:// で始まり、空白、?、# を含まない{ $most }バイト以内のアドレスを、https://calls.example.jp のように書いてください
carrier-voice =
    音声は、電話事業者の一覧にある言語タグと名前を、ja-JP と Polly.Kazuha-Neural のように書いてください。使えるのは英数字、点、ハイフン、下線です
serve-no-carrier =
    電話事業者の設定がないため、何も起動せず、誰にも架電していません。Twilio 互換の電話事業者で実際の通話を行うには、KENKOCALL_CARRIER=twilio(または設定ファイルの `carrier`)を設定してください。専用のデータベースで練習するには、KENKOCALL_CARRIER=simulator を設定してください。電話は鳴らず、回答はすべて架空です
serve-address =
    { $setting } のアドレス { $address } で待ち受けられないため、何も起動していません。別の { $setting } を指定してください
