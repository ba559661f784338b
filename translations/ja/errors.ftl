# コマンドが断られた、または失敗した理由。何が起きたかと、どうすればよいかを示す。

forbidden =
    この操作は許可されていません({ $permission })。`operator.centre` で保健所が限定されている場合は、限定されていない運用担当者に依頼してください
unreadable = 保存されている{ $what }を読み取れません。バックアップからデータベースを復元するか、サポートに問い合わせてください
stored-registration = 登録内容
stored-centre-settings = 保健所の設定
stored-flow-set = 通話の流れの文書一式
stored-turn = この通話のやり取り

patient-not-found =
    この HER-SYS ID で登録されている療養者はいません。番号を確かめるか、`kenkocall patients add` で療養者を追加してください
patient-not-found-not-audited =
    この HER-SYS ID で登録されている療養者はいません。番号を確かめてください。この照会は操作の記録に残せませんでした。理由: { $why }。誰がいつ誰を調べたかを書き留めてください
patient-invalid-list = 何も取り込みませんでした。名簿に直すところが{ $count }件あります
patient-number-in-use =
    この番号には、療養中の別の方への自動架電がすでに設定されています。一つの番号で二人分の自動架電は受けられません。この方には、ポータル(My HER-SYS)か健康コールで報告していただくか、別の番号を登録してください
patient-import-unfinished =
    名簿は取り込まれましたが、データベースに書き込めなかったため、変更の一部がまだ反映されていません。残りは、一分以内または次のコマンドの前に反映されます
patient-not-erasable =
    療養者を消去できるのは、療養の終了から二日たち、通話中でないときだけです。療養を終了するには `kenkocall patients release` を実行してください
patient-stale =
    何も変更しませんでした。この療養者の登録内容は、確認されたあとに変更されています({ $fields })。もう一度確かめてから、版 { $revision } で変更してください

call-not-found = この ID の通話はありません。最近の通話は `kenkocall calls list` で確かめられます
slot-not-found = このIDの架電枠はありません
call-outside-calling-hours =
    自動架電ができるのは、保健所の架電時間帯({ $hours })だけです。時間帯に入ってからもう一度実行するか、直接お電話ください
call-already-under-way =
    この療養者にはすでに架電中か、架電を受け付け済みです。状況は `kenkocall patients show HERSYS_ID` で確かめられます
call-outcome-known =
    この通話の結果は確定しています。結果不明の通話は `kenkocall calls list --state unknown` で確かめられます
call-patient-stopped =
    この療養者の自動架電は停止しています。再開するには `kenkocall patients set HERSYS_ID --automated-call yes` を実行してください
call-patient-stop-requested =
    この療養者は自動架電の停止を希望しています。先に、停止する(`kenkocall patients stop HERSYS_ID`)か再開する(`patients set HERSYS_ID --automated-call yes`)かを決めてください
call-patient-released = この療養者の観察は終了しているため、自動架電は行いません
call-patient-switched-off =
    この療養者には自動架電が設定されていません。設定するには `kenkocall patients set HERSYS_ID --phone-number NUMBER --automated-call yes` を実行してください
call-patient-wrong-number =
    この療養者の番号には別の人が出ました。正しい番号を `kenkocall patients set HERSYS_ID --phone-number NUMBER` で登録してください
call-patient-number-not-allowed =
    この種類の番号には自動架電ができません。日本の固定電話、携帯電話、または050の番号を登録してください
call-patient-just-changed = この療養者には今は架電できません。しばらくしてからもう一度実行してください

audit-entry-not-found = このIDの記録はありません。`kenkocall audit list` で最近の記録を確認してください
alert-not-found = この ID の通知はありません。未対応の通知は `kenkocall alerts list` で確かめられます
alert-more-than-shown =
    一覧に表示されたあとにこの療養者の通知が増えたため、何も対応済みにしませんでした。もう一度 `kenkocall alerts list` を確かめてください

centre-not-found =
    コード { $code } の保健所はありません。登録済みの保健所は `kenkocall centres list` で確かめられます。追加するには `kenkocall centres add` を実行してください
