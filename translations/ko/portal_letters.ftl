# Letters about a change of an account of the portal.
portal-letter-subject = My HER-SYS 계정이 변경되었습니다
portal-letter-address = My HER-SYS 계정의 이메일 주소가 변경되었습니다. 앞으로 이메일은 새 주소로 갑니다.
portal-letter-password = My HER-SYS 계정의 비밀번호가 변경되었습니다.
portal-letter-passkey-added = My HER-SYS 계정에 패스키가 추가되었습니다.
portal-letter-passkey-removed = My HER-SYS 계정에서 패스키가 삭제되었습니다.
portal-letter-deleted = My HER-SYS 계정이 삭제되었습니다. 지금까지의 보고는 보건소에 남습니다.
portal-letter-you = 본인이 변경하셨다면 아무것도 하지 않으셔도 됩니다.
portal-letter-not-you = 짐작 가는 일이 없으면 보건소나 도움말 페이지의 창구로 전화해 주세요.
messages-changed = 계정 변경 알림
messages-changed-when = 계정의 이메일 주소, 비밀번호, 패스키가 바뀌거나 계정이 삭제되었을 때. 바뀌기 전의 이메일 주소로 보냅니다.
