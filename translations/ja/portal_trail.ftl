# What was done in the portal, in the audit trail.
trail-portal-account-deleted = ポータルのアカウントを消した
trail-portal-account-made = ポータルのアカウントを作った
trail-portal-address-changed = ポータルのメールアドレスを変えた
trail-portal-logged-in = ポータルにログインした
trail-portal-logged-out = ポータルからログアウトした
trail-portal-password-chosen = ポータルのログインのしかたを決めた
trail-portal-person-added = ポータルのアカウントに対象者を登録した
trail-portal-person-refused = ポータルで対象者を登録できなかった
portal-refused = ポータルの要求を受け付けませんでした({ $code })
portal-setting-two-ways = メールは送るか、フォルダーに書くかのどちらかです。email.spool_folder か email.server を外してください
