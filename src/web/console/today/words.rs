//! What an alert says to staff: the answer itself, or what happened.

use crate::domain::{AlertKind, Answer, ClosingReason, Item, Severity, YesNo};
use crate::service::{Reached, ShownAlert};
use crate::translations::{Message, message};

/// What an alert is about.
pub(in crate::web::console) fn of(shown: &ShownAlert) -> Message {
    match shown.corrected {
        Some(corrected) => {
            let is = ShownAlert { answer: Some(corrected), corrected: None, ..shown.clone() };
            let was = shown.answer.map_or_else(|| message!("today-was-without-answer"), value_of);
            message!("today-corrected", now = said(&is), before = was)
        }
        None => said(shown),
    }
}

/// An answer without its question.
fn value_of(answer: Answer) -> Message {
    match answer {
        Answer::Temperature(Some(_)) | Answer::Saturation(Some(_)) => {
            message!("today-value", value = answer.exported())
        }
        Answer::YesNo(answer) => answer_name(answer),
        Answer::Temperature(None) | Answer::Saturation(None) => message!("today-not-measured"),
    }
}

fn said(shown: &ShownAlert) -> Message {
    match (shown.alert.item, shown.answer) {
        (Some(_), Some(Answer::Temperature(Some(value)))) => {
            message!("console-value-temperature", value = value.to_string())
        }
        (Some(_), Some(answer @ Answer::Saturation(Some(_)))) => {
            message!("console-value-saturation", value = answer.exported())
        }
        (Some(item), Some(Answer::YesNo(answer))) => {
            message!("console-value-answer", item = item_name(item), answer = answer_name(answer))
        }
        (Some(item), Some(Answer::Temperature(None) | Answer::Saturation(None))) => {
            message!("console-value-answer", item = item_name(item), answer = message!("today-not-measured"))
        }
        (Some(item), _) => item_name(item),
        (None, _) if shown.reached == Reached::Partly => message!("today-partly-answered"),
        (None, _) => kind_name(shown.alert.kind),
    }
}

/// The name of an answer to a question of yes or no.
pub(in crate::web::console) fn answer_name(answer: YesNo) -> Message {
    match answer {
        YesNo::Yes => message!("console-yes"),
        YesNo::No => message!("console-no"),
        YesNo::Unknown => message!("console-dont-know"),
    }
}

/// The name of a severity.
pub(in crate::web::console) fn severity_name(severity: Severity) -> Message {
    match severity {
        Severity::Red => message!("console-red"),
        Severity::Amber => message!("console-amber"),
        Severity::Note | Severity::None => message!("console-note"),
    }
}

/// The short name of an item of the questionnaire.
pub(in crate::web::console) fn item_name(item: Item) -> Message {
    match item {
        Item::BodyTemperature => message!("console-item-body-temperature"),
        Item::Spo2 => message!("console-item-spo2"),
        Item::Complexion => message!("console-item-complexion"),
        Item::CoughOrRunnyNose => message!("console-item-cough-or-runny-nose"),
        Item::Breathlessness => message!("console-item-breathlessness"),
        Item::BreathlessnessSevere => message!("console-item-breathlessness-severe"),
        Item::Fatigue => message!("console-item-fatigue"),
        Item::NauseaOrVomiting => message!("console-item-nausea-or-vomiting"),
        Item::Diarrhoea => message!("console-item-diarrhoea"),
        Item::Drowsiness => message!("console-item-drowsiness"),
        Item::UnableToEat => message!("console-item-unable-to-eat"),
        Item::NoUrine => message!("console-item-no-urine"),
    }
}

/// What happened.
fn kind_name(kind: AlertKind) -> Message {
    match kind {
        AlertKind::RedAnswer => message!("console-kind-red-answer"),
        AlertKind::AmberAnswer => message!("today-amber-answer"),
        AlertKind::CallBack => message!("console-kind-call-back"),
        AlertKind::StopRequest => message!("console-kind-stop-request"),
        AlertKind::StopUnconfirmed => message!("console-kind-stop-unconfirmed"),
        AlertKind::NoticeStop => message!("notice-stop-kind"),
        AlertKind::Guessing => message!("console-kind-guessing"),
        AlertKind::MassGuessing => message!("console-kind-mass-guessing"),
        AlertKind::CentrePhone => message!("console-kind-centre-phone"),
        AlertKind::Unanswered => message!("console-kind-unanswered"),
        AlertKind::Missed => message!("console-kind-missed"),
        AlertKind::WrongNumber => message!("console-kind-wrong-number"),
        AlertKind::UnknownCall => message!("console-kind-unknown-call"),
        AlertKind::Dialling => message!("console-kind-dialling"),
        AlertKind::DayLimit => message!("console-kind-day-limit"),
        AlertKind::Unspoken => message!("console-kind-unspoken"),
        AlertKind::Forged => message!("console-kind-forged"),
    }
}

/// The name of a reason for closing.
pub(in crate::web::console) fn reason_name(reason: ClosingReason) -> Message {
    match reason {
        ClosingReason::Spoke => message!("console-reason-spoke"),
        ClosingReason::Handed => message!("console-reason-handed"),
        ClosingReason::Ambulance => message!("console-reason-ambulance"),
        ClosingReason::Visited => message!("console-reason-visited"),
        ClosingReason::Nothing => message!("console-reason-nothing"),
        ClosingReason::Other => message!("console-reason-other"),
    }
}
