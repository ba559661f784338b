//! What can go wrong in the database, told apart as far as callers act on it. No variant carries a stored value:
//! drivers quote rows in their details, and rows hold personal data.

use sqlx::{postgres::PgDatabaseError, sqlite::SqliteError};

/// Why the store couldn't do what was asked. Each sentence says what happened and what to do.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database can't be opened or prepared as configured.
    #[error("{sentence}")]
    CannotOpen {
        /// What happened and what to do.
        sentence: String,
    },
    /// The database's server doesn't answer, or not yet: it may be starting.
    #[error("{sentence}")]
    Unreachable {
        /// What happened and what to do.
        sentence: String,
    },
    /// There is no database where one was expected, or it has no tables of this program.
    #[error("{sentence}")]
    NoDatabase {
        /// Where, and what to do.
        sentence: String,
    },
    /// A newer program has migrated this database.
    #[error(
        "this program is older than the database, which a newer kenkocall has migrated; install that version or a later one"
    )]
    Newer,
    /// An older program made the tables.
    #[error(
        "the tables of the database are older than this program, so nothing was read or changed; run `kenkocall migrate`, after a backup"
    )]
    Older,
    /// Someone else moved the same thing on since it was read: read again and repeat the transaction.
    #[error("the record was changed by someone else meanwhile; read it again and repeat")]
    Stale,
    /// Something that may exist only once is there already.
    #[error("{0}")]
    Taken(Unique),
    /// The disk is full or failing: nothing of the transaction was stored.
    #[error("the database can't write: its disk is full or failing; make room or repair the disk, then try again")]
    Full,
    /// The database can only be read.
    #[error(
        "the database can't be written: its disk, its folder or the file is read-only for this program's user; let that user write both"
    )]
    ReadOnly,
    /// The database was held by others for too long.
    #[error("the database is busy: another program holds it, or all connections are in use; try again in a moment")]
    Busy,
    /// An earlier statement of the transaction failed, so nothing more is done in it.
    #[error("an earlier statement of this transaction failed; nothing of it was stored; repeat it from the start")]
    Abandoned,
    /// A stored value can't be read; `what` names the column, never the value.
    #[error("a stored value of {what} can't be read; restore the database from a backup or ask for support")]
    Inconsistent {
        /// The column.
        what: &'static str,
    },
    /// Anything else that the driver said.
    #[error("the database failed: {0}")]
    Driver(DriverError),
}

impl StoreError {
    /// Whether the database can't be written just now, and can be read.
    pub const fn is_unwritable(&self) -> bool {
        matches!(self, Self::Full | Self::ReadOnly)
    }

    /// Whether another node did something at the same time: nothing is wrong, and what was meant is done again.
    pub const fn is_conflict(&self) -> bool {
        matches!(self, Self::Stale | Self::Taken(Unique::Attempt | Unique::Turn | Unique::LegId))
    }
}

/// What may exist only once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unique {
    /// One patient record per HER-SYS ID.
    #[error("this HER-SYS ID is registered already; change that record instead")]
    HersysId,
    /// One patient under observation per number for automated calls.
    #[error("another patient under observation gets automated calls on this number; release that one or use another")]
    AutomatedCallNumber,
    /// One health centre per code.
    #[error("a health centre with this code exists already; change that one instead")]
    CentreCode,
    /// One open report a person and day.
    #[error("this person has an open report for the day already; join that one")]
    OpenReport,
    /// One leg per carrier and the carrier's name for it.
    #[error("this leg of the carrier is known already")]
    LegId,
    /// One open attempt per slot, and one of each number (I2).
    #[error("this slot has an attempt already; nobody else may dial for it")]
    Attempt,
    /// One turn per call and number.
    #[error("this turn of the call was taken already; its stored reply stands")]
    Turn,
}

/// A driver's error that prints its message and never the details, where PostgreSQL quotes rows.
#[derive(thiserror::Error)]
#[error("{0}")]
pub struct DriverError(pub(super) sqlx::Error);

impl std::fmt::Debug for DriverError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "DriverError({})", self.0)
    }
}

