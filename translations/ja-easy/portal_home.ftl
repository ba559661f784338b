# A second report, the advice that stays within reach, and people who are taken out of an account.
portal-today-again = { $time } に[伝|つた]えました(もう[一度|いちど]は[途中|とちゅう]です)
portal-urgent-today = [今日|きょう]の[答|こた]えに、すぐ[電話|でんわ]したほうがいいものが ありました。
portal-urgent-read = どうすれば いいか[見|み]る
portal-remove = [登録|とうろく]から[外|はず]す
portal-remove-person = { $name }さんを[登録|とうろく]から[外|はず]す
portal-remove-says = この[人|ひと]のことは、このアカウントで[見|み]ることができなくなります。[前|まえ]に[伝|つた]えたことは、[保健所|ほけんじょ]に[残|のこ]ります。[保健所|ほけんじょ]からの[電話|でんわ]は[変|か]わりません。
portal-remove-again = HER-SYS ID と[生|う]まれた[日|ひ]で、もう[一度|いちど][登録|とうろく]できます。
portal-remove-now = [外|はず]す
portal-removed = [外|はず]しました
