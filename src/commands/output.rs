//! Standard output and standard error for every command. Nothing here panics. A reader that closed the pipe
//! (`… | head`) isn't an error. A full disk is reported once, at the end, with an exit code other than 0.

use std::io::{ErrorKind, Write};
use std::sync::{Mutex, PoisonError};

use anyhow::Context as _;

use super::language::text;
use crate::domain::escaped_lines;

/// How standard output ended, after a write to it failed.
enum Ended {
    /// The reader closed the pipe.
    ReaderGone,
    /// Writing failed. The error is kept until it is reported.
    Failed(Option<std::io::Error>),
}

/// The first failure of this process. Later text is dropped: a file with a gap in the middle would mislead.
static ENDED: Mutex<Option<Ended>> = Mutex::new(None);

/// Writes a line to standard output, as `println!` does. A failure is recorded for [`closed`] and [`failure`].
macro_rules! outln {
    ($($part:tt)*) => {
        $crate::commands::output::write(&format!("{}\n", format_args!($($part)*)))
    };
}
pub(crate) use outln;

/// Writes to standard output. Hidden characters, which older data may contain, are escaped. A failure is recorded for
/// [`closed`] and [`failure`].
pub(crate) fn write(text: &str) {
    write_raw(&escaped_lines(text));
}

/// Writes text that this program produced itself, including escape codes.
pub(crate) fn write_raw(text: &str) {
    let mut ended = ENDED.lock().unwrap_or_else(PoisonError::into_inner);
    if ended.is_some() {
        return;
    }
    let mut out = std::io::stdout().lock();
    if let Err(error) = out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        *ended = Some(ended_by(error));
    }
}

/// Writes to standard output.
///
/// # Errors
/// Standard output can't be written, such as on a full disk. A closed pipe isn't an error.
pub(crate) fn print(text: &str) -> anyhow::Result<()> {
    write(text);
    failure()
}

/// Returns `true` if the reader closed standard output. A command that only shows something can end.
pub(crate) fn closed() -> bool {
    ENDED.lock().unwrap_or_else(PoisonError::into_inner).is_some()
}

/// Returns the failure of standard output that hasn't been reported yet.
///
/// # Errors
/// That failure.
pub(crate) fn failure() -> anyhow::Result<()> {
    match ENDED.lock().unwrap_or_else(PoisonError::into_inner).as_mut() {
        Some(Ended::Failed(error)) => match error.take() {
            Some(error) => Err(error).with_context(|| text!("output-incomplete")),
            None => Ok(()),
        },
        Some(Ended::ReaderGone) | None => Ok(()),
    }
}

/// Writes a line to standard error if possible. A failure can't be reported anywhere else.
pub(crate) fn complain(text: &str) {
    let mut out = std::io::stderr().lock();
    let _told = out.write_all(format!("{}\n", escaped_lines(text)).as_bytes()).and_then(|()| out.flush());
}

/// Standard output for code that takes a writer. It shares the recorded failure.
pub(crate) struct Out;

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
