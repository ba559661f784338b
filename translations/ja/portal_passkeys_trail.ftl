# Passkeys of the portal, in the audit trail.
trail-portal-passkey-added = ポータルのアカウントにパスキーを追加した
trail-portal-passkey-removed = ポータルのアカウントのパスキーを削除した
