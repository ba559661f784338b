//! The filters of the list. They tell nothing about a person, so they are in the address.

use super::words;
use crate::domain::{Language, ListFilter, PatientId, Severity, UploadId};
use crate::service::{PatientStatus, ReportedToday};
use crate::translations::{Message, message};
use crate::web::console::log_in::query_value;
use crate::web::console::today::words as today_words;

/// Which part of the list is shown.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(in crate::web::console) struct Filter {
    /// The id of what is searched for.
    pub(in crate::web::console) search: Option<String>,
    pub(in crate::web::console) status: PatientStatus,
    pub(in crate::web::console) language: Option<Language>,
    pub(in crate::web::console) severity: Option<Severity>,
    pub(in crate::web::console) today: ReportedToday,
    /// The list that has added them.
    pub(in crate::web::console) upload: Option<UploadId>,
    /// The last person of the page before.
    pub(in crate::web::console) after: Option<PatientId>,
}

/// An active filter, and the query without it.
pub(in crate::web::console) struct Chip {
    pub(in crate::web::console) name: Message,
    pub(in crate::web::console) without: String,
}

impl Filter {
    /// The filter with these conditions.
    pub(in crate::web::console) fn of(conditions: ListFilter) -> Self {
        let ListFilter { status, language, severity, today } = conditions;
        Self { status, language, severity, today, ..Self::default() }
    }

    /// The conditions, which can be saved: nothing of what is searched for.
    pub(in crate::web::console) const fn conditions(&self) -> ListFilter {
        ListFilter { status: self.status, language: self.language, severity: self.severity, today: self.today }
    }

    /// Reads the query of an address. What can't be read filters nothing.
    pub(in crate::web::console) fn read(query: Option<&str>) -> Self {
        let value = |name: &str| query_value(query, name);
        Self {
            search: Some(value("search")).filter(|id| !id.is_empty()),
            status: PatientStatus::from_code(&value("status")).unwrap_or_default(),
            language: value("language").parse().ok(),
            severity: Severity::from_code(&value("severity")).filter(|severity| *severity != Severity::None),
            today: if value("today") == "missing" { ReportedToday::NotYet } else { ReportedToday::Any },
            upload: value("list").parse().ok(),
            after: value("after").parse().ok(),
        }
    }

    /// The query of an address, with the last person of the page before.
    pub(in crate::web::console) fn query(&self, after: Option<PatientId>) -> String {
        let mut parts = Vec::new();
        parts.extend(self.search.as_ref().map(|id| format!("search={id}")));
        if self.status != PatientStatus::default() {
            parts.push(format!("status={}", self.status.code()));
        }
        parts.extend(self.language.map(|language| format!("language={}", language.tag())));
        parts.extend(self.severity.map(|severity| format!("severity={}", severity.code())));
        if self.today == ReportedToday::NotYet {
            parts.push("today=missing".to_owned());
        }
        parts.extend(self.upload.map(|id| format!("list={id}")));
        parts.extend(after.map(|id| format!("after={id}")));
        if parts.is_empty() { String::new() } else { format!("?{}", parts.join("&")) }
    }

    /// The active filters.
    pub(in crate::web::console) fn chips(&self, text: Option<&str>) -> Vec<Chip> {
        let chip = |name: Message, without: Self| Chip { name, without: without.query(None) };
        let mut chips = Vec::new();
        if let Some(text) = text {
            let without = Self { search: None, status: PatientStatus::default(), ..self.clone() };
            chips.push(chip(message!("patient-chip-text", text = text), without));
        }
        if self.status != PatientStatus::default() {
            let without = Self { status: PatientStatus::default(), ..self.clone() };
            chips.push(chip(words::status_name(self.status), without));
        }
        if let Some(language) = self.language {
            let name = message!("patient-value", value = language.own_name());
            chips.push(chip(name, Self { language: None, ..self.clone() }));
        }
        if let Some(severity) = self.severity {
            chips.push(chip(today_words::severity_name(severity), Self { severity: None, ..self.clone() }));
        }
        if self.today == ReportedToday::NotYet {
            let without = Self { today: ReportedToday::Any, ..self.clone() };
            chips.push(chip(message!("patient-not-reported-today"), without));
        }
        if self.upload.is_some() {
            chips.push(chip(message!("upload-chip"), Self { upload: None, ..self.clone() }));
        }
        chips
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_survives_the_address() {
        for query in [
            "",
            "?search=0123abcd&status=all",
            "?status=released&language=zh-Hans&severity=amber&today=missing",
            "?status=all&list=0192f0c1-7f3a-7c11-8d5b-3b1f6a2c9e05",
            "?severity=red&after=0192f0c1-7f3a-7c11-8d5b-3b1f6a2c9e04",
        ] {
            let filter = Filter::read(query.strip_prefix('?'));
            assert_eq!(filter.query(filter.after), query);
        }
        assert_eq!(Filter::read(Some("status=nonsense&severity=none&after=1&language=xx")), Filter::default());
    }
}
