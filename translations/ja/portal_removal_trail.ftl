# A person taken out of an account of the portal, in the audit trail.
trail-portal-person-removed = ポータルのアカウントから対象者を外した
