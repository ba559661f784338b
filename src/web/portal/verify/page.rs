//! The code, and what the certificate says.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;

use crate::domain::{CertificateCode, CertificateEnd};
use crate::service::{CertificateStanding, CheckedCertificate, FileCheck, ServiceError, check_certificate};
use crate::translations::{Message, message};
use crate::web::pages::certificate::{Sheet, address_parts, day_of, moment};
use crate::web::portal::form::{Mistakes, Submitted, Wish};
use crate::web::portal::layout::Layout;
use crate::web::portal::visit::Visit;

#[derive(Template)]
#[template(path = "portal/verify.html", config = "src/web/askama.toml")]
pub(super) struct Verify {
    l: Layout,
    action: String,
    file_action: String,
    /// Where the address of this page begins, in parts between which a line may break.
    host: Vec<String>,
    typed: String,
    mistakes: Mistakes,
    found: Option<Found>,
}

/// What was found.
struct Found {
    heading: Message,
    sentence: Message,
    holds: bool,
    sheet: Option<Sheet>,
    file: FileWords,
    code: String,
}

/// What came of comparing a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FileWords {
    /// Nothing was compared.
    Ask,
    /// It is the one that was issued.
    Unchanged,
    /// It isn't.
    Changed,
    /// The form was sent without a file.
    Missing,
}

impl FileWords {
    const fn of(check: FileCheck) -> Self {
        match check {
            FileCheck::NotGiven => Self::Ask,
            FileCheck::Unchanged => Self::Unchanged,
            FileCheck::Changed => Self::Changed,
        }
    }
}

/// What is shown.
pub(super) struct VerifyPage {
    pub(super) status: StatusCode,
    pub(super) typed: String,
    pub(super) mistakes: Mistakes,
    found: Option<Found>,
}

impl VerifyPage {
    /// The form, as it was typed.
    fn form(typed: &str) -> Self {
        Self { status: StatusCode::OK, typed: typed.to_owned(), mistakes: Mistakes::default(), found: None }
    }

    fn wrong(status: StatusCode, typed: &str, sentence: Message) -> Self {
        Self { status, mistakes: Mistakes::one("code", sentence), ..Self::form(typed) }
    }
}

/// The form, or the certificate whose code is in the address of a QR code.
pub(super) async fn handler(visit: Visit, code: Option<Path<String>>) -> Response {
    let Some(Path(code)) = code else { return page(&visit, VerifyPage::form("")) };
    let shown = look_up(&visit, &code, None).await;
    visit.answer(shown.map(|shown| page(&visit, shown)))
}

pub(super) async fn submit(form: Submitted) -> Response {
    let Submitted { visit, fields, wish } = form;
    let typed = fields.get("code");
    if wish == Wish::OtherLanguage {
        return page(&visit, VerifyPage::form(typed));
    }
    let shown = look_up(&visit, typed, None).await;
    visit.answer(shown.map(|shown| page(&visit, shown)))
}

/// The certificate of a code. Who has entered too many wrong ones is told to wait.
pub(super) async fn look_up(visit: &Visit, typed: &str, file: Option<&[u8]>) -> Result<VerifyPage, ServiceError> {
    let (context, address) = (&visit.portal.context, &visit.browser.address);
    let (tries, now) = (&visit.portal.tries, context.clock.now());
    let found = match CertificateCode::parse(typed) {
        Some(code) => check_certificate(context, &code, file).await?.map(|checked| (code, checked)),
        None => None,
    };
    // A right code is never refused: others may share the address.
    let Some((code, checked)) = found else {
        if !tries.may_try(address, now) {
            return Ok(VerifyPage::wrong(StatusCode::TOO_MANY_REQUESTS, typed, message!("verify-too-many")));
        }
        tries.count(address, now);
        return Ok(VerifyPage::wrong(StatusCode::UNPROCESSABLE_ENTITY, typed, message!("verify-wrong")));
    };
    Ok(VerifyPage { found: Some(Found::of(&code, &checked)), ..VerifyPage::form("") })
}

impl Found {
    fn of(code: &CertificateCode, checked: &CheckedCertificate) -> Self {
        let (at, zone) = (checked.at, &checked.zone);
        let ended = |heading: Message, sentence: Message| Self {
            heading,
            sentence,
            holds: false,
            sheet: None,
            file: FileWords::Ask,
            code: String::new(),
        };
        match &checked.standing {
            CertificateStanding::Holds { fields, file } => Self {
                heading: message!("verify-holds"),
                sentence: message!("verify-holds-says", at = moment(at, zone)),
                holds: true,
                sheet: Some(Sheet::checked(fields, at, zone)),
                file: FileWords::of(*file),
                code: code.grouped(),
            },
            CertificateStanding::Ended(since, CertificateEnd::Replaced) => {
                ended(message!("verify-replaced", day = day_of(*since, zone)), message!("verify-replaced-says"))
            }
            CertificateStanding::Ended(since, CertificateEnd::Withdrawn) => {
                ended(message!("verify-withdrawn", day = day_of(*since, zone)), message!("verify-withdrawn-says"))
            }
        }
    }
}

impl VerifyPage {
    /// The same, with a word about a file that is missing.
    pub(super) fn without_file(mut self) -> Self {
        if let Some(found) = &mut self.found {
            found.file = FileWords::Missing;
            self.status = StatusCode::UNPROCESSABLE_ENTITY;
        }
        self
    }
}

/// The page.
pub(super) fn page(visit: &Visit, shown: VerifyPage) -> Response {
    let form = if shown.found.is_some() { visit.layout() } else { visit.layout().with_form("verify") };
    let public_url = &visit.portal.settings.public_url;
    let page = Verify {
        l: form,
        action: visit.path("/verify"),
        file_action: visit.path("/verify/file"),
        host: address_parts(&format!("{public_url}/")),
        typed: shown.typed,
        mistakes: shown.mistakes,
        found: shown.found,
    };
    visit.page(shown.status, &page)
}
