# Passkeys of the portal.
portal-passkey = 通行密钥
portal-passkey-says = 可用指纹、面容或设备密码登录，无需邮箱地址和密码。
portal-passkey-add = 在此设备上添加通行密钥
portal-passkey-log-in = 使用通行密钥登录
portal-passkey-failed = 设备未能确认。请重试或使用其他方式
portal-passkey-wrong = 无法使用此通行密钥登录。请用其他方式登录
portal-passkey-ended = 已超过5分钟，或打开了其他页面。请重试
portal-passkeys = 通行密钥
portal-passkey-remove = 删除
portal-passkey-added = 已添加通行密钥
portal-passkey-removed = 已删除通行密钥
