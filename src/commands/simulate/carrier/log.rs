//! The log: everything that happened, in order, one JSON object each, and never changed afterwards. It is what a test
//! counts by. It holds numbers and keys as they are: a carrier knows them. What is printed doesn't.

use std::fs::File;
use std::io::Write as _;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use serde::Serialize;

use crate::commands::output::{complain, outln};

/// The most entries held in memory, about a gigabyte. Later ones go to the file alone, and are counted.
const MAX_ENTRIES: usize = 2_000_000;

/// Something that happened.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub(super) enum Event {
    /// A request to the REST API was decided on. Written before the reply goes out, if any does.
    Request {
        method: String,
        path: String,
        fields: Vec<(String, String)>,
        /// Whether the carrier did what was asked.
        done: bool,
        /// The fault that this request met.
        fault: Option<&'static str>,
        /// The HTTP status of the reply; `None` if no reply is given.
        status: Option<u16>,
        /// The carrier's own code of a refusal.
        code: Option<u32>,
        /// The call, where it is about one that exists.
        call: Option<String>,
    },
    /// A call was taken, and will ring.
    Placed { call: String, to: String, from: String, url: String },
    /// Someone rings in.
    CameIn { call: String, to: String, from: String, url: String },
    /// The phone begins to ring.
    Ringing { call: String, to: String, url: String },
    /// The phone stops ringing.
    RingingEnded { call: String, to: String, answered: bool },
    /// Someone or something picked up.
    Answered { call: String, to: String, by: &'static str },
    /// Keys were pressed, at the so-manieth question of the call.
    Keyed { call: String, turn: u32, keys: String },
    /// The person hung up, at the so-manieth question of the call.
    HungUp { call: String, turn: u32 },
    /// Someone picked up to whom a call is put through: the child is that phone's own call.
    DialAnswered { call: String, child: String },
    /// A transfer ended.
    Dialled { call: String, number: String, status: &'static str },
    /// The call is over.
    Ended { call: String, to: String, status: &'static str, seconds: u64 },
    /// A webhook or a callback was sent, or an attempt at it failed.
    Webhook {
        call: String,
        kind: &'static str,
        url: String,
        fields: Vec<(String, String)>,
        /// `I-Twilio-Idempotency-Token`: the same on a retry.
        token: String,
        /// What was answered; `None` if nothing was.
        status: Option<u16>,
        /// The carrier's own code of what went wrong.
        error: Option<u32>,
        milliseconds: i64,
    },
    /// A SMS was taken.
    Message { message: String, to: String, from: String, body: String },
    /// Something was set through the control API.
    Set { what: &'static str, to: serde_json::Value },
}

#[derive(Serialize)]
struct Entry<'a> {
    n: usize,
    at: Timestamp,
    #[serde(flatten)]
    event: &'a Event,
}

/// The log.
pub(super) struct Log {
    kept: Mutex<Kept>,
    quiet: bool,
}

struct Kept {
    entries: Vec<Box<str>>,
    /// The number of the first entry held.
    first: usize,
    /// The number of the next entry. Numbers are never used twice.
    next: usize,
    file: Option<File>,
}

impl Log {
    /// A log that is also written to `file`, and printed in short, numbers masked, unless `quiet`.
    pub(super) fn new(file: Option<File>, quiet: bool) -> Self {
        Self { kept: Mutex::new(Kept { entries: Vec::new(), first: 0, next: 0, file }), quiet }
    }

    /// Adds what happened. It is in the file when this returns: it survives the end of this process.
    pub(super) fn add(&self, at: Timestamp, event: &Event) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = Entry { n: kept.next, at, event };
        let Ok(line) = serde_json::to_string(&entry) else { return };
        kept.next += 1;
        if let Some(file) = &mut kept.file
            && let Err(error) = file.write_all(format!("{line}\n").as_bytes())
        {
            complain(&format!("kenkocall: the log file can't be written ({error}); the log goes on in memory alone"));
            kept.file = None;
        }
        if kept.entries.len() < MAX_ENTRIES {
            kept.entries.push(line.into());
        }
        drop(kept);
        if !self.quiet
            && let Some(line) = printed(event)
        {
            // Nobody may be reading, and the carrier works all the same.
            outln!("{} {line}", at.strftime("%H:%M:%SZ"));
        }
    }

    /// The entries from number `from` on, as a JSON object with the number that comes next.
    pub(super) fn read(&self, from: usize) -> String {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let held = kept.entries.get(from.saturating_sub(kept.first)..).unwrap_or_default();
        format!(r#"{{"entries":[{}],"first":{},"next":{}}}"#, held.join(","), kept.first, kept.next)
    }

    /// Forgets what is held in memory. The file stays.
    pub(super) fn clear(&self) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.entries.clear();
        kept.first = kept.next;
    }
}

/// A number with all but its beginning and its last two digits hidden.
pub(super) fn masked(number: &str) -> String {
    let length = number.chars().count();
    let shown = |place: usize| place < 3 || place + 2 >= length;
    number.chars().enumerate().map(|(place, c)| if shown(place) { c } else { '*' }).collect()
}

fn printed(event: &Event) -> Option<String> {
    Some(match event {
        Event::Request { method, path, done, fault, status, .. } => {
            let status = status.map_or("no reply".to_owned(), |status| status.to_string());
            let resource = path.rsplit('/').next().unwrap_or_default();
            match (fault, done) {
                (Some(fault), true) => format!("{method} {resource}: {status}, done, fault {fault}"),
                (Some(fault), false) => format!("{method} {resource}: {status}, not done, fault {fault}"),
                (None, true) => return None,
                (None, false) => format!("{method} {resource}: {status}"),
            }
        }
        Event::Placed { to, from, .. } => format!("{} is to be called from {}", masked(to), masked(from)),
        Event::CameIn { to, from, .. } => format!("{} rings {}", masked(from), masked(to)),
        Event::Ringing { to, .. } => format!("{} rings", masked(to)),
        Event::RingingEnded { to, answered: false, .. } => format!("{} stops ringing", masked(to)),
        Event::Answered { to, by, .. } => format!("{} is answered by a {by}", masked(to)),
        Event::Keyed { turn, keys, .. } => format!("  question {turn}: {} keys", keys.chars().count()),
        Event::HungUp { turn, .. } => format!("  question {turn}: hangs up"),
        Event::DialAnswered { .. } => "  put through: answered".to_owned(),
        Event::Dialled { number, status, .. } => format!("  put through to {}: {status}", masked(number)),
        Event::Ended { to, status, seconds, .. } => format!("{} {status}, {seconds} s", masked(to)),
        Event::Webhook { kind, status, error: Some(error), .. } => {
            let status = status.map_or("no reply".to_owned(), |status| status.to_string());
            format!("  {kind} webhook failed: {status}, error {error}")
        }
        Event::Message { to, .. } => format!("message to {}", masked(to)),
        Event::Set { what, .. } => format!("{what} set"),
        Event::RingingEnded { .. } | Event::Webhook { .. } => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ended(status: &'static str) -> Event {
        Event::Ended { call: "CA1".into(), to: "+819012345678".into(), status, seconds: 3 }
    }

    #[test]
    fn entries_are_numbered_and_read_from_a_number_on() {
        let log = Log::new(None, true);
        log.add(Timestamp::UNIX_EPOCH, &ended("completed"));
        log.add(Timestamp::UNIX_EPOCH, &ended("busy"));
        let read = |from| serde_json::from_str::<serde_json::Value>(&log.read(from)).unwrap();
        assert_eq!(read(0)["entries"].as_array().unwrap().len(), 2);
        assert_eq!(read(1)["entries"][0]["status"], "busy");
        assert_eq!(read(1)["entries"][0]["n"], 1);
        assert_eq!(read(9)["entries"], serde_json::json!([]));
        assert_eq!(read(0)["next"], 2);
        log.clear();
        log.add(Timestamp::UNIX_EPOCH, &ended("failed"));
        assert_eq!(read(0)["entries"][0]["n"], 2);
        assert_eq!(read(2)["entries"][0]["status"], "failed");
    }

    #[test]
    fn what_is_printed_masks_numbers() {
        assert_eq!(masked("+819012345678"), "+81********78");
        assert_eq!(printed(&ended("completed")).unwrap(), "+81********78 completed, 3 s");
    }
}
