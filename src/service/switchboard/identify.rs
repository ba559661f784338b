//! Who is reported for: the engine's questions of one commit, answered together.

use std::collections::HashMap;

use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::SwitchboardError;
use super::batch::Batch;
use crate::call::{AlertKind, Answer, CentreCode, Channel, HersysId, Item, Line, PatientId, PhoneNumber, ReportId};
use crate::engine::{Ask, Centre, Effect, Event, Happening, Identified, Person, Waiting, step};
use crate::follow_up::{Failures, Lane, Standing, report_day};
use crate::service::centres::centre_of;
use crate::service::clock::new_id;
use crate::store::answers::AnswerRow;
use crate::store::identifications::{IdentificationOutcome, IdentificationRow};
use crate::store::patients::PatientRow;
use crate::store::{centres, identifications, patients, reports};

/// How often one turn may ask before something is wrong with its flow.
const MAX_ASKS_PER_TURN: usize = 3;

/// One question: who, at which place among the lives.
struct Question {
    place: usize,
    hersys_id: HersysId,
    birth_date: String,
    caller: Option<PhoneNumber>,
}

/// The open report of a day and its answers that stand.
type OpenToday = (ReportId, Vec<(Item, Answer)>);

/// What the answers are drawn from. Kept up to date within the commit, so that its questions count one another.
struct Register {
    patients: HashMap<HersysId, PatientRow>,
    centres: HashMap<CentreCode, Centre>,
    reports: HashMap<(PatientId, Date), OpenToday>,
    of_id: HashMap<(HersysId, Lane), u32>,
    of_caller: HashMap<PhoneNumber, u32>,
    of_outsiders: u32,
}

