//! The kind of a file by its first bytes, because its name may be wrong. Half of the "Excel files" from other
//! programs aren't Excel files.

/// The kind of a file that isn't a patient list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// The format of Excel before 2007, in its container or, for the oldest versions, without one.
    OldExcel,
    /// A workbook or another document with a password.
    Locked,
    /// A binary workbook (.xlsb).
    BinaryExcel,
    /// A spreadsheet of LibreOffice or OpenOffice (.ods).
    OpenDocument,
    /// A spreadsheet of Apple Numbers.
    Numbers,
    /// A Word document.
    Word,
    /// A PowerPoint presentation.
    PowerPoint,
    /// A message of Outlook or another mail program.
    Mail,
    /// Another document in Microsoft's container format.
    OtherOffice,
    /// A web page, which many programs save as .xls.
    WebPage,
    /// A web page with its pictures (.mht).
    WebArchive,
    /// The XML of Excel 2003 (SpreadsheetML).
    XmlSpreadsheet,
    /// Another XML file.
    Xml,
    /// Rich text.
    RichText,
    /// A PDF.
    Pdf,
    /// A picture.
    Picture,
    /// An archive of files.
    Archive,
    /// A spreadsheet in the SYLK format (.slk).
    Sylk,
    /// A spreadsheet in the DIF format.
    Dif,
    /// JSON.
    Json,
    /// A link to a file or a page.
    Link,
    /// The lock file of an open workbook (`~$…`).
    OpenMark,
    /// A metadata file of macOS (`._…`).
    AppleDouble,
}

impl FileKind {
    /// The kind of a file whose first bytes show that it isn't a list; `None` for text and for archives that may be
    /// workbooks.
    pub(super) fn of(bytes: &[u8]) -> Option<Self> {
        let begins = |begin: &[u8]| bytes.starts_with(begin);
        let at = |place: usize, part: &[u8]| bytes.get(place..).is_some_and(|rest| rest.starts_with(part));
        Some(match () {
            () if begins(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") => container(bytes),
            // BIFF 2 to 8 without a container.
            () if OLD.iter().any(|begin| begins(begin)) => Self::OldExcel,
            () if begins(b"\x1f\x8b")
                || begins(b"7z\xbc\xaf\x27\x1c")
                || begins(b"Rar!\x1a\x07")
                || begins(b"MSCF")
                || begins(b"BZh")
                || begins(b"\xfd7zXZ")
                || (at(2, b"-lh") && at(6, b"-")) =>
            {
                Self::Archive
            }
            () if begins(b"\x89PNG")
                || begins(b"\xff\xd8\xff")
                || begins(b"GIF8")
                || begins(b"II*\0")
                || begins(b"MM\0*")
                || begins(b"BM") && bytes.get(6..10) == Some(&[0; 4])
                || (begins(b"RIFF") && at(8, b"WEBP"))
                || at(4, b"ftyphei")
                || at(4, b"ftypmif1") =>
            {
                Self::Picture
            }
            () if begins(b"L\0\0\0\x01\x14\x02\0") => Self::Link,
            () if begins(b"\0\x05\x16\x07") => Self::AppleDouble,
            () if bytes.len() == 165 && bytes.first().is_some_and(|length| *length <= 54) => Self::OpenMark,
            () => return Self::of_text(bytes),
        })
    }

    /// The kind of a text file by its start, in any encoding that contains ASCII.
    fn of_text(bytes: &[u8]) -> Option<Self> {
        const LOOKED_AT: usize = 4_096;
        let begin = bytes.get(..LOOKED_AT).unwrap_or(bytes);
        // UTF-16 has a NUL next to each ASCII character. Byte-order marks precede everything else.
        let plain: Vec<u8> = begin.iter().copied().filter(|byte| *byte != 0).collect();
        let marks = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, 0xef | 0xbb | 0xbf | 0xfe | 0xff);
        let skipped = plain.iter().take_while(|byte| marks(byte)).count();
        let text = String::from_utf8_lossy(plain.get(skipped..).unwrap_or_default()).to_ascii_lowercase();
        let begins = |begin: &str| text.starts_with(begin);
        Some(match () {
            () if begins("%pdf-") => Self::Pdf,
            () if begins("{\\rtf") => Self::RichText,
            () if begins("mime-version:") && text.contains("multipart/related") => Self::WebArchive,
            () if ["mime-version:", "return-path:", "received:", "delivered-to:"].iter().any(|field| begins(field)) => {
                Self::Mail
            }
            () if begins("<") && text.contains("urn:schemas-microsoft-com:office:spreadsheet") => Self::XmlSpreadsheet,
            () if begins("<") && text.contains("urn:oasis:names:tc:opendocument") => Self::OpenDocument,
            () if begins("<") => {
                let tags =
                    ["<html", "<!doctype html", "<table", "<body", "<head", "<meta", "<div", "<style", "<script"];
                if tags.iter().any(|tag| text.contains(tag)) { Self::WebPage } else { Self::Xml }
            }
            () if begins("id;p") => Self::Sylk,
            () if begins("table\r\n0,1") || begins("table\n0,1") => Self::Dif,
            () if begins("{") || begins("[{") => Self::Json,
            () if begins("[internetshortcut]") => Self::Link,
            () => return None,
        })
    }
}

/// The first bytes of workbooks of Excel 2 to 5 without a container: the BOF record of their version.
const OLD: [&[u8]; 5] =
    [b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00", b"\x09\x08\x08\x00", b"\x09\x08\x10\x00"];

/// The content of a Microsoft container, by the UTF-16 names in its directory.
fn container(bytes: &[u8]) -> FileKind {
    let has = |name: &str| {
        let name: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        bytes.windows(name.len()).any(|window| window == name)
    };
    match () {
        () if has("EncryptedPackage") => FileKind::Locked,
        () if has("WordDocument") => FileKind::Word,
        () if has("PowerPoint Document") => FileKind::PowerPoint,
        () if has("__substg1.0_") => FileKind::Mail,
        () if has("Workbook") || has("Book") => FileKind::OldExcel,
        () => FileKind::OtherOffice,
    }
}
