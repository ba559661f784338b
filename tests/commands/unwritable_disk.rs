//! A full disk, and a read-only one: commands that only read work, and commands that change something fail.
//!
//! A limit on the files that a process may write (RLIMIT_FSIZE 0) simulates the full disk: every write fails.
//! Permissions make the disk read-only; a process of root is started without the right to ignore them.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::db_assertions::DatabaseAssertions;
use crate::{CommandLine, databases, databases::Fresh};

/// Commands that only read, and whether each is recorded as access to patient data (D3).
const READS: [(&[&str], bool); 14] = [
    (&["centres", "list"], false),
    (&["patients", "show", "7654322"], true),
    (&["patients", "show", "7654322", "--json"], true),
    (&["calls", "list"], false),
    (&["calls", "list", "--state", "unknown"], false),
    (&["calls", "list", "--hersys-id", "7654322"], true),
    (&["alerts", "list"], false),
    (&["days", "show", "today"], false),
    (&["dialer", "show"], false),
    (&["maintenance", "show"], false),
    (&["outbox", "list"], false),
    (&["reports", "export", "--from", "2026-11-01", "--to", "2026-11-30"], true),
    (&["reports", "export", "--from", "2026-11-01", "--to", "2026-11-30", "--as", "見本"], true),
    // The last command, as it seals what the earlier ones wrote.
    (&["audit", "verify"], false),
];

const CHANGES: [&[&str]; 4] = [
    &["patients", "stop", "7654322"],
    &["dialer", "pause", "--reason", "lines"],
    &["centres", "set", "13101", "--phone", "0352113642"],
    &["maintenance", "start"],
];

/// How the program is kept from writing.
#[derive(Clone, Copy, Debug)]
enum Hindrance {
    NoRoom,
    ReadOnly,
}

impl Hindrance {
    fn run(self, fresh: &Fresh, arguments: &[&str]) -> Output {
        let program = env!("CARGO_BIN_EXE_kenkocall");
        let mut command = match self {
            // With SIGXFSZ ignored, a write beyond the limit fails instead of ending the process.
            Self::NoRoom => {
                let mut command = Command::new("sh");
                command.args(["-c", "trap '' XFSZ; ulimit -f 0; exec \"$0\" \"$@\"", program]);
                command
            }
            Self::ReadOnly if passes_over_permissions() => {
                let mut command = Command::new("setpriv");
                command.args(["--bounding-set=-dac_override,-dac_read_search,-fowner", program]);
                command
            }
            Self::ReadOnly => Command::new(program),
        };
        command.args(arguments).env("KENKOCALL_DATABASE__URL", &fresh.url).output().unwrap()
    }

    const fn why(self) -> &'static str {
        match self {
            Self::NoRoom => "its disk is full or failing",
            Self::ReadOnly => "read-only for this program's user",
        }
    }
}

fn passes_over_permissions() -> bool {
    let folder = tempfile::tempdir().unwrap();
    std::fs::set_permissions(folder.path(), Permissions::from_mode(0o555)).unwrap();
    std::fs::write(folder.path().join("file"), "").is_ok()
}

async fn prepared(fresh: &Fresh) {
    let command_line = CommandLine(fresh);
    command_line.with_centre();
    command_line.import("HER-SYS ID,生年月日,姓,名\n7654322,1980-04-01,鈴木,三\n");
}

/// The output is as usual, the missing record is reported, and changes fail.
async fn is_read_and_not_changed(fresh: &Fresh, hindrance: Hindrance) {
    // Without the current time, which some of them show.
    let stable = |text: &[u8]| crate::timeless(&String::from_utf8_lossy(text));
    let expected: Vec<String> =
        READS.iter().map(|(words, _)| stable(&CommandLine(fresh).output(words).stdout)).collect();
    let entries = DatabaseAssertions::at(&fresh.url).count("audit").await;
    if let Hindrance::ReadOnly = hindrance {
        permit(fresh, false);
    }
    let done: Vec<Output> = READS.iter().map(|(words, _)| hindrance.run(fresh, words)).collect();
    let refused: Vec<Output> = CHANGES.iter().map(|words| hindrance.run(fresh, words)).collect();
    if let Hindrance::ReadOnly = hindrance {
        permit(fresh, true);
    }
    for (((words, look), expected), output) in READS.iter().zip(expected).zip(done) {
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{hindrance:?} {words:?}: {error}");
        assert_eq!(stable(&output.stdout), expected, "{hindrance:?} {words:?}");
        let said = error.contains("this look isn't recorded in the audit trail") && error.contains(hindrance.why());
        assert_eq!((said, error.is_empty()), (*look, !*look), "{hindrance:?} {words:?}: {error}");
    }
    for (words, output) in CHANGES.iter().zip(refused) {
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && output.stdout.is_empty(), "{hindrance:?} {words:?}");
        assert!(
            error.contains("can't be written") || error.contains("can't write"),
            "{hindrance:?} {words:?}: {error}"
        );
        assert!(error.contains(hindrance.why()), "{hindrance:?} {words:?}: {error}");
    }
    assert_eq!(DatabaseAssertions::at(&fresh.url).count("audit").await, entries);
}

