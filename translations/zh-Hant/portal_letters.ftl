# Letters about a change of an account of the portal.
portal-letter-subject = 您的 My HER-SYS 帳戶已變更
portal-letter-address = 您的 My HER-SYS 帳戶的電子郵件地址已變更。今後郵件將寄到新地址。
portal-letter-password = 您的 My HER-SYS 帳戶的密碼已變更。
portal-letter-passkey-added = 您的 My HER-SYS 帳戶新增了通行密鑰。
portal-letter-passkey-removed = 您的 My HER-SYS 帳戶刪除了通行密鑰。
portal-letter-deleted = 您的 My HER-SYS 帳戶已刪除。以往的回報保留在保健所。
portal-letter-you = 如果是您本人操作,則無需處理。
portal-letter-not-you = 如果不是您本人操作,請致電保健所或說明頁面上的諮詢窗口。
messages-changed = 帳戶變更通知
messages-changed-when = 帳戶的電子郵件地址、密碼或通行密鑰變更時,或帳戶被刪除時。寄到變更前的地址。
