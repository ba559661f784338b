//! `[package.metadata.deb]`: every packaged file exists, and no file that users need is missing.

use std::process::{Command, Stdio};

use toml::{Table, Value};

use crate::{files, root, text};

/// Source, destination and mode of each packaged file.
fn assets() -> Vec<(String, String, String)> {
    let manifest: Table = text("Cargo.toml").parse().expect("TOML");
    let assets = manifest["package"]["metadata"]["deb"]["assets"].as_array().expect("assets").clone();
    let word = |asset: &Value, nth: usize| asset[nth].as_str().expect("text").to_owned();
    assets.iter().map(|asset| (word(asset, 0), word(asset, 1), word(asset, 2))).collect()
}

/// The files of a source: a single file, or a folder's files by `*` and an ending.
fn named_by(source: &str) -> Vec<String> {
    let Some((folder, ending)) = source.split_once('*') else {
        return root().join(source).is_file().then(|| source.to_owned()).into_iter().collect();
    };
    let there = std::fs::read_dir(root().join(folder)).expect(source);
    let names = there.map(|entry| entry.expect("an entry")).filter(|entry| entry.path().is_file());
    let names = names.map(|entry| entry.file_name().into_string().expect("UTF-8"));
    names.filter(|name| name.ends_with(ending)).map(|name| format!("{folder}{name}")).collect()
}

#[test]
fn everything_that_is_packaged_exists_or_is_made() {
    let makers = text("dev/package") + &text("dev/bill-of-materials");
    for (source, destination, mode) in assets() {
        assert!(!destination.starts_with('/') && ["644", "755", "640"].contains(&&*mode), "{destination} {mode}");
        match source.strip_prefix("target/package/made/") {
            Some(made) => {
                let made = made.trim_end_matches(".gz").split('/').next().expect("a part");
                assert!(makers.contains(made), "nothing makes {source}");
            }
            None if source == "target/release/kenkocall" => {}
            None => assert!(!named_by(&source).is_empty(), "there is no {source}"),
        }
    }
}

#[test]
fn all_documents_and_pictures_are_packaged() {
    let packaged: Vec<String> = assets()
        .iter()
        .filter(|(source, ..)| !source.starts_with("target/"))
        .flat_map(|(source, ..)| named_by(source))
        .collect();
    for file in files(&root().join("docs")) {
        let file = file.strip_prefix(root()).expect("below the root").to_str().expect("UTF-8").to_owned();
        // The settings are packaged as /etc/kenkocall/kenkocall.toml, with the path of the database filled in.
        assert!(packaged.contains(&file) || file == "docs/kenkocall.toml", "{file} isn't packaged");
    }
    for file in ["README.md", "README.ja.md", "SECURITY.md", "CHANGELOG.md", "packaging/debian/copyright"] {
        assert!(packaged.contains(&file.to_owned()), "{file} isn't packaged");
    }
}

#[test]
fn settings_are_for_the_service_alone() {
    let settings = assets().into_iter().find(|(_, destination, _)| destination == "etc/kenkocall/kenkocall.toml");
    assert_eq!(settings.expect("settings are packaged").2, "640");
    // dev/package fills in the path of the service's database.
    assert!(text("docs/kenkocall.toml").contains("\n#url = \"sqlite://kenkocall.db\"\n"));
    let postinst = text("packaging/debian/postinst");
    assert!(postinst.contains("own root kenkocall 0640 /etc/kenkocall/kenkocall.toml"));
    assert!(postinst.contains("own kenkocall kenkocall 0700 /var/lib/kenkocall"));
}

#[test]
fn the_package_has_the_programs_version() {
    let changelog = text("packaging/debian/changelog");
    let first = format!("kenkocall ({}-1) ", env!("CARGO_PKG_VERSION"));
    assert!(changelog.starts_with(&first), "packaging/debian/changelog must begin with {first}");
}

#[test]
fn scripts_can_be_parsed() {
    let mut scripts: Vec<_> = files(&root().join("packaging/debian"));
    scripts.extend(files(&root().join("packaging/check")));
    scripts.extend(["dev/package", "dev/package-check"].map(|script| root().join(script)));
    let mut parsed = 0;
    for script in scripts {
        let content = std::fs::read_to_string(&script).expect("text");
        let Some(shell) = content.lines().next().and_then(|line| line.strip_prefix("#!")) else { continue };
        let shell = shell.trim_start_matches("/usr/bin/env ");
        let done = Command::new(shell).arg("-n").arg(&script).stdin(Stdio::null()).output().expect(shell);
        assert!(done.status.success(), "{}: {}", script.display(), String::from_utf8_lossy(&done.stderr));
        parsed += 1;
    }
    assert!(parsed >= 8, "{parsed} scripts were parsed");
}

/// Not even a purge deletes health data.
#[test]
fn no_maintainer_script_deletes_data() {
    for script in ["postinst", "prerm", "postrm"] {
        let script = text(&format!("packaging/debian/{script}"));
        let deleting = script
            .lines()
            .filter(|line| !line.trim_start().starts_with(['#', 'e']))
            .filter(|line| line.split_whitespace().any(|word| ["rm", "unlink", "find", "shred"].contains(&word)));
        assert_eq!(deleting.count(), 0, "{script}");
    }
}
