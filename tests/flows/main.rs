//! The flow documents: what is read from them, and that each mistake of their author is found in the right place.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, reason = "tests")]

/// A snapshot without the expression that produced it, because the text already contains the mistakes.
macro_rules! assert_told {
    ($told:expr) => {
        insta::with_settings!({ omit_expression => true }, { insta::assert_snapshot!($told) })
    };
}

use kenkocall::commands::messages::Advice;
use kenkocall::domain::Language;
use kenkocall::flow::Finding;

/// A finding in English.
fn told(finding: &Finding) -> String {
    let Advice { what, todo } = Advice::of(finding);
    let sentence = |message: kenkocall::translations::Message| {
        message.checked_text(Language::Japanese).expect("it is written in Japanese");
        message.checked_text(Language::English).expect("it is written in English")
    };
    let (what, todo) = (sentence(what), sentence(todo));
    let stop = if todo.ends_with('?') { "" } else { "." };
    format!("{}:{}: {what}. {todo}{stop}", finding.file, finding.line)
}

mod built_in;
mod call_time;
mod centre_names;
mod check;
mod draw;
mod forms;
mod keying;
mod parse;
mod spoken_times;
mod stopped_reports;
