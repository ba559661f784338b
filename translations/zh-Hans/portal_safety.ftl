portal-other-form = 此页面不是当前所选人员的报告
portal-other-form-says = 此页面的内容没有保存。请重新打开该人员的链接，或在首页选择该人员。
portal-words-too-many = 今天已经发送了10次。如有紧急情况，请致电保健所。
portal-log-in-again = 更改账号前，请再次登录
