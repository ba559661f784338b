//! The checkpoint file. Each line records the head of the audit trail at one time. The file is on a disk that an
//! attacker who changes the database can't change. Lines are only added.
//!
//! A line is `checkpoint TIME NUMBER HASH CALL`: UTC in RFC 3339, the number and hash of the last sealed entry, and
//! the id of the last automated call or `-`. `restored` in place of `checkpoint` is a person's statement that the
//! database was set back to that entry. Later entries that earlier lines mention are lost.

use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, ErrorKind, Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use jiff::Timestamp;

use crate::domain::CallId;
use crate::service::error::CheckpointError;
use crate::store::chain::Hash;

/// The longest line that is read, in bytes. Our lines have about 140.
const LONGEST_LINE: u64 = 400;
/// How many bytes at the end of the file are read to find its latest checkpoint: about 50 lines.
const END: u64 = 8_192;

/// The kind of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CheckpointKind {
    /// A checkpoint of the trail.
    Checkpoint,
    /// A person's statement that the database was set back to this entry.
    Restored,
}

/// A line: the state of the trail and the calls at one time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Checkpoint {
    /// The kind of line.
    pub kind: CheckpointKind,
    /// When it was written.
    pub at: Timestamp,
    /// The number of the last sealed entry. 0 if there was none.
    pub sequence: u64,
    /// Its hash.
    pub hash: Hash,
    /// The last automated call.
    pub call: Option<CallId>,
}

impl std::fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let kind = match self.kind {
            CheckpointKind::Checkpoint => "checkpoint",
            CheckpointKind::Restored => "restored",
        };
        let call = self.call.map_or_else(|| "-".to_owned(), |call| call.to_string());
        write!(f, "{kind} {:.0} {} {} {call}", self.at, self.sequence, self.hash)
    }
}

impl Checkpoint {
    /// Parses a line without its line end.
    pub fn parse(line: &str) -> Option<Self> {
        let fields: Vec<&str> = line.split(' ').collect();
        let [kind, at, sequence, hash, call] = fields.as_slice() else { return None };
        let kind = match *kind {
            "checkpoint" => CheckpointKind::Checkpoint,
            "restored" => CheckpointKind::Restored,
            _ => return None,
        };
        let call = if *call == "-" { None } else { Some(call.parse().ok()?) };
        Some(Self { kind, at: at.parse().ok()?, sequence: sequence.parse().ok()?, hash: Hash::parse(hash)?, call })
    }
}

/// The length of the file, in bytes.
pub(super) fn length(path: &Path) -> Result<u64, CheckpointError> {
    Ok(std::fs::metadata(path)?.len())
}

/// The lines of a file's first `length` bytes, with their numbers from 1. An unfinished last line is left out: power
/// failed while it was written.
pub(super) fn lines(
    path: &Path,
    length: u64,
) -> Result<impl Iterator<Item = Result<(u64, Checkpoint), CheckpointError>>, CheckpointError> {
    let mut reader = BufReader::new(File::open(path)?.take(length));
    let mut place = 0;
    Ok(std::iter::from_fn(move || {
        let mut line = Vec::new();
        place += 1;
        match reader.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut line) {
            Err(error) => Some(Err(error.into())),
            Ok(read) if line.last() != Some(&b'\n') && (read as u64) < LONGEST_LINE => None,
            Ok(_) => Some(read_line(&line).map(|mark| (place, mark)).ok_or(CheckpointError::Line(Some(place)))),
        }
    }))
}

/// The furthest mark since the last restoration. `None` if there is no file yet or it has no mark.
pub(super) fn standing(path: &Path) -> Result<Option<Checkpoint>, CheckpointError> {
    let mut file = match File::open(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        opened => opened?,
    };
    let length = file.metadata()?.len();
    let from = length.saturating_sub(END);
    file.seek(SeekFrom::Start(from))?;
    let mut end = Vec::new();
    file.take(END).read_to_end(&mut end)?;
    let mut whole: Vec<&[u8]> = end.split_inclusive(|byte| *byte == b'\n').collect();
    if whole.last().is_some_and(|line| line.last() != Some(&b'\n')) {
        whole.pop();
    }
    let cut = usize::from(from > 0).min(whole.len());
    let mut standing: Option<Checkpoint> = None;
    for line in whole.iter().skip(cut) {
        let mark = read_line(line).ok_or(CheckpointError::Line(None))?;
        // Two nodes that write the same file may do so out of order.
        let further = standing.is_none_or(|known| mark.sequence >= known.sequence);
        if further || mark.kind == CheckpointKind::Restored {
            standing = Some(mark);
        }
    }
    Ok(standing)
}

