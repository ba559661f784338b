//! Writes messages into a folder in place of sending them: for a demonstration, and for trials without a mail server.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::{Letter, MailOutcome, MailServer, NotSent, Sending};

/// A folder of messages, one file each.
#[derive(Debug, Clone)]
pub struct Spool {
    folder: PathBuf,
}

impl Spool {
    /// Makes the folder if it isn't there.
    ///
    /// # Errors
    /// If it can't be made.
    pub fn open(folder: &Path) -> io::Result<Self> {
        std::fs::create_dir_all(folder)?;
        Ok(Self { folder: folder.to_owned() })
    }

    /// Writes a message, readable by its owner alone. A file is there as a whole or not at all.
    fn write(&self, letter: &Letter) -> io::Result<()> {
        use std::os::unix::fs::OpenOptionsExt as _;

        let (name, begun) = (format!("{}.txt", letter.id), format!(".{}.begun", letter.id));
        let (path, begun) = (self.folder.join(name), self.folder.join(begun));
        let mut options = std::fs::OpenOptions::new();
        let mut file = options.write(true).create(true).truncate(true).mode(0o600).open(&begun)?;
        let Letter { to, subject, text, .. } = letter;
        let subject = subject.replace(['\r', '\n'], " ");
        file.write_all(format!("To: {}\nSubject: {subject}\n\n{text}\n", to.expose()).as_bytes())?;
        file.sync_all()?;
        std::fs::rename(begun, path)
    }
}

impl MailServer for Spool {
    fn send<'a>(&'a self, letter: &'a Letter) -> Sending<'a> {
        let (spool, letter) = (self.clone(), letter.clone());
        Box::pin(async move {
            match tokio::task::spawn_blocking(move || spool.write(&letter)).await {
                Ok(Ok(())) => MailOutcome::Accepted,
                Ok(Err(_)) | Err(_) => MailOutcome::NotSent(NotSent::Unreachable),
            }
        })
    }
}
