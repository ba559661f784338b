//! Why a database can't be opened, or copied to another file: codes with their values. `Display` is for the log;
//! sentences for people are written at the edge. No password is in them.

use std::path::{Path, PathBuf};

/// Why the database can't be opened or prepared as configured.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OpenFault {
    /// The address isn't that of an SQLite file or a PostgreSQL server.
    #[error("the database address must begin with sqlite:// (as sqlite:///var/lib/kenkocall/calls.db) or postgres://")]
    Scheme,
    /// The address of a server can't be read.
    #[error(
        "the database address can't be read; write it as postgres://USER:PASSWORD@HOST:5432/DATABASE, with %-escapes in the password"
    )]
    ServerAddress,
    /// The address of a server has an unknown parameter.
    #[error(
        "the database address has a parameter after its ? that this program doesn't know; known are sslmode, sslrootcert, sslcert, sslkey, host, hostaddr, port, dbname, user, password, application_name and options"
    )]
    UnknownParameter,
    /// The address of a server names a file that can't be read.
    #[error(
        "the file that {parameter} names in the database address can't be read ({}); check its path, and that this program's user may read it",
        .why.as_deref().unwrap_or("it is a folder")
    )]
    FileOfParameter {
        /// The parameter.
        parameter: String,
        /// The system's words. `None` if it is a folder.
        why: Option<String>,
    },
    /// The address names several servers.
    #[error(
        "the database address names several servers, and this program speaks to one; name the one that takes writes, or a name or proxy that leads to it"
    )]
    SeveralServers,
    /// The address lets a server (its host) do without encryption.
    #[error(
        "sslmode=allow and sslmode=prefer go on without encryption when the PostgreSQL server at {0} offers none, and patients' data would cross the network readable; write sslmode=verify-full (or require), or sslmode=disable where the network itself is encrypted"
    )]
    OptionalEncryption(String),
    /// The address of a file (this part) has parameters.
    #[error(
        "the database address sqlite://{0} has parameters after its ?, and none are known: how the file is opened is this program's own choice; write the address without them, and a ? in the file's name as %3F"
    )]
    FileParameters(String),
    /// The address of a file (this part) has a wrong escape.
    #[error(
        "the database address sqlite://{0} has a % that begins no escape of UTF-8 text; write a % in the file's name as %25"
    )]
    FileEscape(String),
    /// The address names no file.
    #[error("the database address has no file; write it as sqlite:///var/lib/kenkocall/calls.db")]
    NoFileName,
    /// The path is relative to a working directory that can't be read.
    #[error("the database {0} is named from the working directory, which can't be read; write an absolute path")]
    RelativePath(String),
    /// The SQLite file can't be used.
    #[error("{}", of_file(path, fault))]
    File {
        /// The database.
        path: PathBuf,
        /// Why.
        fault: FileFault,
    },
    /// The server can't be used.
    #[error("{}", of_server(server, fault))]
    Server {
        /// Host and port.
        server: String,
        /// Why.
        fault: ServerFault,
    },
    /// The tables couldn't be brought up to date; the driver's words.
    #[error("the tables couldn't be brought up to date ({0}); restore a backup, or ask for support with this sentence")]
    Migration(String),
    /// The role may not change the tables.
    #[error(
        "{}, and the role of database.url may not change them, so nothing was changed; run `kenkocall migrate` with the address of the role that owns the tables, after a backup, and then start again",
        match .0 {
            Unmade::Tables => "the tables are missing or older than this program",
            Unmade::Guards => "the guards of the audit trail are missing",
        }
    )]
    NotOwner(Unmade),
    /// The state of the tables can't be read; the driver's words.
    #[error("the state of the tables can't be read ({0}); ask for support")]
    Tables(String),
}

/// What a role may not make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unmade {
    /// The tables, or their newer columns.
    Tables,
    /// The triggers that keep the audit trail from being changed.
    Guards,
}

/// Why an SQLite file can't be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileFault {
    /// It is a folder.
    IsFolder,
    /// Its folder doesn't exist.
    NoFolder,
    /// The file is read-only.
    ReadOnly,
    /// It can't be created, in the system's words.
    NotCreated(String, NotCreated),
    /// It can't be reached, in the system's words.
    NotReached(String),
    /// Its write-ahead log can't be read without writing.
    Log,
    /// Its disk is read-only.
    ReadOnlyDisk,
    /// Its disk is full.
    FullDisk,
    /// Its disk is full or failing.
    FailingDisk,
    /// The user may not write the file or its folder.
    NotWritable,
    /// It isn't an SQLite database.
    NotADatabase,
    /// It is damaged.
    Damaged,
    /// Anything else, in the driver's words.
    Other(String),
    /// It can be read, and can't be written because the disk is full or failing.
    UnwritableDisk,
    /// It can be read, and the user may not write it.
    UnwritableFile,
}

