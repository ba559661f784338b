//! The health survey (健康調査回答フォーム, M8): asked once. Everything may be left out, and all of it put off.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use super::form::{Fields, Mistakes, Submitted, Wish};
use super::layout::Layout;
use super::member::PortalActor;
use crate::domain::{Chosen, Height, Offered, ReportText, Survey, Weight};
use crate::service::{ServiceError, SurveyAsked, answer_portal_survey, portal_survey};
use crate::translations::{Message, message};
use crate::web::pages::survey::{illness, risk};

/// The box that says that nothing of a group is so.
const NONE: &str = "none";

#[derive(Template)]
#[template(path = "portal/survey.html", config = "src/web/askama.toml")]
struct SurveyPage {
    l: Layout,
    name: String,
    person: String,
    height: String,
    weight: String,
    besides: String,
    groups: [Group; 2],
    mistakes: Mistakes,
}

/// Boxes with one question.
struct Group {
    /// The id of the first one, to which a mistake leads.
    id: &'static str,
    question: Message,
    boxes: Vec<Choice>,
}

/// A box.
struct Choice {
    id: String,
    name: Message,
    is_chosen: bool,
}

#[derive(Template)]
#[template(path = "portal/survey_over.html", config = "src/web/askama.toml")]
struct Over {
    l: Layout,
    sentence: Message,
}

pub(super) async fn handler(actor: PortalActor) -> Response {
    let shown = show(&actor, &Fields::default(), Mistakes::default()).await;
    actor.visit.answer(shown)
}

pub(super) async fn submit(form: Submitted) -> Response {
    let (actor, fields, wish) = match PortalActor::about(form).await {
        Ok(actor) => actor,
        Err(answer) => return *answer,
    };
    let taken = take(&actor, &fields, wish).await;
    actor.visit.answer(taken)
}

async fn take(actor: &PortalActor, fields: &Fields, wish: Wish) -> Result<Response, ServiceError> {
    let visit = &actor.visit;
    let Some(person) = actor.logged_in.shown_person() else { return Ok(visit.redirect("/people/add")) };
    if wish == Wish::OtherLanguage {
        return show(actor, fields, Mistakes::default()).await;
    }
    if fields.get("step") == "later" {
        return Ok(visit.redirect("/?done=survey-later"));
    }
    let survey = match read(fields) {
        Ok(survey) => survey,
        Err(mistakes) => return show(actor, fields, mistakes).await,
    };
    if survey.is_empty() {
        return show(actor, fields, Mistakes::one("height", message!("survey-empty"))).await;
    }
    // Sent twice, the second one changes nothing, and the page says the same.
    answer_portal_survey(actor.context(), &actor.logged_in, person.patient, survey).await?;
    Ok(visit.redirect("/?done=survey"))
}

async fn show(actor: &PortalActor, fields: &Fields, mistakes: Mistakes) -> Result<Response, ServiceError> {
    let visit = &actor.visit;
    let Some(person) = actor.logged_in.shown_person() else { return Ok(visit.redirect("/people/add")) };
    let sentence = match portal_survey(actor.context(), &actor.logged_in, person.patient).await? {
        SurveyAsked::Now => None,
        SurveyAsked::Answered => Some(message!("survey-answered")),
        SurveyAsked::Over => Some(message!("survey-over")),
    };
    if let Some(sentence) = sentence {
        return Ok(visit.page(StatusCode::OK, &Over { l: visit.layout(), sentence }));
    }
    let status = if mistakes.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = SurveyPage {
        l: visit.layout().with_form("survey"),
        name: person.name(),
        person: person.patient.to_string(),
        height: fields.get("height").to_owned(),
        weight: fields.get("weight").to_owned(),
        besides: fields.get("besides").to_owned(),
        groups: [
            group(ILLNESSES, message!("survey-illnesses"), (illness, message!("survey-no-illness")), fields),
            group(RISKS, message!("survey-risks"), (risk, message!("survey-no-risk")), fields),
        ],
        mistakes,
    };
    Ok(visit.page(status, &page))
}

/// The names of the groups' fields.
const ILLNESSES: &str = "illnesses";
const RISKS: &str = "risks";

fn field(group: &str, code: &str) -> String {
    format!("{group}-{code}")
}

fn group<T: Offered>(
    id: &'static str,
    question: Message,
    (name, none): (impl Fn(T) -> Message, Message),
    fields: &Fields,
) -> Group {
    let boxes = T::ALL.iter().map(|offered| (field(id, offered.code()), name(*offered)));
    let boxes = boxes.chain([(field(id, NONE), none)]);
    let choice =
        |(field, name): (String, Message)| Choice { is_chosen: !fields.get(&field).is_empty(), id: field, name };
    Group { id, question, boxes: boxes.map(choice).collect() }
}

fn read(fields: &Fields) -> Result<Survey, Mistakes> {
    let mut mistakes = Mistakes::default();
    let typed = |name: &str| Some(fields.get(name).trim()).filter(|typed| !typed.is_empty());
    let height = typed("height").map(Height::parse);
    if height == Some(None) {
        mistakes.add("height", message!("survey-height-wrong", typed = fields.get("height").trim()));
    }
    let weight = typed("weight").map(Weight::parse);
    if weight == Some(None) {
        mistakes.add("weight", message!("survey-weight-wrong", typed = fields.get("weight").trim()));
    }
    let illnesses = chosen(ILLNESSES, fields, &mut mistakes);
    let besides = match ReportText::parse(fields.get("besides")) {
        Ok(besides) => besides,
        Err(error) => {
            let most = ReportText::LONGEST.to_string();
            mistakes.add("besides", message!("portal-words-too-long", count = error.count.to_string(), most = most));
            None
        }
    };
    let risks = chosen(RISKS, fields, &mut mistakes);
    let survey = Survey { height: height.flatten(), weight: weight.flatten(), illnesses, besides, risks };
    if mistakes.is_empty() { Ok(survey) } else { Err(mistakes) }
}

/// What was chosen. `None` if the question was left out.
fn chosen<T: Offered>(group: &'static str, fields: &Fields, mistakes: &mut Mistakes) -> Option<Chosen<T>> {
    let is_set = |code: &str| !fields.get(&field(group, code)).is_empty();
    let chosen: Chosen<T> = T::ALL.iter().copied().filter(|offered| is_set(offered.code())).collect();
    match (chosen.is_empty(), is_set(NONE)) {
        (true, false) => None,
        (false, true) => {
            mistakes.add(group, message!("survey-both"));
            None
        }
        _ => Some(chosen),
    }
}
