# 自前の電話回線
sip-setting-no-journal = 強制終了のあと電話を鳴らしたかどうかを調べるために必要です。データベースとは別のディスクのファイルを指定してください
sip-setting-no-address = 回線側が応答を送る宛先が必要です。回線側から届くこのコンピューターの IP アドレスを書いてください
sip-setting-longest-ringing = 60秒から3600秒までで書いてください
sip-setting-no-trunk = 少なくとも1つの回線が必要です。[sip.trunks.carrier] のような節に address を書いてください
sip-setting-trunk-address = ホスト名か IP アドレスを書いてください。ポートが5060でなければポートも書いてください
sip-setting-trunk-networks = ホスト名からは送信元がわかりません。CIDR 表記で送信元のネットワークを書いてください
sip-setting-no-password = ユーザー名にはパスワードが必要です
sip-setting-no-channel = 同時に少なくとも1件の通話ができる数にしてください
warning-no-sip-caller-number = lines.caller_number が設定されていないので、健康コールには応答しますが、自動架電は行いません
