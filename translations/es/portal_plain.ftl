# Where readers of the portal stumbled: which field is meant, the people of the list, other ways to report, a kept place.
portal-family-name-missing = Introduzca el apellido
portal-given-name-missing = Introduzca el nombre de pila
portal-field-mistake = { $field }: { $mistake }
portal-label-field = Palabra para distinguir a la persona
portal-ended-portal = Entrar en My HER-SYS e informar allí, o registrarse
portal-person-choice = { $name } ({ $day }, { $temperature })
portal-person-choice-none = { $name } (aún sin informes)
portal-waiting-kept = Su lugar se conserva. Introdúzcalo de nuevo
