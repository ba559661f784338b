//! A form yields what the phone yields for the same answers, and says what is wrong with each field.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use jiff::Timestamp;
use kenkocall::domain::{Item, Job, Keys, Language, Line, Oximeter, PatientId, ReportId, Spo2Question};
use kenkocall::engine::form::{FieldProblem, Filled, FilledField, FormRefused, Submitted, Submitter, submit};
use kenkocall::engine::{AnsweredBy, Effect, Event, EventKind, Fact, Person, Start, Waiting, begin, step};
use kenkocall::flow::form::{Field, FieldKind, Form, Requirement};
use kenkocall::flow::{FlowName, FlowSet, NodeId, names};
use kenkocall::flow_test::{Fixtures, line_of};
use kenkocall::policy::Thresholds;
use proptest::collection::vec;
use proptest::prelude::*;

use crate::built_in::{files, with};

const QUESTIONS: &str = "questionnaire/flow.toml";
/// What is said in return for an answer, in the documents of these tests.
const ADVICE: [&str; 2] = ["questionnaire.advice", "shared.goodbye"];

static BUILT_IN: LazyLock<FlowSet> = LazyLock::new(|| FlowSet::read(files()).0);
static BRANCHING: LazyLock<FlowSet> = LazyLock::new(|| {
    let mut files = files();
    files.insert(QUESTIONS.to_owned(), include_str!("documents/branching.toml").to_owned());
    let (flow_set, findings) = FlowSet::read(files);
    assert_eq!(findings, []);
    flow_set
});

fn form(flow_set: &FlowSet) -> Form {
    Form::of(flow_set.flow(names::QUESTIONNAIRE).unwrap()).unwrap()
}

fn at() -> Timestamp {
    "2026-01-05T01:00:00Z".parse().unwrap()
}

fn person(answers: Vec<(Item, &str)>, thresholds: Thresholds) -> Person {
    let mut centre = Fixtures::of_a_synthetic_centre().unwrap().centre;
    centre.thresholds = thresholds;
    let id = uuid::Uuid::from_u128(7);
    let answers = answers.into_iter().map(|(item, entry)| (item, item.read(entry).unwrap())).collect();
    let (oximeter, spo2_question) = (Oximeter::Unknown, Spo2Question::Asked);
    let (patient, report, known_in) = (PatientId(id), ReportId(id), Vec::new());
    Person { patient, report, centre, answers, known_in, oximeter, spo2_question }
}

/// How a person answers one question.
#[derive(Debug, Clone)]
struct Plan {
    /// The keys on the phone; `None` for silence to the last try.
    keys: Option<String>,
    /// The same answer as it is filled in.
    filled: String,
    /// Silence, a wrong key or a wrong entry comes first, and is mended.
    slip: bool,
}

fn plan(field: &Field, seed: u32) -> Plan {
    let (slip, silent, seed) = (seed & 1 == 1, seed & 0xe == 0, seed >> 4);
    let pick = |count: usize| usize::try_from(seed).unwrap() % count;
    let (keys, filled) = match &field.kind {
        FieldKind::Choice(options) => {
            let option = &options[pick(options.len())];
            (option.key.0.to_string(), option.code.to_string())
        }
        FieldKind::Number { instead, .. } if !instead.is_empty() && seed & 7 == 0 => {
            (instead[0].to_string(), instead[0].to_string())
        }
        FieldKind::Number { digits, at_least, at_most, .. } => {
            // Half of the numbers lie around the thresholds of SpO2.
            let (least, most) = if seed & 8 == 0 { ((*at_least).max(90), *at_most) } else { (*at_least, *at_most) };
            let number = least + (seed >> 4) % (most - least + 1);
            let width = usize::from(*digits);
            let keys = format!("{number:0width$}");
            let typed = field.item == Some(Item::BodyTemperature) && seed & 16 == 0;
            let typed = if typed { format!("{}.{}", number / 10, number % 10) } else { keys.clone() };
            (keys, typed)
        }
    };
    let silent = silent && field.requirement == Requirement::Optional;
    Plan { keys: (!silent).then_some(keys), filled, slip: slip && !silent }
}

fn plans(form: &Form, seeds: &[u32]) -> BTreeMap<NodeId, Plan> {
    form.fields().zip(seeds).map(|(field, seed)| (field.id.clone(), plan(field, *seed))).collect()
}

