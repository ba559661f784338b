//! Settings before anything is started: `config check`, secrets from files, and the files' permissions.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Output};

use crate::{CommandLine, databases, databases::Fresh};

const TOKEN: &str = "8f0e1c2d3b4a5968";

fn program(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kenkocall"));
    command.args(arguments).current_dir(folder);
    command
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

fn set_mode(path: &Path, mode: u32) {
    std::fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

/// Runs the program with a umask that makes files readable for everybody.
fn under_a_wide_umask(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new("sh");
    command.args(["-c", "umask 000; exec \"$0\" \"$@\"", env!("CARGO_BIN_EXE_kenkocall")]).args(arguments);
    command.current_dir(folder).output().unwrap()
}

#[test]
fn what_the_program_makes_is_for_its_owner_alone() {
    let folder = tempfile::tempdir().unwrap();
    let centre = ["centres", "add", "--code", "13101", "--name", "千代田保健所", "--phone", "0352113641"];
    for arguments in [&["migrate"][..], &centre, &["audit", "checkpoint", "end.txt"], &["audit", "verify"]] {
        let output = under_a_wide_umask(folder.path(), arguments);
        assert!(output.status.success() && output.stderr.is_empty(), "{}", text(&output.stderr));
    }
    let mut names: Vec<String> = Vec::new();
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let path = entry.unwrap().path();
        assert_eq!(mode(&path), 0o600, "{}", path.display());
        names.push(path.file_name().unwrap().to_string_lossy().into_owned());
    }
    assert!(names.contains(&"kenkocall.db".to_owned()) && names.contains(&"end.txt".to_owned()), "{names:?}");
}

/// The same for the library: a program that embeds it has a umask of its own. The accompanying files have the
/// database's mode.
#[tokio::test]
async fn the_database_and_the_files_beside_it_are_for_their_owner_alone() {
    databases::on_sqlite(|fresh| async move {
        let file = fresh.url.trim_start_matches("sqlite://").to_owned();
        for end in ["", "-wal", "-shm"] {
            assert_eq!(mode(Path::new(&format!("{file}{end}"))), 0o600, "{end}");
        }
    })
    .await;
}

#[tokio::test]
async fn wider_files_are_told_of_and_left_as_they_are() {
    databases::on_sqlite(|fresh| async move {
        let file = fresh.url.trim_start_matches("sqlite://").to_owned();
        CommandLine(&fresh).with_centre();
        for end in ["", "-wal"] {
            let path = format!("{file}{end}");
            set_mode(Path::new(&path), 0o644);
            let output = CommandLine(&fresh).output(&["centres", "list"]);
            let told = text(&output.stderr);
            assert!(output.status.success() && told.starts_with("kenkocall: warning: "), "{told}");
            for mentioned in [&*path, "mode 0644", "chmod 600"] {
                assert!(told.contains(mentioned), "{told}");
            }
            assert_eq!(mode(Path::new(&path)), 0o644, "an administrator may have meant it");
            set_mode(Path::new(&path), 0o600);
            assert!(CommandLine(&fresh).output(&["centres", "list"]).stderr.is_empty());
        }
    })
    .await;
}

#[test]
fn a_settings_file_with_a_secret_is_for_its_owner_alone() {
    let folder = tempfile::tempdir().unwrap();
    let (settings, token) = (folder.path().join("kenkocall.toml"), folder.path().join("token"));
    std::fs::write(&settings, format!("[twilio]\nauth_token = \"{TOKEN}\"\n")).unwrap();
    std::fs::write(&token, TOKEN).unwrap();
    let told = |command: &mut Command| {
        let output = command.output().unwrap();
        assert!(output.status.success(), "{}", text(&output.stderr));
        assert!(!text(&output.stderr).contains(TOKEN));
        text(&output.stderr)
    };
    for (mode, is_told) in [(0o644, true), (0o604, true), (0o660, true), (0o600, false), (0o400, false)] {
        set_mode(&settings, mode);
        set_mode(&token, mode);
        let by_file = told(&mut program(folder.path(), &["migrate", "--config", "kenkocall.toml"]));
        assert_eq!(by_file.contains("kenkocall.toml can be used by others"), is_told, "{mode:o}: {by_file}");
        let by_variable = told(program(folder.path(), &["migrate"]).env("KENKOCALL_TWILIO__AUTH_TOKEN_FILE", &token));
        assert_eq!(by_variable.contains("token can be used by others"), is_told, "{mode:o}: {by_variable}");
    }
    std::fs::write(&settings, "[dialer]\ncalls_per_day = 100\n").unwrap();
    set_mode(&settings, 0o644);
    assert_eq!(told(&mut program(folder.path(), &["migrate", "--config", "kenkocall.toml"])), "", "it holds none");
}

#[test]
fn a_broken_settings_file_is_never_quoted_by_any_command() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("kenkocall.toml"), format!("[twilio]\nauth_token = \"{TOKEN}\nx = 1\n")).unwrap();
    for arguments in [&["serve"][..], &["migrate"], &["alerts", "list"], &["config", "check"], &["demo", "--fast"]] {
        let output = program(folder.path(), arguments).args(["--config", "kenkocall.toml"]).output().unwrap();
        let told = text(&output.stdout) + &text(&output.stderr);
        assert!(!output.status.success() && !told.contains(TOKEN), "{told}");
        assert!(told.contains("kenkocall.toml, line 2, column"), "{told}");
    }
}

