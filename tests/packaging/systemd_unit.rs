//! The systemd unit matches the program, and confines it.

use std::process::Command;

use kenkocall::config::Server;

use crate::{kenkocall, text};

fn setting(name: &str) -> Vec<String> {
    let unit = text("packaging/systemd/kenkocall.service");
    let values = unit.lines().filter_map(|line| line.strip_prefix(name)?.strip_prefix('='));
    values.map(str::to_owned).collect()
}

#[test]
fn the_unit_confines_the_service() {
    for (name, value) in [
        ("User", "kenkocall"),
        ("UMask", "0077"),
        ("LimitNOFILE", "65536"),
        ("LimitCORE", "0"),
        ("ProtectSystem", "strict"),
        ("StateDirectory", "kenkocall"),
        ("StateDirectoryMode", "0700"),
        ("NoNewPrivileges", "yes"),
        ("PrivateTmp", "yes"),
        ("ProtectHome", "yes"),
        ("PrivateDevices", "yes"),
        ("CapabilityBoundingSet", ""),
        ("MemoryDenyWriteExecute", "yes"),
        ("Restart", "on-failure"),
    ] {
        assert_eq!(setting(name), [value], "{name}");
    }
    assert!(setting("SystemCallFilter").contains(&"@system-service".to_owned()));
    let after = setting("After").join(" ");
    assert!(after.contains("network-online.target") && after.contains("postgresql.service"), "{after}");
}

/// A shutdown waits for requests, then for turns, for `drain_seconds` each.
#[test]
fn systemd_waits_longer_for_a_stop_than_the_program_does() {
    let stop: u64 = setting("TimeoutStopSec")[0].parse().expect("seconds");
    assert!(stop > 2 * Server::default().drain_seconds, "{stop}");
}

#[test]
fn the_units_command_is_one_of_the_program() {
    let start = setting("ExecStart").remove(0);
    let mut words = start.split_whitespace();
    assert_eq!(words.next(), Some("/usr/bin/kenkocall"));
    let settings = tempfile::NamedTempFile::new().expect("a file");
    let words: Vec<&str> = words
        .map(
            |word| {
                if word == "/etc/kenkocall/kenkocall.toml" { settings.path().to_str().expect("UTF-8") } else { word }
            },
        )
        .collect();
    let said = kenkocall(&words);
    let said = String::from_utf8_lossy(&said.stderr).into_owned();
    assert!(said.contains("no carrier is set"), "{said}");
}

#[test]
fn the_image_sets_variables_that_exist_and_begins_with_a_command_that_does() {
    let image = text("Containerfile");
    let set = image.lines().filter_map(|line| line.strip_prefix("ENV ")).flat_map(str::split_whitespace);
    let set: Vec<_> = set.filter_map(|pair| pair.split_once('=')).collect();
    assert_eq!(set.len(), 2, "{set:?}");
    let settings = tempfile::NamedTempFile::new().expect("a file");
    let entry = r#"ENTRYPOINT ["kenkocall", "--config", "/etc/kenkocall/kenkocall.toml"]"#;
    assert!(image.contains(entry) && image.contains(r#"CMD ["serve"]"#) && image.contains("USER kenkocall"));
    let mut command = Command::new(env!("CARGO_BIN_EXE_kenkocall"));
    command.envs(set).arg("--config").arg(settings.path()).arg("serve");
    let said = String::from_utf8_lossy(&command.output().expect("the program runs").stderr).into_owned();
    assert!(said.contains("no carrier is set"), "{said}");
}
