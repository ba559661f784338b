//! A line of Today: whom to call, and closing it with a reason. A note that was typed while the log-in ended is kept.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use jiff::ZonedDateTime;

use super::form::{Fields, Mistakes, Submitted};
use super::layout::Layout;
use super::missing;
use super::staff::StaffActor;
use super::times;
use super::today::line::{Line, PersonWords};
use super::today::words;
use super::visit::Visit;
use crate::domain::{AlertId, Closing, ClosingReason, NoteText, NoteTextError};
use crate::service::{
    AlertError, AlertLine, Context, LoggedIn, ServiceError, SessionState, ToClose, close_alerts, draft, drop_draft,
    save_draft, show_alert_line,
};
use crate::translations::{Message, message};

/// Why the page isn't as the reader expects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Surprise {
    /// Nothing.
    Nothing,
    /// What was typed before the last log-in is back.
    DraftRestored,
    /// The person has more alerts than the form showed.
    MoreAlerts,
}

#[derive(Template)]
#[template(path = "console/close_alert.html", config = "src/web/askama.toml")]
struct CloseAlert {
    l: Layout,
    centre: String,
    now: Message,
    zone: Message,
    line: Line,
    person: Option<PersonWords>,
    phone: Option<Phone>,
    /// When and by whom the alert was closed, if nothing is open.
    closed: Option<Closed>,
    action: String,
    others: usize,
    reasons: Vec<Reason>,
    note: String,
    mistakes: Mistakes,
    surprise: Surprise,
}

impl CloseAlert {
    fn closed_words(&self, closed: &Closed) -> Message {
        message!("console-closed-by", at = &closed.at, by = &closed.by)
    }

    fn all_alerts(&self) -> Message {
        message!("console-all-alerts", count = self.others.saturating_add(1))
    }
}

struct Phone {
    shown: String,
    dial: String,
}

struct Closed {
    at: String,
    by: String,
}

struct Reason {
    code: &'static str,
    name: Message,
    chosen: bool,
}

/// What the form has, or had.
#[derive(Default)]
struct Entered {
    fields: Fields,
    mistakes: Mistakes,
}

pub(super) async fn handler(staff: StaffActor, Path(alert): Path<String>) -> Response {
    let shown = async {
        let id = id_of(&alert)?;
        let kept = draft(staff.context(), &staff.logged_in, &form_name(id)).await?;
        let surprise = if kept.is_some() { Surprise::DraftRestored } else { Surprise::Nothing };
        let entered = Entered { fields: Fields(kept.unwrap_or_default()), mistakes: Mistakes::default() };
        show(&staff, id, entered, surprise).await
    };
    staff.visit.answer(shown.await)
}

pub(super) async fn submit(Path(alert): Path<String>, form: Submitted) -> Response {
    let Submitted { visit, fields } = form;
    let Ok(id) = id_of(&alert) else { return missing::page(&visit) };
    match &visit.session {
        SessionState::LoggedIn(logged_in) => {
            let logged_in = (**logged_in).clone();
            let staff = StaffActor { visit, logged_in };
            let closed = close(&staff, id, fields).await;
            staff.visit.answer(closed)
        }
        SessionState::TimedOut(account) => {
            let kept = save_draft(&visit.console.context, *account, &form_name(id), &fields.without_token()).await;
            visit.answer(kept.map(|()| {
                let next = visit.path(&page_of(id));
                visit.redirect(&format!("/log-in?kept=1&next={next}"))
            }))
        }
        SessionState::PasswordGiven(..) | SessionState::None => visit.log_in_first(),
    }
}

fn id_of(text: &str) -> Result<AlertId, ServiceError> {
    text.parse().map_err(|_| AlertError::NotFound.into())
}

fn page_of(alert: AlertId) -> String {
    format!("/alerts/{alert}/close")
}

/// The name under which a draft of this form is kept.
fn form_name(alert: AlertId) -> String {
    format!("alerts/{alert}/close")
}

