//! The sentences for people: each has the same values in every language, and what the program says is what the Fluent
//! files have.
#![allow(clippy::expect_used, clippy::panic, reason = "a test may stop at what it can't read")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};
use kenkocall::domain::{Language, PageLanguage};
use kenkocall::translations::{Message, files};
use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// The languages of the command line.
const LANGUAGES: [Language; 2] = [Language::English, Language::Japanese];

/// An entry of a Fluent file.
#[derive(Debug, Default)]
struct Sentence {
    /// The names of its values.
    values: BTreeSet<String>,
    /// What is in backticks or begins with a hyphen: commands and options, which no language changes.
    commands: BTreeMap<String, usize>,
}

fn sentences(language: impl Into<PageLanguage>) -> BTreeMap<String, (&'static str, Sentence)> {
    let language = language.into();
    let mut sentences = BTreeMap::new();
    for (file, text) in files(language) {
        let resource = fluent_syntax::parser::parse(text)
            .unwrap_or_else(|(_, errors)| panic!("translations/{}/{file}: {errors:?}", language.code()));
        for entry in resource.body {
            let Entry::Message(message) = entry else { continue };
            let pattern = message.value.expect("a message has text");
            let mut sentence = Sentence::default();
            let mut words = String::new();
            read(&pattern, &mut sentence, &mut words);
            for (nth, part) in words.split('`').enumerate() {
                if nth % 2 == 1 {
                    *sentence.commands.entry(part.to_owned()).or_default() += 1;
                }
            }
            let id = message.id.name.to_owned();
            let before = sentences.insert(id.clone(), (file, sentence));
            assert!(before.is_none(), "translations/{}: {id} is there twice", language.code());
        }
    }
    sentences
}

fn read(pattern: &Pattern<&str>, sentence: &mut Sentence, words: &mut String) {
    for element in &pattern.elements {
        match element {
            PatternElement::TextElement { value } => words.push_str(value),
            PatternElement::Placeable { expression } => read_expression(expression, sentence, words),
        }
    }
}

fn read_expression(expression: &Expression<&str>, sentence: &mut Sentence, words: &mut String) {
    let inline = match expression {
        Expression::Inline(inline) => inline,
        Expression::Select { selector, variants } => {
            for variant in variants {
                // A language has as many variants as it has plurals: their commands aren't counted.
                let mut apart = Sentence::default();
                read(&variant.value, &mut apart, &mut String::new());
                sentence.values.append(&mut apart.values);
            }
            selector
        }
    };
    match inline {
        InlineExpression::VariableReference { id } => {
            sentence.values.insert(id.name.to_owned());
            words.push_str(&format!("{{${}}}", id.name));
        }
        InlineExpression::StringLiteral { value } => words.push_str(value),
        InlineExpression::NumberLiteral { value } => words.push_str(value),
        other => panic!("{other:?}: sentences have values, plurals and text alone"),
    }
}

