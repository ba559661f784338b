# kenkocall voices: SIP 回線で流す録音
voices-head-language = 言語
voices-head-id = ID
voices-head-seconds = 秒
voices-head-voice = 声
voices-head-licence = ライセンス
voices-head-words = 言葉
voices-none-missing = 文書のすべての文に録音があります。
voices-missing = { $count } 件の録音がありません。録音して `kenkocall voices import` で登録してください。それまで、電話では、案内の音声がないことと、0で職員につながることを伝えます。
voices-no-prompt = この言語に音声案内 { $prompt } はありません。`kenkocall flows time` に一覧があります
voices-fell-back = { $prompt } の今の文言には { $language } の録音がありません。電話では、案内の音声がないことを伝えます。
voices-no-centre-name = 保健所の名前の録音がありません。電話では「保健所」とだけ伝えます。
voices-said = { $file }: { $seconds } 秒
voices-value = { $value } は、37.5 のような体温でも、98 のような酸素飽和度でもありません
voices-until = { $value } は、12-1-9-30 のような日時(月、日、時、分)ではありません
voices-no-folder = 自分の録音を置くフォルダーを voices.directory に設定してください。例: /var/lib/kenkocall/voices
voices-no-id = 文書に { $language } の録音 { $id } は必要ありません。`kenkocall voices texts` に一覧があります。保健所の名前には --centre を付けてください
voices-imported = { $file } の言葉: { $words }
