//! Notices to patients (M13, M14): when the daily one is due, who gets one, and the hours in which none goes out.

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

use super::{CallingSchedule, PlannedSlot};
use crate::domain::{CallTimes, CallingHours, NoNotice, NoticeChannel, NoticeKind, NumberKind, PhoneNumber};

/// The time of day of a health centre's daily notices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct NoticeTime(Time);

/// The text isn't a time of day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the time of the daily notice is written 08:30; an empty value switches it off")]
pub struct NoticeTimeError;

impl NoticeTime {
    /// The time of day.
    pub const fn time(self) -> Time {
        self.0
    }
}

impl std::str::FromStr for NoticeTime {
    type Err = NoticeTimeError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        CallTimes::read_time(text.trim()).map(Self).map_err(|_| NoticeTimeError)
    }
}

impl std::fmt::Display for NoticeTime {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:02}:{:02}", self.0.hour(), self.0.minute())
    }
}

impl TryFrom<String> for NoticeTime {
    type Error = NoticeTimeError;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<NoticeTime> for String {
    fn from(time: NoticeTime) -> Self {
        time.to_string()
    }
}

/// Whether a health centre invites patients to the portal when they are registered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Invitations {
    /// Only when staff send one.
    #[default]
    ByHand,
    /// Each patient who is registered or imported gets one.
    AtRegistration,
}

/// The text is neither of the two words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("write at_registration when new patients get the invitation, or by_hand when only staff send it")]
pub struct InvitationsError;

impl std::str::FromStr for Invitations {
    type Err = InvitationsError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        [Self::ByHand, Self::AtRegistration].into_iter().find(|what| what.to_string() == text).ok_or(InvitationsError)
    }
}

impl std::fmt::Display for Invitations {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::ByHand => "by_hand",
            Self::AtRegistration => "at_registration",
        })
    }
}

/// When a health centre sends notices.
#[derive(Debug, Clone)]
pub struct NoticeSchedule {
    /// Its time zone.
    pub zone: TimeZone,
    /// The hours in which notices go out. All others are quiet.
    pub hours: CallingHours,
    /// The time of the daily notice. `None` if there is none.
    pub daily: Option<NoticeTime>,
}

/// The daily notices of one civil day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoticeDay {
    /// The day at the health centre.
    pub day: Date,
    /// The first moment at which they go out.
    pub due_at: Timestamp,
    /// The first moment at which they no longer do.
    pub until: Timestamp,
}

impl NoticeSchedule {
    /// The civil day at the health centre.
    pub fn day(&self, now: Timestamp) -> Date {
        self.zone.to_datetime(now).date()
    }

    /// When the daily notices of a day go out. `None` if there are none, or the time is in quiet hours, also by a
    /// change of daylight saving time.
    pub fn on(&self, day: Date) -> Option<NoticeDay> {
        let times = CallTimes::new(vec![self.daily?.time()]).ok()?;
        let slot = self.hours_as_schedule().slots_on(&times, day).into_iter().next();
        slot.map(|PlannedSlot { due_at, window_end, .. }| NoticeDay { day, due_at, until: window_end })
    }

    /// The day whose notices go out now.
    pub fn due(&self, now: Timestamp) -> Option<NoticeDay> {
        self.on(self.day(now)).filter(|day| day.due_at <= now && now < day.until)
    }

    /// Whether notices may go out at a moment.
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.hours.contain(self.zone.to_datetime(now).time())
    }

    /// The first moment after `now` at which the quiet hours end.
    fn next_opening(&self, now: Timestamp) -> Option<Timestamp> {
        let days = self.day(now).series(1.day()).take(MOST_DAYS_CLOSED);
        let mut openings = days.filter_map(|day| self.zone.to_timestamp(day.to_datetime(self.hours.open)).ok());
        openings.find(|opening| *opening > now && self.is_open(*opening))
    }

    /// The same hours, as calls are planned by them: both changes of daylight saving time are handled there.
    fn hours_as_schedule(&self) -> CallingSchedule {
        CallingSchedule {
            zone: self.zone.clone(),
            hours: self.hours,
            days_off: super::DaysOff::default(),
            pattern: super::CallPattern::default(),
        }
    }
}

/// Days that are searched for the end of the quiet hours. A change of daylight saving time can swallow one opening.
const MOST_DAYS_CLOSED: usize = 4;

