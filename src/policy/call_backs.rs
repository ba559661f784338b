//! Which call-back requests are accepted. A flood of requests must not hide the callers who need a nurse, and must not
//! promise more calls than staff can make. A request by an identified patient is never refused.

use jiff::{SignedDuration, Timestamp};

use crate::domain::{AlertId, PatientId, PhoneNumber};

/// An earlier request at the same health centre: an open one, or one of the last hour.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastCallBack {
    /// Its alert.
    pub alert: AlertId,
    /// The number to call back. `None` if it is unknown.
    pub number: Option<PhoneNumber>,
    /// The patient identified in that call.
    pub patient: Option<PatientId>,
    /// When the caller asked.
    pub at: Timestamp,
    /// Whether staff still have to call back.
    pub state: CallBackState,
}

/// Whether a request has been handled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallBackState {
    /// Staff still have to call back.
    Open,
    /// Staff have closed it.
    Closed,
}

/// The decision about a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallBackFate {
    /// It becomes a new alert.
    Take,
    /// An open request has the same number: it is counted there.
    Join(AlertId),
    /// It is refused, and the caller hears so.
    Refuse,
}

/// The maximum number of new requests per number and hour from callers who aren't identified.
pub const CALL_BACKS_PER_NUMBER: usize = 3;
/// The maximum number of new requests per health centre and hour from callers who aren't identified: more than staff
/// can phone.
pub const CALL_BACKS_PER_CENTRE: usize = 30;
/// How long a request counts.
pub const CALL_BACKS_COUNT_FOR: SignedDuration = SignedDuration::from_hours(1);

/// Decides about a request from `number`. `patient` is the identified patient, if any.
pub fn call_back_fate(
    number: &PhoneNumber,
    patient: Option<PatientId>,
    past: &[PastCallBack],
    now: Timestamp,
) -> CallBackFate {
    let from_there = |request: &&PastCallBack| request.number.as_ref() == Some(number);
    let same = |request: &&PastCallBack| {
        request.state == CallBackState::Open && (patient.is_none() || request.patient == patient)
    };
    if let Some(open) = past.iter().filter(from_there).find(same) {
        return CallBackFate::Join(open.alert);
    }
    let unidentified: Vec<&PastCallBack> = past
        .iter()
        .filter(|request| request.patient.is_none() && now.duration_since(request.at) < CALL_BACKS_COUNT_FOR)
        .collect();
    let of_number = unidentified.iter().copied().filter(from_there).count();
    let full = of_number >= CALL_BACKS_PER_NUMBER || unidentified.len() >= CALL_BACKS_PER_CENTRE;
    if patient.is_none() && full { CallBackFate::Refuse } else { CallBackFate::Take }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn at(minutes: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + minutes * 60).unwrap_or(Timestamp::MAX)
    }

    fn number(nth: u32) -> Option<PhoneNumber> {
        PhoneNumber::from_e164(&format!("+8180{nth:08}")).ok()
    }

    fn past(nth: u32, by: u32, patient: Option<u128>, minutes: i64, state: CallBackState) -> PastCallBack {
        let alert = AlertId(Uuid::from_u128(nth.into()));
        PastCallBack { alert, number: number(by), patient: patient.map(id), at: at(minutes), state }
    }

    fn id(nth: u128) -> PatientId {
        PatientId(Uuid::from_u128(nth))
    }

    fn fate(by: u32, patient: Option<u128>, past: &[PastCallBack]) -> Option<CallBackFate> {
        Some(call_back_fate(&number(by)?, patient.map(id), past, at(60)))
    }

    #[test]
    fn a_number_that_is_to_be_called_back_already_is_counted_there() {
        use CallBackState::{Closed, Open};
        let requests = [past(1, 7, None, 0, Open), past(2, 8, Some(5), 50, Open), past(3, 9, None, 50, Closed)];
        let join = |nth: u32| Some(CallBackFate::Join(AlertId(Uuid::from_u128(nth.into()))));
        assert_eq!(fate(7, None, &requests), join(1));
        assert_eq!(fate(8, None, &requests), join(2));
        assert_eq!(fate(8, Some(5), &requests), join(2));
        for (by, patient) in [(7, Some(5)), (8, Some(6)), (9, None), (10, None)] {
            assert_eq!(fate(by, patient, &requests), Some(CallBackFate::Take), "{by} {patient:?}");
        }
    }

    #[test]
    fn one_number_and_one_hour_have_limits_and_who_is_identified_has_none() {
        use CallBackState::{Closed, Open};
        let of_one: Vec<PastCallBack> = (1..=3).map(|nth| past(nth, 7, None, i64::from(nth), Closed)).collect();
        assert_eq!(fate(7, None, &of_one), Some(CallBackFate::Refuse));
        assert_eq!(fate(8, None, &of_one), Some(CallBackFate::Take));
        assert_eq!(fate(7, Some(1), &of_one), Some(CallBackFate::Take));
        let older: Vec<PastCallBack> = of_one.iter().map(|past| PastCallBack { at: at(0), ..past.clone() }).collect();
        assert_eq!(fate(7, None, &older), Some(CallBackFate::Take), "an hour later");
        let of_many: Vec<PastCallBack> = (0..30).map(|nth| past(nth, 100 + nth, None, 30, Open)).collect();
        assert_eq!(fate(7, None, &of_many), Some(CallBackFate::Refuse));
        assert_eq!(fate(7, Some(1), &of_many), Some(CallBackFate::Take));
        assert_eq!(fate(7, None, of_many.get(1..).unwrap_or_default()), Some(CallBackFate::Take));
        let patients: Vec<PastCallBack> = (0..40).map(|nth| past(nth, 100 + nth, Some(9), 30, Open)).collect();
        assert_eq!(fate(7, None, &patients), Some(CallBackFate::Take), "patients' requests don't count");
    }
}
