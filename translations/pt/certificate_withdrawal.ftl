# A certificate that was withdrawn.
certificate-was-withdrawn = O certificado foi cancelado. Em caso de dúvida, fale com o centro de saúde responsável.
