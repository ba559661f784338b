//! Who is on duty now, who was rung about red alerts, and who is rung next, in words.

use jiff::ZonedDateTime;

use crate::domain::{EscalationEnd, NoticeOutcome, StepOutcome, StepRole, StepState};
use crate::service::{EscalationView, OnDuty, ShownStep};
use crate::translations::{Argument, Message, Separator, message};
use crate::web::console::times;

/// The state of a centre's calls to staff.
pub(in crate::web::console) struct Duty {
    /// Whether there is a rota.
    pub(in crate::web::console) has_rota: bool,
    /// Who is on duty.
    pub(in crate::web::console) now: Message,
    /// Who is on duty next.
    pub(in crate::web::console) later: Option<Message>,
    /// What waits. `None` if nobody needs to be rung.
    pub(in crate::web::console) waits: Option<Message>,
    /// The calls, in order.
    pub(in crate::web::console) steps: Vec<Step>,
    /// Who is rung next.
    pub(in crate::web::console) next: Option<Message>,
    /// How the last escalation ended.
    pub(in crate::web::console) ended: Option<Message>,
    /// Whether everybody was rung and no person has answered.
    pub(in crate::web::console) nobody_reached: bool,
}

/// A call to a member of staff.
pub(in crate::web::console) struct Step {
    /// When.
    pub(in crate::web::console) time: String,
    /// Why them.
    pub(in crate::web::console) role: Message,
    /// Who, with the number.
    pub(in crate::web::console) who: String,
    /// What came of it.
    pub(in crate::web::console) says: Message,
    /// Whether it rings now.
    pub(in crate::web::console) rings: bool,
    /// Whether somebody took the alerts.
    pub(in crate::web::console) took: bool,
    /// What came of the SMS and the e-mail.
    pub(in crate::web::console) notices: Vec<Message>,
}

impl Duty {
    /// The words for a state.
    pub(in crate::web::console) fn of(view: &EscalationView, now: &ZonedDateTime) -> Self {
        let time = |at| times::clock_time(at, now);
        let waits = view.waiting_since.map(|since| message!("rota-waits", count = view.lines, since = time(since)));
        let next = view.next.as_ref().map(|next| match next.at <= now.timestamp() {
            true => message!("rota-next-at-once", name = &next.name),
            false => message!("rota-next-at", name = &next.name, at = time(next.at)),
        });
        let ended = view.ended.map(|(at, why)| match why {
            EscalationEnd::ByPhone => message!("rota-ended-by-phone", at = time(at)),
            EscalationEnd::ByStaff => message!("rota-ended-by-staff", at = time(at)),
        });
        Self {
            has_rota: view.has_rota,
            now: match view.on_duty.as_slice() {
                [] => message!("rota-nobody-now"),
                people => message!("rota-on-duty-now", names = names(people)),
            },
            later: view.next_on_duty.as_ref().map(|(at, people)| match people.as_slice() {
                [] => message!("rota-nobody-from", at = time(*at)),
                people => message!("rota-on-duty-from", at = time(*at), names = names(people)),
            }),
            waits,
            steps: view.steps.iter().map(|step| Step::of(step, now)).collect(),
            next,
            ended,
            nobody_reached: view.nobody_reached,
        }
    }

    /// Whether a person needs to look at it now.
    pub(in crate::web::console) fn is_urgent(&self) -> bool {
        self.waits.is_some()
    }
}

/// Names in the order in which they are rung.
fn names(people: &[OnDuty]) -> Argument {
    let names: Vec<&str> = people.iter().map(|person| person.name.as_str()).collect();
    Argument::Joined(Separator::Words, vec![message!("rota-names", names = names.join(" → "))])
}

impl Step {
    /// The words for a call.
    pub(in crate::web::console) fn of(step: &ShownStep, now: &ZonedDateTime) -> Self {
        let time = |at| times::clock_time(at, now);
        let says = match (step.ended, step.state) {
            (Some((outcome, at)), _) => outcome_name(outcome, time(at)),
            (None, StepState::Answered) => message!("rota-step-talks"),
            (None, StepState::Intended | StepState::Placed | StepState::Ended) => {
                message!("rota-step-rings", since = time(step.at))
            }
        };
        let sms = step.sms.map(|outcome| message!("rota-sms", outcome = notice_name(outcome)));
        let mail = step.mail.map(|outcome| message!("rota-mail", outcome = notice_name(outcome)));
        Self {
            time: time(step.at),
            role: match step.role {
                StepRole::OnDuty => message!("rota-role-on-duty"),
                StepRole::Fallback => message!("rota-role-fallback"),
            },
            who: format!("{} {}", step.name, step.phone),
            says,
            rings: step.ended.is_none(),
            took: matches!(step.ended, Some((StepOutcome::Taken, _))),
            notices: sms.into_iter().chain(mail).collect(),
        }
    }
}

fn outcome_name(outcome: StepOutcome, at: String) -> Message {
    match outcome {
        StepOutcome::Taken => message!("rota-step-taken", at = at),
        StepOutcome::PassedOn => message!("rota-step-passed-on", at = at),
        StepOutcome::Heard => message!("rota-step-heard"),
        StepOutcome::Voicemail => message!("rota-step-voicemail"),
        StepOutcome::Busy => message!("rota-step-busy"),
        StepOutcome::NoAnswer => message!("rota-step-no-answer"),
        StepOutcome::Failed => message!("rota-step-failed"),
        StepOutcome::Unknown => message!("rota-step-unknown"),
        StepOutcome::Withdrawn => message!("rota-step-withdrawn"),
    }
}

fn notice_name(outcome: NoticeOutcome) -> Message {
    match outcome {
        NoticeOutcome::Sent => message!("rota-notice-sent"),
        NoticeOutcome::Refused => message!("rota-notice-refused"),
        NoticeOutcome::Unknown => message!("rota-notice-unknown"),
        NoticeOutcome::NotYet => message!("rota-notice-not-yet"),
    }
}
