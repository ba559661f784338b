# データベースの問題。

database-newer =
    データベースはこのプログラムより新しい kenkocall で更新されています。その版か、それより新しい版をインストールしてください
database-older =
    データベースの表がこのプログラムより古いため、何も読まず、何も変えていません。バックアップを取ってから `kenkocall migrate` を実行してください
database-stale = その間にほかの人が記録を変更しました。読み直してから、もう一度実行してください
database-full =
    データベースに書き込めません。ディスクがいっぱいか、故障しています。空きをつくるか修理してから、もう一度実行してください
database-read-only =
    データベースに書き込めません。ディスク、フォルダー、またはファイルが、このプログラムの利用者には読み取り専用です。両方に書き込めるようにしてください
database-replaced =
    このプログラムの使用中に、データベースのファイルが差し替えられたか削除されたため、これ以上保存できません。プログラムを止め、正しいファイルを戻してから、もう一度起動してください
database-busy =
    データベースが使用中です。ほかのプログラムが占有しているか、接続をすべて使っています。しばらくしてからもう一度実行してください
database-abandoned = この処理の途中で失敗したため、何も保存していません。最初からもう一度実行してください
database-inconsistent =
    保存されている { $what } の値を読み取れません。バックアップからデータベースを復元するか、サポートに問い合わせてください
database-driver = データベースの処理に失敗しました: { $why }

taken-hersys-id = この HER-SYS ID はすでに登録されています。その登録を変更してください
taken-automated-call-number =
    療養中の別の方が、この番号で自動架電を受けています。その方の療養を終了するか、別の番号を使ってください
taken-centre-code = このコードの保健所はすでにあります。その保健所の設定を変更してください
taken-open-report = この方には、当日の記入中の報告がすでにあります。その報告に続けてください
taken-leg-id = 電話事業者のこの接続はすでに登録されています
taken-attempt = この架電枠ではすでに架電中です。ほかの処理はこの枠で架電できません
taken-turn = 通話のこのやり取りはすでに処理済みで、保存された応答が有効です

open-scheme =
    データベースの場所は、sqlite://(sqlite:///var/lib/kenkocall/calls.db など)か postgres:// で始めてください
open-server-address =
    データベースの場所を読み取れません。postgres://USER:PASSWORD@HOST:5432/DATABASE の形で、パスワードの記号は % で符号化して書いてください
open-unknown-parameter =
    データベースの場所の ? のあとに、このプログラムが知らない項目があります。使えるのは sslmode、sslrootcert、sslcert、sslkey、host、hostaddr、port、dbname、user、password、application_name、options です
open-file-of-parameter =
    データベースの場所の { $parameter } に書かれたファイルを読み取れません({ $why })。パスと、このプログラムの利用者に読み取りの権限があるかを確かめてください
open-folder-of-parameter =
    データベースの場所の { $parameter } に書かれたファイルを読み取れません(フォルダーです)。パスと、このプログラムの利用者に読み取りの権限があるかを確かめてください
open-several-servers =
    データベースの場所に複数のサーバーが書かれていますが、このプログラムが使えるのは一つだけです。書き込みのできるサーバーか、そこにつながる名前またはプロキシを書いてください
open-optional-encryption =
    sslmode=allow と sslmode=prefer では、{ $host } の PostgreSQL サーバーが暗号化に対応していないと、療養者のデータが暗号化されずに流れます。sslmode=verify-full(または require)にしてください。ネットワーク自体が暗号化されている場合は sslmode=disable にしてください
open-file-parameters =
    データベースの場所 sqlite://{ $path } の ? のあとに項目がありますが、使える項目はありません。項目を除いてください。ファイル名の ? は %3F と書きます
open-file-escape =
    データベースの場所 sqlite://{ $path } に、UTF-8 の符号化になっていない % があります。ファイル名の % は %25 と書いてください
open-no-file-name =
    データベースの場所にファイル名がありません。sqlite:///var/lib/kenkocall/calls.db のように書いてください
open-relative-path =
    データベース { $path } は作業フォルダーからの相対パスですが、作業フォルダーを読み取れません。絶対パスで書いてください
open-migration =
    データベースの表を最新にできませんでした({ $why })。バックアップを復元するか、この文を添えてサポートに問い合わせてください
open-not-owner-of-tables =
    データベースの表がないか、このプログラムより古いものですが、database.url のロールには変更の権限がないため、何も変えていません。バックアップを取り、表を所有するロールの場所を指定して `kenkocall migrate` を実行してから、もう一度起動してください
open-not-owner-of-guards =
    操作の記録を守る仕組みがありませんが、database.url のロールには変更の権限がないため、何も変えていません。バックアップを取り、表を所有するロールの場所を指定して `kenkocall migrate` を実行してから、もう一度起動してください
open-tables = データベースの表の状態を読み取れません({ $why })。サポートに問い合わせてください

file-is-folder = データベース { $path } はフォルダーです。その中のファイルを指定してください
file-no-folder = データベース { $path } のフォルダーがありません。先に作成してください
file-read-only = データベース { $path } は読み取り専用です。このプログラムの利用者に書き込みの権限を与えてください
file-not-created-full =
    データベース { $path } を作成できません({ $why })。ディスクがいっぱいです。空きをつくってください
file-not-created-read-only =
    データベース { $path } を作成できません({ $why })。ディスクが読み取り専用です。書き込めるように接続するか、別のディスクのファイルを指定してください
file-not-created =
    データベース { $path } を作成できません({ $why })。このプログラムの利用者にフォルダーへの書き込みの権限を与えてください
