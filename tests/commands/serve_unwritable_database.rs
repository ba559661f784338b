//! `serve` if its database can't be written: a disk that is really full or mounted read-only, and a file or folder
//! for which the program's user has no write permission. Its message names the file and the remedy, and `serve`
//! starts after the remedy.
//!
//! Each disk is a small one in memory, in a mount namespace of its own, which ends with the processes in it.

use std::path::Path;
use std::process::{Command, Output};

use crate::operator_name::FakeCarrier;

/// Starts `serve` and waits until it accepts calls, or has ended.
const SERVES: &str = r#"
fill() { head -c 64m /dev/zero >filler 2>"$LOGS/filled" || true; }
serves() {
    : >"$LOGS/out"
    "$PROGRAM" serve >"$LOGS/out" 2>&1 &
    until grep -q 'listens on' "$LOGS/out"; do
        kill -0 $! 2>/dev/null || { cat "$LOGS/out" >&2; return 1; }
        sleep 0.1
    done
}
stopped() { kill "-$1" %%; wait %% || true; }
"#;

/// A command in a mount namespace of its own, with whichever method is permitted.
fn apart() -> Command {
    let mut command = Command::new("unshare");
    command.args(["--mount", "--map-root-user"]);
    command
}

/// Runs the script on a disk of four megabytes. Returns `None`, with a message, if no disk can be mounted.
fn on_a_small_disk(carrier: &FakeCarrier, script: &str) -> Option<Output> {
    let (disk, logs) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mount = "mount -t tmpfs -o size=4m,mode=700 none \"$DISK\"";
    if !apart().args(["bash", "-c", mount]).env("DISK", disk.path()).output().is_ok_and(|tried| tried.status.success())
    {
        eprintln!("SKIPPED: no disk can be mounted here, not even in a namespace of one's own");
        return None;
    }
    let script = format!("set -eu; {mount}; cd \"$DISK\"; {SERVES} {script}");
    let mut command = apart();
    command.args(["bash", "-c", &script]).env("DISK", disk.path()).env("LOGS", logs.path());
    Some(settings(&mut command, carrier).output().unwrap())
}

fn settings<'a>(command: &'a mut Command, carrier: &FakeCarrier) -> &'a mut Command {
    command
        .env("PROGRAM", env!("CARGO_BIN_EXE_kenkocall"))
        .envs(carrier.settings())
        .env("KENKOCALL_SERVER__LISTEN", "127.0.0.1:0")
        .env("KENKOCALL_SERVER__OPERATIONS_LISTEN", "127.0.0.1:0")
        .env("KENKOCALL_SERVER__PUBLIC_URL", "https://kenko.example")
}

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Checks that one line of the output contains these words.
fn says(output: &Output, words: &[&str]) {
    let told = told(output);
    let line = |line: &str| words.iter().all(|word| line.contains(word));
    assert!(output.status.success() && told.lines().any(line), "{words:?}: {}: {told}", output.status);
}

#[test]
fn serve_on_a_full_disk_says_what_to_do_and_starts_once_there_is_room() {
    let carrier = FakeCarrier::start();
    let refused_then_room = "! serves; rm filler; serves; stopped TERM";
    for prepare in [
        // No database yet, and a valid database.
        "fill",
        "\"$PROGRAM\" migrate; fill",
        // A server that was killed has left its write-ahead log.
        "serves; stopped TERM; fill",
    ] {
        let Some(output) = on_a_small_disk(&carrier, &format!("{prepare}; {refused_then_room}")) else { return };
        says(&output, &["kenkocall: the database ", "/kenkocall.db can't be written: its disk is full", "make room"]);
    }
    // No space for another file, which SQLite doesn't distinguish from an unwritable folder.
    let no_files = "\"$PROGRAM\" migrate; mount -o remount,nr_inodes=3 none \"$DISK\"; ! serves;
                    mount -o remount,nr_inodes=1000 none \"$DISK\"; serves; stopped TERM";
    let Some(output) = on_a_small_disk(&carrier, no_files) else { return };
    says(&output, &["/kenkocall.db can't be written: its disk is full", "make room"]);
}

/// A killed server leaves a log and its readers' shared file. If these have room, the server starts, until a commit
/// finds none.
#[test]
fn serve_that_was_killed_on_a_disk_that_is_full_now_says_what_to_do() {
    let carrier = FakeCarrier::start();
    let script = "serves; stopped KILL; fill;
                  if serves; then
                      while \"$PROGRAM\" dialer pause --reason lines && \"$PROGRAM\" dialer resume; do :; done
                      stopped TERM
                  fi
                  rm filler; serves; stopped TERM";
    let Some(output) = on_a_small_disk(&carrier, script) else { return };
    says(&output, &["full", "make room"]);
}

#[test]
fn serve_on_a_disk_that_is_mounted_for_reading_says_so() {
    let carrier = FakeCarrier::start();
    let read_only = "mount -o remount,ro none \"$DISK\"; ! serves;
                     mount -o remount,rw none \"$DISK\"; serves; stopped TERM";
    for (prepare, what) in [("true", "can't be created"), ("\"$PROGRAM\" migrate", "can't be opened for writing")] {
        let Some(output) = on_a_small_disk(&carrier, &format!("{prepare}; {read_only}")) else { return };
        says(&output, &["/kenkocall.db ", what, "its disk is read-only; mount it for writing"]);
    }
}

/// Permissions of the file, of its folder, and of the files next to it.
#[test]
fn serve_on_a_file_or_folder_that_it_may_not_write_says_whose_it_must_be() {
    let carrier = FakeCarrier::start();
    for (prepare, what) in [
        ("chmod 555 .", "can't be created"),
        ("migrate; chmod 400 kenkocall.db", "is read-only; make it writable for this program's user"),
        ("migrate; chmod 555 .", "let this program's user write the file and its directory"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let output = hindered(folder.path(), &carrier, prepare);
        let told = told(&output);
        assert_eq!(output.status.code(), Some(1), "{prepare}: {told}");
        assert!(told.starts_with("kenkocall: the database ") && told.contains(what), "{prepare}: {told}");
        assert!(told.contains("/kenkocall.db"), "{prepare}: {told}");
    }
}

/// If run as root, it gives up the right to ignore permissions.
fn hindered(folder: &Path, carrier: &FakeCarrier, prepare: &str) -> Output {
    let script = format!(
        "migrate() {{ \"$PROGRAM\" migrate; }}; set -eu; {prepare}; if [ $(id -u) = 0 ]; then
         set -- setpriv --bounding-set=-dac_override,-dac_read_search,-fowner; fi; exec \"$@\" \"$PROGRAM\" serve"
    );
    let mut command = Command::new("bash");
    command.args(["-c", &script, "bash"]).current_dir(folder);
    let output = settings(&mut command, carrier).output().unwrap();
    // So that it can be deleted.
    assert!(Command::new("chmod").args(["755"]).arg(folder).status().unwrap().success());
    output
}
