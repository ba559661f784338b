# Passkeys of the portal.
portal-passkey = Clave de acceso
portal-passkey-says = Inicie sesión con su huella, su cara o el PIN del dispositivo. No necesita correo ni contraseña.
portal-passkey-add = Añadir una clave de acceso en este dispositivo
portal-passkey-log-in = Iniciar sesión con una clave de acceso
portal-passkey-failed = El dispositivo no lo ha confirmado. Inténtelo de nuevo o use otro modo
portal-passkey-wrong = Esta clave de acceso no sirve. Inicie sesión de otro modo
portal-passkey-ended = Han pasado más de cinco minutos o se abrió otra página. Inténtelo de nuevo
portal-passkeys = Claves de acceso
portal-passkey-remove = Eliminar
portal-passkey-added = Se añadió la clave de acceso
portal-passkey-removed = Se eliminó la clave de acceso
