//! Seals of answers, reports and alerts. A seal is a hash over the salt and the content of a row, kept in the audit
//! trail. Rows are sealed when they are written. The transaction collects the seals and queues them when it commits.

mod queue;

pub use queue::SealQueue;

use jiff::Timestamp;
use uuid::Uuid;

use super::StoreError;
use super::chain::{Hash, digest};

/// What a seal covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SealKind {
    /// An answer. It never changes.
    Answer,
    /// A report, except its end.
    Report,
    /// How and when a report ended. A later seal replaces it.
    ReportEnd,
    /// An alert, except its end.
    Alert,
    /// When and by whom an alert was closed.
    AlertEnd,
}

impl SealKind {
    const ALL: [Self; 5] = [Self::Answer, Self::Report, Self::ReportEnd, Self::Alert, Self::AlertEnd];

    /// The word in the audit trail.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Answer => "answer",
            Self::Report => "report",
            Self::ReportEnd => "report_end",
            Self::Alert => "alert",
            Self::AlertEnd => "alert_end",
        }
    }

    /// The first thing that is hashed.
    pub(super) fn form(self) -> String {
        format!("kenkocall sealed {} 1", self.code())
    }
}

/// The row that a seal covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SealKey {
    /// What it covers.
    pub kind: SealKind,
    /// The report of an answer; otherwise nil.
    pub within: Uuid,
    /// The row's ID.
    pub id: Uuid,
}

/// A seal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seal {
    /// The row.
    pub key: SealKey,
    /// When the row was written, or the time recorded for its end.
    pub at: Timestamp,
    /// The hash over its salt and content.
    pub hash: Hash,
}

impl std::fmt::Display for SealKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.kind {
            SealKind::Answer => write!(f, "{} {} {}", self.kind.code(), self.within, self.id),
            _ => write!(f, "{} {}", self.kind.code(), self.id),
        }
    }
}

impl SealKey {
    /// Parses a key at the start of a text. Also returns the rest of the text.
    fn take(text: &str) -> Option<(Self, Option<&str>)> {
        let mut words = text.split(' ');
        let word = words.next()?;
        let kind = SealKind::ALL.into_iter().find(|kind| kind.code() == word)?;
        let within = if kind == SealKind::Answer { words.next()?.parse().ok()? } else { Uuid::nil() };
        let key = Self { kind, within, id: words.next()?.parse().ok()? };
        let rest = words.next();
        words.next().is_none().then_some((key, rest))
    }

    /// Parses the text form of a key.
    pub fn parse(text: &str) -> Option<Self> {
        Self::take(text).filter(|(_, rest)| rest.is_none()).map(|(key, _)| key)
    }
}

/// Parses a key and its hash, as written in an entry of the audit trail.
pub fn parse(text: &str) -> Option<(SealKey, Hash)> {
    let (key, rest) = SealKey::take(text)?;
    Some((key, Hash::parse(rest?)?))
}

/// A salt: 128 random bits in hexadecimal.
pub(super) fn new_salt() -> Result<String, StoreError> {
    let mut bytes = [0_u8; 16];
    getrandom::fill(&mut bytes).map_err(|_| StoreError::Inconsistent { what: "the system's random numbers" })?;
    Ok(Uuid::from_bytes(bytes).simple().to_string())
}

pub(super) fn seal(kind: SealKind, within: Uuid, id: Uuid, at: Timestamp, fields: &[Option<&str>]) -> Seal {
    Seal { key: SealKey { kind, within, id }, at, hash: digest(&kind.form(), fields) }
}

/// Formats a time as in sealed rows, in milliseconds.
pub(super) fn millis(at: Timestamp) -> String {
    at.as_millisecond().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seal_survives_its_text_and_nothing_else_is_one() {
        for (nth, kind) in (1_u128..).zip(SealKind::ALL) {
            let within = if kind == SealKind::Answer { Uuid::from_u128(90 + nth) } else { Uuid::nil() };
            let seal = seal(kind, within, Uuid::from_u128(nth), Timestamp::UNIX_EPOCH, &[Some("090"), None]);
            let text = format!("{} {}", seal.key, seal.hash);
            assert_eq!(parse(&text), Some((seal.key, seal.hash)));
            assert_eq!(SealKey::parse(&seal.key.to_string()), Some(seal.key));
            assert_eq!(
                (SealKey::parse(&text), parse(&format!("{text} x")), parse(&seal.key.to_string())),
                (None, None, None)
            );
        }
    }

    /// A seal must always verify against the unchanged row.
    #[test]
    fn any_change_of_a_field_its_absence_and_the_kind_change_the_hash() {
        let of =
            |kind, fields: &[Option<&str>]| seal(kind, Uuid::nil(), Uuid::nil(), Timestamp::UNIX_EPOCH, fields).hash;
        let hash = of(SealKind::Answer, &[Some("salt"), Some("090")]);
        for other in [
            of(SealKind::Answer, &[Some("salt"), Some("098")]),
            of(SealKind::Answer, &[Some("tlas"), Some("090")]),
            of(SealKind::Answer, &[Some("salt0"), Some("90")]),
            of(SealKind::Answer, &[Some("salt"), None]),
            of(SealKind::Report, &[Some("salt"), Some("090")]),
        ] {
            assert_ne!(other, hash);
        }
        assert_ne!(of(SealKind::Answer, &[Some("")]), of(SealKind::Answer, &[None]));
    }
}
