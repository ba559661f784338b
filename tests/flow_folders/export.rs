//! `flows export`, and the authors' commands on the exported files, with only the installed program.

use std::fs::Permissions;
use std::io::Write as _;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;
use std::process::{Command, Stdio};

use super::{Desktop, files_below, text};

#[test]
fn an_export_is_what_the_source_has() {
    let desktop = Desktop::with_export();
    let source = Path::new(env!("CARGO_MANIFEST_DIR"));
    let exported = files_below(&desktop.path("mine"));
    for (path, content) in &exported {
        let from = match path.strip_prefix("transcripts") {
            Ok(transcript) => source.join("tests/transcripts").join(transcript),
            Err(_) => source.join("call_flows").join(path),
        };
        assert_eq!(&std::fs::read(&from).expect("a file of the source"), content, "{}", path.display());
    }
    let documents = files_below(&source.join("call_flows"));
    assert!(documents.keys().all(|document| exported.contains_key(document)), "a document is missing");
    let transcripts = exported.keys().filter(|path| path.starts_with("transcripts")).count();
    assert!(transcripts >= 60, "{transcripts} transcripts");
}

#[test]
fn the_authors_commands_work_on_an_export_in_an_installed_product() {
    let desktop = Desktop::with_export();
    let all = |said: &str| {
        let last = said.lines().last().unwrap_or_default();
        assert!(last.ends_with(" passed, 0 failed") && !last.starts_with("0 "), "{said}");
    };
    assert!(desktop.does(&["flows", "check", "mine"]).ends_with("(mine): nothing to mend\n"));
    all(&desktop.does(&["flows", "test", "mine"]));
    all(&desktop.does(&["flows", "test", "--folder", "mine"]));
    all(&desktop.does(&["flows", "test", "mine/transcripts/automated_call", "--folder", "mine"]));
    let value = desktop.does(&["flows", "test", "mine", "--json"]);
    assert!(value.contains("\"documents\": \"mine\"") && value.contains("\"failed\": 0"), "{value}");
    assert!(desktop.does(&["flows", "draw", "person", "--folder", "mine"]).starts_with("<svg"));
    // Without a folder, the built-in documents are used.
    assert!(desktop.does(&["flows", "check"]).ends_with("(built in): nothing to mend\n"));
    let said = desktop.does(&["flows", "test"]);
    assert!(said.starts_with("documents: built in; transcripts: built in\n"), "{said}");
    all(&said);
    assert!(desktop.refuses(&["flows", "test", "--update"]).contains("`kenkocall flows export DIR`"));
}

#[test]
fn the_transcripts_of_an_export_are_played_against_its_own_documents() {
    let desktop = Desktop::with_export();
    desktop.edit("mine/automated_call/flow.toml", "keys.2 = \"not_now\"", "keys.2 = \"wrong_number\"");
    desktop.edit(
        "mine/automated_call/flow.toml",
        "[nodes.not_now]\nkind = \"record\"\nanswered = \"not_now\"\nnext = \"call_later\"\n",
        "",
    );
    desktop.edit(
        "mine/automated_call/flow.toml",
        "[nodes.call_later]\nkind = \"announce\"\ntitle = \"今は話せない\"\nsay = [\"call_later\", \"shared.number_again\"]\nnext = \"hang_up\"\n",
        "",
    );
    for language in ["ja", "en", "zh-Hans", "zh-Hant", "ko", "es", "pt"] {
        let file = format!("mine/automated_call/prompts/{language}.toml");
        let kept: Vec<String> =
            desktop.read(&file).lines().filter(|line| !line.starts_with("call_later")).map(str::to_owned).collect();
        std::fs::write(desktop.path(&file), kept.join("\n") + "\n").expect("a written file");
    }
    let output = desktop.output(&["flows", "test", "mine"]);
    let said = text(&output.stdout);
    assert!(!output.status.success(), "{said}");
    assert!(said.contains("mine/transcripts/automated_call/not_now.call:11: expected"), "{said}");
    assert!(said.trim_end().ends_with(" 1 failed"), "{said}");
    // The same for a single flow.
    let one = desktop.output(&["flows", "test", "mine/transcripts/automated_call/not_now.call"]);
    assert!(text(&one.stdout).ends_with("0 passed, 1 failed\n"), "{}", text(&one.stdout));
    let two = ["flows", "test", "mine/transcripts/call_back", "elsewhere"];
    assert!(desktop.refuses(&two).contains("more than one folder of documents; name it with --folder"));
    desktop.tells(&["flows", "test", "mine", "--update"]);
    assert!(desktop.read("mine/transcripts/automated_call/not_now.call").contains("! ended wrong_number"));
    assert!(desktop.does(&["flows", "test", "mine"]).ends_with(" 0 failed\n"));
}