#[test]
fn each_sentence_is_in_each_language_with_the_same_values_and_commands() {
    let english = sentences(Language::English);
    let japanese = sentences(Language::Japanese);
    assert!(english.len() > 50, "{} sentences were read", english.len());
    let mut complaints = Vec::new();
    for id in english.keys().chain(japanese.keys()).collect::<BTreeSet<_>>() {
        match (english.get(id), japanese.get(id)) {
            (Some((file, one)), Some((other_file, other))) => {
                if file != other_file {
                    complaints.push(format!("{id} is in {file} and in {other_file}"));
                }
                if one.values != other.values {
                    complaints.push(format!("{id} has the values {:?} and {:?}", one.values, other.values));
                }
                if one.commands != other.commands {
                    complaints.push(format!("{id} has the commands {:?} and {:?}", one.commands, other.commands));
                }
            }
            (Some(_), None) => complaints.push(format!("{id} has no Japanese")),
            (None, _) => complaints.push(format!("{id} has no English")),
        }
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

/// The portal has eight languages, the command line and the console two. What a file of the other six lacks, a page
/// says in Japanese or English, so a file is there as a whole or not at all.
#[test]
fn what_the_other_languages_have_is_whole() {
    let english = sentences(Language::English);
    let mut complaints = Vec::new();
    for language in PageLanguage::ALL.into_iter().filter(|language| LANGUAGES.iter().all(|l| *language != (*l).into()))
    {
        let theirs = sentences(language);
        let files: BTreeSet<&str> = theirs.values().map(|(file, _)| *file).collect();
        let code = language.code();
        for (id, (file, sentence)) in &theirs {
            match english.get(id) {
                None => complaints.push(format!("{code}: {id} has no English")),
                Some((other, one)) if other != file || one.values != sentence.values => {
                    complaints.push(format!("{code}: {id} is in {file} with the values {:?}", sentence.values));
                }
                Some(_) => {}
            }
        }
        let lacking = english.iter().filter(|(id, (file, _))| files.contains(file) && !theirs.contains_key(*id));
        complaints.extend(lacking.map(|(id, (file, _))| format!("{code}/{file} lacks {id}")));
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

/// Every page of the portal is in all eight languages: what one of the other six has, all of them have.
#[test]
fn m15_the_other_six_languages_have_the_same_files() {
    let others = PageLanguage::ALL.into_iter().filter(|language| LANGUAGES.iter().all(|l| *language != (*l).into()));
    let files_of = |language: PageLanguage| files(language).into_iter().map(|(file, _)| file).collect::<BTreeSet<_>>();
    let found: BTreeMap<&str, BTreeSet<&str>> = others.map(|language| (language.code(), files_of(language))).collect();
    assert_eq!(found.len(), 6);
    let all: BTreeSet<&str> = found.values().flatten().copied().collect();
    for (code, theirs) in found {
        assert_eq!(theirs, all, "{code}");
    }
}

/// A `message!` or `text!` in the sources: its id and the names of its values.
struct Use {
    place: String,
    id: String,
    values: BTreeSet<String>,
}

fn rust_files(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            rust_files(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

fn uses(tokens: TokenStream, path: &Path, found: &mut Vec<Use>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    for (nth, token) in tokens.iter().enumerate() {
        let TokenTree::Group(group) = token else { continue };
        uses(group.stream(), path, found);
        let before = |back: usize| nth.checked_sub(back).and_then(|nth| tokens.get(nth)).map(ToString::to_string);
        let is_call = before(1).as_deref() == Some("!")
            && matches!(before(2).as_deref(), Some("message" | "text"))
            && group.delimiter() == Delimiter::Parenthesis;
        if !is_call {
            continue;
        }
        let inner: Vec<TokenTree> = group.stream().into_iter().collect();
        let Some(TokenTree::Literal(id)) = inner.first() else { continue };
        let mut values = BTreeSet::new();
        for window in inner.windows(3) {
            let [TokenTree::Punct(comma), TokenTree::Ident(name), TokenTree::Punct(equals)] = window else { continue };
            if comma.as_char() == ',' && equals.as_char() == '=' {
                values.insert(name.to_string());
            }
        }
        let place = format!("{}:{}", path.display(), id.span().start().line);
        found.push(Use { place, id: id.to_string().trim_matches('"').to_owned(), values });
    }
}

/// The sentences without values that the templates of the pages say: `l.say("ID")`.
fn said_by_templates(folder: &Path, found: &mut Vec<Use>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            said_by_templates(&path, found);
            continue;
        }
        let text = std::fs::read_to_string(&path).expect("a template");
        for (nth, line) in text.lines().enumerate() {
            let said = line.split("l.say(\"").skip(1).chain(line.split("l.plain(\"").skip(1));
            for said in said {
                let id = said.split('"').next().expect("an id").to_owned();
                found.push(Use { place: format!("{}:{}", path.display(), nth + 1), id, values: BTreeSet::new() });
            }
        }
    }
}

#[test]
fn what_the_program_says_is_what_the_files_have() {
    let mut paths = Vec::new();
    rust_files(Path::new("src"), &mut paths);
    let mut found = Vec::new();
    said_by_templates(Path::new("src/web/templates"), &mut found);
    assert!(found.len() > 50, "{} uses were read in templates", found.len());
    for path in &paths {
        let text = std::fs::read_to_string(path).expect("a source file");
        uses(text.parse().expect("Rust"), path, &mut found);
    }
    assert!(found.len() > 50, "{} uses were read", found.len());
    let known = sentences(Language::English);
    let mut complaints = Vec::new();
    for used in &found {
        match known.get(&used.id) {
            None => complaints.push(format!("{}: there is no {}", used.place, used.id)),
            Some((_, sentence)) if sentence.values != used.values => complaints.push(format!(
                "{}: {} has the values {:?}, and is given {:?}",
                used.place, used.id, sentence.values, used.values
            )),
            Some(_) => {}
        }
    }
    let said: BTreeSet<&str> = found.iter().map(|used| used.id.as_str()).collect();
    complaints.extend(
        known
            .keys()
            .filter(|id| !said.contains(id.as_str()) && !id.starts_with("help-"))
            .map(|id| format!("nothing says {id}")),
    );
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

#[test]
fn a_sentence_is_written_in_its_language_with_its_values() {
    let list = |count: u64| Message::new("patient-invalid-list").with("count", count);
    assert_eq!(list(1).text(Language::English), "nothing was imported: the list has 1 thing to mend");
    assert_eq!(list(12_345).text(Language::English), "nothing was imported: the list has 12345 things to mend");
    assert_eq!(list(2).text(Language::Japanese), "何も取り込みませんでした。名簿に直すところが2件あります");
    let nested = Message::new("patient-not-found-not-audited").with("why", Message::new("database-full"));
    for language in LANGUAGES {
        let text = nested.checked_text(language).expect("both are there");
        assert!(text.contains(&Message::new("database-full").text(language)), "{text}");
        assert!(!text.contains('\u{2068}'), "no isolating marks: {text}");
    }
}

#[test]
fn what_a_language_lacks_is_said_in_english_and_found_by_tests() {
    let message = Message::new("call-not-found");
    assert_eq!(message.text(Language::Korean), message.text(Language::English));
    assert!(message.checked_text(Language::Korean).is_err());
    let without_value = Message::new("patient-invalid-list");
    assert!(without_value.checked_text(Language::English).is_err());
    assert!(Message::new("no-such-message").checked_text(Language::Japanese).is_err());
    assert_eq!(Message::new("no-such-message").text(Language::Japanese), "no-such-message");
}
