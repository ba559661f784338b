//! Adding a person: the attributes, a second page that shows them again, and then they are saved (M3, M4).

use askama::Template;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

use crate::domain::{BirthDate, EnteredName, HersysId, PersonLabel, PlainLineError, era, width};
use crate::policy::report_day;
use crate::service::{AddedPerson, NewPerson, ServiceError, add_portal_person};
use crate::translations::{Message, message};
use crate::web::portal::dates;
use crate::web::portal::form::{Fields, Mistakes, Submitted, Wish};
use crate::web::portal::layout::Layout;
use crate::web::portal::member::PortalActor;
use crate::web::portal::register::told;
use crate::web::portal::report::link_token;

#[derive(Template)]
#[template(path = "portal/person_add.html", config = "src/web/askama.toml")]
struct Add {
    l: Layout,
    typed: Typed,
    is_first: bool,
    mistakes: Mistakes,
}

#[derive(Template)]
#[template(path = "portal/person_confirm.html", config = "src/web/askama.toml")]
struct Confirm {
    l: Layout,
    typed: Typed,
    name: String,
    birth_date: Message,
}

/// What was typed.
struct Typed {
    family_name: String,
    given_name: String,
    birth_date: String,
    hersys_id: String,
    label: String,
}

impl Typed {
    fn of(fields: &Fields) -> Self {
        let get = |name| fields.get(name).to_owned();
        Self {
            family_name: get("family_name"),
            given_name: get("given_name"),
            birth_date: get("birth_date"),
            hersys_id: get("hersys_id"),
            label: get("label"),
        }
    }

    fn read(&self, actor: &PortalActor) -> Result<NewPerson, Mistakes> {
        let mut mistakes = Mistakes::default();
        let today = report_day(actor.context().clock.now(), &actor.visit.portal.settings.zone);
        let family_name = name(&self.family_name, NameField::Family, &mut mistakes);
        let given_name = name(&self.given_name, NameField::Given, &mut mistakes);
        let birth_date = birth_date(&self.birth_date, today);
        if birth_date.is_none() {
            mistakes.add("birth_date", message!("portal-birth-date-wrong"));
        }
        let hersys_id = HersysId::parse(width::trim(&width::fold(&self.hersys_id))).ok();
        if hersys_id.is_none() {
            mistakes.add("hersys_id", message!("portal-hersys-id-wrong"));
        }
        let label = label(&self.label, "label", &mut mistakes);
        match (family_name, given_name, birth_date, hersys_id) {
            (Some(family_name), Some(given_name), Some(birth_date), Some(hersys_id)) if mistakes.is_empty() => {
                Ok(NewPerson { family_name, given_name, birth_date, hersys_id, label })
            }
            _ => Err(mistakes),
        }
    }
}

/// A birth date as people write it: 1948年4月12日, 昭和23年4月12日, 19480412.
fn birth_date(typed: &str, today: jiff::civil::Date) -> Option<BirthDate> {
    let folded = width::fold(typed);
    let keyed = BirthDate::parse_keys(width::trim(&folded), today).ok();
    keyed.or_else(|| BirthDate::new(era::read(typed).ok()?, today).ok())
}

/// A part of a name. A mistake is named by it, so that the list above the form says which one is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum NameField {
    Family,
    Given,
}

impl NameField {
    const fn field(self) -> &'static str {
        match self {
            Self::Family => "family_name",
            Self::Given => "given_name",
        }
    }

    fn mistake(self, error: PlainLineError) -> Message {
        match (self, line_mistake(error)) {
            (Self::Family, None) => message!("portal-family-name-missing"),
            (Self::Given, None) => message!("portal-given-name-missing"),
            (Self::Family, Some(mistake)) => of_field(message!("portal-family-name"), mistake),
            (Self::Given, Some(mistake)) => of_field(message!("portal-given-name"), mistake),
        }
    }
}

fn name(typed: &str, part: NameField, mistakes: &mut Mistakes) -> Option<EnteredName> {
    match EnteredName::parse(typed.trim()) {
        Ok(name) => Some(name),
        Err(error) => {
            mistakes.add(part.field(), part.mistake(error));
            None
        }
    }
}

/// What tells a person apart: nothing if the field is empty.
pub(super) fn label(typed: &str, field: &'static str, mistakes: &mut Mistakes) -> Option<PersonLabel> {
    match PersonLabel::parse(typed.trim()) {
        Ok(label) => Some(label),
        Err(error) => {
            if let Some(mistake) = line_mistake(error) {
                mistakes.add(field, of_field(message!("portal-label-field"), mistake));
            }
            None
        }
    }
}

/// What is wrong with a line. `None` if it is empty.
fn line_mistake(error: PlainLineError) -> Option<Message> {
    match error {
        PlainLineError::Empty => None,
        PlainLineError::TooLong(most) => Some(message!("portal-name-long", most = most)),
        PlainLineError::Hidden(_) => Some(message!("portal-name-hidden")),
    }
}

fn of_field(field: Message, mistake: Message) -> Message {
    message!("portal-field-mistake", field = field, mistake = mistake)
}

fn page(actor: &PortalActor, typed: Typed, mistakes: Mistakes) -> Response {
    let status = if mistakes.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let is_first = actor.logged_in.people.is_empty();
    let l = actor.visit.layout().with_form("person");
    actor.visit.page(status, &Add { l, typed, is_first, mistakes })
}

pub(in crate::web::portal) async fn handler(actor: PortalActor) -> Response {
    page(&actor, Typed::of(&Fields::default()), Mistakes::default())
}

pub(in crate::web::portal) async fn submit(headers: HeaderMap, form: Submitted) -> Response {
    let (actor, fields, wish) = match PortalActor::of(form) {
        Ok(actor) => actor,
        Err(answer) => return *answer,
    };
    let typed = Typed::of(&fields);
    // The page that shows them again says so, so that choosing a language there leads to it again.
    let shows_again = fields.get("shown") == "confirm";
    let step = fields.get("step");
    if step == "back" || (wish == Wish::OtherLanguage && !shows_again) {
        return page(&actor, typed, Mistakes::default());
    }
    let person = match typed.read(&actor) {
        Ok(person) => person,
        Err(mistakes) => return page(&actor, typed, mistakes),
    };
    if !shows_again || wish == Wish::OtherLanguage {
        let l = actor.visit.layout().with_form("person");
        let name = format!("{} {}", person.family_name.as_str(), person.given_name.as_str());
        let birth_date = dates::full_day(person.birth_date.expose());
        return actor.visit.page(StatusCode::OK, &Confirm { l, typed, name, birth_date });
    }
    let limits = &actor.visit.portal.settings.guessing;
    let browser = link_token(&actor.visit, &headers);
    match add_portal_person(actor.context(), &actor.logged_in, (&person, browser.as_ref()), limits).await {
        Ok(AddedPerson::Observed(_) | AddedPerson::Released(_)) => actor.visit.redirect("/?done=added"),
        Err(ServiceError::Portal(error)) => page(&actor, typed, Mistakes::one("hersys_id", told(error))),
        Err(error) => actor.visit.answer(Err(error)),
    }
}
