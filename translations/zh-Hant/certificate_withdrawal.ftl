# A certificate that was withdrawn.
certificate-was-withdrawn = 療養證明書已被撤銷。如有疑問，請洽詢負責的保健所。
