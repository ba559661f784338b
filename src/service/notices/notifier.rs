//! Hands notices over, at the given pace. Everything is checked again, and the intents are committed before the carrier
//! is asked. Whatever was handed over without a stored outcome is unknown, and isn't sent again.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::task::JoinSet;
use tracing::{error, warn};

use super::bounces::address_hash;
use super::delivery::ask_at_the_carrier;
use super::facts::{Known, centres_of};
use super::plan::plan_notices;
use super::words::{unsubscribe_url, words_of};
use crate::carrier::Carriers;
use crate::carrier::network::{SmsOutcome, SmsRefusal};
use crate::domain::{
    CentreCode, EmailAddress, NoNotice, NoticeChannel, NoticeId, NoticeOutcome, NoticeState, PatientId, PhoneNumber,
    ReportLinkId, Sensitive,
};
use crate::mail::{Letter, MailOutcome, MailServer};
use crate::policy::{NoticeFate, Reachable, allowance, notice_fate, window};
use crate::service::centre_settings::CentreSettings;
use crate::service::context::Context;
use crate::service::error::ServiceError;
use crate::store::centres::CentreRow;
use crate::store::notices::{self, DeadAddress, NoticeRow};
use crate::store::patients::{self, PatientRow};
use crate::store::{StoreError, Tx, dialer, report_links};

/// Notices handed over in one commit.
const MOST_AT_ONCE: u32 = 200;
/// Commits of a run. The rest waits for the next one, which comes at once if this one took long.
const MOST_BATCHES: usize = 20;
/// A notice whose outcome isn't stored this long after its intent has an unknown one: longer than the longest request.
const TAKE_OVER: SignedDuration = SignedDuration::from_secs(60);
/// When a message is tried again that a mail server puts off, or a carrier hasn't processed.
const TRIED_AGAIN_AFTER: SignedDuration = SignedDuration::from_mins(5);
/// An intent that wasn't handed over within this time isn't any more, but waits again. Its process was frozen, and
/// another one may have declared it unknown.
const LEASE: SignedDuration = SignedDuration::from_secs(15);

/// How notices go out.
#[derive(Clone)]
#[allow(missing_debug_implementations, reason = "connections have no useful `Debug` output")]
pub struct NotifierSettings {
    /// The carriers.
    pub carriers: Carriers,
    /// The number that messages come from.
    pub from: PhoneNumber,
    /// The mail server. Without one, whoever has no number for an SMS gets no notice.
    pub mail: Option<Arc<dyn MailServer>>,
    /// The portal's address, without a trailing slash.
    pub portal: String,
    /// The pace of each channel.
    pub paces: NoticePaces,
    /// How often [`Notifier::tick`] runs.
    pub tick: Duration,
}

/// Messages handed over a second by each channel, over all nodes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NoticePaces {
    /// By SMS.
    pub sms: f64,
    /// By e-mail.
    pub email: f64,
}

impl NoticePaces {
    const fn of(self, channel: NoticeChannel) -> f64 {
        match channel {
            NoticeChannel::Sms => self.sms,
            NoticeChannel::Email => self.email,
        }
    }
}

/// Sends notices.
#[allow(missing_debug_implementations, reason = "connections have no useful `Debug` output")]
pub struct Notifier {
    context: Arc<Context>,
    settings: NotifierSettings,
}

/// What a run did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SentNotices {
    /// Notices that were planned.
    pub planned: u64,
    /// Notices that were handed over.
    pub handed_over: usize,
}

/// A committed intent: the right to hand a message over, once.
struct Intent {
    id: NoticeId,
    patient: PatientId,
    to: Destination,
    link: Option<ReportLinkId>,
}

/// Where a message goes, and what it says.
enum Destination {
    Sms(PhoneNumber, String),
    Email(Letter),
}

/// What came of handing a message over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum HandedOver {
    Accepted,
    Refused,
    /// The number or the address takes no messages.
    NoSuchAddress,
    /// The person has asked the carrier that no more come.
    OptedOut,
    /// The carrier or the server certainly hasn't taken it. It is tried again.
    Later,
    Unknown,
}

