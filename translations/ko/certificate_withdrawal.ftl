# A certificate that was withdrawn.
certificate-was-withdrawn = 요양 증명서가 취소되었습니다. 궁금한 점은 담당 보건소에 문의해 주십시오.
