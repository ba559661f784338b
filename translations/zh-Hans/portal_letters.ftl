# Letters about a change of an account of the portal.
portal-letter-subject = 您的 My HER-SYS 账户已更改
portal-letter-address = 您的 My HER-SYS 账户的电子邮箱已更改。今后邮件将发送到新邮箱。
portal-letter-password = 您的 My HER-SYS 账户的密码已更改。
portal-letter-passkey-added = 您的 My HER-SYS 账户添加了通行密钥。
portal-letter-passkey-removed = 您的 My HER-SYS 账户删除了通行密钥。
portal-letter-deleted = 您的 My HER-SYS 账户已删除。以往的报告保留在保健所。
portal-letter-you = 如果是您本人操作,则无需处理。
portal-letter-not-you = 如果不是您本人操作,请致电保健所或帮助页面上的咨询窗口。
messages-changed = 账户更改通知
messages-changed-when = 账户的电子邮箱、密码或通行密钥更改时,或账户被删除时。发送到更改前的邮箱。
