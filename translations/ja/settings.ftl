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
config-usable = この設定は使えます
config-unusable =
    { $count ->
       *[other] この設定は使えません。誤りが{ $count }件あります。上の行に示したところを直してください
    }