#[test]
fn the_folder_of_the_settings_is_meant_when_none_is_named() {
    let desktop = Desktop::with_export();
    desktop.edit("mine/automated_call/flow.toml", "title = \"自動架電\"", "title = \"朝の電話\"");
    desktop.edit("mine/automated_call/flow.toml", "version = ", "version = 1");
    let with = |arguments: &[&str]| {
        let output = desktop.program().args(arguments).env("KENKOCALL_FLOWS__DIRECTORY", "mine").output();
        let output = output.expect("the program runs");
        assert!(output.status.success(), "{}", text(&output.stderr));
        text(&output.stdout)
    };
    assert!(with(&["flows", "check"]).contains("(mine)"));
    assert!(with(&["flows", "draw", "automated_call"]).contains("朝の電話"));
    assert!(with(&["flows", "test"]).ends_with(" 0 failed\n"));
    std::fs::write(desktop.path("settings.toml"), "[flows]\ndirectory = \"mine\"\n").expect("a written file");
    assert!(desktop.does(&["--config", "settings.toml", "flows", "check"]).contains("(mine)"));
    // A folder named on the command line takes precedence.
    std::fs::write(desktop.path("settings.toml"), "[flows]\ndirectory = \"nowhere\"\n").expect("a written file");
    assert!(desktop.does(&["--config", "settings.toml", "flows", "test", "mine"]).ends_with(" 0 failed\n"));
    assert!(desktop.does(&["--config", "settings.toml", "flows", "check", "mine"]).contains("(mine)"));
    assert!(desktop.refuses(&["--config", "settings.toml", "flows", "test"]).contains("there is no folder nowhere"));
}

#[test]
fn an_export_is_played_in_the_terminal() {
    let desktop = Desktop::with_export();
    desktop.edit(
        "mine/automated_call/prompts/ja.toml",
        "こちらは、{centre}です。",
        "おはようございます、{centre}です。",
    );
    let mut command = desktop.program();
    command.args(["flows", "play", "automated_call", "--folder", "mine"]);
    let mut playing = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("the program runs");
    let mut keys = playing.stdin.take().expect("standard input");
    keys.write_all(b"8\nh\n").expect("written keys");
    drop(keys);
    let output = playing.wait_with_output().expect("the end");
    let said = text(&output.stdout);
    assert!(output.status.success() && said.contains("おはようございます、見本保健所です。"), "{said}");
    assert!(said.contains("! alert stop_unconfirmed"), "{said}");
}

#[test]
fn nothing_is_overwritten_unless_asked() {
    let desktop = Desktop::empty();
    std::fs::create_dir(desktop.path("mine")).expect("a folder");
    desktop.does(&["flows", "export", "mine"]);
    let changed = "mine/person/flow.toml";
    desktop.edit(changed, "ring_seconds = 30", "ring_seconds = 40");
    std::fs::write(desktop.path("mine/notes.txt"), "mine").expect("a written file");
    let before = files_below(&desktop.path("mine"));
    let refused = desktop.refuses(&["flows", "export", "mine"]);
    assert!(
        refused.contains("mine isn't empty, so nothing was written") && refused.contains("--overwrite"),
        "{refused}"
    );
    assert_eq!(files_below(&desktop.path("mine")), before);
    let said = desktop.does(&["flows", "export", "mine", "--overwrite"]);
    assert!(said.starts_with("replaced: mine/person/flow.toml\n") && said.contains(" 0 new, 1 replaced"), "{said}");
    assert!(desktop.read(changed).contains("ring_seconds = 30"));
    assert_eq!(desktop.read("mine/notes.txt"), "mine");
}

#[test]
fn an_export_goes_into_folders_only() {
    let desktop = Desktop::empty();
    std::fs::write(desktop.path("file"), "x").expect("a written file");
    symlink("nowhere", desktop.path("link")).expect("a link");
    for wrong in ["file", "file/below", "link"] {
        let sentence = desktop.refuses(&["flows", "export", wrong]);
        assert!(sentence.contains(wrong), "{sentence}");
    }
    assert_eq!(desktop.read("file"), "x");
    assert!(!desktop.path("nowhere").exists());
    // A folder with only a hidden file isn't empty.
    std::fs::create_dir(desktop.path("hidden")).expect("a folder");
    std::fs::write(desktop.path("hidden/.kept"), "").expect("a written file");
    assert!(desktop.refuses(&["flows", "export", "hidden"]).contains("isn't empty"));
    desktop.does(&["flows", "export", "a/new/one"]);
    assert!(desktop.does(&["flows", "test", "a/new/one"]).ends_with(" 0 failed\n"));
}

#[test]
fn the_services_user_can_read_what_an_administrator_exported() {
    let desktop = Desktop::with_export();
    desktop.edit("mine/person/flow.toml", "ring_seconds = 30", "ring_seconds = 40");
    std::fs::remove_dir_all(desktop.path("mine/shared")).expect("a removed folder");
    desktop.does(&["flows", "export", "mine", "--overwrite"]);
    let mode = |name: &str| desktop.path(name).metadata().expect("a file").permissions().mode() & 0o777;
    for file in ["mine/person/flow.toml", "mine/shared/keys.toml", "mine/transcripts/call_back/key_8.call"] {
        assert_eq!(mode(file), 0o644, "{file}");
    }
    for folder in ["mine", "mine/shared", "mine/shared/prompts", "mine/transcripts/call_back"] {
        assert_eq!(mode(folder), 0o755, "{folder}");
    }
}

