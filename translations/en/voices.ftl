# kenkocall voices: the recordings that a SIP line plays.
voices-head-language = LANGUAGE
voices-head-id = ID
voices-head-seconds = SECONDS
voices-head-voice = VOICE
voices-head-licence = LICENCE
voices-head-words = WORDS
voices-none-missing = Every sentence of the documents is recorded.
voices-missing = { $count ->
    [one] 1 recording is missing.
   *[other] { $count } recordings are missing.
} Record what is missing and keep it with `kenkocall voices import`; until then, callers hear that this part can't be played, and that 0 leads to a person.
voices-no-prompt = there is no prompt { $prompt } in this language; `kenkocall flows time` lists prompts
voices-fell-back = { $prompt } isn't recorded in { $language } as it is worded now. Callers hear that it can't be played.
voices-no-centre-name = The health centre's name isn't recorded. Callers hear "health centre" instead.
voices-said = { $file }: { $seconds } seconds
voices-value = { $value } is neither a body temperature such as 37.5 nor a percentage such as 98
voices-until = { $value } isn't a time such as 12-1-9-30 (month, day, hour, minute)
voices-no-folder = set voices.directory to the folder for recordings of your own, such as /var/lib/kenkocall/voices
voices-no-id = the documents need no recording { $id } in { $language }; `kenkocall voices texts` lists them. For a centre's name, add --centre
voices-imported = { $file } now says: { $words }
