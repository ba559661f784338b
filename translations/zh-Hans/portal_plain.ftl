# Where readers of the portal stumbled: which field is meant, the people of the list, other ways to report, a kept place.
portal-family-name-missing = 请输入姓
portal-given-name-missing = 请输入名
portal-field-mistake = { $field }：{ $mistake }
portal-label-field = 用于区分的名称
portal-ended-portal = 登录 My HER-SYS 报告。初次使用者也可以新注册
portal-person-choice = { $name }（{ $day } { $temperature }）
portal-person-choice-none = { $name }（尚无报告）
portal-waiting-kept = 您的位置已保留。请重新输入
