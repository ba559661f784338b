//! What somebody writes in their own words, beside the answers.

use crate::domain::{ReportText, ReportTextError};
use crate::service::{Reporter, ReportingEnd, ServiceError, TextWritten, write_text};
use crate::translations::{Message, message};
use crate::web::portal::form::{Fields, Mistakes};
use crate::web::portal::visit::Visit;

/// Why words aren't stored.
pub(super) enum Refused {
    /// They can't be stored as they are.
    Words(Mistakes),
    /// The page was of another form.
    End(ReportingEnd),
}

/// What was written on a page. The error says how long it is.
pub(super) fn read_words(fields: &Fields) -> Result<Option<ReportText>, Mistakes> {
    ReportText::parse(fields.get("words")).map_err(|error| Mistakes::one("words", too_long(error)))
}

/// What is said of words beyond what a report has.
pub(super) fn too_many() -> Mistakes {
    Mistakes::one("words", message!("portal-words-too-many"))
}

/// Stores what was written on a page. The error says why it can't be stored.
pub(super) async fn write_words(
    visit: &Visit,
    reporter: &Reporter,
    fields: &Fields,
) -> Result<Result<(), Refused>, ServiceError> {
    match read_words(fields) {
        Ok(None) => Ok(Ok(())),
        Ok(Some(words)) => {
            let form = fields.get("form").parse().ok();
            Ok(match write_text(&visit.portal.context, reporter, form, &words).await? {
                TextWritten::TooMany => Err(Refused::Words(too_many())),
                TextWritten::End(over @ ReportingEnd::OtherForm) => Err(Refused::End(over)),
                // Who can't report any more learns it from the answers.
                TextWritten::Stored | TextWritten::End(ReportingEnd::Unknown | ReportingEnd::Ended(_)) => Ok(()),
            })
        }
        Err(mistakes) => Ok(Err(Refused::Words(mistakes))),
    }
}

fn too_long(ReportTextError { count }: ReportTextError) -> Message {
    message!("portal-words-too-long", count = count.to_string(), most = ReportText::LONGEST.to_string())
}
