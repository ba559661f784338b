//! Identification of patients. All lookups of one commit are answered together.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};

use super::ConversationError;
use super::batch::Batch;
use super::call_backs;
use crate::domain::{
    AlertKind, Answer, CallRole, CallerNumber, CentreCode, Channel, HersysId, Item, Line, PatientId, PhoneNumber,
    ReportId,
};
use crate::engine::{Centre, Effect, Event, EventKind, Identified, Person, Query, Waiting, step};
use crate::policy::{Failures, GuessingLimits, Lane, LaneState, Warn, WarnOf, report_day};
use crate::service::alerts::About;
use crate::service::centre_settings::{centre_of, spo2_question_of};
use crate::service::context::{StandingData, new_id};
use crate::service::reports::NewReport;
use crate::service::slots::slot_reported;
use crate::store::answers::AnswerRow;
use crate::store::call_people::CallPerson;
use crate::store::identifications::{Count, IdFailures, IdentificationOutcome, IdentificationRow, IdentifiedIn, Since};
use crate::store::patients::PatientRow;
use crate::store::turn_reads::{self, IdentificationKeys};

/// The maximum number of lookups in one turn. More mean that its flow is faulty.
const MAX_ASKS_PER_TURN: usize = 3;

/// One lookup: who, and the index of the conversation.
struct Question {
    place: usize,
    hersys_id: HersysId,
    birth_date: String,
    caller: Option<PhoneNumber>,
    /// Consecutive failures in this call.
    in_call: u32,
}

/// A day's open report, its standing answers, and whose number its calls have shown so far.
type OpenToday = (ReportId, Vec<(Item, Answer)>, Option<CallerNumber>);

/// What a report is about: a patient's day, or the slot with this time.
type Reported = (PatientId, Date, String);

/// The failures of one ID in one lane.
#[derive(Clone, Copy, Default)]
struct OfId {
    this_week: u32,
    counted: Counted,
    last_at: Option<Timestamp>,
}

/// A number of failures.
#[derive(Clone, Copy, Default)]
struct Counted {
    today: u32,
    in_window: u32,
}

impl Counted {
    fn of(count: Count) -> Self {
        Self { today: number(count.today), in_window: number(count.in_window) }
    }

    fn one_more(&mut self) {
        one_more(&mut self.today);
        one_more(&mut self.in_window);
    }
}

/// The data for answering lookups. It is updated within the commit, so that its lookups count each other's failures.
struct Register {
    patients: HashMap<HersysId, PatientRow>,
    centres: HashMap<CentreCode, Centre>,
    standing: Arc<StandingData>,
    reports: HashMap<Reported, OpenToday>,
    of_id: HashMap<(HersysId, Lane), OfId>,
    of_caller: HashMap<PhoneNumber, Counted>,
    of_lane: HashMap<Lane, Counted>,
}

impl Register {
    /// The failures before this try.
    fn failures(&self, question: &Question, lane: Lane) -> Failures {
        let of_id = |lane| self.of_id.get(&(question.hersys_id.clone(), lane)).copied().unwrap_or_default();
        let of_this = of_id(lane);
        let (outsiders, hidden) = (of_id(Lane::Outsider), of_id(Lane::Hidden));
        let of_caller = question.caller.as_ref().and_then(|caller| self.of_caller.get(caller));
        let of_caller = of_caller.copied().unwrap_or_default();
        let of_lane = self.of_lane.get(&lane).copied().unwrap_or_default();
        Failures {
            of_id: of_this.counted.in_window,
            of_id_today: of_this.counted.today,
            of_id_this_week: of_this.this_week,
            of_id_by_others: outsiders.counted.today.saturating_add(hidden.counted.today),
            of_id_by_others_this_week: outsiders.this_week.saturating_add(hidden.this_week),
            last_of_id: of_this.last_at,
            of_caller: of_caller.in_window,
            of_caller_today: of_caller.today,
            of_lane: of_lane.in_window,
            of_lane_today: of_lane.today,
            in_call: question.in_call,
        }
    }

    /// Counts a failure for the other tries of this commit.
    fn count(&mut self, question: &Question, lane: Lane, at: Timestamp) {
        let of_id = self.of_id.entry((question.hersys_id.clone(), lane)).or_default();
        one_more(&mut of_id.this_week);
        of_id.counted.one_more();
        of_id.last_at = Some(at);
        if let Some(caller) = &question.caller {
            self.of_caller.entry(caller.clone()).or_default().one_more();
        }
        self.of_lane.entry(lane).or_default().one_more();
    }
}

