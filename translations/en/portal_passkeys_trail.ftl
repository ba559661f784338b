# Passkeys of the portal, in the audit trail.
trail-portal-passkey-added = added a passkey to a portal account
trail-portal-passkey-removed = removed a passkey of a portal account