impl Batch<'_> {
    /// Answers every question of the engine and steps on, until each conversation has its reply.
    pub(super) async fn answer_asks(&mut self) -> Result<(), SwitchboardError> {
        for _ in 0..MAX_ASKS_PER_TURN {
            let questions: Vec<Question> = (0..self.lives.len()).filter_map(|place| self.question(place)).collect();
            if questions.is_empty() {
                break;
            }
            let mut register = self.register(&questions).await?;
            for question in questions {
                let identified = self.identify(&question, &mut register);
                let Some(live) = self.lives.get_mut(question.place) else { continue };
                let event = Event { at: self.at, happening: Happening::Identified(identified) };
                let (session, effects) = step(&live.library, live.session.clone(), &event);
                live.session = session;
                live.effects.extend(effects);
            }
        }
        Ok(())
    }

    fn question(&self, place: usize) -> Option<Question> {
        let live = self.lives.get(place)?;
        if live.session.waiting != Waiting::Lookup {
            return None;
        }
        let ask =
            live.effects.iter().rev().find_map(|effect| if let Effect::Ask(ask) = effect { Some(ask) } else { None });
        let Ask::Identify { hersys_id, birth_date } = ask?;
        Some(Question {
            place,
            hersys_id: hersys_id.clone()?,
            birth_date: birth_date.expose().to_owned(),
            caller: live.session.caller.clone(),
        })
    }

    async fn register(&mut self, questions: &[Question]) -> Result<Register, SwitchboardError> {
        let ids: Vec<HersysId> = questions.iter().map(|question| question.hersys_id.clone()).collect();
        let callers: Vec<PhoneNumber> = questions.iter().filter_map(|question| question.caller.clone()).collect();
        let window = jiff::SignedDuration::from_mins(self.desk.guessing.window_minutes.into());
        let since = self.at.checked_sub(window).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
        let found = patients::by_hersys_ids(&mut self.tx, &ids).await?;
        // A failure that lies ahead was noted by a clock that was wrong: nobody is locked out until then.
        let until = self.desk.clock.too_far_ahead();
        let failures = identifications::failures_since(&mut self.tx, &ids, &callers, since, until).await?;
        let mut register = Register {
            patients: HashMap::new(),
            centres: HashMap::new(),
            reports: HashMap::new(),
            of_id: failures.by_id.into_iter().map(|(id, lane, count)| ((id, lane), number(count))).collect(),
            of_caller: failures.by_caller.into_iter().map(|(caller, count)| (caller, number(count))).collect(),
            of_outsiders: failures
                .by_lane
                .iter()
                .find(|(lane, _)| *lane == Lane::Outsider)
                .map_or(0, |(_, count)| number(*count)),
        };
        let mut days = Vec::with_capacity(found.len());
        for patient in found {
            if !register.centres.contains_key(&patient.centre)
                && let Some(row) = centres::get(&mut self.tx, &patient.centre).await?
            {
                register.centres.insert(patient.centre.clone(), centre_of(&row));
            }
            if let Some(centre) = register.centres.get(&patient.centre) {
                days.push((patient.id, self.day_at(centre)));
            }
            register.patients.insert(patient.hersys_id.clone(), patient);
        }
        for open in reports::open_of(&mut self.tx, &days).await? {
            let day = (open.report.patient, open.report.report_date);
            register.reports.insert(day, (open.report.id, standing_answers(&open.answers)));
        }
        Ok(register)
    }

    fn day_at(&self, centre: &Centre) -> Date {
        let zone = TimeZone::get(&centre.zone).unwrap_or_else(|_| self.desk.zone.clone());
        report_day(self.at, &zone)
    }

    fn identify(&mut self, question: &Question, register: &mut Register) -> Identified {
        let patient = register.patients.get(&question.hersys_id);
        let registered =
            patient.is_some_and(|patient| question.caller.is_some() && patient.phone_number == question.caller);
        let lane = if registered { Lane::Registered } else { Lane::Outsider };
        let count = |count: Option<&u32>| count.copied().unwrap_or_default();
        let failures = Failures {
            of_id: count(register.of_id.get(&(question.hersys_id.clone(), lane))),
            of_caller: count(question.caller.as_ref().and_then(|caller| register.of_caller.get(caller))),
            of_outsiders: register.of_outsiders,
        };
        if self.desk.guessing.standing(lane, failures) != Standing::Open {
            metrics::counter!("kenkocall_identifications_locked_total").increment(1);
            self.note(question, lane, IdentificationOutcome::Locked);
            return Identified::Mismatch;
        }
        let proven =
            patient.filter(|patient| patient.birth_date.expose().strftime("%Y%m%d").to_string() == question.birth_date);
        let centre = proven.and_then(|patient| register.centres.get(&patient.centre)).cloned();
        let (Some(patient), Some(centre)) = (proven.cloned(), centre) else {
            self.mismatch(question, lane, failures, register);
            return Identified::Mismatch;
        };
        let day = self.day_at(&centre);
        if patient.monitoring_start.is_some_and(|start| start > day) {
            self.mismatch(question, lane, failures, register);
            return Identified::Mismatch;
        }
        if patient.released_at.is_some() {
            self.note(question, lane, IdentificationOutcome::Ended);
            return Identified::ObservationEnded(Box::new(centre));
        }
        self.note(question, lane, IdentificationOutcome::Matched);
        let (report, answers) = match register.reports.get(&(patient.id, day)) {
            Some((report, answers)) => (*report, answers.clone()),
            None => {
                let report = ReportId(new_id());
                let channel = match self.lives.get(question.place).map(|live| live.session.line) {
                    Some(Line::AutomatedCall) => Channel::AutomatedCall,
                    _ => Channel::HealthCall,
                };
                self.keep.open_report(report, &patient, day, channel, self.at);
                register.reports.insert((patient.id, day), (report, Vec::new()));
                (report, Vec::new())
            }
        };
        Identified::Matched(Box::new(Person { patient: patient.id, report, centre, answers }))
    }

    fn mismatch(&mut self, question: &Question, lane: Lane, before: Failures, register: &mut Register) {
        self.note(question, lane, IdentificationOutcome::Mismatch);
        one_more(register.of_id.entry((question.hersys_id.clone(), lane)).or_default());
        let mut now = Failures { of_id: before.of_id.saturating_add(1), ..before };
        if let Some(caller) = &question.caller {
            one_more(register.of_caller.entry(caller.clone()).or_default());
            one_more(&mut now.of_caller);
        }
        if lane == Lane::Outsider {
            one_more(&mut register.of_outsiders);
            one_more(&mut now.of_outsiders);
        }
        // The failure that locks raises the alert, once for each lock.
        if self.desk.guessing.standing(lane, now) != Standing::Open {
            let patient = register.patients.get(&question.hersys_id);
            let place = question.place;
            if let Some(live) = self.lives.get(place) {
                // Nobody has this ID: the centre that takes the unidentified is told.
                let desk = live.session.centre().map(|centre| centre.code.clone());
                let centre = patient.map(|patient| patient.centre.clone()).or(desk);
                self.keep.alert(AlertKind::Guessing, centre, patient.map(|patient| patient.id), live.call, self.at);
            }
        }
    }

    fn note(&mut self, question: &Question, lane: Lane, outcome: IdentificationOutcome) {
        let Some(live) = self.lives.get(question.place) else { return };
        self.keep.identifications.push(IdentificationRow {
            id: new_id(),
            call: live.call,
            hersys_id: question.hersys_id.clone(),
            caller: question.caller.clone(),
            lane,
            outcome,
            at: self.at,
        });
    }
}

fn number(count: i64) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// The answers that stand: of each item the latest, unless it was taken back.
pub(super) fn standing_answers(history: &[AnswerRow]) -> Vec<(Item, Answer)> {
    let mut latest: Vec<(Item, Answer)> = Vec::new();
    for given in history {
        latest.retain(|(item, _)| *item != given.item);
        latest.extend(given.item.read(given.entry.expose()).map(|answer| (given.item, answer)));
    }
    latest
}

fn one_more(count: &mut u32) {
    *count = count.saturating_add(1);
}
