//! Seals of answers, reports and alerts: a hash over the salt and the content of each row, which the audit trail keeps.
//! Rows are sealed as they are written; the transaction collects the seals, and hands them on when it is committed.

mod queue;
mod rows;

pub use queue::SealQueue;
pub use rows::{
    Place, SealedRow, TextPlace, alerts_of, alerts_since, answers_of, erase_report, found_at, keys, note_found,
    of_reports, reports_of, reports_since, salt_alerts, salt_answers, salt_reports, total,
};

use jiff::Timestamp;
use uuid::Uuid;

use super::StoreError;
use super::audit::chain::{Hash, digest};

/// What a seal is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SealKind {
    /// An answer. It never changes.
    Answer,
    /// A report, but for its end.
    Report,
    /// How and when a report ended; a later seal replaces it.
    ReportEnd,
    /// An alert, but for its end.
    Alert,
    /// When and by whom an alert was closed.
    AlertEnd,
}

impl SealKind {
    const ALL: [Self; 5] = [Self::Answer, Self::Report, Self::ReportEnd, Self::Alert, Self::AlertEnd];

    /// The word in the trail.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Answer => "answer",
            Self::Report => "report",
            Self::ReportEnd => "report_end",
            Self::Alert => "alert",
            Self::AlertEnd => "alert_end",
        }
    }

    fn form(self) -> String {
        format!("kenkocall sealed {} 1", self.code())
    }
}

/// Which row a seal is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SealKey {
    /// What it is about.
    pub kind: SealKind,
    /// The report of an answer; nil for others.
    pub within: Uuid,
    /// The row's id.
    pub id: Uuid,
}

/// A seal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seal {
    /// Which row.
    pub key: SealKey,
    /// When the row was written, or what it says of its end.
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
    /// Reads the text of a key, and gives what follows it.
    fn take(text: &str) -> Option<(Self, Option<&str>)> {
        let mut words = text.split(' ');
        let word = words.next()?;
        let kind = SealKind::ALL.into_iter().find(|kind| kind.code() == word)?;
        let within = if kind == SealKind::Answer { words.next()?.parse().ok()? } else { Uuid::nil() };
        let key = Self { kind, within, id: words.next()?.parse().ok()? };
        let rest = words.next();
        words.next().is_none().then_some((key, rest))
    }

    /// Reads the text of a key.
    pub fn parse(text: &str) -> Option<Self> {
        Self::take(text).filter(|(_, rest)| rest.is_none()).map(|(key, _)| key)
    }
}

/// Reads a key and its hash, as an entry of the trail has them.
pub fn parse(text: &str) -> Option<(SealKey, Hash)> {
    let (key, rest) = SealKey::take(text)?;
    Some((key, Hash::parse(rest?)?))
}

/// A salt: 128 random bits in hex.
pub(super) fn new_salt() -> Result<String, StoreError> {
    let mut bytes = [0_u8; 16];
    getrandom::fill(&mut bytes).map_err(|_| StoreError::Inconsistent { what: "the system's random numbers" })?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

pub(super) fn seal(kind: SealKind, within: Uuid, id: Uuid, at: Timestamp, fields: &[Option<&str>]) -> Seal {
    Seal { key: SealKey { kind, within, id }, at, hash: digest(&kind.form(), fields) }
}

/// Milliseconds as a sealed row has them.
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

    /// What was sealed once must be found unchanged for ever.
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
