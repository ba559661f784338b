//! Errors of the store, as far as callers tell them apart. No variant contains a stored value: drivers quote rows in
//! their details, and rows contain personal data.

use std::sync::Arc;

use sqlx::{postgres::PgDatabaseError, sqlite::SqliteError};

use super::open_error::{NoDatabase, OpenFault};

/// Why the store failed. Each message says what happened and what to do.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// The database can't be opened or prepared as configured.
    #[error(transparent)]
    CannotOpen(OpenFault),
    /// The database server doesn't answer, or not yet: it may be starting.
    #[error(
        "the PostgreSQL server at {server} doesn't answer ({}); check that it runs and can be reached",
        .why.as_deref().unwrap_or("no answer in ten seconds")
    )]
    Unreachable {
        /// Host and port.
        server: String,
        /// The driver's words. `None` if there was no answer in time.
        why: Option<String>,
    },
    /// There is no database where one was expected, or it has no tables of this program.
    #[error(transparent)]
    NoDatabase(NoDatabase),
    /// A newer program has migrated this database.
    #[error(
        "this program is older than the database, which a newer kenkocall has migrated; install that version or a later one"
    )]
    Newer,
    /// The tables were made by an older program.
    #[error(
        "the tables of the database are older than this program, so nothing was read or changed; run `kenkocall migrate`, after a backup"
    )]
    Older,
    /// The row changed since it was read. Read it again and repeat the transaction.
    #[error("the record was changed by someone else meanwhile; read it again and repeat")]
    Stale,
    /// A value that must be unique exists already.
    #[error("{0}")]
    Taken(Unique),
    /// The disk is full or failing. Nothing of the transaction was stored.
    #[error("the database can't write: its disk is full or failing; make room or repair the disk, then try again")]
    Full,
    /// The database is read-only.
    #[error(
        "the database can't be written: its disk, its folder or the file is read-only for this program's user; let that user write both"
    )]
    ReadOnly,
    /// The database file was replaced or removed while this program had it open. What it wrote since is lost.
    #[error(
        "the database file was replaced or removed while this program was using it, so nothing more is stored; stop the program, put the right file in place, and start it again"
    )]
    Replaced,
    /// Other connections locked the database for too long.
    #[error("the database is busy: another program holds it, or all connections are in use; try again in a moment")]
    Busy,
    /// An earlier statement of the transaction failed, so the transaction accepts no more statements.
    #[error("an earlier statement of this transaction failed; nothing of it was stored; repeat it from the start")]
    Abandoned,
    /// A stored value is invalid. `what` names the column, never the value.
    #[error("a stored value of {what} can't be read; restore the database from a backup or ask for support")]
    Inconsistent {
        /// The column.
        what: &'static str,
    },
    /// Any other driver error.
    #[error("the database failed: {0}")]
    Driver(DriverError),
}

impl StoreError {
    /// Returns `true` if the database can currently be read but not written.
    pub const fn is_unwritable(&self) -> bool {
        matches!(self, Self::Full | Self::ReadOnly)
    }

    /// The code in API answers.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::CannotOpen(_) => "database.cannot_open",
            Self::Unreachable { .. } => "database.unreachable",
            Self::NoDatabase(_) => "database.missing",
            Self::Newer => "database.newer",
            Self::Older => "database.older",
            Self::Stale => "database.stale",
            Self::Taken(unique) => unique.code(),
            Self::Full => "database.full",
            Self::ReadOnly => "database.read_only",
            Self::Replaced => "database.replaced",
            Self::Busy => "database.busy",
            Self::Abandoned => "database.abandoned",
            Self::Inconsistent { .. } => "database.inconsistent",
            Self::Driver(_) => "database.driver",
        }
    }

    /// Returns `true` if another node acted at the same time. Nothing is wrong: the operation is repeated.
    pub const fn is_conflict(&self) -> bool {
        matches!(self, Self::Stale | Self::Taken(Unique::Attempt | Unique::Turn | Unique::LegId))
    }
}

/// A uniqueness constraint.
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
    /// One open report per person and day, or slot.
    #[error("this person has an open report for the day already; join that one")]
    OpenReport,
    /// One leg per carrier and carrier leg ID.
    #[error("this leg of the carrier is known already")]
    LegId,
    /// One open attempt per slot, and one attempt per slot and number (I2).
    #[error("this slot has an attempt already; nobody else may dial for it")]
    Attempt,
    /// One turn per call and number.
    #[error("this turn of the call was taken already; its stored reply stands")]
    Turn,
}

