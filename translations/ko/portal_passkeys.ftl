# Passkeys of the portal.
portal-passkey = 패스키
portal-passkey-says = 지문, 얼굴 또는 기기의 비밀번호로 로그인할 수 있습니다. 메일 주소도 암호도 필요 없습니다.
portal-passkey-add = 이 기기에 패스키 추가
portal-passkey-log-in = 패스키로 로그인
portal-passkey-failed = 기기에서 확인하지 못했습니다. 다시 시도하거나 다른 방법을 사용해 주세요
portal-passkey-wrong = 이 패스키로는 로그인할 수 없습니다. 다른 방법으로 로그인해 주세요
portal-passkey-ended = 5분이 지났거나 다른 화면을 열었습니다. 다시 시도해 주세요
portal-passkeys = 패스키
portal-passkey-remove = 삭제
portal-passkey-added = 패스키를 추가했습니다
portal-passkey-removed = 패스키를 삭제했습니다
