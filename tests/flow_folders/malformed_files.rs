//! Wrong or malicious files in a folder are named, and never read completely, waited for or followed in a loop.

use std::os::unix::fs::symlink;
use std::process::Command;

use super::Desktop;

/// The sentence of the check, and of every other command that reads documents.
fn refused(desktop: &Desktop) -> String {
    let sentence = desktop.refuses(&["flows", "check", "mine"]);
    for arguments in [
        &["flows", "draw", "person", "--folder", "mine"][..],
        &["flows", "play", "--folder", "mine"],
        &["flows", "test", "mine"],
    ] {
        let refused = desktop.refuses(arguments);
        assert_eq!(
            refused.trim_start_matches("kenkocall: "),
            sentence.trim_start_matches("kenkocall: "),
            "{arguments:?}"
        );
    }
    sentence
}

#[test]
fn what_is_no_ordinary_file_is_not_opened() {
    let desktop = Desktop::with_export();
    let odd = desktop.path("mine/person/prompts/odd.toml");
    let made = Command::new("mkfifo").arg(&odd).status().expect("mkfifo");
    assert!(made.success());
    assert!(refused(&desktop).contains("odd.toml is a pipe, a device or a socket"));
    std::fs::remove_file(&odd).expect("a removed pipe");
    symlink("/dev/zero", &odd).expect("a link");
    assert!(refused(&desktop).contains("odd.toml is a pipe, a device or a socket"));
    std::fs::remove_file(&odd).expect("a removed link");
    symlink("nowhere", &odd).expect("a link");
    assert!(refused(&desktop).contains("odd.toml can't be read: No such file"));
    std::fs::remove_file(&odd).expect("a removed link");
    symlink("odd.toml", &odd).expect("a link");
    assert!(refused(&desktop).contains("odd.toml can't be read: Too many levels"));
    std::fs::remove_file(&odd).expect("a removed link");
    let folder = desktop.path("mine/extra/flow.toml");
    std::fs::create_dir_all(folder).expect("a folder");
    assert!(refused(&desktop).contains("mine/extra/flow.toml is a folder, and should be a file"));
}

#[test]
fn a_large_file_is_not_read() {
    let desktop = Desktop::with_export();
    let large = std::fs::File::create(desktop.path("mine/person/prompts/ja.toml")).expect("a file");
    // A sparse file: its size isn't allocated on the disk.
    large.set_len(5_000_000_000).expect("a large file");
    assert!(refused(&desktop).contains("mine/person/prompts/ja.toml is larger than 256 KiB"));
    let transcripts = Desktop::with_export();
    let large = std::fs::File::create(transcripts.path("mine/transcripts/person/large.call"));
    let large = large.or_else(|_| {
        std::fs::create_dir(transcripts.path("mine/transcripts/person"))?;
        std::fs::File::create(transcripts.path("mine/transcripts/person/large.call"))
    });
    large.expect("a file").set_len(5_000_000_000).expect("a large file");
    let output = transcripts.output(&["flows", "test", "mine"]);
    let said = super::text(&output.stdout);
    assert!(said.contains("large.call is larger than 256 KiB") && said.ends_with(" 1 failed\n"), "{said}");
}

#[test]
fn files_that_are_large_together_are_not_read() {
    let desktop = Desktop::with_export();
    let words = "# a comment\n".repeat(20_000);
    for nth in 0..30 {
        std::fs::write(desktop.path(&format!("mine/person/prompts/x{nth}.toml")), &words).expect("a file");
    }
    assert!(refused(&desktop).contains("larger than 4 MiB together"));
}

#[test]
fn many_files_are_not_read() {
    let desktop = Desktop::with_export();
    for nth in 0..1_200 {
        std::fs::write(desktop.path(&format!("mine/person/prompts/x{nth}.toml")), "").expect("a file");
    }
    assert!(refused(&desktop).contains("mine has too many files: is it the right folder?"));
    // Whatever kind of file they are.
    let sentence = desktop.refuses(&["flows", "check", "/"]);
    assert!(sentence.contains("is it the right folder") || sentence.contains("can't be read"), "{sentence}");
}

#[test]
fn links_are_not_followed_in_a_circle() {
    let desktop = Desktop::with_export();
    symlink("..", desktop.path("mine/person/up")).expect("a link");
    assert!(refused(&desktop).contains("is it the right folder, or does a link lead back?"));
}

#[test]
fn hidden_folders_are_passed_by() {
    // The files of version control, and a Kubernetes volume, which is mounted through hidden links.
    let desktop = Desktop::with_export();
    std::fs::create_dir(desktop.path("mine/.git")).expect("a folder");
    std::fs::write(desktop.path("mine/.git/config.toml"), "not [ TOML").expect("a file");
    std::fs::create_dir(desktop.path("mounted")).expect("a folder");
    std::fs::rename(desktop.path("mine"), desktop.path("mounted/..2026_11_24")).expect("a moved folder");
    symlink("..2026_11_24", desktop.path("mounted/..data")).expect("a link");
    for flow in std::fs::read_dir(desktop.path("mounted/..data")).expect("a folder") {
        let name = flow.expect("an entry").file_name();
        let name = name.to_str().expect("UTF-8");
        if !name.starts_with('.') {
            symlink(format!("..data/{name}"), desktop.path(&format!("mounted/{name}"))).expect("a link");
        }
    }
    assert!(desktop.does(&["flows", "check", "mounted"]).ends_with("(mounted): nothing to mend\n"));
    assert!(desktop.does(&["flows", "test", "mounted"]).ends_with(" 0 failed\n"));
}

#[test]
fn other_encodings_are_named_with_their_line() {
    let desktop = Desktop::with_export();
    let path = desktop.path("mine/person/prompts/ja.toml");
    std::fs::write(&path, b"# good\nconnecting = \"\x82\xa0\"\n").expect("a file");
    assert!(refused(&desktop).contains("mine/person/prompts/ja.toml:2: this isn't UTF-8 text; save the file as UTF-8"));
    let utf16: Vec<u8> = "\u{feff}a = \"b\"".encode_utf16().flat_map(u16::to_le_bytes).collect();
    std::fs::write(&path, utf16).expect("a file");
    assert!(refused(&desktop).contains("mine/person/prompts/ja.toml:1: this isn't UTF-8 text"));
}

#[test]
fn documents_of_many_nodes_or_deep_brackets_end_in_a_sentence() {
    let desktop = Desktop::with_export();
    let nodes: String = (0..3_000).map(|nth| format!("[nodes.n{nth}]\nkind = \"end\"\nresult = \"done\"\n")).collect();
    let many = format!("title = \"x\"\nversion = 1\nstart = \"n0\"\n[limits]\nsteps = 9\n{nodes}");
    std::fs::write(desktop.path("mine/withdrawn/flow.toml"), many).expect("a file");
    assert!(refused(&desktop).contains("mine/withdrawn/flow.toml:1: the flow has 3000 nodes, more than 500"));
    for deep in ["[".repeat(100_000), "{ a = ".repeat(30_000), "a.".repeat(100_000)] {
        std::fs::write(desktop.path("mine/withdrawn/flow.toml"), format!("x = {deep}")).expect("a file");
        assert!(refused(&desktop).contains("mine/withdrawn/flow.toml:1: "), "{}", &deep[..4]);
    }
}