#[test]
fn config_check_names_every_error_and_every_warning() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = program(folder.path(), &["config", "check"]);
    for (name, value) in [
        ("KENKOCALL_CARRIER", "twilio"),
        ("KENKOCALL_SERVER__LISTEN", TOKEN),
        ("KENKOCALL_DIALER__CALLS_PER_DAY", TOKEN),
        ("KENKOCALL_DATABASE_URL", TOKEN),
        ("KENKOCALL_TWILIO__AUTH_TOKEN_FILE", "missing"),
    ] {
        command.env(name, value);
    }
    let output = command.output().unwrap();
    let (told, end) = (text(&output.stdout), text(&output.stderr));
    assert!(!output.status.success() && !told.contains(TOKEN), "{told}");
    assert!(end.starts_with("kenkocall: the settings can't be used: 4 errors"), "{told}{end}");
    for mentioned in [
        "error: the environment variable KENKOCALL_DATABASE_URL can't be used",
        "KENKOCALL_SERVER__LISTEN can't be used: server.listen has the wrong form",
        "KENKOCALL_DIALER__CALLS_PER_DAY can't be used",
        "error: twilio.auth_token_file: the file missing can't be read",
    ] {
        assert!(told.contains(mentioned), "{mentioned}: {told}");
    }
}

#[test]
fn config_check_tells_what_is_probably_not_meant_and_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let check = |variables: &[(&str, &str)]| {
        let mut command = program(folder.path(), &["config", "check"]);
        command.envs(variables.iter().copied());
        let output = command.output().unwrap();
        (output.status.success(), text(&output.stdout) + &text(&output.stderr))
    };
    let (fine, told) = check(&[]);
    assert!(fine && told.ends_with("the settings can be used\n"), "{told}");
    for mentioned in ["warning: carrier isn't set", "warning: no limits of a day are set", "there is no database yet"] {
        assert!(told.contains(mentioned), "{told}");
    }
    let twilio = [
        ("KENKOCALL_CARRIER", "twilio"),
        ("KENKOCALL_TWILIO__AUTH_TOKEN", TOKEN),
        ("KENKOCALL_TWILIO__ACCOUNT_SID", "AC00000000000000000000000000000000"),
    ];
    let (fine, told) = check(&twilio);
    assert!(fine && told.contains("warning: server.public_url isn't set") && !told.contains(TOKEN), "{told}");
    assert!(told.contains("nobody is called"), "{told}");
    let limits = [
        ("KENKOCALL_DIALER__CALLS_PER_DAY", "100"),
        ("KENKOCALL_SERVER__PUBLIC_URL", "https://calls.example.jp"),
        ("KENKOCALL_TWILIO__CALLER_NUMBER", "+815031980214"),
        ("KENKOCALL_AUDIT__CHECKPOINT_FILE", "end.txt"),
    ];
    let (fine, told) = check(&[&twilio[..], &limits].concat());
    assert!(fine && told.matches("warning:").count() == 1, "{told}");
    for (name, value, mentioned) in [
        ("KENKOCALL_TWILIO__CALLER_NUMBER", "nonsense", "twilio.caller_number isn't a phone number"),
        ("KENKOCALL_TWILIO__ACCOUNT_SID", "", "error: "),
        ("KENKOCALL_LOG__LEVEL", "=loud=", "log.level isn't a filter"),
        ("KENKOCALL_FLOWS__DIRECTORY", "nowhere", "there is no folder nowhere"),
        ("KENKOCALL_TWILIO__VOICES__JA", "a voice", "twilio.voices.ja"),
        ("KENKOCALL_DATABASE__URL", "sqlite:///tmp", "is a directory"),
        ("KENKOCALL_DATABASE__URL", "sqlite://calls.db?key=8f0e1c2d3b4a5968", "has parameters"),
    ] {
        let (fine, told) = check(&[&twilio[..], &limits, &[(name, value)]].concat());
        assert!(!fine && told.contains(mentioned) && !told.contains(TOKEN), "{name}: {told}");
    }
    for (file, mentioned) in [
        ("/nowhere/end.txt", "the folder of audit.checkpoint_file, /nowhere, doesn't exist"),
        ("/tmp", "names a folder, /tmp"),
    ] {
        let (fine, told) = check(&[&twilio[..], &limits, &[("KENKOCALL_AUDIT__CHECKPOINT_FILE", file)]].concat());
        assert!(fine && told.contains(mentioned) && !told.contains("chmod"), "{file}: {told}");
    }
    assert!(std::fs::read_dir(folder.path()).unwrap().next().is_none(), "nothing was created");
}

