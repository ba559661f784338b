//! Transcripts: text files that read like a phone call, written by the author of the flow.

use std::sync::Arc;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::transcript_lines::said;
use super::{FixturePatient, FixtureStatus, Fixtures, FlowTest, NotStorable, line_of};
use crate::domain::{
    BirthDate, BirthDateError, HangupCause, HersysId, HersysIdError, Keyed, Keys, KeysError, Language, PhoneNumber,
    PhoneNumberError, Spo2Question,
};
use crate::engine::{AnsweredBy, Effect, EventKind, TransferOutcome, Utterance};
use crate::flow::{FlowName, FlowSet};

/// The time of a transcript that sets none: a Tuesday morning in office hours.
pub const DEFAULT_NOW: &str = "2026-11-24T09:00:00+09:00";

/// Follows keys that are typed within the first second.
const AT_ONCE: &str = " at once";
/// How soon they come: before anybody can have understood the question.
const AT_ONCE_TIME: SignedDuration = SignedDuration::from_millis(500);

/// A transcript: its header, the caller's actions, and the expected lines after each of them.
#[derive(Debug, Clone)]
pub struct Transcript {
    flow: FlowName,
    language: Language,
    now: Timestamp,
    cast: Fixtures,
    answered_by: AnsweredBy,
    head: Vec<String>,
    turns: Vec<ExpectedTurn>,
}

#[derive(Debug, Clone)]
struct ExpectedTurn {
    /// Comments and blank lines before the caller's line.
    before: Vec<String>,
    caller: Caller,
    /// The first of the expected lines in the file, counted from 1.
    line: usize,
    expected: Vec<String>,
}

/// An action of the caller.
#[derive(Debug, Clone)]
pub enum Caller {
    /// Calls, or answers our call: the first turn of each call.
    Calls,
    /// Presses keys.
    Keys(Keys),
    /// Lets some seconds pass.
    Waits(u32),
    /// Presses keys within the first second.
    AtOnce(Keys),
    /// Presses nothing.
    Silence,
    /// Hangs up.
    HangsUp,
    /// Talked with the staff to whom the call was transferred.
    Talked,
    /// Didn't reach the staff.
    NotReached,
    /// Must not be called any more: the centre stopped the calls meanwhile.
    Withdrawn,
}

/// A line that can't be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line} of a transcript: {fault:?}")]
pub struct TranscriptError {
    /// The line number, counted from 1.
    pub line: usize,
    /// What is wrong with it.
    pub fault: TranscriptFault,
}

/// Why a line of a transcript can't be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TranscriptFault {
    /// Something is expected before the call begins.
    NotBegun,
    /// The transcript has no call.
    NoCall,
    /// It is no line of a transcript.
    Line,
    /// There is no such setting.
    Setting(String),
    /// `now` isn't a time.
    Now,
    /// There is no such language.
    Language,
    /// `caller` isn't a phone number.
    Caller(PhoneNumberError),
    /// A patient isn't a HER-SYS ID and a birth date.
    Patient,
    /// The patient's HER-SYS ID.
    HersysId(HersysIdError),
    /// The patient's birth date.
    BirthDate(BirthDateError),
    /// `until` isn't a month, day, hour and minute.
    Until,
    /// `spo2_question` is neither asked nor left out.
    Spo2Question,
    /// `after_red` is neither to ask nor to continue.
    AfterRed,
    /// `open_alerts` isn't a number.
    OpenAlerts,
    /// `answered_by` is neither a person nor a machine.
    AnsweredBy,
    /// The caller can't do this.
    Action,
    /// The caller's keys.
    Keys(KeysError),
    /// The program's own fixtures. This is a defect of the program.
    Fixtures,
}

/// The difference between a call and its transcript.
#[derive(Debug)]
pub struct Mismatch {
    /// The first line that differs, counted from 1.
    pub line: usize,
    /// The line in the transcript. `None` if it expects nothing more.
    pub expected: Option<String>,
    /// The actual line. `None` if nothing more happened.
    pub happened: Option<String>,
}