file-not-reached =
    データベース { $path } に届きません({ $why })。このプログラムの利用者に、ファイルの読み取りとフォルダーに入る権限を与えてください
file-log =
    データベース { $path } のログ({ $path }-wal)を読むには、同じ場所への書き込みが必要です。空きをつくるか、両方のファイルを書き込めるディスクに写して、そちらを指定してください
file-read-only-disk =
    データベース { $path } を書き込み用に開けません。ディスクが読み取り専用です。書き込めるように接続するか、別のディスクのファイルを指定してください
file-full-disk = データベース { $path } に書き込めません。ディスクがいっぱいです。空きをつくってから、もう一度起動してください
file-failing-disk =
    データベース { $path } を読み書きできません。ディスクがいっぱいか、故障しています。空きをつくるか修理してから、もう一度起動してください
file-not-writable =
    データベース { $path } を書き込み用に開けません。このプログラムの利用者に、ファイルとフォルダーへの書き込みの権限を与えてください
file-not-a-database =
    ファイル { $path } は SQLite のデータベースではありません。別のファイルを指定するか、このファイルを移してください
file-damaged = データベース { $path } は壊れています。バックアップから復元してください
file-other = データベース { $path } を開けません({ $why })。ファイルとディスクを確かめてください
file-located = { $fault }(データベースは { $path } です)

server-unreachable =
    PostgreSQL サーバー { $server } の応答がありません({ $why })。動いていて、接続できるかを確かめてください
server-silent =
    PostgreSQL サーバー { $server } の応答が10秒間ありません。動いていて、接続できるかを確かめてください
server-refused =
    PostgreSQL サーバー { $server } を使えません({ $why })。データベースの場所に書いた利用者名、パスワード、データベース名、TLS の設定を確かめてください
server-not-encrypted =
    PostgreSQL サーバー { $server } に暗号化して接続できません({ $why })。療養者のデータが暗号化されずに流れるのを防ぐため、何も送っていません。サーバーで TLS を使えるようにして sslmode と sslrootcert を確かめてください。ネットワーク自体が暗号化されている場合は、場所の最後に sslmode=disable と書いてください
server-not-trusted =
    PostgreSQL サーバー { $server } の証明書を信頼できない({ $why })ため、何も送っていません。{ $todo }
distrust-issuer =
    サーバー自身の証明書か、それを発行した認証局の証明書のファイルを sslrootcert に指定してください
distrust-name =
    証明書(subjectAltName)にあるサーバーの名前を場所に書くか、この名前の証明書をサーバーに入れてください
distrust-time = 証明書を更新し、両方のコンピューターの時計を確かめてください
distrust-authority =
    認証局用(CA:TRUE)の証明書です(openssl の既定)。docs/operations.md のコマンドで、basicConstraints=CA:FALSE を付けたサーバー用の証明書を作ってください
distrust-other = サーバーの証明書と、sslrootcert に正しいファイルを指定しているかを確かめてください

no-database-file =
    { $path } にデータベースがありません(ファイルがありません)。--config FILE か KENKOCALL_DATABASE__URL で正しい場所を指定するか、`kenkocall migrate` で作成してください
no-database-tables =
    { $path } にデータベースがありません(ファイルに kenkocall の表がありません)。--config FILE か KENKOCALL_DATABASE__URL で正しい場所を指定するか、`kenkocall migrate` で作成してください
no-database-on-server =
    PostgreSQL サーバー { $server } のデータベース { $name } に kenkocall の表がありません。--config FILE か KENKOCALL_DATABASE__URL で正しい場所を指定するか、`kenkocall migrate` で作成してください

copy-no-name = { $path } はファイルの名前ではありません
copy-not-utf8 = ファイル名 { $path } の文字コードが UTF-8 ではありません。別のファイルを指定してください
copy-in-progress = { $path } は別のプログラムが書き込み中です。終わるまでお待ちください
copy-exists = { $path } はすでにあります。バックアップは上書きしないので、別のファイルを指定してください
copy-made-meanwhile = { $path } はその間に別のプログラムが作成しました。別のファイルを指定してください
copy-failing-disk =
    { $path } に書き込めません。ディスクがいっぱいか故障しているため、バックアップは取れていません。空きをつくるか、別のディスクのファイルを指定してください
copy-not-found = バックアップ { $path } を読み取れません({ $why })。パスを確かめてください
copy-unreadable =
    バックアップ { $path } を読み取れません({ $why })。このプログラムの利用者に読み取りの権限を与えてください
copy-not-a-file = { $path } はファイルではありません。`kenkocall backup` で作ったファイルを指定してください
copy-is-the-database = { $path } はデータベースそのものです。そのバックアップを指定してください
copy-not-a-database =
    バックアップ { $path } は SQLite のデータベースではないため、何も変えていません。別のバックアップを使ってください
copy-damaged = バックアップ { $path } は壊れているため、何も変えていません。別のバックアップを使ってください
copy-write = { $path } に書き込めません({ $why })。{ $todo }
copy-keep = { $path } を作成できないため、何も変えていません({ $why })。{ $todo }
copy-remove = { $path } を取り除けません({ $why })。{ $todo }
copy-replace = { $path } を置き換えられません({ $why })。{ $todo }
copy-todo-full = ディスクがいっぱいです。空きをつくるか、別のディスクのファイルを指定してください
copy-todo-read-only = ディスクが読み取り専用です。別のディスクのファイルを指定してください
copy-todo-permission = このプログラムの利用者に、フォルダーへの書き込みの権限を与えてください
copy-todo-no-folder = フォルダーがありません。先に作成してください
copy-todo-check = パスとディスクを確かめてください
