# Where readers of the portal stumbled: which field is meant, the people of the list, other ways to report, a kept place.
portal-family-name-missing = Digite o sobrenome
portal-given-name-missing = Digite o nome próprio
portal-field-mistake = { $field }: { $mistake }
portal-label-field = Palavra para distinguir a pessoa
portal-ended-portal = Entrar no My HER-SYS e informar por lá, ou cadastrar-se
portal-person-choice = { $name } ({ $day }, { $temperature })
portal-person-choice-none = { $name } (nenhum relato ainda)
portal-waiting-kept = O seu lugar está guardado. Digite de novo