#[tokio::test]
async fn config_check_looks_into_the_database() {
    databases::on_sqlite(|fresh| async move { looks_into(&fresh) }).await;
    databases::on_postgres(|fresh| async move { looks_into(&fresh) }).await;
}

fn looks_into(fresh: &Fresh) {
    let check = |carrier: &str| {
        let mut command = CommandLine(fresh).command(&["config", "check"]);
        let output = command.env("KENKOCALL_CARRIER", carrier).env("KENKOCALL_TWILIO__AUTH_TOKEN", TOKEN).output();
        let output = output.unwrap();
        (output.status.success(), text(&output.stdout))
    };
    let (fine, told) = check("twilio");
    assert!(fine && !told.contains("there is no database"), "{told}");
    let (fine, told) = check("simulator");
    assert!(!fine && told.contains("error: the database is one of real patients"), "{told}");
}

#[test]
fn config_show_tells_what_holds_and_where_it_comes_from() {
    let folder = tempfile::tempdir().unwrap();
    let file = format!(
        "carrier = \"twilio\"\n[server]\npublic_url = \"https://calls.example.jp\"\n[dialer]\ncalls_per_day = 100\n\
         spend_per_day = 900\n[twilio]\nauth_token_file = \"token\"\n[twilio.voices]\nja = \"Polly.Tomoko-Neural\"\n\
         [database]\nurl = \"postgres://me:{TOKEN}@db.example.jp/calls?sslmode=require\"\n"
    );
    std::fs::write(folder.path().join("kenkocall.toml"), file).unwrap();
    std::fs::write(folder.path().join("token"), TOKEN).unwrap();
    let show = |more: &[&str]| {
        let mut command = program(folder.path(), &["--config", "kenkocall.toml", "config", "show"]);
        let output = command.args(more).env("KENKOCALL_DIALER__CALLS_PER_DAY", "50").output().unwrap();
        let told = text(&output.stdout) + &text(&output.stderr);
        assert!(output.status.success() && !told.contains(TOKEN), "{told}");
        told
    };
    let lines: Vec<Vec<String>> =
        show(&[]).lines().map(|line| line.split_whitespace().map(str::to_owned).collect()).collect();
    for expected in [
        ["carrier", "twilio", "kenkocall.toml"],
        ["server.listen", "127.0.0.1:8080", "default"],
        ["server.public_url", "https://calls.example.jp", "kenkocall.toml"],
        ["server.trusted_proxies", "-", "default"],
        ["dialer.calls_per_day", "50", "KENKOCALL_DIALER__CALLS_PER_DAY"],
        ["dialer.spend_per_day", "900", "kenkocall.toml"],
        ["twilio.auth_token", "••••", "token"],
        ["twilio.auth_token_file", "token", "kenkocall.toml"],
        ["twilio.voices.ja", "Polly.Tomoko-Neural", "kenkocall.toml"],
        ["database.url", "postgres://me:••••@db.example.jp/calls?sslmode=require", "kenkocall.toml"],
    ] {
        assert!(lines.iter().any(|line| *line == expected), "{expected:?}: {lines:?}");
    }
    let shown: serde_json::Value = serde_json::from_str(&show(&["--json"])).unwrap();
    let of = |name: &str| shown.as_array().unwrap().iter().find(|setting| setting["setting"] == name).unwrap().clone();
    let calls = serde_json::json!({ "setting": "dialer.calls_per_day", "value": "50", "origin": "environment",
        "from": "KENKOCALL_DIALER__CALLS_PER_DAY" });
    assert_eq!(of("dialer.calls_per_day"), calls);
    assert_eq!(of("twilio.auth_token")["origin"], "secret_file");
    assert!(of("audit.checkpoint_file")["value"].is_null());

    let output = program(folder.path(), &["config", "show"]).env("KENKOCALL_SERVER__LISTEN", TOKEN).output().unwrap();
    let told = text(&output.stderr);
    assert!(!output.status.success() && told.contains("server.listen has the wrong form") && !told.contains(TOKEN));
}
