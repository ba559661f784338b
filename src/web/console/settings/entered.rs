//! What a form of settings has, beside what is stored now: two people may be at the same settings.

use super::setting::{Control, Group, Setting};
use super::value;
use crate::domain::AttemptOutcome;
use crate::service::{CentreChange, CentreView};
use crate::translations::{Message, message};
use crate::web::console::form::{Fields, Mistakes};

/// The fields of a form, and what they change.
pub(super) struct Entered {
    /// The fields.
    pub(super) fields: Vec<Field>,
    /// What is wrong.
    pub(super) mistakes: Mistakes,
    /// What differs from what is stored.
    pub(super) change: CentreChange,
}

/// A setting in a form.
pub(super) struct Field {
    /// The setting.
    pub(super) setting: Setting,
    /// What is in its field.
    pub(super) typed: String,
    /// What is stored.
    pub(super) now: String,
    /// How the two are to each other.
    pub(super) standing: Standing,
}

/// How what was typed stands to what is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Standing {
    /// It is the same.
    Same,
    /// It is new: the value as it would be stored.
    New(String),
    /// It is new, and somebody else has changed the setting since the form was shown.
    Both(String),
    /// It can't be read.
    Wrong,
}

impl Entered {
    /// A form that shows what is stored.
    pub(super) fn stored(group: Group, centre: &CentreView) -> Self {
        let field = |setting: &Setting| {
            let now = value::current(*setting, centre);
            Field { setting: *setting, typed: now.clone(), now, standing: Standing::Same }
        };
        let fields = group.settings().iter().map(field).collect();
        Self { fields, mistakes: Mistakes::default(), change: CentreChange::default() }
    }

    /// A form that was sent. What the sender didn't touch and somebody else has changed meanwhile stays changed.
    pub(super) fn sent(group: Group, centre: &CentreView, sent: &Fields) -> Self {
        let mut entered = Self::stored(group, centre);
        for field in &mut entered.fields {
            let typed = typed(field.setting, sent);
            let was = sent.get(&format!("was-{}", field.setting.code())).replace("\r\n", "\n");
            if typed == was || typed == field.now {
                // What isn't touched isn't read again: a stored value doesn't block other changes.
                continue;
            }
            match value::read(field.setting, &typed, &mut CentreChange::default()) {
                Err(sentence) => {
                    entered.mistakes.add(field.setting.code(), sentence);
                    (field.typed, field.standing) = (typed, Standing::Wrong);
                }
                Ok(read) if read == field.now || read == was => {}
                Ok(read) => {
                    let stands = if was == field.now { Standing::New } else { Standing::Both };
                    // It was read once, so it can be read again.
                    let _read = value::read(field.setting, &typed, &mut entered.change);
                    (field.typed, field.standing) = (typed, stands(read));
                }
            }
        }
        entered
    }

    /// Whether a setting has two new values: the sender's, and somebody else's.
    pub(super) fn has_two(&self) -> bool {
        self.fields.iter().any(|field| matches!(field.standing, Standing::Both(_)))
    }

    /// What differs: the settings, with the values now and then.
    pub(super) fn differences(&self) -> impl Iterator<Item = (Setting, &str, &str)> {
        self.fields.iter().filter_map(|field| match &field.standing {
            Standing::New(new) | Standing::Both(new) => Some((field.setting, field.now.as_str(), new.as_str())),
            Standing::Same | Standing::Wrong => None,
        })
    }

    /// The differences as one text, to see whether what is saved is what was previewed.
    pub(super) fn digest(&self) -> String {
        self.differences().map(|(setting, now, new)| format!("{}: {now} → {new}\n", setting.code())).collect()
    }
}

/// What the fields of a setting have, as one text.
fn typed(setting: Setting, sent: &Fields) -> String {
    let code = setting.code();
    match setting.control() {
        Control::Line | Control::Number(_) | Control::Text | Control::Choice(_) => sent.get(code).replace("\r\n", "\n"),
        Control::Span => format!("{}-{}", sent.get(code), sent.get(&format!("{code}-to"))),
        Control::Days => {
            let weekdays = value::WEEKDAYS.into_iter().filter(|day| sent.get(&format!("{code}-{day}")) == "1");
            let dates = sent.get(code).split(['\n', ';', '、', ',']).map(str::trim).filter(|date| !date.is_empty());
            weekdays.chain(dates).collect::<Vec<_>>().join(";")
        }
        Control::Retries => {
            let part = |cause: AttemptOutcome| {
                let of = |what: &str| sent.get(&format!("{code}-{}-{what}", cause.code())).trim().to_owned();
                format!("{}={}x{}", cause.code(), of("tries"), of("minutes"))
            };
            value::CAUSES.map(part).join(";")
        }
    }
}

impl Field {
    /// The id of its first control.
    pub(super) fn code(&self) -> &'static str {
        self.setting.code()
    }

    /// What is stored, in words.
    pub(super) fn stored(&self) -> Message {
        value::said(self.setting, &self.now)
    }

    /// What was typed, in words, if somebody else has changed the setting as well.
    pub(super) fn yours(&self) -> Option<Message> {
        match &self.standing {
            Standing::Both(yours) => Some(value::said(self.setting, yours)),
            Standing::Same | Standing::New(_) | Standing::Wrong => None,
        }
    }

    /// The values to choose from: each with its words, and whether it is chosen.
    pub(super) fn choices(&self) -> Vec<(&'static str, Message, bool)> {
        let Control::Choice(values) = self.setting.control() else { return Vec::new() };
        values.iter().map(|word| (*word, value::said(self.setting, word), self.typed == *word)).collect()
    }

    /// What is in a field of one line.
    pub(super) fn in_field(&self) -> Message {
        match self.setting {
            Setting::CallPattern if self.standing != Standing::Wrong => super::pattern::in_words(&self.typed),
            _ => message!("verbatim", text = &self.typed),
        }
    }

    /// The beginning of a span.
    pub(super) fn from(&self) -> &str {
        self.typed.split_once('-').map_or(&self.typed, |(from, _)| from)
    }

    /// The end of a span.
    pub(super) fn to(&self) -> &str {
        self.typed.split_once('-').map_or("", |(_, to)| to)
    }

    /// The weekdays: each with its name, and whether it is off.
    pub(super) fn weekdays(&self) -> Vec<(&'static str, Message, bool)> {
        let is_off = |day: &str| self.typed.split(';').any(|part| part == day);
        value::WEEKDAYS.map(|day| (day, value::weekday(day), is_off(day))).to_vec()
    }

    /// The dates, one on each line.
    pub(super) fn dates(&self) -> String {
        let dates = self.typed.split(';').filter(|part| !value::WEEKDAYS.contains(part));
        dates.collect::<Vec<_>>().join("\n")
    }

    /// The causes: each with its name, tries and minutes.
    pub(super) fn causes(&self) -> Vec<(&'static str, Message, String, String)> {
        let row = |cause: AttemptOutcome| {
            let (tries, minutes) = value::retries_of(cause, &self.typed);
            (cause.code(), crate::web::console::calls::words::outcome_name(cause), tries, minutes)
        };
        value::CAUSES.map(row).to_vec()
    }
}
