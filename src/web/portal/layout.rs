//! What all pages have: language, header, form token, where to phone.

use std::fmt::{self, Display, Formatter, Write as _};

use askama::filters::HtmlSafe;
use url::form_urlencoded;

use super::visit::{LANGUAGE, Visit};
use super::worded::Worded;
use super::{script, style};
use crate::domain::{PageLanguage, PhoneNumber};
use crate::service;
use crate::translations::{Message, message};

/// What the frame of a page needs. Templates call it `l`.
pub(super) struct Layout {
    language: PageLanguage,
    root: String,
    page: String,
    query: Vec<(String, String)>,
    /// The token of this page's forms.
    pub(super) token: String,
    /// Whether somebody is logged in.
    pub(super) reader: Reader,
    /// The id of the page's form. What was typed into it is kept if the reader chooses another language.
    pub(super) form: Option<&'static str>,
    /// What the page says before its heading.
    pub(super) banner: Option<Banner>,
    /// The health centre that the reader may phone.
    pub(super) centre: Option<CentreContact>,
    /// The number of the health-call line as it is written.
    pub(super) health_call: Option<Phone>,
}

/// Who reads a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reader {
    /// Somebody who isn't logged in.
    Nobody,
    /// Somebody who is.
    LoggedIn,
}

/// What a page says before its heading, once.
pub(super) struct Banner {
    /// What kind it is.
    pub(super) kind: BannerKind,
    /// What it says.
    pub(super) heading: Message,
    /// What else there is to say.
    pub(super) sentence: Option<Message>,
}

/// A kind of banner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BannerKind {
    /// Something was done.
    Done,
    /// Something to know.
    Info,
}

impl BannerKind {
    /// The name of its style.
    pub(super) const fn class(self) -> &'static str {
        match self {
            Self::Done => "ok",
            Self::Info => "info",
        }
    }
}

impl Banner {
    /// Whether it says that something was done.
    pub(super) fn is_done(&self) -> bool {
        self.kind == BannerKind::Done
    }
}

/// A health centre and when it answers.
pub(super) struct CentreContact {
    /// The name.
    pub(super) name: String,
    /// The number.
    pub(super) phone: Phone,
    /// The hours.
    pub(super) hours: Message,
}

impl CentreContact {
    /// With its hours, and whether it answers now.
    pub(super) fn of(centre: &service::CentreContact) -> Self {
        let hours = centre.hours.to_string().replace('-', "–");
        Self {
            name: centre.name.clone(),
            phone: Phone { dialled: centre.phone.expose().to_owned(), shown: centre.phone.national() },
            hours: match centre.is_open {
                true => message!("portal-report-hours", hours = hours),
                false => message!("portal-report-closed", hours = hours),
            },
        }
    }
}

/// A phone number for a `tel:` link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Phone {
    /// In international form.
    pub(super) dialled: String,
    /// As people write it.
    pub(super) shown: String,
}

impl Phone {
    /// A number.
    pub(super) fn of(number: &PhoneNumber) -> Self {
        Self { dialled: number.expose().to_owned(), shown: number.national() }
    }

    /// The number as a page shows it.
    pub(super) fn unbroken(&self) -> UnbrokenNumber {
        UnbrokenNumber(self.shown.clone())
    }
}

/// A phone number on a page: in one piece, or broken behind its hyphens where very large letters leave it no room.
pub(super) struct UnbrokenNumber(String);

impl Display for UnbrokenNumber {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("<span class=\"phone-number\">")?;
        for sign in self.0.chars().filter(|sign| sign.is_ascii_digit() || matches!(sign, '+' | '-' | ' ')) {
            f.write_char(sign)?;
            if sign == '-' {
                f.write_str("<wbr>")?;
            }
        }
        f.write_str("</span>")
    }
}

impl HtmlSafe for UnbrokenNumber {}

/// A language that the reader can choose.
pub(super) struct Choice {
    /// The code.
    pub(super) code: &'static str,
    /// The tag.
    pub(super) tag: &'static str,
    /// Its own name.
    pub(super) name: &'static str,
    /// The page in that language.
    pub(super) path: String,
    /// Whether the page is in it.
    pub(super) is_current: bool,
}

/// A value as a template gives it to a method: behind any number of references.
pub(super) trait Given {
    fn given(&self) -> &Message;
}

impl Given for Message {
    fn given(&self) -> &Message {
        self
    }
}

impl<G: Given> Given for &G {
    fn given(&self) -> &Message {
        G::given(self)
    }
}

impl Layout {
    pub(super) fn of(visit: &Visit) -> Self {
        let health_call = visit.portal.settings.health_call_number.as_ref();
        Self {
            language: visit.language,
            root: visit.path(""),
            page: visit.page.clone(),
            query: visit.query.clone(),
            token: visit.form_token(),
            reader: if visit.logged_in.is_some() { Reader::LoggedIn } else { Reader::Nobody },
            form: None,
            banner: None,
            centre: None,
            health_call: health_call.map(Phone::of),
        }
    }

    /// The layout of a page whose form has this id.
    pub(super) fn with_form(self, id: &'static str) -> Self {
        Self { form: Some(id), ..self }
    }

    /// The layout of a page that says something before its heading.
    pub(super) fn with_banner(self, banner: Option<Banner>) -> Self {
        Self { banner, ..self }
    }

    /// Whether somebody is logged in.
    pub(super) fn is_logged_in(&self) -> bool {
        self.reader == Reader::LoggedIn
    }

    /// A sentence without values. `tests/translations.rs` finds its id in the templates.
    pub(super) fn say(&self, id: &'static str) -> Worded {
        Worded::of(&Message::new(id), self.language)
    }

    /// The same without tags: for the title and attributes.
    pub(super) fn plain(&self, id: &'static str) -> String {
        Worded::plain(&Message::new(id), self.language)
    }

    /// A sentence.
    pub(super) fn tell(&self, sentence: impl Given) -> Worded {
        Worded::of(sentence.given(), self.language)
    }

    /// A name, or what somebody has written.
    pub(super) fn name(&self, text: &str) -> Worded {
        Worded::verbatim(text, self.language)
    }

    /// The same without tags: for the title and attributes.
    pub(super) fn tell_plain(&self, sentence: impl Given) -> String {
        Worded::plain(sentence.given(), self.language)
    }

    /// The full path of a page.
    pub(super) fn at(&self, page: &str) -> String {
        format!("{}{page}", self.root)
    }

    /// The language's tag.
    pub(super) fn tag(&self) -> &'static str {
        self.language.tag()
    }

    /// The name of the language.
    pub(super) fn language_name(&self) -> &'static str {
        self.language.own_name()
    }

    /// The path of the style.
    pub(super) fn style(&self) -> String {
        self.at(&style::page())
    }

    /// The path of the script for passkeys.
    pub(super) fn passkey_script(&self) -> String {
        self.at(&script::page())
    }

    /// The languages that the reader can choose.
    pub(super) fn languages(&self) -> Vec<Choice> {
        let page = if self.page == "/" { "" } else { &self.page };
        let choice = |language: PageLanguage| {
            let mut query = form_urlencoded::Serializer::new(String::new());
            query.extend_pairs(&self.query).append_pair(LANGUAGE, language.code());
            Choice {
                code: language.code(),
                tag: language.tag(),
                name: language.own_name(),
                path: format!("{}?{}", self.at(page), query.finish()),
                is_current: language == self.language,
            }
        };
        PageLanguage::ALL.into_iter().map(choice).collect()
    }
}
