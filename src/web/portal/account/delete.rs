//! Deleting the account.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use crate::service::delete_portal_account;
use crate::web::portal::cookies::Cookie;
use crate::web::portal::form::{Submitted, Wish};
use crate::web::portal::layout::Layout;
use crate::web::portal::member::PortalActor;

/// The page.
const PAGE: &str = "/account/delete";

#[derive(Template)]
#[template(path = "portal/delete.html", config = "src/web/askama.toml")]
struct Delete {
    l: Layout,
}

fn page(actor: &PortalActor) -> Response {
    actor.visit.page(StatusCode::OK, &Delete { l: actor.visit.layout().with_form("delete") })
}

pub(super) async fn handler(actor: PortalActor) -> Response {
    let actor = match actor.recent(PAGE) {
        Ok(actor) => actor,
        Err(answer) => return *answer,
    };
    page(&actor)
}

pub(super) async fn submit(form: Submitted) -> Response {
    let sent = PortalActor::of(form).and_then(|(actor, fields, wish)| Ok((actor.recent(PAGE)?, fields, wish)));
    let (actor, fields, wish) = match sent {
        Ok(sent) => sent,
        Err(answer) => return *answer,
    };
    // The form is also sent by the key Enter, so its button says what it does.
    if wish == Wish::OtherLanguage || fields.get("step") != "delete" {
        return page(&actor);
    }
    match delete_portal_account(actor.context(), &actor.logged_in).await {
        Ok(()) => actor.visit.with_cookie(actor.visit.redirect("/log-in?out=gone"), Cookie::Session, ""),
        Err(error) => actor.visit.answer(Err(error)),
    }
}