impl Transcript {
    /// Reads a transcript of `flow` (the name of the folder that contains it).
    ///
    /// # Errors
    ///
    /// Returns the first line that can't be read.
    pub fn read(text: &str, flow: &str) -> Result<Self, TranscriptError> {
        let at = |line: usize, fault| TranscriptError { line: line.saturating_add(1), fault };
        let now = DEFAULT_NOW.parse().map_err(|_| at(0, TranscriptFault::Fixtures))?;
        let cast = Fixtures::of_a_synthetic_centre().map_err(|_| at(0, TranscriptFault::Fixtures))?;
        let mut transcript = Self {
            flow: FlowName::from(flow),
            language: Language::Japanese,
            now,
            cast,
            answered_by: AnsweredBy::Person,
            head: Vec::new(),
            turns: Vec::new(),
        };
        let mut pending: Vec<String> = Vec::new();
        for (number, line) in text.lines().enumerate() {
            let content = line.trim();
            if content.starts_with('>') || content.starts_with('!') {
                let Some(turn) = transcript.turns.last_mut() else {
                    return Err(at(number, TranscriptFault::NotBegun));
                };
                if turn.expected.is_empty() {
                    turn.line = number.saturating_add(1);
                }
                turn.expected.push(content.to_owned());
            } else if let Some(action) = content.strip_prefix('<') {
                let caller = caller(action.trim()).map_err(|fault| at(number, fault))?;
                let before = std::mem::take(&mut pending);
                transcript.turns.push(ExpectedTurn {
                    before,
                    caller,
                    line: number.saturating_add(2),
                    expected: Vec::new(),
                });
            } else if content.is_empty() || content.starts_with('#') {
                pending.push(line.to_owned());
            } else {
                transcript.head_line(content).map_err(|fault| at(number, fault))?;
                transcript.head.append(&mut pending);
                transcript.head.push(line.to_owned());
            }
        }
        if transcript.turns.is_empty() {
            return Err(at(0, TranscriptFault::NoCall));
        }
        Ok(transcript)
    }

    fn head_line(&mut self, content: &str) -> Result<(), TranscriptFault> {
        let (name, value) = content.split_once(':').ok_or(TranscriptFault::Line)?;
        let value = value.trim();
        match name.trim() {
            "now" => self.now = value.parse().map_err(|_| TranscriptFault::Now)?,
            "language" => self.language = value.parse().map_err(|_| TranscriptFault::Language)?,
            "caller" => self.cast.caller = Some(PhoneNumber::parse(value).map_err(TranscriptFault::Caller)?),
            "patient" => self.cast.patients.push(self.patient(value, FixtureStatus::UnderObservation)?),
            "released" => self.cast.patients.push(self.patient(value, FixtureStatus::Released)?),
            "known" => self.known(value)?,
            "spo2_question" => {
                let patient = self.cast.patients.last_mut().ok_or(TranscriptFault::Patient)?;
                patient.spo2_question = match value {
                    "left_out" => Spo2Question::LeftOut,
                    "asked" => Spo2Question::Asked,
                    _ => return Err(TranscriptFault::Spo2Question),
                };
            }
            "after_red" => self.cast.centre.after_red = value.parse().map_err(|_| TranscriptFault::AfterRed)?,
            "open_alerts" => self.cast.open_alerts = value.parse().map_err(|_| TranscriptFault::OpenAlerts)?,
            "until" => self.cast.maintenance_until = Some(until(value)?),
            "answered_by" => {
                self.answered_by = match value {
                    "person" => AnsweredBy::Person,
                    "machine" => AnsweredBy::Machine,
                    _ => return Err(TranscriptFault::AnsweredBy),
                }
            }
            other => return Err(TranscriptFault::Setting(other.to_owned())),
        }
        Ok(())
    }

    /// The languages in which the patient of the line before has completed a call on this line.
    fn known(&mut self, value: &str) -> Result<(), TranscriptFault> {
        let patient = self.cast.patients.last_mut().ok_or(TranscriptFault::Patient)?;
        let languages = value.split_whitespace().map(str::parse::<Language>).collect::<Result<Vec<_>, _>>();
        patient.known_in = languages.map_err(|_| TranscriptFault::Language)?;
        Ok(())
    }

    fn patient(&self, value: &str, standing: FixtureStatus) -> Result<FixturePatient, TranscriptFault> {
        let (id, birth_date) = value.split_once(' ').ok_or(TranscriptFault::Patient)?;
        let hersys_id = HersysId::parse(id).map_err(TranscriptFault::HersysId)?;
        let today = TimeZone::UTC.to_datetime(self.now).date();
        let birth_date = BirthDate::parse_keys(birth_date.trim(), today).map_err(TranscriptFault::BirthDate)?;
        Ok(FixturePatient::new(hersys_id, birth_date, standing))
    }

