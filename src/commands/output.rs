//! Standard output and standard error for every command. Nothing here panics: a reader that has closed the pipe
//! (`… | head`) is no fault, and a disk that is full is reported once, at the end, with an exit code that isn't 0.

use std::io::{ErrorKind, Write};
use std::sync::{Mutex, PoisonError};

use anyhow::Context as _;

use crate::domain::escaped_lines;

/// How standard output ended, once a write to it has failed.
enum Ended {
    /// The reader closed the pipe.
    ReaderGone,
    /// It can't be written; the error is kept until someone reports it.
    Failed(Option<std::io::Error>),
}

/// The first failure of this process. Later text is dropped: a file with a gap in the middle would mislead.
static ENDED: Mutex<Option<Ended>> = Mutex::new(None);

/// Writes a line to standard output, as `println!` does. A failure is remembered; [`closed`] and [`failure`] tell.
macro_rules! outln {
    ($($part:tt)*) => {
        $crate::commands::output::write(&format!("{}\n", format_args!($($part)*)))
    };
}
pub(super) use outln;

/// Writes to standard output, hidden characters escaped, as older data may hold any. A failure is remembered;
/// [`closed`] and [`failure`] tell.
pub(super) fn write(text: &str) {
    write_raw(&escaped_lines(text));
}

/// Writes what this program itself has made, escape codes among it.
pub(super) fn write_raw(text: &str) {
    let mut ended = ENDED.lock().unwrap_or_else(PoisonError::into_inner);
    if ended.is_some() {
        return;
    }
    let mut out = std::io::stdout().lock();
    if let Err(error) = out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        *ended = Some(ended_by(error));
    }
}

/// Writes to standard output, and fails when that fails for another reason than a reader that has gone.
///
/// # Errors
/// When standard output can't be written, such as on a full disk.
pub(super) fn print(text: &str) -> anyhow::Result<()> {
    write(text);
    failure()
}

/// Whether nobody reads standard output any more: a command that only shows something can end.
pub(super) fn closed() -> bool {
    ENDED.lock().unwrap_or_else(PoisonError::into_inner).is_some()
}

/// The failure of standard output that nobody has reported yet.
///
/// # Errors
/// That failure.
pub(super) fn failure() -> anyhow::Result<()> {
    match ENDED.lock().unwrap_or_else(PoisonError::into_inner).as_mut() {
        Some(Ended::Failed(error)) => match error.take() {
            Some(error) => Err(error).context(CANNOT_BE_WRITTEN),
            None => Ok(()),
        },
        Some(Ended::ReaderGone) | None => Ok(()),
    }
}

const CANNOT_BE_WRITTEN: &str =
    "standard output can't be written, so what it has isn't complete; check the disk or the program that reads it";

/// Writes a line to standard error, where that is possible: there is nowhere else to tell of a failure.
pub(super) fn complain(text: &str) {
    let mut out = std::io::stderr().lock();
    let _told = out.write_all(format!("{}\n", escaped_lines(text)).as_bytes()).and_then(|()| out.flush());
}

/// Standard output for code that writes by itself. It goes by the same memory of failures.
pub(super) struct Out;

impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        if closed() {
            return Err(ErrorKind::BrokenPipe.into());
        }
        self.note(std::io::stdout().lock().write(bytes))
    }

    fn flush(&mut self) -> std::io::Result<()> {
        if closed() {
            return Ok(());
        }
        self.note(std::io::stdout().lock().flush())
    }
}

impl Out {
    fn note<T>(&self, written: std::io::Result<T>) -> std::io::Result<T> {
        written.map_err(|error| {
            let kind = error.kind();
            if kind != ErrorKind::Interrupted {
                let mut ended = ENDED.lock().unwrap_or_else(PoisonError::into_inner);
                ended.get_or_insert_with(|| ended_by(error));
            }
            kind.into()
        })
    }
}

fn ended_by(error: std::io::Error) -> Ended {
    if error.kind() == ErrorKind::BrokenPipe { Ended::ReaderGone } else { Ended::Failed(Some(error)) }
}
