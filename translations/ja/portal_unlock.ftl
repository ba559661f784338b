# Unlocking an address of the portal, in the console of the help desk.
portal-unlock = ポータルのロック解除
portal-unlock-says = 1日に30回、誤った確認コードが入力されると、そのメールアドレスは1日のあいだ確認コードを使えません。確認コードの再発行やパスワードの誤りが多いときも、待ち時間ができます。ここで、そのすべてを解除します。
portal-unlock-email = メールアドレス
portal-unlock-hint = My HER-SYS で使っているとおりに入れてください
portal-unlock-now = ロックを解除する
portal-unlock-done = ロックを解除しました。いま、新しい確認コードを送れます
portal-unlock-wrong = メールアドレスとして読み取れません。@ の前後を確かめてください
portal-unlock-same = 登録があってもなくても、同じ表示になります。だれの登録かは表示されません。解除は、そのつど操作記録に残ります。
