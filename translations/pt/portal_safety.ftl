portal-other-form = Esta página é do relatório de outra pessoa
portal-other-form-says = Nada desta página foi salvo. Abra de novo o link dessa pessoa ou escolha-a na página inicial.
portal-words-too-many = Hoje já foram enviadas 10 mensagens. Se for urgente, ligue para o centro de saúde.
portal-log-in-again = Entre novamente para alterar sua conta
