# A certificate that was withdrawn.
certificate-was-withdrawn = El certificado ha sido retirado. Si tiene dudas, consulte al centro de salud encargado.