    /// Plays the call. Returns the actual transcript, and the first line that differs, if any.
    ///
    /// # Errors
    ///
    /// Returns an error if a session can't be stored and read.
    pub fn play(&self, flow_set: &Arc<FlowSet>) -> Result<(String, Option<Mismatch>), NotStorable> {
        let mut rehearsal =
            FlowTest::new(Arc::clone(flow_set), self.flow.clone(), self.language, self.cast.clone(), self.now);
        let mut out: Vec<String> = self.head.clone();
        let mut mismatch = None;
        let mut while_waiting: Option<Utterance> = None;
        for turn in &self.turns {
            // Who presses nothing hears this first.
            let waited = while_waiting.take().filter(|_| matches!(turn.caller, Caller::Silence));
            let outcome = match &turn.caller {
                Caller::Calls => rehearsal.call(self.answered_by)?,
                Caller::Keys(keys) => rehearsal.happens(EventKind::Keyed(keys.clone().into()))?,
                Caller::AtOnce(keys) => rehearsal.happens_after(AT_ONCE_TIME, EventKind::Keyed(keys.clone().into()))?,
                Caller::Waits(seconds) => {
                    rehearsal.wait(*seconds);
                    out.extend(turn.before.iter().cloned());
                    out.push(written(&turn.caller));
                    continue;
                }
                Caller::Silence => rehearsal.happens(EventKind::Keyed(Keyed::silence()))?,
                Caller::HangsUp => rehearsal.happens(EventKind::HungUp(HangupCause::NormalClearing))?,
                Caller::Talked => rehearsal.happens(EventKind::TransferEnded(TransferOutcome::Talked))?,
                Caller::NotReached => rehearsal.happens(EventKind::TransferEnded(TransferOutcome::NotReached))?,
                Caller::Withdrawn => rehearsal.happens(EventKind::Withdrawn)?,
            };
            let mut happened: Vec<String> = waited.iter().map(|waited| said(waited, outcome.language)).collect();
            for effect in &outcome.effects {
                happened.extend(line_of(effect, outcome.language));
                if let Effect::Reply(reply) = effect {
                    while_waiting.clone_from(&reply.while_waiting);
                }
            }
            if mismatch.is_none() {
                mismatch = first_difference(turn, &happened);
            }
            out.extend(turn.before.iter().cloned());
            out.push(written(&turn.caller));
            out.extend(happened);
        }
        Ok((out.join("\n") + "\n", mismatch))
    }
}

fn first_difference(turn: &ExpectedTurn, happened: &[String]) -> Option<Mismatch> {
    let length = turn.expected.len().max(happened.len());
    (0..length).find(|&nth| turn.expected.get(nth) != happened.get(nth)).map(|nth| Mismatch {
        line: turn.line.saturating_add(nth),
        expected: turn.expected.get(nth).cloned(),
        happened: happened.get(nth).cloned(),
    })
}

fn caller(action: &str) -> Result<Caller, TranscriptFault> {
    let (verb, rest) = action.split_once(' ').unwrap_or((action, ""));
    match (verb, rest.trim()) {
        ("calls", "") => Ok(Caller::Calls),
        ("digits", typed) if typed.ends_with(AT_ONCE) => {
            let keys = typed.strip_suffix(AT_ONCE).unwrap_or_default();
            Keys::parse(keys).map(Caller::AtOnce).map_err(TranscriptFault::Keys)
        }
        ("digits", keys) if !keys.is_empty() => Keys::parse(keys).map(Caller::Keys).map_err(TranscriptFault::Keys),
        ("waits", seconds) => seconds.parse().map(Caller::Waits).map_err(|_| TranscriptFault::Action),
        ("silence", "") => Ok(Caller::Silence),
        ("hangs", "up") => Ok(Caller::HangsUp),
        ("talked", "") => Ok(Caller::Talked),
        ("not", "reached") => Ok(Caller::NotReached),
        ("withdrawn", "") => Ok(Caller::Withdrawn),
        _ => Err(TranscriptFault::Action),
    }
}

fn written(caller: &Caller) -> String {
    match caller {
        Caller::Calls => "< calls".to_owned(),
        Caller::Keys(keys) => format!("< digits {}", keys.expose()),
        Caller::Waits(seconds) => format!("< waits {seconds}"),
        Caller::AtOnce(keys) => format!("< digits {}{AT_ONCE}", keys.expose()),
        Caller::Silence => "< silence".to_owned(),
        Caller::HangsUp => "< hangs up".to_owned(),
        Caller::Talked => "< talked".to_owned(),
        Caller::NotReached => "< not reached".to_owned(),
        Caller::Withdrawn => "< withdrawn".to_owned(),
    }
}

fn until(value: &str) -> Result<[u8; 4], TranscriptFault> {
    let numbers: Vec<u8> = value.split(['-', ' ', ':']).filter_map(|part| part.parse().ok()).collect();
    numbers.try_into().map_err(|_| TranscriptFault::Until)
}
