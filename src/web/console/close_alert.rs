//! A line of Today: whom to call, who has taken it, its notes, and closing it with a reason. What was typed while the
//! log-in ended is kept.

use askama::Template;
use axum::extract::{Path, RawQuery};
use axum::http::StatusCode;
use axum::response::Response;
use jiff::ZonedDateTime;

use super::alerts::{Told, id_of, page_of, page_with};
use super::form::{Fields, Mistakes, Submitted};
use super::layout::Layout;
use super::log_in::query_value;
use super::patients::recent::Recent;
use super::patients::shown_or_typed;
use super::sender::{kept, sender};
use super::staff::StaffActor;
use super::today::claim::ClaimWords;
use super::today::line::{Line, PersonWords};
use super::today::words;
use super::visit::Visit;
use super::{missing, note_field, times};
use crate::domain::{AlertId, AlertKind, Closing, ClosingReason, NoteAudience, NoteText};
use crate::service::{
    AlertError, AlertLine, AlertView, NoteView, OpenCalls, ServiceError, ToClose, add_note, close_alerts, save_draft,
    show_alert_line, show_alert_of_person,
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
    /// What the person has reported lately.
    recent: Option<Recent>,
    /// When and by whom the alert was closed, if nothing is open.
    closed: Option<Closed>,
    /// What was just done.
    told: Option<Told>,
    notes: Vec<NoteLine>,
    /// The id of a note that is written on this page.
    next_note: String,
    line_note: String,
    /// The request to stop automated calls, if the line has one.
    stop_request: Option<AlertId>,
    /// Whether it is about notices and not about calls.
    stop_of_notices: bool,
    calls: OpenCalls,
    /// The alert by which the page was asked for.
    asked: AlertId,
    decision: String,
    patient_note: String,
    /// The newest alert of the line, by which everything is done with it.
    alert: AlertId,
    others: usize,
    reasons: Vec<Reason>,
    note: String,
    mistakes: Mistakes,
    surprise: Surprise,
}

/// The words of the two decisions about a request.
struct StopWords {
    grant: Message,
    decline: Message,
    declined: Message,
}

impl CloseAlert {
    fn closed_words(&self, closed: &Closed) -> Message {
        message!("console-closed-by", at = &closed.at, by = &closed.by)
    }

    /// What granting and declining are called, and what declining does.
    fn stop_words(&self) -> StopWords {
        if self.stop_of_notices {
            return StopWords {
                grant: message!("notice-stop-grant"),
                decline: message!("notice-stop-decline"),
                declined: message!("notice-stop-decline-effect"),
            };
        }
        StopWords {
            grant: message!("console-stop-grant"),
            decline: message!("console-stop-decline"),
            declined: message!("console-stop-decline-effect"),
        }
    }

    fn grant_effect(&self) -> Message {
        if self.stop_of_notices {
            return message!("notice-stop-grant-effect");
        }
        message!("console-stop-grant-effect", waiting = self.calls.waiting, calling = self.calls.calling)
    }

