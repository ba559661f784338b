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
