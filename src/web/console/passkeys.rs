//! The passkeys of the own account: listed, added by a script, renamed and removed.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use super::form::{Fields, Mistakes, Submitted};
use super::here::{Frame, Here};
use super::layout::Layout;
use super::sender::{kept, sender};
use super::staff::StaffActor;
use super::times;
use crate::domain::{PasskeyId, PasskeyName};
use crate::service::{
    AccountError, PasskeyView, ServiceError, add_passkey, begin_passkey, list_passkeys, remove_passkey, rename_passkey,
};
use crate::translations::{Message, message};

const PAGE: &str = "/account/passkeys";

#[derive(Template)]
#[template(path = "console/passkeys.html", config = "src/web/askama.toml")]
struct Passkeys {
    l: Layout,
    f: Frame,
    passkeys: Vec<Line>,
    adding: Adding,
    /// The name of the new one.
    name: String,
    is_changed: bool,
    mistakes: Mistakes,
}

/// Whether another one can be added.
enum Adding {
    /// With this challenge.
    Challenge(String),
    /// Not at this address.
    NotHere,
    /// There are as many as there may be.
    Full,
}

struct Line {
    id: PasskeyId,
    field: String,
    name: String,
    created: Message,
    used: Option<String>,
}

pub(super) async fn handler(staff: StaffActor) -> Response {
    let shown = async {
        let fields = kept(&staff, PAGE).await?.unwrap_or_default();
        let is_changed = staff.visit.page.ends_with("?changed=1");
        show(&staff, &fields, is_changed, Mistakes::default()).await
    };
    let shown = shown.await;
    staff.visit.answer(shown)
}

pub(super) async fn submit(form: Submitted) -> Response {
    let (staff, fields) = match sender(form, PAGE).await {
        Ok(sent) => sent,
        Err(response) => return response,
    };
    let answer = match change(&staff, &fields).await {
        Ok(()) => Ok(staff.visit.redirect("/account/passkeys?changed=1")),
        Err(Refused::Field(mistakes)) => show(&staff, &fields, false, mistakes).await,
        Err(Refused::Service(error)) => match told(&error) {
            Some(sentence) => show(&staff, &fields, false, Mistakes::one("name", sentence)).await,
            None => Err(error),
        },
    };
    staff.sent(answer).await
}

/// Why a change was refused.
enum Refused {
    Field(Mistakes),
    Service(ServiceError),
}

impl From<ServiceError> for Refused {
    fn from(error: ServiceError) -> Self {
        Self::Service(error)
    }
}

async fn change(staff: &StaffActor, fields: &Fields) -> Result<(), Refused> {
    let (context, logged_in) = (staff.context(), &staff.logged_in);
    let id = fields.get("passkey").parse::<PasskeyId>();
    let id = id.map_err(|_| ServiceError::from(AccountError::PasskeyNotFound));
    match fields.get("action") {
        "add" => {
            let party = staff.visit.console.party.as_ref();
            let party = party.ok_or(ServiceError::Account(AccountError::WrongPasskey))?;
            let device = staff.visit.browser.device.as_str();
            let typed = fields.get("name");
            let name = named("name", if typed.trim().is_empty() { device } else { typed })?;
            Ok(add_passkey(context, party, logged_in, name, fields.get("answer")).await?)
        }
        "rename" => {
            let id = id?;
            let name = named(format!("name-{id}"), fields.get("name"))?;
            Ok(rename_passkey(context, logged_in, id, &name).await?)
        }
        "remove" => Ok(remove_passkey(context, logged_in, id?).await?),
        _ => Err(Refused::Service(AccountError::PasskeyNotFound.into())),
    }
}

fn named(field: impl Into<std::borrow::Cow<'static, str>>, typed: &str) -> Result<PasskeyName, Refused> {
    let wrong = |_| Refused::Field(Mistakes::one(field, message!("passkeys-name-wrong")));
    PasskeyName::parse(typed).map_err(wrong)
}

/// The sentence of a refusal that the page can show.
fn told(error: &ServiceError) -> Option<Message> {
    match error {
        ServiceError::Account(AccountError::WrongPasskey) => Some(message!("passkeys-wrong")),
        ServiceError::Account(AccountError::ChallengeEnded) => Some(message!("passkeys-challenge-ended")),
        ServiceError::Account(AccountError::PasskeyInUse) => Some(message!("passkeys-in-use")),
        ServiceError::Account(AccountError::TooManyPasskeys) => Some(message!("passkeys-full")),
        _ => None,
    }
}

async fn show(
    staff: &StaffActor,
    fields: &Fields,
    is_changed: bool,
    mistakes: Mistakes,
) -> Result<Response, ServiceError> {
    let Here { now, frame, .. } = Here::of(staff).await?;
    let passkeys = list_passkeys(staff.context(), &staff.logged_in).await?;
    let adding = match &staff.visit.console.party {
        None => Adding::NotHere,
        Some(party) => match begin_passkey(staff.context(), party, &staff.logged_in).await {
            Ok(challenge) => Adding::Challenge(challenge),
            Err(ServiceError::Account(AccountError::TooManyPasskeys)) => Adding::Full,
            Err(error) => return Err(error),
        },
    };
    let line = |passkey: PasskeyView| {
        let field = format!("name-{}", passkey.id);
        let is_typed = mistakes.of(&field).is_some();
        Line {
            name: if is_typed { fields.get("name").to_owned() } else { String::from(passkey.name) },
            created: times::moment(&passkey.created_at.to_zoned_datetime(now.time_zone().clone()), false),
            used: passkey.used_at.map(|at| times::clock_time(at, &now)),
            id: passkey.id,
            field,
        }
    };
    let status = if mistakes.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let is_adding = fields.get("action") == "add";
    let page = Passkeys {
        l: staff.visit.layout(),
        f: Frame { again: staff.visit.path(PAGE), ..frame },
        passkeys: passkeys.into_iter().map(line).collect(),
        adding,
        name: if is_adding { fields.get("name").to_owned() } else { String::new() },
        is_changed,
        mistakes,
    };
    Ok(staff.visit.page(status, &page))
}