impl Batch<'_> {
    /// Answers every lookup of the engine and steps on, until each conversation has its reply.
    pub(super) async fn answer_asks(&mut self) -> Result<(), ConversationError> {
        for _ in 0..MAX_ASKS_PER_TURN {
            let questions: Vec<Question> =
                (0..self.active_turns.len()).filter_map(|place| self.question(place)).collect();
            let called_back = call_backs::answer_call_backs(self).await?;
            if questions.is_empty() {
                if called_back {
                    continue;
                }
                break;
            }
            let mut register = self.register(&questions).await?;
            for question in questions {
                let identified = self.identify(&question, &mut register);
                let Some(live) = self.active_turns.get_mut(question.place) else { continue };
                let event = Event { at: self.at, happening: EventKind::Identified(identified) };
                let (session, effects) = step(&live.flow_set, live.session.clone(), &event);
                live.session = session;
                live.effects.extend(effects);
            }
        }
        Ok(())
    }

    fn question(&self, place: usize) -> Option<Question> {
        let live = self.active_turns.get(place)?;
        if live.session.waiting != Waiting::Lookup {
            return None;
        }
        let ask =
            live.effects.iter().rev().find_map(|effect| if let Effect::Query(ask) = effect { Some(ask) } else { None });
        let Query::Identify { hersys_id, birth_date } = ask? else { return None };
        Some(Question {
            place,
            hersys_id: hersys_id.clone()?,
            birth_date: birth_date.expose().to_owned(),
            caller: live.session.caller.clone(),
            in_call: live.session.mismatches.into(),
        })
    }

    /// Who the turns that were stepped so far want to identify. `None` if nobody.
    pub(super) fn identification_keys(&self) -> Option<IdentificationKeys> {
        let questions: Vec<Question> = (0..self.active_turns.len()).filter_map(|place| self.question(place)).collect();
        (!questions.is_empty()).then(|| self.keys_of(&questions))
    }

    fn keys_of(&self, questions: &[Question]) -> IdentificationKeys {
        let guessing = &self.lines.guessing;
        IdentificationKeys {
            ids: questions.iter().map(|question| question.hersys_id.clone()).collect(),
            callers: questions.iter().filter_map(|question| question.caller.clone()).collect(),
            since: Since {
                earliest: guessing.counts_from(self.at),
                day: self.at.checked_sub(GuessingLimits::DAY).unwrap_or(Timestamp::UNIX_EPOCH),
                window: self.at.checked_sub(guessing.window()).unwrap_or(Timestamp::UNIX_EPOCH),
                // A failure in the future was recorded by a wrong clock. It must not lock anyone out.
                until: self.context.clock.too_far_ahead(),
            },
            // The report day of any time zone, and then some.
            reports_from: report_day(self.at, &TimeZone::UTC).saturating_sub(2.days()),
        }
    }

    async fn register(&mut self, questions: &[Question]) -> Result<Register, ConversationError> {
        let keys = self.keys_of(questions);
        let read = self.identifications.take().filter(|(of, _)| of.cover(&keys));
        let reads = match read {
            Some((_, reads)) => reads,
            None => turn_reads::for_identifications(&mut self.tx, &keys).await?,
        };
        let standing = self.context.standing_data(&mut self.tx, reads.standing_data).await?;
        let failures = reads.failures;
        let mut register = Register {
            patients: HashMap::new(),
            centres: HashMap::new(),
            standing: Arc::clone(&standing),
            reports: HashMap::new(),
            of_id: failures.by_id.into_iter().map(of_id).collect(),
            of_caller: failures.by_caller.into_iter().map(|(caller, count)| (caller, Counted::of(count))).collect(),
            of_lane: failures.by_lane.into_iter().map(|(lane, count)| (lane, Counted::of(count))).collect(),
        };
        for patient in reads.patients {
            if !register.centres.contains_key(&patient.centre)
                && let Some(row) = standing.centre(&patient.centre)
            {
                register.centres.insert(patient.centre.clone(), centre_of(row));
            }
            register.patients.insert(patient.hersys_id.clone(), patient);
        }
        for open in reads.open_reports {
            let about = (open.report.patient, open.report.report_date, open.report.slot_time);
            let answers = standing_answers(&open.answers);
            register.reports.insert(about, (open.report.id, answers, open.report.caller_number));
        }
        Ok(register)
    }

    fn day_at(&self, centre: &Centre) -> Date {
        report_day(self.at, &self.zone_of(centre))
    }

    fn zone_of(&self, centre: &Centre) -> TimeZone {
        TimeZone::get(&centre.zone).unwrap_or_else(|_| self.lines.zone.clone())
    }

    fn identify(&mut self, question: &Question, register: &mut Register) -> Identified {
        let patient = register.patients.get(&question.hersys_id);
        let registered =
            patient.is_some_and(|patient| question.caller.is_some() && patient.phone_number == question.caller);
        let lane = match &question.caller {
            _ if registered => Lane::Registered,
            Some(_) => Lane::Outsider,
            None => Lane::Hidden,
        };
        let failures = register.failures(question, lane);
        if self.lines.guessing.standing(lane, &failures, self.at) != LaneState::Open {
            metrics::counter!("kenkocall_identifications_locked_total").increment(1);
            self.note(question, lane, IdentificationOutcome::Locked);
            return Identified::Mismatch;
        }
        let proven =
            patient.filter(|patient| patient.birth_date.expose().strftime("%Y%m%d").to_string() == question.birth_date);
        let centre = proven.and_then(|patient| register.centres.get(&patient.centre)).cloned();
        let (Some(patient), Some(centre)) = (proven.cloned(), centre) else {
            self.mismatch(question, lane, &failures, register);
            return Identified::Mismatch;
        };
        let day = self.day_at(&centre);
        if patient.monitoring_start.is_some_and(|start| start > day) {
            self.mismatch(question, lane, &failures, register);
            return Identified::Mismatch;
        }
        self.note_person(question, &patient);
        if patient.released_at.is_some() {
            self.note(question, lane, IdentificationOutcome::Ended);
            return Identified::ObservationEnded(Box::new(centre));
        }
        self.note(question, lane, IdentificationOutcome::Matched);
        let caller_number = lane.caller_number();
        let line = self.active_turns.get(question.place).map(|live| live.session.line);
        let channel = line.and_then(Line::channel).unwrap_or(Channel::HealthCall);
        let row = register.standing.centre(&patient.centre);
        let slot_time = row.map(|row| slot_reported(&patient, row, day, self.at)).unwrap_or_default();
        let about = (patient.id, day, slot_time.clone());
        let (report, answers) = match register.reports.get_mut(&about) {
            Some((report, answers, noted)) => {
                if caller_number < noted.unwrap_or(CallerNumber::Registered) {
                    *noted = Some(caller_number);
                    self.keep.recorder.note_caller(*report, caller_number);
                }
                (*report, answers.clone())
            }
            None => {
                let report = ReportId(new_id());
                let (id, caller_number) = (report, Some(caller_number));
                let new = NewReport { id, patient: &patient, date: day, slot_time, channel, caller_number };
                self.keep.recorder.open_report(new, self.at);
                register.reports.insert(about, (report, Vec::new(), caller_number));
                (report, Vec::new())
            }
        };
        let known_in = patient.languages_known_in(channel);
        let (oximeter, spo2_question) = (patient.oximeter, spo2_question_of(&patient, &self.zone_of(&centre), day));
        let patient = patient.id;
        Identified::Matched(Box::new(Person { patient, report, centre, answers, known_in, oximeter, spo2_question }))
    }

    fn mismatch(&mut self, question: &Question, lane: Lane, before: &Failures, register: &mut Register) {
        self.note(question, lane, IdentificationOutcome::Mismatch);
        register.count(question, lane, self.at);
        for warn in self.lines.guessing.warnings(lane, before) {
            self.warn_of_guessing(warn, question, register);
        }
    }

    fn warn_of_guessing(&mut self, warn: Warn, question: &Question, register: &Register) {
        let Some(live) = self.active_turns.get(question.place) else { return };
        let call = live.call;
        if warn.about == WarnOf::Lane {
            let about = About { call: Some(call), ..About::default() };
            return self.warn(AlertKind::MassGuessing, about, warn.goes_on);
        }
        let patient = register.patients.get(&question.hersys_id);
        // The ID isn't registered. The centre that takes callers who aren't identified is told.
        let context = live.session.centre().map(|centre| centre.code.clone());
        let centre = patient.map(|patient| patient.centre.clone()).or(context);
        let patient = patient.map(|patient| patient.id);
        let about = About { centre, patient, call: Some(call), ..About::default() };
        self.warn(AlertKind::Guessing, about, warn.goes_on);
    }

    fn warn(&mut self, kind: AlertKind, about: About, goes_on: bool) {
        let consequences = &mut self.keep.recorder.consequences;
        if goes_on { consequences.remind(kind, about, self.at) } else { consequences.count(kind, about, self.at) }
    }

    fn note_person(&mut self, question: &Question, patient: &PatientRow) {
        let Some(live) = self.active_turns.get(question.place) else { return };
        self.keep.people.push(CallPerson {
            call: live.call,
            patient: patient.id,
            centre: patient.centre.clone(),
            role: CallRole::Identified,
        });
    }

    fn note(&mut self, question: &Question, lane: Lane, outcome: IdentificationOutcome) {
        let Some(live) = self.active_turns.get(question.place) else { return };
        self.keep.identifications.push(IdentificationRow {
            id: new_id(),
            place: IdentifiedIn::Call(live.call),
            hersys_id: question.hersys_id.clone(),
            caller: question.caller.clone(),
            lane,
            outcome,
            at: self.at,
        });
    }
}

fn of_id(counted: IdFailures) -> ((HersysId, Lane), OfId) {
    let IdFailures { hersys_id, lane, since_earliest, count, last_at } = counted;
    let of_id = OfId { this_week: number(since_earliest), counted: Counted::of(count), last_at: Some(last_at) };
    ((hersys_id, lane), of_id)
}

fn number(count: i64) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// The standing answers: the latest of each item, unless it was taken back.
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
