//! Observes every call and derives what was acknowledged to its caller, only from the words that were spoken.

use super::environment::{Environment, State};
use super::event_log::{LoggedEventKind, PatientState};
use super::generators::sometimes;
use super::people;
use super::scenario::{CalleeManner, Ring, Scenario, ScenarioEvent, StaffAct, TransferStep};
use crate::carrier::simulator::{NetworkEvent, NetworkEventKind};
use crate::domain::{CallId, Line, PhoneNumber};
use crate::engine::{EventKind as Said, Reply};
use crate::service::{CarrierEvent, Outcome, Processed};

/// What a caller has heard and keyed so far.
#[derive(Debug, Clone, Default)]
pub(super) struct Talk {
    /// The last question.
    asked: String,
    /// The item and entry that were keyed and read back, but not yet confirmed.
    unconfirmed: Option<(String, String)>,
    /// The patient whose ID and birth date identified the caller.
    patient: Option<u32>,
    /// The last ID that was keyed.
    keyed: Option<u32>,
    /// The keys since something was last said.
    typed: String,
    /// Whether the server died since something was last said: a key may be stored though its reply was lost.
    died_since: bool,
    /// The last turn: its call, the event, and the words of its reply.
    pub(super) last: Option<(CallId, CarrierEvent, String)>,
}

/// The prompt of a failure, which acknowledges nothing.
const FAILURE: &str = "shared.system_failure";
const ASKS: &str = "questionnaire.ask_";
/// The question after a red answer, from which key 7 takes that answer back.
const AFTER_RED: &str = "red_answer.ask_continue";
const NOTES: &str = "questionnaire.noted_";
/// The two questions at which key 1 says who is on the phone.
const WHO_IS_THERE: [&str; 2] = ["automated_call.ask_listening", WHO_ASKS];
/// The question to a person who wants calls to stop and hasn't said who they are.
const WHO_ASKS: &str = "stop_request.ask_who";

/// What the caller heard after an entry.
#[derive(Debug, Clone, Copy)]
struct Heard<'a> {
    /// The last prompt, by its long wording.
    next: &'a str,
    /// The item whose usual value was noted without a question.
    noted: Option<&'a str>,
}

/// The name of a prompt's long wording: short wording asks for the same.
fn in_full(prompt: &str) -> &str {
    prompt.strip_suffix("_short").unwrap_or(prompt)
}

impl Environment {
    /// Processes the result of a network event.
    pub(super) fn hear(&self, heard: &Processed<'_>) {
        let leg = heard.news.leg.as_str().to_owned();
        let mut notes = vec![LoggedEventKind::Heard { leg: leg.clone(), told: told(heard.news), came: came(heard) }];
        {
            let mut state = self.state();
            let asked = state.talks.get(&leg).map(|talk| talk.asked.clone()).unwrap_or_default();
            let died_since = state.talks.get(&leg).is_some_and(|talk| talk.died_since);
            if let NetworkEventKind::Ended(_) = heard.news.what {
                state.talks.remove(&leg);
            }
            let who = heard.news.call.and_then(|call| who_is_there(&asked, call, heard));
            // The caller may have answered, and only the reply was lost.
            notes.extend(who.filter(|what| !(died_since && matches!(what, LoggedEventKind::StopPassedOn(_)))));
            if let (Some(to), Some(call)) = (&heard.news.to, heard.news.call)
                && let Some(who) = state.called.get(&call).copied().or_else(|| state.who_has(to))
            {
                state.called.insert(call, who);
                react(&mut state, &self.plan, who, &heard.news.what);
            }
            if let Ok(Outcome::Reply { call, reply, .. }) = heard.outcome {
                let mut talk = state.talks.remove(&leg).unwrap_or_default();
                talk.hears(*call, heard.news, reply, &mut notes);
                if let (NetworkEventKind::Keyed(keyed), Some((call, turn))) = (&heard.news.what, heard.turn)
                    && self.plan.odds.repeats > 0.0
                {
                    let event = CarrierEvent::Turn { call, turn, happening: Said::Keyed(keyed.clone()) };
                    talk.last = Some((call, event, format!("{reply:?}")));
                }
                state.talks.insert(leg, talk);
            }
            let stands =
                heard.news.to.as_ref().zip(heard.news.call).and_then(|(to, call)| state.learns(to, call, &notes));
            notes.extend(stands.map(|(who, standing)| LoggedEventKind::Changed(who, standing)));
        }
        self.note_all(notes);
    }

