//! The demonstration, with somebody at the terminal and with nobody there.

#![allow(clippy::expect_used)] // a test that can't begin has failed

use std::process::{Command, Stdio};

/// A person at a terminal: waits for each prompt, types, and prints what the terminal showed.
const PERSON: &str = r#"
import os, pty, select, sys
keys = ["", "2", "1000002#", "19800401", "365", "h", "q"]
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
    assert!(shown.contains("You entered 36 point 5 degrees."), "{shown}");
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
    for kept in ["call      reported", "answer    body_temperature: 38.5 (amber)", "alert     red_answer: complexion"] {
        assert!(shown.contains(kept), "{kept} isn't in: {shown}");
    }
}
