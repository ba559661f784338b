//! The certificate in words: as the sheet of a page, and as a file. Both are Japanese, as those to whom it is shown
//! read it; a page in another language says below each name what it is.

use std::sync::Arc;

use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::qr::Qr;
use crate::domain::Language;
use crate::render::{CertificatePaper, Fonts, RenderError, certificate_pdf};
use crate::service::{CertificateFields, CertificateView, NoCertificate};
use crate::translations::{Message, message};

/// The page on which certificates are checked, within the site.
pub(in crate::web) const CHECK_PAGE: &str = "/portal/verify";

/// What files and sheets of certificates need to know of the settings.
#[derive(Debug, Clone)]
pub struct CertificateSettings {
    /// The fonts of files.
    pub fonts: Arc<Fonts>,
    /// The URL by which people reach this server, without a trailing slash.
    pub public_url: String,
}

/// The certificate as it stands on a page.
pub(in crate::web) struct Sheet {
    /// 療養証明書
    pub(in crate::web) title: String,
    /// When it was shown.
    pub(in crate::web) shown: String,
    /// The names of the six fields, in Japanese and as messages, and their values.
    pub(in crate::web) fields: Vec<(String, Message, String)>,
    /// The code, in groups. `None` on the page of somebody who has given it.
    pub(in crate::web) check: Option<Check>,
}

/// How a certificate is checked.
pub(in crate::web) struct Check {
    pub(in crate::web) name: String,
    pub(in crate::web) code: String,
    pub(in crate::web) qr: Qr,
    pub(in crate::web) qr_name: String,
    pub(in crate::web) says: String,
    /// The address of the page on which it is checked, in parts between which a line may break.
    pub(in crate::web) page: Vec<String>,
}

/// An address in parts between which a line may break: behind its strokes.
pub(in crate::web) fn address_parts(address: &str) -> Vec<String> {
    let (scheme, rest) = address.split_once("://").map_or(("", address), |(scheme, rest)| (scheme, rest));
    let mut parts: Vec<String> = rest.split_inclusive('/').map(str::to_owned).collect();
    if let Some(first) = parts.first_mut().filter(|_| !scheme.is_empty()) {
        *first = format!("{scheme}://{first}");
    }
    parts
}

fn japanese(message: &Message) -> String {
    message.text(Language::Japanese)
}

/// A day, in words.
fn day(date: Date) -> Message {
    message!(
        "certificate-day",
        year = date.year().unsigned_abs().to_string(),
        month = u64::from(date.month().unsigned_abs()),
        day = date.day().to_string()
    )
}

/// A moment, in words.
pub(in crate::web) fn moment(at: Timestamp, zone: &TimeZone) -> Message {
    let at = at.to_zoned_datetime(zone.clone());
    message!("certificate-moment", day = day(at.date()), time = at.strftime("%-H:%M").to_string())
}

/// The day of a moment, in words.
pub(in crate::web) fn day_of(at: Timestamp, zone: &TimeZone) -> Message {
    day(at.to_zoned_datetime(zone.clone()).date())
}

fn named(fields: &CertificateFields) -> [(Message, String); 6] {
    [
        (message!("certificate-name"), fields.name.expose().to_owned()),
        (message!("certificate-birth-date"), japanese(&day(fields.birth_date.expose()))),
        (message!("certificate-hersys-id"), fields.hersys_id.expose().to_owned()),
        (message!("certificate-disease"), fields.disease.as_str().to_owned()),
        (message!("certificate-diagnosed-on"), japanese(&day(fields.diagnosed_on))),
        (message!("certificate-centre"), fields.centre.clone()),
    ]
}

fn shown_words(at: Timestamp, zone: &TimeZone) -> String {
    japanese(&message!("certificate-shown-at", at = moment(at, zone)))
}

impl CertificateSettings {
    fn check_url(&self, view: &CertificateView) -> String {
        format!("{}{CHECK_PAGE}/{}", self.public_url, view.code.expose())
    }

    fn check_page(&self) -> String {
        format!("{}{CHECK_PAGE}", self.public_url)
    }

