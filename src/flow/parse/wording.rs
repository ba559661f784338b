//! Reads one language's wording of one flow: `id = "text"` or
//! `id = { text = "…", reading = "…", form = "…", easy = "…" }`.

use std::collections::BTreeMap;

use super::table::{Source, Table, Value};
use crate::domain::Language;
use crate::flow::fault::{FileFault, Part, Required};
use crate::flow::finding::closest;
use crate::flow::{Prompt, PromptId, Wording};

pub(super) fn read(
    source: &Source<'_>,
    text: &str,
    folder: &str,
    file: &str,
    prompts: &mut BTreeMap<PromptId, Prompt>,
) {
    let tag = file.trim_end_matches(".toml");
    let Some(language) = Language::ALL.into_iter().find(|language| language.tag() == tag) else {
        let tags = Language::ALL.map(Language::tag);
        source.find_word(1, FileFault::UnknownLanguage(tag.into()), closest(tag, tags));
        return;
    };
    let Some(tree) = source.tree(text) else { return };
    for (id, value) in Table::new(source, tree.get_ref(), 1, Part::Wording).rows() {
        if let Some(wording) = one(value, id) {
            let id = PromptId::from(format!("{folder}.{id}").as_str());
            prompts.entry(id).or_default().wording.insert(language, wording);
        }
    }
}

fn one(value: Value<'_>, id: &str) -> Option<Wording> {
    if value.is_text() {
        return Some(Wording { text: value.text()?.into(), reading: None, form: None, easy: None, line: value.line });
    }
    let table = value.table(Part::Prompt(id.into()))?;
    let text = table.need(Required::Text).and_then(|text| text.text());
    let reading = table.get("reading").and_then(|reading| reading.text());
    let form = table.get("form").and_then(|form| form.text());
    let easy = table.get("easy").and_then(|easy| easy.text());
    table.finish();
    let (reading, form, easy) = (reading.map(Into::into), form.map(Into::into), easy.map(Into::into));
    Some(Wording { text: text?.into(), reading, form, easy, line: value.line })
}