    /// Remembers that the server died in the middle of all these calls.
    pub(super) fn server_died(&self) {
        self.state().talks.values_mut().for_each(|talk| talk.died_since = true);
    }
}

/// Returns what a person has said about who they are, by their answer to the question.
fn who_is_there(asked: &str, call: CallId, heard: &Processed<'_>) -> Option<LoggedEventKind> {
    match &heard.news.what {
        NetworkEventKind::Keyed(keyed) if keyed.keys.expose() == "1" && WHO_IS_THERE.contains(&asked) => {
            Some(LoggedEventKind::Confirmed(call))
        }
        NetworkEventKind::Ended(_) if heard.outcome.is_ok() && asked == WHO_ASKS => {
            Some(LoggedEventKind::StopPassedOn(call))
        }
        _ => None,
    }
}

impl State {
    /// Applies what a call that we placed shows about its patient.
    fn learns(&mut self, to: &PhoneNumber, call: CallId, notes: &[LoggedEventKind]) -> Option<(u32, PatientState)> {
        let who = *self.called.get(&call)?;
        let stop = notes.iter().any(|what| matches!(what, LoggedEventKind::StopNoted(_)));
        let wrong = notes.iter().any(|what| matches!(what, LoggedEventKind::WrongNumberNoted(_)));
        let standing = self.standings.get_mut(who as usize).filter(|_| stop || wrong)?;
        standing.stop_requested |= stop;
        if wrong {
            standing.wrong_number = Some(to.clone());
        }
        Some((who, standing.clone()))
    }

    /// Returns the patient with this number. Patients who are called come first.
    pub(super) fn who_has(&self, number: &PhoneNumber) -> Option<u32> {
        let called = self.standings.iter().position(|one| one.automated && one.number.as_ref() == Some(number));
        let called = called.or_else(|| self.standings.iter().position(|one| one.number.as_ref() == Some(number)));
        called.and_then(|place| u32::try_from(place).ok())
    }
}

/// Draws reactions of people and staff to a call that rings or was answered.
fn react(state: &mut State, plan: &Scenario, who: u32, what: &NetworkEventKind) {
    if !matches!(what, NetworkEventKind::Ringing | NetworkEventKind::Answered(_)) {
        return;
    }
    let odds = plan.odds;
    if sometimes(&mut state.rng, odds.rings_while_called) {
        let line = if state.rng.bool() { Line::HealthCall } else { Line::CallBack };
        let ring = Ring { who, relative: None, line, shows_number: true, manner: CalleeManner::Finishes };
        state.reactions.push_back(ScenarioEvent::Rings(ring));
    }
    if sometimes(&mut state.rng, odds.staff_while_ringing) {
        let act = about(&mut state.rng, who);
        state.reactions.push_back(ScenarioEvent::Staff(act));
    }
}

/// Draws an act of staff on a patient who is being called.
pub(super) fn about(rng: &mut fastrand::Rng, who: u32) -> StaffAct {
    match rng.u8(0..8) {
        0..=1 => StaffAct::Stop(who),
        2 => StaffAct::Release(who),
        3..=4 => StaffAct::Number(who, rng.u32(0..3)),
        5 => StaffAct::CallNow(who),
        6 => StaffAct::Transfer(who, TransferStep::Move),
        _ => StaffAct::SwitchOff(who),
    }
}

impl Talk {
    /// Processes what was said in reply to the caller.
    fn hears(&mut self, call: CallId, news: &NetworkEvent, reply: &Reply, notes: &mut Vec<LoggedEventKind>) {
        let said = |prompt: &str| reply.say.iter().any(|said| said.prompt.as_str() == prompt);
        if let NetworkEventKind::Keyed(keyed) = &news.what {
            self.typed.push_str(keyed.keys.expose());
        }
        // Nothing is said while the rest of an entry is waited for.
        let Some(next) = reply.say.last().map(|said| in_full(said.prompt.as_str()).to_owned()) else { return };
        let noted = reply.say.iter().find_map(|said| said.prompt.as_str().strip_prefix(NOTES));
        let typed = std::mem::take(&mut self.typed);
        if matches!(news.what, NetworkEventKind::Keyed(_)) && !said(FAILURE) {
            let keyed = typed.strip_suffix('#').filter(|rest| !rest.is_empty()).unwrap_or(&typed);
            self.keyed(call, keyed, Heard { next: &next, noted }, notes);
        }
        self.died_since = false;
        let patient = self.patient;
        if ["automated_call.received", "health_call.received", "red_answer.goodbye"].into_iter().any(said) {
            notes.push(LoggedEventKind::Received { call, patient });
        }
        if said("stop_request.stop_noted") {
            notes.push(LoggedEventKind::StopNoted(call));
        }
        if said("stop_request.stop_passed_on") {
            notes.push(LoggedEventKind::StopPassedOn(call));
        }
        if said("automated_call.wrong_number") {
            notes.push(LoggedEventKind::WrongNumberNoted(call));
        }
        self.asked = next;
    }

