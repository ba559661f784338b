# A second report, the advice that stays within reach, and people who are taken out of an account.
portal-today-again = 已回報 { $time }(再次回報到一半)
portal-urgent-today = 今天的回答中有需要立即處理的內容。
portal-urgent-read = 查看該怎麼做
portal-remove = 從本帳戶移除
portal-remove-person = 移除 { $name }
portal-remove-says = 本帳戶將不能再查看此人的回報和紀錄。以往的回報保留在保健所,保健所的電話和聯絡不變。
portal-remove-again = 可以用 HER-SYS ID 和出生日期重新登記。
portal-remove-now = 移除
portal-removed = 已移除