centre-unknown-time-zone = { $zone } というタイムゾーンはありません。Asia/Tokyo のような IANA の名称を書いてください
centre-thresholds-out-of-range = 体温の基準値は34.0から42.0まで、SpO2 の基準値は70から100までです
centre-thresholds-out-of-order =
    体温の amber の基準値は note の基準値以上に、SpO2 の red の基準値は amber の基準値以下にしてください
centre-call-pattern = 架電の周期「{ $pattern }」は使えません。{ $why }
centre-pattern-never-fires =
    休日を除くこれからの366日間に当てはまる日がなく、誰にも架電しないことになります。毎日なら 0 10 * * * のように、実際に来る日を書いてください
centre-pattern-too-often =
    { $date } に{ $times }回当てはまりますが、一人に架電できるのは1日4回までです。0 9,18 * * * のように、分と時を書いてください
centre-pattern-outside-hours = { $time } は架電時間帯 { $hours } の外です。どちらかを変えてください
centre-phone-not-callable =
    保健所の番号は、日本の固定電話、携帯電話、050、または着信課金の番号にしてください。電話をかけた人をこの番号につなぎ、この番号を案内するためです。入力された番号は、通話料が通常より高いか、日本の番号ではありません
centre-concurrent-calls = 保健所ごとの同時架電数は1から10000までです。空にすると、電話事業者の上限だけに従います
centre-changed-meanwhile = その間に、ほかの人が保健所の設定を変更しました。もう一度確かめてください
centre-change-not-found = その設定変更はありません
centre-earlier-values-unfit = 前の値は、今の設定には合いません
centre-replan-unfinished =
    保健所の設定は変更されましたが、データベースに書き込めなかったため、一部の療養者の次の架電がまだ新しい設定になっていません。残りは、一分以内または次のコマンドの前に反映されます
centre-calls-per-second = 保健所ごとの1秒当たりの架電数は0.001から1000までです。空にすると、電話事業者の上限だけに従います

suspension-pause-end-passed =
    一時停止の終わりが過去の時刻です。これからの時刻を指定してください。指定しなければ、`kenkocall dialer resume` まで続きます
suspension-maintenance-end-passed =
    案内するメンテナンスの終わりが過去の時刻です。これからの時刻を指定するか、未定なら省いてください
suspension-not-reconciled =
    データベースの最後の部分が失われており、その間に電話事業者が誰に架電したかをまだ照合していません。先に `kenkocall dialer reconcile` を実行してください。`dialer resume --anyway` は照合せずに再開しますが、同じ人に二度架電することがあります
suspension-call-list-unavailable =
    電話事業者の通話一覧を最後まで読み取れず、確かなことが分かりません。状況は `kenkocall serve` のログと電話事業者の管理画面で確かめられます。もう一度実行してください

outbox-not-found = この ID の、打ち切られたジョブはありません。`kenkocall outbox list` で確かめられます
report-window-reversed =
    終わりの日が始まりの日より前です。早いほうの日を --from に、遅いほうの日を --to に指定してください
report-not-observed =
    この療養者は今日は観察期間ではないため、何も記録していません。`kenkocall patients show HERSYS_ID` で登録を確認してください
report-unfinished = この回答では質問が最後まで終わらないため、何も記録していません。ほかの質問の回答も入力してください
report-field-not-option = { $field } には `kenkocall flows form` に表示される選択肢のどれかを入力してください
report-field-unknown = 「{ $field }」という項目はありません。`kenkocall flows form` で項目を確認してください

checkpoint-file = チェックポイントのファイルを使えません({ $why })。パス、ディスク、書き込みの権限を確かめてください
checkpoint-line =
    チェックポイントのファイルの{ $line }行目が正しくありません。誰も変更していなければ、ディスクの故障が考えられます。写しを取り、詳しい人と確かめてください
checkpoint-line-near-end =
    チェックポイントのファイルの末尾付近の行が正しくありません。誰も変更していなければ、ディスクの故障が考えられます。写しを取り、詳しい人と確かめてください
checkpoint-contradicts =
    チェックポイントのファイルに、このデータベースにない記録が書かれているため、何も追加しませんでした。何が欠けているかは `kenkocall audit verify --checkpoint FILE` で確かめられます。バックアップを復元した場合は --after-restore を付けてください