    fn keyed(&mut self, call: CallId, keyed: &str, heard: Heard<'_>, notes: &mut Vec<LoggedEventKind>) {
        let next = heard.next;
        let moved_on = next != self.asked;
        let patient = self.patient;
        let asked = std::mem::take(&mut self.asked);
        let mut promise = |item: &str, entry: &str| {
            notes.push(LoggedEventKind::Promised { call, patient, item: item.to_owned(), entry: entry.to_owned() });
        };
        match asked.as_str() {
            "health_call.ask_hersys_id" => {
                let id = crate::domain::HersysId::parse(keyed).ok();
                self.keyed = id.and_then(|id| people::nth_of(&id));
            }
            // Somebody who is called again about a red answer is advised first.
            "health_call.ask_birth_date" if moved_on && (next.starts_with(ASKS) || next == AFTER_RED) => {
                self.patient = self.keyed;
            }
            "questionnaire.confirm_body_temperature" | "questionnaire.confirm_spo2" => {
                if let Some((item, entry)) = self.unconfirmed.take_if(|_| keyed == "1" && moved_on) {
                    promise(&item, &entry);
                }
            }
            _ if keyed == "7" && (asked == AFTER_RED || asked.starts_with(ASKS)) => {
                if let Some(item) = next.strip_prefix(ASKS) {
                    notes.push(LoggedEventKind::TakenBack { call, patient, item: item.to_owned() });
                }
            }
            _ => {
                let Some(item) = asked.strip_prefix(ASKS) else { return };
                match (item, keyed) {
                    ("spo2_again", "000") => {}
                    ("body_temperature" | "spo2", "000") if moved_on => promise(item, keyed),
                    // A usual value of a known caller.
                    _ if heard.noted == Some(item.trim_end_matches("_again")) => {
                        promise(item.trim_end_matches("_again"), &format!("{keyed:0>3}"));
                    }
                    ("body_temperature" | "spo2" | "spo2_again", _) if next.contains(".confirm_") => {
                        let item = item.trim_end_matches("_again").to_owned();
                        self.unconfirmed = Some((item, format!("{keyed:0>3}")));
                    }
                    ("body_temperature" | "spo2" | "spo2_again", _) => {}
                    (item, "1") if moved_on => promise(item, "yes"),
                    (item, "2") if moved_on => promise(item, "no"),
                    (item, "3") if moved_on => promise(item, "unknown"),
                    _ => {}
                }
            }
        }
    }
}

pub(super) fn told(news: &NetworkEvent) -> &'static str {
    match news.what {
        NetworkEventKind::Ringing => "rings",
        NetworkEventKind::Answered(_) => "answered",
        NetworkEventKind::Keyed(_) => "keyed",
        NetworkEventKind::StaffAnswered => "staff answered",
        NetworkEventKind::TransferEnded(_) => "transfer ended",
        NetworkEventKind::Redirected => "redirected",
        NetworkEventKind::Ended(_) => "ended",
        NetworkEventKind::RangIn(_) => "rang in",
    }
}

fn came(heard: &Processed<'_>) -> String {
    match heard.outcome {
        Ok(Outcome::Reply { reply, .. }) => {
            let said: Vec<&str> = reply.say.iter().map(|said| said.prompt.as_str()).collect();
            said.join(" ")
        }
        Ok(Outcome::Over | Outcome::CallAgain(_)) => "over".to_owned(),
        Ok(Outcome::Noted) => "noted".to_owned(),
        Ok(Outcome::StaffUnknown) => "staff unknown".to_owned(),
        Ok(Outcome::Unknown) => "unknown".to_owned(),
        Ok(Outcome::Ahead) => "ahead".to_owned(),
        Err(error) => error.to_string(),
    }
}