#[test]
fn a_link_is_replaced_and_not_what_it_leads_to() {
    let desktop = Desktop::with_export();
    std::fs::write(desktop.path("elsewhere"), "precious").expect("a written file");
    std::fs::remove_file(desktop.path("mine/shared/keys.toml")).expect("a removed file");
    symlink("../../elsewhere", desktop.path("mine/shared/keys.toml")).expect("a link");
    desktop.does(&["flows", "export", "mine", "--overwrite"]);
    assert_eq!(desktop.read("elsewhere"), "precious");
    assert!(desktop.does(&["flows", "check", "mine"]).contains("nothing to mend"));
}

#[test]
fn a_full_disk_gives_a_sentence() {
    let desktop = Desktop::empty();
    let program = env!("CARGO_BIN_EXE_kenkocall");
    // No file can be written. With SIGXFSZ ignored, the write fails instead of ending the process.
    let mut command = Command::new("sh");
    command.args(["-c", "trap '' XFSZ; ulimit -f 0; exec \"$0\" \"$@\"", program, "flows", "export", "mine"]);
    let output = command.current_dir(desktop.path("")).output().expect("a shell");
    let sentence = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{sentence}");
    assert!(sentence.starts_with("kenkocall: mine/") && sentence.contains("mine is incomplete: 0 of "), "{sentence}");
    assert!(sentence.contains("run this again with --overwrite"), "{sentence}");
    desktop.does(&["flows", "export", "mine", "--overwrite"]);
    assert!(desktop.does(&["flows", "test", "mine"]).ends_with(" 0 failed\n"));
}

#[test]
fn a_read_only_folder_gives_a_sentence() {
    let desktop = Desktop::empty();
    std::fs::create_dir(desktop.path("locked")).expect("a folder");
    std::fs::set_permissions(desktop.path("locked"), Permissions::from_mode(0o555)).expect("permissions");
    let program = env!("CARGO_BIN_EXE_kenkocall");
    let mut command = if std::fs::write(desktop.path("locked/probe"), "").is_ok() {
        std::fs::remove_file(desktop.path("locked/probe")).expect("a removed file");
        // Root bypasses permissions unless it drops that capability.
        let mut command = Command::new("setpriv");
        command.args(["--bounding-set=-dac_override,-dac_read_search,-fowner", program]);
        command
    } else {
        Command::new(program)
    };
    let output = command.args(["flows", "export", "locked"]).current_dir(desktop.path("")).output().expect("a run");
    let sentence = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{sentence}");
    assert!(sentence.starts_with("kenkocall: locked/") && sentence.contains("Permission denied"), "{sentence}");
}

#[test]
fn the_exit_codes_are_the_same_for_all_commands_of_authors() {
    let desktop = Desktop::with_export();
    for name in ["broken", "differs"] {
        desktop.does(&["flows", "export", name]);
    }
    desktop.edit("broken/person/flow.toml", "[", "[[[");
    desktop.edit("differs/transcripts/health_call/family.call", "> say", "> sing");
    std::fs::create_dir(desktop.path("empty")).expect("a folder");
    for (arguments, code) in [
        // 1: something is missing or unreadable.
        (&["check", "nowhere"][..], 1),
        (&["draw", "person", "--folder", "nowhere"], 1),
        (&["play", "--folder", "nowhere"], 1),
        (&["test", "nowhere"], 1),
        (&["test", "--folder", "nowhere"], 1),
        (&["test", "mine/transcripts/health_call/nothing.call"], 1),
        (&["test", "--folder", "mine", "empty"], 1),
        // 2: no such flow, no such language.
        (&["draw", "nothing", "--folder", "mine"], 2),
        (&["play", "nothing", "--folder", "mine"], 2),
        (&["draw", "person", "--language", "xx"], 2),
        (&["play", "--language", "xx"], 2),
        (&["test", "mine/transcripts", "differs/transcripts"], 2),
        // 3: a valid command that was refused; nothing was written.
        (&["export", "mine"], 3),
        (&["export", "mine/person/flow.toml"], 3),
        (&["test", "--update"], 3),
        // 4: the documents or a transcript have errors.
        (&["check", "broken"], 4),
        (&["draw", "person", "--folder", "broken"], 4),
        (&["play", "--folder", "broken"], 4),
        (&["test", "broken"], 4),
        (&["test", "differs"], 4),
        (&["check", "empty"], 4),
        // 0: no errors.
        (&["check", "mine"], 0),
        (&["draw", "person", "--folder", "mine"], 0),
        (&["test", "mine"], 0),
    ] {
        let output = desktop.output(&[&["flows"], arguments].concat());
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {}", text(&output.stderr));
    }
}
