setting-email-no-server = email.server isn't set, so no e-mail is sent; set it too, or leave out all of [email]
setting-email-server = it is the name or the address of the mail server alone, such as mail.example.jp; the port goes to email.port
setting-email-port = it is 1 to 65535
setting-email-from = it is the e-mail address that messages come from, such as kenko@example.jp
setting-email-half-log-in = email.user_name and email.password go together; set both, or neither
setting-email-plain =
    it can be none only for a mail server on this machine (localhost, 127.0.0.1, ::1), since passwords and addresses would go out unencrypted; set it to starttls or tls
mail-from = messages can't come from the address in email.from
mail-certificates = the certificates in { $path } can't be used: { $why }
mail-tls = TLS can't be set up: { $why }
job-mail-server = the mail server took no e-mail
rota-notice-not-yet = not sent yet, as the mail server took nothing; it is tried again
rota-email = E-mail
rota-email-head = E-mail
rota-email-hint = Whoever has an e-mail address gets an e-mail when the phone rings, too.
rota-email-no-server = No e-mail is sent, as this system has no mail server.
rota-without-email = without e-mail
