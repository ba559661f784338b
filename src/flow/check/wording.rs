//! Every prompt that is said has wording in every language, is short enough to listen to, and no prompt is unused.

use std::collections::{BTreeMap, BTreeSet};

use super::{Check, ENGINE_PROMPTS};
use crate::domain::{Language, all_visible_in_lines};
use crate::flow::fault::WordingFault;
use crate::flow::finding::{Finding, closest};
use crate::flow::{Prompt, PromptId, Wording, speech_time};

/// The longest speaking time of a prompt, in seconds. Few people remember more after hearing it once.
const LONGEST_SECONDS: f64 = 20.0;

/// The gaps that the engine fills in the prompts of flows.
const GAPS: [&str; 7] =
    ["value", "centre", "centre_phone", "call_back_number", "health_call_number", "until", "open_alerts"];

pub(super) fn apply(check: &mut Check<'_>) {
    let needed = needed(check);
    missing(check, &needed);
    unused(check, &needed);
    for flow in check.flow_set.flows.values() {
        hidden(check, "title", &flow.file(), 1, &flow.title);
        for (node, title) in flow.nodes.values().filter_map(|node| Some((node, node.title.as_ref()?))) {
            hidden(check, node.id.as_str(), &flow.file(), node.line, title);
        }
    }
    for (id, prompt) in &check.flow_set.prompts {
        for (language, wording) in &prompt.wording {
            let file = file_of(id, *language);
            let seconds = speech_time::seconds(wording.spoken(), *language);
            if seconds > LONGEST_SECONDS {
                let fault = WordingFault::TooLong {
                    prompt: id.clone(),
                    language: *language,
                    seconds: whole(seconds),
                    most: whole(LONGEST_SECONDS),
                };
                check.findings.push(Finding::new(&file, wording.line, fault));
            }
            gaps(check, id, prompt, &file, wording);
            for text in [Some(&wording.text), wording.reading.as_ref(), wording.form.as_ref()].into_iter().flatten() {
                hidden(check, id.as_str(), &file, wording.line, text);
            }
        }
    }
}

/// Hidden characters can't be proofread, and may change the meaning.
fn hidden(check: &mut Check<'_>, name: &str, file: &str, line: u32, text: &str) {
    let Err(found) = all_visible_in_lines(text) else { return };
    check.findings.push(Finding::new(file, line, WordingFault::Hidden(name.into(), found)));
}

/// The languages in which each prompt is said, with the first place that requires it.
fn needed(check: &Check<'_>) -> BTreeMap<PromptId, BTreeMap<Language, (String, u32)>> {
    let mut needed: BTreeMap<PromptId, BTreeMap<Language, (String, u32)>> = BTreeMap::new();
    for (flow, node) in check.nodes() {
        for say in node.says() {
            let languages = say.language.map_or(Language::ALL.to_vec(), |language| vec![language]);
            let place = needed.entry(say.prompt.clone()).or_default();
            for language in languages {
                place.entry(language).or_insert_with(|| (flow.file(), say.line));
            }
        }
    }
    for id in ENGINE_PROMPTS {
        let place = needed.entry(id.into()).or_default();
        place.extend(Language::ALL.map(|language| (language, ("shared/prompts/ja.toml".to_owned(), 1))));
    }
    needed
}

fn missing(check: &mut Check<'_>, needed: &BTreeMap<PromptId, BTreeMap<Language, (String, u32)>>) {
    for (id, languages) in needed {
        let prompt = check.flow_set.prompts.get(id);
        if prompt.is_none() && check.unread.iter().any(|file| file.starts_with(&folder_of(id))) {
            continue;
        }
        if prompt.is_none() {
            let known = check.flow_set.prompts.keys().map(PromptId::as_str);
            let meant = closest(id.as_str(), known);
            for (file, line) in languages.values().collect::<BTreeSet<_>>() {
                let finding = Finding::new(file, *line, WordingFault::NoPrompt(id.clone()));
                check.findings.push(finding.meant(meant.clone()));
            }
            continue;
        }
        for language in languages.keys() {
            let file = file_of(id, *language);
            if check.flow_set.wording(id.as_str(), *language).is_none() && !check.unread.contains(&file) {
                let line = last_line(check, &file, *language);
                check.findings.push(Finding::new(file, line, WordingFault::NoLanguage(id.clone(), *language)));
            }
        }
    }
}

