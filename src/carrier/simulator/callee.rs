//! One person in one call: the person hears prompts and responds after a realistic time.

use std::collections::VecDeque;
use std::time::Duration;

use fastrand::Rng;
use jiff::Timestamp;

use super::leg::{Next, Talk};
use super::people::{Decision, Habit, Health, Identity, Pickup, Script, Side, Staff, health_of, key, language_key};
use super::rng::{Between, after, comes_true};
use super::speech_time;
use crate::carrier::gather::{Gather, GatherRules, SpeechLength, left_over, typed};
use crate::domain::{Answer, HangupCause, Item, Keyed, Keys, Language, PhoneNumber, YesNo};
use crate::engine::{NextAction, Reply, TransferOutcome};
use crate::flow::{FlowSet, PromptId};

/// The most replies that a person listens to in one call. The longest useful call, for ten people of one family, has
/// about 200. A caller who hears more is in a loop and hangs up.
const MAX_REPLIES: u16 = 300;
/// How long the phone rings before staff answer.
const STAFF_ANSWER: Between = Between::millis(3_000, 20_000);
/// How long staff and caller talk: up to an hour.
const TALK: Between = Between::millis(300_000, 3_600_000);
/// The first fraction of a question, in which it isn't cut short: the person has to recognise it first.
const RECOGNISED: f64 = 0.3;

#[derive(Debug)]
pub(super) struct Callee {
    script: Script,
    habit: Option<Habit>,
    health: Health,
    language: Language,
    /// The people to report for, the present one first. Empty if we placed the call.
    people: VecDeque<Identity>,
    seed: u64,
    rng: Rng,
    questions: u16,
    asked: Option<PromptId>,
    /// The keys of the last entry that are still to be pressed, if the network listens on.
    typing: String,
    /// Whether the last of them aren't part of the entry: they are pressed whatever is asked next.
    slipped: bool,
    /// Whether the person has decided to hang up.
    gave_up: bool,
    replies: u16,
}

impl Callee {
    /// The person at a number that we call.
    pub(super) fn called(script: Script, habit: Option<Habit>, number: &PhoneNumber, seed: u64, rng: Rng) -> Self {
        let health = script.health.clone().unwrap_or_else(|| health_of(seed, number.expose()));
        Self { habit, ..Self::new(script, health, seed, rng) }
    }

    /// A person who calls us.
    pub(super) fn calling(script: Script, people: Vec<Identity>, language: Language, seed: u64, rng: Rng) -> Self {
        let health = health_of_caller(&script, people.first(), seed);
        Self { language, people: people.into(), ..Self::new(script, health, seed, rng) }
    }

    fn new(script: Script, health: Health, seed: u64, rng: Rng) -> Self {
        Self {
            script,
            habit: None,
            health,
            language: Language::default(),
            people: VecDeque::new(),
            seed,
            rng,
            questions: 0,
            asked: None,
            typing: String::new(),
            slipped: false,
            gave_up: false,
            replies: 0,
        }
    }

    pub(super) fn pickup(&self) -> Pickup {
        self.script.pickup
    }

    /// The person's habit, unless a script says exactly what the person does.
    pub(super) fn habit(&self) -> Option<Habit> {
        self.habit
    }

    /// Returns `true` if the person decided to hang up.
    pub(super) fn gave_up(&self) -> bool {
        self.gave_up
    }

    /// Returns `true` if the person hangs up before anything is said.
    pub(super) fn hangs_up_at_once(&self) -> bool {
        self.script.hangs_up_by(0)
    }

    /// Returns the response to a reply whose speech begins now.
    pub(super) fn hears(
        &mut self,
        flow_set: &FlowSet,
        reply: &Reply,
        now: Timestamp,
        staff_answer: f64,
    ) -> (Timestamp, Next) {
        self.replies += 1;
        if self.replies > MAX_REPLIES {
            return (now, HANGS_UP);
        }
        let speech = speech_time::of(flow_set, reply);
        match &reply.then {
            NextAction::HangUp => (after(now, speech.whole()), HANGS_UP),
            NextAction::Transfer { ring_seconds, .. } => {
                let ring = Duration::from_secs((*ring_seconds).into());
                let (time, next) = self.is_handed_over(ring, staff_answer);
                (after(now, speech.whole().saturating_add(time)), next)
            }
            NextAction::Gather { max_keys, ends_with_hash, between_keys_seconds, .. } => {
                // The network doesn't deliver the `#` of an entry of several keys.
                let rules = GatherRules {
                    max_keys: Some(usize::from((*max_keys).max(1))),
                    finish_key: (*ends_with_hash && *max_keys > 1).then_some('#'),
                    first_key: speech_time::wait(flow_set, reply),
                    between_keys: Duration::from_secs((*between_keys_seconds).into()),
                };
                let (time, next) = match reply.say.last() {
                    Some(_) if self.slipped && !self.typing.is_empty() => self.goes_on_typing(speech, rules),
                    Some(asked) => self.is_asked(&asked.prompt, *max_keys, speech, rules),
                    None => self.goes_on_typing(speech, rules),
                };
                (after(now, time), next)
            }
        }
    }

