//! The effect of a change, as the pages say it before it is saved.

use super::setting::{Group, Setting};
use super::value;
use crate::domain::Language;
use crate::service::{
    BeforeAfter, CentreCalls, CentreEffect, CentreView, InvitationParts, NoticeParts, default_notice,
    invitation_message, sms_segments, staff_message,
};
use crate::translations::{Message, message};

/// What a change will do, in words.
pub(super) struct Effect {
    /// The settings that change.
    pub(super) changes: Vec<Difference>,
    /// What happens to calls and patients.
    pub(super) rows: Vec<Row>,
    /// From when it counts.
    pub(super) from: Message,
    /// The messages as patients would get them.
    pub(super) sms: Vec<SmsFigure>,
}

/// A setting before and after.
pub(super) struct Difference {
    pub(super) name: Message,
    pub(super) before: Message,
    pub(super) after: Message,
}

/// Something that a change touches.
pub(super) struct Row {
    pub(super) what: Message,
    pub(super) before: u64,
    pub(super) after: u64,
    pub(super) says: Message,
    /// Whether people should look twice.
    pub(super) warns: bool,
}

/// How many red alerts wait, in an example.
const EXAMPLE_LINES: usize = 1;
/// What stands for the number that patients call back, in an example.
const EXAMPLE_NUMBER: &str = "050-0000-0000";

/// Addresses as long as the real ones, in examples.
const EXAMPLE_PORTAL: &str = "https://kenko.example.jp/portal";
const EXAMPLE_LINK: &str = "https://kenko.example.jp/portal/r/0000000000000000000000000000000000000000000";
/// The HER-SYS ID in an example.
const EXAMPLE_ID: &str = "01234567";

/// An SMS as its reader gets it.
pub(super) struct SmsFigure {
    /// What is said above it.
    pub(super) heading: Message,
    /// The text.
    pub(super) text: String,
    /// How many characters and parts it has.
    pub(super) parts: Message,
    /// What it costs.
    pub(super) cost: Message,
}

impl SmsFigure {
    /// The messages that a group of settings decides about.
    pub(super) fn of_group(group: Group, centre: &CentreView) -> Vec<Self> {
        match group {
            Group::Sms => Self::missed_call(centre).into_iter().collect(),
            Group::Notices => Self::notices(centre),
            Group::Hours
            | Group::Pattern
            | Group::Retries
            | Group::Thresholds
            | Group::Limits
            | Group::Centre
            | Group::Pause => Vec::new(),
        }
    }

    /// The SMS after a missed call. `None` if there is none.
    fn missed_call(centre: &CentreView) -> Option<Self> {
        let sms = centre.settings.missed_call_sms.as_ref()?;
        Some(Self::of(message!("console-sms-looks"), sms.filled(&centre.name, EXAMPLE_NUMBER), centre))
    }

    /// The daily notice in each language that has words of its own, and in Japanese; and the invitation.
    fn notices(centre: &CentreView) -> Vec<Self> {
        let (settings, phone) = (&centre.settings, centre.phone.national());
        let parts = NoticeParts { centre: &centre.name, phone: &phone, link: EXAMPLE_LINK };
        let daily = |language: Language| {
            let own = settings.notice_texts.get(&language);
            let text = own.map_or_else(|| default_notice(language, parts), |own| own.filled(parts));
            let heading = message!("notice-looks-daily", language = language.own_name());
            (own.is_some() || language == Language::Japanese).then(|| Self::of(heading, text, centre))
        };
        let mut figures: Vec<Self> = Language::ALL.into_iter().filter_map(daily).collect();
        let invitation = InvitationParts {
            centre: &centre.name,
            url: EXAMPLE_PORTAL,
            hersys_id: EXAMPLE_ID,
            leaflet: settings.leaflet.as_ref(),
            own_words: settings.invitation_words.as_ref(),
        };
        let text = invitation_message(Language::Japanese, invitation);
        figures.push(Self::of(message!("notice-looks-invitation"), text, centre));
        figures
    }

