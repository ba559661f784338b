//! Help (/help): the questions of the FAQ, where to turn, which messages are ours, and how accessible the pages are.
//! For anybody.

mod accessibility;
mod faq;
mod messages;
mod page;
mod turn;

use std::sync::Arc;

use axum::Router;
use axum::routing::get;

use super::Portal;
use crate::domain::PhoneNumber;

/// Whom people may phone, and from where they get messages.
#[derive(Debug, Clone, Default)]
pub struct HelpSettings {
    /// 一般の方専用相談窓口
    pub people_desk: Option<PhoneNumber>,
    /// 自治体・保健所・医療機関向け専用相談窓口
    pub staff_desk: Option<PhoneNumber>,
    /// The number that automated calls come from.
    pub caller_number: Option<PhoneNumber>,
    /// The address that e-mails come from.
    pub mail_from: Option<String>,
}

/// The pages of help.
pub(super) fn routes() -> Router<Arc<Portal>> {
    Router::new()
        .route("/help", get(page::handler))
        .route("/help/centre", get(turn::handler).post(turn::submit))
        .route("/help/messages", get(messages::handler))
        .route("/help/accessibility", get(accessibility::handler))
}
