# The help of kenkocall bench portal.
help-bench-portal = ポータル: 完了する報告、報告と電話のかたわらで登録する多くの人、療養証明書、ページのバイト数、答えからアドレスの有無が分かるか
help-bench-portal--patients = 登録されている対象者の数
help-bench-portal--accounts = アカウントのある対象者の数
help-bench-portal--rate = 1秒あたりの登録の数
help-bench-portal--seconds = 登録が続く秒数
help-bench-portal--addresses = 比べる既知と未知のアドレスの数(それぞれ)
