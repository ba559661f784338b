//! One checked patient of a list: the values in the file, and the ones that it doesn't contain.

use crate::domain::{BirthDate, CallTimes, CallableNumber, HersysId, Language, Oximeter, PhoneNumber, Sensitive};
use jiff::civil::Date;

/// The value of an optional column. A missing column leaves the registered value unchanged, and an empty cell erases
/// it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Given<T> {
    /// The file doesn't have the column.
    NoColumn,
    /// The cell is empty.
    Empty,
    /// The cell's value.
    Value(T),
}

impl<T: Clone> Given<T> {
    /// The resulting value, if `before` was registered.
    pub fn over(&self, before: Option<T>) -> Option<T> {
        match self {
            Self::NoColumn => before,
            Self::Empty => None,
            Self::Value(value) => Some(value.clone()),
        }
    }
}

/// What a file says about automated calls. They can't be on without a callable number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AutomatedCall {
    /// No column, or an empty cell: unchanged; off for a new patient.
    Unsaid {
        /// The patient's number.
        phone_number: Given<PhoneNumber>,
    },
    /// No automated calls.
    Off {
        /// The patient's number.
        phone_number: Given<PhoneNumber>,
    },
    /// Automated calls to this number.
    On {
        /// The patient's number.
        phone_number: CallableNumber,
    },
}

impl AutomatedCall {
    /// The phone number, whether or not automated calls are on.
    pub fn phone_number(&self) -> Given<PhoneNumber> {
        match self {
            Self::Unsaid { phone_number } | Self::Off { phone_number } => phone_number.clone(),
            Self::On { phone_number } => Given::Value(phone_number.number().clone()),
        }
    }
}

/// One patient of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The row number, as in the spreadsheet.
    pub row: u32,
    /// The patient. An import never changes it.
    pub hersys_id: HersysId,
    /// 生年月日
    pub birth_date: BirthDate,
    /// 姓
    pub family_name: Sensitive,
    /// 名
    pub given_name: Sensitive,
    /// 自動架電 and 電話番号, which depend on each other.
    pub automated_call: AutomatedCall,
    /// 架電時刻; an empty cell restores the centre's own pattern.
    pub call_times: Given<CallTimes>,
    /// 言語; `None` if the column is missing or the cell is empty: unchanged, and Japanese for a new patient.
    pub language: Option<Language>,
    /// 診断年月日
    pub diagnosis_date: Given<Date>,
    /// 観察開始日
    pub monitoring_start: Given<Date>,
    /// パルスオキシメーター; `None` if the column is missing or the cell is empty: unchanged.
    pub oximeter: Option<Oximeter>,
}
