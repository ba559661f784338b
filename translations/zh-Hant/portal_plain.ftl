# Where readers of the portal stumbled: which field is meant, the people of the list, other ways to report, a kept place.
portal-family-name-missing = 請輸入姓
portal-given-name-missing = 請輸入名
portal-field-mistake = { $field }：{ $mistake }
portal-label-field = 用於區分的名稱
portal-ended-portal = 登入 My HER-SYS 回報。初次使用者也可以新註冊
portal-person-choice = { $name }（{ $day } { $temperature }）
portal-person-choice-none = { $name }（尚無回報）
portal-waiting-kept = 您的順位已保留。請重新輸入
