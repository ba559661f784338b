portal-other-form = 此頁面不是目前所選人員的報告
portal-other-form-says = 此頁面的內容沒有儲存。請重新開啟該人員的連結，或在首頁選擇該人員。
portal-words-too-many = 今天已經傳送了10次。如有緊急情況，請致電保健所。
portal-log-in-again = 變更帳號前，請再次登入
