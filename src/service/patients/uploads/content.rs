//! What is kept of an uploaded list while staff look at it, as JSON that is encrypted.

use serde::{Deserialize, Serialize};

use super::super::cells::cell_of;
use super::super::import::{Alike, Fated, Touched};
use super::work::FindingWords;
use crate::domain::{PatientId, RowFate};
use crate::patient_import::{Column, Fault, Finding, Place, Sifted, Warning};
use crate::service::slots::CalledToday;
use crate::store::patients::PatientRow;

/// Findings about a file that are shown.
const MOST_SAID: usize = 100;
/// Warnings that are shown.
const MOST_WARNINGS: usize = 1_000;
/// Rows of people who may be registered already that are shown.
const MOST_ALIKE: usize = 200;

/// What is known of an uploaded list as a whole.
#[derive(Clone, Default, Serialize, Deserialize)]
#[allow(missing_debug_implementations, reason = "a file's name may name people")]
pub struct UploadDetails {
    /// The file's name.
    pub file_name: String,
    /// The sheet that staff have chosen.
    pub sheet: Option<String>,
    /// The sheets among which staff must choose.
    pub sheets: Vec<String>,
    /// Why the file as a whole is refused, in Japanese and English.
    pub refused: Vec<[String; 2]>,
    /// The columns of the file.
    pub columns: Vec<ColumnRead>,
    /// The sheet that was read.
    pub sheet_read: Option<String>,
    /// Rows hidden in the workbook that were read.
    pub hidden_rows: u32,
    /// The first of them.
    #[serde(default)]
    pub hidden_numbers: Vec<u32>,
    /// Rows above the column names, which weren't read.
    pub above: Vec<u32>,
    /// What may be wrong.
    pub warnings: Vec<RowWarning>,
    /// What the import does to calls.
    pub effects: CallEffects,
    /// Rows of new patients who may be registered already under another ID.
    #[serde(default)]
    pub alike: Vec<AlikeRow>,
    /// Whether patients changed after the dry run that staff agreed to, so that nothing was imported.
    pub is_changed: bool,
}

/// A column of a file.
#[derive(Clone, Serialize, Deserialize)]
#[allow(missing_debug_implementations, reason = "a column's name may be anything")]
pub struct ColumnRead {
    /// Its name in the file.
    pub name: String,
    /// The code of the column that it is.
    pub column: Option<String>,
}

/// Something that may be wrong with a row.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RowWarning {
    /// The row.
    pub row: u32,
    /// The code of the doubt.
    pub doubt: String,
}

/// A row of somebody new who has the name and the birth date of a registered patient.
#[derive(Clone, Serialize, Deserialize)]
#[allow(missing_debug_implementations, reason = "personal data")]
pub struct AlikeRow {
    /// The row.
    pub row: u32,
    /// The name in the list.
    pub name: String,
    /// The registered patient.
    pub patient: PatientId,
    /// That patient's HER-SYS ID.
    pub hersys_id: String,
}

/// What an import does to calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct CallEffects {
    /// New patients who are called today.
    pub from_today: u64,
    /// New patients who are called from a later day.
    pub from_later: u64,
    /// New patients who aren't called.
    pub not_called: u64,
    /// Waiting calls of changed patients that are cancelled.
    pub cancelled: u64,
    /// Calls of changed patients that are placed or ring, and are ended.
    pub ended: u64,
    /// Changed patients on the phone now, whose call goes on.
    #[serde(default)]
    pub talking: u64,
    /// Changed patients on the phone now, who hear a goodbye.
    #[serde(default)]
    pub said_goodbye: u64,
    /// Patients with new call times who were called today already, and will be called again today.
    #[serde(default)]
    pub called_again: u64,
    /// Patients with new call times who were called today already, and won't be called again today.
    #[serde(default)]
    pub not_called_again: u64,
}

impl From<Alike> for AlikeRow {
    fn from(alike: Alike) -> Self {
        let Alike { row, name, patient, hersys_id } = alike;
        Self { row, name, patient, hersys_id: hersys_id.expose().to_owned() }
    }
}

impl From<Touched> for CallEffects {
    fn from(touched: Touched) -> Self {
        let Touched { from_today, from_later, not_called, cancelled, ended, talking, said_goodbye, called_today } =
            touched;
        let CalledToday { again: called_again, not_again: not_called_again } = called_today;
        Self {
            from_today,
            from_later,
            not_called,
            cancelled,
            ended,
            talking,
            said_goodbye,
            called_again,
            not_called_again,
        }
    }
}

/// A row of the dry run.
#[derive(Clone, Serialize, Deserialize)]
#[allow(missing_debug_implementations, reason = "personal data")]
pub struct ListedRow {
    /// Its number in the file.
    pub row: u32,
    /// The HER-SYS ID. Empty for a faulty row.
    pub hersys_id: String,
    /// The name. Empty for a faulty row.
    pub name: String,
    /// The registered patient.
    pub patient: Option<PatientId>,
    /// The fields that change.
    pub changes: Vec<FieldChange>,
    /// What is wrong with the row.
    pub faults: Vec<CellFault>,
    /// The cells of a faulty row.
    pub cells: Vec<String>,
    /// When a new patient is called first, in milliseconds since 1970.
    pub first_call: Option<i64>,
}

/// A field that changes.
#[derive(Clone, Serialize, Deserialize)]
#[allow(missing_debug_implementations, reason = "personal data")]
pub struct FieldChange {
    /// The code of its column.
    pub column: String,
    /// Its value as registered.
    pub before: String,
    /// Its value in the list.
    pub after: String,
}

