# Letters about a change of an account of the portal.
portal-letter-subject = My HER-SYS のアカウントが変更されました
portal-letter-address = My HER-SYS のアカウントのメールアドレスが変更されました。今後のメールは、新しいアドレスに届きます。
portal-letter-password = My HER-SYS のアカウントのパスワードが変更されました。
portal-letter-passkey-added = My HER-SYS のアカウントにパスキーが追加されました。
portal-letter-passkey-removed = My HER-SYS のアカウントからパスキーが削除されました。
portal-letter-deleted = My HER-SYS のアカウントが削除されました。これまでの報告は、保健所に残ります。
portal-letter-you = ご自身で変更された場合は、何もする必要はありません。
portal-letter-not-you = お心あたりがない場合は、保健所か、ヘルプのページの問い合わせ窓口にお電話ください。
messages-changed = アカウントの変更のお知らせ
messages-changed-when = アカウントのメールアドレス・パスワード・パスキーが変わったとき、アカウントが削除されたとき。変わる前のメールアドレスに送ります。
