# kenkocall bench sipのヘルプ。
help-bench-sip = 自前の電話回線の音声を測る。パケットの送信の遅れと、キーが押されてから案内が変わるまでの時間
help-bench-sip--calls = 同時の通話数。半分では音声の中のキーを聞き取る
