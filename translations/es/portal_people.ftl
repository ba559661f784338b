# The people of an account of the portal.
portal-attributes = Datos de la persona
portal-attributes-says = Rellene los campos y pulse «Revisar los datos».
portal-name = Nombre
portal-name-hint = No se puede cambiar después. El certificado muestra el nombre que registró el médico o el centro de salud.
portal-family-name = Apellido
portal-given-name = Nombre de pila
portal-name-long = Introduzca como máximo { $most } caracteres
portal-name-hidden = Hay un carácter invisible. Escríbalo de nuevo a mano
portal-birth-date = Fecha de nacimiento
portal-birth-date-hint = Año, mes, día. Por ejemplo 1948/4/12 o 19480412
portal-birth-date-wrong = No se puede leer esta fecha. Introduzca año, mes y día como en el ejemplo
portal-hersys-id-hint = De 6 a 8 cifras. Está en el mensaje o correo de su centro de salud.
portal-hersys-id-wrong = El HER-SYS ID tiene de 6 a 8 cifras
portal-label = Palabra para distinguir a la persona (opcional)
portal-label-hint = Por ejemplo en una segunda infección: 2.ª vez, madre
portal-confirm = Revisar los datos
portal-attributes-confirm = Datos de la persona: revisar
portal-attributes-confirm-says = Revise los datos y pulse «Guardar los datos».
portal-name-stays = El nombre no se puede cambiar una vez guardado. No afecta a la observación ni al certificado.
portal-attributes-save = Guardar los datos
portal-person-mismatch = La fecha de nacimiento o el HER-SYS ID no es correcto
portal-person-taken = Estos datos ya están registrados
portal-person-yours = Esta persona ya está en su cuenta
portal-people-too-many = No se pueden añadir más personas a esta cuenta
portal-person-added = Se ha añadido a { $name }
portal-person = Persona
portal-show-person = Mostrar a esta persona
portal-people = Personas de la cuenta
portal-people-says = Los nombres no se pueden cambiar. La palabra que los distingue se puede cambiar siempre.
portal-add-family = Añadir a un familiar
portal-to-home = Volver al inicio
portal-last-day = Último informe
portal-last-temperature = Última temperatura
portal-never = Aún no hay
portal-not-measured = No medida
portal-degrees = { $value } °C
portal-today = Informe de hoy
portal-today-none = Todavía no
portal-today-begun = Empezado
portal-today-reported = Enviado a las { $time }
portal-next-call = Próxima llamada
portal-call-today = Hoy hacia las { $time }
portal-call-on = El { $day } hacia las { $time }
portal-report = Informar de la salud de hoy
portal-report-resume = Continuar el informe
portal-report-only-today = Solo puede informar de cómo está hoy. Para cambios, pregunte al centro de salud.
portal-begun = { $name }: hay un informe empezado
portal-begun-says = Preguntas respondidas hoy: { $count }. Puede continuar desde ahí.
portal-report-ended = { $name }: ya no hay que informar
portal-report-ended-says = La recuperación ha terminado y no hacen falta más informes. Lo informado se puede seguir viendo. Si le preocupa su salud, llame al centro de salud.
portal-day = { $day } de { $month ->
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
}
portal-full-day = { $day } de { $month ->
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
