setting-email-no-server = email.server が設定されていないので、メールは送られません。設定するか、[email] をすべて外してください
setting-email-server = mail.example.jp のようなメールサーバーの名前かアドレスだけにしてください。ポートは email.port に書きます
setting-email-port = 1 から 65535 までです
setting-email-from = kenko@example.jp のような、送り元のメールアドレスです
setting-email-half-log-in = email.user_name と email.password は両方設定するか、どちらも外してください
setting-email-plain =
    none にできるのは、この機械(localhost、127.0.0.1、::1)のメールサーバーだけです。パスワードとアドレスが暗号化されずに送られるので、starttls か tls にしてください
mail-from = email.from のアドレスからは送れません
mail-certificates = { $path } の証明書は使えません: { $why }
mail-tls = TLSの準備ができません: { $why }
job-mail-server = メールサーバーがメールを受け取りませんでした
rota-notice-not-yet = メールサーバーが受け取らず、まだ送れていません。また試します
rota-email = メールアドレス
rota-email-head = メール
rota-email-hint = メールアドレスのある人には、電話と同時にメールも送ります。
rota-email-no-server = メールサーバーの設定がないので、メールは送られません。
rota-without-email = メールなし
