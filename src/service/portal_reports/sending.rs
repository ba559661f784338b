//! A page of the form that was sent. Each answer that can be read is stored at once, also beside one that can't.

use jiff::Timestamp;
use jiff::civil::Date;

use super::form::{Entries, current, entries_of, filled, others, person_of, refused};
use super::recording::{Recorded, record};
use super::reporter::{Reporter, Reporting, ReportingEnd, is_of_another, is_race, reporting};
use super::texts::{self, TextWritten};
use crate::domain::{Answer, Item, Language, ReportFormId, ReportId, ReportOutcome, ReportText, Severity};
use crate::engine::Fact;
use crate::engine::form::{Extent, FieldError, FieldStanding, Submitter, so_far, submit_extent};
use crate::flow::form::{Field, Requirement};
use crate::flow::{FlowSet, NodeId};
use crate::service::context::{Context, new_id};
use crate::service::error::ServiceError;
use crate::service::patients::{counting, open_now};
use crate::store::report_forms::{self, ReportFormRow};
use crate::store::reports::{self, HeldReport};
use crate::store::{Document, Tx};

/// Tries of a transaction that lost a race with a call or another tab.
const MOST_TRIES: u32 = 4;

/// A page that was sent.
#[derive(Clone)]
#[allow(missing_debug_implementations, reason = "health data")]
pub struct PageSent {
    /// The form of the page. `None` if it wasn't begun.
    pub form: Option<ReportFormId>,
    /// The questions of the page, each with what was typed. Empty: nothing was.
    pub fields: Vec<(String, String)>,
    /// The language of the page.
    pub language: Language,
    /// What else was written. It is kept whatever becomes of the answers.
    pub words: Option<ReportText>,
}

/// What came of a page.
#[derive(Clone)]
#[allow(missing_debug_implementations, reason = "health data")]
pub enum PageTaken {
    /// It was stored.
    Taken(StoredPage),
    /// Nothing can be reported, and nothing was stored.
    End(ReportingEnd),
}

/// What was stored of a page.
#[derive(Clone)]
#[allow(missing_debug_implementations, reason = "health data")]
pub struct StoredPage {
    /// What can't be read. Everything else of the page is stored.
    pub errors: Vec<FieldError>,
    /// The highest severity of the answers that are new.
    pub severity: Severity,
    /// Whether the report is finished.
    pub is_finished: bool,
    /// Whether it had been finished by this form before. New answers are stored with the report as late ones.
    pub was_finished: bool,
    /// The day of the report.
    pub day: Date,
    /// Whether another day began since the page was made.
    pub is_next_day: bool,
    /// What came of the words.
    pub words: TextWritten,
}

/// Stores a page. A red answer alerts staff at once; the last answer finishes the report, which cancels the day's calls
/// (A9).
///
/// # Errors
/// Database errors, or documents without a questionnaire. Nothing is stored then.
pub async fn send_page(
    context: &Context,
    flow_set: &FlowSet,
    reporter: &Reporter,
    page: &PageSent,
) -> Result<PageTaken, ServiceError> {
    let mut tries = 0_u32;
    loop {
        tries = tries.saturating_add(1);
        match take(context, flow_set, reporter, page).await {
            Err(error) if is_race(&error) && tries < MOST_TRIES => {}
            taken => return taken,
        }
    }
}

async fn take(
    context: &Context,
    flow_set: &FlowSet,
    reporter: &Reporter,
    page: &PageSent,
) -> Result<PageTaken, ServiceError> {
    let now = context.clock.now();
    let mut tx = context.database.begin_write().await?;
    let reporting = match reporting(&mut tx, reporter, now).await? {
        Ok(reporting) => reporting,
        Err(end) => return Ok(PageTaken::End(end)),
    };
    if is_of_another(&mut tx, &reporting, page.form).await? {
        return Ok(PageTaken::End(ReportingEnd::OtherForm));
    }
    let (mut form, is_next_day) = form_of_page(&mut tx, &reporting, page.form, now).await?;
    reporting.record_link(&mut tx, now).await?;
    let was_finished = form.finished_at.is_some();
    let (report, continued) = report_of(&mut tx, &reporting, &form, now).await?;
    let standing = match &continued {
        Some(held) => counting(&mut tx, held.id).await?,
        None => Vec::new(),
    };
    let merged = merged(flow_set, &reporting, entries_of(&form.entries), page, &standing)?;
    let (extent, errors) = (merged.extent, merged.errors);
    let own = own_of(&standing, &merged.before);
    let person = person_of(&reporting, report, merged.before);
    let by = Submitter { person, language: page.language, at: now };
    let submitted = submit_extent(flow_set, by, &filled(&merged.entries), extent).map_err(refused)?;
    let is_finished = extent == Extent::Whole && submitted.is_finished();
    let mut submitted = submitted.beyond(report, &own);
    if was_finished {
        submitted.facts.retain(|fact| !matches!(fact, Fact::ReportClosed { .. }));
    }
    let is_new_end = is_finished && !was_finished;
    let recorded = Recorded { submitted: &submitted, report, continued, is_finished: is_new_end };
    let (severity, told) = record(&mut tx, &reporting, recorded, now).await?;
    form.entries = written(&merged.entries);
    form.report = if merged.entries.is_empty() { form.report } else { Some(report) };
    form.saved_at = now;
    form.finished_at = form.finished_at.or(is_finished.then_some(now));
    report_forms::save(&mut tx, &form).await?;
    let words = match &page.words {
        Some(words) => texts::put(&mut tx, &reporting, form.report, words, now).await?,
        None => TextWritten::Stored,
    };
    tx.commit().await?;
    context.event_bus.tell(told);
    context.dialer_wake.notify_one();
    let is_finished = form.finished_at.is_some();
    let day = form.day;
    Ok(PageTaken::Taken(StoredPage { errors, severity, is_finished, was_finished, day, is_next_day, words }))
}

