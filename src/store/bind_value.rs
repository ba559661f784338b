//! Values bound to statements and read from rows: the few types that both databases share.

use std::borrow::Cow;

use jiff::{Timestamp, civil::Date};
use sqlx::{Row as _, postgres::PgRow, sqlite::SqliteRow};
use uuid::Uuid;

use super::{Document, StoreError};
use crate::domain::{
    AccountId, AlertId, BulkId, CallId, CentreCode, CertificateId, ClaimId, ContactId, EscalationId, HandoverId,
    HersysId, JobId, LegId, NoteId, NoticeId, PasskeyId, PatientId, PhoneNumber, PortalCodeId, PortalLetterId,
    PortalSessionId, ProcessId, ReportFormId, ReportId, ReportLinkId, SavedFilterId, Sensitive, SlotId, StaffAccountId,
    StaffCallId, TransferId, UploadId, WebSessionId,
};

/// A parameter. The driver takes owned text without a copy.
#[derive(Clone)]
pub(super) enum BindValue<'a> {
    Text(Cow<'a, str>),
    OptText(Option<Cow<'a, str>>),
    Int(i64),
    OptInt(Option<i64>),
    Flag(bool),
    /// A document. In many rows for SQLite it isn't part of their JSON, where it would be escaped and parsed.
    Document(String),
    /// The documents of many rows, one after the other.
    Documents(Vec<u8>),
}

/// Adds parameters to one driver's arguments. The drivers' argument types have no convenient trait in common.
macro_rules! bind_all {
    ($bound:expr, $args:expr) => {
        for arg in $args {
            match arg {
                BindValue::Text(text) => $bound.add(text),
                BindValue::OptText(Some(text)) => $bound.add(text),
                BindValue::OptText(None) => $bound.add(Option::<String>::None),
                BindValue::Int(int) => $bound.add(int),
                BindValue::OptInt(int) => $bound.add(int),
                BindValue::Flag(flag) => $bound.add(flag),
                BindValue::Document(document) => $bound.add(document),
                BindValue::Documents(documents) => $bound.add(documents),
            }
            .map_err(sqlx::Error::Encode)?;
        }
    };
}
pub(super) use bind_all;

/// Binds parameters for one driver.
macro_rules! bind {
    ($arguments:ty, $args:expr) => {{
        let mut bound = <$arguments>::default();
        bind_all!(bound, $args);
        bound
    }};
}
pub(super) use bind;

impl BindValue<'_> {
    /// About how much memory it takes, in bytes.
    pub(super) fn size(&self) -> usize {
        match self {
            Self::Text(text) | Self::OptText(Some(text)) => text.len(),
            Self::Document(document) => document.len(),
            Self::Documents(documents) => documents.len(),
            Self::OptText(None) | Self::Int(_) | Self::OptInt(_) | Self::Flag(_) => 8,
        }
    }
}

/// As an element of the JSON arrays in which SQLite gets many rows or keys.
impl serde::Serialize for BindValue<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) | Self::OptText(Some(text)) => serializer.serialize_str(text),
            Self::Document(document) => serializer.serialize_str(document),
            Self::Documents(documents) => serializer.serialize_bytes(documents),
            Self::Int(int) | Self::OptInt(Some(int)) => serializer.serialize_i64(*int),
            Self::Flag(flag) => serializer.serialize_i64((*flag).into()),
            Self::OptText(None) | Self::OptInt(None) => serializer.serialize_none(),
        }
    }
}

impl<'a> From<&'a str> for BindValue<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl<'a> From<Option<&'a str>> for BindValue<'a> {
    fn from(text: Option<&'a str>) -> Self {
        Self::OptText(text.map(Cow::Borrowed))
    }
}

impl From<String> for BindValue<'_> {
    fn from(text: String) -> Self {
        Self::Text(Cow::Owned(text))
    }
}

impl From<Document> for BindValue<'_> {
    fn from(document: Document) -> Self {
        Self::Document(document.into_string())
    }
}

impl From<i64> for BindValue<'_> {
    fn from(int: i64) -> Self {
        Self::Int(int)
    }
}

impl From<Option<i64>> for BindValue<'_> {
    fn from(int: Option<i64>) -> Self {
        Self::OptInt(int)
    }
}

impl From<bool> for BindValue<'_> {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

impl From<Timestamp> for BindValue<'_> {
    fn from(at: Timestamp) -> Self {
        Self::Int(at.as_millisecond())
    }
}

impl From<Option<Timestamp>> for BindValue<'_> {
    fn from(at: Option<Timestamp>) -> Self {
        Self::OptInt(at.map(Timestamp::as_millisecond))
    }
}

impl From<Date> for BindValue<'_> {
    fn from(date: Date) -> Self {
        date.to_string().into()
    }
}

