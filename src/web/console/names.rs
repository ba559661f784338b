//! What the pages call who did something: the program itself has no name.

use crate::domain::Actor;
use crate::translations::{Message, message};

/// Who did something, by the name in the audit trail.
pub(super) fn actor(name: &str) -> Message {
    match name {
        name if name == Actor::System.name() => message!("words-automatic"),
        "patient" => message!("words-person-self"),
        "report link" => message!("words-report-link"),
        name => message!("verbatim", text = name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Language;

    #[test]
    fn what_the_program_did_has_no_made_up_name() {
        let said = ["kenkocall", "patient", "見本 直子"].map(|name| actor(name).text(Language::Japanese));
        assert_eq!(said, ["自動", "本人", "見本 直子"]);
    }
}
