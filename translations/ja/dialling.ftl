# 自動架電のコマンドの文。

dialer-reason =
    架電を一時停止する理由を、1行で1文字以上200文字以内で書いてください。職員全員が読むので、療養者の氏名は書かないでください: { $why }
dialer-paused =
    通話中の電話は続きます。一時停止の間に架電時間帯が終わった架電枠は、架電できなかったものとして一覧に載ります
dialer-resumed = 一時停止を終了しました
dialer-not-paused = 変更はありません。架電は一時停止していませんでした
dialer-no-carrier =
    電話事業者が設定されていないため、問い合わせ先がありません。`kenkocall serve` と同じ設定(KENKOCALL_CARRIER=twilio とアカウント、または KENKOCALL_CARRIER=sip と通話記録)で実行するか、`dialer resume --anyway` で再開してください
dialer-simulated-carrier =
    模擬の電話網が設定されており、問い合わせられるのは `kenkocall serve` だけです。実際に架電した電話事業者の設定で実行するか、`dialer resume --anyway` で再開してください
dialer-no-caller-number =
    lines.caller_number（以前の twilio.caller_number）が設定されていないため、このプログラムは誰にも架電していません。`kenkocall serve` と同じ設定で実行してください
dialer-placing = 架電しています
dialer-nobody-dialled =
    { $at } の通知の時点で、誰にも架電できていませんでした。このコンピューターの時計が誤っているか、電話事業者や回線に拒否されているか、自前の電話回線に問題があります（`kenkocall sip check`）。解決したら、通知を対応済みにしてください
dialer-waiting =
    架電するノードは起動しましたが、まだ架電していません: { $reason }。電話事業者の一覧で架電の漏れがないことを確かめると、自動で始めます
dialer-counts = 架電を待つ枠 { $due }、通話中 { $under_way }
dialer-limited = { $centre }: { $at } に1日の上限に達しました。この保健所の療養者には、これ以上架電しません
dialer-unknown = 結果不明の通話 { $count }: `kenkocall calls list --state unknown`
held-paused = `kenkocall dialer resume` まで架電を一時停止しています: { $reason }
held-paused-until = { $until } まで架電を一時停止しています: { $reason }
held-lost =
    データベースの最近のデータが失われているため、架電を止めています。`kenkocall dialer reconcile` を実行し、そのあと `dialer resume` を実行してください
held-lost-reconciled =
    データベースの最後の部分が失われましたが、電話事業者の通話との照合は済んでいます。`kenkocall dialer resume` で再開します
held-centre = 保健所が自動架電を一時停止しています
held-maintenance = メンテナンス中は架電しません。`kenkocall maintenance end` まで続きます
held-maintenance-until = メンテナンス中は架電しません。{ $until } まで続きます

reconciled =
    過去1日の通話のうち、記録になかったもの: 架電枠に対応し処理したもの{ $settled }件、対応する枠がないもの{ $others }件
reconciled-reports-lost =
    応答はあったものの、報告が失われたかもしれない通話: { $count }件。もう一度架電することはありません。`kenkocall alerts list` に未回答として載っているので、その療養者に電話して報告を聞いてください
reconciled-lines-lost =
    着信のうち、記録になかったもの: { $count }件。療養者が報告したかもしれませんが、電話番号は電話事業者の一覧にしかありません
reconciled-all = すべての通話を照合しました。`kenkocall dialer resume` で再開します
reconcile-under-way =
    まだ終わっていない通話が{ $count }件あります。`kenkocall serve` を動かしたまま、1分後にもう一度実行するか、--wait を付けてください
reconcile-list-lags =
    電話事業者の一覧が最新でないかもしれません。{ $at } よりあとにもう一度実行するか、--wait を付けてください
waiting = 待っています: { $what }
waiting-call-list = 電話事業者の通話一覧を最後まで読み取れませんでした
waiting-calls =
    { $count ->
       *[other] まだ終わっていない通話が{ $count }件あります。終わったことを知るには `kenkocall serve` が動いている必要があります
    }
waiting-list-lags = { $at } までは、電話事業者の一覧が最新でないかもしれません
waiting-stopped =
    待つのをやめました。処理した分はそのままで、誰にも架電しません。`dialer reconcile` はもう一度実行できます

now-at-once =
    HER-SYS ID { $id } に数秒以内に架電します(`kenkocall serve` が動いていて、回線に空きがある場合)
now-held = HER-SYS ID { $id } には、架電が始まりしだい架電します: { $why }
now-until = 保健所の設定に従い、{ $until } まで繰り返し架電します
now-show = 結果は `kenkocall patients show { $id }` で確かめられます
resolve-looked-for =
    通話 { $call } を数秒以内に照会します(`kenkocall serve` が動いている場合)。分かったことは `kenkocall calls show { $call }` で確かめられます
resolved = 確定しました: 通話 { $call } は { $outcome } として扱います
resolved-slot = 架電枠 { $slot } は { $state } です
resolved-slot-waits = 架電枠 { $slot } は待機中で、{ $at } からもう一度架電します
