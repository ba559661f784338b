# The page of those who wait for a log-in or a code.
portal-waiting = Espere su turno
portal-waiting-place = Es el número { $place }
portal-waiting-says = Muchas personas están iniciando sesión o registrándose. Lo que escribió se conserva. Deje esta página abierta y pulse el botón dentro de un rato. Su lugar no cambia.
portal-waiting-again = Ver mi lugar
portal-waiting-next = Usted es el siguiente
portal-waiting-done = Es su turno
portal-waiting-on = Continuar
portal-waiting-reports = Los informes no esperan: use un dispositivo con la sesión iniciada, el enlace de su centro de salud o la línea telefónica de salud.
portal-waiting-ended = No se encontró su lugar. Escríbalo de nuevo
