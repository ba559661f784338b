//! D4: each transfer is as its sides were told, and the patient is at one of the two health centres.

use std::collections::BTreeMap;

use super::super::event_log::LoggedEventKind;
use super::{Case, Invariant};
use crate::domain::{TransferId, TransferState};

pub(super) fn transferred(case: &mut Case<'_>) {
    let record = case.record;
    let mut told: BTreeMap<TransferId, (u32, TransferState)> = BTreeMap::new();
    for moment in &record.moments {
        if let LoggedEventKind::Transferred(nth, id, state) = moment.what {
            told.insert(id, (nth, state));
        }
    }
    let stored: BTreeMap<TransferId, &str> =
        record.tables.transfers.iter().map(|transfer| (transfer.id, transfer.state.as_str())).collect();
    for (id, (nth, state)) in &told {
        let found = stored.get(id).copied();
        if found != Some(state.code()) {
            let what = format!("the transfer {id} of patient {nth} was {} and is {found:?}", state.code());
            case.complain(Invariant::Moved, what);
        }
    }
    for id in stored.keys().filter(|id| !told.contains_key(*id)) {
        case.complain(Invariant::Moved, format!("nobody was told of the transfer {id}"));
    }
    for patient in &record.tables.patients {
        let Some(nth) = record.person(patient.id) else { continue };
        let moves = told.values().filter(|told| **told == (nth, TransferState::Accepted)).count();
        let at_first = patient.centre == record.centre;
        if at_first != (moves % 2 == 0) {
            let what = format!("patient {nth} was moved {moves} times and is at {}", patient.centre);
            case.complain(Invariant::Moved, what);
        }
    }
}
