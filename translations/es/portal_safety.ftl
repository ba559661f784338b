portal-other-form = Esta página es del informe de otra persona
portal-other-form-says = No se ha guardado nada de esta página. Abra de nuevo el enlace de esa persona o elíjala en la página de inicio.
portal-words-too-many = Hoy ya ha enviado 10 mensajes. Si es urgente, llame al centro de salud.
portal-log-in-again = Inicie sesión otra vez para cambiar su cuenta
