//! What all pages have: language, header, form token.

use super::section::Section;
use super::today::words;
use super::visit::{Visit, Watch};
use super::{style, times};
use crate::domain::{Language, Role, Severity};
use crate::service::SessionState;
use crate::translations::{Message, message};

/// The end of a path to which a form is sent, but which is no page.
const POSTED_ONLY: &str = "/second-factor";

/// What the frame of a page needs. Templates call it `l`.
pub(super) struct Layout {
    language: Language,
    root: String,
    page: String,
    /// The token of this page's forms.
    pub(super) token: String,
    /// Who is logged in.
    pub(super) who: Option<Who>,
    /// For readers who may know of alerts.
    pub(super) watch: Option<WatchWords>,
    /// The part of the console in which a page is shown that is another's by its path.
    within: Option<Section>,
    /// Whether the page is shown once: then it can't be had in the other language.
    pub(super) is_shown_once: bool,
}

/// Who is logged in, for the header.
pub(super) struct Who {
    /// The name.
    pub(super) name: String,
    /// What they work as.
    pub(super) role: Message,
    /// Their first page.
    pub(super) first: First,
    /// The other parts of the console that they may use.
    pub(super) sections: &'static [Section],
}

/// How many red alerts wait, for the red strip and for the script that keeps it up to date.
pub(super) struct WatchWords {
    /// The red lines with which nobody deals.
    pub(super) red: usize,
    /// Since when the first of them waits, in milliseconds since 1970.
    pub(super) since: String,
    /// The same as a time of day at the health centre.
    clock: String,
    /// The time zone of the health centre, for the script.
    pub(super) zone: String,
    /// When the page was made, likewise.
    pub(super) at: i64,
    /// `on` or `off`.
    pub(super) sound: &'static str,
    /// Whether the log-in ended by itself.
    pub(super) is_locked: bool,
    minutes: i64,
}

impl WatchWords {
    fn of(watch: &Watch, visit: &Visit) -> Self {
        let now = visit.console.context.clock.now();
        let there = now.to_zoned_datetime(watch.zone.clone());
        Self {
            red: watch.red.lines,
            since: watch.red.since.map(|at| at.as_millisecond().to_string()).unwrap_or_default(),
            clock: watch.red.since.map(|at| times::clock_time(at, &there)).unwrap_or_default(),
            zone: watch.zone.iana_name().unwrap_or("UTC").to_owned(),
            at: now.as_millisecond(),
            sound: watch.sound.code(),
            is_locked: matches!(visit.session, SessionState::TimedOut(_)),
            minutes: watch.red.since.map_or(0, |at| times::minutes_since(at, now)),
        }
    }

    /// The sentence of the red strip, and how long the first one waits.
    pub(super) fn strip(&self) -> Message {
        message!("console-strip", count = self.red.to_string())
    }

    /// How long the first one waits.
    pub(super) fn waits(&self) -> Message {
        message!("staff-help-strip-waits", at = self.clock.as_str(), minutes = self.minutes.to_string())
    }

    /// The sentences for the script, with `#` for a number and `@` for a time.
    pub(super) fn strip_of(&self) -> Message {
        message!("console-strip", count = "#")
    }

    pub(super) fn waits_of(&self) -> Message {
        message!("staff-help-strip-waits", at = "@", minutes = "#")
    }

    pub(super) fn fresh_of(&self) -> Message {
        message!("console-live-new", count = "#")
    }

    pub(super) fn lost_of(&self) -> Message {
        message!("console-live-lost", at = "#")
    }

    pub(super) fn asks_of(&self) -> Message {
        message!("gate-live-asks", at = "#")
    }
}

/// The first page of a role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum First {
    /// The open alerts.
    Today,
    /// The day's figures by health centre.
    Figures,
    /// The own account: the role is unknown to this program.
    Account,
}

impl First {
    /// Of a role.
    pub(super) const fn of(role: Option<Role>) -> Self {
        match role {
            Some(Role::Nurse | Role::CentreAdministrator) => Self::Today,
            Some(Role::HelpDesk | Role::SystemAdministrator) => Self::Figures,
            None => Self::Account,
        }
    }

    /// Its path.
    pub(super) const fn page(self) -> &'static str {
        match self {
            Self::Today => "/today",
            Self::Figures => "/figures",
            Self::Account => "/account",
        }
    }

    /// Its name.
    pub(super) fn name(self) -> Message {
        match self {
            Self::Today => message!("console-today"),
            Self::Figures => message!("console-figures"),
            Self::Account => message!("console-account"),
        }
    }
}

/// The name of a role.
pub(super) fn role_name(role: Option<Role>) -> Message {
    match role {
        Some(Role::Nurse) => message!("console-role-nurse"),
        Some(Role::CentreAdministrator) => message!("console-role-centre-administrator"),
        Some(Role::HelpDesk) => message!("console-role-help-desk"),
        Some(Role::SystemAdministrator) => message!("console-role-system-administrator"),
        None => message!("console-role-unknown"),
    }
}

/// A value as a template gives it to a method: behind any number of references.
pub(super) trait Given<T> {
    fn given(&self) -> &T;
}