/// What a call or a form leads to, comparable.
#[derive(Debug, Default, PartialEq)]
struct Outcome {
    facts: Vec<String>,
    jobs: Vec<Job>,
    advice: Vec<String>,
}

impl Outcome {
    fn fact(&mut self, fact: &Fact) {
        let id = match fact {
            Fact::Answered { report, .. } | Fact::Withdrawn { report, .. } | Fact::ReportClosed { report, .. } => {
                format!("{report:?}")
            }
            Fact::Alert { centre, person, .. } => format!("{centre:?} {person:?}"),
            Fact::CallEnded(_) => return,
        };
        let line = line_of(&Effect::Fact(fact.clone()), Language::English).concat();
        self.facts.push(format!("{line} {id}"));
    }

    fn said(&mut self, utterance: &kenkocall::engine::Utterance) {
        if ADVICE.contains(&utterance.prompt.as_str()) {
            self.advice.push(format!("{utterance:?}"));
        }
    }

    fn of(submitted: &Submitted) -> Self {
        let mut outcome = Self { jobs: submitted.jobs.clone(), ..Self::default() };
        submitted.facts.iter().for_each(|fact| outcome.fact(fact));
        submitted.advice.iter().for_each(|utterance| outcome.said(utterance));
        assert_eq!(outcome.advice.len(), submitted.advice.len(), "only advice is shown");
        outcome
    }
}

/// Plays the questionnaire by phone. Returns what it leads to, and the questions that were asked.
fn by_phone(flow_set: &FlowSet, person: &Person, plans: &BTreeMap<NodeId, Plan>) -> (Outcome, BTreeSet<NodeId>) {
    let start = Start {
        line: Line::HealthCall,
        flow: FlowName::from(names::QUESTIONNAIRE),
        language: Language::English,
        caller: None,
        health_call_number: None,
        call_back_number: None,
        fallback_centre: None,
        until: None,
        identify_by: None,
        person: Some(Box::new(person.clone())),
        answered_by: AnsweredBy::Person,
        open_alerts: None,
    };
    let (mut outcome, mut asked, mut wrong) = (Outcome::default(), BTreeSet::new(), BTreeSet::new());
    let (mut session, mut effects) = begin(flow_set, start, at());
    loop {
        for effect in &effects {
            match effect {
                Effect::Fact(fact) => outcome.fact(fact),
                Effect::Job(job) => outcome.jobs.push(job.clone()),
                Effect::Reply(reply) => reply.say.iter().for_each(|utterance| outcome.said(utterance)),
                Effect::Diagnostic(diagnostic) => panic!("{diagnostic:?}"),
                Effect::Query(_) => {}
            }
        }
        if session.waiting == Waiting::Over {
            return (outcome, asked);
        }
        let here = session.top().unwrap().node.clone();
        let keys = match plans.get(&here) {
            // After a red answer.
            None if here.as_str().starts_with("ask_continue") => "1",
            // A confirmation: the first entry after a slip was a wrong one.
            None => {
                let of = NodeId::from(here.as_str().trim_end_matches("_confirm"));
                if plans[&of].slip && wrong.insert(here) { "2" } else { "1" }
            }
            Some(plan) => {
                let first = asked.insert(here.clone());
                match &plan.keys {
                    None => "",
                    Some(_) if plan.slip && first => ["", "4", "42"][plan.filled.len() % 3],
                    Some(keys) => keys,
                }
            }
        };
        let event = Event { at: at(), happening: EventKind::Keyed(Keys::parse(keys).unwrap().into()) };
        (session, effects) = step(flow_set, session, &event);
    }
}

fn filled(plans: &BTreeMap<NodeId, Plan>, fields: impl Fn(&NodeId) -> bool) -> Filled {
    let fields = plans.iter().filter(|(field, plan)| fields(field) && plan.keys.is_some());
    Filled(
        fields
            .map(|(field, plan)| {
                let confirmed = (!plan.slip).then(|| plan.filled.as_str().into());
                (field.clone(), FilledField { value: plan.filled.as_str().into(), confirmed })
            })
            .collect(),
    )
}

fn by_form(flow_set: &FlowSet, person: &Person, filled: &Filled) -> Result<Outcome, FormRefused> {
    let by = Submitter { person: person.clone(), language: Language::English, at: at() };
    submit(flow_set, by, filled).map(|submitted| Outcome::of(&submitted))
}