impl From<SmsOutcome> for HandedOver {
    fn from(outcome: SmsOutcome) -> Self {
        match outcome {
            SmsOutcome::Accepted => Self::Accepted,
            SmsOutcome::Refused(SmsRefusal::NotProcessed) => Self::Later,
            SmsOutcome::Refused(SmsRefusal::Number) => Self::NoSuchAddress,
            SmsOutcome::Refused(SmsRefusal::OptedOut) => Self::OptedOut,
            SmsOutcome::Refused(SmsRefusal::Request) => Self::Refused,
            SmsOutcome::Unknown => Self::Unknown,
        }
    }
}

impl From<MailOutcome> for HandedOver {
    fn from(outcome: MailOutcome) -> Self {
        match outcome {
            MailOutcome::Accepted => Self::Accepted,
            MailOutcome::Refused => Self::Refused,
            MailOutcome::NoSuchAddress => Self::NoSuchAddress,
            MailOutcome::NotSent(_) => Self::Later,
            MailOutcome::Unknown => Self::Unknown,
        }
    }
}

/// A notice that goes out now.
struct Going {
    notice: NoticeRow,
    patient: PatientRow,
    centre: CentreRow,
    channel: NoticeChannel,
    address: Option<EmailAddress>,
}

/// What the due notices become.
#[derive(Default)]
struct Sorted {
    goes: Vec<Going>,
    /// Those that go by another channel than expected, at its pace.
    elsewhere: Vec<(NoticeId, NoticeChannel)>,
    waits: Vec<(NoticeId, CentreCode, Timestamp)>,
    ends: Vec<(NoticeId, NoNotice)>,
}

impl Notifier {
    /// A notifier on a database and a phone network.
    pub const fn new(context: Arc<Context>, settings: NotifierSettings) -> Self {
        Self { context, settings }
    }

    /// Plans what is due, and hands over as much as the paces allow.
    ///
    /// # Errors
    /// As [`Self::send`].
    pub async fn tick(&self) -> Result<SentNotices, ServiceError> {
        let planned = plan_notices(&self.context).await?;
        let mut handed_over = 0_usize;
        for channel in [NoticeChannel::Sms, NoticeChannel::Email] {
            handed_over = handed_over.saturating_add(self.send(channel).await?);
        }
        Ok(SentNotices { planned, handed_over })
    }

    /// Plans what is due. Returns how many were planned.
    ///
    /// # Errors
    /// Database errors.
    pub async fn plan(&self) -> Result<u64, ServiceError> {
        plan_notices(&self.context).await
    }

    /// Hands over what is due by a channel, as much as its pace allows. Returns how many. The other channel needn't
    /// wait for this one.
    ///
    /// # Errors
    /// Database errors. Whatever was handed over, and isn't stored, becomes unknown after a while.
    pub async fn send(&self, channel: NoticeChannel) -> Result<usize, ServiceError> {
        let mut handed_over = 0_usize;
        for _ in 0..MOST_BATCHES {
            let batch = self.hand_over_some(channel).await?;
            handed_over = handed_over.saturating_add(batch);
            if batch < MOST_AT_ONCE as usize {
                break;
            }
        }
        Ok(handed_over)
    }

    /// Hands over as much as the pace and a commit allow. Returns how many.
    async fn hand_over_some(&self, channel: NoticeChannel) -> Result<usize, ServiceError> {
        let now = self.context.clock.now();
        let left_before = now.checked_sub(TAKE_OVER).unwrap_or(now);
        let mut tx = self.context.database.begin_autocommit().await?;
        if !notices::is_any_due(&mut tx, channel, now, left_before).await? {
            return Ok(0);
        }
        drop(tx);
        let intents = self.intend(channel, now, left_before).await?;
        let handed_over = intents.len();
        let outcomes = self.hand_over(intents, now).await;
        self.store(outcomes).await?;
        Ok(handed_over)
    }

