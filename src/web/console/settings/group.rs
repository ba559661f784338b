//! A group of settings: their values, a form, what saving it does, and what was changed lately.

use askama::Template;
use axum::extract::{Path, RawQuery};
use axum::http::StatusCode;
use axum::response::Response;

use super::effect::{Effect, SmsFigure};
use super::entered::Entered;
use super::past::Past;
use super::setting::{Control, Group, Setting};
use super::{may_change, own, pacing};
use crate::domain::{Language, PlainLineError, ReasonText, SmsToo};
use crate::service::{
    AccountError, CentreError, CentreView, ServiceError, UnusablePattern, change_settings, preview_settings,
    settings_history, show_rota,
};
use crate::translations::{Message, message};
use crate::web::console::form::{Fields, Mistakes, Submitted};
use crate::web::console::here::{Frame, Here};
use crate::web::console::layout::Layout;
use crate::web::console::log_in::query_value;
use crate::web::console::sender::{kept, sender, taken};
use crate::web::console::staff::StaffActor;

/// How many changes are read to find the latest of a group.
const MOST_READ: u32 = 100;
/// How many of them are shown.
const MOST_SHOWN: usize = 5;

#[derive(Template)]
#[template(path = "console/settings/group.html", config = "src/web/askama.toml")]
struct Page {
    l: Layout,
    f: Frame,
    group: Group,
    groups: [Group; 9],
    may_change: bool,
    entered: Entered,
    effect: Option<Effect>,
    /// The differences whose effect is shown.
    digest: String,
    reason: String,
    notice: Notice,
    past: Vec<Past>,
    /// The SMS as it is sent now.
    sms: Vec<SmsFigure>,
    /// The SMS to staff, in the languages of those who get it.
    to_staff: Vec<SmsFigure>,
    /// How fast calls are placed.
    pacing: Vec<Message>,
}

impl Page {
    fn mistakes(&self) -> &Mistakes {
        &self.entered.mistakes
    }
}

/// What the page says first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Notice {
    /// Nothing.
    Nothing,
    /// A change was saved.
    Saved,
    /// A change was saved, and calls are still being planned by it.
    Planning,
    /// What was sent is what is stored.
    Same,
    /// Somebody else has changed the same settings.
    Both,
    /// What is saved isn't what was previewed.
    PreviewAgain,
    /// What was typed before the last log-in is back.
    Restored,
}

pub(super) async fn handler(staff: StaffActor, Path(group): Path<String>, RawQuery(query): RawQuery) -> Response {
    let shown = async {
        let group = Group::from_code(&group).ok_or(AccountError::NotFound)?;
        let centre = own(staff.centre().await?)?;
        let notice = match query_value(query.as_deref(), "saved").as_str() {
            "" => Notice::Nothing,
            "planning" => Notice::Planning,
            _ => Notice::Saved,
        };
        match kept(&staff, &path(group)).await? {
            Some(fields) => {
                let entered = Entered::sent(group, &centre, &fields);
                let reason = fields.get("reason").to_owned();
                show(&staff, group, Shown { notice: Notice::Restored, reason, ..Shown::of(entered) }).await
            }
            None => show(&staff, group, Shown { notice, ..Shown::of(Entered::stored(group, &centre)) }).await,
        }
    };
    let shown = shown.await;
    staff.visit.answer(shown)
}

pub(super) async fn submit(Path(group): Path<String>, form: Submitted) -> Response {
    let Some(group) = Group::from_code(&group) else { return crate::web::console::missing::page(&form.visit) };
    let (staff, fields) = match sender(form, &path(group)).await {
        Ok(sent) => sent,
        Err(response) => return response,
    };
    let mut answer = take(&staff, group, &fields).await;
    if matches!(answer, Err(ServiceError::Centre(CentreError::ChangedMeanwhile))) {
        // Now it is seen what has changed.
        answer = take(&staff, group, &fields).await;
    }
    staff.sent(answer).await
}

fn path(group: Group) -> String {
    format!("/settings/{}", group.code())
}

