portal-other-form = 이 페이지는 지금 선택한 분의 보고가 아닙니다
portal-other-form-says = 이 페이지의 내용은 저장되지 않았습니다. 보고할 분의 링크를 다시 열거나, 홈에서 그분을 선택해 주세요.
portal-words-too-many = 오늘은 이미 10번 보내셨습니다. 급할 때는 보건소에 전화해 주세요.
portal-log-in-again = 계정을 변경하려면 다시 로그인해 주세요