impl From<Option<Date>> for BindValue<'_> {
    fn from(date: Option<Date>) -> Self {
        Self::OptText(date.map(|date| Cow::Owned(date.to_string())))
    }
}

impl From<Uuid> for BindValue<'_> {
    fn from(id: Uuid) -> Self {
        id.to_string().into()
    }
}

macro_rules! ids {
    ($($id:ty),+) => {$(
        impl From<$id> for BindValue<'_> {
            fn from(id: $id) -> Self {
                id.0.into()
            }
        }

        impl From<Option<$id>> for BindValue<'_> {
            fn from(id: Option<$id>) -> Self {
                Self::OptText(id.map(|id| Cow::Owned(id.0.to_string())))
            }
        }
    )+};
}
ids!(
    CallId,
    LegId,
    PatientId,
    ReportId,
    NoticeId,
    ReportLinkId,
    ReportFormId,
    AlertId,
    ClaimId,
    ContactId,
    EscalationId,
    NoteId,
    StaffCallId,
    HandoverId,
    SlotId,
    JobId,
    ProcessId,
    StaffAccountId,
    PasskeyId,
    WebSessionId,
    UploadId,
    SavedFilterId,
    BulkId,
    TransferId,
    CertificateId,
    AccountId,
    PortalCodeId,
    PortalLetterId,
    PortalSessionId
);

macro_rules! texts {
    ($($noun:ty => $text:ident),+) => {$(
        impl<'a> From<&'a $noun> for BindValue<'a> {
            fn from(noun: &'a $noun) -> Self {
                noun.$text().into()
            }
        }

        impl<'a> From<Option<&'a $noun>> for BindValue<'a> {
            fn from(noun: Option<&'a $noun>) -> Self {
                noun.map(<$noun>::$text).into()
            }
        }
    )+};
}
texts!(CentreCode => as_str, HersysId => expose, PhoneNumber => expose, Sensitive => expose);

/// A row of either database. Columns are read by position.
pub(super) enum Row<'r> {
    Sqlite(&'r SqliteRow),
    Postgres(&'r PgRow),
}

/// Reads without the drivers' type check: the schema has only three types, and SQLite expressions have none.
macro_rules! get {
    ($row:expr, $index:expr) => {
        match $row {
            Row::Sqlite(row) => row.try_get_unchecked($index),
            Row::Postgres(row) => row.try_get_unchecked($index),
        }
        .map_err(StoreError::from)
    };
}

impl Row<'_> {
    pub(super) fn text(&self, index: usize) -> Result<&str, StoreError> {
        get!(self, index)
    }

    pub(super) fn opt_text(&self, index: usize) -> Result<Option<&str>, StoreError> {
        get!(self, index)
    }

    pub(super) fn owned(&self, index: usize) -> Result<String, StoreError> {
        self.text(index).map(str::to_owned)
    }

    pub(super) fn document(&self, index: usize) -> Result<Document, StoreError> {
        self.owned(index).map(Document::from)
    }

    pub(super) fn sensitive(&self, index: usize) -> Result<Sensitive, StoreError> {
        self.text(index).map(Sensitive::new)
    }

    pub(super) fn int(&self, index: usize) -> Result<i64, StoreError> {
        get!(self, index)
    }

    pub(super) fn opt_int(&self, index: usize) -> Result<Option<i64>, StoreError> {
        get!(self, index)
    }

    pub(super) fn flag(&self, index: usize) -> Result<bool, StoreError> {
        get!(self, index)
    }

    /// Parses a text with `reader`. `what` names the column for the error.
    pub(super) fn read<T>(
        &self,
        index: usize,
        what: &'static str,
        reader: impl FnOnce(&str) -> Option<T>,
    ) -> Result<T, StoreError> {
        reader(self.text(index)?).ok_or(StoreError::Inconsistent { what })
    }

    pub(super) fn opt_read<T>(
        &self,
        index: usize,
        what: &'static str,
        reader: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Option<T>, StoreError> {
        match self.opt_text(index)? {
            Some(text) => reader(text).map(Some).ok_or(StoreError::Inconsistent { what }),
            None => Ok(None),
        }
    }

    pub(super) fn time(&self, index: usize, what: &'static str) -> Result<Timestamp, StoreError> {
        Timestamp::from_millisecond(self.int(index)?).map_err(|_| StoreError::Inconsistent { what })
    }

    pub(super) fn opt_time(&self, index: usize, what: &'static str) -> Result<Option<Timestamp>, StoreError> {
        self.opt_int(index)?
            .map(|at| Timestamp::from_millisecond(at).map_err(|_| StoreError::Inconsistent { what }))
            .transpose()
    }
}

/// Parses a type that implements `FromStr`: IDs and civil dates.
pub(super) fn parsed<T: std::str::FromStr>(text: &str) -> Option<T> {
    text.parse().ok()
}
