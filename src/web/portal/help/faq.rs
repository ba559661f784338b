//! The questions of the ministry's FAQ (「My HER-SYS/自動架電/健康コールのよくあるお問い合わせ」), in its words.

use crate::translations::{Message, message};

/// Questions about one thing.
pub(super) struct Section {
    /// Its id on the page.
    pub(super) id: &'static str,
    /// Its heading.
    pub(super) heading: Message,
    /// The questions.
    pub(super) questions: Vec<Asked>,
}

/// A question and its answer.
pub(super) struct Asked {
    /// Its id on the page.
    pub(super) id: &'static str,
    /// The question.
    pub(super) question: Message,
    /// The paragraphs of the answer.
    pub(super) answers: Vec<Message>,
}

fn asked(id: &'static str, question: Message, answers: Vec<Message>) -> Asked {
    Asked { id, question, answers }
}

/// All questions. `line` is the number of the health-call line, and `mail_from` the address that e-mails come from.
pub(super) fn sections(line: Option<&str>, mail_from: Option<&str>) -> Vec<Section> {
    let line = line.map_or_else(|| message!("help-ask-centre"), |line| message!("verbatim", text = line));
    let domain = mail_from.and_then(|from| from.split_once('@')).map(|(_, domain)| format!("@{domain}"));
    let domain = domain.map_or_else(|| message!("help-our-address"), |domain| message!("verbatim", text = domain));
    vec![
        Section { id: "log-in", heading: message!("help-log-in"), questions: log_in(&domain) },
        Section { id: "report", heading: message!("help-report"), questions: report(&line) },
        Section { id: "calls", heading: message!("help-about-calls"), questions: calls() },
        Section { id: "certificate", heading: message!("help-certificate"), questions: certificate() },
        Section { id: "centre", heading: message!("help-centre"), questions: centre() },
    ]
}

fn log_in(domain: &Message) -> Vec<Asked> {
    vec![
        asked(
            "code-missing",
            message!("help-log-in-code-missing"),
            vec![
                message!("help-log-in-code-missing-1"),
                message!("help-log-in-code-missing-2", domain = domain.clone()),
            ],
        ),
        asked(
            "code-wrong",
            message!("help-log-in-code-wrong"),
            vec![message!("help-log-in-code-wrong-1"), message!("help-log-in-code-wrong-2")],
        ),
        asked("id-taken", message!("help-log-in-id-taken"), vec![message!("help-log-in-id-taken-1")]),
        asked(
            "account-unknown",
            message!("help-log-in-account-unknown"),
            vec![message!("help-log-in-account-unknown-1"), message!("help-log-in-account-unknown-2")],
        ),
        asked(
            "error",
            message!("help-log-in-error"),
            vec![message!("help-log-in-error-1"), message!("help-log-in-error-2")],
        ),
        asked(
            "hersys-id",
            message!("help-log-in-hersys-id"),
            vec![message!("help-log-in-hersys-id-1"), message!("help-log-in-hersys-id-2")],
        ),
        asked(
            "mismatch",
            message!("help-log-in-mismatch"),
            vec![message!("help-log-in-mismatch-1"), message!("help-log-in-mismatch-2")],
        ),
        asked(
            "name",
            message!("help-log-in-name"),
            vec![message!("help-log-in-name-1"), message!("help-log-in-name-2")],
        ),
        asked("family", message!("help-log-in-family"), vec![message!("help-log-in-family-1")]),
    ]
}

fn report(line: &Message) -> Vec<Asked> {
    vec![
        asked(
            "past",
            message!("help-report-past"),
            vec![message!("help-report-past-1"), message!("help-report-past-2")],
        ),
        asked(
            "other-ways",
            message!("help-report-other-ways"),
            vec![message!("help-report-other-ways-1"), message!("help-report-other-ways-2", line = line.clone())],
        ),
        asked(
            "hung-up",
            message!("help-report-hung-up"),
            vec![message!("help-report-hung-up-1", line = line.clone()), message!("help-report-hung-up-2")],
        ),
        asked(
            "family-call",
            message!("help-report-family-call"),
            vec![message!("help-report-family-call-1"), message!("help-report-family-call-2", line = line.clone())],
        ),
        asked(
            "family-line",
            message!("help-report-family-line"),
            vec![message!("help-report-family-line-1"), message!("help-report-family-line-2", line = line.clone())],
        ),
    ]
}

fn calls() -> Vec<Asked> {
    vec![
        asked("notices", message!("help-calls-notices"), steps(vec![message!("help-calls-notices-1")], None)),
        asked(
            "stop",
            message!("help-calls-stop"),
            steps(
                vec![message!("help-calls-stop-1"), message!("help-calls-stop-2")],
                Some(message!("help-calls-stop-3")),
            ),
        ),
        asked("number", message!("help-calls-number"), vec![message!("help-calls-number-1")]),
    ]
}

/// How to ask in the portal that notices stop, after these sentences and before this one.
fn steps(before: Vec<Message>, after: Option<Message>) -> Vec<Message> {
    let steps = [
        message!("help-calls-ask-1"),
        message!("help-calls-ask-2"),
        message!("help-calls-ask-3"),
        message!("help-calls-ask-4"),
        message!("help-calls-ask-5"),
    ];
    before.into_iter().chain(steps).chain(after).collect()
}

fn certificate() -> Vec<Asked> {
    vec![
        asked(
            "no-button",
            message!("help-certificate-no-button"),
            vec![
                message!("help-certificate-no-button-1"),
                message!("help-certificate-no-button-2"),
                message!("help-certificate-no-button-3"),
            ],
        ),
        asked("period", message!("help-certificate-period"), vec![message!("help-certificate-period-1")]),
        asked("wrong", message!("help-certificate-wrong"), vec![message!("help-certificate-wrong-1")]),
        asked("second", message!("help-certificate-second"), vec![message!("help-certificate-second-1")]),
        asked("print", message!("help-certificate-print"), vec![message!("help-certificate-print-1")]),
    ]
}

fn centre() -> Vec<Asked> {
    vec![
        asked("no-sms", message!("help-centre-no-sms"), vec![message!("help-centre-answer")]),
        asked("my-id", message!("help-centre-my-id"), vec![message!("help-centre-answer")]),
        asked("input-wrong", message!("help-centre-input-wrong"), vec![message!("help-centre-answer")]),
        asked("want-calls", message!("help-centre-want-calls"), vec![message!("help-centre-answer")]),
        asked("still-called", message!("help-centre-still-called"), vec![message!("help-centre-answer")]),
        asked("certificate-wrong", message!("help-centre-certificate-wrong"), vec![message!("help-centre-answer")]),
    ]
}
