portal-other-form = このページは、いま開いている方の報告ではありません
portal-other-form-says = このページの内容は保存していません。報告する方のリンクをもう一度開くか、ホームでその方を選んでください。
portal-words-too-many = 今日はもう10回お送りいただきました。急ぐときは、保健所に電話してください。
portal-log-in-again = アカウントを変えるために、もう一度ログインしてください