/// Result code of SQLite: the database is held by another connection.
const SQLITE_BUSY: u32 = 5;
/// Result code of SQLite: a table is held by another connection.
const SQLITE_LOCKED: u32 = 6;
/// Result code of SQLite: the file or its disk is read-only.
pub(super) const SQLITE_READONLY: u32 = 8;
/// Result code of SQLite: a file beside the database can't be made.
pub(super) const SQLITE_CANTOPEN: u32 = 14;
/// Result code of SQLite: reading or writing the file failed.
pub(super) const SQLITE_IOERR: u32 = 10;
/// Result code of SQLite: no room on the disk.
pub(super) const SQLITE_FULL: u32 = 13;

/// SQLSTATE of PostgreSQL: the transaction, or the server, only reads.
const READ_ONLY_TRANSACTION: &str = "25006";
/// SQLSTATE of PostgreSQL: the user may not do this.
pub(super) const INSUFFICIENT_PRIVILEGE: &str = "42501";

/// The primary result code of an SQLite error.
pub(super) fn sqlite_code(error: &sqlx::Error) -> Option<u32> {
    let error = error.as_database_error()?;
    error.try_downcast_ref::<SqliteError>()?;
    // The extended code keeps the primary one in its lowest byte.
    error.code()?.parse::<u32>().ok().map(|extended| extended & 0xff)
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        if matches!(error, sqlx::Error::PoolTimedOut) {
            return Self::Busy;
        }
        let Some(database) = error.as_database_error() else { return Self::Driver(DriverError(error)) };
        if database.is_unique_violation()
            && let Some(unique) = Unique::of(database)
        {
            return Self::Taken(unique);
        }
        if let Some(postgres) = database.try_downcast_ref::<PgDatabaseError>() {
            return match postgres.code().get(..2) {
                // Insufficient resources (the disk among them), system error.
                Some("53" | "58") => Self::Full,
                _ if matches!(postgres.code(), READ_ONLY_TRANSACTION | INSUFFICIENT_PRIVILEGE) => Self::ReadOnly,
                // A deadlock or a serialization failure: the server undid it, and a repetition is safe.
                Some("40") => Self::Stale,
                _ => Self::Driver(DriverError(error)),
            };
        }
        match sqlite_code(&error) {
            Some(SQLITE_FULL | SQLITE_IOERR) => Self::Full,
            Some(SQLITE_READONLY | SQLITE_CANTOPEN) => Self::ReadOnly,
            Some(SQLITE_BUSY | SQLITE_LOCKED) => Self::Busy,
            _ => Self::Driver(DriverError(error)),
        }
    }
}

impl Unique {
    /// Recognises the constraint: PostgreSQL gives its name, SQLite the columns in its message.
    fn of(error: &dyn sqlx::error::DatabaseError) -> Option<Self> {
        const KNOWN: [(Unique, &str, &str); 8] = [
            (Unique::HersysId, "patients_hersys_id_key", "patients.hersys_id"),
            (Unique::AutomatedCallNumber, "patients_one_automated_call_number", "patients.phone_number"),
            (Unique::CentreCode, "centres_pkey", "centres.code"),
            (Unique::OpenReport, "reports_one_open", "reports.patient_id, reports.report_date"),
            (Unique::LegId, "legs_carrier_carrier_leg_id_key", "legs.carrier, legs.carrier_leg_id"),
            (Unique::Attempt, "attempts_one_open", "attempts.slot_id"),
            (Unique::Attempt, "attempts_slot_id_number_key", "attempts.slot_id, attempts.number"),
            (Unique::Turn, "turns_pkey", "turns.call_id, turns.turn"),
        ];
        let found = |constraint: &str, columns: &str| match error.constraint() {
            Some(name) => name == constraint,
            None => error.message().strip_prefix("UNIQUE constraint failed: ") == Some(columns),
        };
        KNOWN.into_iter().find(|(_, constraint, columns)| found(constraint, columns)).map(|(unique, ..)| unique)
    }
}
