# Where readers of the portal stumbled: which field is meant, the people of the list, other ways to report, a kept place.
portal-family-name-missing = 성을 입력해 주세요
portal-given-name-missing = 이름을 입력해 주세요
portal-field-mistake = { $field }: { $mistake }
portal-label-field = 구별하기 위한 이름
portal-ended-portal = My HER-SYS에 로그인하여 보고하기. 처음이신 분은 신규 등록도 할 수 있습니다
portal-person-choice = { $name }({ $day } { $temperature })
portal-person-choice-none = { $name }(아직 보고 없음)
portal-waiting-kept = 순서는 그대로입니다. 다시 입력해 주세요
