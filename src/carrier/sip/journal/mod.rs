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
use std::sync::atomic::{AtomicU8, Ordering};
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
    state: Arc<AtomicU8>,
    now: Now,
    longest_ringing: Duration,
}

/// Why the journal can't be written. Nobody is called meanwhile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JournalTrouble {
    /// The disk is full or broken, or the file isn't ours.
    NotWritable,
    /// A file was taken away, replaced or cut. Only a restart goes on.
    Lost,
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
        let (shared, clock, state) = (Arc::clone(&book), Arc::clone(&now), Arc::default());
        let told = Arc::clone(&state);
        std::thread::Builder::new()
            .name("call-journal".to_owned())
            .spawn(move || write_all(files, &received, &shared, &clock, &told))?;
        Ok(Self { book, lines, state, now, longest_ringing })
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

    /// Why it can't be written. `None` if it can.
    pub fn trouble(&self) -> Option<JournalTrouble> {
        match self.state.load(Ordering::Relaxed) {
            WRITABLE => None,
            LOST => Some(JournalTrouble::Lost),
            _ => Some(JournalTrouble::NotWritable),
        }
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
/// How often it is tried out while nothing is written.
const TRY_OUT: Duration = Duration::from_secs(10);

const WRITABLE: u8 = 0;
const NOT_WRITABLE: u8 = 1;
const LOST: u8 = 2;

fn write_all(mut files: Files, lines: &mpsc::Receiver<Append>, book: &Mutex<Book>, now: &Now, state: &AtomicU8) {
    loop {
        let first = match lines.recv_timeout(TRY_OUT) {
            Ok(first) => first,
            Err(mpsc::RecvTimeoutError::Timeout) => {
                let tried = files.try_out(now());
                tell(&files, &tried, state);
                continue;
            }
            Err(mpsc::RecvTimeoutError::Disconnected) => return,
        };
        let mut together = vec![first];
        together.extend(lines.try_iter().take(MOST_TOGETHER));
        let waits = together.iter().any(|one| one.written.is_some());
        let written = files.append(together.iter().map(|one| &one.line), waits, now());
        tell(&files, &written, state);
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

fn tell(files: &Files, written: &std::io::Result<()>, state: &AtomicU8) {
    let now = match written {
        Ok(()) => WRITABLE,
        Err(_) if files.is_lost() => LOST,
        Err(_) => NOT_WRITABLE,
    };
    let before = state.swap(now, Ordering::Relaxed);
    match written {
        Err(error) if before != now => {
            tracing::error!(%error, "the call journal can't be written, so nobody is called")
        }
        Ok(()) if before != now => tracing::info!("the call journal can be written again"),
        Ok(()) | Err(_) => {}
    }
}