    fn is_handed_over(&mut self, ring: Duration, staff_answer: f64) -> (Duration, Next) {
        let rings = STAFF_ANSWER.pick(&mut self.rng);
        let talks = TALK.pick(&mut self.rng);
        let (answer, caller_first) = (comes_true(&mut self.rng, staff_answer), self.rng.bool());
        let hangs_up_first = if caller_first { Side::Caller } else { Side::Staff };
        let drawn = if answer { Staff::Talk { rings, length: talks, hangs_up_first } } else { Staff::NeverAnswer };
        match self.script.staff.unwrap_or(drawn) {
            Staff::Talk { rings, length, hangs_up_first } if rings <= ring => {
                (rings, Next::StaffPickUp(Talk { length, hangs_up_first }))
            }
            Staff::RingsUntilCallerIsGone { after } if after < ring => (after, HANGS_UP),
            Staff::Talk { .. } | Staff::NeverAnswer | Staff::RingsUntilCallerIsGone { .. } => {
                (ring, Next::TransferEnds(TransferOutcome::NotReached))
            }
        }
    }

    fn is_asked(
        &mut self,
        prompt: &PromptId,
        max_keys: u8,
        speech: SpeechLength,
        rules: GatherRules,
    ) -> (Duration, Next) {
        let first = self.asked.as_ref() != Some(prompt);
        if first {
            self.questions += 1;
            self.asked = Some(prompt.clone());
        }
        let prompt = prompt.as_str();
        let (decision, waits) = self.script.decide(prompt, self.questions, first);
        let mut thinks = self.script.tempo.think.pick(&mut self.rng);
        self.gave_up |= matches!(decision, Decision::HangUp | Decision::HangUpAfter(_));
        self.slipped = decision == Decision::Own;
        let keys = match decision {
            Decision::HangUp if waits.is_zero() => {
                return (speech.whole().mul_f64(self.rng.f64()), HANGS_UP);
            }
            Decision::HangUp => return (speech.whole().saturating_add(waits), HANGS_UP),
            Decision::HangUpAfter(time) => return (time, HANGS_UP),
            Decision::Silence => Keys::default(),
            Decision::Keys(keys) => keys,
            Decision::Own => {
                let own = self.own(prompt, first, max_keys);
                if measured(prompt) && first {
                    thinks = thinks.saturating_add(self.script.tempo.measure.pick(&mut self.rng));
                }
                own
            }
        };
        let cuts_short = comes_true(&mut self.rng, self.script.tempo.barges_in) && waits.is_zero();
        let first_key = if cuts_short {
            let heard = RECOGNISED + self.rng.f64() * (1.0 - RECOGNISED);
            speech.firm + speech.free.mul_f64(heard)
        } else {
            speech.whole().saturating_add(thinks).saturating_add(waits)
        };
        self.types(keys.expose(), Gather::new(rules, speech), first_key)
    }

    /// Presses what is left of an entry, without listening.
    fn goes_on_typing(&mut self, speech: SpeechLength, rules: GatherRules) -> (Duration, Next) {
        let first_key = self.script.tempo.between_keys.pick(&mut self.rng);
        let keys = std::mem::take(&mut self.typing);
        self.types(&keys, Gather::new(rules, speech), first_key)
    }

    fn types(&mut self, keys: &str, gather: Gather, first_key: Duration) -> (Duration, Next) {
        let between_keys = self.script.tempo.between_keys;
        let entry = typed(gather, keys, first_key, || between_keys.pick(&mut self.rng));
        left_over(keys, &entry).clone_into(&mut self.typing);
        // A part of phone keys consists of phone keys too.
        let keys = Keys::parse(entry.keys.expose()).unwrap_or_default();
        (entry.at, Next::Keys(Keyed { keys, end: Some(entry.end) }))
    }