fn file(fresh: &Fresh) -> PathBuf {
    Path::new(fresh.url.trim_start_matches("sqlite://")).to_owned()
}

/// Sets or removes write permission for the folder of the database and everything in it.
fn permit(fresh: &Fresh, writing: bool) {
    let folder = file(fresh).parent().unwrap().to_owned();
    let (of_files, of_folder) = if writing { (0o600, 0o755) } else { (0o400, 0o555) };
    for entry in std::fs::read_dir(&folder).unwrap() {
        std::fs::set_permissions(entry.unwrap().path(), Permissions::from_mode(of_files)).unwrap();
    }
    std::fs::set_permissions(&folder, Permissions::from_mode(of_folder)).unwrap();
}

async fn closed(fresh: Fresh, hindrance: Hindrance) {
    prepared(&fresh).await;
    fresh.database.close().await;
    assert!(!file(&fresh).with_extension("db-shm").exists(), "nothing lies beside it");
    is_read_and_not_changed(&fresh, hindrance).await;
}

async fn in_use(fresh: Fresh, hindrance: Hindrance) {
    prepared(&fresh).await;
    assert!(file(&fresh).with_extension("db-shm").exists(), "another program has it open");
    is_read_and_not_changed(&fresh, hindrance).await;
}

#[tokio::test]
async fn a_full_disk_is_read() {
    databases::on_sqlite(|fresh| closed(fresh, Hindrance::NoRoom)).await;
}

#[tokio::test]
async fn a_full_disk_is_read_beside_a_program_that_has_the_database_open() {
    databases::on_sqlite(|fresh| in_use(fresh, Hindrance::NoRoom)).await;
}

#[tokio::test]
async fn a_read_only_folder_is_read() {
    databases::on_sqlite(|fresh| closed(fresh, Hindrance::ReadOnly)).await;
}

#[tokio::test]
async fn a_read_only_folder_is_read_beside_a_program_that_has_the_database_open() {
    databases::on_sqlite(|fresh| in_use(fresh, Hindrance::ReadOnly)).await;
}

/// A write-ahead log that wasn't checkpointed, without its readers' shared file: a copy of both files.
#[tokio::test]
async fn a_write_ahead_log_that_is_left_is_read_or_told() {
    databases::on_sqlite(|fresh| async move {
        prepared(&fresh).await;
        let folder = tempfile::tempdir().unwrap();
        for end in ["", "-wal"] {
            let from = format!("{}{end}", file(&fresh).display());
            std::fs::copy(from, folder.path().join(format!("copy.db{end}"))).unwrap();
        }
        let url = format!("sqlite://{}/copy.db", folder.path().display());
        let copy = Fresh { database: fresh.database.clone(), url };
        let output = Hindrance::NoRoom.run(&copy, &["patients", "show", "7654322"]);
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && String::from_utf8_lossy(&output.stdout).contains("鈴木"), "{error}");
        // The readers' shared files may remain, but empty.
        let _made = std::fs::remove_file(folder.path().join("copy.db-shm"));
        permit(&copy, false);
        let output = Hindrance::ReadOnly.run(&copy, &["patients", "show", "7654322"]);
        permit(&copy, true);
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && output.stdout.is_empty(), "{}", String::from_utf8_lossy(&output.stdout));
        assert!(error.contains("copy.db-wal") && error.contains("copy both files"), "{error}");
    })
    .await;
}

/// A standby, or a read-only user.
#[tokio::test]
async fn a_postgres_server_that_only_reads_is_read() {
    databases::on_postgres(|fresh| async move {
        prepared(&fresh).await;
        let (_, name) = fresh.url.rsplit_once('/').unwrap();
        let kept = DatabaseAssertions::at(&fresh.url);
        kept.rows(&format!("ALTER DATABASE {name} SET default_transaction_read_only = on")).await;
        for (words, look) in READS {
            let output = CommandLine(&fresh).output(words);
            let error = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success() && !output.stdout.is_empty(), "{words:?}: {error}");
            assert_eq!(error.contains("this look isn't recorded in the audit trail"), look, "{words:?}: {error}");
        }
        for words in CHANGES {
            assert!(CommandLine(&fresh).refuses(words).contains("can't be written"), "{words:?}");
        }
    })
    .await;
}
