//! The forms of a page as a browser reads and sends them, and all forms that somebody finds by following links.

use std::collections::{BTreeMap, VecDeque};

use crate::site::Visitor;

/// Where a text is typed, or something is chosen.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    Typed,
    Secret,
    Hidden,
    Chosen,
}

/// A field with the value that a browser would send.
#[derive(Clone, Debug)]
pub struct Field {
    pub name: String,
    pub kind: Kind,
    pub value: String,
}

/// A form that is sent.
#[derive(Clone, Debug)]
pub struct Form {
    pub action: String,
    pub fields: Vec<Field>,
    /// The buttons with a name, or one without.
    pub buttons: Vec<Option<(String, String)>>,
}

/// A form, and the page on which it stands.
#[derive(Clone, Debug)]
pub struct Found {
    pub page: String,
    pub form: Form,
}

impl Form {
    /// The fields into which something is typed.
    pub fn typed(&self) -> impl Iterator<Item = &Field> {
        self.fields.iter().filter(|field| field.kind == Kind::Typed)
    }

    /// What a browser sends, with other values in some fields.
    pub fn sent(&self, button: usize, values: &[(&str, &str)]) -> Vec<(String, String)> {
        let pressed = self.buttons.get(button).cloned().flatten();
        let fields = self.fields.iter().map(|field| {
            let value = values.iter().find(|(name, _)| *name == field.name).map_or(&*field.value, |(_, value)| *value);
            (field.name.clone(), value.to_owned())
        });
        fields.chain(pressed).collect()
    }

    /// Sends them.
    pub async fn send(&self, visitor: &mut Visitor, button: usize, values: &[(&str, &str)]) {
        let fields = self.sent(button, values);
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (&**name, &**value)).collect();
        visitor.post_only(&self.action, &fields).await;
    }
}

/// A text as browsers read it.
fn read(text: &str) -> String {
    let text = text.replace("&#60;", "<").replace("&#62;", ">").replace("&#34;", "\"").replace("&#39;", "'");
    text.replace("&#38;", "&")
}

fn value_of(tag: &str, name: &str) -> Option<String> {
    let after = tag.split(&format!(" {name}=\"")).nth(1)?;
    Some(read(after.split('"').next()?))
}

fn is_marked(tag: &str, mark: &str) -> bool {
    tag.split(['"', '>']).any(|part| part.split(' ').any(|word| word == mark))
}

/// The forms of a page that are sent, without those of the header.
pub fn forms_of(page: &str) -> Vec<Form> {
    let main = page.split("<main").nth(1).unwrap_or_default();
    let all = main.split("<form ").skip(1).filter_map(|rest| rest.split("</form>").next());
    all.filter(|form| form.split('>').next().is_some_and(|tag| tag.contains("method=\"post\""))).map(form_of).collect()
}

fn form_of(text: &str) -> Form {
    let action = value_of(&format!(" {text}"), "action").unwrap_or_default();
    let mut form = Form { action, fields: Vec::new(), buttons: Vec::new() };
    let mut select: Option<Field> = None;
    for part in text.split('<').skip(1) {
        let (tag, after) = part.split_once('>').unwrap_or((part, ""));
        let name = value_of(tag, "name");
        if tag.starts_with("/select") {
            form.fields.extend(select.take());
        } else if tag.starts_with("option")
            && let Some(select) = &mut select
            && (select.value.is_empty() || is_marked(tag, "selected"))
        {
            select.value = value_of(tag, "value").unwrap_or_default();
        } else if let (true, Some(name)) = (tag.starts_with("select"), &name) {
            select = Some(Field { name: name.clone(), kind: Kind::Chosen, value: String::new() });
        } else if let (true, Some(name)) = (tag.starts_with("textarea"), &name) {
            let value = read(after.strip_prefix('\n').unwrap_or(after));
            form.fields.push(Field { name: name.clone(), kind: Kind::Typed, value });
        } else if tag.starts_with("button") && value_of(tag, "type").as_deref() != Some("button") {
            form.buttons.push(name.map(|name| (name, value_of(tag, "value").unwrap_or_default())));
        } else if let (true, Some(name)) = (tag.starts_with("input"), name) {
            input(&mut form, tag, name);
        }
    }
    form.buttons.dedup();
    form
}

fn input(form: &mut Form, tag: &str, name: String) {
    let value = value_of(tag, "value").unwrap_or_default();
    match value_of(tag, "type").as_deref().unwrap_or("text") {
        "hidden" => form.fields.push(Field { name, kind: Kind::Hidden, value }),
        "password" => form.fields.push(Field { name, kind: Kind::Secret, value }),
        "radio" => match form.fields.iter_mut().find(|field| field.name == name) {
            Some(field) if is_marked(tag, "checked") => field.value = value,
            // Somebody chooses one.
            Some(_) => {}
            None => form.fields.push(Field { name, kind: Kind::Chosen, value }),
        },
        "checkbox" if is_marked(tag, "checked") => form.fields.push(Field { name, kind: Kind::Chosen, value }),
        "checkbox" | "file" | "submit" => {}
        _ => form.fields.push(Field { name, kind: Kind::Typed, value }),
    }
}

/// A path without what differs between people.
pub fn shape_of(path: &str) -> String {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let parts = path.split('/').map(|part| if part.len() == 36 { "{}" } else { part }).collect::<Vec<_>>();
    let names: Vec<&str> = query.split('&').filter_map(|pair| pair.split('=').next()).collect();
    format!("{}?{}", parts.join("/"), names.join("&"))
}

/// Pages that are files, or lead out.
const NO_PAGES: [&str; 7] = ["/export/", "/static/", "/language/", "/pdf", "/refused/", "/template/", "/log-"];

/// Follows links from a page, and returns all forms with something typed. Of pages and forms that differ only in
/// their ids, one is taken.
pub async fn found_from(visitor: &mut Visitor, start: &[String]) -> Vec<Found> {
    let mut waiting: VecDeque<String> = start.iter().cloned().collect();
    let mut seen: BTreeMap<String, String> = BTreeMap::new();
    let (mut found, mut actions) = (Vec::new(), std::collections::BTreeSet::new());
    while let Some(page) = waiting.pop_front() {
        if NO_PAGES.iter().any(|part| page.contains(part)) || seen.contains_key(&shape_of(&page)) {
            continue;
        }
        seen.insert(shape_of(&page), page.clone());
        if visitor.get(&page).await.status != 200 {
            continue;
        }
        let body = visitor.page.body.clone();
        let links = body.split("href=\"/console/").skip(1).filter_map(|rest| rest.split(['"', '#']).next());
        waiting.extend(links.map(|link| format!("/console/{}", read(link))));
        for form in forms_of(&body) {
            let names: Vec<&str> = form.typed().map(|field| &*field.name).collect();
            if !names.is_empty() && actions.insert((shape_of(&form.action), names.join(" "))) {
                found.push(Found { page: page.clone(), form });
            }
        }
    }
    found
}
