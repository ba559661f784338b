# A certificate that was withdrawn.
certificate-was-withdrawn = [証明書|しょうめいしょ]は、[取|と]り[消|け]しになりました。わからないことは、[保健所|ほけんじょ]に[聞|き]いてください。