    /// Commits the intents of the notices that go out now.
    async fn intend(
        &self,
        channel: NoticeChannel,
        now: Timestamp,
        left_before: Timestamp,
    ) -> Result<Vec<Intent>, ServiceError> {
        let mut tx = self.context.database.begin_write().await?;
        if dialer::pause(&mut tx).await?.is_some_and(|pause| pause.lost.is_some()) {
            // The database may lack the intents of messages that went out.
            tx.rollback().await?;
            return Ok(Vec::new());
        }
        let lost = notices::give_up(&mut tx, channel, left_before, now).await?;
        if lost > 0 {
            warn!(notices = lost, "unknown whether notices were sent; they are not sent again");
        }
        let rate = self.settings.paces.of(channel);
        let made = notices::handed_over_since(&mut tx, channel, now.checked_sub(window(rate)).unwrap_or(now)).await?;
        let room = allowance(rate, made, 0, u32::MAX, self.settings.tick).min(MOST_AT_ONCE);
        let due = notices::due(&mut tx, channel, now, room).await?;
        let sorted = self.sort(&mut tx, due, now).await?;
        notices::change_lanes(&mut tx, &sorted.elsewhere).await?;
        notices::postpone(&mut tx, &sorted.waits).await?;
        notices::end(&mut tx, &sorted.ends, now).await?;
        let claim = |going: &Going| (going.notice.id, going.centre.code.clone(), going.channel);
        let claimed = notices::intend(&mut tx, &sorted.goes.iter().map(claim).collect::<Vec<_>>(), now).await?;
        let mut intents = Vec::with_capacity(claimed.len());
        for going in sorted.goes.into_iter().filter(|going| claimed.contains(&going.notice.id)) {
            intents.extend(self.intent(&mut tx, going, now).await?);
        }
        tx.commit().await?;
        Ok(intents)
    }

    /// A message, with the tokens in it.
    async fn intent(&self, tx: &mut Tx, going: Going, now: Timestamp) -> Result<Option<Intent>, ServiceError> {
        let Going { notice, patient, centre, channel, address } = going;
        let portal = &self.settings.portal;
        let (text, link) = words_of(tx, &notice, &patient, &centre, portal, now).await?;
        let to = match (channel, patient.phone_number, address) {
            (NoticeChannel::Sms, Some(number), _) => Destination::Sms(number, text),
            (NoticeChannel::Email, _, Some(to)) => {
                notices::goes_to(tx, notice.id, &address_hash(notice.id, &to)).await?;
                Destination::Email(Letter {
                    id: notice.id.0,
                    at: now,
                    to,
                    subject: format!("My HER-SYS — {}", centre.name),
                    text,
                    unsubscribe: Some(unsubscribe_url(tx, &notice, portal).await?),
                })
            }
            (NoticeChannel::Sms | NoticeChannel::Email, ..) => return Ok(None),
        };
        Ok(Some(Intent { id: notice.id, patient: patient.id, to, link }))
    }

    /// Sorts due notices by what becomes of them, by the settings of the health centre that has their patients now.
    async fn sort(&self, tx: &mut Tx, due: Vec<NoticeRow>, now: Timestamp) -> Result<Sorted, ServiceError> {
        let ids: Vec<PatientId> = due.iter().map(|notice| notice.patient).collect();
        patients::hold(tx, &ids).await?;
        let people: HashMap<PatientId, PatientRow> =
            patients::by_ids(tx, &ids).await?.into_iter().map(|patient| (patient.id, patient)).collect();
        let centres = centres_of(tx, people.values().map(|patient| &patient.centre)).await?;
        let known = Known::of(tx, &ids).await?;
        let mut sorted = Sorted::default();
        for notice in due {
            let Some(patient) = people.get(&notice.patient) else { continue };
            let Some(centre) = centres.get(&patient.centre) else { continue };
            let schedule = match CentreSettings::read(centre).and_then(|settings| settings.notice_schedule(centre)) {
                Ok(schedule) => schedule,
                Err(error) => {
                    error!(centre = %centre.code, %error, "could not send a centre's notices");
                    let later = now.checked_add(TAKE_OVER).unwrap_or(now);
                    sorted.waits.push((notice.id, centre.code.clone(), later));
                    continue;
                }
            };
            let mut facts = known.facts(patient, notice.kind, notice.day);
            if self.settings.mail.is_none() {
                facts.email = Reachable::None;
            }
            match notice_fate(&facts, &schedule, now) {
                NoticeFate::Goes(channel) if channel != notice.lane => sorted.elsewhere.push((notice.id, channel)),
                NoticeFate::Goes(channel) => {
                    let address = known.address(patient.id).cloned();
                    let (patient, centre) = (patient.clone(), centre.clone());
                    sorted.goes.push(Going { notice, patient, centre, channel, address });
                }
                NoticeFate::Waits(until) => sorted.waits.push((notice.id, centre.code.clone(), until)),
                NoticeFate::Ends(why) => sorted.ends.push((notice.id, why)),
            }
        }
        Ok(sorted)
    }

