# The page of those who wait for a log-in or a code.
portal-waiting = [順番|じゅんばん]を[待|ま]ってください
portal-waiting-place = あなたは { $place } [番目|ばんめ]です
portal-waiting-says = いま[人|ひと]が[多|おお]いです。[書|か]いたものは なくなりません。このページを[閉|と]じないで、[少|すこ]し[待|ま]ってから、ボタンを[押|お]してください。[順番|じゅんばん]は[変|か]わりません。
portal-waiting-again = [順番|じゅんばん]を[見|み]る
portal-waiting-next = [次|つぎ]が あなたです
portal-waiting-done = あなたの[順番|じゅんばん]です
portal-waiting-on = [次|つぎ]へ
portal-waiting-reports = [体|からだ]の[調子|ちょうし]は、[待|ま]たないで[伝|つた]えることができます。ログインしている[機械|きかい]、[保健所|ほけんじょ]からの リンク、健康コールを[使|つか]ってください。
portal-waiting-ended = [順番|じゅんばん]が[見|み]つかりません。もう[一度|いちど][書|か]いてください
