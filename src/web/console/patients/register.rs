//! Registering a person: the form, then the effect and who may be the same person, then it is saved.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use super::done::Done;
use super::effect::Effect;
use super::faults;
use super::fields::{Control, Field, PREVIEWED, Values, borrowed, fields_of};
use super::person::{Facts, Phone, name_of};
use crate::domain::{CentreCode, PatientId};
use crate::service::{
    Column, Details, IdIs, PatientError, PatientQuery, PatientStatus, PatientTerms, PatientView, RegistrationPreview,
    ServiceError, StoreError, add_patient, list_patients, preview_registration,
};
use crate::translations::{Message, message};
use crate::web::console::form::{Fields, Mistake, Mistakes, Submitted};
use crate::web::console::layout::{First, Layout};
use crate::web::console::sender::{kept, sent};
use crate::web::console::staff::StaffActor;

/// Its path.
const PAGE: &str = "/patients/new";

#[derive(Template)]
#[template(path = "console/patient_register.html", config = "src/web/askama.toml")]
struct Register {
    l: Layout,
    centre: String,
    action: String,
    fields: Vec<Field>,
    mistakes: Mistakes,
    preview: Option<Preview>,
    previewed: String,
    restored: bool,
}

/// What would be registered, and who may be the same person.
struct Preview {
    name: String,
    facts: Facts,
    phone: Option<Phone>,
    effect: Effect,
    doubles: Vec<Double>,
}

struct Double {
    path: String,
    name: String,
    facts: Facts,
    phone: Option<Phone>,
    why: Message,
}

pub(super) async fn handler(staff: StaffActor) -> Response {
    let shown = async {
        centre_of(&staff)?;
        let kept = kept(&staff, PAGE).await?;
        let restored = kept.is_some();
        let typed = kept.as_ref().map_or_else(Values::of_new, Values::typed);
        page(&staff, &typed, Mistakes::default(), None, restored).await
    };
    let shown = shown.await;
    staff.visit.answer(shown)
}

pub(super) async fn submit(form: Submitted) -> Response {
    sent(form, PAGE, async |staff, fields| take(staff, &fields).await).await
}

/// The reader's health centre: people are registered at it.
fn centre_of(staff: &StaffActor) -> Result<CentreCode, ServiceError> {
    let account = &staff.logged_in.account;
    let centre = account.centre.clone().filter(|_| First::of(account.role) == First::Today);
    centre.ok_or_else(|| PatientError::NotFound.into())
}

async fn take(staff: &StaffActor, fields: &Fields) -> Result<Response, ServiceError> {
    let centre = centre_of(staff)?;
    let typed = Values::typed(fields);
    let given: Vec<Column> = Column::ALL.into_iter().filter(|column| is_given(*column, &typed)).collect();
    let values = match typed.to_send(&given) {
        Ok(values) => values,
        Err(mistakes) => return page(staff, &typed, mistakes, None, false).await,
    };
    let is_previewed = fields.get(PREVIEWED) == typed.digest();
    if fields.get("step") == "save" && is_previewed {
        return save(staff, &centre, &typed, &values).await;
    }
    match preview_registration(staff.context(), staff.actor(), &centre, &borrowed(&values)).await {
        Ok(preview) => {
            let mut mistakes = preview.found.number_in_use.map(|_| number_in_use()).unwrap_or_default();
            if preview.found.id == IdIs::Registered {
                mistakes.0.insert(0, registered_already());
            }
            page(staff, &typed, mistakes, Some(preview.found), false).await
        }
        Err(error) => refused(staff, &typed, error).await,
    }
}

/// Whether a field is sent to the service: required ones always are, so that the service says what is missing.
fn is_given(column: Column, typed: &Values) -> bool {
    Column::REQUIRED.contains(&column) || !typed.get(column).trim().is_empty()
}

async fn save(
    staff: &StaffActor,
    centre: &CentreCode,
    typed: &Values,
    values: &[(Column, String)],
) -> Result<Response, ServiceError> {
    match add_patient(staff.context(), staff.actor(), centre, &borrowed(values)).await {
        Ok(added) => {
            let page = format!("/patients/{}?done={}", added.patient.id, Done::Registered.code());
            Ok(staff.visit.redirect(&page))
        }
        Err(error) => match (registered(staff, typed).await?, error) {
            // Such as by the same form, sent before.
            (Some(id), _) => Ok(staff.visit.redirect(&format!("/patients/{id}?done={}", Done::Same.code()))),
            (None, ServiceError::Store(StoreError::Taken(_))) => {
                let mistakes = Mistakes(vec![registered_already()]);
                page(staff, typed, mistakes, None, false).await
            }
            (None, error) => refused(staff, typed, error).await,
        },
    }
}

/// The person of the reader's health centre who is registered with all these values.
async fn registered(staff: &StaffActor, typed: &Values) -> Result<Option<PatientId>, ServiceError> {
    let query = PatientQuery {
        terms: PatientTerms::read(typed.get(Column::HersysId)),
        status: PatientStatus::All,
        limit: 10,
        ..PatientQuery::default()
    };
    let found = list_patients(staff.context(), staff.actor(), &query, Details::Revealed).await?.found;
    let same = |patient: &&PatientView| typed.changed_from(&Values::of_record(patient)).is_empty();
    Ok(found.items.iter().map(|listed| &listed.patient).find(same).map(|patient| patient.id))
}

/// It doesn't say at which health centre.
fn registered_already() -> Mistake {
    Mistake { field: Column::HersysId.code().into(), sentence: message!("patient-fault-registered") }
}

fn number_in_use() -> Mistakes {
    Mistakes::one(Column::PhoneNumber.code(), message!("patient-fault-number-in-use"))
}

async fn refused(staff: &StaffActor, typed: &Values, error: ServiceError) -> Result<Response, ServiceError> {
    let mistakes = match error {
        ServiceError::Patient(PatientError::InvalidValues(findings)) => faults::mistakes_of(&findings),
        ServiceError::Patient(PatientError::NumberInUse(_)) => number_in_use(),
        other => return Err(other),
    };
    page(staff, typed, mistakes, None, false).await
}

async fn page(
    staff: &StaffActor,
    typed: &Values,
    mistakes: Mistakes,
    preview: Option<RegistrationPreview>,
    restored: bool,
) -> Result<Response, ServiceError> {
    let status = if mistakes.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = Register {
        l: staff.visit.layout(),
        centre: staff.centre().await?.map(|centre| centre.name).unwrap_or_default(),
        action: staff.visit.path(PAGE),
        fields: fields_of(&Column::ALL, typed, &Values::default(), &mistakes, &[]),
        mistakes,
        previewed: if preview.is_some() { typed.digest() } else { String::new() },
        preview: preview.map(|preview| Preview::of(staff, &preview)),
        restored,
    };
    Ok(staff.visit.page(status, &page))
}

impl Preview {
    fn of(staff: &StaffActor, preview: &RegistrationPreview) -> Self {
        let now = staff.context().clock.now().to_zoned_datetime(preview.zone.clone());
        let after = &preview.after;
        let double = |double: &PatientView| Double {
            path: staff.visit.path(&format!("/patients/{}", double.id)),
            name: name_of(double),
            facts: Facts::of(double, &now),
            phone: Phone::of(double),
            why: match double.birth_date == after.birth_date {
                true => message!("patient-double-name"),
                false => message!("patient-double-number"),
            },
        };
        Self {
            name: name_of(after),
            facts: Facts::of(after, &now),
            phone: Phone::of(after),
            effect: Effect::of_new(after, &now),
            doubles: preview.doubles.iter().map(double).collect(),
        }
    }
}