    /// The keys that the person presses without a script, with that person's slips.
    fn own(&mut self, prompt: &str, first: bool, max_keys: u8) -> Keys {
        // Drawn at each question, so that one decision doesn't change later ones.
        let tempo = &self.script.tempo;
        let [dozes, repeats, slips] =
            [tempo.dozes, tempo.repeats, tempo.slips].map(|likely| comes_true(&mut self.rng, likely));
        if first && prompt.starts_with("questionnaire.") {
            if dozes {
                return Keys::default();
            }
            if repeats {
                return key("9");
            }
            if slips {
                // No question takes a 6, and no number is 999.
                return key(if max_keys > 1 { "999" } else { "6" });
            }
        }
        let answer = self.answer(prompt);
        self.with_slips(&answer)
    }

    /// The keys of an answer, and those that are pressed after it out of habit or by mistake.
    fn with_slips(&mut self, answer: &Keys) -> Keys {
        let tempo = &self.script.tempo;
        let [hashes, extra_keys] = [tempo.hashes, tempo.extra_keys].map(|likely| comes_true(&mut self.rng, likely));
        let mut keys = answer.expose().to_owned();
        if extra_keys && keys.len() > 1 {
            // The last key twice, or another one.
            let last = keys.chars().last().filter(|_| self.rng.bool());
            keys.push(last.unwrap_or_else(|| self.rng.digit(10)));
        }
        if hashes && !keys.is_empty() && !keys.ends_with('#') {
            keys.push('#');
        }
        Keys::parse(&keys).unwrap_or_default()
    }

    /// The correct answer to a prompt; 1 if the prompt is unknown.
    fn answer(&mut self, prompt: &str) -> Keys {
        let person = self.people.front();
        let japanese = self.language == Language::Japanese;
        match in_full(prompt) {
            // The last prompt of the first language menu.
            "health_call.other_languages" => key(if japanese { "1" } else { "2" }),
            "health_call.choose_language" | "automated_call.choose_language" => language_key(self.language),
            "health_call.ask_hersys_id" => {
                person.map_or_else(Keys::default, |person| key(&format!("{}#", person.hersys_id.expose())))
            }
            "health_call.ask_birth_date" => person
                .map_or_else(Keys::default, |person| key(&person.birth_date.expose().strftime("%Y%m%d").to_string())),
            "health_call.ask_another_person" => self.another_person(),
            "questionnaire.ask_spo2_again" => {
                keys_of(Answer::Saturation(self.health.saturation_again.or(self.health.saturation)))
            }
            "stop_request.ask_stop" => key("2"),
            _ => {
                let item = in_full(prompt).strip_prefix("questionnaire.ask_").and_then(Item::from_code);
                item.map_or_else(|| key("1"), |item| keys_of(self.health.answer(item)))
            }
        }
    }

    fn another_person(&mut self) -> Keys {
        self.people.pop_front();
        self.health = health_of_caller(&self.script, self.people.front(), self.seed);
        key(if self.people.is_empty() { "2" } else { "1" })
    }
}

fn health_of_caller(script: &Script, person: Option<&Identity>, seed: u64) -> Health {
    let drawn = || person.map_or_else(Health::well, |person| health_of(seed, person.hersys_id.expose()));
    script.health.clone().unwrap_or_else(drawn)
}

/// The name of a prompt's long wording: short wording asks for the same.
fn in_full(prompt: &str) -> &str {
    prompt.strip_suffix("_short").unwrap_or(prompt)
}

/// Returns `true` if the person has to measure something first.
fn measured(prompt: &str) -> bool {
    let prompt = in_full(prompt);
    matches!(prompt, "questionnaire.ask_body_temperature" | "questionnaire.ask_spo2" | "questionnaire.ask_spo2_again")
}

/// The keys of an answer: three digits, or 1 yes, 2 no, 3 don't know.
fn keys_of(answer: Answer) -> Keys {
    match answer {
        Answer::YesNo(YesNo::Yes) => key("1"),
        Answer::YesNo(YesNo::No) => key("2"),
        Answer::YesNo(YesNo::Unknown) => key("3"),
        // People read 98 from the oximeter, not 098.
        measured => key(measured.entry().strip_prefix('0').filter(|rest| *rest != "00").unwrap_or(&measured.entry())),
    }
}

const HANGS_UP: Next = Next::Ends(HangupCause::NormalClearing);
