# What the commands for backups and settings say.

backup-address = the address of the database can't be read; `kenkocall config check` says why
backup-postgresql = the database is PostgreSQL, and this command copies SQLite files alone; { $todo }
backup-todo-backup = make a backup with pg_dump or pg_basebackup: docs/operations.md says how
backup-todo-restore =
    restore with pg_restore or the base backup, then `kenkocall dialer pause` before `serve`: docs/operations.md says how
backup-standard-output = a backup is a file, and can't be written to standard output; name a file
backup-name = the name of the backup can't be read
backup-not-audited =
    this backup isn't recorded in the audit trail, as { $why }; write down who made it, and when
backup-done =
    backed up to { $path } ({ $bytes } bytes); keep it where only those may read it who may read patients' data
restore-in-use =
    the database { $database } is in use, so nothing was restored; stop `kenkocall serve` and whatever else uses it, then run this again
restore-done = { $database } is the backup now
restore-kept =
    what was there is kept as { $file }: patients' data are in it, delete it when it isn't needed any more
restore-next =
    nobody is dialled until the calls since the backup are accounted for:
    {"  "}1. start `kenkocall serve`
    {"  "}2. `kenkocall dialer reconcile --wait`, with the settings of serve
    {"  "}3. stop or release again who was stopped or released since the backup
    {"  "}4. `kenkocall dialer resume`
    {"  "}5. where there is a checkpoint file: `kenkocall audit checkpoint FILE --after-restore`
restore-no-tables =
    { $file } is an SQLite database without tables of kenkocall, so nothing was changed; name another file
restore-simulated-over-real =
    { $file } holds simulated data and the database real data, so nothing was changed; name a backup of this database
restore-real-over-simulated =
    { $file } holds real data and the database simulated data, so nothing was changed; name a backup of this database

config-error = error: { $what }
config-warning = warning: { $what }
config-default = default
config-usable = the settings can be used
config-unusable =
    { $count ->
        [one] the settings can't be used: 1 error; mend what the line above names
       *[other] the settings can't be used: { $count } errors; mend what the lines above name
    }

settings-file =
    the settings file { $path } can't be read ({ $why }); check the path after --config, and that this program's user may read the file
settings-file-too-large = it is larger than 1 MB
settings-file-not-utf8 = it isn't UTF-8 text
settings-fault = { $place }: { $fault }
settings-variable = the environment variable { $name } can't be used: { $fault }
settings-whole = settings
settings-position = { $path }, line { $line }, column { $column }
setting-unreadable = they can't be read
setting-unreadable-together = they can't be read together
setting-not-toml =
    the settings file isn't TOML there; a text stands between quotation marks, and each setting on a line of its own
setting-is-section = { $section } is a section: write [{ $section }], and its settings on the lines below
setting-unknown-here = no setting has the name that stands here; docs/operations.md lists all settings
setting-unknown-here-guess = no setting has the name that stands here; did you mean { $near }?
setting-unknown =
    no setting has this name; docs/operations.md lists all settings. Unset it or correct its name (in Kubernetes, a service named kenkocall makes such variables: set enableServiceLinks: false)
setting-unknown-guess = no setting has this name; did you mean { $near }?
setting-not-utf8 = its value isn't UTF-8 text
setting-form = { $name } has the wrong form: it is { $expected }
setting-form-unknown = { $name } has the wrong form; docs/operations.md says what it can be
expected-text = a text between quotation marks
expected-path = the path of a file
expected-whole-number = a whole number that isn't below 0
expected-number = a number
expected-one-of = one of { $words }
expected-networks =
    addresses or networks in CIDR notation, such as 10.0.0.7, 10.0.0.0/24 or 2001:db8::/64, with commas between them
expected-smaller-networks =
    the addresses from which your proxies connect, and no network that holds every address
setting-no-public-url =
    it isn't set, and the carrier can't reach this server at http://{ $listen }; set it to the https address by which the carrier reaches this server, such as https://calls.example.jp
setting-base-url =
    it is an address with https:// and without a user, ? and #, such as https://api.twilio.com
setting-base-url-user =
    it is an address with https:// and without a user, ? and #, such as https://api.twilio.com; the account goes to twilio.account_sid and twilio.auth_token
setting-pasted =
    it has a space, a line break, a quotation mark or a letter outside ASCII; copy it again from the carrier's console, without anything around it
setting-twice = { $other } is set too, and only one of them can hold; unset one of the two
setting-no-simulator =
    this program was built without the simulated phone network (the feature `lab`); set it to twilio, or train with a program that has it
setting-database-url = it is sqlite://PATH or postgres://USER:PASSWORD@HOST/NAME
setting-calls-per-second = it is a number above 0 and not above 1000
setting-no-calls = at least one call must be possible at a time
setting-price = it is a number that isn't below 0
setting-longest-call = a call lasts 1 to 1440 minutes at most
setting-identify-seconds = it is 60 to 3600: an ID has to be found first
setting-wait-seconds = it is 0 to 3600 seconds
setting-time-zone = it is the name of a time zone such as Asia/Tokyo
setting-no-token =
    it is needed to check the carrier's signatures; set KENKOCALL_TWILIO__AUTH_TOKEN, or KENKOCALL_TWILIO__AUTH_TOKEN_FILE to a file that holds it
setting-caller-number =
    patients are told to call this number back, so it can't be a premium-rate, 0570 or satellite number