fn problems(flow_set: &FlowSet, person: &Person, filled: &Filled) -> BTreeMap<NodeId, FieldProblem> {
    match by_form(flow_set, person, filled) {
        Ok(_) => BTreeMap::new(),
        Err(FormRefused::Fields(errors)) => errors.into_iter().map(|error| (error.field, error.problem)).collect(),
        Err(other) => panic!("{other:?}"),
    }
}

/// The answers of earlier calls: some items, at random.
fn earlier() -> impl Strategy<Value = Vec<(Item, &'static str)>> {
    let answer = |item: Item, nth: u8| match item {
        Item::BodyTemperature => (item, ["000", "365", "390"][usize::from(nth % 3)]),
        Item::Spo2 => (item, ["000", "094", "098"][usize::from(nth % 3)]),
        _ => (item, ["yes", "no", "unknown"][usize::from(nth % 3)]),
    };
    let some = vec((0..Item::ALL.len(), any::<u8>()), 0..4);
    let some = some.prop_map(move |some| {
        let by_item: BTreeMap<usize, u8> = some.into_iter().collect();
        by_item.into_iter().map(|(item, nth)| answer(Item::ALL[item], nth)).collect()
    });
    prop_oneof![Just(Vec::new()), some]
}

fn thresholds() -> impl Strategy<Value = Thresholds> {
    (340..=420_u16, 340..=420_u16, 70..=100_u16, 70..=100_u16).prop_map(|(a, b, c, d)| Thresholds {
        temperature_note: a.min(b),
        temperature_amber: a.max(b),
        spo2_amber: c.max(d),
        spo2_red: c.min(d),
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn a_form_leads_to_the_same_facts_as_the_phone(
        seeds in vec(any::<u32>(), 20),
        earlier in earlier(),
        thresholds in prop_oneof![Just(Thresholds::default()), thresholds()],
    ) {
        for flow_set in [&*BUILT_IN, &*BRANCHING] {
            let plans = plans(&form(flow_set), &seeds);
            let person = person(earlier.clone(), thresholds);
            let (called, asked) = by_phone(flow_set, &person, &plans);
            let submitted = by_form(flow_set, &person, &filled(&plans, |field| asked.contains(field)));
            prop_assert_eq!(submitted, Ok(called));
        }
    }

    #[test]
    fn a_field_is_asked_exactly_if_the_phone_asks_it(
        seeds in vec(any::<u32>(), 20), earlier in earlier(), thresholds in thresholds(),
    ) {
        for flow_set in [&*BUILT_IN, &*BRANCHING] {
            let plans = plans(&form(flow_set), &seeds);
            let person = person(earlier.clone(), thresholds);
            let (_, asked) = by_phone(flow_set, &person, &plans);
            let all = filled(&plans, |_| true);
            let others = all.0.keys().filter(|field| !asked.contains(*field));
            let expected = others.map(|field| (field.clone(), FieldProblem::NotAsked)).collect();
            prop_assert_eq!(problems(flow_set, &person, &all), expected);
        }
    }

    /// What is told about the other fields doesn't depend on what the missing one turns out to be.
    #[test]
    fn an_error_of_another_field_stays_when_the_missing_one_is_filled_in(
        seeds in vec(any::<u32>(), 20), earlier in earlier(), without in 0..20_usize, others in vec(any::<u32>(), 4),
    ) {
        for flow_set in [&*BUILT_IN, &*BRANCHING] {
            let form = form(flow_set);
            let plans = plans(&form, &seeds);
            let person = person(earlier.clone(), Thresholds::default());
            let (_, asked) = by_phone(flow_set, &person, &plans);
            let Some(field) = form.fields().nth(without).filter(|field| asked.contains(&field.id)) else { continue };
            let mut filled = filled(&plans, |field| asked.contains(field));
            filled.0.remove(&field.id);
            let mut found = problems(flow_set, &person, &filled);
            let missing = (field.requirement == Requirement::Required).then_some(FieldProblem::Missing);
            if missing.is_none() {
                continue;
            }
            prop_assert_eq!(found.remove(&field.id), missing);
            for seed in &others {
                let value = plan(field, *seed).filled.as_str().into();
                filled.0.insert(field.id.clone(), FilledField { value, confirmed: None });
                let now = problems(flow_set, &person, &filled);
                let stays = found.iter().all(|(field, problem)| now.get(field) == Some(problem));
                prop_assert!(stays, "{:?} {:?}", found, now);
            }
        }
    }
}

/// A form in which everything is well, with the differences.
fn well(differences: &[(&str, &str)]) -> Filled {
    let mut filled = Filled::default();
    let mut set = |field: &str, value: &str| {
        let confirmed = None;
        filled.0.insert(NodeId::from(field), FilledField { value: value.into(), confirmed });
    };
    for item in Item::ALL.into_iter().filter(|item| *item != Item::BreathlessnessSevere) {
        match item {
            Item::BodyTemperature => set(item.code(), "36.5"),
            Item::Spo2 => set(item.code(), "98"),
            _ => set(item.code(), "no"),
        }
    }
    differences.iter().for_each(|(field, value)| set(field, value));
    filled
}

#[test]
fn each_error_is_told_at_its_field() {
    let flow_set = &*BUILT_IN;
    let nobody = person(Vec::new(), Thresholds::default());
    let told = |filled: &Filled| -> Vec<String> {
        let found = problems(flow_set, &nobody, filled);
        found.into_iter().map(|(field, problem)| format!("{field}: {}", problem.code())).collect()
    };
    assert_eq!(told(&well(&[])), [""; 0]);
    for (differences, expected) in [
        (&[("fatigue", " ")][..], &["fatigue: missing"][..]),
        (&[("body_temperature", "42.1")], &["body_temperature: out_of_range"]),
        (&[("body_temperature", "warm")], &["body_temperature: not_a_number"]),
        (&[("spo2", "98.5")], &["spo2: not_a_number"]),
        (&[("fatigue", "1")], &["fatigue: not_an_option"]),
        (&[("breathlessness_severe", "no")], &["breathlessness_severe: not_asked"]),
        (&[("breathlessness", "yes")], &["breathlessness_severe: missing"]),
        (&[("spo2_again", "97")], &["spo2_again: not_asked"]),
        (&[("spo2", "94"), ("spo2_again", "9")], &["spo2_again: out_of_range"]),
        // Whether it is asked depends on the field with the error.
        (&[("spo2", "9"), ("spo2_again", "97")], &["spo2: out_of_range"]),
        (&[("spo2", "")], &["spo2: missing"]),
        (&[("spo3", "97"), ("intro", "1")], &["intro: unknown_field", "spo3: unknown_field"]),
        (&[("spo2", "000"), ("body_temperature", "０００")], &[]),
        (&[("spo2", "94")], &[]),
    ] {
        assert_eq!(told(&well(differences)), expected, "{differences:?}");
    }
    let mut other = well(&[("body_temperature", "37.5")]);
    let confirm = |filled: &mut Filled, value: &str| {
        filled.0.get_mut("body_temperature").unwrap().confirmed = Some(value.into());
    };
    confirm(&mut other, "375");
    assert_eq!(told(&other), [""; 0], "one temperature, written in two ways");
    confirm(&mut other, "38.5");
    assert_eq!(told(&other), ["body_temperature: confirmed_otherwise"]);
}

#[test]
fn what_was_filled_in_is_never_printed() {
    let filled = well(&[("body_temperature", "41.9")]);
    assert!(!format!("{filled:?} {:?}", filled.0.values().next()).contains("41.9"));
}

#[test]
fn a_red_answer_is_told_to_the_centre_and_answered_with_advice() {
    let filled = well(&[("breathlessness", "yes"), ("breathlessness_severe", "yes")]);
    let nobody = person(Vec::new(), Thresholds::default());
    let by = Submitter { person: nobody, language: Language::Korean, at: at() };
    let submitted = submit(&BUILT_IN, by, &filled).unwrap();
    let advice: Vec<_> = submitted.advice.iter().map(|said| (said.prompt.as_str(), said.language)).collect();
    assert_eq!(advice, [("questionnaire.advice", Language::Korean)]);
    assert_eq!(submitted.jobs.len(), 1);
    let alerts = submitted.facts.iter().filter(|fact| matches!(fact, Fact::Alert { .. })).count();
    assert_eq!(alerts, 1);
}

#[test]
fn documents_without_a_questionnaire_have_no_form() {
    let mut files = files();
    files.remove(QUESTIONS);
    let nobody = person(Vec::new(), Thresholds::default());
    assert_eq!(by_form(&FlowSet::read(files).0, &nobody, &well(&[])), Err(FormRefused::NoQuestionnaire));
    let circle = with(QUESTIONS, "next = \"nausea_or_vomiting\"", "next = \"fatigue\"");
    let refused = by_form(&FlowSet::read(circle).0, &nobody, &well(&[]));
    assert!(matches!(refused, Err(FormRefused::NotAForm(_))), "{refused:?}");
}
