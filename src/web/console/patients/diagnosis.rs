//! The diagnosis for the certificate, as a form.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use jiff::civil::Date;

use super::done::Done;
use super::person::{id_of, name_of};
use super::typed::shown_or_typed;
use crate::domain::{
    Diagnosis, DiagnosisBasis, DiseaseName, NotificationReason, PatientId, PlainLineError, RegisteredName, Revision,
    era, width,
};
use crate::service::{DiagnosisView, DiagnosisWritten, ServiceError, show_profile, write_diagnosis};
use crate::translations::{Message, message};
use crate::web::console::form::{Fields, Mistakes, Submitted};
use crate::web::console::layout::Layout;
use crate::web::console::missing;
use crate::web::console::sender::{kept, sent};
use crate::web::console::staff::StaffActor;
use crate::web::console::times;

/// What the form begins with.
const DISEASE: &str = "新型コロナウイルス感染症";

#[derive(Template)]
#[template(path = "console/patient_diagnosis.html", config = "src/web/askama.toml")]
struct DiagnosisPage {
    l: Layout,
    centre: String,
    name: String,
    person: String,
    action: String,
    revision: i64,
    fields: Fields,
    mistakes: Mistakes,
    surprise: Surprise,
    /// Whether a certificate was issued, which a correction replaces.
    certified: bool,
    /// What somebody else has written meanwhile.
    meanwhile: Option<Words>,
}

/// Why the page isn't as the reader expects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Surprise {
    /// Nothing.
    Nothing,
    /// What was typed before the last log-in is back.
    DraftRestored,
}

/// A diagnosis, in words.
pub(super) struct Words {
    pub(super) disease: String,
    pub(super) diagnosed_on: Message,
    pub(super) basis: Message,
    pub(super) reason: Message,
    pub(super) registered_name: String,
    pub(super) entered_on: Message,
    pub(super) arrived_on: Option<Message>,
    pub(super) author: String,
}

impl Words {
    pub(super) fn of(view: &DiagnosisView) -> Self {
        let diagnosis = &view.diagnosis;
        Self {
            disease: diagnosis.disease.as_str().to_owned(),
            diagnosed_on: times::day(diagnosis.diagnosed_on),
            basis: basis_name(diagnosis.basis),
            reason: reason_name(diagnosis.reason),
            registered_name: diagnosis.registered_name.expose().to_owned(),
            entered_on: times::day(diagnosis.entered_on),
            arrived_on: diagnosis.arrived_on.map(times::day),
            author: view.author.clone(),
        }
    }
}

pub(in crate::web::console) fn basis_name(basis: DiagnosisBasis) -> Message {
    match basis {
        DiagnosisBasis::Doctor => message!("diagnosis-by-doctor"),
        DiagnosisBasis::Presumed => message!("diagnosis-presumed"),
    }
}

pub(in crate::web::console) fn reason_name(reason: NotificationReason) -> Message {
    match reason {
        NotificationReason::EveryCase => message!("diagnosis-every-case"),
        NotificationReason::Aged65 => message!("diagnosis-aged-65"),
        NotificationReason::NeedsHospital => message!("diagnosis-needs-hospital"),
        NotificationReason::RiskAndTreatment => message!("diagnosis-risk-and-treatment"),
        NotificationReason::Pregnant => message!("diagnosis-pregnant"),
    }
}

