# The certificate, and how others check it.
certificate-title = Certificado
certificate-show = Mostrar o certificado
certificate-others = Mostrar outra pessoa
certificate-shown-at = Mostrado em { $at }
certificate-day = { $day } de { $month ->
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
certificate-moment = { $day }, { $time }
certificate-name = Nome
certificate-birth-date = Data de nascimento
certificate-hersys-id = HER-SYS ID
certificate-disease = Doença
certificate-diagnosed-on = Data do diagnóstico
certificate-centre = Centro de saúde
certificate-code = Número do certificado
certificate-qr = Código QR da página que verifica o certificado
certificate-check-says = Com o código QR, ou com o número do certificado nesta página, quem recebe o certificado vê os mesmos seis dados e se ele foi substituído ou cancelado.
certificate-no-period = Ele não indica o período de recuperação.
certificate-registered-name = O nome é o que o médico ou o centro de saúde registrou.
certificate-if-wrong = Se algo estiver errado, pergunte a: { $centre }.
certificate-save-pdf = Salvar em PDF
certificate-open-print = Abrir a página para imprimir
certificate-print-says = Imprima esta página com o seu navegador.
certificate-back = Voltar ao certificado
certificate-no-pdf = Não foi possível criar o PDF
certificate-missing-glyph = Falta na fonte do PDF o caractere “{ $character }” ({ $code }). Esta página e a página para imprimir podem ser usadas normalmente.
certificate-no-file = Não foi possível criar o PDF. Esta página e a página para imprimir podem ser usadas normalmente.
certificate-no-diagnosis = Ainda não há diagnóstico registrado para o certificado. Ele só aparece para quem um médico diagnosticou depois de um teste.
certificate-presumed = O certificado só aparece para quem um médico diagnosticou depois de um teste, não para quem foi considerado infectado sem teste.
certificate-not-yet-notified = O certificado aparece para as pessoas notificadas a partir de { $day }.
certificate-no-longer-notified = As notificações desta doença terminaram em { $day }. Não há certificado para quem foi diagnosticado depois.
certificate-not-of-the-four = A partir de { $day }, o certificado é só para as pessoas cujo caso é notificado: com 65 anos ou mais, que precisam de internação, com risco e que precisam de remédio ou oxigênio, ou grávidas.
certificate-wrong-birth-date = A data de nascimento talvez não esteja registrada corretamente. Pergunte ao centro de saúde.
certificate-passport-asked = Se você foi diagnosticado até 28 dias depois de entrar no país, digite o número do passaporte.
certificate-passport = Número do passaporte
certificate-passport-hint = Letras e números. Não aparece no certificado
certificate-passport-wrong = Digite o número do passaporte assim: TK1234567
certificate-passport-save = Salvar e mostrar o certificado
verify-title = Verificar um certificado
verify-says = Com o número do certificado você vê os mesmos seis dados e se ele foi substituído ou cancelado.
verify-code = Número do certificado
verify-code-hint = 20 letras e algarismos. Pode usar minúsculas, e os hífens não são necessários
verify-show = Verificar
verify-another = Verificar outro certificado
verify-wrong = Nenhum certificado tem este número. Compare com o papel e digite de novo
verify-too-many = Houve números errados demais e por um tempo nada pode ser verificado. Tente de novo em cerca de 15 minutos
verify-holds = Este certificado é válido
verify-holds-says = Isto é o que está registrado em { $at }. Compare os seis dados com o seu papel ou PDF. Se algum for diferente, esse papel ou PDF foi alterado.
verify-replaced = Este certificado foi substituído em { $day }
verify-replaced-says = Ele foi corrigido. Peça à pessoa o certificado novo. O conteúdo só aparece com o número dele.
verify-withdrawn = Este certificado foi cancelado em { $day }
verify-withdrawn-says = No momento não há certificado válido.
verify-file = Verificar se um PDF não foi alterado
verify-file-says = Escolha o PDF que você recebeu para verificar se é exatamente o emitido. O PDF não é guardado.
verify-file-choose = Arquivo PDF
verify-file-check = Verificar
verify-file-unchanged = Este PDF é o que foi emitido
verify-file-changed = Este PDF não é o que foi emitido
verify-file-changed-says = Foi alterado, ou feito por nova impressão, ou é de outro certificado. Compare com os seis dados acima.
verify-file-missing = Escolha um arquivo PDF
verify-address = Verifique se o endereço desta página começa com:
