# A second report, the advice that stays within reach, and people who are taken out of an account.
portal-today-again = 已报告 { $time }(再次报告到一半)
portal-urgent-today = 今天的回答中有需要立即应对的内容。
portal-urgent-read = 查看该怎么做
portal-remove = 从本账户移除
portal-remove-person = 移除 { $name }
portal-remove-says = 本账户将不能再查看此人的报告和记录。以往的报告保留在保健所,保健所的电话和联络不变。
portal-remove-again = 可以用 HER-SYS ID 和出生日期重新登记。
portal-remove-now = 移除
portal-removed = 已移除