/// Where a wording could be added to a file: after its last one.
fn last_line(check: &Check<'_>, file: &str, language: Language) -> u32 {
    let here = check.flow_set.prompts.iter().filter(|(id, _)| file_of(id, language) == file);
    here.filter_map(|(_, prompt)| prompt.wording.get(&language)).map(|wording| wording.line).max().unwrap_or(1)
}

fn unused(check: &mut Check<'_>, needed: &BTreeMap<PromptId, BTreeMap<Language, (String, u32)>>) {
    let all_read = check.all_flows_whole();
    for (id, prompt) in check.flow_set.prompts.iter().filter(|(id, _)| !needed.contains_key(*id)) {
        if !all_read {
            continue;
        }
        if let Some((language, wording)) = prompt.wording.iter().next() {
            let fault = WordingFault::Unused(id.clone(), prompt.wording.keys().copied().collect());
            check.findings.push(Finding::new(file_of(id, *language), wording.line, fault));
        }
    }
}

/// Every gap can be filled, and is the same in each language and in the reading.
fn gaps(check: &mut Check<'_>, id: &PromptId, prompt: &Prompt, file: &str, wording: &Wording) {
    let known: &[&'static str] = match id.as_str() {
        "shared.spoken_temperature" => &["whole", "tenth"],
        "shared.spoken_percent" => &["number"],
        "shared.spoken_temperature_whole" => &["whole"],
        "shared.spoken_until" => &["month", "day", "time"],
        "shared.time_noon" | "shared.time_midnight" => &[],
        "shared.time_hour_one" | "shared.time_hour" => &["hour"],
        "shared.time_am" | "shared.time_pm" | "shared.time_night" => &["hour"],
        "shared.time_am_minutes" | "shared.time_pm_minutes" | "shared.time_night_minutes" => &["hour", "minute"],
        // It is also said when nothing else can be read.
        "shared.system_failure" => &["health_call_number"],
        _ => &GAPS,
    };
    let mut find = |fault| check.findings.push(Finding::new(file, wording.line, fault));
    let (Some(gaps), Some(spoken)) = (gaps_of(&wording.text), gaps_of(wording.spoken())) else {
        return find(WordingFault::Bracket(id.clone()));
    };
    let on_forms = [Some(wording.on_form()), wording.easy.as_ref()];
    if on_forms.into_iter().flatten().any(|form| gaps_of(form).is_none_or(|shown| !shown.is_subset(&gaps))) {
        find(WordingFault::FormGap(id.clone(), owned(&gaps)));
    }
    if gaps != spoken {
        find(WordingFault::ReadingGaps(id.clone(), owned(&gaps)));
    }
    let is_value = ["shared.spoken_", "shared.time_"].iter().any(|group| id.as_str().starts_with(group));
    if is_value && gaps.len() != known.len() {
        find(WordingFault::PartOfValue(id.clone(), owned(&known.iter().copied().collect())));
    }
    let first = prompt.wording.values().next().and_then(|first| gaps_of(&first.text));
    if let Some(first) = first.filter(|first| *first != gaps) {
        let language = prompt.wording.keys().next().copied().unwrap_or_default();
        find(WordingFault::OtherGaps(id.clone(), language, owned(&first)));
    }
    for gap in gaps.iter().filter(|gap| !known.contains(gap)) {
        let fault = WordingFault::UnknownGap(id.clone(), (*gap).into(), known.to_vec());
        let finding = Finding::new(file, wording.line, fault);
        check.findings.push(finding.meant(closest(gap, known.iter().copied())));
    }
}

fn owned(gaps: &BTreeSet<&str>) -> Vec<Box<str>> {
    gaps.iter().map(|gap| Box::from(*gap)).collect()
}

/// A duration for people.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few seconds, and the cast saturates")]
fn whole(seconds: f64) -> u32 {
    seconds.round() as u32
}

/// The names in brackets; `None` if a bracket is unmatched.
fn gaps_of(text: &str) -> Option<BTreeSet<&str>> {
    let mut parts = text.split('{');
    let mut gaps = BTreeSet::new();
    if parts.next()?.contains('}') {
        return None;
    }
    for part in parts {
        let (gap, rest) = part.split_once('}')?;
        if rest.contains('}') {
            return None;
        }
        gaps.insert(gap);
    }
    Some(gaps)
}

fn folder_of(id: &PromptId) -> String {
    let folder = id.as_str().split('.').next().unwrap_or_default();
    format!("{folder}/prompts/")
}

fn file_of(id: &PromptId, language: Language) -> String {
    format!("{}{language}.toml", folder_of(id))
}