/// Why a file can't be created.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotCreated {
    /// The disk is full.
    FullDisk,
    /// The disk is read-only.
    ReadOnlyDisk,
    /// Something else, such as a folder that the user may not write.
    Other,
}

fn of_file(path: &Path, fault: &FileFault) -> String {
    let shown = path.display();
    match fault {
        FileFault::IsFolder => format!("the database {shown} is a directory; name a file inside it"),
        FileFault::NoFolder => format!("the directory of the database {shown} doesn't exist; create it first"),
        FileFault::ReadOnly => {
            format!("the database {shown} is read-only; make it writable for this program's user")
        }
        FileFault::NotCreated(why, cause) => {
            let todo = match cause {
                NotCreated::FullDisk => "its disk is full; make room",
                NotCreated::ReadOnlyDisk => {
                    "its disk is read-only; mount it for writing, or name a file on another disk"
                }
                NotCreated::Other => "let this program's user write its directory",
            };
            format!("the database {shown} can't be created ({why}): {todo}")
        }
        FileFault::NotReached(why) => format!(
            "the database {shown} can't be reached ({why}); let this program's user read the file and enter its folder"
        ),
        FileFault::Log => format!(
            "the database {shown} has a write-ahead log ({shown}-wal) that can't be read without writing beside it; make room, or copy both files to a disk that can be written and name the copy"
        ),
        FileFault::ReadOnlyDisk => format!(
            "the database {shown} can't be opened for writing: its disk is read-only; mount it for writing, or name a file on another disk"
        ),
        FileFault::FullDisk => {
            format!("the database {shown} can't be written: its disk is full; make room there, then start again")
        }
        FileFault::FailingDisk => format!(
            "the database {shown} can't be read or written: its disk is full or failing; make room or repair the disk, then start again"
        ),
        FileFault::NotWritable => format!(
            "the database {shown} can't be opened for writing; let this program's user write the file and its directory"
        ),
        FileFault::NotADatabase => {
            format!("the file {shown} isn't an SQLite database; name another file, or move this one away")
        }
        FileFault::Damaged => format!("the database {shown} is damaged; restore it from a backup"),
        FileFault::Other(why) => {
            format!("the database {shown} can't be opened ({why}); check the file and its disk")
        }
        FileFault::UnwritableDisk => format!(
            "the database can't write: its disk is full or failing; make room or repair the disk, then try again (the database is {shown})"
        ),
        FileFault::UnwritableFile => format!(
            "the database can't be written: its disk, its folder or the file is read-only for this program's user; let that user write both (the database is {shown})"
        ),
    }
}

/// Why a server can't be used. The words are the driver's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ServerFault {
    /// It refuses the connection.
    Refused(String),
    /// It can't be reached encrypted.
    NotEncrypted(String),
    /// Its certificate isn't trusted.
    NotTrusted(String, Distrust),
}

/// Why a certificate isn't trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Distrust {
    /// Its issuer isn't known.
    Issuer,
    /// It is for another name.
    Name,
    /// It isn't valid at this time.
    Time,
    /// It is that of an authority.
    Authority,
    /// Something else.
    Other,
}

fn of_server(server: &str, fault: &ServerFault) -> String {
    match fault {
        ServerFault::Refused(why) => format!(
            "the PostgreSQL server at {server} can't be used ({why}); check the user, the password, the database and the TLS settings of the address"
        ),
        ServerFault::NotEncrypted(why) => format!(
            "the PostgreSQL server at {server} can't be reached encrypted ({why}), and patients' data would cross the network readable, so nothing was sent; let the server offer TLS and check sslmode and sslrootcert, or write sslmode=disable at the end of the address where the network itself is encrypted"
        ),
        ServerFault::NotTrusted(why, distrust) => {
            let todo = match distrust {
                Distrust::Issuer => {
                    "sslrootcert must name a file with the server's own certificate, or with that of the authority that issued it"
                }
                Distrust::Name => {
                    "write the server's name in the address as it stands in its certificate (subjectAltName), or give it a certificate for this name"
                }
                Distrust::Time => "renew the certificate, and check the clocks of both machines",
                Distrust::Authority => {
                    "it is made as an authority's (CA:TRUE), as openssl does where nothing else is said; make the server one with basicConstraints=CA:FALSE, by the command in docs/operations.md"
                }
                Distrust::Other => "check the server's certificate, and that sslrootcert names the right file",
            };
            format!(
                "the certificate of the PostgreSQL server at {server} isn't trusted ({why}), so nothing was sent; {todo}"
            )
        }
    }
}

