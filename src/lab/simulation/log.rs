//! Captures the services' log on a simulated day (I6).

use std::collections::HashSet;
use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};

use tracing::subscriber::DefaultGuard;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

use super::people;

/// The captured log.
#[derive(Debug, Clone, Default)]
pub(super) struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    /// Captures this thread's log, at every level, until the guard is dropped.
    pub(super) fn listen(&self) -> DefaultGuard {
        let log = tracing_subscriber::fmt()
            .with_env_filter(EnvFilter::new("debug,kenkocall=trace"))
            .with_ansi(false)
            .without_time()
            .with_writer(self.clone())
            .finish();
        tracing::subscriber::set_default(log)
    }

    pub(super) fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap_or_else(PoisonError::into_inner)).into_owned()
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;
    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// The number of final digits of a phone number that identify it.
const NUMBER_ENDS: usize = 9;

/// Returns the lines with a name, an ID, a birth date or a number of a person. Ids of calls and similar ids are
/// ignored, because their digits may be anything.
pub(super) fn lines_with_somebody(log: &str, people: u32) -> Vec<String> {
    let mut known = HashSet::new();
    for nth in 0..people {
        known.extend(people::hersys_id(nth).map(|id| id.expose().to_owned()));
        known.extend(people::nobodys_id(nth).map(|id| id.expose().to_owned()));
        known.insert(people::birthday(nth).strftime("%Y%m%d").to_string());
        for choice in 0..3 {
            let number = people::number(nth, choice).map(|number| number.expose().to_owned());
            known.extend(number.and_then(|number| number.get(number.len() - NUMBER_ENDS..).map(str::to_owned)));
        }
    }
    let names = |line: &str| line.contains(people::GIVEN_NAME) || line.contains(people::FAMILY_NAME);
    log.lines().filter(|line| names(line) || has_any(line, &known)).map(str::to_owned).collect()
}

fn has_any(line: &str, known: &HashSet<String>) -> bool {
    let words = line.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-'));
    let is_id = |word: &str| {
        word.len() >= 32 && word.bytes().filter(u8::is_ascii_alphabetic).count() > 1 || word.matches('-').count() == 4
    };
    words.filter(|word| word.len() >= 6 && !is_id(word)).any(|word| {
        let digits: String = word.chars().filter(char::is_ascii_digit).collect();
        let end = digits.len().checked_sub(NUMBER_ENDS).and_then(|from| digits.get(from..));
        known.contains(&digits) || end.is_some_and(|end| known.contains(end))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn somebody_is_found_however_they_are_written() {
        for line in [
            "a call to +819010000001 failed",
            "090-1000-0001",
            "id=7310041;",
            "born 1931-01-01",
            "見本",
            "keys=19310101#",
        ] {
            assert_eq!(lines_with_somebody(line, 3), [line]);
        }
        for line in [
            "call=019ac731-0041-7000-8000-007310041000 ended",
            "SIM0000000000000000ab73100410000000",
            "2026-11-24T08:00:00",
            "2 of 7310043",
        ] {
            assert!(lines_with_somebody(line, 3).is_empty(), "{line}");
        }
    }
}
