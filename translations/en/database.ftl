# What is wrong with the database.

database-newer =
    this program is older than the database, which a newer kenkocall has migrated; install that version or a later one
database-older =
    the tables of the database are older than this program, so nothing was read or changed; run `kenkocall migrate`, after a backup
database-stale = the record was changed by someone else meanwhile; read it again and repeat
database-full =
    the database can't write: its disk is full or failing; make room or repair the disk, then try again
database-read-only =
    the database can't be written: its disk, its folder or the file is read-only for this program's user; let that user write both
database-replaced =
    the database file was replaced or removed while this program was using it, so nothing more is stored; stop the program, put the right file in place, and start it again
database-busy =
    the database is busy: another program holds it, or all connections are in use; try again in a moment
database-abandoned =
    an earlier statement of this transaction failed; nothing of it was stored; repeat it from the start
database-inconsistent =
    a stored value of { $what } can't be read; restore the database from a backup or ask for support
database-driver = the database failed: { $why }

taken-hersys-id = this HER-SYS ID is registered already; change that record instead
taken-automated-call-number =
    another patient under observation gets automated calls on this number; release that one or use another
taken-centre-code = a health centre with this code exists already; change that one instead
taken-open-report = this person has an open report for the day already; join that one
taken-leg-id = this leg of the carrier is known already
taken-attempt = this slot has an attempt already; nobody else may dial for it
taken-turn = this turn of the call was taken already; its stored reply stands

open-scheme =
    the database address must begin with sqlite:// (as sqlite:///var/lib/kenkocall/calls.db) or postgres://
open-server-address =
    the database address can't be read; write it as postgres://USER:PASSWORD@HOST:5432/DATABASE, with %-escapes in the password
open-unknown-parameter =
    the database address has a parameter after its ? that this program doesn't know; known are sslmode, sslrootcert, sslcert, sslkey, host, hostaddr, port, dbname, user, password, application_name and options
open-file-of-parameter =
    the file that { $parameter } names in the database address can't be read ({ $why }); check its path, and that this program's user may read it
open-folder-of-parameter =
    the file that { $parameter } names in the database address can't be read (it is a folder); check its path, and that this program's user may read it
open-several-servers =
    the database address names several servers, and this program speaks to one; name the one that takes writes, or a name or proxy that leads to it
open-optional-encryption =
    sslmode=allow and sslmode=prefer go on without encryption when the PostgreSQL server at { $host } offers none, and patients' data would cross the network readable; write sslmode=verify-full (or require), or sslmode=disable where the network itself is encrypted
open-file-parameters =
    the database address sqlite://{ $path } has parameters after its ?, and none are known: how the file is opened is this program's own choice; write the address without them, and a ? in the file's name as %3F
open-file-escape =
    the database address sqlite://{ $path } has a % that begins no escape of UTF-8 text; write a % in the file's name as %25
open-no-file-name = the database address has no file; write it as sqlite:///var/lib/kenkocall/calls.db
open-relative-path =
    the database { $path } is named from the working directory, which can't be read; write an absolute path
open-migration =
    the tables couldn't be brought up to date ({ $why }); restore a backup, or ask for support with this sentence
open-not-owner-of-tables =
    the tables are missing or older than this program, and the role of database.url may not change them, so nothing was changed; run `kenkocall migrate` with the address of the role that owns the tables, after a backup, and then start again
open-not-owner-of-guards =
    the guards of the audit trail are missing, and the role of database.url may not change them, so nothing was changed; run `kenkocall migrate` with the address of the role that owns the tables, after a backup, and then start again
open-tables = the state of the tables can't be read ({ $why }); ask for support

file-is-folder = the database { $path } is a directory; name a file inside it
file-no-folder = the directory of the database { $path } doesn't exist; create it first
file-read-only = the database { $path } is read-only; make it writable for this program's user
file-not-created-full = the database { $path } can't be created ({ $why }): its disk is full; make room
file-not-created-read-only =
    the database { $path } can't be created ({ $why }): its disk is read-only; mount it for writing, or name a file on another disk
file-not-created = the database { $path } can't be created ({ $why }): let this program's user write its directory
file-not-reached =
    the database { $path } can't be reached ({ $why }); let this program's user read the file and enter its folder
