# A second report, the advice that stays within reach, and people who are taken out of an account.
portal-today-again = 보고 완료 { $time } (다시 하는 보고는 도중까지)
portal-urgent-today = 오늘의 답변 중 바로 대응이 필요한 것이 있습니다.
portal-urgent-read = 어떻게 해야 하는지 보기
portal-remove = 등록에서 제외
portal-remove-person = { $name } 님을 등록에서 제외
portal-remove-says = 이분의 보고와 기록은 이 계정에서 볼 수 없게 됩니다. 지금까지의 보고는 보건소에 남으며, 보건소의 전화와 연락은 바뀌지 않습니다.
portal-remove-again = HER-SYS ID와 생년월일로 다시 등록할 수 있습니다.
portal-remove-now = 등록에서 제외
portal-removed = 등록에서 제외했습니다
