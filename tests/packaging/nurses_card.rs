//! The card for nurses: its content is correct, and the page to print has the same content.

use kenkocall::domain::AlertKind;

use crate::{is_understood, quoted, text};

const CARD: &str = "docs/nurses-card.ja.md";
const PAGE: &str = "docs/nurses-card.ja.html";

fn commands(card: &str) -> Vec<String> {
    let alone = card.lines().filter_map(|line| line.strip_prefix("    "));
    let within = quoted(card).filter(|words| words.starts_with("kenkocall "));
    alone.chain(within).map(str::to_owned).collect()
}

#[test]
fn the_commands_on_the_card_are_the_programs() {
    let commands = commands(&text(CARD));
    assert!(commands.len() > 10, "{commands:?}");
    for command in commands {
        let command = command.replace("警報のID", "0192f0c1-7f3a-7c11-8d5b-3b1f6a2c9e04").replace(" ID", " 01234567");
        is_understood(&command);
    }
}

#[test]
fn the_card_names_alerts_that_exist_the_red_ones_first() {
    let card = text(CARD);
    let rows = card.lines().filter(|line| line.starts_with("| "));
    let named: Vec<AlertKind> = rows.filter_map(|row| AlertKind::from_code(quoted(row).next()?)).collect();
    assert_eq!(named.first(), Some(&AlertKind::RedAnswer));
    for kind in [
        AlertKind::CallBack,
        AlertKind::Unanswered,
        AlertKind::Missed,
        AlertKind::StopRequest,
        AlertKind::StopUnconfirmed,
        AlertKind::WrongNumber,
    ] {
        assert!(named.contains(&kind), "the card doesn't say what to do about {}", kind.code());
    }
}

/// The text of a page without its tags.
fn untagged(page: &str) -> String {
    let body = page.split("<body>").nth(1).expect("a body");
    let text: String =
        body.split('<').filter_map(|part| Some(part.split_once('>')?.1)).collect::<Vec<_>>().join("\u{1}");
    text.replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">")
}

#[test]
fn the_page_to_print_says_what_the_card_says() {
    let page = untagged(&text(PAGE)).replace('\u{1}', "");
    let mut compared = 0;
    for line in text(CARD).lines().filter(|line| !line.starts_with("| ---")) {
        for said in line.trim_start_matches(['#', ' ', '-']).trim_matches('|').split('|') {
            let said = said.split("[印刷用").next().unwrap_or_default().replace('`', "");
            assert!(page.contains(said.trim()), "the page to print lacks: {said}");
            compared += 1;
        }
    }
    assert!(compared > 60, "{compared} texts were compared");
}
