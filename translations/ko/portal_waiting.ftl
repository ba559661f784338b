# The page of those who wait for a log-in or a code.
portal-waiting = 순서를 기다려 주세요
portal-waiting-place = { $place }번째입니다
portal-waiting-says = 지금 많은 분이 로그인하거나 등록하고 있습니다. 입력하신 내용은 보관됩니다. 이 화면을 닫지 말고 잠시 후 아래 버튼을 눌러 주세요. 순서는 바뀌지 않습니다.
portal-waiting-again = 순서 확인
portal-waiting-next = 다음 차례입니다
portal-waiting-done = 차례가 되었습니다
portal-waiting-on = 계속
portal-waiting-reports = 건강 상태는 기다리지 않고 보고할 수 있습니다. 로그인된 기기, 보건소가 보낸 링크, 건강 콜을 이용해 주세요.
portal-waiting-ended = 순서를 찾을 수 없습니다. 다시 입력해 주세요
