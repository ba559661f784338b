//! `kenkocall flows time`: how long a call takes, by prompt and in all.

use std::sync::Arc;

use serde_json::{Value, json};

use super::library_of;
use crate::commands::arguments::{Form as Output, table};
use crate::commands::documents::Origin;
use crate::commands::exit::Exit;
use crate::commands::language::text;
use crate::domain::Language;
use crate::flow::{Flow, FlowSet, PromptId};
use crate::flow_test::{
    CallPath, CallTime, KEY_SECONDS, Occasion, Place, TIMED_FLOWS, TimedCall, TimedPrompt, TimedTurn,
};

/// A call and its time. `None`: it leads to no finished report.
type Timed = (TimedCall, Option<CallTime>);

/// Prints the times of all calls.
pub(super) fn show(origin: &Origin, language: Option<Language>, output: Output) -> anyhow::Result<Exit> {
    let flow_set = library_of(origin)?;
    let languages = language.map_or(Language::ALL.to_vec(), |language| vec![language]);
    let (mut shown, mut values) = (String::new(), Vec::new());
    for flow in TIMED_FLOWS.into_iter().filter_map(|flow| flow_set.flow(flow)) {
        let [first, later] = Occasion::ALL.map(|occasion| timed(&flow_set, flow, occasion, &languages));
        let alike = first.iter().zip(&later).all(|((_, first), (_, later))| first == later);
        let parts = if alike {
            vec![(text!("time-every-call", flow = flow.name.as_str()), &later)]
        } else {
            let heads = [
                text!("time-first-call", flow = flow.name.as_str()),
                text!("time-later-calls", flow = flow.name.as_str()),
            ];
            heads.into_iter().zip([&first, &later]).collect()
        };
        for (heading, times) in parts {
            shown.push_str(&format!(
                "{heading}\n\n{}\n{}\n",
                by_prompt(times, &languages),
                by_path(flow, times, &languages)
            ));
        }
        values.extend(first.iter().chain(&later).map(|timed| as_json(flow, timed)));
    }
    shown.push_str(&format!("{}\n", text!("time-note", seconds = KEY_SECONDS.to_string())));
    let value = json!({ "documents": origin.to_string(), "key_seconds": KEY_SECONDS, "calls": values });
    output.say(&shown, value)?;
    Ok(Exit::Done)
}

fn timed(flow_set: &Arc<FlowSet>, flow: &Flow, occasion: Occasion, languages: &[Language]) -> Vec<Timed> {
    let calls = CallPath::ALL.into_iter().flat_map(|path| {
        languages.iter().map(move |&language| TimedCall { flow: flow.name.clone(), path, occasion, language })
    });
    calls.map(|call| (call.clone(), call.time(flow_set))).collect()
}

fn heading(first: &[String], languages: &[Language]) -> Vec<String> {
    first.iter().cloned().chain(languages.iter().map(|language| language.tag().to_owned())).collect()
}

/// Each prompt with the keys that follow it and its seconds in each language. The healthy call's prompts come first, in
/// their order.
fn by_prompt(times: &[Timed], languages: &[Language]) -> String {
    let turns = || times.iter().filter_map(|(_, time)| time.as_ref()).flat_map(|time| &time.turns);
    let mut prompts: Vec<&PromptId> = Vec::new();
    for prompt in turns().flat_map(|turn| &turn.said) {
        if !prompts.contains(&&prompt.prompt) {
            prompts.push(&prompt.prompt);
        }
    }
    let mut rows = vec![heading(&[text!("head-prompt"), text!("head-keys")], languages)];
    for prompt in prompts {
        let keys = turns().find_map(|turn| keys_after(turn, prompt));
        let mut row = vec![prompt.to_string(), keys.map(|keys| keys.to_string()).unwrap_or_default()];
        for language in languages {
            let of_language = times.iter().filter(|(call, _)| call.language == *language);
            let mut turns = of_language.filter_map(|(_, time)| time.as_ref()).flat_map(|time| &time.turns);
            row.push(shown(turns.find_map(|turn| seconds_of(turn, prompt))));
        }
        rows.push(row);
    }
    table(&rows)
}

