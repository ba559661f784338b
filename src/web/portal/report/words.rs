//! What somebody writes in their own words, beside the answers.

use crate::domain::{ReportText, ReportTextError};
use crate::service::{Reporter, ServiceError, write_text};
use crate::translations::{Message, message};
use crate::web::portal::form::Mistakes;
use crate::web::portal::visit::Visit;

/// Stores what was written. The error says how long it is.
pub(super) async fn write_words(
    visit: &Visit,
    reporter: &Reporter,
    typed: &str,
) -> Result<Result<(), Mistakes>, ServiceError> {
    match ReportText::parse(typed) {
        Ok(None) => Ok(Ok(())),
        Ok(Some(words)) => {
            // Who can't report any more learns it from the answers.
            let _end = write_text(&visit.portal.context, reporter, &words).await?;
            Ok(Ok(()))
        }
        Err(error) => Ok(Err(Mistakes::one("words", too_long(error)))),
    }
}

fn too_long(ReportTextError { count }: ReportTextError) -> Message {
    message!("portal-words-too-long", count = count.to_string(), most = ReportText::LONGEST.to_string())
}