impl DiagnosisPage {
    fn bases(&self) -> [(&'static str, Message); 2] {
        DiagnosisBasis::ALL.map(|basis| (basis.code(), basis_name(basis)))
    }

    fn reasons(&self) -> [(&'static str, Message); 5] {
        NotificationReason::ALL.map(|reason| (reason.code(), reason_name(reason)))
    }

    fn texts(&self) -> [(&'static str, Message, Option<Message>); 5] {
        let date = || Some(message!("diagnosis-date-hint"));
        [
            ("disease", message!("diagnosis-disease"), None),
            ("registered_name", message!("diagnosis-registered-name"), Some(message!("diagnosis-name-hint"))),
            ("diagnosed_on", message!("diagnosis-diagnosed-on"), date()),
            ("entered_on", message!("diagnosis-entered-on"), date()),
            ("arrived_on", message!("diagnosis-arrived-on"), Some(message!("diagnosis-arrived-hint"))),
        ]
    }
}

pub(super) async fn handler(staff: StaffActor, Path(id): Path<String>) -> Response {
    let shown = async {
        let id = id_of(&id)?;
        match kept(&staff, &page_of(id)).await? {
            Some(fields) => show(&staff, id, Some(fields), Mistakes::default(), Surprise::DraftRestored).await,
            None => show(&staff, id, None, Mistakes::default(), Surprise::Nothing).await,
        }
    };
    let shown = shown.await;
    shown_or_typed(&staff, &format!("/patients/{id}"), shown).await
}

pub(super) async fn submit(Path(id): Path<String>, form: Submitted) -> Response {
    let Ok(id) = id_of(&id) else { return missing::page(&form.visit) };
    sent(form, &page_of(id), async |staff, fields| take(staff, id, fields).await).await
}

fn page_of(id: PatientId) -> String {
    format!("/patients/{id}/diagnosis")
}

async fn take(staff: &StaffActor, id: PatientId, fields: Fields) -> Result<Response, ServiceError> {
    let centre = staff.centre().await?;
    let today = staff.context().clock.now().to_zoned_datetime(staff.zone(centre.as_ref())).date();
    let diagnosis = match read(&fields, today) {
        Ok(diagnosis) => diagnosis,
        Err(mistakes) => return show(staff, id, Some(fields), mistakes, Surprise::Nothing).await,
    };
    let seen = fields.get("revision").parse().unwrap_or(Revision(0));
    let done = match write_diagnosis(staff.context(), staff.actor(), id, seen, diagnosis).await? {
        DiagnosisWritten::Now => Done::DiagnosisWritten,
        DiagnosisWritten::Same => Done::Same,
        DiagnosisWritten::Otherwise(current) => return show_conflict(staff, id, fields, &current).await,
    };
    Ok(staff.visit.redirect(&format!("/patients/{id}?done={}", done.code())))
}

/// Reads the form.
fn read(fields: &Fields, today: Date) -> Result<Diagnosis, Mistakes> {
    let mut mistakes = Mistakes::default();
    let disease = DiseaseName::parse(fields.get("disease"));
    if let Err(error) = &disease {
        mistakes.add("disease", line_fault(*error));
    }
    let name = RegisteredName::parse(fields.get("registered_name"));
    if let Err(error) = &name {
        mistakes.add("registered_name", line_fault(*error));
    }
    let diagnosed_on = date_of(fields, "diagnosed_on", today, &mut mistakes);
    let entered_on = date_of(fields, "entered_on", today, &mut mistakes);
    if let (Some(diagnosed), Some(entered)) = (diagnosed_on, entered_on)
        && entered < diagnosed
    {
        mistakes.add("entered_on", message!("diagnosis-entered-before"));
    }
    let arrived_on = match fields.get("arrived_on").trim() {
        "" => None,
        _ => date_of(fields, "arrived_on", today, &mut mistakes),
    };
    let basis = DiagnosisBasis::from_code(fields.get("basis"));
    if basis.is_none() {
        mistakes.add("basis", message!("diagnosis-choose"));
    }
    let reason = NotificationReason::from_code(fields.get("reason"));
    if reason.is_none() {
        mistakes.add("reason", message!("diagnosis-choose"));
    }
    match (disease, name, diagnosed_on, entered_on, basis, reason) {
        (Ok(disease), Ok(registered_name), Some(diagnosed_on), Some(entered_on), Some(basis), Some(reason))
            if mistakes.is_empty() =>
        {
            Ok(Diagnosis { disease, diagnosed_on, basis, reason, registered_name, entered_on, arrived_on })
        }
        _ => Err(mistakes),
    }
}

/// A date of the past or of today, in the western calendar or by era.
fn date_of(fields: &Fields, name: &'static str, today: Date, mistakes: &mut Mistakes) -> Option<Date> {
    let folded = width::fold(fields.get(name).trim()).into_owned();
    let date = folded.parse::<Date>().ok().or_else(|| era::read(&folded).ok());
    match date {
        Some(date) if date <= today => return Some(date),
        Some(_) => mistakes.add(name, message!("diagnosis-in-future")),
        None => mistakes.add(name, message!("diagnosis-no-date")),
    }
    None
}

fn line_fault(error: PlainLineError) -> Message {
    match error {
        PlainLineError::Empty => message!("diagnosis-missing"),
        PlainLineError::TooLong(most) => message!("diagnosis-too-long", most = most),
        PlainLineError::Hidden(hidden) => {
            message!("console-note-hidden", code = format!("U+{:04X}", u32::from(hidden.character)))
        }
    }
}

/// What was typed beside what somebody else has written. Sent again, it replaces that.
async fn show_conflict(
    staff: &StaffActor,
    id: PatientId,
    fields: Fields,
    current: &DiagnosisView,
) -> Result<Response, ServiceError> {
    let page = page(staff, id, Some(fields), Mistakes::default(), Surprise::Nothing).await?;
    let page = DiagnosisPage { meanwhile: Some(Words::of(current)), revision: current.revision.number(), ..page };
    Ok(staff.visit.page(StatusCode::CONFLICT, &page))
}

async fn show(
    staff: &StaffActor,
    id: PatientId,
    fields: Option<Fields>,
    mistakes: Mistakes,
    surprise: Surprise,
) -> Result<Response, ServiceError> {
    let status = if mistakes.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = page(staff, id, fields, mistakes, surprise).await?;
    Ok(staff.visit.page(status, &page))
}

async fn page(
    staff: &StaffActor,
    id: PatientId,
    fields: Option<Fields>,
    mistakes: Mistakes,
    surprise: Surprise,
) -> Result<DiagnosisPage, ServiceError> {
    let profile = show_profile(staff.context(), staff.actor(), id).await?.found;
    let patient = &profile.shown.patient;
    let revision = match &fields {
        Some(fields) => fields.get("revision").parse().unwrap_or(0),
        None => profile.diagnosis.as_ref().map_or(0, |view| view.revision.number()),
    };
    let pair = |name: &str, value: String| (name.to_owned(), value);
    let date = |date: Option<Date>| date.map(|date| date.to_string()).unwrap_or_default();
    let began = || match &profile.diagnosis {
        Some(DiagnosisView { diagnosis, .. }) => vec![
            pair("disease", diagnosis.disease.as_str().to_owned()),
            pair("registered_name", diagnosis.registered_name.expose().to_owned()),
            pair("diagnosed_on", diagnosis.diagnosed_on.to_string()),
            pair("entered_on", diagnosis.entered_on.to_string()),
            pair("arrived_on", date(diagnosis.arrived_on)),
            pair("basis", diagnosis.basis.code().to_owned()),
            pair("reason", diagnosis.reason.code().to_owned()),
        ],
        None => vec![
            pair("disease", DISEASE.to_owned()),
            pair("registered_name", name_of(patient)),
            pair("diagnosed_on", date(patient.diagnosis_date)),
            pair("entered_on", profile.shown.today.to_string()),
        ],
    };
    Ok(DiagnosisPage {
        l: staff.visit.layout(),
        centre: profile.shown.centre_name.clone(),
        name: name_of(patient),
        person: staff.visit.path(&format!("/patients/{id}")),
        action: staff.visit.path(&page_of(id)),
        revision,
        fields: fields.unwrap_or_else(|| Fields(began())),
        mistakes,
        surprise,
        certified: profile.certified,
        meanwhile: None,
    })
}
