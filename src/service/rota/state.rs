//! How an escalation stands: what waits, who is on duty, who was rung, and who is rung next.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::domain::{
    Actor, CentreCode, ContactId, EscalationEnd, NoticeOutcome, Rota, StepOutcome, StepRole, StepState,
};
use crate::policy::{Escalated, Escalating, NextRing, PastStep, Permission, next_on_duty, on_duty, scope};
use crate::service::alerts::untaken_red_lines;
use crate::service::centre_settings::{visible_centre, zone_of};
use crate::service::context::Context;
use crate::service::error::ServiceError;
use crate::store::centres::CentreRow;
use crate::store::escalations::{self, EscalationRow, StepRow};
use crate::store::{StoreError, Tx, rotas};

/// How an escalation of a health centre stands, as the worker and the pages need it.
pub(in crate::service) struct CentreState {
    /// The rota.
    pub(in crate::service) rota: Rota,
    /// How many red lines nobody has taken.
    pub(in crate::service) lines: usize,
    /// The escalation that hasn't ended.
    pub(in crate::service) escalation: Option<EscalationRow>,
    /// Its steps.
    pub(in crate::service) steps: Vec<StepRow>,
    waiting_since: Option<Timestamp>,
    on_duty: Vec<ContactId>,
    past: Vec<PastStep>,
}

impl CentreState {
    fn escalating(&self) -> Escalating<'_> {
        let parts = self.rota.parts();
        let minutes = |wait: crate::domain::WaitMinutes| SignedDuration::from_mins(wait.minutes().into());
        Escalating {
            waiting_since: self.waiting_since,
            on_duty: &self.on_duty,
            fallback: parts.fallback,
            first: minutes(parts.first),
            between: minutes(parts.between),
            steps: &self.past,
        }
    }

    /// What comes next.
    pub(in crate::service) fn next(&self) -> Escalated {
        self.escalating().next()
    }

    /// Returns `true` if everybody was rung and no person has answered.
    pub(in crate::service) fn has_reached_nobody(&self, now: Timestamp) -> bool {
        self.escalating().has_reached_nobody(now)
    }
}

/// Reads how the escalation of a health centre stands.
pub(in crate::service) async fn state_of(
    tx: &mut Tx,
    centre: &CentreCode,
    zone: &TimeZone,
    now: Timestamp,
) -> Result<CentreState, StoreError> {
    let rota = rotas::get(tx, centre).await?.map(|stored| stored.rota).unwrap_or_default();
    let waiting = untaken_red_lines(tx, centre).await?;
    let escalation = escalations::open_of(tx, centre).await?;
    let steps = match &escalation {
        Some(escalation) => escalations::steps_of(tx, escalation.id).await?,
        None => Vec::new(),
    };
    let past = steps.iter().map(|step| PastStep {
        contact: step.contact,
        round: step.round,
        began_at: step.intended_at,
        ended: step.ended,
    });
    Ok(CentreState {
        on_duty: on_duty(&rota, now, zone).iter().map(|contact| contact.id).collect(),
        lines: waiting.len(),
        waiting_since: waiting.iter().map(|line| line.since).min(),
        past: past.collect(),
        rota,
        escalation,
        steps,
    })
}

/// Somebody on duty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnDuty {
    /// The name.
    pub name: String,
    /// The number, as written within the country.
    pub phone: String,
}

/// A call to staff, as staff see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownStep {
    /// Why the person was rung.
    pub role: StepRole,
    /// The name.
    pub name: String,
    /// The number, as written within the country.
    pub phone: String,
    /// When.
    pub at: Timestamp,
    /// How far the call has come.
    pub state: StepState,
    /// What came of it, and when.
    pub ended: Option<(StepOutcome, Timestamp)>,
    /// What came of the SMS.
    pub sms: Option<NoticeOutcome>,
    /// What came of the e-mail.
    pub mail: Option<NoticeOutcome>,
}

/// Who is rung next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NextStep {
    /// The name.
    pub name: String,
    /// The number, as written within the country.
    pub phone: String,
    /// When: at once if that is past.
    pub at: Timestamp,
}

/// How an escalation of a health centre stands.
#[derive(Debug, Clone)]
pub struct EscalationView {
    /// The time zone of the health centre.
    pub zone: TimeZone,
    /// Whether the health centre has a rota. Without one nobody is rung.
    pub has_rota: bool,
    /// Who is on duty, in order.
    pub on_duty: Vec<OnDuty>,
    /// When that changes next, and who is on duty then.
    pub next_on_duty: Option<(Timestamp, Vec<OnDuty>)>,
    /// Who is rung when nobody is on duty or answers.
    pub fallback: Option<OnDuty>,
    /// How many red lines nobody has taken.
    pub lines: usize,
    /// Since when the first of them waits.
    pub waiting_since: Option<Timestamp>,
    /// The calls of the escalation that goes on, or of the latest one.
    pub steps: Vec<ShownStep>,
    /// When and why the latest escalation ended. `None` if it goes on, or there was none.
    pub ended: Option<(Timestamp, EscalationEnd)>,
    /// Who is rung next.
    pub next: Option<NextStep>,
    /// Whether everybody was rung and no person has answered.
    pub nobody_reached: bool,
}

/// Shows who is on duty at a health centre, and how its escalation stands. It names no patient.
///
/// # Errors
/// [`CentreError::NotFound`](crate::service::error::CentreError::NotFound).
pub async fn show_escalation(
    context: &Context,
    actor: &Actor,
    centre: &CentreCode,
) -> Result<EscalationView, ServiceError> {
    let scope = scope(actor, Permission::ViewAlerts)?;
    let now = context.clock.now();
    let mut tx = context.database.begin_read().await?;
    let row: CentreRow = visible_centre(&mut tx, &scope, centre).await?;
    let zone = zone_of(&row)?;
    let state = state_of(&mut tx, centre, &zone, now).await?;
    let (ended, steps) = match &state.escalation {
        Some(_) => (None, state.steps.clone()),
        None => match escalations::latest_of(&mut tx, centre, 1).await?.pop() {
            Some(last) => (last.ended, escalations::steps_of(&mut tx, last.id).await?),
            None => (None, Vec::new()),
        },
    };
    let person = |contact: &crate::domain::Contact| OnDuty {
        name: contact.name.as_str().to_owned(),
        phone: contact.phone.number().national(),
    };
    let next = match state.next() {
        Escalated::Ring(NextRing { contact, at, .. }) => state.rota.contact(contact).map(|contact| {
            let OnDuty { name, phone } = person(contact);
            NextStep { name, phone, at }
        }),
        Escalated::Over | Escalated::Ringing | Escalated::Nobody(_) => None,
    };
    let later = next_on_duty(&state.rota, now, &zone);
    Ok(EscalationView {
        has_rota: !state.rota.is_empty(),
        on_duty: on_duty(&state.rota, now, &zone).into_iter().map(person).collect(),
        next_on_duty: later.map(|(at, people)| (at, people.into_iter().map(person).collect())),
        fallback: state.rota.fallback().map(person),
        lines: state.lines,
        waiting_since: state.waiting_since,
        steps: steps.into_iter().map(shown).collect(),
        ended,
        next,
        nobody_reached: state.has_reached_nobody(now),
        zone,
    })
}

pub(super) fn shown(step: StepRow) -> ShownStep {
    ShownStep {
        role: step.role,
        name: step.name.as_str().to_owned(),
        phone: step.phone_number.national(),
        at: step.intended_at,
        state: step.state,
        ended: step.ended,
        sms: step.sms,
        mail: step.mail,
    }
}
