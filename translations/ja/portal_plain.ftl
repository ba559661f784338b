# Where readers of the portal stumbled: which field is meant, the people of the list, other ways to report, a kept place.
portal-family-name-missing = 姓を入力してください
portal-given-name-missing = 名を入力してください
portal-field-mistake = { $field }: { $mistake }
portal-label-field = 見分けるための名前
portal-ended-portal = My HER-SYS にログインして報告する。はじめての方は新規登録もできます
portal-person-choice = { $name }({ $day } { $temperature })
portal-person-choice-none = { $name }(報告はまだありません)
portal-waiting-kept = 順番はそのままです。もう一度入力してください