/// Where a database was expected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoDatabase {
    /// There is no such file.
    #[error(
        "there is no database at {} (there is no such file); name the right one by --config FILE or KENKOCALL_DATABASE__URL, or create one there with `kenkocall migrate`",
        .0.display()
    )]
    NoFile(PathBuf),
    /// The file has no tables of this program.
    #[error(
        "there is no database at {} (the file has no tables of kenkocall); name the right one by --config FILE or KENKOCALL_DATABASE__URL, or create one there with `kenkocall migrate`",
        .0.display()
    )]
    NoTablesInFile(PathBuf),
    /// The database of the server has no tables of this program.
    #[error(
        "the PostgreSQL database {name} at {server} has no tables of kenkocall; name the right one by --config FILE or KENKOCALL_DATABASE__URL, or create them there with `kenkocall migrate`"
    )]
    NoTables {
        /// The database's name.
        name: String,
        /// Host and port.
        server: String,
    },
}

/// Something is wrong with the file of a copy or a backup. Nothing was changed, unless it says so.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", of_copy(path, fault))]
pub struct CopyRefused {
    /// The file.
    pub path: PathBuf,
    /// What is wrong.
    pub fault: CopyFault,
}

/// What is wrong with the file of a copy or a backup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CopyFault {
    /// The path has no file name.
    NoName,
    /// The name isn't UTF-8.
    NotUtf8,
    /// Another program writes it.
    InProgress,
    /// It exists.
    Exists,
    /// Another program has made it meanwhile.
    MadeMeanwhile,
    /// Its disk is full or failing.
    FailingDisk,
    /// The backup can't be found or looked at; the system's words.
    NotFound(String),
    /// The backup can't be read; the system's words.
    Unreadable(String),
    /// The backup isn't a file.
    NotAFile,
    /// The backup is the database itself.
    IsTheDatabase,
    /// The backup isn't an SQLite database.
    NotADatabase,
    /// The backup is damaged.
    Damaged,
    /// A step failed; the system's words.
    Step(CopyStep, String, StepTodo),
}

/// A step of copying.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CopyStep {
    /// Writing the file.
    Write,
    /// Keeping the old file under this name.
    Keep,
    /// Removing the old log.
    Remove,
    /// Replacing the old file.
    Replace,
}

/// What to do about a failed step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepTodo {
    /// Make room.
    FullDisk,
    /// Name another disk.
    ReadOnlyDisk,
    /// Let the user write the folder.
    Permission,
    /// Create the folder.
    NoFolder,
    /// Check path and disk.
    Other,
}

fn of_copy(path: &Path, fault: &CopyFault) -> String {
    let shown = path.display();
    match fault {
        CopyFault::NoName => format!("{shown} isn't the name of a file"),
        CopyFault::NotUtf8 => format!("the name {shown} isn't UTF-8 text; name another file"),
        CopyFault::InProgress => format!("{shown} is being written by another program; wait until that is done"),
        CopyFault::Exists => format!("{shown} is there already, and a backup overwrites nothing; name another file"),
        CopyFault::MadeMeanwhile => format!("{shown} was made by another program meanwhile; name another file"),
        CopyFault::FailingDisk => format!(
            "{shown} can't be written: its disk is full or failing, so no backup was made; make room, or name a file on another disk"
        ),
        CopyFault::NotFound(why) => format!("the backup {shown} can't be read ({why}); check the path"),
        CopyFault::Unreadable(why) => {
            format!("the backup {shown} can't be read ({why}); let this program's user read it")
        }
        CopyFault::NotAFile => format!("{shown} isn't a file; name a file that `kenkocall backup` has made"),
        CopyFault::IsTheDatabase => format!("{shown} is the database itself; name a backup of it"),
        CopyFault::NotADatabase => {
            format!("the backup {shown} isn't an SQLite database, so nothing was changed; take another backup")
        }
        CopyFault::Damaged => format!("the backup {shown} is damaged, so nothing was changed; take another backup"),
        CopyFault::Step(step, why, todo) => {
            let what = match step {
                CopyStep::Write => "can't be written",
                CopyStep::Keep => "can't be made, so nothing was changed",
                CopyStep::Remove => "can't be taken away",
                CopyStep::Replace => "can't be replaced",
            };
            let todo = match todo {
                StepTodo::FullDisk => "its disk is full: make room, or name a file on another disk",
                StepTodo::ReadOnlyDisk => "its disk is read-only: name a file on another disk",
                StepTodo::Permission => "let this program's user write its folder",
                StepTodo::NoFolder => "its folder doesn't exist: create it first",
                StepTodo::Other => "check the path and its disk",
            };
            format!("{shown} {what} ({why}); {todo}")
        }
    }
}