    /// Hands messages over, all at once. One that isn't within its lease isn't, and waits again.
    async fn hand_over(&self, intents: Vec<Intent>, intended_at: Timestamp) -> Vec<(Intent, HandedOver)> {
        let mut under_way = JoinSet::new();
        for intent in intents {
            let (settings, clock) = (self.settings.clone(), self.context.clock.clone());
            under_way.spawn(async move {
                let is_late = clock.now().duration_since(intended_at) > LEASE;
                let outcome = if is_late { HandedOver::Later } else { hand_over(&settings, &intent).await };
                (intent, outcome)
            });
        }
        let mut outcomes = Vec::new();
        while let Some(ended) = under_way.join_next().await {
            match ended {
                Ok(outcome) => outcomes.push(outcome),
                Err(error) => error!(%error, "a notice was given up; its outcome is unknown"),
            }
        }
        outcomes
    }

    async fn store(&self, outcomes: Vec<(Intent, HandedOver)>) -> Result<(), ServiceError> {
        if outcomes.is_empty() {
            return Ok(());
        }
        let now = self.context.clock.now();
        let mut tx = self.context.database.begin_write().await?;
        for (intent, outcome) in outcomes {
            store_one(&mut tx, &intent, outcome, now).await?;
        }
        Ok(tx.commit().await?)
    }
}

async fn store_one(tx: &mut Tx, intent: &Intent, outcome: HandedOver, now: Timestamp) -> Result<(), StoreError> {
    let (state, of_link) = match outcome {
        HandedOver::Accepted => (NoticeState::Sent, NoticeOutcome::Sent),
        HandedOver::Refused | HandedOver::NoSuchAddress | HandedOver::OptedOut => {
            (NoticeState::Refused, NoticeOutcome::Refused)
        }
        HandedOver::Later => (NoticeState::Waiting, NoticeOutcome::NotYet),
        HandedOver::Unknown => (NoticeState::Unknown, NoticeOutcome::Unknown),
    };
    metrics::counter!("kenkocall_notices_total", "outcome" => state.code()).increment(1);
    if outcome == HandedOver::Later {
        let later = now.checked_add(TRIED_AGAIN_AFTER).unwrap_or(now);
        notices::wait_again(tx, &[(intent.id, later)]).await?;
    } else {
        notices::became(tx, intent.id, state, now).await?;
    }
    if outcome == HandedOver::NoSuchAddress {
        let (channel, address) = intent.to.address();
        let (patient, notice) = (intent.patient, intent.id);
        notices::found_dead(tx, &DeadAddress { patient, channel, address, notice, found_at: now }).await?;
    }
    if outcome == HandedOver::OptedOut {
        ask_at_the_carrier(tx, intent.patient, now).await?;
    }
    match intent.link {
        Some(link) => report_links::sent(tx, link, of_link).await.map(|_| ()),
        None => Ok(()),
    }
}

impl Destination {
    fn address(&self) -> (NoticeChannel, Sensitive) {
        match self {
            Self::Sms(number, _) => (NoticeChannel::Sms, Sensitive::new(number.expose())),
            Self::Email(letter) => (NoticeChannel::Email, Sensitive::new(letter.to.expose())),
        }
    }
}

/// Hands a message over, once.
async fn hand_over(settings: &NotifierSettings, intent: &Intent) -> HandedOver {
    match (&intent.to, &settings.mail) {
        (Destination::Sms(to, text), _) => {
            settings.carriers.default().send_notice(to, &settings.from, text, intent.id).await.into()
        }
        (Destination::Email(letter), Some(mail)) => mail.send(letter).await.into(),
        (Destination::Email(_), None) => HandedOver::Later,
    }
}