/// What is wrong with a row.
#[derive(Clone, Serialize, Deserialize)]
#[allow(missing_debug_implementations, reason = "personal data")]
pub struct CellFault {
    /// The column's name in the file.
    pub column: Option<String>,
    /// What is written there.
    pub written: Option<String>,
    /// What is wrong, in Japanese and English.
    pub said: [String; 2],
}

impl UploadDetails {
    /// Of a file whose dry run hasn't begun.
    pub(super) fn named(file_name: &str, sheet: Option<String>) -> Self {
        Self { file_name: file_name.to_owned(), sheet, ..Self::default() }
    }

    /// Of a file that is refused as a whole.
    pub(super) fn refused(self, findings: &[Finding], words: FindingWords) -> Self {
        let sheets = findings.iter().find_map(|finding| match &finding.fault {
            Fault::SeveralLists(names) | Fault::NoSuchSheet(names) => Some(names),
            _ => None,
        });
        let sheets = sheets.into_iter().flatten().map(|name| name.as_str().to_owned()).collect();
        let refused = findings.iter().take(MOST_SAID).map(words).collect();
        Self { refused, sheets, ..Self::named(&self.file_name, self.sheet) }
    }

    /// Of a list that was read.
    pub(super) fn read(
        self,
        sifted: &Sifted,
        warnings: &[Warning],
        effects: CallEffects,
        mut alike: Vec<AlikeRow>,
    ) -> Self {
        alike.truncate(MOST_ALIKE);
        let column = |name: &String| ColumnRead {
            name: name.clone(),
            column: Column::read(name).map(|column| column.code().to_owned()),
        };
        let warning = |warning: &Warning| RowWarning { row: warning.row, doubt: warning.doubt.code().to_owned() };
        let sheet = sifted.list.sheet.as_ref();
        Self {
            columns: sifted.header.iter().map(column).collect(),
            sheet_read: sheet.map(|sheet| sheet.name.as_str().to_owned()),
            hidden_rows: sheet.map_or(0, |sheet| sheet.hidden_rows),
            hidden_numbers: sheet.map(|sheet| sheet.hidden_numbers.clone()).unwrap_or_default(),
            above: sifted.list.above.clone(),
            warnings: warnings.iter().take(MOST_WARNINGS).map(warning).collect(),
            effects,
            alike,
            ..Self::named(&self.file_name, self.sheet)
        }
    }

    pub(super) fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    pub(super) fn of_json(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }
}

impl ListedRow {
    /// Of what becomes of a row.
    pub(super) fn of(row: u32, fated: &Fated<'_>, header: &[String], words: FindingWords) -> (RowFate, Self) {
        let bare = Self {
            row,
            hersys_id: String::new(),
            name: String::new(),
            patient: None,
            changes: Vec::new(),
            faults: Vec::new(),
            cells: Vec::new(),
            first_call: None,
        };
        let of_patient = |patient: &PatientRow| {
            let name = format!("{} {}", patient.family_name.expose(), patient.given_name.expose());
            Self { hersys_id: patient.hersys_id.expose().to_owned(), name, ..bare.clone() }
        };
        match fated {
            Fated::New(patient) => {
                let first_call = patient.calling.next_slot_at.map(jiff::Timestamp::as_millisecond);
                (RowFate::New, Self { first_call, ..of_patient(patient) })
            }
            Fated::Changed(before, after, fields) => {
                let change = |field: &Column| FieldChange {
                    column: field.code().to_owned(),
                    before: cell_of(before, *field),
                    after: cell_of(after, *field),
                };
                let changes = fields.iter().map(change).collect();
                (RowFate::Changed, Self { patient: Some(before.id), changes, ..of_patient(after) })
            }
            Fated::Same(entry, patient) => {
                let name = format!("{} {}", entry.family_name.expose(), entry.given_name.expose());
                let hersys_id = entry.hersys_id.expose().to_owned();
                (RowFate::Same, Self { hersys_id, name, patient: Some(*patient), ..bare })
            }
            Fated::Refused(refused) => {
                let fault = |finding: &Finding| CellFault::of(finding, header, &refused.cells, words);
                let faults = refused.findings.iter().map(fault).collect();
                (RowFate::Refused, Self { faults, cells: refused.cells.clone(), ..bare })
            }
        }
    }
}

impl CellFault {
    fn of(finding: &Finding, header: &[String], cells: &[String], words: FindingWords) -> Self {
        let position = match finding.place {
            Place::Cell { position, .. } => Some(position),
            Place::File | Place::Row(_) => column_of(&finding.fault)
                .and_then(|column| header.iter().position(|name| Column::read(name) == Some(column))),
        };
        // The row and the column are shown beside it.
        let of_file = Finding { place: Place::File, fault: finding.fault.clone() };
        let at = |texts: &[String]| position.and_then(|position| texts.get(position)).cloned();
        Self { column: at(header), written: position.map(|_| at(cells).unwrap_or_default()), said: words(&of_file) }
    }
}

/// The column about which a fault of a whole row is.
const fn column_of(fault: &Fault) -> Option<Column> {
    match fault {
        Fault::DuplicateNumber(_) | Fault::NumberInUse | Fault::NumberNeeded | Fault::NotCallable(_) => {
            Some(Column::PhoneNumber)
        }
        Fault::OtherCentre | Fault::DuplicateHersysId(_) | Fault::DuplicateButForZeros(_) => Some(Column::HersysId),
        _ => None,
    }
}