/// Adds a line. Returns once it is on disk.
pub(super) fn add(path: &Path, mark: &Checkpoint) -> Result<(), CheckpointError> {
    let mut file = OpenOptions::new().create(true).read(true).append(true).mode(0o600).open(path)?;
    let mut last = [b'\n'];
    if file.metadata()?.len() > 0 {
        file.seek(SeekFrom::End(-1))?;
        file.read_exact(&mut last)?;
    }
    if last != [b'\n'] {
        // Remove a line cut short by a power failure. Otherwise it would stay in front of ours forever.
        cut_off(&mut file)?;
    }
    file.write_all(format!("{mark}\n").as_bytes())?;
    file.sync_all()?;
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

fn cut_off(file: &mut File) -> Result<(), CheckpointError> {
    let length = file.metadata()?.len();
    let from = length.saturating_sub(LONGEST_LINE);
    file.seek(SeekFrom::Start(from))?;
    let mut end = Vec::new();
    file.take(LONGEST_LINE).read_to_end(&mut end)?;
    let kept = end.iter().rposition(|byte| *byte == b'\n').map_or(0, |place| place as u64 + 1);
    if kept == 0 && from > 0 {
        return Err(CheckpointError::Line(None));
    }
    Ok(file.set_len(from + kept)?)
}

fn read_line(line: &[u8]) -> Option<Checkpoint> {
    Checkpoint::parse(std::str::from_utf8(line.strip_suffix(b"\n")?).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::chain::{Entry, GENESIS, link};
    use proptest::prelude::*;

    fn mark(sequence: u64) -> Checkpoint {
        let entry = Entry {
            id: String::new(),
            at: 0,
            actor: String::new(),
            source: String::new(),
            action: String::new(),
            subject: String::new(),
            centre: None,
            details: String::new(),
            subjects: Vec::new(),
        };
        let hash = link(&GENESIS, sequence, &entry);
        let at = Timestamp::from_second(1_795_478_400 + i64::try_from(sequence).expect("small")).expect("in range");
        let call = sequence.is_multiple_of(2).then(|| CallId(uuid::Uuid::from_u128(sequence.into())));
        Checkpoint { kind: CheckpointKind::Checkpoint, at, sequence, hash, call }
    }

    #[test]
    fn a_mark_survives_its_line() {
        for mark in [mark(1), mark(2), Checkpoint { kind: CheckpointKind::Restored, ..mark(3) }] {
            assert_eq!(Checkpoint::parse(&mark.to_string()), Some(mark));
        }
        let line = mark(2).to_string();
        assert!(line.starts_with("checkpoint 2026-11-24T"), "{line}");
        for wrong in [String::new(), line.replace("checkpoint", "check"), format!("{line} x"), line.replace(' ', "  ")]
        {
            assert_eq!(Checkpoint::parse(&wrong), None, "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn what_is_no_line_is_never_a_panic(text in "\\PC{0,60}", bytes in prop::collection::vec(any::<u8>(), 0..60)) {
            let _ = (Checkpoint::parse(&text), read_line(&bytes));
        }
    }

    #[test]
    fn a_file_stands_as_its_furthest_line_since_a_restoration() -> Result<(), CheckpointError> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("checkpoints");
        assert_eq!(standing(&path)?, None);
        for sequence in 1..=200 {
            add(&path, &mark(sequence))?;
        }
        add(&path, &mark(199))?;
        assert_eq!(standing(&path)?, Some(mark(200)), "two nodes wrote in the wrong order");
        let restored = Checkpoint { kind: CheckpointKind::Restored, ..mark(150) };
        add(&path, &restored)?;
        assert_eq!(standing(&path)?, Some(restored));
        assert_eq!(lines(&path, length(&path)?)?.count(), 202);

        // Power fails in the middle of a line.
        let mut file = OpenOptions::new().append(true).open(&path)?;
        file.write_all(b"checkpoint 2026-11-24T0")?;
        assert_eq!(standing(&path)?, Some(restored));
        assert_eq!(lines(&path, length(&path)?)?.filter_map(Result::ok).count(), 202);
        add(&path, &mark(151))?;
        assert_eq!(standing(&path)?, Some(mark(151)));
        assert_eq!(lines(&path, length(&path)?)?.filter_map(Result::ok).count(), 203);

        file.write_all(b"nonsense\n")?;
        assert!(matches!(standing(&path), Err(CheckpointError::Line(None))));
        assert!(matches!(lines(&path, length(&path)?)?.last(), Some(Err(CheckpointError::Line(Some(204))))));
        Ok(())
    }
}