    /// The SMS to staff who are rung about red alerts, in a language.
    pub(super) fn to_staff(centre: &CentreView, language: Language, console: &str) -> Self {
        let text = staff_message(language, &centre.name, EXAMPLE_LINES, console);
        Self::of(message!("typed-sms-to-staff", language = language.own_name()), text, centre)
    }

    /// A message, with what it costs.
    fn of(heading: Message, text: String, centre: &CentreView) -> Self {
        let parts = sms_segments(&text);
        let cost = match centre.settings.sms_price {
            Some(price) => {
                let cost = price.of(parts).to_string();
                message!("gate-sms-cost", parts = parts, price = price.to_string(), cost = cost)
            }
            None => message!("gate-sms-cost-unknown"),
        };
        let parts = message!("console-sms-parts", parts = parts, characters = text.chars().count());
        Self { heading, text, parts, cost }
    }
}

impl Difference {
    pub(super) fn of(setting: Setting, before: &str, after: &str) -> Self {
        Self { name: setting.name(), before: value::said(setting, before), after: value::said(setting, after) }
    }
}

impl Effect {
    /// Of a change of these groups' settings.
    pub(super) fn of(effect: &CentreEffect, changes: Vec<(Setting, String, String)>) -> Self {
        let groups: Vec<Group> = Group::ALL
            .into_iter()
            .filter(|group| changes.iter().any(|(setting, ..)| group.settings().contains(setting)))
            .collect();
        let moves = groups.iter().any(|group| group.moves_calls());
        let pauses = groups.contains(&Group::Pause) && effect.after.settings.calls == CentreCalls::Pause;
        let sms = groups.iter().flat_map(|group| SmsFigure::of_group(*group, &effect.after)).collect();
        Self {
            rows: rows(effect, moves, pauses),
            from: groups.first().copied().unwrap_or(Group::Hours).counts_from(),
            sms,
            changes: changes.iter().map(|(setting, now, new)| Difference::of(*setting, now, new)).collect(),
        }
    }
}

fn rows(effect: &CentreEffect, moves: bool, pauses: bool) -> Vec<Row> {
    let mut rows = vec![
        Row {
            what: message!("console-effect-waiting"),
            says: match lost(effect.waiting) {
                0 if pauses => message!("console-effect-waiting-rests"),
                0 => message!("console-effect-stays"),
                lost => message!("console-effect-waiting-cancelled", count = lost),
            },
            warns: lost(effect.waiting) > 0,
            ..Row::of(effect.waiting)
        },
        Row {
            what: message!("console-effect-under-way"),
            says: match lost(effect.under_way) {
                0 => message!("console-effect-not-cut"),
                lost => message!("console-effect-under-way-ended", count = lost),
            },
            warns: lost(effect.under_way) > 0,
            ..Row::of(effect.under_way)
        },
    ];
    if moves {
        rows.push(Row { what: message!("console-effect-today"), ..Row::of(effect.today) });
        rows.push(Row { what: message!("console-effect-tomorrow"), ..Row::of(effect.tomorrow) });
        rows.push(Row {
            what: message!("console-effect-outside"),
            says: if effect.outside_hours.after > 0 {
                message!("console-effect-outside-says")
            } else {
                message!("console-effect-nobody")
            },
            warns: effect.outside_hours.after > effect.outside_hours.before,
            ..Row::of(effect.outside_hours)
        });
        rows.push(Row {
            what: message!("console-effect-never"),
            says: if effect.never_called.after > effect.never_called.before {
                message!("console-effect-never-says")
            } else {
                message!("console-effect-nobody-new")
            },
            warns: effect.never_called.after > effect.never_called.before,
            ..Row::of(effect.never_called)
        });
    }
    rows
}

impl Row {
    fn of(count: BeforeAfter) -> Self {
        let more = count.after.saturating_sub(count.before);
        let says = match (more, lost(count)) {
            (0, 0) => message!("console-effect-stays"),
            (0, fewer) => message!("console-effect-fewer", count = fewer),
            (more, _) => message!("console-effect-more", count = more),
        };
        Self { what: message!("console-effect-stays"), before: count.before, after: count.after, says, warns: false }
    }
}

/// How many there are fewer.
fn lost(count: BeforeAfter) -> u64 {
    count.before.saturating_sub(count.after)
}