/// The form of a page: the last one, locked. One of a day that is over goes on as a form of today, with its answers if
/// it was open at midnight. Of a page that an earlier form made, the form is the earlier one: it was sent, and the
/// browser went back to it.
async fn form_of_page(
    tx: &mut Tx,
    reporting: &Reporting,
    page: Option<ReportFormId>,
    now: Timestamp,
) -> Result<(ReportFormRow, bool), ServiceError> {
    let wanted = page.or(reporting.last.as_ref().map(|last| last.id));
    let held = match wanted {
        Some(id) => report_forms::hold(tx, id).await?,
        None => None,
    };
    // A form of somebody else isn't this one's.
    let held = held.filter(|form| form.holder == reporting.holder && form.patient == reporting.patient.id);
    match held {
        Some(form) if form.day == reporting.today => Ok((form, false)),
        other => {
            let is_of_earlier_day = page.is_some() && other.is_some();
            let newest = reporting.last.as_ref().filter(|last| last.day == reporting.today);
            if let Some(newest) = newest
                && let Some(form) = report_forms::hold(tx, newest.id).await?
            {
                return Ok((form, is_of_earlier_day));
            }
            let carried = current(reporting, now).map(|form| form.entries);
            let new = reporting.new_form(ReportFormId(new_id()), now);
            let form = ReportFormRow { entries: carried.unwrap_or_else(|| new.entries.clone()), ..new };
            report_forms::add(tx, &form).await?;
            Ok((form, is_of_earlier_day))
        }
    }
}

/// The report of a form: its own while that is open or was finished by it, the day's open one, or a new one.
async fn report_of(
    tx: &mut Tx,
    reporting: &Reporting,
    form: &ReportFormRow,
    now: Timestamp,
) -> Result<(ReportId, Option<HeldReport>), ServiceError> {
    if let Some(report) = form.report
        && let Some(held) = reports::hold(tx, &[report]).await?.pop()
        && (held.outcome != ReportOutcome::Reported || form.finished_at.is_some())
    {
        return Ok((report, Some(held)));
    }
    let open = open_now(tx, &reporting.patient, &reporting.centre, now).await?;
    let Some(open) = open else { return Ok((ReportId(new_id()), None)) };
    let held = reports::hold(tx, &[open.report.id]).await?.pop();
    // A call may have finished it meanwhile.
    let held = held.filter(|held| held.outcome != ReportOutcome::Reported);
    Ok(held.map_or_else(|| (ReportId(new_id()), None), |held| (held.id, Some(held))))
}

/// A form with a page.
struct Merged {
    entries: Entries,
    /// Answers of the report that the form doesn't give: their questions aren't asked again.
    before: Vec<(Item, Answer)>,
    errors: Vec<FieldError>,
    extent: Extent,
}

fn merged(
    flow_set: &FlowSet,
    reporting: &Reporting,
    mut entries: Entries,
    page: &PageSent,
    standing: &[(Item, Answer)],
) -> Result<Merged, ServiceError> {
    let typed = page.fields.iter().map(|(field, value)| (field.clone(), value.trim().to_owned()));
    // A question that must be answered stays open, or keeps its answer.
    entries.extend(typed.filter(|(field, value)| !value.is_empty() || may_stay_empty(flow_set, field)));
    let seen = match reporting.sees_the_report() {
        true => standing.to_vec(),
        false => Vec::new(),
    };
    let before = others(flow_set, seen, entries.keys());
    let person = person_of(reporting, ReportId(uuid::Uuid::nil()), before.clone());
    let mut wrong = Vec::new();
    loop {
        let (fields, errors) = so_far(flow_set, &person, &filled(&entries)).map_err(refused)?;
        if errors.is_empty() {
            let is_open = |(field, standing): &(NodeId, FieldStanding)| {
                *standing == FieldStanding::Open && !entries.contains_key(field.as_str())
            };
            let is_whole = wrong.is_empty() && !fields.iter().any(is_open);
            let extent = if is_whole { Extent::Whole } else { Extent::SoFar };
            return Ok(Merged { entries, before, errors: wrong, extent });
        }
        // Each round takes one entry out at least. An earlier answer that isn't asked any more just goes.
        for error in errors {
            entries.remove(error.field.as_str());
            if page.fields.iter().any(|(field, _)| field == error.field.as_str()) {
                wrong.push(error);
            }
        }
    }
}

fn may_stay_empty(flow_set: &FlowSet, field: &str) -> bool {
    let is_optional = |of: &Field| of.id.as_str() == field && of.requirement == Requirement::Optional;
    flow_set.questionnaire_form().is_ok_and(|form| form.fields().any(is_optional))
}

/// The answers of the report that the form gives itself, or could take back.
fn own_of(standing: &[(Item, Answer)], before: &[(Item, Answer)]) -> Vec<(Item, Answer)> {
    standing.iter().filter(|given| !before.contains(given)).copied().collect()
}

fn written(entries: &Entries) -> Document {
    Document::from(serde_json::to_string(entries).unwrap_or_else(|_| "{}".to_owned()))
}
