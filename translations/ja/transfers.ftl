# 移管のコマンドの文。

transfer-not-found = その移管はありません
transfer-no-receiver = その保健所へは申し出られません。登録されているほかの保健所のコードを指定してください
transfer-released = この人の観察は終わっています
transfer-offered-already = この人は、ほかの保健所に申し出ています。先に `kenkocall patients withdraw` で取り下げてください
transfer-unknown-reason = 理由は moved、facility、jurisdiction、other のどれかです
transfer-note-unreadable = メモに使えない文字があるか、1,000文字を超えています
transfers-offered = { $id }: 移管を申し出ました。引き受けられるまで、今の保健所がかけ続けます
transfers-accepted = { $id }: 引き受けました。ここからはこの保健所がかけます
transfers-declined = { $id }: 断りました
transfers-withdrawn = { $id }: 申し出を取り下げました
transfers-before = { $id }: もう済んでいます
transfers-otherwise = { $id }: 先に別のことが決まっていました: { $state }

help-patients-transfer = ほかの保健所に療養者の移管を申し出る。相手が引き受けるまで、今の保健所がかけ続けます
help-patients-transfer--to = 移管先の保健所
help-patients-transfer--reason = 理由: moved (転居)、facility (施設など)、jurisdiction (管轄違い)、other (その他)
help-patients-transfer--note = 移管先が返事をする前に知っておくべきこと
help-patients-accept = ほかの保健所が申し出た療養者を引き受ける。ここからは引き受けた保健所がかけます
help-patients-accept--call-times = かける時刻: "09:00;18:00"。指定しなければ、今の時刻のままにします
help-patients-accept--centre-times = 引き受ける保健所の時刻でかける
help-patients-decline = ほかの保健所が申し出た療養者の移管を断る
help-patients-decline--note = 断る理由。移管元に伝わります
help-patients-withdraw = まだ引き受けられていない移管の申し出を取り下げる
