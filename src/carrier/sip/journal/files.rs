//! The files of the journal: one a day, append-only, readable by their owner only.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};

use super::JournalError;
use super::book::{Book, Follower};
use super::line::{Line, Written};

/// The longest name of a file that is read back, in bytes.
const LONGEST_NAME: u64 = 512;

/// Which file it is, and how long.
#[derive(Debug, Clone, Copy)]
struct Mark {
    device: u64,
    inode: u64,
    length: u64,
}

impl Mark {
    fn of(file: &fs::Metadata) -> Self {
        Self { device: file.dev(), inode: file.ino(), length: file.len() }
    }

    /// Whether this is the same file, with everything that it had.
    const fn lives_on_in(self, now: Self) -> bool {
        self.device == now.device && self.inode == now.inode && self.length <= now.length
    }
}

/// The journal's folder and the file of today.
pub(super) struct Files {
    folder: PathBuf,
    /// The first part of the files' names.
    stem: String,
    today: Date,
    /// `None` after a failure: the next line goes to a file opened anew.
    file: Option<File>,
    /// What the file was after our last line. `None` before the first one of a day.
    mark: Option<Mark>,
    /// Whether it was taken away, replaced or cut: what it lacks can't be proven any more.
    lost: bool,
    /// Whether a new day has begun since this was last asked.
    turned: bool,
    /// Held as long as the journal is open. Has the name of the last file, so that its loss is noticed.
    lock: File,
}

