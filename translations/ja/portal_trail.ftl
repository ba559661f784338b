# What was done in the portal, in the audit trail.
trail-portal-account-deleted = ポータルのアカウントを消した
trail-portal-account-made = ポータルのアカウントを作った
trail-portal-address-changed = ポータルのメールアドレスを変えた
trail-portal-history-shown = ポータルで対象者のこれまでの報告を見た
trail-portal-logged-in = ポータルにログインした
trail-portal-logged-out = ポータルからログアウトした
trail-portal-password-chosen = ポータルのログインのしかたを決めた
trail-portal-person-added = ポータルのアカウントに対象者を登録した
trail-portal-person-refused = ポータルで対象者を登録できなかった
trail-portal-survey-answered = ポータルで健康調査に答えた
trail-portal-unlocked = ポータルのメールアドレスのロックを解除した
portal-refused = ポータルの要求を受け付けませんでした({ $code })
portal-setting-two-ways = メールは送るか、フォルダーに書くかのどちらかです。email.spool_folder か email.server を外してください