/// Previews or saves what was sent.
async fn take(staff: &StaffActor, group: Group, fields: &Fields) -> Result<Response, ServiceError> {
    if !may_change(staff) {
        return Err(AccountError::NotFound.into());
    }
    let centre = own(staff.centre().await?)?;
    let entered = Entered::sent(group, &centre, fields);
    let reason = fields.get("reason").to_owned();
    let is_saving = fields.get("step") == "save";
    let is_seen = fields.get("previewed").replace("\r\n", "\n") == entered.digest();
    let shown = |entered, notice| Shown { notice, reason: reason.clone(), ..Shown::of(entered) };
    if !entered.mistakes.is_empty() {
        return show(staff, group, shown(entered, Notice::Nothing)).await;
    }
    if entered.differences().next().is_none() {
        return show(staff, group, shown(entered, Notice::Same)).await.map(taken);
    }
    let effect = match preview_settings(staff.context(), staff.actor(), &centre.code, &entered.change).await {
        Ok(effect) => effect,
        Err(error) => return show(staff, group, shown(refused(entered, error)?, Notice::Nothing)).await,
    };
    let differences = entered.differences().map(|(setting, now, new)| (setting, now.to_owned(), new.to_owned()));
    let effect = Some(Effect::of(&effect, differences.collect()));
    let reason_read = ReasonText::parse(&reason).map(Some).or_else(|error| match error {
        PlainLineError::Empty => Ok(None),
        other => Err(other),
    });
    let notice = match (entered.has_two(), is_saving && !is_seen) {
        (true, _) => Notice::Both,
        (false, true) => Notice::PreviewAgain,
        (false, false) => Notice::Nothing,
    };
    let reason_read = match reason_read {
        Ok(read) => read,
        Err(error) => {
            let mut entered = entered;
            entered.mistakes.add("reason", reason_mistake(error));
            return show(staff, group, Shown { effect, ..shown(entered, notice) }).await;
        }
    };
    if notice != Notice::Nothing || !is_saving {
        return show(staff, group, Shown { effect, ..shown(entered, notice) }).await;
    }
    let saved = change_settings(staff.context(), staff.actor(), &centre, &entered.change, reason_read.as_ref()).await;
    saved_page(staff, group, saved.map(|_| ()))
}

/// What is wrong with a reason.
pub(super) fn reason_mistake(error: PlainLineError) -> Message {
    match error {
        PlainLineError::Hidden(hidden) => {
            message!("console-note-hidden", code = format!("U+{:04X}", u32::from(hidden.character)))
        }
        PlainLineError::TooLong(_) | PlainLineError::Empty => {
            message!("console-reason-long", most = ReasonText::MOST_CHARACTERS)
        }
    }
}

/// Leads to the page that says that a change was saved.
fn saved_page(staff: &StaffActor, group: Group, saved: Result<(), ServiceError>) -> Result<Response, ServiceError> {
    match saved {
        Ok(()) => Ok(staff.visit.redirect(&format!("{}?saved=1", path(group)))),
        Err(ServiceError::Centre(CentreError::ReplanUnfinished)) => {
            Ok(staff.visit.redirect(&format!("{}?saved=planning", path(group))))
        }
        Err(error) => Err(error),
    }
}

/// The form with what the service refuses, beside the field. Other errors are returned.
fn refused(mut entered: Entered, error: ServiceError) -> Result<Entered, ServiceError> {
    let ServiceError::Centre(why) = &error else { return Err(error) };
    let Some((setting, sentence)) = unfit(why) else { return Err(error) };
    let shown = entered.fields.iter().map(|field| field.setting);
    let place = shown.clone().find(|shown| *shown == setting).or_else(|| shown.clone().next()).unwrap_or(setting);
    entered.mistakes.add(place.code(), sentence);
    Ok(entered)
}

