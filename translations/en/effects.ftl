# What a change does to people who are on the phone, and to those who were called today.
effect-on-the-phone = { $count } people are on the phone now: their call goes on.
effect-goodbye = { $count } people are on the phone now: they hear a goodbye.
effect-talking-goes-on = The person is on the phone for { $time } now: the call goes on, and isn’t tried again.
effect-talking-goodbye = The person is on the phone for { $time } now and hears a goodbye: { $why }.
effect-talking-stays = The person is on the phone for { $time } now: the call goes on.
effect-called-today = Called today already
effect-called-again = { $count } people were called today already, and will be called again today at the new time.
effect-called-not-again = { $count } people were called today already. They won’t be called again today.
effect-called-some-again = { $count } people were called today already. { $again } of them will be called again today at the new time.
