//! Calls that begin: the maintenance in force, the centre that takes the unidentified, the first reply.

use std::collections::HashMap;

use jiff::SignedDuration;
use tracing::warn;

use super::batch::Batch;
use super::live::{Coming, Live};
use super::{Begin, Knock, Outcome, SwitchboardError};
use crate::call::{CallId, Language, LegId, PhoneNumber};
use crate::engine::{AnsweredBy, Centre, Start, begin};
use crate::flow::FlowName;
use crate::service::centres::centre_of;
use crate::service::clock::new_id;
use crate::service::feed::What;
use crate::service::history::StoredEvent;
use crate::service::outside_line::OutsideLine;
use crate::store::calls::{self, CallRow};
use crate::store::centres;
use crate::store::legs::{Direction, LegRow};
use crate::store::maintenances::{self, MaintenanceRow};

/// The flow that stands in for every line under maintenance.
pub(super) const MAINTENANCE: &str = "maintenance";

/// Calls without anybody identified, by the caller's number. All hidden numbers count as one: nothing else bounds them.
struct Crowd(HashMap<Option<PhoneNumber>, u32>);

impl Crowd {
    /// Whether one more is too many; if not, it is counted.
    fn is_full(&mut self, ring: &Begin, most: u32) -> bool {
        let count = self.0.entry(ring.caller.clone()).or_default();
        if *count >= most {
            metrics::counter!("kenkocall_calls_crowded_out_total").increment(1);
            if OutsideLine::CallTurnedAway.is_first() {
                warn!("a call was turned away: too many from its number have nobody identified");
            }
            return true;
        }
        *count = count.saturating_add(1);
        false
    }
}

impl Batch<'_> {
    /// Begins a call for every knock that rings and isn't known yet.
    pub(super) async fn begin_all(&mut self, knocks: &[Knock], coming: &mut [Coming]) -> Result<(), SwitchboardError> {
        let new = |coming: &Coming| matches!(coming, Coming::Now(Outcome::Unknown));
        if !knocks.iter().zip(coming.iter()).any(|(knock, coming)| matches!(knock, Knock::Begin(_)) && new(coming)) {
            return Ok(());
        }
        let (maintenance, until) = self.maintenance().await?;
        let desk = self.centre_of_the_unidentified().await?;
        let mut crowd = self.crowd(knocks).await?;
        let mut begun: HashMap<&str, usize> = HashMap::new();
        for (knock, coming) in knocks.iter().zip(coming.iter_mut()) {
            let Knock::Begin(ring) = knock else { continue };
            if !new(coming) {
                continue;
            }
            let flow = if maintenance.is_some() { MAINTENANCE } else { ring.line.word() };
            let place = match begun.get(ring.leg.as_str()) {
                Some(place) => *place,
                None if crowd.is_full(ring, self.desk.guessing.calls_at_once) => {
                    *coming = Coming::Now(Outcome::Over);
                    continue;
                }
                None => self.begin_one(ring, flow, desk.clone(), until),
            };
            begun.insert(&ring.leg, place);
            *coming = Coming::Live(place);
        }
        Ok(())
    }

    /// The maintenance in force, and its end as it is spoken: month, day, hour, minute.
    pub(super) async fn maintenance(&mut self) -> Result<(Option<MaintenanceRow>, Option<[u8; 4]>), SwitchboardError> {
        let maintenance = maintenances::current(&mut self.tx, self.at).await?;
        let until = maintenance.and_then(|maintenance| maintenance.until).map(|until| {
            let local = self.desk.zone.to_datetime(until);
            [local.month(), local.day(), local.hour(), local.minute()]
                .map(|part| u8::try_from(part).unwrap_or_default())
        });
        Ok((maintenance, until))
    }

    /// How many calls under way from the numbers that ring now have nobody identified.
    async fn crowd(&mut self, knocks: &[Knock]) -> Result<Crowd, SwitchboardError> {
        let mut callers: Vec<Option<PhoneNumber>> = Vec::new();
        for knock in knocks {
            if let Knock::Begin(Begin { caller, .. }) = knock
                && !callers.contains(caller)
            {
                callers.push(caller.clone());
            }
        }
        Ok(Crowd(calls::unidentified_from(&mut self.tx, &callers).await?.into_iter().collect()))
    }

    fn begin_one(&mut self, ring: &Begin, flow: &str, desk: Option<Centre>, until: Option<[u8; 4]>) -> usize {
        let library = self.desk.libraries.current().clone();
        let (call, leg) = (CallId(new_id()), LegId(new_id()));
        let identify_within = SignedDuration::from_secs(self.desk.guessing.identify_seconds.into());
        let start = Start {
            line: ring.line,
            flow: FlowName::from(flow),
            language: Language::Japanese,
            caller: ring.caller.clone(),
            call_back_number: self.desk.call_back_number.clone(),
            desk,
            until,
            identify_by: self.at.checked_add(identify_within).ok(),
            person: None,
            answered_by: AnsweredBy::Person,
        };
        let (session, effects) = begin(&library, start, self.at);
        self.keep.calls.push(CallRow {
            id: call,
            line: ring.line,
            flow_set: library.digest.clone(),
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
        });
        self.keep.moment(self.at, call, What::RangIn(ring.line));
        let event = StoredEvent::Began(ring.line);
        self.lives.push(Live { call, library, session, effects, turn: 0, revision: 1, event });
        self.lives.len().saturating_sub(1)
    }

    /// The named desk, or the only centre there is.
    async fn centre_of_the_unidentified(&mut self) -> Result<Option<Centre>, SwitchboardError> {
        if let Some(code) = &self.desk.desk_centre {
            return Ok(centres::get(&mut self.tx, code).await?.map(|row| centre_of(&row)));
        }
        let all = centres::list(&mut self.tx).await?;
        Ok(if let [only] = all.as_slice() { Some(centre_of(only)) } else { None })
    }
}
