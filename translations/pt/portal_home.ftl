# A second report, the advice that stays within reach, and people who are taken out of an account.
portal-today-again = Enviado às { $time } (outro relato foi começado)
portal-urgent-today = Uma das respostas de hoje precisa de atenção agora.
portal-urgent-read = Ver o que fazer
portal-remove = Retirar da conta
portal-remove-person = Retirar { $name }
portal-remove-says = Os relatos e registros desta pessoa não podem mais ser vistos nesta conta. O que foi informado fica com o centro de saúde, e as ligações e mensagens dele não mudam.
portal-remove-again = A pessoa pode ser cadastrada de novo com o HER-SYS ID e a data de nascimento.
portal-remove-now = Retirar
portal-removed = A pessoa foi retirada
