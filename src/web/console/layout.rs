//! What all pages have: language, header, form token.

use super::today::words;
use super::visit::Visit;
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
                Some(Who { name, role: role_name(account.role), first })
            }
            SessionState::PasswordGiven(..) | SessionState::TimedOut(_) | SessionState::None => None,
        };
        Self {
            language: visit.language,
            root: visit.path(""),
            page: visit.page.split('?').next().unwrap_or_default().to_owned(),
            token: visit.form_token().unwrap_or_default(),
            who,
            is_shown_once: false,
        }
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

    /// The path of the style.
    pub(super) fn style(&self) -> String {
        self.at(&style::page())
    }

    /// Returns `true` if the page is the first one of its reader.
    pub(super) fn is_first(&self) -> bool {
        self.who.as_ref().is_some_and(|who| who.first.page() == self.page)
    }

    /// Returns `true` on the page of the own account.
    pub(super) fn is_account(&self) -> bool {
        self.page == "/account"
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
