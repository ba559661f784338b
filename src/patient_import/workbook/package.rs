//! The ZIP archive of a workbook. Unpacked bytes are counted as they are read: an archive may unpack to a thousand
//! times its size and claim otherwise. No part may use more memory than a genuine one.

use super::super::{MAX_UNPACKED_BYTES, MAX_WORKBOOK_PARTS, finding::Fault};
use super::xml::Xml;
use std::cell::Cell;
use std::io::{BufReader, Cursor, Read};
use zip::ZipArchive;
use zip::read::ZipFile;

type Source<'b> = Cursor<&'b [u8]>;

/// A workbook's archive.
pub(super) struct Package<'b> {
    archive: ZipArchive<Source<'b>>,
    /// The bytes that may still be unpacked, over all parts.
    left: Cell<u64>,
}

/// A part, unpacked as it is read.
pub(super) type Part<'p, 'b> = Xml<BufReader<Counted<'p, ZipFile<'p, Source<'b>>>>>;

/// The number of bytes unpacked at once.
const BUFFER: usize = 64 * 1024;
/// The signatures of an entry in an archive's directory, and of the directory's end.
const ENTRY: &[u8] = b"PK\x01\x02";
const END: &[u8] = b"PK\x05\x06";
/// The end of an archive: 22 bytes and a comment.
const LONGEST_END: usize = 22 + 65_535;

impl<'b> Package<'b> {
    pub fn open(bytes: &'b [u8]) -> Result<Self, Fault> {
        Self::limited(bytes, MAX_UNPACKED_BYTES)
    }

    /// Opens an archive. At most `most` bytes of it are unpacked.
    pub fn limited(bytes: &'b [u8], most: u64) -> Result<Self, Fault> {
        let end = bytes.get(bytes.len().saturating_sub(LONGEST_END)..).unwrap_or(bytes);
        if !end.windows(END.len()).any(|window| window == END) {
            return Err(Fault::CutOffWorkbook);
        }
        // Checked before the directory is read: each entry needs about a hundred bytes of memory.
        if entries(bytes) > MAX_WORKBOOK_PARTS {
            return Err(Fault::WorkbookTooLarge);
        }
        let archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| Fault::DamagedWorkbook)?;
        let mut stated = 0_u64;
        for index in 0..archive.len() {
            let entry = archive.by_index_data(index).map_err(|_| Fault::DamagedWorkbook)?;
            stated = stated.saturating_add(entry.size());
        }
        if stated > most {
            return Err(Fault::WorkbookTooLarge);
        }
        Ok(Self { archive, left: Cell::new(most) })
    }

    /// Returns `true` if the archive has the part. The names of parts are case-insensitive.
    pub fn has(&self, name: &str) -> bool {
        self.index(name).is_some()
    }

    /// Returns `true` if the archive has a part whose name begins or ends like this.
    pub fn has_like(&self, begin: &str, end: &str) -> bool {
        self.archive.file_names().any(|name| name.is_ok_and(|name| name.starts_with(begin) && name.ends_with(end)))
    }

    /// The first bytes of a part, at most `most`.
    pub fn begin(&mut self, name: &str, most: u64) -> Option<Vec<u8>> {
        let part = self.archive.by_index(self.index(name)?).ok()?;
        let mut begin = Vec::new();
        Counted { inner: part, left: &self.left, exceeded: false }.take(most).read_to_end(&mut begin).ok()?;
        Some(begin)
    }

    /// Opens a part.
    pub fn part(&mut self, name: &str) -> Result<Part<'_, 'b>, Fault> {
        let index = self.index(name).ok_or(Fault::DamagedWorkbook)?;
        let inner = self.archive.by_index(index).map_err(|_| Fault::DamagedWorkbook)?;
        Ok(Xml::new(BufReader::with_capacity(BUFFER, Counted { inner, left: &self.left, exceeded: false })))
    }

    fn index(&self, name: &str) -> Option<usize> {
        let exact = self.archive.index_for_name_raw(name.as_bytes());
        exact.or_else(|| {
            self.archive.file_names_raw().position(|raw| {
                let name = name.as_bytes();
                raw.len() == name.len()
                    && raw.iter().zip(name).all(|(a, b)| a.eq_ignore_ascii_case(b) || (*a == b'\\' && *b == b'/'))
            })
        })
    }
}

/// The maximum number of entries in the archive's directory.
fn entries(bytes: &[u8]) -> usize {
    let mut count = 0_usize;
    let mut rest = bytes;
    while let Some(at) = rest.iter().position(|&byte| byte == b'P') {
        rest = rest.get(at..).unwrap_or_default();
        if rest.starts_with(ENTRY) {
            count = count.saturating_add(1);
        }
        rest = rest.get(1..).unwrap_or_default();
    }
    count
}

/// Counts the bytes read, and fails if there are too many.
pub(super) struct Counted<'p, R> {
    inner: R,
    left: &'p Cell<u64>,
    exceeded: bool,
}

impl<R> Counted<'_, R> {
    /// Returns `true` if reading stopped because there were too many bytes.
    pub const fn exceeded(&self) -> bool {
        self.exceeded
    }
}

impl<R: Read> Read for Counted<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let length = self.inner.read(buffer)?;
        match self.left.get().checked_sub(length as u64) {
            Some(left) => {
                self.left.set(left);
                Ok(length)
            }
            None => {
                self.exceeded = true;
                Err(std::io::Error::other("too much"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn the_real_size_is_counted_whatever_the_archive_states() -> Result<(), Box<dyn std::error::Error>> {
        let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for name in ["a.xml", "B.XML"] {
            archive.start_file(name, zip::write::SimpleFileOptions::default())?;
            archive.write_all(b"<a>")?;
            archive.write_all(&[b' '; 4993])?;
            archive.write_all(b"</a>")?;
        }
        let mut bytes = archive.finish()?.into_inner();
        assert!(bytes.len() < 1000);
        assert!(Package::limited(&bytes, 10_000).is_ok());
        assert_eq!(Package::limited(&bytes, 9_999).err(), Some(Fault::WorkbookTooLarge));
        // The directory claims that every entry unpacks to one byte.
        let entries: Vec<usize> = (0..bytes.len()).filter(|at| bytes[*at..].starts_with(ENTRY)).collect();
        for at in entries {
            bytes[at + 24..at + 28].copy_from_slice(&1_u32.to_le_bytes());
        }
        let mut package = Package::limited(&bytes, 7_000).map_err(|fault| format!("{fault:?}"))?;
        let mut read = |name: &str| {
            let mut part = package.part(name)?;
            while part.next()?.is_some() {}
            Ok(())
        };
        let first = read("A.xml");
        assert!(matches!(first, Ok(()) | Err(Fault::DamagedWorkbook)), "{first:?}");
        let second = read("b.xml");
        assert!(matches!(second, Err(Fault::WorkbookTooLarge | Fault::DamagedWorkbook)), "{second:?}");
        Ok(())
    }
}
