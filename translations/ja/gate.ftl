# ログインと、開いたままの画面。

gate-live-asks = ほかの画面が多いので、30秒ごとに確かめています({ $at } 現在)
gate-both-title = 待たずにログインする
gate-both-says = 失敗が続いたのがあなたでなくても大丈夫です。パスワードと、認証アプリの数字か回復コードを一緒に送れば、すぐにログインできます。
gate-both-code = 認証アプリの6桁の数字、または回復コード
gate-both-wrong = メールアドレス、パスワード、コードのどれかが違います。正しいはずなら、1分待って新しい数字でお試しください
head-sms-price = SMS 1区分の料金
centre-no-sms-price = 不明
gate-set-sms-price = SMS 1区分の料金
gate-hint-sms-price = 電話事業者の料金表の額を、3.3 のように書きます。空にすると、料金を示しません。
gate-wrong-sms-price = 0.01 から 1000 までの数で、小数は2桁までにしてください
gate-sms-price-unknown = 設定なし
gate-sms-cost = 1通の料金: { $parts }区分 × { $price } = { $cost }
gate-sms-cost-unknown = 料金は、1区分の料金を設定すると示します。
gate-pace = 架電の速さ
gate-pace-server = このサーバーは、すべての保健所を合わせて、毎秒 { $pace } 件まで架電し、同時に { $calls } 件まで通話します(設定ファイルで決まります)。
gate-pace-now = この保健所では今、{ $waiting } 件の架電が今日これから行われ、{ $open } 件が通話中です。
sms-price-form = 1区分の料金は、0.01 から { $most } までの数で、小数は2桁までです
gate-is-so-now = 今の設定と同じ
gate-rota-week = { $day } からの週の当番
gate-rota-weeks = 週を選ぶ
gate-rota-before = ← 前の週
gate-rota-next = 次の週 →
gate-rota-none = 緊急をだれも引き受けなくても、職員への電話はありません。
gate-rota-none-yours = 当番を決めると、当番の人に順に電話します。
gate-rota-none-theirs = 当番は、保健所の管理者が決めます。
gate-trial = 連絡テスト
gate-trial-send = テストを送る
gate-trial-says = テストは「緊急ではない」と書いた SMS です。番号が正しいか確かめられます。固定電話には届きません。
gate-trial-asked = テストを送ります。少し待って、画面を読み直してください
gate-trial-soon = さきほど送ったばかりです。1分待ってください(1時間に20通まで)
gate-trial-gone = その人は当番表にいません
gate-trial-waits = { $at } に頼みました
gate-trial-sent = { $at } に送りました
gate-trial-refused = { $at } に断られました。番号を確かめてください
gate-trial-unknown = { $at } 送れたか分かりません
