//! Whose trail a try at what isn't yours belongs to: of the health centre that was asked for, and of who asked.

use crate::domain::{Actor, CentreCode, HersysId, PatientId};
use crate::store::audit::Subject;
use crate::store::{
    StoreError, Tx, alerts, bulk_changes, call_people, list_uploads, patients, saved_filters, transfers,
};

/// The health centre of who asks, if it is a single one.
pub(super) fn own_centre(actor: &Actor) -> Option<CentreCode> {
    match actor {
        Actor::Staff(staff) => staff.centres.first().cloned(),
        Actor::Operator(operator) => operator.centre.clone(),
        Actor::Patient(_) | Actor::LinkHolder(_) | Actor::System => None,
    }
}

/// The patient of an entry about a look-up by the internal id.
pub(in crate::service) fn record_of(subject: &Subject) -> Option<PatientId> {
    let Subject::Other(subject) = subject else { return None };
    let (kind, id) = subject.split_once(':')?;
    matches!(kind, "record" | "person").then(|| id.parse().ok()).flatten()
}

/// The health centre whose patient, alert, call or other thing was asked for. `None` if there is no such thing.
pub(super) async fn asked_centre(tx: &mut Tx, subject: &Subject) -> Result<Option<CentreCode>, StoreError> {
    match subject {
        Subject::Nobody(Some(id)) => of_number(tx, id).await,
        Subject::Other(named) => match (record_of(subject), named.split_once(':')) {
            (Some(patient), _) => of_patient(tx, patient).await,
            (None, Some((kind, id))) => of_thing(tx, kind, id).await,
            (None, None) => Ok(None),
        },
        Subject::Patient(_) | Subject::Erased(_) | Subject::Nobody(None) | Subject::Search | Subject::Patients => {
            Ok(None)
        }
    }
}

async fn of_number(tx: &mut Tx, id: &HersysId) -> Result<Option<CentreCode>, StoreError> {
    let found = patients::by_hersys_ids(tx, std::slice::from_ref(id)).await?.pop();
    Ok(found.map(|patient| patient.centre))
}

async fn of_patient(tx: &mut Tx, id: PatientId) -> Result<Option<CentreCode>, StoreError> {
    Ok(patients::by_ids(tx, &[id]).await?.pop().map(|patient| patient.centre))
}

async fn of_thing(tx: &mut Tx, kind: &str, id: &str) -> Result<Option<CentreCode>, StoreError> {
    Ok(match kind {
        "alert" => match id.parse() {
            Ok(id) => alerts::get(tx, id).await?.and_then(|alert| alert.centre),
            Err(_) => None,
        },
        "call" => match id.parse() {
            Ok(id) => call_people::of_calls(tx, &[id]).await?.pop().map(|person| person.centre),
            Err(_) => None,
        },
        "transfer" => match id.parse() {
            Ok(id) => transfers::get(tx, id).await?.map(|transfer| transfer.from),
            Err(_) => None,
        },
        "list" => match id.parse() {
            Ok(id) => list_uploads::get(tx, id).await?.map(|upload| upload.centre),
            Err(_) => None,
        },
        "bulk" => match id.parse() {
            Ok(id) => bulk_changes::get(tx, id).await?.map(|bulk| bulk.centre),
            Err(_) => None,
        },
        "filter" => match id.parse() {
            Ok(id) => saved_filters::get(tx, id).await?.map(|filter| filter.centre),
            Err(_) => None,
        },
        _ => None,
    })
}
