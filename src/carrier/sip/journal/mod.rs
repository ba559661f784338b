//! The call journal: the list of our calls that a telephone company would keep.
//!
//! It proves what the database can't after a crash, or after an old copy was put in its place: whether an INVITE has
//! left. Its lines are on the disk before the INVITE leaves. There is one file a day (UTC), so that deleting files
//! deletes phone numbers.

mod book;
mod files;
mod line;
#[cfg(test)]
mod tests;

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::oneshot;

pub use book::{Book, Entry, Follower};
use files::Files;
pub use line::{CallKey, Cause, Dialog, Line, Sending, Written};

/// Where the time comes from.
pub type Now = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// The journal can't be used.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// A file can't be read or written.
    #[error("the call journal can't be used: {0}")]
    Io(#[from] std::io::Error),
    /// Another process writes it.
    #[error("another process writes this call journal")]
    InUse,
}

/// An open journal. Clones share it.
#[derive(Clone)]
pub struct Journal {
    book: Arc<Mutex<Book>>,
    lines: mpsc::Sender<Append>,
    now: Now,
    longest_ringing: Duration,
}

struct Append {
    line: Line,
    /// Told once the line is on the disk.
    written: Option<oneshot::Sender<bool>>,
}

impl std::fmt::Debug for Journal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Journal")
    }
}

impl Journal {
    /// Opens the journal whose files begin with this path, and reads what earlier processes wrote.
    ///
    /// # Errors
    /// If its files can't be read or written, or another process writes them.
    pub fn open(path: &Path, now: Now, longest_ringing: Duration) -> Result<Self, JournalError> {
        let mut book = Book::default();
        let files = Files::open(path, now(), &mut book)?;
        let book = Arc::new(Mutex::new(book));
        let (lines, received) = mpsc::channel();
        let (shared, clock) = (Arc::clone(&book), Arc::clone(&now));
        std::thread::Builder::new()
            .name("call-journal".to_owned())
            .spawn(move || write_all(files, &received, &shared, &clock))?;
        Ok(Self { book, lines, now, longest_ringing })
    }

    /// Writes a line, and returns `true` once it is on the disk. If `false`, nothing may follow from it.
    pub async fn write(&self, what: Written) -> bool {
        let (written, done) = oneshot::channel();
        let line = Line { at: (self.now)(), what };
        self.lines.send(Append { line, written: Some(written) }).is_ok() && done.await.unwrap_or(false)
    }

    /// Writes a line without waiting for the disk.
    pub fn note(&self, what: Written) {
        let line = Line { at: (self.now)(), what };
        self.with(|book| book.note(&line, Follower::Us));
        // If the writer has ended, the next line that must be on the disk says so.
        _ = self.lines.send(Append { line, written: None });
    }

    /// Reads the calls.
    pub fn with<T>(&self, read: impl FnOnce(&mut Book) -> T) -> T {
        read(&mut self.book.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The time.
    pub fn now(&self) -> Timestamp {
        (self.now)()
    }

    /// How long a phone may ring after its INVITE left.
    pub const fn longest_ringing(&self) -> Duration {
        self.longest_ringing
    }
}

/// Lines synced together at most.
const MOST_TOGETHER: usize = 256;

fn write_all(mut files: Files, lines: &mpsc::Receiver<Append>, book: &Mutex<Book>, now: &Now) {
    while let Ok(first) = lines.recv() {
        let mut together = vec![first];
        together.extend(lines.try_iter().take(MOST_TOGETHER));
        let waits = together.iter().any(|one| one.written.is_some());
        let written = files.append(together.iter().map(|one| &one.line), waits, now());
        if let Err(error) = &written {
            tracing::error!(%error, "the call journal can't be written, so nobody is called");
        }
        let mut book = book.lock().unwrap_or_else(PoisonError::into_inner);
        if files.has_turned() {
            book.forget_before(now());
        }
        for Append { line, written: waiting } in together {
            let Some(waiting) = waiting else { continue };
            if written.is_ok() {
                book.note(&line, Follower::Us);
            }
            // The caller may have gone.
            _ = waiting.send(written.is_ok());
        }
    }
}
