# The page of those who wait for a log-in or a code.
portal-waiting = 请按顺序等候
portal-waiting-place = 您是第 { $place } 位
portal-waiting-says = 现在有很多人正在登录或注册。您输入的内容已保留。请不要关闭此页面，稍后再按下面的按钮。您的顺序不会改变。
portal-waiting-again = 查看顺序
portal-waiting-next = 下一位就是您
portal-waiting-done = 轮到您了
portal-waiting-on = 继续
portal-waiting-reports = 报告健康状况不用等候：请使用已登录的设备、保健所发送的链接或健康电话。
portal-waiting-ended = 找不到您的顺序。请重新输入
