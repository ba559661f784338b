# The certificate, and how others check it.
certificate-title = Certificado
certificate-show = Mostrar el certificado
certificate-others = Mostrar a otra persona
certificate-shown-at = Mostrado el { $at }
certificate-day = { $day } de { $month ->
    [1] enero
    [2] febrero
    [3] marzo
    [4] abril
    [5] mayo
    [6] junio
    [7] julio
    [8] agosto
    [9] septiembre
    [10] octubre
    [11] noviembre
   *[12] diciembre
    } de { $year }
certificate-moment = { $day }, { $time }
certificate-name = Nombre
certificate-birth-date = Fecha de nacimiento
certificate-hersys-id = HER-SYS ID
certificate-disease = Enfermedad
certificate-diagnosed-on = Fecha del diagnóstico
certificate-centre = Centro de salud
certificate-code = Número del certificado
certificate-qr = Código QR de la página que comprueba el certificado
certificate-check-says = Con el código QR, o con el número del certificado en esta página, quien recibe el certificado ve los mismos seis datos y si fue sustituido o anulado.
certificate-no-period = No indica el periodo de recuperación.
certificate-registered-name = El nombre es el que registró el médico o el centro de salud.
certificate-if-wrong = Si algo está mal, pregunte a: { $centre }.
certificate-save-pdf = Guardar como PDF
certificate-open-print = Abrir la página para imprimir
certificate-print-says = Imprima esta página con su navegador.
certificate-back = Volver al certificado
certificate-no-pdf = No se pudo crear el PDF
certificate-missing-glyph = A la letra del PDF le falta el carácter «{ $character }» ({ $code }). Esta página y la página para imprimir se pueden usar igualmente.
certificate-no-file = No se pudo crear el PDF. Esta página y la página para imprimir se pueden usar igualmente.
certificate-no-diagnosis = Todavía no hay un diagnóstico registrado para el certificado. Solo se muestra a quien un médico diagnosticó después de una prueba.
certificate-presumed = El certificado solo se muestra a quien un médico diagnosticó después de una prueba, no a quien se consideró infectado sin prueba.
certificate-not-yet-notified = El certificado se muestra a las personas notificadas desde el { $day }.
certificate-no-longer-notified = Las notificaciones de esta enfermedad terminaron el { $day }. No hay certificado para quien fue diagnosticado después.
certificate-not-of-the-four = Desde el { $day }, el certificado es solo para las personas cuyo caso se notifica: de 65 años o más, que necesitan hospitalización, con riesgo y que necesitan medicamento u oxígeno, o embarazadas.
certificate-wrong-birth-date = Es posible que la fecha de nacimiento no esté bien registrada. Pregunte a su centro de salud.
certificate-passport-asked = Si fue diagnosticado en los 28 días después de entrar en el país, introduzca el número de pasaporte.
certificate-passport = Número de pasaporte
certificate-passport-hint = Letras y números. No aparece en el certificado
certificate-passport-wrong = Escriba el número de pasaporte así: TK1234567
certificate-passport-save = Guardar y mostrar el certificado
verify-title = Comprobar un certificado
verify-says = Con el número del certificado verá los mismos seis datos y si fue sustituido o anulado.
verify-code = Número del certificado
verify-code-hint = 20 letras y cifras. Puede usar minúsculas, y no hacen falta los guiones
verify-show = Comprobar
verify-another = Comprobar otro certificado
verify-wrong = Ningún certificado tiene este número. Compárelo con el papel e introdúzcalo de nuevo
verify-too-many = Ha habido demasiados números erróneos y no se puede comprobar nada por un rato. Inténtelo de nuevo dentro de unos 15 minutos
verify-holds = Este certificado es válido
verify-holds-says = Esto es lo registrado a fecha de { $at }. Compare los seis datos con su papel o PDF. Si alguno es distinto, ese papel o PDF fue alterado.
verify-replaced = Este certificado fue sustituido el { $day }
verify-replaced-says = Fue corregido. Pida a la persona el certificado nuevo. Su contenido solo se muestra con su propio número.
verify-withdrawn = Este certificado fue anulado el { $day }
verify-withdrawn-says = Ahora no hay ningún certificado válido.
verify-file = Comprobar que un PDF no fue alterado
verify-file-says = Elija el PDF que ha recibido para comprobar que es exactamente el emitido. El PDF no se guarda.
verify-file-choose = Archivo PDF
verify-file-check = Comprobar
verify-file-unchanged = Este PDF es el que se emitió
verify-file-changed = Este PDF no es el que se emitió
verify-file-changed-says = Fue alterado, o se hizo imprimiéndolo de nuevo, o es de otro certificado. Compárelo con los seis datos de arriba.
verify-file-missing = Elija un archivo PDF
verify-address = Compruebe que la dirección de esta página empieza por:
