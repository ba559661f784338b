//! How long the health centre keeps the data of released patients, and who will go: the effect first, then it is saved.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use jiff::ZonedDateTime;

use super::person::name_of;
use crate::domain::{CentreCode, width};
use crate::service::{
    Noted, Retention, RetentionChange, RetentionMonths, RetentionMoved, ServiceError, retention_history, set_retention,
    show_retention,
};
use crate::translations::{Message, message};
use crate::web::console::form::{Fields, Mistakes, Submitted};
use crate::web::console::here::{Frame, Here};
use crate::web::console::layout::Layout;
use crate::web::console::missing;
use crate::web::console::sender::{kept, sent};
use crate::web::console::staff::StaffActor;
use crate::web::console::times;

const PAGE: &str = "/patients/retention";

#[derive(Template)]
#[template(path = "console/patient_retention.html", config = "src/web/askama.toml")]
struct RetentionPage {
    l: Layout,
    f: Frame,
    not_noted: bool,
    told: Option<Message>,
    set: Message,
    months: String,
    mistakes: Mistakes,
    effect: Option<Effect>,
    list_name: Message,
    is_cut: bool,
    rows: Vec<Row>,
    centre_name: String,
    past: Vec<Past>,
}

/// A change in the history.
struct Past {
    time: String,
    by: String,
    change: Message,
    /// The months before it, as the form takes them. `None` if that is what is set now.
    back: Option<String>,
}

/// What saving would do.
struct Effect {
    says: Vec<Message>,
    previewed: String,
}

/// A person who will go.
struct Row {
    path: String,
    name: String,
    hersys_id: String,
    released: String,
    goes: String,
}

/// What a page says besides.
#[derive(Default)]
struct Said {
    typed: Option<String>,
    mistakes: Mistakes,
    asked: Option<Option<RetentionMonths>>,
    told: Option<Message>,
}

pub(super) async fn handler(staff: StaffActor) -> Response {
    let shown = async {
        let typed = kept(&staff, PAGE).await?.map(|fields| fields.get("months").to_owned());
        show(&staff, Said { typed, ..Said::default() }).await
    };
    let shown = shown.await;
    staff.visit.answer(shown)
}

pub(super) async fn submit(form: Submitted) -> Response {
    sent(form, PAGE, async |staff, fields| take(staff, &fields).await).await
}

/// Months as people type them. `None` for an empty field: nobody goes by itself.
fn read(text: &str) -> Option<Option<RetentionMonths>> {
    let folded = width::fold(text);
    let folded = folded.trim();
    if folded.is_empty() {
        return Some(None);
    }
    folded.parse().ok().and_then(|months| RetentionMonths::new(months).ok()).map(Some)
}

async fn take(staff: &StaffActor, fields: &Fields) -> Result<Response, ServiceError> {
    let typed = fields.get("months").to_owned();
    let Some(months) = read(&typed) else {
        let mistakes = Mistakes::one("months", message!("retention-wrong", most = u64::from(RetentionMonths::LONGEST)));
        return show(staff, Said { typed: Some(typed), mistakes, ..Said::default() }).await;
    };
    if fields.get("step") != "save" || fields.get("previewed") != typed {
        return show(staff, Said { typed: Some(typed), asked: Some(months), ..Said::default() }).await;
    }
    let Some(centre) = staff.logged_in.account.centre.clone() else { return Ok(missing::page(&staff.visit)) };
    let told = match set_retention(staff.context(), staff.actor(), &centre, months).await? {
        true => message!("retention-saved"),
        false => message!("patient-done-same"),
    };
    show(staff, Said { told: Some(told), ..Said::default() }).await
}

fn name_of_months(months: Option<RetentionMonths>) -> Message {
    match months {
        Some(months) => message!("retention-months", months = u64::from(months.number())),
        None => message!("retention-forever"),
    }
}

async fn show(staff: &StaffActor, said: Said) -> Result<Response, ServiceError> {
    let Some(centre) = staff.logged_in.account.centre.clone() else { return Ok(missing::page(&staff.visit)) };
    let shown = show_retention(staff.context(), staff.actor(), &centre, said.asked.flatten()).await?;
    let here = Here::of(staff).await?;
    let found = &shown.found;
    let status = if said.mistakes.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    // If nobody would go any more, the list is still that of what is set.
    let typed = said.typed.unwrap_or_else(|| typed_of(found.months));
    let effect = said.asked.map(|asked| effect_of(found, asked, &typed));
    let at = staff.visit.path("/patients");
    let page = RetentionPage {
        l: staff.visit.layout(),
        f: here.frame.clone(),
        not_noted: matches!(shown.noted, Noted::No(_)),
        told: said.told,
        set: name_of_months(found.months),
        months: typed,
        mistakes: said.mistakes,
        effect,
        list_name: match found.asked {
            Some(_) => message!("retention-would-go", count = found.going.len()),
            None => message!("retention-will-go", count = found.going.len()),
        },
        is_cut: found.is_cut,
        rows: rows_of(found, &at, &here.now),
        past: past(staff, &centre, &here, found).await?,
        centre_name: here.frame.centre,
    };
    Ok(staff.visit.page(status, &page))
}

fn typed_of(months: Option<RetentionMonths>) -> String {
    months.map(|months| months.number().to_string()).unwrap_or_default()
}

async fn past(
    staff: &StaffActor,
    centre: &CentreCode,
    here: &Here,
    now: &Retention,
) -> Result<Vec<Past>, ServiceError> {
    let changes = retention_history(staff.context(), staff.actor(), centre).await?;
    let past = |change: RetentionChange| {
        let RetentionMoved { before, after } = change.moved;
        Past {
            time: times::clock_time(change.at, &here.now),
            by: change.by,
            change: message!("retention-change", before = name_of_months(before), after = name_of_months(after)),
            back: (before != now.months).then(|| typed_of(before)),
        }
    };
    Ok(changes.into_iter().map(past).collect())
}

fn effect_of(found: &Retention, asked: Option<RetentionMonths>, typed: &str) -> Effect {
    let mut says =
        vec![message!("retention-change", before = name_of_months(found.months), after = name_of_months(asked))];
    match asked {
        Some(_) => {
            says.push(message!("retention-effect-count", count = found.going.len()));
            says.push(message!("retention-effect-notice"));
        }
        None => says.push(message!("retention-effect-none")),
    }
    Effect { says, previewed: typed.to_owned() }
}

fn rows_of(found: &Retention, at: &str, now: &ZonedDateTime) -> Vec<Row> {
    let day = |time: jiff::Timestamp| now.time_zone().to_datetime(time).date().to_string();
    let row = |(patient, goes): &(crate::service::PatientView, jiff::Timestamp)| Row {
        path: format!("{at}/{}", patient.id),
        name: name_of(patient),
        hersys_id: patient.hersys_id.expose().to_owned(),
        released: patient.released_at.map(day).unwrap_or_default(),
        goes: day(*goes),
    };
    found.going.iter().map(row).collect()
}
