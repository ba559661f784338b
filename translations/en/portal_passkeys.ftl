# Passkeys of the portal.
portal-passkey = Passkey
portal-passkey-says = Log in with your fingerprint, your face or the device's PIN. You need neither address nor password.
portal-passkey-add = Add a passkey on this device
portal-passkey-log-in = Log in with a passkey
portal-passkey-failed = The device hasn't confirmed. Try again, or use another way
portal-passkey-wrong = This passkey can't log you in. Please log in another way
portal-passkey-ended = More than five minutes have passed, or another page was opened. Try again
portal-passkeys = Passkeys
portal-passkey-remove = Remove
portal-passkey-added = The passkey was added
portal-passkey-removed = The passkey was removed
