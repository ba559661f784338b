# Passkeys of the portal.
portal-passkey = パスキー
portal-passkey-says = [指|ゆび]や[顔|かお]、または[機械|きかい]の[番号|ばんごう]で ログインできます。メールアドレスも パスワードも いりません。
portal-passkey-add = この[機械|きかい]に パスキーを つける
portal-passkey-log-in = パスキーで ログインする
portal-passkey-failed = [機械|きかい]で[確|たし]かめることが できませんでした。もう[一度|いちど]するか、ほかの[方法|ほうほう]を[使|つか]ってください
portal-passkey-wrong = このパスキーでは ログインできません。ほかの[方法|ほうほう]で ログインしてください
portal-passkey-ended = 5[分|ふん]たったか、ほかのページを[開|ひら]きました。もう[一度|いちど] してください
portal-passkeys = パスキー
portal-passkey-remove = [消|け]す
portal-passkey-added = パスキーを つけました
portal-passkey-removed = パスキーを[消|け]しました
