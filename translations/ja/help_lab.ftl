# 実験用コマンドの説明。

help-bench = このコンピューターでこのプログラムの性能を、すべて、または指定したものだけ測る
help-bench--seconds = 測る時間(秒)
help-bench--database = 新しい SQLite のファイルの代わりに使う PostgreSQL のデータベース。空でなければなりません
help-bench-console = コンソール: 療養者が10,000人のときとそれより多いときの各ページ、電話と同時に使うときのページ、赤の回答が画面に出るまでの時間、長い名簿
help-bench-console--patients = すべての保健所の療養者の数
help-bench-console--of-centre = 測る保健所の、報告のある療養者の数
help-bench-console--days = 報告の日数
help-bench-console--rate = ページと同時に行う1秒当たりのやり取りの数
help-bench-day = すべてのやり取りを保存しながら、仮想の時計で一日を再生する(`demo --fast` と同じ)
help-bench-day--patients = 療養者の数。ほとんどが一日に1、2回架電を受けます
help-bench-dial = 実際の時計で、架電のたびに予定を保存しながら、模擬の電話網に自動架電する
help-bench-dial--calls = 架電の数
help-bench-dial--rate = 一度にではなく、1秒当たりこの数ずつ均等に架電し、どれだけ遅れるかを報告する
help-bench-dial--people = 架電を受ける人の振る舞い
help-bench-dial--people--silent = 半数は話し中、ほかは応答しない: 架電だけを測ります
help-bench-dial--people--usual = 通常の割合: ほとんどの人がすべての質問に答えます
help-bench-import = 別のプロセスで、療養者の名簿を新しい SQLite のファイルに取り込む。さらに、名簿の取り込み、架電時刻の変更、書き出し、バックアップの間、電話をかけた人がどれだけ待つかを測る
help-bench-import--patients = 名簿の療養者の数
help-bench-overload = サーバーが受けられる2倍のやり取り: 受け付けたものの待ち時間、断るまでの時間、確認済みのものがすべて保存されたかを調べる
help-bench-soak = 一定の負荷をかけ、その間のサーバーのメモリを測る
help-bench-soak--rate = 1秒当たりのやり取りの数
help-bench-step = 質問のやり取りでの、エンジンの1段階
help-bench-tick = 架電の1周期: 架電する人がいないときと、だんだん多くなる療養者のうち1,000人に架電するとき
help-bench-tick--patients = 1,000人、10,000人、100,000人の代わりに、この人数で一度だけ測る
help-bench-turns = 署名付きの HTTP による通話全体。やり取りごとに確実に保存し、何も保存しないサーバーと比べる
help-bench-turns--calls = 同時に進む通話の数。複数なら一つずつ測る
help-bench-turns--turns = 通話の数が最も多いときのやり取りの数。少ないときはこれより少ない
help-bench-turns--program = 測る別の版のプログラム。データベースはその版の `bench turns` で用意しておく
help-bench-turns--patients = 登録する療養者の数

help-demo = 設定なしで試す: 新しいデータベース、架空の療養者、模擬の電話網
help-demo-more = `log.format = "json"`(KENKOCALL_LOG__FORMAT=json)とすると、ログの1行が一つの JSON になります。
help-demo--fast = 仮想の時計で一日を数秒で再生し、その日の集計を表示する
help-demo--phone = 自分で健康観察の電話窓口にかける(この端末が電話になります)
help-demo--patients = 架空の療養者の数。既定は200、--phone のときは5
help-demo--no-second-factor = ログインで2つ目の確認を求めない(デモだけ)
help-demo--seed = 模擬の人の振る舞いの種。同じ種なら同じ一日になります

help-simulate = 模擬の環境で練習する
help-simulate-carrier = このコンピューターの中の模擬の電話事業者。Twilio と同じように通話を受け、模擬の人に電話をかけ、電話事業者のあらゆる障害を起こせます
help-simulate-carrier--port = 127.0.0.1 で待ち受けるポート。0なら空いているポート
help-simulate-carrier--account-sid = 発信するアカウント
help-simulate-carrier--auth-token = webhook に署名する、アカウントの秘密の値
help-simulate-carrier--behaviour =
    すべての電話の振る舞い。既定は応答。ただし番号の下2桁が91なら busy、92なら no-answer、93なら failed、94なら voicemail、95なら hangs-up、96なら silent、97なら wrong-number
help-simulate-carrier--behaviour--answers = 応答し、報告全体を入力する: 元気、36.5 °C、98 %、ほかはすべて「いいえ」
help-simulate-carrier--behaviour--busy = 話し中
help-simulate-carrier--behaviour--no-answer = 呼び出すが、応答しない
help-simulate-carrier--behaviour--failed = 番号が存在しない
help-simulate-carrier--behaviour--voicemail = 留守番電話が応答する
help-simulate-carrier--behaviour--hangs-up = 応答していくつか回答を入力し、四つ目の質問で電話を切る
help-simulate-carrier--behaviour--silent = 応答するが、何も入力しない
help-simulate-carrier--behaviour--wrong-number = 別の人が応答し、キーでそのことを伝える
help-simulate-carrier--last-digits = 末尾がこの数字の番号の振る舞い: 12=busy。繰り返し指定できます
help-simulate-carrier--speed = 1秒当たりの模擬の秒数
help-simulate-carrier--calls-per-second = 模擬の1秒当たりに呼び出しを始める通話の数。ほかは電話事業者の待ち行列で待ちます。既定は上限なし
help-simulate-carrier--seed = すべての無作為な選択の種。既定は毎回新しい種で、表示します
help-simulate-carrier--log-file = ログを、1行に一つの JSON として、このファイルにも追加する
help-simulate-carrier--deliver-to = URL のホストにかかわらず、すべての webhook をこのアドレスに送る
help-simulate-carrier--webhook-seconds = webhook にかけてよい時間の上限(実際の秒数)
help-simulate-carrier--quiet = アドレスだけを表示する
help-simulate-days = 障害による停止、時計のずれ、不安定な電話網のある小さな保健所の一日を、仮想の時計で何日も再生する。一日ごとに、守るべきことを確かめます
help-simulate-days--seed = 最初の日の種。同じ種なら同じ一日になります。既定は時刻から決め、表示します
help-simulate-days--days = 日数。一日ごとに次の種を使います。既定は --seed があれば1、なければ100
help-simulate-days--for = この時間続ける(90s、10m、1h など)
help-simulate-days--every-commit = サービスが保存するたびに、その直前と直後にプロセスが停止したとして、--seed の日をもう一度再生する
help-simulate-days--dies-before = サービスのこの回数目の保存の直前にプロセスが停止する(1から数える)
help-simulate-days--dies-after = この保存の直後にプロセスが停止する
help-simulate-days--patients = 一日の療養者の数
help-simulate-days--threads = 同時に再生する日数。既定はプロセッサーごとに一つ
help-simulate-days--folder = データベースのフォルダー(一日に一つのファイル)。既定は、あれば RAM ディスク
help-simulate-days--fast-disk = 保存のたびにディスクを待たない(本番では待ちます)
help-simulate-days--verbose = 問題のない日も、すべての出来事を表示する
help-simulate-days--log = ログのある日のログを表示する。ログがあるのは10日に1日と、1日だけのとき
help-simulate-days--json = JSON で出力する: 合計と、表示する問題のある日
