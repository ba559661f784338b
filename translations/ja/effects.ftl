# 通話中の人と、今日すでにかけた人はどうなるか
effect-on-the-phone = いま通話中の{ $count }人: 電話はそのまま続きます。
effect-goodbye = いま通話中の{ $count }人: お断りを流して終わります。
effect-talking-goes-on = 通話中の電話 { $time }: そのまま続き、かけ直しません。
effect-talking-goodbye = 通話中の電話 { $time }: お断りを流して終わります({ $why })。
effect-talking-stays = 通話中の電話 { $time }: そのまま続きます。
effect-called-today = 今日すでにかけた人
effect-called-again = { $count }人には今日すでにかけました。新しい時刻に今日もう一度かけます。
effect-called-not-again = { $count }人には今日すでにかけました。今日はもうかけません。
effect-called-some-again = { $count }人には今日すでにかけました。うち{ $again }人には新しい時刻に今日もう一度かけます。
