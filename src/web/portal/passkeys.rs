//! Passkeys: added after the sign-up or in the account, removed there, and used at the log-in. A small script asks for
//! the challenge and passes it to the device; without script, nothing of this shows.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};

use super::code::logged_in;
use super::form::Submitted;
use super::member::PortalActor;
use super::register::stay_of;
use super::visit::Visit;
use super::{log_in, missing};
use crate::domain::{PasskeyId, PasskeyName};
use crate::service::{
    AccountError, ServiceError, add_portal_passkey, begin_portal_passkey, challenge_portal_passkey,
    log_in_by_portal_passkey, remove_portal_passkey,
};
use crate::translations::{Message, message};

/// The longest name of a passkey.
const LONGEST_NAME: usize = 40;

/// A challenge, which the script asks for.
pub(super) async fn challenge(Submitted { visit, fields, .. }: Submitted) -> Response {
    let Some(party) = visit.portal.party.as_ref() else { return missing::page(&visit) };
    let browser = visit.holder();
    let challenge = match (fields.get("purpose"), &visit.logged_in) {
        ("add", Some(logged_in)) => begin_portal_passkey(visit.context(), party, logged_in, &browser).await,
        ("log-in", _) => challenge_portal_passkey(visit.context(), party, &browser).await,
        _ => return missing::page(&visit),
    };
    match challenge {
        Ok(options) => ([(header::CONTENT_TYPE, "application/json")], options).into_response(),
        Err(ServiceError::Account(AccountError::TooManyPasskeys)) => StatusCode::CONFLICT.into_response(),
        Err(error) => visit.answer(Err(error)),
    }
}

/// Adds or removes a passkey of the own account.
pub(super) async fn submit(form: Submitted) -> Response {
    let (actor, fields, _) =
        match PortalActor::of(form).and_then(|(actor, fields, wish)| Ok((actor.recent("/account")?, fields, wish))) {
            Ok(actor) => actor,
            Err(answer) => return *answer,
        };
    if let Ok(id) = fields.get("passkey").parse::<PasskeyId>() {
        let removed = remove_portal_passkey(actor.context(), &actor.logged_in, id).await;
        return actor.visit.answer(removed.map(|()| actor.visit.redirect("/account?done=passkey-removed")));
    }
    let visit = &actor.visit;
    let (Some(party), Some(name)) = (visit.portal.party.as_ref(), name(visit)) else { return missing::page(visit) };
    let (browser, answer) = (visit.holder(), fields.get("answer"));
    let added = add_portal_passkey(actor.context(), party, &actor.logged_in, (browser.as_str(), name), answer).await;
    match (added, fields.get("new")) {
        (Ok(()), "1") => visit.redirect("/people/add"),
        (Ok(()), _) => visit.redirect("/account?done=passkey"),
        (Err(ServiceError::Account(_)), "1") => visit.redirect("/account/password?new=1&passkey=wrong"),
        (Err(ServiceError::Account(_)), _) => visit.redirect("/account?done=passkey-wrong"),
        (Err(error), _) => visit.answer(Err(error)),
    }
}

/// The name of a new passkey: the browser and the system.
fn name(visit: &Visit) -> Option<PasskeyName> {
    let name: String = visit.browser.device.as_str().chars().take(LONGEST_NAME).collect();
    PasskeyName::parse(name.trim()).ok()
}

/// Logs in.
pub(super) async fn submit_log_in(Submitted { visit, fields, .. }: Submitted) -> Response {
    let Some(party) = visit.portal.party.as_ref() else { return missing::page(&visit) };
    let (browser, stay) = (visit.holder(), stay_of(fields.get("stay")));
    let given = (browser.as_str(), fields.get("answer"));
    match log_in_by_portal_passkey(visit.context(), party, given, stay, &visit.browser).await {
        Ok(token) => logged_in(&visit, visit.redirect(visit.next_page(fields.get("next"))), &token, stay),
        Err(ServiceError::Account(error)) => log_in::with_passkey_refused(&visit, &fields, told(&error)),
        Err(error) => visit.answer(Err(error)),
    }
}

/// The sentence of a refusal.
fn told(error: &AccountError) -> Message {
    match error {
        AccountError::ChallengeEnded => message!("portal-passkey-ended"),
        _ => message!("portal-passkey-wrong"),
    }
}
