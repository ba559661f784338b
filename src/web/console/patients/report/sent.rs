//! What is done with a form with answers: stored as a report, as what was said so far, or with the reason why there is
//! none; corrected; passed on.

use axum::response::Response;
use jiff::{Timestamp, ZonedDateTime};

use super::elsewhere::show_elsewhere;
use super::red::{After, show_entered};
use super::{Entered, Surprise, show};
use crate::domain::{NoteText, PatientId, ReportId, Severity, width};
use crate::service::{
    AnswerForm, AnswersEntered, PassedOn, Purpose, ReportCorrection, ReportEntry, ReportError, ServiceError,
    correct_report, enter_answers,
};
use crate::translations::message;
use crate::web::console::form::{Fields, Mistakes};
use crate::web::console::note_field;
use crate::web::console::patients::done::Done;
use crate::web::console::patients::questions::{answers_of, form_of, mistakes_of};
use crate::web::console::round::{Round, Told, go_on};
use crate::web::console::staff::StaffActor;

/// What is done with the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Save,
    SoFar,
    NotReached,
    Later,
    Correct,
    Skip,
}

impl Step {
    fn read(code: &str) -> Self {
        match code {
            "so-far" => Self::SoFar,
            "not-reached" => Self::NotReached,
            "later" => Self::Later,
            "correct" => Self::Correct,
            "skip" => Self::Skip,
            _ => Self::Save,
        }
    }
}

/// What the fields of a form say.
struct Read {
    answers: Vec<(String, String)>,
    note: Option<NoteText>,
    mistakes: Mistakes,
}

impl Read {
    fn of(staff: &StaffActor, fields: &Fields) -> Result<Self, ServiceError> {
        let form = form_of(&staff.visit.console.settings.flow_set)?;
        let (answers, mut mistakes) = answers_of(form, fields);
        let note = NoteText::parse(fields.get("note")).unwrap_or_else(|error| {
            mistakes.add("note", note_field::told(error));
            None
        });
        Ok(Self { answers, note, mistakes })
    }
}

pub(super) async fn take(staff: &StaffActor, id: PatientId, fields: Fields) -> Result<Response, ServiceError> {
    let round = Round::read(Some(fields.get("round")));
    let purpose = match Step::read(fields.get("step")) {
        Step::Skip => {
            return match round {
                Some(round) => go_on(staff, &round, Some(id), Some(Told::Skipped)).await,
                None => Ok(staff.visit.redirect(&format!("/patients/{id}"))),
            };
        }
        Step::Correct => return correct(staff, id, fields, round).await,
        Step::Save => Purpose::Report,
        Step::SoFar => Purpose::SoFar,
        Step::NotReached => Purpose::NotReached,
        Step::Later => {
            let centre = staff.centre().await?;
            let now = staff.context().clock.now().to_zoned_datetime(staff.zone(centre.as_ref()));
            match later_at(fields.get("later_at"), &now) {
                Some(at) => Purpose::LaterAt(at),
                None => {
                    let unreadable = Mistakes::one("later_at", message!("round-later-unreadable"));
                    return show(staff, id, Entered::with(fields, unreadable)).await;
                }
            }
        }
    };
    store(staff, id, fields, round, purpose).await
}

/// The time of today at which to call again: `15:00`, `15時`.
fn later_at(text: &str, now: &ZonedDateTime) -> Option<Timestamp> {
    let text = width::fold(text.trim()).replace('時', ":").replace('分', "");
    let (hour, minute) = text.split_once(':').unwrap_or((&text, ""));
    let minute = if minute.is_empty() { 0 } else { minute.parse().ok()? };
    let time = jiff::civil::Time::new(hour.parse().ok()?, minute, 0, 0).ok()?;
    Some(now.date().to_datetime(time).to_zoned_datetime(now.time_zone().clone()).ok()?.timestamp())
}

async fn store(
    staff: &StaffActor,
    id: PatientId,
    fields: Fields,
    round: Option<Round>,
    purpose: Purpose,
) -> Result<Response, ServiceError> {
    let Read { answers, note, mistakes } = Read::of(staff, &fields)?;
    let form = fields.get("entry").parse::<ReportId>().ok().filter(|_| mistakes.is_empty());
    let Some(form) = form else { return show(staff, id, Entered::with(fields, mistakes)).await };
    if purpose == Purpose::SoFar && answers.is_empty() && note.is_none() {
        let nothing = Mistakes::one("so_far", message!("answers-nothing-so-far"));
        return show(staff, id, Entered::with(fields, nothing)).await;
    }
    let flow_set = &staff.visit.console.settings.flow_set;
    let entry = ReportEntry { flow_set, answers, language: staff.visit.language };
    let sent = AnswerForm { id: form, purpose, entry, note: note.as_ref() };
    match enter_answers(staff.context(), staff.actor(), id, sent).await {
        Ok(entered) => after(staff, id, fields, round, (purpose, entered)).await,
        Err(error) => refused(staff, id, fields, error).await,
    }
}

