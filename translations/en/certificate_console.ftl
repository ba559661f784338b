# The certificate in the console and in the audit trail.
diagnosis-arrived-on = Date of entry into the country
diagnosis-arrived-hint = Only for people who came from abroad. If the diagnosis was within 28 days, the passport number is asked before the certificate
trail-certificate-shown = Viewed the certificate
trail-certificate-checked = The certificate was verified by its code
trail-certificate-passport-given = Wrote the passport number
