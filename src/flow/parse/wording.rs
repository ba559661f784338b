//! Reads one language's wording of one flow: `id = "text"` or
//! `id = { text = "…", reading = "…", form = "…" }`.

use std::collections::BTreeMap;

use super::table::{Source, Table, Value};
use crate::domain::Language;
use crate::flow::finding::did_you_mean;
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
        let known = format!("Name the file after one of the languages: {}", tags.join(", "));
        source.find(1, format!("there is no language `{tag}`"), did_you_mean(tag, tags, known));
        return;
    };
    let Some(tree) = source.tree(text) else { return };
    for (id, value) in Table::new(source, tree.get_ref(), 1, "the wording".into()).rows() {
        if let Some(wording) = one(value, id) {
            let id = PromptId::from(format!("{folder}.{id}").as_str());
            prompts.entry(id).or_default().wording.insert(language, wording);
        }
    }
}

fn one(value: Value<'_>, id: &str) -> Option<Wording> {
    if value.is_text() {
        return Some(Wording { text: value.text()?.into(), reading: None, form: None, line: value.line });
    }
    let table = value.table(format!("the prompt `{id}`"))?;
    let text = table.need("text", "Add `text = \"…\"`").and_then(|text| text.text());
    let reading = table.get("reading").and_then(|reading| reading.text());
    let form = table.get("form").and_then(|form| form.text());
    table.finish();
    let (reading, form) = (reading.map(Into::into), form.map(Into::into));
    Some(Wording { text: text?.into(), reading, form, line: value.line })
}
