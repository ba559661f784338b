//! このメッセージは本物ですか: every kind of message that we send, from where, and how to reach us without a link.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use crate::translations::{Message, message};
use crate::web::portal::layout::{Layout, Phone};
use crate::web::portal::visit::Visit;

#[derive(Template)]
#[template(path = "portal/messages.html", config = "src/web/askama.toml")]
struct Messages {
    l: Layout,
    /// The numbers that calls and messages come from.
    caller: Option<Phone>,
    mail_from: Option<String>,
    site: String,
    kinds: Vec<Kind>,
}

/// A kind of message.
struct Kind {
    name: Message,
    when: Message,
    /// Its text.
    text: Vec<Message>,
}

pub(super) async fn handler(visit: Visit) -> Response {
    let settings = &visit.portal.settings;
    let page = Messages {
        l: visit.layout(),
        caller: settings.help.caller_number.as_ref().map(Phone::of),
        mail_from: settings.help.mail_from.clone(),
        site: format!("{}/portal", settings.public_url),
        kinds: kinds(&settings.public_url),
    };
    visit.page(StatusCode::OK, &page)
}

fn kinds(public_url: &str) -> Vec<Kind> {
    let url = format!("{public_url}/portal");
    let code = message!("portal-mail-code", code = "000000");
    let mail = |why: Message| {
        vec![
            message!("portal-mail-subject"),
            code.clone(),
            why,
            message!("portal-mail-ends"),
            message!("portal-mail-not-you"),
        ]
    };
    vec![
        Kind {
            name: message!("messages-invitation"),
            when: message!("messages-invitation-when"),
            text: vec![message!("messages-invitation-text", url = url)],
        },
        Kind {
            name: message!("messages-missed"),
            when: message!("messages-missed-when"),
            text: vec![message!("messages-missed-text")],
        },
        Kind {
            name: message!("messages-sign-up"),
            when: message!("messages-code-when"),
            text: mail(message!("portal-mail-sign-up")),
        },
        Kind {
            name: message!("messages-log-in"),
            when: message!("messages-code-when"),
            text: mail(message!("portal-mail-log-in")),
        },
        Kind {
            name: message!("messages-address"),
            when: message!("messages-code-when"),
            text: mail(message!("portal-mail-address")),
        },
        Kind {
            name: message!("messages-known"),
            when: message!("messages-known-when"),
            text: vec![message!("portal-mail-known"), message!("portal-mail-unknown")],
        },
    ]
}
