# Passkeys of the portal.
portal-passkey = パスキー
portal-passkey-says = 指紋、顔、または端末の暗証番号でログインできます。メールアドレスもパスワードも要りません。
portal-passkey-add = この端末にパスキーを追加する
portal-passkey-log-in = パスキーでログインする
portal-passkey-failed = 端末で確認できませんでした。もう一度試すか、ほかの方法を使ってください
portal-passkey-wrong = このパスキーではログインできません。ほかの方法でログインしてください
portal-passkey-ended = 5分たったか、別の画面を開きました。もう一度試してください
portal-passkeys = パスキー
portal-passkey-remove = 削除する
portal-passkey-added = パスキーを追加しました
portal-passkey-removed = パスキーを削除しました
