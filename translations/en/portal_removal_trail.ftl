# A person taken out of an account of the portal, in the audit trail.
trail-portal-person-removed = took a patient out of a portal account
