# Unlocking an address of the portal, in the console of the help desk.
portal-unlock = Unlock a portal address
portal-unlock-says = After 30 wrong codes within a day, an address takes no more codes for a day. Too many codes asked for, or wrong passwords, make people wait. This ends all of it at once.
portal-unlock-email = E-mail address
portal-unlock-hint = Exactly as the caller uses it in My HER-SYS
portal-unlock-now = Unlock
portal-unlock-done = Unlocked. The caller can ask for a new code now
portal-unlock-wrong = This isn't an e-mail address. Check what is before and after the @
portal-unlock-same = This page says the same whether or not the address has an account, and shows nothing about people. Each time is in the audit trail.