/// A driver error that prints its message but never its details, in which PostgreSQL quotes rows.
#[derive(Clone, thiserror::Error)]
#[error("{0}")]
pub struct DriverError(Arc<sqlx::Error>);

impl DriverError {
    pub(super) fn new(error: sqlx::Error) -> Self {
        Self(Arc::new(error))
    }
}

impl std::fmt::Debug for DriverError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "DriverError({})", self.0)
    }
}

/// The message of SQLite when a statement fails on purpose, to keep the commit behind it from being reached: a row
/// wasn't written, or a key was found.
const REFUSED: &str = "integer overflow";
/// SQLite result code: another connection locks the database.
const SQLITE_BUSY: u32 = 5;
/// SQLite result code: another connection locks a table.
const SQLITE_LOCKED: u32 = 6;
/// SQLite result code: the file or its disk is read-only.
pub(super) const SQLITE_READONLY: u32 = 8;
/// SQLite result code: a file in the database's folder can't be created.
pub(super) const SQLITE_CANTOPEN: u32 = 14;
/// SQLite result code: reading or writing the file failed.
pub(super) const SQLITE_IOERR: u32 = 10;
/// SQLite result code: the disk is full.
pub(super) const SQLITE_FULL: u32 = 13;

/// PostgreSQL SQLSTATE: the transaction or the server is read-only.
const READ_ONLY_TRANSACTION: &str = "25006";
/// PostgreSQL SQLSTATE: the user lacks the privilege.
pub(super) const INSUFFICIENT_PRIVILEGE: &str = "42501";

/// The primary result code of an SQLite error.
pub(super) fn sqlite_code(error: &sqlx::Error) -> Option<u32> {
    let error = error.as_database_error()?;
    error.try_downcast_ref::<SqliteError>()?;
    // The lowest byte of an extended code is the primary code.
    error.code()?.parse::<u32>().ok().map(|extended| extended & 0xff)
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        if matches!(error, sqlx::Error::PoolTimedOut) {
            return Self::Busy;
        }
        let Some(database) = error.as_database_error() else { return Self::Driver(DriverError::new(error)) };
        if database.is_unique_violation()
            && let Some(unique) = Unique::of(database)
        {
            return Self::Taken(unique);
        }
        if let Some(postgres) = database.try_downcast_ref::<PgDatabaseError>() {
            return match postgres.code().get(..2) {
                // Insufficient resources, such as a full disk, or a system error.
                Some("53" | "58") => Self::Full,
                _ if matches!(postgres.code(), READ_ONLY_TRANSACTION | INSUFFICIENT_PRIVILEGE) => Self::ReadOnly,
                // A deadlock or a serialization failure. The server rolled back, so it is safe to repeat.
                Some("40") => Self::Stale,
                _ => Self::Driver(DriverError::new(error)),
            };
        }
        if database.message() == REFUSED {
            return Self::Stale;
        }
        match sqlite_code(&error) {
            Some(SQLITE_FULL | SQLITE_IOERR) => Self::Full,
            Some(SQLITE_READONLY | SQLITE_CANTOPEN) => Self::ReadOnly,
            Some(SQLITE_BUSY | SQLITE_LOCKED) => Self::Busy,
            _ => Self::Driver(DriverError::new(error)),
        }
    }
}

impl Unique {
    const fn code(self) -> &'static str {
        match self {
            Self::HersysId => "taken.hersys_id",
            Self::AutomatedCallNumber => "taken.automated_call_number",
            Self::CentreCode => "taken.centre_code",
            Self::OpenReport => "taken.open_report",
            Self::LegId => "taken.leg_id",
            Self::Attempt => "taken.attempt",
            Self::Turn => "taken.turn",
        }
    }

    /// Identifies the constraint: PostgreSQL reports its name, SQLite its columns in the message.
    fn of(error: &dyn sqlx::error::DatabaseError) -> Option<Self> {
        const KNOWN: [(Unique, &str, &str); 8] = [
            (Unique::HersysId, "patients_hersys_id_key", "patients.hersys_id"),
            (Unique::AutomatedCallNumber, "patients_one_automated_call_number", "patients.phone_number"),
            (Unique::CentreCode, "centres_pkey", "centres.code"),
            (Unique::OpenReport, "reports_one_open", "reports.patient_id, reports.report_date, reports.slot_time"),
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

/// The error for an address, a file or a server that can't be used.
pub(super) fn cannot_open<T>(fault: OpenFault) -> Result<T, StoreError> {
    Err(StoreError::CannotOpen(fault))
}