impl Files {
    /// Opens the files and reads those of earlier processes into `book`.
    pub(super) fn open(path: &Path, now: Timestamp, book: &mut Book) -> Result<Self, JournalError> {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let stem = path.file_name().map_or_else(|| "calls".to_owned(), |name| name.to_string_lossy().into_owned());
        DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        let lock = writable(&folder.join(format!("{stem}.lock")))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(fs::TryLockError::WouldBlock) => return Err(JournalError::InUse),
            Err(fs::TryLockError::Error(error)) => return Err(error.into()),
        }
        let mut files = Self {
            folder: folder.to_owned(),
            stem,
            today: day(now),
            file: None,
            mark: None,
            lost: false,
            turned: false,
            lock,
        };
        let whole = files.read_all(book)?;
        if let Some(opened) = files.begin_day(now)? {
            book.note(&opened, Follower::Nobody);
        }
        // A torn line or a missing file: what it lacks is unknown.
        if !whole {
            let gap = Line { at: now, what: Written::Gap };
            files.put(&gap)?;
            book.note(&gap, Follower::Nobody);
            files.name_last(&files.path())?;
        }
        files.delete_old();
        files.mark()?;
        Ok(files)
    }

    /// Appends lines, and waits for the disk if `sync`.
    pub(super) fn append<'l>(
        &mut self,
        lines: impl Iterator<Item = &'l Line>,
        sync: bool,
        now: Timestamp,
    ) -> std::io::Result<()> {
        let appended = self.append_all(lines, sync, now);
        if appended.is_err() {
            self.file = None;
        }
        appended
    }

    fn append_all<'l>(
        &mut self,
        lines: impl Iterator<Item = &'l Line>,
        sync: bool,
        now: Timestamp,
    ) -> std::io::Result<()> {
        self.must_be_there()?;
        if day(now) > self.today {
            self.today = day(now);
            (self.file, self.mark) = (None, None);
            self.turned = true;
        }
        if self.file.is_none() {
            self.begin_day(now)?;
            self.delete_old();
        }
        let mut bytes = Vec::new();
        for line in lines {
            serde_json::to_writer(&mut bytes, line)?;
            bytes.push(b'\n');
        }
        if bytes.is_empty() {
            bytes.push(b'\n');
        }
        let Some(file) = &mut self.file else { return Err(std::io::ErrorKind::NotFound.into()) };
        file.write_all(&bytes)?;
        if sync {
            file.sync_data()?;
        }
        self.mark()
    }

    /// Tries whether lines can be written, by an empty one.
    pub(super) fn try_out(&mut self, now: Timestamp) -> std::io::Result<()> {
        self.append(std::iter::empty(), true, now)
    }

    /// Whether a file was taken away, replaced or cut while it was written.
    pub(super) const fn is_lost(&self) -> bool {
        self.lost
    }

    /// Lines written into a file that nobody will find prove nothing.
    fn must_be_there(&mut self) -> std::io::Result<()> {
        let Some(mark) = self.mark.filter(|_| !self.lost) else {
            return if self.lost { Err(lost()) } else { Ok(()) };
        };
        match fs::metadata(self.path()) {
            Ok(found) if mark.lives_on_in(Mark::of(&found)) => Ok(()),
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
            Ok(_) | Err(_) => {
                self.lost = true;
                // The next process finds that this one has missed a file.
                let missed = self.folder.join(format!("{}.lost", self.stem));
                self.name_last(&missed)?;
                Err(lost())
            }
        }
    }

    fn mark(&mut self) -> std::io::Result<()> {
        if let Some(file) = &self.file {
            self.mark = Some(Mark::of(&file.metadata()?));
        }
        Ok(())
    }

    /// The file of today.
    fn path(&self) -> PathBuf {
        self.folder.join(format!("{}.{}", self.stem, self.today))
    }

    /// Notes the name of the last file in the lock.
    fn name_last(&self, path: &Path) -> std::io::Result<()> {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        self.lock.set_len(0)?;
        (&self.lock).write_all(name.as_bytes())?;
        self.lock.sync_data()
    }

    /// Returns whether a new day has begun since this was last called.
    pub(super) fn has_turned(&mut self) -> bool {
        std::mem::take(&mut self.turned)
    }

    /// Reads all files, oldest first. Returns `false` if something may be missing.
    fn read_all(&self, book: &mut Book) -> std::io::Result<bool> {
        let names = self.names()?;
        let mut last = String::new();
        (&self.lock).take(LONGEST_NAME).read_to_string(&mut last)?;
        let there = |name: &str| names.iter().any(|(_, path)| path.file_name().is_some_and(|file| file == name));
        let mut whole = last.is_empty() || there(&last);
        for (_, path) in &names {
            let missing =
                |previous: &str| !there(previous) && self.day_of(previous).is_none_or(|day| day >= self.kept());
            whole = read(path, missing, whole, book)?;
        }
        Ok(whole)
    }

    /// The oldest day whose file is kept.
    fn kept(&self) -> Date {
        self.today.checked_sub(1.day()).unwrap_or(self.today)
    }

    /// The files with their days, oldest first.
    fn names(&self) -> std::io::Result<Vec<(Date, PathBuf)>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(&self.folder)? {
            let path = entry?.path();
            let day = path.file_name().and_then(|name| name.to_str()).and_then(|name| self.day_of(name));
            names.extend(day.map(|day| (day, path)));
        }
        names.sort();
        Ok(names)
    }

    fn day_of(&self, name: &str) -> Option<Date> {
        name.strip_prefix(&*self.stem)?.strip_prefix('.')?.parse().ok()
    }

    /// Deletes the files of days before yesterday: no number is kept for longer than two days.
    fn delete_old(&self) {
        let kept = self.kept();
        for (_, path) in self.names().unwrap_or_default().into_iter().filter(|(day, _)| *day < kept) {
            if let Err(error) = fs::remove_file(&path) {
                tracing::warn!(%error, "an old file of the call journal can't be deleted");
            }
        }
    }

    /// Opens the file of today. Returns its first line if it is new.
    fn begin_day(&mut self, now: Timestamp) -> std::io::Result<Option<Line>> {
        let path = self.path();
        let previous = self.names()?.into_iter().rfind(|(day, _)| *day < self.today);
        let new = !path.exists();
        let mut file = writable(&path)?;
        if !new && !ends_with_line_break(&path)? {
            file.write_all(b"\n")?;
        }
        self.file = Some(file);
        if !new {
            return Ok(None);
        }
        let name = |path: &Path| path.file_name().map(|name| name.to_string_lossy().into_owned());
        let previous = previous.and_then(|(_, path)| name(&path));
        let opened = Line { at: now, what: Written::Opened { previous } };
        self.put(&opened)?;
        File::open(&self.folder)?.sync_all()?;
        self.name_last(&path)?;
        Ok(Some(opened))
    }

    fn put(&mut self, line: &Line) -> std::io::Result<()> {
        let mut bytes = serde_json::to_vec(line)?;
        bytes.push(b'\n');
        let Some(file) = &mut self.file else { return Err(std::io::ErrorKind::NotFound.into()) };
        file.write_all(&bytes)?;
        file.sync_data()
    }
}

fn lost() -> std::io::Error {
    std::io::Error::other("its file was taken away, replaced or cut while it was written; restart this server")
}

fn day(at: Timestamp) -> Date {
    TimeZone::UTC.to_datetime(at).date()
}

fn writable(path: &Path) -> std::io::Result<File> {
    OpenOptions::new().create(true).read(true).append(true).mode(0o600).open(path)
}

fn ends_with_line_break(path: &Path) -> std::io::Result<bool> {
    Ok(fs::read(path)?.last().is_none_or(|last| *last == b'\n'))
}

/// Reads one file. `whole` says whether what came before it is whole. Returns `false` if something may be missing.
fn read(path: &Path, missing: impl Fn(&str) -> bool, mut whole: bool, book: &mut Book) -> std::io::Result<bool> {
    for (nth, text) in BufReader::new(File::open(path)?).split(b'\n').enumerate() {
        let text = text?;
        if text.is_empty() {
            continue;
        }
        let Ok(line) = serde_json::from_slice::<Line>(&text) else {
            whole = false;
            continue;
        };
        match &line.what {
            Written::Opened { previous: Some(previous) } => whole &= !missing(previous),
            Written::Opened { previous: None } => {}
            // The process after it has noticed.
            Written::Gap => whole = true,
            _ => whole &= nth > 0,
        }
        book.note(&line, Follower::Nobody);
    }
    Ok(whole)
}
