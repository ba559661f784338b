# The page of those who wait for a log-in or a code.
portal-waiting = Aguarde a sua vez
portal-waiting-place = Você é o número { $place }
portal-waiting-says = Muitas pessoas estão entrando ou se cadastrando. O que você digitou foi guardado. Deixe esta página aberta e aperte o botão daqui a pouco. O seu lugar não muda.
portal-waiting-again = Ver o meu lugar
portal-waiting-next = Você é o próximo
portal-waiting-done = É a sua vez
portal-waiting-on = Continuar
portal-waiting-reports = Os relatos não precisam esperar: use um aparelho já conectado, o link do centro de saúde ou a linha telefônica de saúde.
portal-waiting-ended = O seu lugar não foi encontrado. Digite novamente
