//! Documents for people: values in, the bytes of a file out.

mod certificate;
mod drawing;
mod fonts;

pub use certificate::{CertificatePaper, certificate_pdf};
pub use fonts::{FontError, Fonts};

/// Why a document can't be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RenderError {
    /// No font has this character. It is never left out, and no empty box is printed in its place.
    #[error("no font has the character U+{:04X}", u32::from(*.0))]
    MissingGlyph(char),
    /// The document would break a rule of PDF/UA. A bug of this program.
    #[error("the document isn't PDF/UA: {0}")]
    NotAccessible(String),
}