/// Why values don't fit, and which one.
pub(super) fn unfit(why: &CentreError) -> Option<(Setting, Message)> {
    use crate::domain::CallTimes;
    Some(match why {
        CentreError::UnknownTimeZone(_) => (Setting::TimeZone, message!("console-wrong-time-zone")),
        CentreError::Thresholds(_) => (Setting::TemperatureNote, message!("console-wrong-thresholds")),
        CentreError::PhoneNotCallable => (Setting::Phone, message!("console-phone-not-callable")),
        CentreError::ConcurrentCallsOutOfRange => {
            (Setting::ConcurrentCalls, message!("console-concurrent-out-of-range"))
        }
        CentreError::CallsPerSecondOutOfRange => (Setting::CallsPerSecond, message!("console-pace-out-of-range")),
        CentreError::CallPattern(_, UnusablePattern::NeverFires) => {
            (Setting::CallPattern, message!("console-pattern-never"))
        }
        CentreError::CallPattern(_, UnusablePattern::TooOften { date, times }) => {
            let (date, most) = (date.to_string(), CallTimes::MAX);
            (Setting::CallPattern, message!("console-pattern-too-often", date = date, times = *times, most = most))
        }
        CentreError::CallPattern(pattern, UnusablePattern::OutsideHours { time, hours }) => {
            let (time, hours) = (time.strftime("%-H:%M").to_string(), hours.to_string());
            let outside = message!("console-pattern-outside", pattern = pattern, time = time, hours = hours);
            (Setting::CallPattern, outside)
        }
        CentreError::NoticeInQuietHours => (Setting::DailyNotice, message!("notice-wrong-quiet")),
        CentreError::EarlierValuesUnfit => (Setting::Name, message!("console-earlier-unfit")),
        CentreError::NotFound(_)
        | CentreError::ChangedMeanwhile
        | CentreError::ChangeNotFound
        | CentreError::ReplanUnfinished => return None,
    })
}

/// What the page shows.
struct Shown {
    entered: Entered,
    effect: Option<Effect>,
    reason: String,
    notice: Notice,
}

impl Shown {
    fn of(entered: Entered) -> Self {
        Self { entered, effect: None, reason: String::new(), notice: Notice::Nothing }
    }
}

/// The SMS to the people of the rota who get one, once for each of their languages.
async fn to_staff(staff: &StaffActor, centre: &CentreView) -> Result<Vec<SmsFigure>, ServiceError> {
    let rota = show_rota(staff.context(), staff.actor(), &centre.code).await?.rota;
    let contacts = rota.parts().contacts.iter();
    let console = format!("{}/console", staff.visit.console.settings.public_url.trim_end_matches('/'));
    let reached: Vec<Language> =
        contacts.filter(|contact| contact.sms == SmsToo::Yes).map(|contact| contact.language).collect();
    let languages = Language::ALL.into_iter().filter(|language| reached.contains(language));
    Ok(languages.map(|language| SmsFigure::to_staff(centre, language, &console)).collect())
}

async fn show(staff: &StaffActor, group: Group, shown: Shown) -> Result<Response, ServiceError> {
    let Here { centre, now, frame } = Here::of(staff).await?;
    let centre = own(centre)?;
    let pacing = if group == Group::Limits { pacing::figures(staff, &centre, &now).await? } else { Vec::new() };
    let history = settings_history(staff.context(), staff.actor(), &centre.code, None, MOST_READ).await?;
    let of_group = history.items.iter().filter(|entry| Past::is_about(entry, group)).take(MOST_SHOWN);
    let status = match (shown.entered.mistakes.is_empty(), shown.notice) {
        (false, _) => StatusCode::UNPROCESSABLE_ENTITY,
        (true, Notice::Both | Notice::PreviewAgain) => StatusCode::CONFLICT,
        (true, _) => StatusCode::OK,
    };
    let page = Page {
        l: staff.visit.layout(),
        f: Frame { again: staff.visit.path(&path(group)), ..frame },
        group,
        groups: Group::ALL,
        may_change: may_change(staff),
        digest: shown.entered.digest(),
        entered: shown.entered,
        effect: shown.effect,
        reason: shown.reason,
        notice: shown.notice,
        past: of_group.map(|entry| Past::of(entry, &now)).collect(),
        sms: SmsFigure::of_group(group, &centre),
        to_staff: if group == Group::Sms { to_staff(staff, &centre).await? } else { Vec::new() },
        pacing,
    };
    Ok(staff.visit.page(status, &page))
}
