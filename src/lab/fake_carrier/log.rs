//! The log: all events in order, each as one JSON object that never changes afterwards. Tests count by it. It has
//! numbers and keys in full, as a real carrier knows them. The printed lines don't.

use std::fs::File;
use std::io::Write as _;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use serde::Serialize;

use crate::commands::output::{complain, outln};

/// The maximum number of entries in memory, about a gigabyte. Later entries are written only to the file, and are
/// counted.
const MAX_ENTRIES: usize = 2_000_000;

/// An event.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub(super) enum Event {
    /// A request to the REST API was processed. Written before the reply is sent, if there is one.
    Request {
        method: String,
        path: String,
        fields: Vec<(String, String)>,
        /// Whether the carrier did what was requested.
        done: bool,
        /// The fault that affected this request.
        fault: Option<&'static str>,
        /// The HTTP status of the reply; `None` if no reply is given.
        status: Option<u16>,
        /// The carrier's own error code.
        code: Option<u32>,
        /// The call, if the request is about an existing one.
        call: Option<String>,
    },
    /// A call was accepted and will ring.
    Placed { call: String, to: String, from: String, url: String },
    /// An incoming call.
    CameIn { call: String, to: String, from: String, url: String },
    /// The phone begins to ring.
    Ringing { call: String, to: String, url: String },
    /// The phone stops ringing.
    RingingEnded { call: String, to: String, answered: bool },
    /// The call was answered, by a person or a machine.
    Answered { call: String, to: String, by: &'static str },
    /// Keys were pressed. `turn` is the number of the question in the call.
    Keyed { call: String, turn: u16, keys: String },
    /// The person hung up. `turn` is the number of the question in the call.
    HungUp { call: String, turn: u16 },
    /// A transferred call was answered. The child is the call to that phone.
    DialAnswered { call: String, child: String },
    /// A transfer ended.
    Dialled { call: String, number: String, status: &'static str },
    /// The call is over.
    Ended { call: String, to: String, status: &'static str, seconds: u64 },
    /// A webhook or a callback was sent, or an attempt failed.
    Webhook {
        call: String,
        kind: &'static str,
        url: String,
        fields: Vec<(String, String)>,
        /// `I-Twilio-Idempotency-Token`: the same on a retry.
        token: String,
        /// The status of the answer; `None` if there was none.
        status: Option<u16>,
        /// The carrier's own error code.
        error: Option<u32>,
        milliseconds: i64,
    },
    /// An SMS was accepted.
    Message { message: String, to: String, from: String, body: String },
    /// A setting was changed through the control API.
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
    /// The number of the first entry in memory.
    first: usize,
    /// The number of the next entry. Numbers are never used twice.
    next: usize,
    file: Option<File>,
}

impl Log {
    /// Creates a log that is also written to `file`, and printed in short with masked numbers unless `quiet`.
    pub(super) fn new(file: Option<File>, quiet: bool) -> Self {
        Self { kept: Mutex::new(Kept { entries: Vec::new(), first: 0, next: 0, file }), quiet }
    }

    /// Adds an event. It is in the file when this returns, and survives the end of this process.
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
            // The carrier works even if nothing reads standard output.
            outln!("{} {line}", at.strftime("%H:%M:%SZ"));
        }
    }

    /// Returns the entries from number `from` on, as a JSON object with the number of the next entry.
    pub(super) fn read(&self, from: usize) -> String {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let held = kept.entries.get(from.saturating_sub(kept.first)..).unwrap_or_default();
        format!(r#"{{"entries":[{}],"first":{},"next":{}}}"#, held.join(","), kept.first, kept.next)
    }

    /// Clears the entries in memory. The file stays.
    pub(super) fn clear(&self) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.entries.clear();
        kept.first = kept.next;
    }
}

/// Masks a number except for its beginning and its last two digits.
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