macro_rules! given {
    ($($value:ty),+) => {$(
        impl Given<$value> for $value {
            fn given(&self) -> &$value {
                self
            }
        }
    )+};
}
given!(Message, Severity, i64);

impl<T, G: Given<T>> Given<T> for &G {
    fn given(&self) -> &T {
        G::given(self)
    }
}

impl Layout {
    pub(super) fn of(visit: &Visit) -> Self {
        let who = match &visit.session {
            SessionState::LoggedIn(logged_in) => {
                let account = &logged_in.account;
                let (name, first) = (account.name.as_str().to_owned(), First::of(account.role));
                Some(Who { name, role: role_name(account.role), first, sections: Section::of(account.role) })
            }
            SessionState::PasswordGiven(..) | SessionState::TimedOut(_) | SessionState::None => None,
        };
        Self {
            language: visit.language,
            root: visit.path(""),
            page: visit.page.split('?').next().unwrap_or_default().to_owned(),
            token: visit.form_token().unwrap_or_default(),
            who,
            watch: visit.watch.as_ref().map(|watch| WatchWords::of(watch, visit)),
            within: None,
            is_shown_once: false,
        }
    }

    /// The layout of a page that is shown in a part of the console.
    pub(super) fn within(self, section: Option<Section>) -> Self {
        Self { within: section, ..self }
    }

    /// The layout of a page that is shown once.
    pub(super) fn shown_once(self) -> Self {
        Self { is_shown_once: true, ..self }
    }

    /// A sentence without values. `tests/translations.rs` finds its id in the templates.
    pub(super) fn say(&self, id: &'static str) -> String {
        Message::new(id).text(self.language)
    }

    /// A sentence.
    pub(super) fn tell(&self, sentence: impl Given<Message>) -> String {
        sentence.given().text(self.language)
    }

    /// The full path of a page.
    pub(super) fn at(&self, page: &str) -> String {
        format!("{}{page}", self.root)
    }

    /// The language's tag.
    pub(super) fn tag(&self) -> &'static str {
        self.language.tag()
    }

    /// The path that shows this page in the other language.
    pub(super) fn other_language(&self) -> String {
        let other = if self.language == Language::English { "ja" } else { "en" };
        format!("{}?back={}", self.at(&format!("/language/{other}")), self.at(self.shown_page()))
    }

    /// The page that shows what this answer shows.
    fn shown_page(&self) -> &str {
        if self.page.starts_with("/invitation/") { self.page.trim_end_matches(POSTED_ONLY) } else { &self.page }
    }

    /// The full path of this page, to come back to it.
    pub(super) fn here(&self) -> String {
        self.at(&self.page)
    }

    /// The path of this page's form, if it is sent to the page's own path.
    pub(super) fn form(&self) -> &str {
        &self.page
    }

    /// The path of the style.
    pub(super) fn style(&self) -> String {
        self.at(&style::page())
    }

    /// Returns `true` if the page is the first one of its reader.
    pub(super) fn is_first(&self) -> bool {
        self.who.as_ref().is_some_and(|who| who.first.page() == self.page)
    }

    /// Returns `true` on the page that shows the alerts themselves, which needs no red strip.
    pub(super) fn is_today(&self) -> bool {
        self.page == First::Today.page()
    }

    /// Whether the header has a search for people: not on the list of patients, which has its own.
    pub(super) fn finds_people(&self) -> bool {
        let sees_people = self.who.as_ref().is_some_and(|who| who.first == First::Today);
        sees_people && !self.is_shown_once && self.page != Section::Patients.page()
    }

    /// Returns `true` on the page with help for staff.
    pub(super) fn is_help(&self) -> bool {
        self.page == super::help::PAGE
    }

    /// The path of the script.
    pub(super) fn script(&self) -> String {
        self.at(&style::script_page())
    }

    /// The path of the script for passkeys.
    pub(super) fn passkey_script(&self) -> String {
        self.at(&style::passkey_script_page())
    }

    /// Where the log-in leads back to this page.
    pub(super) fn log_in_path(&self) -> String {
        format!("{}?next={}", self.at("/log-in"), self.at(&self.page))
    }

    /// What `aria-current` says of a part of the console: `page` on its first page, `true` on its others.
    pub(super) fn current(&self, section: &Section) -> Option<&'static str> {
        if let Some(within) = self.within {
            return (within == *section).then_some("true");
        }
        let is_first = self.page == section.page();
        section.has(&self.page).then_some(if is_first { "page" } else { "true" })
    }

    /// Returns `true` on the page with this path and last word.
    pub(super) fn is_page(&self, path: &str, word: &str) -> bool {
        self.page.strip_prefix(path) == Some(word)
    }

    /// Returns `true` on the page of the own account.
    pub(super) fn is_account(&self) -> bool {
        self.page == "/account" || self.page.starts_with("/account/")
    }

    /// The name of a severity.
    pub(super) fn severity(&self, severity: impl Given<Severity>) -> String {
        words::severity_name(*severity.given()).text(self.language)
    }

    /// How long ago something was.
    pub(super) fn ago(&self, minutes: impl Given<i64>) -> String {
        times::ago(*minutes.given()).text(self.language)
    }
}
