# A second report, the advice that stays within reach, and people who are taken out of an account.
portal-today-again = Enviado a las { $time } (se empezó otro informe)
portal-urgent-today = Una de las respuestas de hoy requiere atención inmediata.
portal-urgent-read = Ver qué hacer
portal-remove = Quitar de la cuenta
portal-remove-person = Quitar a { $name }
portal-remove-says = Los informes y datos de esta persona ya no se podrán ver en esta cuenta. Lo informado se queda en el centro de salud, y sus llamadas y mensajes no cambian.
portal-remove-again = Se puede volver a añadir con el HER-SYS ID y la fecha de nacimiento.
portal-remove-now = Quitar
portal-removed = Se ha quitado a la persona
