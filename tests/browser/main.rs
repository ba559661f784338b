//! The pages of the demonstration in Debian's Chromium, driven by playwright-core, and judged by axe-core and
//! html-validate. dev/setup installs all four.
#![cfg(feature = "lab")]
#![allow(clippy::expect_used, reason = "a test that can't begin has failed")]

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// Enough to have alerts of each severity, and calls to the end of the nurse's day.
const PATIENTS: &str = "400";
const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// A program that is killed at the end of the test, whatever its result.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ended = self.0.kill();
        let _reaped = self.0.wait();
    }
}

/// A demonstration that runs, and what it prints.
struct Demonstration {
    running: Running,
    lines: Box<dyn Iterator<Item = String> + Send>,
}

impl Demonstration {
    fn of(patients: &str) -> Self {
        assert!(Path::new(ROOT).join("target/browser/installed").exists(), "nothing drives the browser: run dev/setup");
        let mut program = Running(
            Command::new(env!("CARGO_BIN_EXE_kenkocall"))
                .args(["demo", "--patients", patients, "--seed", "15"])
                .stdout(Stdio::piped())
                .spawn()
                .expect("the program runs"),
        );
        let lines = BufReader::new(program.0.stdout.take().expect("its output")).lines().map_while(Result::ok);
        Self { running: program, lines: Box::new(lines) }
    }

    /// What follows these words on the next line that has them.
    fn after(&mut self, words: &str) -> String {
        let line = self.lines.find(|line| line.contains(words)).expect("what people are told");
        line.split_once(words).map(|(_, rest)| rest.to_owned()).expect("what follows")
    }

    /// Lets it go on until the end of the test. It writes a line for each call, and would block if nobody read them.
    fn go_on(self) -> Running {
        std::thread::spawn(move || self.lines.for_each(drop));
        self.running
    }
}

/// Walks through the pages by a script, which finds nothing wrong with at least `pages` of them.
fn walk(script: &str, arguments: &[&str], pages: usize) {
    let script = Path::new(ROOT).join("tests/browser").join(script);
    let output = Command::new("node").arg(script).args(arguments).output().expect("Node; dev/setup installs it");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    let findings: Vec<&str> = said.lines().filter(|line| line.starts_with("finding ")).collect();
    assert!(findings.is_empty(), "{}", findings.join("\n"));
    let judged = said.lines().filter(|line| line.starts_with("judged ")).count();
    assert!(judged >= pages, "only {judged} pages were judged: {said}");
}

#[test]
fn a_nurses_day_and_every_page_of_it() {
    let mut program = Demonstration::of(PATIENTS);
    let database = program.after("database     ");
    let database = database.split(' ').next().expect("a URL");
    let console = program.after("console      ");
    let secret = program.after("or an authenticator with ");
    let recovery = program.after("later, once each: ");
    let administrator = program.after("or an authenticator with ");
    let second = program.after("or an authenticator with ");
    let _running = program.go_on();
    let invited = Command::new(env!("CARGO_BIN_EXE_kenkocall"))
        .args(["--as", "見本 守", "staff", "add", "--name", "見本 桃子", "--email", "momoko@mihon.example"])
        .args(["--role", "help_desk"])
        .env("KENKOCALL_DATABASE__URL", database)
        .env("KENKOCALL_SERVER__PUBLIC_URL", console.trim_end_matches("/console"))
        .output()
        .expect("the program runs");
    let invited = String::from_utf8_lossy(&invited.stdout);
    let invitation = invited.lines().find_map(|line| line.split_once("/console/invitation/")).expect("a link").1;
    walk("nurse_day.mjs", &[&console, &secret, &recovery, &administrator, &second, invitation.trim()], 108);
}

#[test]
fn somebody_signs_up_to_the_portal() {
    let mut program = Demonstration::of("20");
    let portal = program.after("portal       ");
    let spool = program.after("its codes by e-mail are in ");
    let person = program.after("add HER-SYS ID ");
    let (id, birth_date) = person.split_once(", birth date ").expect("both");
    let _running = program.go_on();
    walk("portal.mjs", &[&portal, &spool, id, birth_date], 212);
}

/// The portal's style uses nothing without a fallback that a browser of 2016 lacks (issue 16).
#[test]
fn the_portals_style_suits_a_browser_of_2016() {
    let installed = Path::new(ROOT).join("target/browser");
    let styles = ["src/web/portal/portal.css", "src/web/portal/help.css", "src/web/pages/certificate.css"];
    let judged = Command::new("node")
        .arg(installed.join("node_modules/stylelint/bin/stylelint.mjs"))
        .arg("--config")
        .arg(Path::new(ROOT).join("tests/browser/stylelint.config.mjs"))
        .arg("--config-basedir")
        .arg(&installed)
        .args(styles.map(|style| Path::new(ROOT).join(style)))
        .output()
        .expect("Node; dev/setup installs it");
    let said = [judged.stdout, judged.stderr].concat();
    assert!(judged.status.success(), "{}", String::from_utf8_lossy(&said));
}
