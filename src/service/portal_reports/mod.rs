//! Reports in the portal: by an account, or by a personal link without one. The questionnaire, its grading and what
//! follows are those of the phone lines. A report that was begun by phone is finished here, and the reverse.

mod form;
mod link_sms;
mod links;
mod opening;
mod recording;
mod reporter;
mod sending;
mod texts;

pub use form::{FormView, begin_again, report_form};
pub(in crate::service) use link_sms::report_link_sms;
pub use links::{LinkAsked, WhyNoLink, send_report_link};
pub use opening::{LinkOpened, LinkState, look_at_link, open_link};
pub use reporter::{Reporter, ReportingEnd};
pub use sending::{PageSent, PageTaken, StoredPage, send_page};
pub use texts::{TextWritten, write_text};
