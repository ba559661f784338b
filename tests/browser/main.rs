//! The pages of the demonstration in Debian's Chromium, driven by playwright-core, and judged by axe-core and
//! html-validate. dev/setup installs all four.
#![cfg(feature = "lab")]
#![allow(clippy::expect_used, reason = "a test that can't begin has failed")]

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// Enough to have alerts of each severity, and calls to the end of the nurse's day.
const PATIENTS: &str = "400";

/// A program that is killed at the end of the test, whatever its result.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ended = self.0.kill();
        let _reaped = self.0.wait();
    }
}

#[test]
fn a_nurses_day_and_every_page_of_it() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    assert!(root.join("target/browser/installed").exists(), "nothing drives the browser: run dev/setup");
    let mut program = Running(
        Command::new(env!("CARGO_BIN_EXE_kenkocall"))
            .args(["demo", "--patients", PATIENTS, "--seed", "15"])
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program runs"),
    );
    let mut lines = BufReader::new(program.0.stdout.take().expect("its output")).lines().map_while(Result::ok);
    let mut after = |words: &str| {
        let line = lines.find(|line| line.contains(words)).expect("how to log in");
        line.split_once(words).map(|(_, rest)| rest.to_owned()).expect("what follows")
    };
    let database = after("database     ");
    let database = database.split(' ').next().expect("a URL");
    let console = after("console      ");
    let secret = after("or an authenticator with ");
    let recovery = after("later, once each: ");
    let administrator = after("or an authenticator with ");
    let second = after("or an authenticator with ");
    // It writes a line for each call, and would block if nobody read them.
    std::thread::spawn(move || lines.for_each(drop));
    let invited = Command::new(env!("CARGO_BIN_EXE_kenkocall"))
        .args(["--as", "見本 守", "staff", "add", "--name", "見本 桃子", "--email", "momoko@mihon.example"])
        .args(["--role", "help_desk"])
        .env("KENKOCALL_DATABASE__URL", database)
        .env("KENKOCALL_SERVER__PUBLIC_URL", console.trim_end_matches("/console"))
        .output()
        .expect("the program runs");
    let invited = String::from_utf8_lossy(&invited.stdout);
    let invitation = invited.lines().find_map(|line| line.split_once("/console/invitation/")).expect("a link").1;

    let output = Command::new("node")
        .arg(root.join("tests/browser/nurse_day.mjs"))
        .args([&console, &secret, &recovery, &administrator, &second, invitation.trim()])
        .output()
        .expect("Node; dev/setup installs it");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    let findings: Vec<&str> = said.lines().filter(|line| line.starts_with("finding ")).collect();
    assert!(findings.is_empty(), "{}", findings.join("\n"));
    let judged = said.lines().filter(|line| line.starts_with("judged ")).count();
    assert!(judged >= 108, "only {judged} pages were judged: {said}");
}

#[test]
fn somebody_signs_up_to_the_portal() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    assert!(root.join("target/browser/installed").exists(), "nothing drives the browser: run dev/setup");
    let mut program = Running(
        Command::new(env!("CARGO_BIN_EXE_kenkocall"))
            .args(["demo", "--patients", "20", "--seed", "15"])
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program runs"),
    );
    let mut lines = BufReader::new(program.0.stdout.take().expect("its output")).lines().map_while(Result::ok);
    let mut after = |words: &str| {
        let line = lines.find(|line| line.contains(words)).expect("how to sign up");
        line.split_once(words).map(|(_, rest)| rest.to_owned()).expect("what follows")
    };
    let portal = after("portal       ");
    let spool = after("its codes by e-mail are in ");
    let person = after("add HER-SYS ID ");
    let (id, birth_date) = person.split_once(", birth date ").expect("both");
    // It writes a line for each call, and would block if nobody read them.
    std::thread::spawn(move || lines.for_each(drop));
    let output = Command::new("node")
        .arg(root.join("tests/browser/portal.mjs"))
        .args([&portal, &spool, id, birth_date])
        .output()
        .expect("Node; dev/setup installs it");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    let findings: Vec<&str> = said.lines().filter(|line| line.starts_with("finding ")).collect();
    assert!(findings.is_empty(), "{}", findings.join("\n"));
    let judged = said.lines().filter(|line| line.starts_with("judged ")).count();
    assert!(judged >= 170, "only {judged} pages were judged: {said}");
}
