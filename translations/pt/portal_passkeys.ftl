# Passkeys of the portal.
portal-passkey = Chave de acesso
portal-passkey-says = Entre com a impressão digital, o rosto ou o PIN do aparelho. Não precisa de e-mail nem de senha.
portal-passkey-add = Adicionar uma chave de acesso neste aparelho
portal-passkey-log-in = Entrar com uma chave de acesso
portal-passkey-failed = O aparelho não confirmou. Tente de novo ou use outro modo
portal-passkey-wrong = Não é possível entrar com esta chave de acesso. Entre de outro modo
portal-passkey-ended = Passaram mais de cinco minutos ou foi aberta outra página. Tente de novo
portal-passkeys = Chaves de acesso
portal-passkey-remove = Remover
portal-passkey-added = A chave de acesso foi adicionada
portal-passkey-removed = A chave de acesso foi removida
