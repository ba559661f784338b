# The people of an account of the portal.
portal-attributes = Dados da pessoa
portal-attributes-says = Preencha os campos e aperte “Conferir os dados”.
portal-name = Nome
portal-name-hint = Não pode ser mudado depois. O certificado mostra o nome que o médico ou o centro de saúde registrou.
portal-family-name = Sobrenome
portal-given-name = Nome próprio
portal-name-long = Digite no máximo { $most } caracteres
portal-name-hidden = Há um caractere invisível. Digite de novo à mão
portal-birth-date = Data de nascimento
portal-birth-date-hint = Ano, mês, dia. Por exemplo 1948/4/12 ou 19480412
portal-birth-date-wrong = Não é possível ler esta data. Digite ano, mês e dia como no exemplo
portal-hersys-id-hint = 6 a 8 números. Está na mensagem ou no e-mail do centro de saúde.
portal-hersys-id-wrong = O HER-SYS ID tem 6 a 8 números
portal-label = Palavra para distinguir a pessoa (opcional)
portal-label-hint = Por exemplo em uma segunda infecção: 2ª vez, mãe
portal-confirm = Conferir os dados
portal-attributes-confirm = Dados da pessoa: conferir
portal-attributes-confirm-says = Confira os dados e aperte “Salvar os dados”.
portal-name-stays = O nome não pode ser mudado depois de salvo. Isso não afeta a observação nem o certificado.
portal-attributes-save = Salvar os dados
portal-person-mismatch = A data de nascimento ou o HER-SYS ID está errado
portal-person-taken = Estes dados já estão cadastrados
portal-person-yours = Esta pessoa já está na sua conta
portal-people-too-many = Não é possível cadastrar mais pessoas nesta conta
portal-person-added = { $name } foi cadastrado(a)
portal-person = Pessoa
portal-show-person = Mostrar esta pessoa
portal-people = Pessoas da conta
portal-people-says = Os nomes não podem ser mudados. A palavra que os distingue pode ser mudada sempre.
portal-add-family = Cadastrar um familiar
portal-to-home = Voltar ao início
portal-last-day = Último relato
portal-last-temperature = Última temperatura
portal-never = Ainda não há
portal-not-measured = Não medida
portal-degrees = { $value } °C
portal-today = Relato de hoje
portal-today-none = Ainda não
portal-today-begun = Começado
portal-today-reported = Enviado às { $time }
portal-next-call = Próxima ligação
portal-call-today = Hoje por volta das { $time }
portal-call-on = { $day } por volta das { $time }
portal-report = Informar a saúde de hoje
portal-report-resume = Continuar o relato
portal-report-only-today = Você só pode informar como está hoje. Para mudanças, pergunte ao centro de saúde.
portal-begun = { $name }: há um relato começado
portal-begun-says = Perguntas respondidas hoje: { $count }. Você pode continuar daí.
portal-report-ended = { $name }: os relatos terminaram
portal-report-ended-says = A recuperação terminou e não são mais necessários relatos. O que foi informado continua visível. Se estiver preocupado com a saúde, ligue para o centro de saúde.
portal-day = { $day } de { $month ->
    [1] janeiro
    [2] fevereiro
    [3] março
    [4] abril
    [5] maio
    [6] junho
    [7] julho
    [8] agosto
    [9] setembro
    [10] outubro
    [11] novembro
   *[12] dezembro
}
portal-full-day = { $day } de { $month ->
    [1] janeiro
    [2] fevereiro
    [3] março
    [4] abril
    [5] maio
    [6] junho
    [7] julho
    [8] agosto
    [9] setembro
    [10] outubro
    [11] novembro
   *[12] dezembro
} de { $year }
