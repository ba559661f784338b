//! このメッセージは本物ですか: every kind of message that we send, from where, and how to reach us without a link.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use crate::service::{InvitationParts, NoticeParts, default_notice, invitation_message, link_message};
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
        kinds: kinds(&visit, &settings.public_url),
    };
    visit.page(StatusCode::OK, &page)
}

/// What stands in a link for its personal part.
const PERSONAL: &str = "…";

/// The messages that a health centre sends, as they are without words of its own.
fn of_health_centres(visit: &Visit, portal: &str) -> Vec<Kind> {
    let (l, language) = (visit.layout(), visit.language.spoken());
    let (centre, phone) = (l.tell_plain(message!("messages-gap-centre")), l.tell_plain(message!("messages-gap-phone")));
    let link = format!("{portal}/r/{PERSONAL}");
    let (id, own) = (l.tell_plain(message!("messages-gap-id")), l.tell_plain(message!("messages-gap-own")));
    let parts = InvitationParts { centre: &centre, url: portal, hersys_id: &id, leaflet: None, own_words: None };
    let lines = |text: String| text.lines().map(|line| message!("verbatim", text = line)).collect::<Vec<_>>();
    let mut invitation = lines(invitation_message(language, parts));
    invitation.push(message!("verbatim", text = own));
    let daily = default_notice(language, NoticeParts { centre: &centre, phone: &phone, link: &link });
    let mut daily = lines(daily);
    daily.insert(0, message!("messages-mail-subject"));
    vec![
        Kind { name: message!("messages-invitation"), when: message!("messages-invitation-when"), text: invitation },
        Kind { name: message!("messages-daily"), when: message!("messages-daily-when"), text: daily },
        Kind {
            name: message!("messages-link"),
            when: message!("messages-link-when"),
            text: lines(link_message(language, &centre, &phone, &link)),
        },
    ]
}

fn kinds(visit: &Visit, public_url: &str) -> Vec<Kind> {
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
    let of_health_centres = of_health_centres(visit, &format!("{public_url}/portal"));
    let others = vec![
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
        changed(),
    ];
    of_health_centres.into_iter().chain(others).collect()
}

/// What the owner of an account gets when it was changed.
fn changed() -> Kind {
    let text = vec![
        message!("portal-letter-subject"),
        message!("portal-letter-address"),
        message!("portal-letter-password"),
        message!("portal-letter-passkey-added"),
        message!("portal-letter-passkey-removed"),
        message!("portal-letter-deleted"),
        message!("portal-letter-you"),
        message!("portal-letter-not-you"),
    ];
    Kind { name: message!("messages-changed"), when: message!("messages-changed-when"), text }
}
