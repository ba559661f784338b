# The page of those who wait for a log-in or a code.
portal-waiting = 順番にご案内しています
portal-waiting-place = あなたは { $place } 番目です
portal-waiting-says = いま、多くの方がログインや登録をしています。入力されたものはお預かりしています。この画面を閉じずに、しばらくしてから下のボタンを押してください。順番は変わりません。
portal-waiting-again = 順番を確かめる
portal-waiting-next = 次があなたの番です
portal-waiting-done = お待たせしました
portal-waiting-on = 次へ進む
portal-waiting-reports = 健康状態の報告は待たずにできます: ログインしたままの端末、保健所からのリンク、健康コールをお使いください。
portal-waiting-ended = 順番が見つかりません。もう一度入力してください
