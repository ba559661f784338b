# 職員のアカウントのコマンドの文。

account-not-found = このメールアドレスのアカウントはありません: `kenkocall staff list`
account-already-active = このメールアドレスのアカウントはすでに使われています。設定をやり直すには `kenkocall staff deactivate` の後に招待してください
account-centre-needed = この役割には保健所が必要です: --centre CODE
account-no-centre-allowed = この役割は保健所に属しません。--centre を外してください
account-invitation-ended = 招待は使えません。新しい招待を作ってください
account-wrong-password = メールアドレスかパスワードが違います
account-wrong-code = コードが違うか、すでに使われました
account-log-in-ended = ログインが途中で終わりました。初めからやり直してください
account-too-many-tries = 失敗が続きました。{ $seconds }秒待ってください
account-busy = 混み合っています。少し待ってください
log-in-name-form = メールアドレスには @ が一つあり、空白はありません(例: hanako@mihon.example)
staff-invited = { $name } さんを招待しました。このリンクを本人だけに渡してください。
staff-link = 1回だけ、{ $until } まで使えます。パスワードと認証アプリを設定します。
staff-none = アカウントはまだありません: `kenkocall staff add`
staff-deactivated = { $name } さんのアカウントを止めました。すべての端末からログアウトしています。
staff-roles = 役割は { $roles } です
head-address = メールアドレス
head-role = 役割
