# The page of those who wait for a log-in or a code.
portal-waiting = 請依序等候
portal-waiting-place = 您是第 { $place } 位
portal-waiting-says = 現在有很多人正在登入或註冊。您輸入的內容已保留。請不要關閉此頁面，稍後再按下面的按鈕。您的順序不會改變。
portal-waiting-again = 查看順序
portal-waiting-next = 下一位就是您
portal-waiting-done = 輪到您了
portal-waiting-on = 繼續
portal-waiting-reports = 回報健康狀況不用等候：請使用已登入的裝置、保健所傳送的連結或健康電話。
portal-waiting-ended = 找不到您的順序。請重新輸入
