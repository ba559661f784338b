# The page that withdraws a certificate.

withdrawal-heading = Withdraw this certificate
withdrawal-says = For one that was issued by mistake. The code of papers and files that were handed out verifies as withdrawn at once, and the person sees none any more. If only its content is wrong, correct the diagnosis: a new certificate replaces it.
withdrawal-reason = Why it is withdrawn
withdrawal-reason-hint = Required. It is in the audit trail; neither the person nor third parties see it
withdrawal-reason-missing = Write why it is withdrawn
withdrawal-button = Withdraw
withdrawal-done = The certificate is withdrawn
withdrawal-allowed = A certificate can be issued again
withdrawal-before = That was done before. This is how it stands
withdrawal-allow = Issue one again
withdrawal-allow-says = The withdrawn code doesn't come back. A certificate that is issued again has a new code.
withdrawal-replaces = A certificate was issued
withdrawal-replaces-says = Correcting the disease, the name or the date of diagnosis replaces it: the code of papers and files that were handed out then verifies as replaced. Give the person the new one.
trail-certificate-allowed = Let a withdrawn certificate be issued again
trail-certificate-withdrawn = Withdrew a certificate