/// The answer after something was stored.
async fn after(
    staff: &StaffActor,
    id: PatientId,
    fields: Fields,
    round: Option<Round>,
    (purpose, entered): (Purpose, AnswersEntered),
) -> Result<Response, ServiceError> {
    let (told, done) = match (purpose, entered) {
        (_, AnswersEntered::Report(entered) | AnswersEntered::SoFar(entered)) if entered.severity == Severity::Red => {
            return show_entered(staff, id, After { entered, purpose, round }).await;
        }
        (_, AnswersEntered::Elsewhere(elsewhere)) => {
            // What was typed into another form, and passed on here.
            if elsewhere.passed_on != PassedOn::Nothing && !fields.get("draft").is_empty() {
                staff.forget(fields.get("draft")).await?;
            }
            return show_elsewhere(staff, &fields, round, elsewhere);
        }
        (_, AnswersEntered::Otherwise(otherwise)) => {
            // Sent again, it is another form: what it says is stored then.
            return show(staff, id, Entered::otherwise(fields, &otherwise)).await;
        }
        (_, AnswersEntered::Before) => (Told::SavedBefore, Done::ReportedBefore),
        (Purpose::NotReached, AnswersEntered::SoFar(_)) => (Told::NotReachedSoFar, Done::NotReachedSoFar),
        (Purpose::LaterAt(_), AnswersEntered::SoFar(_)) => (Told::LaterSoFar, Done::CallLaterSoFar),
        (Purpose::LaterAt(_), AnswersEntered::Report(_) | AnswersEntered::Noted) => (Told::Later, Done::CallLater),
        (_, AnswersEntered::Report(_)) => (Told::Saved, Done::Reported),
        (_, AnswersEntered::SoFar(_)) => (Told::SoFar, Done::SoFar),
        (Purpose::NotReached, AnswersEntered::Noted) => (Told::NotReached, Done::NotReached),
        (_, AnswersEntered::Noted) => (Told::Noted, Done::Noted),
    };
    match round {
        Some(round) => go_on(staff, &round, Some(id), Some(told)).await,
        None => Ok(staff.visit.redirect(&format!("/patients/{id}?done={}", done.code()))),
    }
}

/// The form again, if it can be mended.
async fn refused(
    staff: &StaffActor,
    id: PatientId,
    fields: Fields,
    error: ServiceError,
) -> Result<Response, ServiceError> {
    match error {
        ServiceError::Report(ReportError::TimePassed) => {
            let passed = Mistakes::one("later_at", message!("round-later-passed"));
            show(staff, id, Entered::with(fields, passed)).await
        }
        ServiceError::Report(ReportError::Fields(errors)) => {
            let form = form_of(&staff.visit.console.settings.flow_set)?;
            let mistakes = mistakes_of(form.fields().collect::<Vec<_>>().into_iter(), &errors);
            show(staff, id, Entered::with(fields, mistakes)).await
        }
        ServiceError::Report(ReportError::NotObserved) => {
            let entered = Entered::with(fields, Mistakes::default());
            show(staff, id, Entered { surprise: Surprise::NotObserved, ..entered }).await
        }
        error => Err(error),
    }
}

/// Corrects the report that the same form had stored before.
async fn correct(
    staff: &StaffActor,
    id: PatientId,
    fields: Fields,
    round: Option<Round>,
) -> Result<Response, ServiceError> {
    let Read { answers, note, mut mistakes } = Read::of(staff, &fields)?;
    let reason = match NoteText::parse(fields.get("reason")) {
        Ok(Some(reason)) => Some(reason),
        Ok(None) => {
            mistakes.add("reason", message!("correct-reason-missing"));
            None
        }
        Err(error) => {
            mistakes.add("reason", note_field::told(error));
            None
        }
    };
    let ids = fields.get("corrects").parse::<ReportId>().ok().zip(fields.get("entry").parse::<ReportId>().ok());
    let (Some(reason), Some((report, form)), true) = (reason, ids, mistakes.is_empty()) else {
        return show(staff, id, Entered::with(fields, mistakes)).await;
    };
    let flow_set = &staff.visit.console.settings.flow_set;
    let entry = ReportEntry { flow_set, answers, language: staff.visit.language };
    let correction = ReportCorrection { report, form, entry, reason: &reason, note: note.as_ref() };
    let (told, done) = match correct_report(staff.context(), staff.actor(), id, correction).await {
        Ok(Some(entered)) if entered.severity == Severity::Red => {
            return show_entered(staff, id, After { entered, purpose: Purpose::Report, round }).await;
        }
        Ok(Some(_)) => (Told::Corrected, Done::Corrected),
        Ok(None) => (Told::SavedBefore, Done::ReportedBefore),
        Err(error) => return refused(staff, id, fields, error).await,
    };
    match round {
        Some(round) => go_on(staff, &round, Some(id), Some(told)).await,
        None => Ok(staff.visit.redirect(&format!("/patients/{id}?done={}", done.code()))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_people_write_them() {
        let now: ZonedDateTime = "2026-11-28T10:00:00+09:00[Asia/Tokyo]".parse().unwrap();
        let read = |text: &str| {
            later_at(text, &now).map(|at| at.to_zoned_datetime(now.time_zone().clone()).time().to_string())
        };
        for (text, expected) in [
            ("15:00", Some("15:00:00")),
            (" １５：３０ ", Some("15:30:00")),
            ("15時", Some("15:00:00")),
            ("9時5分", Some("09:05:00")),
            ("25:00", None),
            ("soon", None),
            ("", None),
        ] {
            assert_eq!(read(text).as_deref(), expected, "{text}");
        }
    }
}