async fn close(staff: &StaffActor, id: AlertId, fields: Fields) -> Result<Response, ServiceError> {
    let closing = match closing_of(&fields) {
        Ok(closing) => closing,
        Err(mistakes) => return show(staff, id, Entered { fields, mistakes }, Surprise::Nothing).await,
    };
    let what = ToClose { alert: id, others: Some(fields.get("others").parse().unwrap_or(0)) };
    match close_alerts(staff.context(), staff.actor(), what, Some(&closing)).await {
        Ok(closed) => {
            forget_draft(staff.context(), &staff.logged_in, id).await?;
            let page = if closed.closed.is_empty() { page_of(id) } else { "/today?closed=1".to_owned() };
            Ok(staff.visit.redirect(&page))
        }
        Err(ServiceError::Alert(AlertError::MoreThanShown)) => {
            show(staff, id, Entered { fields, mistakes: Mistakes::default() }, Surprise::MoreAlerts).await
        }
        Err(error) => Err(error),
    }
}

async fn forget_draft(context: &Context, logged_in: &LoggedIn, id: AlertId) -> Result<(), ServiceError> {
    if draft(context, logged_in, &form_name(id)).await?.is_some() {
        drop_draft(context, logged_in, &form_name(id)).await?;
    }
    Ok(())
}

fn closing_of(fields: &Fields) -> Result<Closing, Mistakes> {
    let mut mistakes = Mistakes::default();
    let reason = ClosingReason::from_code(fields.get("reason"));
    if reason.is_none() {
        mistakes.add("reason", message!("console-reason-missing"));
    }
    let note = NoteText::parse(fields.get("note")).unwrap_or_else(|error| {
        mistakes.add("note", told(error));
        None
    });
    if reason == Some(ClosingReason::Other) && note.is_none() && mistakes.is_empty() {
        mistakes.add("note", message!("console-note-missing"));
    }
    match reason {
        Some(reason) if mistakes.is_empty() => Ok(Closing { reason, note }),
        _ => Err(mistakes),
    }
}

fn told(error: NoteTextError) -> Message {
    match error {
        NoteTextError::TooLong => message!("console-note-long", most = NoteText::LONGEST),
        NoteTextError::Hidden(hidden) => {
            let code = format!("U+{:04X}", u32::from(hidden.character));
            message!("console-note-hidden", code = code)
        }
    }
}

async fn show(staff: &StaffActor, id: AlertId, entered: Entered, surprise: Surprise) -> Result<Response, ServiceError> {
    let shown = show_alert_line(staff.context(), staff.actor(), id).await?.found;
    let centre = staff.centre().await?;
    let zone = staff.zone(centre.as_ref());
    let now = staff.context().clock.now().to_zoned_datetime(zone);
    let status = match (entered.mistakes.is_empty(), surprise) {
        (_, Surprise::MoreAlerts) => StatusCode::CONFLICT,
        (false, _) => StatusCode::UNPROCESSABLE_ENTITY,
        (true, _) => StatusCode::OK,
    };
    let page = page(&staff.visit, &shown, entered, surprise, &now);
    let centre = centre.map(|centre| centre.name).unwrap_or_default();
    Ok(staff.visit.page(status, &CloseAlert { centre, ..page }))
}

fn page(visit: &Visit, shown: &AlertLine, entered: Entered, surprise: Surprise, now: &ZonedDateTime) -> CloseAlert {
    let line = Line::of(&shown.open.iter().collect::<Vec<_>>(), now);
    let chosen = ClosingReason::from_code(entered.fields.get("reason"));
    let reason = |reason: ClosingReason| Reason {
        code: reason.code(),
        name: words::reason_name(reason),
        chosen: chosen == Some(reason),
    };
    let closed = shown
        .alert
        .closed_at
        .filter(|_| shown.open.is_empty())
        .map(|at| Closed { at: times::clock_time(at, now), by: shown.alert.closed_by.clone().unwrap_or_default() });
    let phone = shown.person.as_ref().and_then(|person| person.phone_number.as_ref());
    CloseAlert {
        l: visit.layout(),
        centre: String::new(),
        now: times::moment(now, true),
        zone: times::zone_name(now.time_zone()),
        person: shown.person.as_ref().map(|person| PersonWords::of(person, now.date())),
        phone: phone.map(|phone| Phone { shown: phone.national(), dial: phone.expose().to_owned() }),
        closed,
        action: visit.path(&page_of(line.newest.unwrap_or(shown.alert.id))),
        others: shown.open.len().saturating_sub(1),
        reasons: ClosingReason::ALL.into_iter().map(reason).collect(),
        note: entered.fields.get("note").to_owned(),
        mistakes: entered.mistakes,
        surprise,
        line,
    }
}