    /// The sheet with the code.
    pub(in crate::web) fn sheet(&self, view: &CertificateView, zone: &TimeZone) -> Sheet {
        let page = address_parts(&self.check_page());
        let check = Check {
            name: japanese(&message!("certificate-code")),
            code: view.code.grouped(),
            qr: Qr::of(&self.check_url(view)),
            qr_name: japanese(&message!("certificate-qr")),
            says: japanese(&message!("certificate-check-says")),
            page,
        };
        Sheet { check: Some(check), ..Sheet::checked(&view.fields, view.shown_at, zone) }
    }

    /// The file, sealed.
    ///
    /// # Errors
    /// [`RenderError`].
    pub(in crate::web) fn file(&self, view: &CertificateView, zone: &TimeZone) -> Result<Vec<u8>, RenderError> {
        let paper = CertificatePaper {
            language: "ja",
            title: japanese(&message!("certificate-title")),
            shown: shown_words(view.shown_at, zone),
            at: view.shown_at.to_zoned_datetime(zone.clone()),
            fields: named(&view.fields).into_iter().map(|(name, value)| (japanese(&name), value)).collect(),
            code_name: japanese(&message!("certificate-code")),
            code: view.code.grouped(),
            url: self.check_url(view),
            qr_name: japanese(&message!("certificate-qr")),
            says: vec![japanese(&message!("certificate-check-says")), self.check_page()],
            notes: notes(&view.fields.centre).iter().map(|note| format!("・{}", japanese(note))).collect(),
        };
        Ok(view.sealed(certificate_pdf(&self.fonts, &paper)?))
    }
}

impl Sheet {
    /// The sheet as somebody sees it who has the code.
    pub(in crate::web) fn checked(fields: &CertificateFields, at: Timestamp, zone: &TimeZone) -> Self {
        let of = |(name, value): (Message, String)| (japanese(&name), name, value);
        Self {
            title: japanese(&message!("certificate-title")),
            shown: shown_words(at, zone),
            fields: named(fields).into_iter().map(of).collect(),
            check: None,
        }
    }
}

/// What a certificate says at its end.
pub(in crate::web) fn notes(centre: &str) -> [Message; 3] {
    [
        message!("certificate-no-period"),
        message!("certificate-registered-name"),
        message!("certificate-if-wrong", centre = centre),
    ]
}

/// 療養証明書.pdf, and a name for browsers that don't read that (RFC 6266, section 4.3).
const FILE_NAME: &str = "attachment; filename=\"certificate.pdf\"; \
     filename*=UTF-8''%E7%99%82%E9%A4%8A%E8%A8%BC%E6%98%8E%E6%9B%B8.pdf";

/// The file as an answer. Its name tells nothing about the person.
pub(in crate::web) fn file_answer(file: Vec<u8>) -> Response {
    let kind = (header::CONTENT_TYPE, "application/pdf");
    ([kind, (header::CONTENT_DISPOSITION, FILE_NAME)], file).into_response()
}

/// Why there is no file.
pub(in crate::web) fn no_file(error: &RenderError) -> Message {
    match error {
        RenderError::MissingGlyph(character) => message!(
            "certificate-missing-glyph",
            character = character.to_string(),
            code = format!("U+{:04X}", u32::from(*character))
        ),
        RenderError::NotAccessible(_) => message!("certificate-no-file"),
    }
}

/// Why there is no certificate.
pub(in crate::web) fn why_none(why: NoCertificate) -> Message {
    match why {
        NoCertificate::NoDiagnosis => message!("certificate-no-diagnosis"),
        NoCertificate::Presumed => message!("certificate-presumed"),
        NoCertificate::NotYetNotified(first) => message!("certificate-not-yet-notified", day = day(first)),
        NoCertificate::NoLongerNotified(last) => message!("certificate-no-longer-notified", day = day(last)),
        NoCertificate::NotOfTheFour(since) => message!("certificate-not-of-the-four", day = day(since)),
        NoCertificate::BirthDate => message!("certificate-wrong-birth-date"),
        NoCertificate::Passport => message!("certificate-passport-asked"),
        NoCertificate::Withdrawn => message!("certificate-was-withdrawn"),
    }
}
