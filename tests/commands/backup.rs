//! Backups that are made while others write, and their restoration.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use kenkocall::domain::DataOrigin;
use kenkocall::store::Database;

use crate::db_assertions::DatabaseAssertions;
use crate::{CommandLine, databases, databases::Fresh};

fn file(fresh: &Fresh) -> PathBuf {
    Path::new(fresh.url.trim_start_matches("sqlite://")).to_owned()
}

fn beside(path: &Path, end: &str) -> PathBuf {
    format!("{}{end}", path.display()).into()
}

fn url(path: &Path) -> String {
    format!("sqlite://{}", path.display())
}

fn add(command_line: &CommandLine<'_>, code: &str) {
    command_line.does(&["centres", "add", "--code", code, "--name", "千代田保健所", "--phone", "0352113641"]);
}

async fn centres(path: &Path) -> Vec<String> {
    DatabaseAssertions::at(&url(path)).column("SELECT code FROM centres ORDER BY code").await
}

fn names(folder: &Path) -> Vec<String> {
    let names = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.collect();
    names.sort();
    names
}

#[tokio::test]
async fn a_backup_is_whole_private_and_overwrites_nothing() {
    databases::on_sqlite(|fresh| async move {
        let command_line = CommandLine(&fresh);
        add(&command_line, "13101");
        let folder = tempfile::tempdir().unwrap();
        let backup = folder.path().join("backup.db");
        let name = backup.to_str().unwrap();
        // The test holds the database open, as `serve` would, and its log isn't checkpointed yet.
        assert!(std::fs::metadata(beside(&file(&fresh), "-wal")).unwrap().len() > 0);
        assert!(command_line.does(&["backup", name]).contains("backed up to"));
        assert_eq!(std::fs::metadata(&backup).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(names(folder.path()), ["backup.db"], "nothing unfinished is left");
        assert_eq!(centres(&backup).await, ["13101"]);
        assert_eq!(
            DatabaseAssertions::at(&fresh.url)
                .count("audit WHERE action = 'database.backed_up' AND actor = 'tester'")
                .await,
            1
        );
        let before = std::fs::read(&backup).unwrap();
        assert!(command_line.refuses(&["backup", name]).contains("overwrites nothing"));
        assert_eq!(std::fs::read(&backup).unwrap(), before);
        assert!(command_line.refuses(&["backup", file(&fresh).to_str().unwrap()]).contains("overwrites nothing"));
        for (name, mentions) in [
            ("-", "standard output"),
            ("/nowhere/backup.db", "its folder doesn't exist"),
            (folder.path().to_str().unwrap(), "is there already"),
            ("/dev/full", "is there already"),
        ] {
            assert!(command_line.refuses(&["backup", name]).contains(mentions), "{name}");
        }
    })
    .await;
}

#[tokio::test]
async fn an_operator_limited_to_a_centre_copies_no_database() {
    databases::on_sqlite(|fresh| async move {
        let command_line = CommandLine(&fresh);
        add(&command_line, "13101");
        let folder = tempfile::tempdir().unwrap();
        let backup = folder.path().join("backup.db");
        let mut command = command_line.command(&["backup", backup.to_str().unwrap()]);
        let output = command.env("KENKOCALL_OPERATOR__CENTRE", "13101").output().unwrap();
        assert_eq!(output.status.code(), Some(3), "{}", String::from_utf8_lossy(&output.stderr));
        assert!(names(folder.path()).is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_backup_on_a_full_disk_leaves_no_file() {
    databases::on_sqlite(|fresh| async move {
        let folder = tempfile::tempdir().unwrap();
        let backup = folder.path().join("backup.db");
        let mut command = Command::new("sh");
        command.args([
            "-c",
            "trap '' XFSZ; ulimit -f 8; exec \"$0\" \"$@\"",
            env!("CARGO_BIN_EXE_kenkocall"),
            "backup",
        ]);
        let output = command.arg(&backup).env("KENKOCALL_DATABASE__URL", &fresh.url).output().unwrap();
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && told.contains("its disk is full or failing"), "{told}");
        assert!(told.contains("backup.db") && names(folder.path()).is_empty(), "{told}");
    })
    .await;
}

/// Restores with all connections closed, and returns the name of the file that was kept.
fn restored(fresh: &Fresh, backup: &Path) -> PathBuf {
    let told = CommandLine(fresh).does(&["restore", backup.to_str().unwrap()]);
    for mentioned in ["nobody is dialled", "dialer reconcile", "dialer resume"] {
        assert!(told.contains(mentioned), "{told}");
    }
    let (_, kept) = told.split_once("is kept as ").expect("what was there");
    kept.split_once(": ").unwrap().0.into()
}

#[tokio::test]
async fn a_restored_backup_is_alone_paused_and_what_was_there_is_kept() {
    databases::on_sqlite(|fresh| async move {
        let command_line = CommandLine(&fresh);
        add(&command_line, "13101");
        let folder = tempfile::tempdir().unwrap();
        let backup = folder.path().join("backup.db");
        command_line.does(&["backup", backup.to_str().unwrap()]);
        add(&command_line, "13102");
        let in_use = command_line.refuses(&["restore", backup.to_str().unwrap()]);
        assert!(in_use.contains("is in use") && in_use.contains("stop `kenkocall serve`"), "{in_use}");
        assert_eq!(centres(&file(&fresh)).await, ["13101", "13102"]);
        fresh.database.close().await;

        let kept = restored(&fresh, &backup);
        assert_eq!(centres(&file(&fresh)).await, ["13101"]);
        assert_eq!(centres(&kept).await, ["13101", "13102"]);
        assert_eq!(std::fs::metadata(file(&fresh)).unwrap().permissions().mode() & 0o777, 0o600);
        let shown = command_line.does(&["dialer", "show"]);
        assert!(shown.contains("recent data is missing from the database; dialling stopped"), "{shown}");
        assert!(command_line.refuses(&["dialer", "resume"]).contains("dialer reconcile"));
        assert_eq!(DatabaseAssertions::at(&fresh.url).column("SELECT sign FROM losses").await, ["backup_restored"]);
        assert_eq!(
            DatabaseAssertions::at(&fresh.url)
                .count("audit WHERE action = 'database.restored' AND actor = 'tester'")
                .await,
            1
        );
        assert!(command_line.does(&["audit", "verify"]).contains("verify"));
    })
    .await;
}

/// The log of a killed program contains entries of the old file. Next to the new one, SQLite would apply them to it.
#[tokio::test]
async fn a_backup_restored_beside_a_left_over_log_is_the_backup() {
    databases::on_sqlite(|fresh| async move {
        let command_line = CommandLine(&fresh);
        add(&command_line, "13101");
        let folder = tempfile::tempdir().unwrap();
        let (backup, killed) = (folder.path().join("backup.db"), folder.path().join("killed.db"));
        command_line.does(&["backup", backup.to_str().unwrap()]);
        add(&command_line, "13102");
        // As after a kill: the file, and a log that wasn't checkpointed.
        for end in ["", "-wal"] {
            std::fs::copy(beside(&file(&fresh), end), beside(&killed, end)).unwrap();
        }
        assert!(std::fs::metadata(beside(&killed, "-wal")).unwrap().len() > 0);
        let at = Fresh { database: fresh.database.clone(), url: url(&killed) };
        let kept = restored(&at, &backup);
        assert_eq!(centres(&killed).await, ["13101"]);
        assert_eq!(centres(&kept).await, ["13101", "13102"], "with what its log held");

        // The file is missing, but its log is still there.
        let lone = folder.path().join("lone.db");
        std::fs::copy(beside(&file(&fresh), "-wal"), beside(&lone, "-wal")).unwrap();
        std::fs::copy(beside(&file(&fresh), "-shm"), beside(&lone, "-shm")).unwrap();
        let at = Fresh { database: fresh.database.clone(), url: url(&lone) };
        restored(&at, &backup);
        assert_eq!(centres(&lone).await, ["13101"]);

        // An unreadable file is kept as it is.
        let broken = folder.path().join("broken.db");
        std::fs::write(&broken, "nothing of SQLite".repeat(1_000)).unwrap();
        std::fs::set_permissions(&broken, std::fs::Permissions::from_mode(0o600)).unwrap();
        let at = Fresh { database: fresh.database.clone(), url: url(&broken) };
        let kept = restored(&at, &backup);
        assert_eq!(centres(&broken).await, ["13101"]);
        assert!(std::fs::read(&kept).unwrap().starts_with(b"nothing of SQLite"));
    })
    .await;
}

#[tokio::test]
async fn what_is_no_backup_of_the_database_changes_nothing() {
    databases::on_sqlite(|fresh| async move {
        let command_line = CommandLine(&fresh);
        add(&command_line, "13101");
        fresh.database.close().await;
        let folder = tempfile::tempdir().unwrap();
        let made = |name: &str, bytes: &[u8]| {
            let path = folder.path().join(name);
            std::fs::write(&path, bytes).unwrap();
            path
        };
        let backup = folder.path().join("backup.db");
        command_line.does(&["backup", backup.to_str().unwrap()]);
        let mut bytes = std::fs::read(&backup).unwrap();
        let cut = made("cut.db", &bytes[..bytes.len() / 2]);
        let middle = bytes.len() / 2;
        bytes[middle..middle + 8_192].fill(0x55);
        let damaged = made("damaged.db", &bytes);
        let simulated = folder.path().join("simulated.db");
        let other = Database::open(&url(&simulated), 1).await.unwrap();
        other.migrate(DataOrigin::Simulated).await.unwrap();
        other.close().await;
        for (path, mentions) in [
            (folder.path().join("missing.db"), "can't be read"),
            (folder.path().to_owned(), "isn't a file"),
            (made("text.db", b"HER-SYS ID"), "isn't an SQLite database"),
            (made("empty.db", b""), "without tables of kenkocall"),
            (cut, "is damaged"),
            (damaged, "is damaged"),
            (simulated, "simulated data"),
            (file(&fresh), "is the database itself"),
        ] {
            let told = command_line.refuses(&["restore", path.to_str().unwrap()]);
            assert!(told.contains(mentions), "{}: {told}", path.display());
            assert_eq!(centres(&file(&fresh)).await, ["13101"]);
            let left = names(file(&fresh).parent().unwrap());
            assert!(left.iter().all(|name| !name.contains("restore")), "{left:?}");
        }
    })
    .await;
}

/// Kills the command once `until` returns `true`, or lets it end.
fn killed(fresh: &Fresh, arguments: &[&str], until: impl Fn() -> bool) {
    let mut command = CommandLine(fresh).command(arguments);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    while child.try_wait().unwrap().is_none() {
        if until() {
            child.kill().unwrap();
        }
    }
}

#[tokio::test]
async fn a_backup_or_restore_that_is_killed_leaves_no_half_file() {
    databases::on_sqlite(|fresh| async move {
        let command_line = CommandLine(&fresh);
        add(&command_line, "13101");
        let folder = tempfile::tempdir().unwrap();
        let whole = folder.path().join("whole.db");
        command_line.does(&["backup", whole.to_str().unwrap()]);
        add(&command_line, "13102");
        for bytes in [0, 1, 50_000, 200_000, u64::MAX] {
            let backup = folder.path().join(format!("backup-{bytes}.db"));
            let part = folder.path().join(format!(".backup-{bytes}.db.kenkocall-backup"));
            let grown = || std::fs::metadata(&part).is_ok_and(|part| part.len() >= bytes);
            killed(&fresh, &["backup", backup.to_str().unwrap()], grown);
            if backup.exists() {
                assert_eq!(centres(&backup).await, ["13101", "13102"]);
            } else {
                command_line.does(&["backup", backup.to_str().unwrap()]);
            }
        }
        fresh.database.close().await;
        let place = file(&fresh).parent().unwrap().to_owned();
        let part = place.join(".calls.db.kenkocall-restore");
        for bytes in [0, 1, 100_000, 300_000, u64::MAX] {
            let grown = || std::fs::metadata(&part).is_ok_and(|part| part.len() >= bytes);
            killed(&fresh, &["restore", whole.to_str().unwrap()], grown);
            let found = centres(&file(&fresh)).await;
            assert!(found == ["13101"] || found == ["13101", "13102"], "{found:?}");
        }
        restored(&fresh, &whole);
        assert_eq!(centres(&file(&fresh)).await, ["13101"]);
        assert!(!part.exists());
    })
    .await;
}

#[tokio::test]
async fn postgres_has_programs_of_its_own() {
    databases::on_postgres(|fresh| async move {
        let command_line = CommandLine(&fresh);
        assert!(command_line.refuses(&["backup", "backup.db"]).contains("pg_dump"));
        assert!(command_line.refuses(&["restore", "backup.db"]).contains("pg_restore"));
    })
    .await;
}
