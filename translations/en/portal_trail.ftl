# What was done in the portal, in the audit trail.
trail-portal-account-deleted = deleted a portal account
trail-portal-account-made = made a portal account
trail-portal-address-changed = changed the address of a portal account
trail-portal-history-shown = viewed the reports of a patient in the portal
trail-portal-logged-in = logged in to the portal
trail-portal-logged-out = logged out of the portal
trail-portal-password-chosen = chose how to log in to the portal
trail-portal-person-added = added a patient to a portal account
trail-portal-person-refused = was refused a patient in the portal
trail-portal-survey-answered = answered the health survey in the portal
trail-portal-unlocked = unlocked an address of the portal
portal-refused = a request of the portal was refused ({ $code })
portal-setting-two-ways = messages are sent or written into a folder, not both; leave out email.spool_folder, or email.server
