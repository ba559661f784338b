//! Searches for patients. The audit trail records the search and each patient shown (D3).

use std::collections::HashMap;

use jiff::civil::Date;

use super::change::known_patient;
use super::uploads::visible;
use super::view::PatientView;
use crate::domain::{
    Actor, Answer, CentreCode, HersysId, Item, Language, PatientId, PatientStatus, PhoneNumber, ReportId,
    ReportOutcome, ReportedToday, Severity, UploadId,
};
use crate::policy::{PatientTerms, Permission, Scope, report_day, scope};
use crate::service::centre_settings::{known_centre, narrowed, zone_of};
use crate::service::context::{Changes, Context, Details, Page, PatientKey, Viewed, audit_entry, named};
use crate::service::error::{PatientError, ServiceError};
use crate::service::slots::ShownSlot;
use crate::store::audit::{AuditRow, Subject};
use crate::store::patient_list::{self, PatientFilter};
use crate::store::patients::PatientRow;
use crate::store::{Tx, alerts, answers, list_uploads, reports, slots};

/// Which patients to list. All given conditions must hold.
#[derive(Clone, Default)]
#[allow(missing_debug_implementations, reason = "personal data")]
pub struct PatientQuery {
    /// Only patients of this health centre.
    pub centre: Option<CentreCode>,
    /// What somebody typed to find a patient.
    pub terms: Option<PatientTerms>,
    /// A part of the HER-SYS ID.
    pub id_part: Option<String>,
    /// The last digits of the phone number.
    pub number_ends: Option<String>,
    /// Their status.
    pub status: PatientStatus,
    /// The language of their calls.
    pub language: Option<Language>,
    /// The highest severity of their open alerts.
    pub severity: Option<Severity>,
    /// Whether they have reported today.
    pub today: ReportedToday,
    /// Only patients whom this uploaded list has added.
    pub upload: Option<UploadId>,
    /// Only patients after this one: the next page.
    pub after: Option<PatientKey>,
    /// The maximum number of patients.
    pub limit: u32,
}

/// A patient in a list, and how today stands.
#[derive(Clone)]
#[allow(missing_debug_implementations, reason = "health data")]
pub struct ListedPatient {
    /// The record.
    pub patient: PatientView,
    /// The current date at the health centre.
    pub today: Date,
    /// Today's report: a finished one, or else the last one begun.
    pub report: Option<ReportOutcome>,
    /// Today's temperature.
    pub temperature: Option<(Answer, Severity)>,
    /// Today's SpO2.
    pub spo2: Option<(Answer, Severity)>,
    /// Today's slots, by time.
    pub slots: Vec<ShownSlot>,
    /// The highest severity of the open alerts. `None` if there is none.
    pub severity: Option<Severity>,
}

/// Lists patients by their HER-SYS IDs. The audit trail records the search and everyone shown in one entry.
///
/// # Errors
/// [`CentreError::NotFound`](crate::service::error::CentreError::NotFound); database errors.
pub async fn list_patients(
    context: &Context,
    actor: &Actor,
    query: &PatientQuery,
    details: Details,
) -> Result<Viewed<Page<ListedPatient>>, ServiceError> {
    let scope = scope(actor, Permission::ViewPatients)?;
    let mut tx = context.database.begin_read().await?;
    let scope = narrowed(&mut tx, scope, query.centre.as_ref()).await?;
    if let Some(upload) = query.upload.filter(|_| query.after.is_none()) {
        drop(tx);
        // Trying ids leaves entries.
        let (_, looked) = visible(context, actor, &scope, upload, "patients.listed").await?;
        drop(looked);
        tx = context.database.begin_read().await?;
    }
    let after = last_listed(&mut tx, &scope, query.after.as_ref()).await;
    let after = match (&query.after, after) {
        (Some(key), Err(error)) => {
            drop(tx);
            // Trying ids leaves entries.
            return context.looked_up(actor, key, "patients.listed", Err(error)).await;
        }
        (_, after) => after?,
    };
    let limit = Page::<PatientRow>::one_more(query.limit);
    let filter = PatientFilter { after, limit, ..filter_of(&mut tx, context, &scope, query).await? };
    let page = Page::of(patient_list::list(&mut tx, &filter, scope.centres()).await?, query.limit);
    let today = today_of(&mut tx, context, page.items.first().map(|patient| &patient.centre)).await?;
    let mut standing = Standing::read(&mut tx, &page.items, today).await?;
    drop(tx);
    let searched = searched(query, details).field("found", None::<u64>, page.items.len() as u64);
    let centre = query.centre.clone();
    let entry = audit_entry(actor, context.clock.now(), "patients.listed", Subject::Search, centre, searched);
    let noted = context.note_view(AuditRow { people: named(&page.items), ..entry }).await?;
    Ok(Viewed { found: page.map(|row| standing.of(row)), noted })
}

/// How many patients match a query, counted up to `most`: the whole number if it is less.
///
/// # Errors
/// If the actor may not see patients, or the database fails.
pub async fn count_patients(
    context: &Context,
    actor: &Actor,
    query: &PatientQuery,
    most: u32,
) -> Result<u64, ServiceError> {
    let scope = scope(actor, Permission::ViewPatients)?;
    let mut tx = context.database.begin_read().await?;
    let scope = narrowed(&mut tx, scope, query.centre.as_ref()).await?;
    let filter = PatientFilter { limit: most, ..filter_of(&mut tx, context, &scope, query).await? };
    Ok(patient_list::count(&mut tx, &filter, scope.centres()).await?)
}

