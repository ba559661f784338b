# Letters about a change of an account of the portal.
portal-letter-subject = Your My HER-SYS account was changed
portal-letter-address = The e-mail address of your My HER-SYS account was changed. Mail goes to the new address from now on.
portal-letter-password = The password of your My HER-SYS account was changed.
portal-letter-passkey-added = A passkey was added to your My HER-SYS account.
portal-letter-passkey-removed = A passkey of your My HER-SYS account was removed.
portal-letter-deleted = Your My HER-SYS account was deleted. What was reported stays with the health centre.
portal-letter-you = If it was you, there is nothing to do.
portal-letter-not-you = If it wasn't you, please phone your health centre or the desk on the help page.
messages-changed = My account was changed
messages-changed-when = When the address, the password or a passkey of an account is changed, or the account is deleted. It goes to the address that the account had before.