    /// Whether the reader may close the line: somebody else's is taken over first.
    fn is_closable(&self) -> bool {
        self.line.claim.as_ref().is_none_or(|claim| claim.is_own)
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

/// A note, in words.
pub(super) struct NoteLine {
    pub(super) at: String,
    pub(super) author: String,
    pub(super) text: String,
    pub(super) audience: NoteAudience,
    /// Why alerts were closed with it.
    pub(super) closing: Option<Message>,
}

impl NoteLine {
    pub(super) fn of(note: &NoteView, now: &ZonedDateTime) -> Self {
        Self {
            at: times::clock_time(note.at, now),
            author: note.author.clone(),
            text: note.text.expose().to_owned(),
            audience: note.audience,
            closing: note.closing.map(words::reason_name),
        }
    }
}

struct Reason {
    code: &'static str,
    name: Message,
    chosen: bool,
}

/// What a form of the page has, or had.
#[derive(Default)]
pub(super) struct Entered {
    pub(super) fields: Fields,
    pub(super) mistakes: Mistakes,
}

pub(super) async fn handler(staff: StaffActor, Path(alert): Path<String>, RawQuery(query): RawQuery) -> Response {
    let shown = async {
        let id = id_of(&alert)?;
        let told = Told::from_code(&query_value(query.as_deref(), "told"));
        let mut fields = Fields::default();
        for form in FORMS {
            fields.0.extend(kept(&staff, &form_path(id, form)).await?.unwrap_or_default().0);
        }
        let surprise = if fields.0.is_empty() { Surprise::Nothing } else { Surprise::DraftRestored };
        let entered = Entered { fields, mistakes: Mistakes::default() };
        show(&staff, id, entered, surprise, told).await
    };
    shown_or_typed(&staff, &format!("/alerts/{alert}"), shown.await).await
}

pub(super) async fn submit(Path(alert): Path<String>, form: Submitted) -> Response {
    let Ok(id) = id_of(&alert) else { return missing::page(&form.visit) };
    let (staff, fields) = match sender(form, &page_of(id)).await {
        Ok(sent) => sent,
        Err(answer) => return answer,
    };
    match close(&staff, id, fields.clone()).await {
        Ok(Some(closed)) => staff.sent(Ok(closed)).await,
        Ok(None) => {
            // Somebody else has the line. What was typed is there when the line is free.
            let (account, kept) = (staff.logged_in.account.id, fields.without_token());
            let kept = save_draft(staff.context(), account, &staff.visit.form_path(), &kept).await;
            staff.visit.answer(kept.map(|()| staff.visit.redirect(&page_with(id, Told::HeldAndKept))))
        }
        Err(error) => staff.visit.answer(Err(error)),
    }
}

/// The ends of the paths of the page's forms in which something is typed.
const FORMS: [&str; 3] = ["close", "notes", "stop-request"];

fn form_path(alert: AlertId, form: &str) -> String {
    format!("/alerts/{alert}/{form}")
}

/// Closes the alerts. `None` if somebody else has the line.
async fn close(staff: &StaffActor, id: AlertId, fields: Fields) -> Result<Option<Response>, ServiceError> {
    let again = async |entered: Entered, surprise| show(staff, id, entered, surprise, None).await.map(Some);
    let closing = match closing_of(&fields) {
        Ok(closing) => closing,
        Err(mistakes) => return again(Entered { fields, mistakes }, Surprise::Nothing).await,
    };
    let line = show_alert_line(staff.context(), staff.actor(), id).await?.found;
    if line.claim.is_some_and(|claim| !claim.is_own) {
        return Ok(None);
    }
    if line.open.iter().any(|shown| is_request(&shown.alert)) {
        // Closed without a decision, it would leave the person with calls or notices that nobody decided on.
        let mistakes = Mistakes::one("decision", message!("console-decide-first"));
        return again(Entered { fields, mistakes }, Surprise::Nothing).await;
    }
    let what = ToClose { alert: id, others: Some(fields.get("others").parse().unwrap_or(0)) };
    match close_alerts(staff.context(), staff.actor(), what, Some(&closing)).await {
        Ok(closed) if closed.closed.is_empty() => Ok(Some(closed_before(staff, id, closing.note).await?)),
        Ok(_) => Ok(Some(staff.visit.redirect(&format!("/today?closed={id}")))),
        Err(ServiceError::Alert(AlertError::MoreThanShown)) => {
            again(Entered { fields, mistakes: Mistakes::default() }, Surprise::MoreAlerts).await
        }
        Err(error) => Err(error),
    }
}

/// The answer to a form about a line that was closed before. What was typed is kept among its notes.
async fn closed_before(staff: &StaffActor, id: AlertId, note: Option<NoteText>) -> Result<Response, ServiceError> {
    if let Some(text) = note {
        let line = show_alert_line(staff.context(), staff.actor(), id).await?.found;
        let is_own = |note: &NoteView| note.author == staff.actor().name() && note.text == text;
        if !line.notes.iter().any(is_own) {
            add_note(staff.context(), staff.actor(), id, line.next_note, &text).await?;
            return Ok(staff.visit.redirect(&page_with(id, Told::ClosedBeforeAndNoted)));
        }
    }
    Ok(staff.visit.redirect(&page_of(id)))
}

fn closing_of(fields: &Fields) -> Result<Closing, Mistakes> {
    let mut mistakes = Mistakes::default();
    let reason = ClosingReason::from_code(fields.get("reason"));
    if reason.is_none() {
        mistakes.add("reason", message!("console-reason-missing"));
    }
    let note = NoteText::parse(fields.get("note")).unwrap_or_else(|error| {
        mistakes.add("note", note_field::told(error));
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

/// The page of a line.
pub(super) async fn show(
    staff: &StaffActor,
    id: AlertId,
    entered: Entered,
    surprise: Surprise,
    told: Option<Told>,
) -> Result<Response, ServiceError> {
    let found = show_alert_of_person(staff.context(), staff.actor(), id).await?.found;
    let shown = found.line;
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
    let recent = found
        .shown
        .as_ref()
        .map(|shown| Recent::of(shown, &staff.visit.path(&format!("/patients/{}", shown.patient.id)), &now));
    Ok(staff.visit.page(status, &CloseAlert { centre, told, recent, ..page }))
}

impl CloseAlert {
    /// The forms of which a draft may be shown.
    fn draft_forms(&self) -> [String; 3] {
        FORMS.map(|form| form_path(self.asked, form))
    }
}

/// Whether an alert asks that something stops.
const fn is_stop(kind: AlertKind) -> bool {
    matches!(kind, AlertKind::StopRequest | AlertKind::StopUnconfirmed | AlertKind::NoticeStop)
}

fn is_request(alert: &AlertView) -> bool {
    is_stop(alert.kind) && alert.line.is_some()
}

fn page(visit: &Visit, shown: &AlertLine, entered: Entered, surprise: Surprise, now: &ZonedDateTime) -> CloseAlert {
    let claim = shown.claim.as_ref().map(|claim| ClaimWords::of(claim, now));
    let line = Line::of(&shown.open.iter().collect::<Vec<_>>(), claim, now);
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
        recent: None,
        closed,
        told: None,
        notes: shown.notes.iter().map(|note| NoteLine::of(note, now)).collect(),
        next_note: shown.next_note.to_string(),
        line_note: entered.fields.get("line_note").to_owned(),
        stop_of_notices: shown
            .open
            .iter()
            .map(|shown| &shown.alert)
            .find(|alert| is_request(alert))
            .is_some_and(|alert| alert.kind == AlertKind::NoticeStop),
        stop_request: shown.open.iter().map(|shown| &shown.alert).find(|alert| is_request(alert)).map(|alert| alert.id),
        calls: shown.calls,
        asked: shown.alert.id,
        decision: entered.fields.get("decision").to_owned(),
        patient_note: entered.fields.get("patient_note").to_owned(),
        alert: line.newest.unwrap_or(shown.alert.id),
        others: shown.open.len().saturating_sub(1),
        reasons: ClosingReason::ALL.into_iter().map(reason).collect(),
        note: entered.fields.get("note").to_owned(),
        mistakes: entered.mistakes,
        surprise,
        line,
    }
}
