# Passkeys of the portal.
portal-passkey = 通行密鑰
portal-passkey-says = 可用指紋、臉部或裝置密碼登入，無需電子郵件地址和密碼。
portal-passkey-add = 在此裝置上新增通行密鑰
portal-passkey-log-in = 使用通行密鑰登入
portal-passkey-failed = 裝置未能確認。請重試或使用其他方式
portal-passkey-wrong = 無法使用此通行密鑰登入。請用其他方式登入
portal-passkey-ended = 已超過5分鐘，或開啟了其他頁面。請重試
portal-passkeys = 通行密鑰
portal-passkey-remove = 刪除
portal-passkey-added = 已新增通行密鑰
portal-passkey-removed = 已刪除通行密鑰
