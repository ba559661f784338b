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
config-usable = the settings can be used
config-unusable =
    { $count ->
        [one] the settings can't be used: 1 error; mend what the line above names
       *[other] the settings can't be used: { $count } errors; mend what the lines above name
    }