/// The conditions of a query, from the first patient on.
pub(super) async fn filter_of(
    tx: &mut Tx,
    context: &Context,
    scope: &Scope,
    query: &PatientQuery,
) -> Result<PatientFilter, ServiceError> {
    let not_reported_on = match query.today {
        ReportedToday::Any => None,
        ReportedToday::NotYet => Some(today_of(tx, context, scope.centres().and_then(|of| of.first())).await?),
    };
    let import = match query.upload {
        None => None,
        Some(upload) => {
            let found = list_uploads::import_of(tx, upload).await?.filter(|(centre, _)| scope.covers(centre));
            Some(found.ok_or(PatientError::NotFound)?.1)
        }
    };
    Ok(PatientFilter {
        terms: query.terms.clone(),
        id_part: query.id_part.clone(),
        number_ends: query.number_ends.clone(),
        status: query.status,
        language: query.language,
        severity: query.severity,
        not_reported_on,
        import,
        after: None,
        limit: query.limit,
    })
}

/// The ID of the patient before the page. A record that the actor can't see is none.
async fn last_listed(tx: &mut Tx, scope: &Scope, after: Option<&PatientKey>) -> Result<Option<HersysId>, ServiceError> {
    match after {
        Some(PatientKey::HersysId(id)) => Ok(Some(id.clone())),
        Some(record @ PatientKey::Record(_)) => Ok(Some(known_patient(tx, scope, record).await?.hersys_id)),
        None => Ok(None),
    }
}

/// The terms of a search, for the audit trail.
pub(super) fn searched(query: &PatientQuery, details: Details) -> Changes {
    let terms = query.terms.as_ref();
    let id = terms.and_then(|terms| terms.ids.first()).map(|id| id.expose().to_owned());
    let number = terms.and_then(|terms| terms.number.as_ref()).map(PhoneNumber::expose);
    let severity = query.severity.map(Severity::code);
    details
        .changes()
        .field("name", None::<String>, terms.and_then(|terms| terms.name.as_ref()).map(|name| name.expose()))
        .field("hersys_id", None::<String>, id.or_else(|| query.id_part.clone()))
        .field("phone_number", None::<String>, number)
        .field("birth_date", None::<String>, terms.and_then(|terms| terms.birth_date).map(|date| date.to_string()))
        .field("number_ends", None::<String>, query.number_ends.as_deref())
        .field("status", None::<String>, query.status.code())
        .field("language", None::<String>, query.language.map(Language::tag))
        .field("severity", None::<String>, severity)
        .field("not_reported", false, query.today == ReportedToday::NotYet)
        .field("list", None::<String>, query.upload.map(|upload| upload.to_string()))
}

/// The current date at a health centre, or in UTC without one.
async fn today_of(tx: &mut Tx, context: &Context, centre: Option<&CentreCode>) -> Result<Date, ServiceError> {
    let zone = match centre {
        Some(code) => zone_of(&known_centre(tx, code).await?)?,
        None => jiff::tz::TimeZone::UTC,
    };
    Ok(report_day(context.clock.now(), &zone))
}

/// The answers of the day that the list shows.
const LISTED: [Item; 2] = [Item::BodyTemperature, Item::Spo2];

/// How a day stands for some patients.
struct Standing {
    today: Date,
    days: HashMap<PatientId, ListedDay>,
}

#[derive(Default)]
struct ListedDay {
    report: Option<ReportOutcome>,
    temperature: Option<(Answer, Severity)>,
    spo2: Option<(Answer, Severity)>,
    slots: Vec<ShownSlot>,
    severity: Option<Severity>,
}

impl Standing {
    async fn read(tx: &mut Tx, people: &[PatientRow], today: Date) -> Result<Self, ServiceError> {
        let ids: Vec<PatientId> = people.iter().map(|patient| patient.id).collect();
        let mut days: HashMap<PatientId, ListedDay> = HashMap::new();
        let keys: Vec<(PatientId, Date)> = ids.iter().map(|id| (*id, today)).collect();
        let mut found = reports::of_days(tx, &keys).await?;
        found.retain(|report| report.outcome != ReportOutcome::NotBegun);
        // The best outcome last, then the latest.
        found.sort_by_key(|report| (report.outcome == ReportOutcome::Reported, report.started_at, report.id));
        let of_reports: Vec<ReportId> = found.iter().map(|report| report.id).collect();
        let answers = answers::latest_of_items(tx, &of_reports, &LISTED.into()).await?;
        for report in &found {
            let day = days.entry(report.patient).or_default();
            day.report = Some(report.outcome);
            for answer in answers.get(&report.id).into_iter().flatten() {
                let value = answer.item.read(answer.entry.expose()).map(|value| (value, answer.severity));
                match answer.item {
                    Item::BodyTemperature => day.temperature = value.or(day.temperature),
                    Item::Spo2 => day.spo2 = value.or(day.spo2),
                    _ => {}
                }
            }
        }
        for alert in alerts::open_of_patients(tx, &ids).await? {
            let Some(patient) = alert.patient else { continue };
            let day = days.entry(patient).or_default();
            day.severity = day.severity.max(Some(alert.kind.severity()));
        }
        for slot in slots::of_patients_on(tx, &ids, today).await? {
            days.entry(slot.patient).or_default().slots.push(slot.into());
        }
        Ok(Self { today, days })
    }

    fn of(&mut self, patient: PatientRow) -> ListedPatient {
        let ListedDay { report, temperature, spo2, slots, severity } =
            self.days.remove(&patient.id).unwrap_or_default();
        ListedPatient { patient: patient.into(), today: self.today, report, temperature, spo2, slots, severity }
    }
}
