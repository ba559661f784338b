# Letters about a change of an account of the portal.
portal-letter-subject = Sua conta do My HER-SYS foi mudada
portal-letter-address = O e-mail da sua conta do My HER-SYS foi mudado. A partir de agora as mensagens vão para o novo e-mail.
portal-letter-password = A senha da sua conta do My HER-SYS foi mudada.
portal-letter-passkey-added = Uma chave de acesso foi adicionada à sua conta do My HER-SYS.
portal-letter-passkey-removed = Uma chave de acesso da sua conta do My HER-SYS foi removida.
portal-letter-deleted = Sua conta do My HER-SYS foi apagada. O que foi informado fica com o centro de saúde.
portal-letter-you = Se foi você, não precisa fazer nada.
portal-letter-not-you = Se não foi você, ligue para o centro de saúde ou para o atendimento indicado na página de ajuda.
messages-changed = Aviso de mudança da conta
messages-changed-when = Quando o e-mail, a senha ou uma chave de acesso da conta muda, ou a conta é apagada. Vai para o e-mail de antes.