/// The keys that a turn asks for, if this is the last prompt of its question.
fn keys_after(turn: &TimedTurn, prompt: &PromptId) -> Option<u32> {
    let asks = |said: &&TimedPrompt| said.place == Place::Question;
    let last = turn.said.iter().rfind(asks)?;
    let question = turn.question.as_ref()?;
    (last.prompt == *prompt).then_some(question.keys)
}

/// The seconds of a prompt in a turn. A language menu says it once in each language.
fn seconds_of(turn: &TimedTurn, prompt: &PromptId) -> Option<f64> {
    let said = turn.said.iter().filter(|said| said.prompt == *prompt);
    let seconds: f64 = said.map(|said| said.seconds).sum();
    (seconds > 0.0).then_some(seconds)
}

fn by_path(flow: &Flow, times: &[Timed], languages: &[Language]) -> String {
    let mut rows = vec![heading(&[text!("head-answers"), text!("head-seconds")], languages)];
    for path in CallPath::ALL {
        let mut name = match path {
            CallPath::Healthy => text!("time-healthy"),
            CallPath::NoOximeter => text!("time-no-oximeter"),
            CallPath::AllYes => text!("time-all-yes"),
            CallPath::Red => text!("time-red"),
        };
        let mut row = |what: String, of: &dyn Fn(Language, &CallTime) -> Option<f64>| {
            let mut row = vec![std::mem::take(&mut name), what];
            row.extend(languages.iter().map(|&language| {
                let mut this = times.iter().filter(|(call, _)| call.path == path && call.language == language);
                shown(this.find_map(|(_, time)| time.as_ref()).and_then(|time| of(language, time)))
            }));
            rows.push(row);
        };
        row(text!("time-speech"), &|_, time| Some(time.speech_seconds()));
        row(text!("time-keys"), &|_, time| Some(f64::from(time.keys()) * KEY_SECONDS));
        if times.iter().filter_map(|(_, time)| time.as_ref()).any(|time| time.wait_seconds() > 0.0) {
            row(text!("time-wait"), &|_, time| Some(time.wait_seconds()));
        }
        row(text!("time-in-all"), &|_, time| Some(time.seconds()));
        if path == CallPath::Healthy && !flow.limits.healthy_seconds.is_empty() {
            row(text!("time-limit"), &|language, _| limit(flow, language).map(f64::from));
        }
        row(text!("time-with-barge-in"), &|_, time| Some(time.seconds_with_barge_in()));
        row(text!("time-instructions"), &|_, time| time.instruction_seconds());
    }
    table(&rows)
}

fn limit(flow: &Flow, language: Language) -> Option<u32> {
    flow.limits.healthy_seconds.get(&language).map(|limit| limit.to)
}

fn shown(seconds: Option<f64>) -> String {
    seconds.map_or_else(|| "—".to_owned(), |seconds| format!("{seconds:.1}"))
}

fn as_json(flow: &Flow, (call, time): &Timed) -> Value {
    let limit = if call.path == CallPath::Healthy { limit(flow, call.language) } else { None };
    json!({
        "flow": call.flow,
        "language": call.language.tag(),
        "path": call.path.code(),
        "occasion": call.occasion.code(),
        "limit_seconds": limit,
        "time": time.as_ref().map(|time| json!({
            "speech_seconds": tenths(time.speech_seconds()),
            "keys": time.keys(),
            "wait_seconds": tenths(time.wait_seconds()),
            "seconds": tenths(time.seconds()),
            "seconds_with_barge_in": tenths(time.seconds_with_barge_in()),
            "instruction_seconds": time.instruction_seconds().map(tenths),
            "turns": time.turns.iter().map(turn_as_json).collect::<Vec<_>>(),
        })),
    })
}

fn turn_as_json(turn: &TimedTurn) -> Value {
    let said = turn
        .said
        .iter()
        .map(|said| json!({ "prompt": said.prompt, "language": said.language.tag(), "seconds": tenths(said.seconds) }));
    let question = turn.question.as_ref().map(|question| {
        json!({
            "node": format!("{}.{}", question.flow, question.node),
            "item": question.item.map(|item| item.code()),
            "keys": question.keys,
            "wait_seconds": question.wait_seconds,
        })
    });
    json!({ "said": said.collect::<Vec<_>>(), "question": question })
}

/// An estimate isn't more exact.
fn tenths(seconds: f64) -> f64 {
    (seconds * 10.0).round() / 10.0
}
