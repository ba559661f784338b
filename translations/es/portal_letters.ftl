# Letters about a change of an account of the portal.
portal-letter-subject = Su cuenta de My HER-SYS ha cambiado
portal-letter-address = Se ha cambiado el correo de su cuenta de My HER-SYS. A partir de ahora los mensajes van a la nueva dirección.
portal-letter-password = Se ha cambiado la contraseña de su cuenta de My HER-SYS.
portal-letter-passkey-added = Se ha añadido una clave de acceso a su cuenta de My HER-SYS.
portal-letter-passkey-removed = Se ha quitado una clave de acceso de su cuenta de My HER-SYS.
portal-letter-deleted = Se ha eliminado su cuenta de My HER-SYS. Lo informado se queda en el centro de salud.
portal-letter-you = Si fue usted, no hace falta hacer nada.
portal-letter-not-you = Si no fue usted, llame a su centro de salud o a la atención al público de la página de ayuda.
messages-changed = Aviso de cambio de la cuenta
messages-changed-when = Cuando cambia el correo, la contraseña o una clave de acceso de la cuenta, o se elimina la cuenta. Se envía al correo de antes.
