# The certificate, its file, and how others check it.
certificate-title = Certificate
certificate-show = Show the certificate
certificate-others = Show somebody else
certificate-shown-at = Shown at { $at }
certificate-day = { $day } { $month ->
    [1] January
    [2] February
    [3] March
    [4] April
    [5] May
    [6] June
    [7] July
    [8] August
    [9] September
    [10] October
    [11] November
   *[12] December
    } { $year }
certificate-moment = { $day } { $time }
certificate-name = Name
certificate-birth-date = Date of birth
certificate-hersys-id = HER-SYS ID
certificate-disease = Disease
certificate-diagnosed-on = Date of diagnosis
certificate-centre = Health centre
certificate-code = Certificate number
certificate-qr = QR code of the page that verifies the certificate
certificate-check-says = With the QR code, or with the certificate number entered on this page, those who receive the certificate see the same six items, and whether it was replaced or withdrawn.
certificate-no-period = It doesn't state a recuperation period.
certificate-registered-name = The name is the one that the doctor or the health centre registered.
certificate-if-wrong = If something is wrong, please contact { $centre }.
certificate-save-pdf = Save as PDF
certificate-open-print = Open the page to print
certificate-print-says = Print this page with your browser.
certificate-back = Back to the certificate
certificate-no-pdf = The PDF couldn't be made
certificate-missing-glyph = The font of the PDF lacks the character “{ $character }” ({ $code }). The page itself and the page to print can be used as they are.
certificate-no-file = The PDF couldn't be made. The page itself and the page to print can be used as they are.
certificate-no-diagnosis = No diagnosis is registered for the certificate yet. It is shown only to people whom a doctor diagnosed after a test.
certificate-presumed = The certificate is shown only to people whom a doctor diagnosed after a test, not to those whose infection was presumed without one.
certificate-not-yet-notified = The certificate is shown to people who were notified from { $day } on.
certificate-no-longer-notified = Notifications of this disease ended on { $day }. There is no certificate for people who were diagnosed later.
certificate-not-of-the-four = From { $day } on, the certificate is limited to people whose cases are notified: aged 65 or over, needing hospital care, at risk and needing medicine or oxygen, or pregnant.
certificate-wrong-birth-date = The date of birth may not be registered correctly. Please contact your health centre.
certificate-passport-asked = If you were diagnosed within 28 days of entering the country, please enter the passport number.
certificate-passport = Passport number
certificate-passport-hint = Letters and digits. It isn't on the certificate
certificate-passport-wrong = Enter the passport number, such as TK1234567
certificate-passport-save = Save and show the certificate
# The page on which others check a certificate.
verify-title = Verify a certificate
verify-says = Enter the certificate number to see the same six items, and whether it was replaced or withdrawn.
verify-code = Certificate number
verify-code-hint = 20 letters and digits. Small letters are fine, and the hyphens aren't needed
verify-show = Verify
verify-another = Verify another certificate
verify-wrong = No certificate has this number. Compare it with the paper, and enter it again
verify-too-many = After too many wrong numbers, nothing can be verified for a while. Please try again in about 15 minutes
verify-holds = This certificate is valid
verify-holds-says = This is what is registered as of { $at }. Compare all six items with your paper or PDF. If one differs, that paper or PDF was altered.
verify-replaced = This certificate was replaced on { $day }
verify-replaced-says = It was corrected. Please ask the person for the new certificate. What it says is shown only with its own number.
verify-withdrawn = This certificate was withdrawn on { $day }
verify-withdrawn-says = There is no valid certificate at present.
verify-file = Check that a PDF wasn't altered
verify-file-says = Choose the PDF that you received, to check that it is exactly the one that was issued. The PDF isn't kept.
verify-file-choose = PDF file
verify-file-check = Check
verify-file-unchanged = This PDF is the one that was issued
verify-file-changed = This PDF isn't the one that was issued
verify-file-changed-says = It was altered, or made by printing it again, or belongs to another certificate. Compare it with the six items below.
verify-file-missing = Choose a PDF file
verify-address = Make sure that the address of this page begins with:
