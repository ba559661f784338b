# A second report, the advice that stays within reach, and people who are taken out of an account.
portal-today-again = 報告済み { $time }(もう一度の報告は途中まで)
portal-urgent-today = 今日のお答えに、すぐに対応が必要なものがありました。
portal-urgent-read = どうすればよいかを見る
portal-remove = 登録から外す
portal-remove-person = { $name }さんを登録から外す
portal-remove-says = この方の報告や記録は、このアカウントでは見られなくなります。これまでの報告は保健所に残り、保健所からの電話や連絡は変わりません。
portal-remove-again = HER-SYS ID と生年月日で、もう一度登録できます。
portal-remove-now = 登録から外す
portal-removed = 登録から外しました
