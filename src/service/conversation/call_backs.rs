//! Requests to be called back. All of one commit are decided together.

use super::ConversationError;
use super::batch::Batch;
use crate::domain::{AlertId, CentreCode, PhoneNumber};
use crate::engine::{CallBack, Effect, Event, EventKind, Query, Waiting, step};
use crate::policy::{CALL_BACKS_COUNT_FOR, CallBackFate, CallBackState, PastCallBack, call_back_fate};
use crate::service::context::new_id;
use crate::store::alerts;

/// Answers each request and steps its conversation. Returns whether there were any.
pub(super) async fn answer_call_backs(batch: &mut Batch<'_>) -> Result<bool, ConversationError> {
    let places: Vec<usize> = (0..batch.active_turns.len()).filter(|place| asks_for_call_back(batch, *place)).collect();
    if places.is_empty() {
        return Ok(false);
    }
    let mut centres: Vec<CentreCode> = places.iter().filter_map(|place| centre_at(batch, *place)).collect();
    centres.sort_unstable();
    centres.dedup();
    let since = batch.at.checked_sub(CALL_BACKS_COUNT_FOR).unwrap_or(batch.at);
    let until = batch.context.clock.too_far_ahead();
    let mut past = alerts::call_backs(&mut batch.tx, &centres, since, until).await?;
    for place in places {
        let fate = call_back_at(batch, place, &mut past);
        let Some(live) = batch.active_turns.get_mut(place) else { continue };
        let event = Event { at: batch.at, happening: EventKind::CallBack(fate) };
        let (session, effects) = step(&live.flow_set, live.session.clone(), &event);
        live.session = session;
        live.effects.extend(effects);
    }
    Ok(true)
}

fn asks_for_call_back(batch: &Batch<'_>, place: usize) -> bool {
    let asks = |effect: &&Effect| matches!(effect, Effect::Query(_));
    batch.active_turns.get(place).is_some_and(|live| {
        live.session.waiting == Waiting::Lookup
            && matches!(live.effects.iter().rev().find(asks), Some(Effect::Query(Query::CallBack)))
    })
}

fn centre_at(batch: &Batch<'_>, place: usize) -> Option<CentreCode> {
    Some(batch.active_turns.get(place)?.session.centre()?.code.clone())
}

/// Decides one request. It counts for those after it.
fn call_back_at(batch: &mut Batch<'_>, place: usize, past: &mut Vec<(CentreCode, PastCallBack)>) -> CallBack {
    let (centre, number) = (centre_at(batch, place), number_at(batch, place));
    // Flow sets of an earlier version also ask callers whose number is hidden or can't be called back.
    let (Some(centre), Some(number)) = (centre, number) else { return CallBack::Refused };
    let patient = batch.active_turns.get(place).and_then(|live| Some(live.session.person.as_ref()?.patient));
    let of_centre: Vec<PastCallBack> =
        past.iter().filter(|(code, _)| *code == centre).map(|(_, past)| past.clone()).collect();
    match call_back_fate(&number, patient, &of_centre, batch.at) {
        CallBackFate::Join(alert) => {
            batch.keep.recorder.consequences.repeat(alert, batch.at);
            CallBack::TakenBefore
        }
        CallBackFate::Refuse => {
            metrics::counter!("kenkocall_call_backs_refused_total").increment(1);
            CallBack::Refused
        }
        CallBackFate::Take => {
            // The stored alert gets its own id when it is written. This id only makes the request count within the
            // commit.
            let alert = AlertId(new_id());
            let state = CallBackState::Open;
            past.push((centre, PastCallBack { alert, number: Some(number), patient, at: batch.at, state }));
            CallBack::Taken
        }
    }
}

fn number_at(batch: &Batch<'_>, place: usize) -> Option<PhoneNumber> {
    let caller = batch.active_turns.get(place)?.session.caller.clone()?;
    caller.kind().takes_automated_calls().then_some(caller)
}
