# 療養証明書を取り消す画面。

withdrawal-heading = この証明書を取り消す
withdrawal-says = 誤って発行したときに取り消します。渡した紙やPDFの証明書番号は、すぐに「取り消されました」と表示され、本人の画面にも出なくなります。記載を直すだけなら、診断を直してください(新しい証明書に差し替わります)。
withdrawal-reason = 取り消す理由
withdrawal-reason-hint = 必ず書いてください。監査の記録に残り、本人や提出先には見えません
withdrawal-reason-missing = 取り消す理由を書いてください
withdrawal-button = 取り消す
withdrawal-done = 療養証明書を取り消しました
withdrawal-allowed = もう一度発行できるようにしました
withdrawal-before = もう済んでいます。今の様子は下のとおりです
withdrawal-allow = もう一度発行する
withdrawal-allow-says = 取り消した証明書の証明書番号は、戻りません。もう一度発行すると、新しい証明書番号になります。
withdrawal-replaces = 発行した療養証明書があります
withdrawal-replaces-says = 傷病名・氏名・診断年月日を直すと差し替わり、渡した紙やPDFの証明書番号は「差し替えられました」と表示されます。本人に、新しい証明書を渡してください。
trail-certificate-allowed = 療養証明書をもう一度発行できるようにした
trail-certificate-withdrawn = 療養証明書を取り消した
