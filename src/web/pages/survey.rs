//! The health survey in words, for the portal's form and for staff.

use crate::domain::{Illness, RiskFactor};
use crate::translations::{Message, message};

/// The name of an illness.
pub(in crate::web) fn illness(illness: Illness) -> Message {
    match illness {
        Illness::Cancer => message!("survey-cancer"),
        Illness::Lungs => message!("survey-lungs"),
        Illness::Heart => message!("survey-heart"),
        Illness::Stroke => message!("survey-stroke"),
        Illness::BloodPressure => message!("survey-blood-pressure"),
        Illness::Diabetes => message!("survey-diabetes"),
        Illness::Lipids => message!("survey-lipids"),
        Illness::Kidneys => message!("survey-kidneys"),
        Illness::Liver => message!("survey-liver"),
    }
}

/// The name of a risk factor.
pub(in crate::web) fn risk(risk: RiskFactor) -> Message {
    match risk {
        RiskFactor::Smoking => message!("survey-smoking"),
        RiskFactor::Pregnancy => message!("survey-pregnancy"),
        RiskFactor::Immunosuppression => message!("survey-immunosuppression"),
        RiskFactor::Transplant => message!("survey-transplant"),
        RiskFactor::Dialysis => message!("survey-dialysis"),
    }
}
