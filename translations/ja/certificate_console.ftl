# The certificate in the console and in the audit trail.
diagnosis-arrived-on = 入国日
diagnosis-arrived-hint = 海外から入国した方だけ。診断が入国から28日以内なら、証明書の前に旅券番号をたずねます
trail-certificate-shown = 療養証明書を見た
trail-certificate-checked = 証明書番号で療養証明書が確かめられた
trail-certificate-passport-given = 旅券番号を書いた
