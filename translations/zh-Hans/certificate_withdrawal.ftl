# A certificate that was withdrawn.
certificate-was-withdrawn = 疗养证明书已被撤销。如有疑问，请咨询负责的保健所。
