# Withdrawing and replacing a certificate.

certificate-was-withdrawn = The certificate has been withdrawn. Please ask the health centre in charge.
