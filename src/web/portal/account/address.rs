//! Another e-mail address, which a code proves.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use crate::domain::{CodePurpose, EmailAddress};
use crate::service::PortalLoggedIn;
use crate::translations::{Message, message};
use crate::web::portal::form::{Mistakes, Submitted, Wish};
use crate::web::portal::layout::Layout;
use crate::web::portal::member::PortalActor;
use crate::web::portal::register::send_code;
use crate::web::portal::visit::Visit;

/// The page.
const PAGE: &str = "/account/address";

#[derive(Template)]
#[template(path = "portal/address.html", config = "src/web/askama.toml")]
struct Address {
    l: Layout,
    current: String,
    email: String,
    mistakes: Mistakes,
}

fn page(visit: &Visit, logged_in: &PortalLoggedIn, email: String, mistakes: Mistakes) -> Response {
    let status = if mistakes.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let current = logged_in.address.expose().to_owned();
    visit.page(status, &Address { l: visit.layout().with_form("address"), current, email, mistakes })
}

pub(super) async fn handler(actor: PortalActor) -> Response {
    let actor = match actor.recent(PAGE) {
        Ok(actor) => actor,
        Err(answer) => return *answer,
    };
    page(&actor.visit, &actor.logged_in, String::new(), Mistakes::default())
}

pub(super) async fn submit(form: Submitted) -> Response {
    let sent = PortalActor::of(form).and_then(|(actor, fields, wish)| Ok((actor.recent(PAGE)?, fields, wish)));
    let (actor, fields, wish) = match sent {
        Ok(sent) => sent,
        Err(answer) => return *answer,
    };
    let typed = fields.get("email").to_owned();
    if wish == Wish::OtherLanguage {
        return page(&actor.visit, &actor.logged_in, typed, Mistakes::default());
    }
    let Ok(address) = EmailAddress::parse(&typed) else {
        return page(&actor.visit, &actor.logged_in, typed, Mistakes::one("email", message!("portal-email-wrong")));
    };
    let kept = actor.logged_in.clone();
    let after = move |visit: &Visit, sent: Result<Response, Message>| match sent {
        Ok(sent) => sent,
        Err(sentence) => page(visit, &kept, typed.clone(), Mistakes::one("email", sentence)),
    };
    send_code(&actor.visit, CodePurpose::ChangeAddress, address, actor.logged_in.stay, after).await
}