file-log =
    the database { $path } has a write-ahead log ({ $path }-wal) that can't be read without writing beside it; make room, or copy both files to a disk that can be written and name the copy
file-read-only-disk =
    the database { $path } can't be opened for writing: its disk is read-only; mount it for writing, or name a file on another disk
file-full-disk = the database { $path } can't be written: its disk is full; make room there, then start again
file-failing-disk =
    the database { $path } can't be read or written: its disk is full or failing; make room or repair the disk, then start again
file-not-writable =
    the database { $path } can't be opened for writing; let this program's user write the file and its directory
file-not-a-database = the file { $path } isn't an SQLite database; name another file, or move this one away
file-damaged = the database { $path } is damaged; restore it from a backup
file-other = the database { $path } can't be opened ({ $why }); check the file and its disk
file-located = { $fault } (the database is { $path })

server-unreachable =
    the PostgreSQL server at { $server } doesn't answer ({ $why }); check that it runs and can be reached
server-silent =
    the PostgreSQL server at { $server } doesn't answer (no answer in ten seconds); check that it runs and can be reached
server-refused =
    the PostgreSQL server at { $server } can't be used ({ $why }); check the user, the password, the database and the TLS settings of the address
server-not-encrypted =
    the PostgreSQL server at { $server } can't be reached encrypted ({ $why }), and patients' data would cross the network readable, so nothing was sent; let the server offer TLS and check sslmode and sslrootcert, or write sslmode=disable at the end of the address where the network itself is encrypted
server-not-trusted =
    the certificate of the PostgreSQL server at { $server } isn't trusted ({ $why }), so nothing was sent; { $todo }
distrust-issuer =
    sslrootcert must name a file with the server's own certificate, or with that of the authority that issued it
distrust-name =
    write the server's name in the address as it stands in its certificate (subjectAltName), or give it a certificate for this name
distrust-time = renew the certificate, and check the clocks of both machines
distrust-authority =
    it is made as an authority's (CA:TRUE), as openssl does where nothing else is said; make the server one with basicConstraints=CA:FALSE, by the command in docs/operations.md
distrust-other = check the server's certificate, and that sslrootcert names the right file

no-database-file =
    there is no database at { $path } (there is no such file); name the right one by --config FILE or KENKOCALL_DATABASE__URL, or create one there with `kenkocall migrate`
no-database-tables =
    there is no database at { $path } (the file has no tables of kenkocall); name the right one by --config FILE or KENKOCALL_DATABASE__URL, or create one there with `kenkocall migrate`
no-database-on-server =
    the PostgreSQL database { $name } at { $server } has no tables of kenkocall; name the right one by --config FILE or KENKOCALL_DATABASE__URL, or create them there with `kenkocall migrate`

copy-no-name = { $path } isn't the name of a file
copy-not-utf8 = the name { $path } isn't UTF-8 text; name another file
copy-in-progress = { $path } is being written by another program; wait until that is done
copy-exists = { $path } is there already, and a backup overwrites nothing; name another file
copy-made-meanwhile = { $path } was made by another program meanwhile; name another file
copy-failing-disk =
    { $path } can't be written: its disk is full or failing, so no backup was made; make room, or name a file on another disk
copy-not-found = the backup { $path } can't be read ({ $why }); check the path
copy-unreadable = the backup { $path } can't be read ({ $why }); let this program's user read it
copy-not-a-file = { $path } isn't a file; name a file that `kenkocall backup` has made
copy-is-the-database = { $path } is the database itself; name a backup of it
copy-not-a-database =
    the backup { $path } isn't an SQLite database, so nothing was changed; take another backup
copy-damaged = the backup { $path } is damaged, so nothing was changed; take another backup
copy-write = { $path } can't be written ({ $why }); { $todo }
copy-keep = { $path } can't be made, so nothing was changed ({ $why }); { $todo }
copy-remove = { $path } can't be taken away ({ $why }); { $todo }
copy-replace = { $path } can't be replaced ({ $why }); { $todo }
copy-todo-full = its disk is full: make room, or name a file on another disk
copy-todo-read-only = its disk is read-only: name a file on another disk
copy-todo-permission = let this program's user write its folder
copy-todo-no-folder = its folder doesn't exist: create it first
copy-todo-check = check the path and its disk