/// Whether a number or an address takes messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reachable {
    /// There is one.
    Yes,
    /// There is none.
    None,
    /// A message to it bounced or was refused, or somebody else has it.
    Dead,
}

impl Reachable {
    /// Whether a number of this kind takes an SMS.
    pub const fn by_sms(kind: NumberKind) -> Self {
        if matches!(kind, NumberKind::Mobile) { Self::Yes } else { Self::None }
    }
}

/// By which channel a notice is expected to go, from the registered number alone: it waits in that channel's line. What
/// is known when it goes out decides.
pub fn expected_channel(number: Option<&PhoneNumber>) -> NoticeChannel {
    match number.map(|number| Reachable::by_sms(number.kind())) {
        Some(Reachable::Yes) => NoticeChannel::Sms,
        Some(Reachable::None | Reachable::Dead) | None => NoticeChannel::Email,
    }
}

/// What decides about a notice, as committed at this moment.
#[derive(Debug, Clone)]
pub struct NoticeFacts {
    /// What it is about.
    pub kind: NoticeKind,
    /// The day for which it was planned.
    pub day: Date,
    /// Whether the observation has ended (A4).
    pub released: bool,
    /// The first day of the observation.
    pub observed_from: Option<Date>,
    /// Whether staff have stopped the calls (A4).
    pub stopped: bool,
    /// Whether the patient has asked by phone to be left alone, and the health centre hasn't decided.
    pub stop_requested: bool,
    /// Whether the patient has asked that notices stop, and the health centre hasn't declined.
    pub notices_stopped: bool,
    /// The registered number.
    pub sms: Reachable,
    /// The address of the person's account.
    pub email: Reachable,
}

/// What becomes of a notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoticeFate {
    /// It goes out now.
    Goes(NoticeChannel),
    /// It waits until then.
    Waits(Timestamp),
    /// It isn't sent.
    Ends(NoNotice),
}

/// What becomes of a notice by the settings of the health centre that the patient has now. It is asked again just
/// before the intent is stored.
pub fn notice_fate(facts: &NoticeFacts, schedule: &NoticeSchedule, now: Timestamp) -> NoticeFate {
    if let Some(why) = unwanted_notice(facts) {
        return NoticeFate::Ends(why);
    }
    let opens = match facts.kind {
        NoticeKind::Daily => {
            if schedule.daily.is_none() {
                return NoticeFate::Ends(NoNotice::Off);
            }
            match schedule.on(facts.day) {
                Some(day) if now < day.due_at => Some(day.due_at),
                Some(day) if now < day.until => None,
                Some(_) | None => return NoticeFate::Ends(NoNotice::Late),
            }
        }
        NoticeKind::Invitation if schedule.is_open(now) => None,
        NoticeKind::Invitation => match schedule.next_opening(now) {
            Some(opening) => Some(opening),
            None => return NoticeFate::Ends(NoNotice::Late),
        },
    };
    match opens {
        Some(at) => NoticeFate::Waits(at),
        // A clock change may have moved an hour that was open into the quiet ones.
        None if !schedule.is_open(now) => NoticeFate::Ends(NoNotice::Late),
        None => channel(facts).map_or(NoticeFate::Ends(NoNotice::NoAddress), NoticeFate::Goes),
    }
}

/// Why a patient gets no notice, whatever the time. Of several reasons, the one that is hardest to lift.
pub fn unwanted_notice(facts: &NoticeFacts) -> Option<NoNotice> {
    let reasons = [
        (facts.released, NoNotice::Released),
        (facts.stopped, NoNotice::Stopped),
        (facts.stop_requested, NoNotice::StopRequested),
        (facts.notices_stopped, NoNotice::NoticesStopped),
        (
            facts.kind == NoticeKind::Daily && facts.observed_from.is_some_and(|first| first > facts.day),
            NoNotice::NotBegun,
        ),
        (channel(facts).is_none(), NoNotice::NoAddress),
    ];
    reasons.into_iter().find(|(holds, _)| *holds).map(|(_, why)| why)
}

/// The SMS comes first: the number is the one that the health centre has registered.
fn channel(facts: &NoticeFacts) -> Option<NoticeChannel> {
    match (facts.sms, facts.email) {
        (Reachable::Yes, _) => Some(NoticeChannel::Sms),
        (_, Reachable::Yes) => Some(NoticeChannel::Email),
        (Reachable::None | Reachable::Dead, Reachable::None | Reachable::Dead) => None,
    }
}

#[cfg(test)]
mod tests;
