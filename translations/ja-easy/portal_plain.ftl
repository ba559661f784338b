# Where readers of the portal stumbled: which field is meant, the people of the list, other ways to report, a kept place.
portal-family-name-missing = [姓|せい]を[書|か]いてください
portal-given-name-missing = [名|めい]を[書|か]いてください
portal-field-mistake = { $field }: { $mistake }
portal-label-field = [区別|くべつ]するための[名前|なまえ]
portal-ended-portal = My HER-SYS にログインして[伝|つた]える。はじめての[人|ひと]は[登録|とうろく]できます
portal-person-choice = { $name }({ $day } { $temperature })
portal-person-choice-none = { $name }(まだ[伝|つた]えていません)
portal-waiting-kept = [順番|じゅんばん]は そのままです。もう[一度|いちど][書|か]いてください
