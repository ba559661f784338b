//! The notices of a person: what came of them, and sending the invitation again.

use axum::extract::Path;
use axum::response::Response;
use jiff::ZonedDateTime;

use super::done::Done;
use super::person::{id_of, page_of};
use crate::domain::{NoNotice, NoticeChannel, NoticeId, NoticeKind, NoticeState, NoticeStop, PatientId};
use crate::service::{
    Invited, NoticeView, NoticesOfPerson, ServiceError, WhyNoInvitation, confirm_address, resume_notices,
    send_invitation,
};
use crate::translations::{Message, message};
use crate::web::console::form::{Fields, Submitted};
use crate::web::console::sender::sent;
use crate::web::console::staff::StaffActor;
use crate::web::console::{missing, times};

/// The card of a person's notices.
pub(super) struct NoticeCard {
    pub(super) lines: Vec<NoticeLine>,
    /// How the person isn't reached.
    pub(super) dead: Vec<Dead>,
    /// How the person's request stands that they stop.
    pub(super) stop: Option<Message>,
    /// Whether they rest or have stopped, so that they can go on.
    pub(super) can_go_on: bool,
}

impl NoticeCard {
    pub(super) fn of(of_person: &NoticesOfPerson, now: &ZonedDateTime) -> Self {
        let stop = of_person.stop.map(|stop| match stop {
            NoticeStop::Requested => message!("notice-card-requested"),
            NoticeStop::Stopped => message!("notice-card-stopped"),
            NoticeStop::Declined => message!("notice-card-declined"),
        });
        let dead = |channel: &NoticeChannel| Dead {
            channel: channel.code(),
            says: match channel {
                NoticeChannel::Sms => message!("notice-card-dead-sms"),
                NoticeChannel::Email => message!("notice-card-dead-email"),
            },
            again: match channel {
                NoticeChannel::Sms => message!("notice-use-number-again"),
                NoticeChannel::Email => message!("notice-use-address-again"),
            },
        };
        Self {
            lines: of_person.notices.iter().map(|notice| NoticeLine::of(notice, now)).collect(),
            dead: of_person.dead.iter().map(dead).collect(),
            stop,
            can_go_on: of_person.stop == Some(NoticeStop::Stopped),
        }
    }
}

/// A number or an address that takes no messages.
pub(super) struct Dead {
    pub(super) channel: &'static str,
    pub(super) says: Message,
    /// What the button says that lets it be used again.
    pub(super) again: Message,
}

/// A notice.
pub(super) struct NoticeLine {
    pub(super) day: String,
    pub(super) kind: Message,
    pub(super) by: Option<String>,
    pub(super) state: Message,
    pub(super) why: Option<Message>,
    /// What a mail server has said since it accepted the message.
    pub(super) late: Option<Message>,
    pub(super) at: String,
}

impl NoticeLine {
    fn of(notice: &NoticeView, now: &ZonedDateTime) -> Self {
        Self {
            day: notice.day.strftime("%-m/%-d").to_string(),
            kind: match notice.kind {
                NoticeKind::Daily => message!("notice-kind-daily"),
                NoticeKind::Invitation => message!("notice-kind-invitation"),
            },
            by: notice.asked_by.clone(),
            state: state_name(notice.state),
            why: notice.reason.map(reason),
            late: late(notice, now),
            at: times::clock_time(notice.moved_at, now),
        }
    }
}

fn late(notice: &NoticeView, now: &ZonedDateTime) -> Option<Message> {
    let at = notice.delayed_at.filter(|_| matches!(notice.state, NoticeState::Sent | NoticeState::Unknown))?;
    Some(message!("notice-delayed", at = times::clock_time(at, now)))
}

/// The name of a state.
pub(in crate::web::console) fn state_name(state: NoticeState) -> Message {
    match state {
        NoticeState::Waiting => message!("notice-state-waiting"),
        NoticeState::Intended => message!("notice-state-intended"),
        NoticeState::Sent => message!("notice-state-sent"),
        NoticeState::Delivered => message!("notice-state-delivered"),
        NoticeState::Bounced => message!("notice-state-bounced"),
        NoticeState::Refused => message!("notice-state-refused"),
        NoticeState::Unknown => message!("notice-state-unknown"),
        NoticeState::NotSent => message!("notice-state-not-sent"),
    }
}

fn reason(why: NoNotice) -> Message {
    match why {
        NoNotice::Released => message!("notice-why-released"),
        NoNotice::NotBegun => message!("notice-why-not-begun"),
        NoNotice::Stopped => message!("notice-why-stopped"),
        NoNotice::StopRequested => message!("notice-why-stop-requested"),
        NoNotice::NoticesStopped => message!("notice-why-notices-stopped"),
        NoNotice::Off => message!("notice-why-off"),
        NoNotice::NoAddress => message!("notice-why-no-address"),
        NoNotice::Late => message!("notice-why-late"),
    }
}

pub(super) async fn submit(Path(id): Path<String>, form: Submitted) -> Response {
    let Ok(id) = id_of(&id) else { return missing::page(&form.visit) };
    sent(form, &page_of(id), async |staff, fields| invite(staff, id, fields).await).await
}

async fn invite(staff: &StaffActor, id: PatientId, fields: Fields) -> Result<Response, ServiceError> {
    // Without an id, a form can't be told from its double: nothing is sent.
    let Ok(notice) = fields.get("notice").parse::<NoticeId>() else { return Ok(missing::page(&staff.visit)) };
    let done = match send_invitation(staff.context(), staff.actor(), id, notice).await? {
        Invited::Now => Done::Invited,
        Invited::Before => Done::InvitedBefore,
        Invited::NotSent(why) => Done::NotInvited(why),
    };
    Ok(staff.visit.redirect(&format!("{}?done={}", page_of(id), done.code())))
}

/// Lets the notices go on, or a number or an address be used again.
pub(super) async fn go_on(Path(id): Path<String>, form: Submitted) -> Response {
    let Ok(id) = id_of(&id) else { return missing::page(&form.visit) };
    sent(form, &page_of(id), async |staff, fields| {
        let done = match NoticeChannel::from_code(fields.get("again")) {
            Some(channel) if confirm_address(staff.context(), staff.actor(), id, channel).await? => {
                Done::AddressConfirmed
            }
            None if resume_notices(staff.context(), staff.actor(), id).await? => Done::NoticesGoOn,
            _ => Done::Same,
        };
        Ok(staff.visit.redirect(&format!("{}?done={}", page_of(id), done.code())))
    })
    .await
}

/// Why no invitation was sent.
pub(super) fn why_not(why: WhyNoInvitation) -> Message {
    match why {
        WhyNoInvitation::Released => message!("notice-not-released"),
        WhyNoInvitation::LeftAlone => message!("notice-not-left-alone"),
        WhyNoInvitation::NoNumber => message!("notice-not-number"),
        WhyNoInvitation::TooMany => message!("notice-not-many"),
    }
}

/// The code of a reason in an address.
pub(super) const fn code_of(why: WhyNoInvitation) -> &'static str {
    match why {
        WhyNoInvitation::Released => "invitation-released",
        WhyNoInvitation::LeftAlone => "invitation-left-alone",
        WhyNoInvitation::NoNumber => "invitation-no-number",
        WhyNoInvitation::TooMany => "invitation-too-many",
    }
}

/// Reads [`code_of`].
pub(super) fn reason_of(code: &str) -> Option<WhyNoInvitation> {
    use WhyNoInvitation::{LeftAlone, NoNumber, Released, TooMany};
    [Released, LeftAlone, NoNumber, TooMany].into_iter().find(|why| code_of(*why) == code)
}