setting-ring-seconds = a call rings for 5 to 600 seconds
setting-log-level = log.level isn't a filter; write info, or warn,kenkocall=debug
setting-not-phone-number = { $name } isn't a phone number: { $why }
address-scheme = it begins with https:// in lower case, such as https://calls.example.jp
address-characters =
    it has a space, a line break, a quotation mark or a letter outside ASCII; write the address alone, such as https://calls.example.jp
address-query = it is an address without ? and #, such as https://calls.example.jp
address-user =
    it names a user or a password (the part before @); the carrier leaves that out of what it signs, so write the address without it
address-host =
    it has no host or no usable port; write it like https://calls.example.jp or https://calls.example.jp:8443
address-unspecified =
    0.0.0.0 and [::] are addresses to listen on, and nobody can call them; write the name by which the carrier reaches this server
address-plain =
    http:// is used only on this machine (localhost, 127.0.0.1, [::1]), since phone numbers and answers would go out unencrypted; write https://
secret-file-unreadable =
    the file { $path } can't be read ({ $why }); check the path, and that this program's user may read it
secret-file-not-a-file = the file { $path } isn't an ordinary file; name a file that holds the secret alone
secret-file-too-large = the file { $path } is too large for a secret; name a file that holds the secret alone
secret-file-not-utf8 = the file { $path } isn't UTF-8 text; name a file that holds the secret alone
secret-file-empty = the file { $path } is empty; write the secret into it

warning-no-carrier =
    carrier isn't set, so `kenkocall serve` doesn't start; set it to twilio, or to simulator to train
warning-no-day-limits =
    no limits of a day are set, so a wrong list, a fault or a stolen token can place calls without end; set dialer.calls_per_day and dialer.spend_per_day
warning-no-public-url =
    server.public_url isn't set, so only a carrier on this machine reaches this server; set it to the https address by which your carrier does
warning-no-caller-number =
    twilio.caller_number isn't set, so the health-call line is answered and nobody is called
warning-no-checkpoint-file =
    audit.checkpoint_file isn't set, so nobody notices an audit trail that was cut off or written anew; set it to a file on another disk than the database
warning-wide-data =
    { $path } can be used by others than its owner (mode { $mode }), and patients' data and the trail are kept in it; `chmod 600 { $path }` closes it
warning-wide-secret =
    { $path } can be used by others than its owner (mode { $mode }), and it holds a secret; `chmod 600 { $path }` closes it
warning-checkpoint-folder =
    audit.checkpoint_file names a folder, { $path }, so no checkpoint is added; name a file in it
warning-checkpoint-no-folder =
    the folder of audit.checkpoint_file, { $path }, doesn't exist, so no checkpoint is added; create it, or mount its disk
warning-checkpoint-unwritable =
    audit.checkpoint_file, { $path }, can't be written ({ $why }), so no checkpoint is added; let this program's user write it
warning-no-database = there is no database yet; `kenkocall migrate`, `centres add` or `serve` creates it
warning-older-database =
    the tables of the database are older than this program; `serve` and `kenkocall migrate` bring them up to date, after a backup
warning-waits = { $why }; `serve` waits for it
warning-said = kenkocall: warning: { $what }

fitting-simulator-on-real-data =
    the database is one of real patients, and the simulator would store invented answers for them, so nothing was started; set KENKOCALL_CARRIER=twilio, or name a new database for the simulation with KENKOCALL_DATABASE__URL
fitting-real-carrier-on-simulated-data =
    the database holds simulated data, and a real carrier would call people for them, so nothing was started; name the database of your patients with KENKOCALL_DATABASE__URL (a new one is created), or set KENKOCALL_CARRIER=simulator
fitting-no-centre =
    health_call.desk_centre names { $code }, and there is no such centre; `kenkocall centres list` shows those there are
carrier-no-account =
    twilio.account_sid is needed to place calls; copy it from the carrier's console to KENKOCALL_TWILIO__ACCOUNT_SID
carrier-account = twilio.account_sid: { $why }; copy it again from the carrier's console
carrier-no-token =
    twilio.auth_token is needed to place calls; copy it from the carrier's console to KENKOCALL_TWILIO__AUTH_TOKEN
carrier-base-url =
    twilio.base_url is an address with https:// and without a user, ? and #, such as https://api.twilio.com
carrier-tls =
    no TLS connections can be made ({ $why }); install the system's root certificates (Debian: ca-certificates)
carrier-id = a carrier's identifier has 8 to 64 letters, digits, hyphens or underscores
carrier-token-empty = the carrier's auth token is empty; copy it from the carrier's console to TWILIO__AUTH_TOKEN
carrier-public-url =
    server.public_url begins with https:// or http://, has no spaces, no ? and no #, and at most { $most } bytes, such as https://calls.example.jp
carrier-voice =
    a voice is a language tag and a name as the carrier lists them, such as ja-JP and Polly.Kazuha-Neural: letters, digits, dots, hyphens and underscores
serve-no-carrier =
    no carrier is set, so nothing was started and nobody is called; set KENKOCALL_CARRIER=twilio (or `carrier` in the settings file) to answer and place real calls through a Twilio-compatible carrier, or KENKOCALL_CARRIER=simulator to train on a database of its own: no phone rings, and every answer is invented
serve-address =
    the address { $address } of { $setting } can't be listened on, so nothing was started; choose another { $setting }
