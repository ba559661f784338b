//! What a person answered to the health survey, in words for staff.

use jiff::ZonedDateTime;

use crate::domain::{Chosen, Offered};
use crate::service::SurveyView;
use crate::translations::{Message, Separator, message};
use crate::web::console::times;
use crate::web::pages::survey::{illness, risk};

/// The answers.
pub(super) struct SurveyWords {
    pub(super) at: String,
    pub(super) height: Message,
    pub(super) weight: Message,
    pub(super) illnesses: Message,
    pub(super) besides: Option<String>,
    pub(super) risks: Message,
}

impl SurveyWords {
    pub(super) fn of(view: &SurveyView, now: &ZonedDateTime) -> Self {
        let survey = &view.survey;
        let measured = |value: Option<String>, unit: &str| {
            value.map_or_else(left_out, |value| message!("verbatim", text = format!("{value} {unit}")))
        };
        Self {
            at: times::clock_time(view.at, now),
            height: measured(survey.height.map(|height| height.expose()), "cm"),
            weight: measured(survey.weight.map(|weight| weight.expose()), "kg"),
            illnesses: listed(survey.illnesses.as_ref(), illness),
            besides: survey.besides.as_ref().map(|besides| besides.expose().to_owned()),
            risks: listed(survey.risks.as_ref(), risk),
        }
    }
}

fn left_out() -> Message {
    message!("survey-left-out")
}

fn listed<T: Offered>(chosen: Option<&Chosen<T>>, name: impl Fn(T) -> Message) -> Message {
    match chosen {
        None => left_out(),
        Some(none) if none.is_empty() => message!("survey-none-of-these"),
        Some(chosen) => {
            let names = chosen.iter().map(|offered| name(*offered)).collect();
            message!("survey-listed", names = crate::translations::Argument::Joined(Separator::Words, names))
        }
    }
}
