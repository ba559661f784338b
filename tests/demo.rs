//! The demonstration: live, a whole day in seconds, and the line with and without a person at the terminal.
#![cfg(feature = "fault-injection")]
#![allow(clippy::expect_used, reason = "a test that can't begin has failed")]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

/// A person at a terminal: waits for each prompt, types, and prints the terminal's content.
const PERSON: &str = r#"
import os, pty, select, sys
keys = ["", "2", "2", "1000002#", "19800401", "365", "h", "q"]
pid, fd = pty.fork()
if pid == 0:
    os.execv(sys.argv[1], [sys.argv[1], "demo", "--phone"])
shown = b""
waiting = b": "
while keys:
    ready, _, _ = select.select([fd], [], [], 60)
    if not ready:
        sys.exit("nothing is shown any more after: " + shown.decode()[-200:])
    shown += os.read(fd, 4096)
    if shown.endswith((b"ends: ", "☎ ".encode())):
        os.write(fd, (keys.pop(0) + "\n").encode())
while True:
    try:
        more = os.read(fd, 4096)
    except OSError:
        break
    if not more:
        break
    shown += more
sys.stdout.buffer.write(shown)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
"#;

#[test]
fn somebody_calls_hangs_up_and_ends() {
    let output = Command::new("python3")
        .args(["-c", PERSON, env!("CARGO_BIN_EXE_kenkocall")])
        .output()
        .expect("python3 runs; dev/setup installs it");
    let shown = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{shown}{}", String::from_utf8_lossy(&output.stderr));
    assert!(shown.contains("36 point 5 degrees."), "{shown}");
    assert!(shown.contains("call      unanswered"), "{shown}");
}

#[test]
fn with_nobody_there_one_call_is_played() {
    let output = Command::new(env!("CARGO_BIN_EXE_kenkocall"))
        .args(["demo", "--phone"])
        .stdin(Stdio::null())
        .output()
        .expect("the program runs");
    let shown = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{shown}");
    for kept in [
        "call      reported",
        "answer    body_temperature: 38.5 (amber)",
        "alert     red_answer: complexion",
        "portal       http://localhost:",
    ] {
        assert!(shown.contains(kept), "{kept} isn't in: {shown}");
    }
}

#[test]
fn a_whole_day_in_seconds_and_the_same_again_for_the_same_seed() {
    let day = |seed: &str| {
        let output = Command::new(env!("CARGO_BIN_EXE_kenkocall"))
            .args(["demo", "--fast", "--patients", "30", "--seed", seed])
            .output()
            .expect("the program runs");
        let shown = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{shown}");
        // The duration differs, and so does the date if the run crosses midnight.
        shown.lines().filter(|line| !line.contains(" in ") && !line.starts_with("20")).collect::<Vec<_>>().join("\n")
    };
    let first = day("1");
    let figures = first.lines().find(|line| line.starts_with("00000 見本保健所")).expect("the figures");
    let counts: Vec<u32> = figures.split_whitespace().skip(2).map(|count| count.parse().expect("a count")).collect();
    let [due, reported, unanswered, cancelled, missed, open, placed] = counts[..] else { panic!("{figures}") };
    assert_eq!(due, reported + unanswered + cancelled + missed, "each slot ended in one way: {figures}");
    assert!(reported > 10 && placed >= reported && open == 0, "{figures}");
    assert_eq!(day("1"), first);
    assert_ne!(day("2"), first);
}

/// A program that is killed at the end of the test, whatever its result.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ended = self.0.kill();
        let _reaped = self.0.wait();
    }
}

#[test]
fn calls_are_placed_and_answered_before_the_watchers_eyes() {
    let mut program = Running(
        Command::new(env!("CARGO_BIN_EXE_kenkocall"))
            .args(["demo", "--patients", "40", "--no-second-factor"])
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program runs"),
    );
    let mut lines = BufReader::new(program.0.stdout.take().expect("its output")).lines().map_while(Result::ok);
    let address =
        lines.find_map(|line| Some(line.split_once("status page  http://")?.1.trim_end_matches('/').to_owned()));
    let address = address.expect("the address of the status page");
    let console = lines.find_map(|line| Some(line.split_once("console      http://localhost:")?.1.to_owned()));
    assert!(console.is_some_and(|console| console.ends_with("/console")));
    let nurse = lines.next().expect("how to log in");
    assert!(nurse.contains("nurse: naoko@mihon.example") && nurse.contains("password"), "{nurse}");
    let others: Vec<String> = lines.by_ref().take(4).collect();
    for other in ["kenji", "midori", "minoru", "madoka"] {
        let email = format!("{other}@mihon.example, password ");
        assert!(others.iter().any(|line| line.contains(&email)), "{other} isn't in {others:?}");
    }
    let end = lines.find(|line| line.contains("Ctrl-C") || line.contains("ends by itself")).expect("how it ends");
    assert!(end.contains("when all calls have ended, or after 15 minutes"), "there is no terminal: {end}");
    for event in ["patients are due", "is called", "rings", "answers"] {
        assert!(lines.any(|line| line.contains(event)), "no “{event}”");
    }
    let mut connection = TcpStream::connect(&address).expect("the status page");
    connection.write_all(b"GET / HTTP/1.0\r\nHost: localhost\r\n\r\n").expect("a request");
    let mut page = String::new();
    connection.read_to_string(&mut page).expect("an answer");
    assert!(page.starts_with("HTTP/1.0 200") && page.contains("本日の自動架電"), "{page}");
    assert!(page.contains("すべて架空のものです") && page.contains("are made up"), "{page}");
    assert!(!page.contains("9010000"), "no number stands on the page");
}
