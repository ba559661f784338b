//! The beginning of calls: active maintenance, the centre for callers who aren't identified, the first reply.

use std::collections::HashMap;

use jiff::SignedDuration;
use tracing::warn;

use super::active_turn::{ActiveTurn, PendingOutcome};
use super::batch::Batch;
use super::turn_log::StoredEvent;
use super::{Begin, CarrierEvent, ConversationError, Outcome};
use crate::domain::{CallId, Direction, Language, LegId, PhoneNumber};
use crate::engine::{AnsweredBy, Centre, Start, begin};
use crate::flow::{FlowName, names};
use crate::service::centre_settings::centre_of;
use crate::service::context::{LimitedLine, ServiceEventKind, new_id};
use crate::store::calls::CallRow;
use crate::store::legs::LegRow;
use crate::store::maintenances::MaintenanceRow;

/// Calls without an identified caller, by the caller's number. All hidden numbers count as one, as nothing else limits
/// them.
struct CallerCounts(HashMap<Option<PhoneNumber>, u32>);

impl CallerCounts {
    /// Returns `true` if one more call exceeds the limit. Otherwise it is counted.
    fn is_full(&mut self, ring: &Begin, most: u32) -> bool {
        let count = self.0.entry(ring.caller.clone()).or_default();
        if *count >= most {
            metrics::counter!("kenkocall_calls_crowded_out_total").increment(1);
            if LimitedLine::CallTurnedAway.is_first() {
                warn!("call rejected: too many unidentified calls from this number");
            }
            return true;
        }
        *count = count.saturating_add(1);
        false
    }
}

impl Batch<'_> {
    /// Begins a call for every ringing event that isn't known yet.
    pub(super) async fn begin_all(
        &mut self,
        events: &[CarrierEvent],
        coming: &mut [PendingOutcome],
    ) -> Result<(), ConversationError> {
        let new = |coming: &PendingOutcome| matches!(coming, PendingOutcome::Now(Outcome::Unknown));
        if !events
            .iter()
            .zip(coming.iter())
            .any(|(event, coming)| matches!(event, CarrierEvent::Begin(_)) && new(coming))
        {
            return Ok(());
        }
        let (maintenance, until) = self.maintenance().await?;
        let fallback_centre = self.centre_of_the_unidentified().await?;
        let mut crowd = CallerCounts(std::mem::take(&mut self.unidentified).into_iter().collect());
        let mut begun: HashMap<&str, usize> = HashMap::new();
        for (event, coming) in events.iter().zip(coming.iter_mut()) {
            let CarrierEvent::Begin(ring) = event else { continue };
            if !new(coming) {
                continue;
            }
            let flow = if maintenance.is_some() { names::MAINTENANCE } else { ring.line.code() };
            let place = match begun.get(ring.leg.as_str()) {
                Some(place) => *place,
                None if crowd.is_full(ring, self.lines.guessing.calls_at_once) => {
                    *coming = PendingOutcome::Now(Outcome::Over);
                    continue;
                }
                None => self.begin_one(ring, flow, fallback_centre.clone(), until),
            };
            begun.insert(&ring.leg, place);
            *coming = PendingOutcome::Live(place);
        }
        Ok(())
    }

    /// The active maintenance, and its end as spoken: month, day, hour, minute.
    pub(super) async fn maintenance(&mut self) -> Result<(Option<MaintenanceRow>, Option<[u8; 4]>), ConversationError> {
        let standing = self.context.standing_data(&mut self.tx, self.standing_version).await?;
        let maintenance = standing.maintenance(self.at).copied();
        let until = maintenance.and_then(|maintenance| maintenance.until).map(|until| {
            let local = self.lines.zone.to_datetime(until);
            [local.month(), local.day(), local.hour(), local.minute()]
                .map(|part| u8::try_from(part).unwrap_or_default())
        });
        Ok((maintenance, until))
    }

    fn begin_one(
        &mut self,
        ring: &Begin,
        flow: &str,
        fallback_centre: Option<Centre>,
        until: Option<[u8; 4]>,
    ) -> usize {
        let flow_set = self.lines.flow_sets.current().clone();
        let (call, leg) = (CallId(new_id()), LegId(new_id()));
        let identify_within = SignedDuration::from_secs(self.lines.guessing.identify_seconds.into());
        let start = Start {
            line: ring.line,
            flow: FlowName::from(flow),
            language: Language::Japanese,
            caller: ring.caller.clone(),
            call_back_number: self.lines.call_back_number.clone(),
            health_call_number: self.lines.health_call_number.clone(),
            fallback_centre,
            until,
            identify_by: self.at.checked_add(identify_within).ok(),
            person: None,
            answered_by: AnsweredBy::Person,
            open_alerts: None,
        };
        let (session, effects) = begin(&flow_set, start, self.at);
        self.keep.calls.push(CallRow {
            id: call,
            line: ring.line,
            flow_set: flow_set.digest.clone(),
            started_at: self.at,
            ended_at: None,
            disposition: None,
        });
        self.keep.legs.push(LegRow {
            id: leg,
            call,
            direction: Direction::Inbound,
            carrier: ring.carrier.to_owned(),
            carrier_leg_id: ring.leg.clone(),
            far_number: ring.caller.clone(),
            near_number: ring.called.clone(),
            started_at: self.at,
            ended_at: None,
            hangup_cause: None,
            began_at: None,
            node: Some(self.context.process()),
        });
        self.keep.moment(self.at, call, ServiceEventKind::RangIn(ring.line));
        let event = StoredEvent::Began(ring.line);
        self.active_turns.push(ActiveTurn { call, flow_set, session, effects, turn: 0, revision: 1, event });
        self.active_turns.len().saturating_sub(1)
    }

    /// The configured centre for callers who aren't identified, or the only centre.
    async fn centre_of_the_unidentified(&mut self) -> Result<Option<Centre>, ConversationError> {
        let standing = self.context.standing_data(&mut self.tx, self.standing_version).await?;
        if let Some(code) = &self.lines.fallback_centre {
            return Ok(standing.centre(code).map(centre_of));
        }
        Ok(if let [only] = standing.centres() { Some(centre_of(only)) } else { None })
    }
}
