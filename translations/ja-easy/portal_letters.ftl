# Letters about a change of an account of the portal.
portal-letter-subject = My HER-SYS のアカウントが[変|か]わりました
portal-letter-address = My HER-SYS の メールアドレスが[変|か]わりました。これからのメールは、[新|あたら]しいアドレスに[届|とど]きます。
portal-letter-password = My HER-SYS の パスワードが[変|か]わりました。
portal-letter-passkey-added = My HER-SYS に パスキーが ふえました。
portal-letter-passkey-removed = My HER-SYS の パスキーを[消|け]しました。
portal-letter-deleted = My HER-SYS の アカウントを[消|け]しました。[前|まえ]に[伝|つた]えたことは、[保健所|ほけんじょ]に[残|のこ]ります。
portal-letter-you = あなたが[変|か]えたときは、なにも しなくて いいです。
portal-letter-not-you = あなたが していないときは、[保健所|ほけんじょ]に[電話|でんわ]してください。
messages-changed = アカウントが[変|か]わったとき
messages-changed-when = メールアドレスや パスワードや パスキーが[変|か]わったとき。アカウントを[消|け]したとき。[前|まえ]の メールアドレスに[送|おく]ります。
