//! The certificate (療養証明書) as PDF/UA-1 on a sheet of A4: six fields, when they were shown, and the code by which they
//! are checked. It never tells a recuperation period.

use std::num::NonZeroU16;

use jiff::ZonedDateTime;
use krilla::configure::{Accessibility, ConfigurationBuilder, ValidationError};
use krilla::destination::XyzDestination;
use krilla::error::KrillaError;
use krilla::geom::{Point, Rect};
use krilla::metadata::{DateTime, Metadata};
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::tagging::{Identifier, TableHeaderScope, Tag, TagGroup, TagKind, TagTree};
use krilla::{Document, SerializeSettings};
use qrcode::{Color, EcLevel, QrCode};

use super::RenderError;
use super::drawing::{Drawing, Spot, Style};
use super::fonts::Fonts;

/// A4, in points.
const PAGE: (f32, f32) = (595.28, 841.89);
/// The margin on each side: 20 mm.
const MARGIN: f32 = 56.7;
/// Where the values of fields begin.
const VALUES: f32 = MARGIN + 130.0;
/// The height of a row with one line.
const ROW: f32 = 34.0;
/// The side of the QR code: 34 mm, which phones read from paper.
const QR: f32 = 96.0;

const TITLE: Style = Style { size: 20.0, lightness: 0 };
const LABEL: Style = Style { size: 10.5, lightness: 77 };
const VALUE: Style = Style { size: 13.0, lightness: 0 };
const CODE: Style = Style { size: 15.0, lightness: 0 };
const SMALL: Style = Style { size: 9.5, lightness: 38 };

/// What a certificate says, in the words that are printed.
#[derive(Clone)]
#[allow(missing_debug_implementations, reason = "personal data")]
pub struct CertificatePaper {
    /// The language, by its tag.
    pub language: &'static str,
    /// 療養証明書
    pub title: String,
    /// When it was shown, in words.
    pub shown: String,
    /// When it was shown, for the file, in the health centre's zone.
    pub at: ZonedDateTime,
    /// The fields: names and values, in order.
    pub fields: Vec<(String, String)>,
    /// The heading of the code.
    pub code_name: String,
    /// The code, in groups.
    pub code: String,
    /// The address with the code, for the QR code.
    pub url: String,
    /// What the QR code is, for people who don't see it.
    pub qr_name: String,
    /// How a third party checks it.
    pub says: Vec<String>,
    /// The notes at the end.
    pub notes: Vec<String>,
}

/// The certificate as a file. The same values make the same bytes.
///
/// # Errors
/// [`RenderError`].
pub fn certificate_pdf(fonts: &Fonts, paper: &CertificatePaper) -> Result<Vec<u8>, RenderError> {
    let configuration = ConfigurationBuilder::new().with_accessibility_validator(Accessibility::UA1).finish();
    let configuration = configuration.map_err(|_| impossible("the version of PDF"))?;
    let mut document = Document::new_with(SerializeSettings { configuration, ..SerializeSettings::default() });
    document.set_metadata(metadata(paper));
    let mut outline = Outline::new();
    let top = XyzDestination::new(0, Point::from_xy(MARGIN, MARGIN));
    outline.push_child(OutlineNode::new(paper.title.clone(), top));
    document.set_outline(outline);
    let settings = PageSettings::from_wh(PAGE.0, PAGE.1).ok_or_else(|| impossible("the size of the page"))?;
    let mut page = document.start_page_with(settings);
    let mut tags = TagTree::new().with_lang(Some(paper.language.to_owned()));
    let drawn = {
        let mut drawing = Drawing { surface: page.surface(), faces: fonts.faces()? };
        let drawn = draw(&mut drawing, paper, &mut tags);
        drawing.surface.finish();
        drawn
    };
    page.finish();
    drawn?;
    document.set_tag_tree(tags);
    document.finish().map_err(refused)
}

fn metadata(paper: &CertificatePaper) -> Metadata {
    let part = |number: i8| u8::try_from(number).unwrap_or_default();
    let offset = paper.at.offset().seconds();
    let at = DateTime::new(u16::try_from(paper.at.year()).unwrap_or_default())
        .month(part(paper.at.month()))
        .day(part(paper.at.day()))
        .hour(part(paper.at.hour()))
        .minute(part(paper.at.minute()))
        .utc_offset_hour(i8::try_from(offset / 3_600).unwrap_or_default())
        .utc_offset_minute(u8::try_from(offset % 3_600 / 60).unwrap_or_default());
    Metadata::new()
        .title(paper.title.clone())
        .language(paper.language.to_owned())
        .creator("Kenko Call".to_owned())
        .creation_date(at)
}

fn draw(drawing: &mut Drawing<'_, '_>, paper: &CertificatePaper, tags: &mut TagTree) -> Result<(), RenderError> {
    let full = PAGE.0 - 2.0 * MARGIN;
    let (title, _) = drawing.text(&paper.title, TITLE, Spot { x: MARGIN, y: MARGIN + 20.0, width: full })?;
    tags.push(group(Tag::Hn(NonZeroU16::MIN, Some(paper.title.clone())), title));
    let shown_at = PAGE.0 - MARGIN - drawing.width(&paper.shown, LABEL)?;
    let (shown, mut y) = drawing.text(&paper.shown, LABEL, Spot { x: shown_at, y: MARGIN + 20.0, width: full })?;
    tags.push(group(Tag::P, shown));
    y += 6.0;
    let mut table = TagGroup::new(Tag::Table);
    drawing.rule(MARGIN, y, full, 0);
    for (name, value) in &paper.fields {
        let (name, _) = drawing.text(name, LABEL, Spot { x: MARGIN, y: y + 22.0, width: VALUES - MARGIN - 12.0 })?;
        let spot = Spot { x: VALUES, y: y + 22.0, width: PAGE.0 - MARGIN - VALUES };
        let (value, after) = drawing.text(value, VALUE, spot)?;
        y = (after - 10.0).max(y + ROW);
        drawing.rule(MARGIN, y, full, 190);
        let mut row = TagGroup::new(Tag::TR);
        row.push(group(Tag::TH(TableHeaderScope::Row), name));
        row.push(group(Tag::TD, value));
        table.push(row);
    }
    tags.push(table);
    y = draw_code(drawing, paper, y + 24.0, tags)?;
    for note in &paper.notes {
        let (note, after) = drawing.text(note, SMALL, Spot { x: MARGIN, y: y + SMALL.size, width: full })?;
        tags.push(group(Tag::P, note));
        y = after - SMALL.size + 5.0;
    }
    Ok(())
}

/// The QR code, with the code beside it. Returns where the next part begins.
fn draw_code(
    drawing: &mut Drawing<'_, '_>,
    paper: &CertificatePaper,
    top: f32,
    tags: &mut TagTree,
) -> Result<f32, RenderError> {
    let squares = qr(&paper.url, MARGIN, top)?;
    let figure = drawing.figure(squares);
    tags.push(group(Tag::Figure(Some(paper.qr_name.clone())), vec![figure]));
    let x = MARGIN + QR + 20.0;
    let width = PAGE.0 - MARGIN - x;
    let (name, y) = drawing.text(&paper.code_name, LABEL, Spot { x, y: top + LABEL.size + 2.0, width })?;
    tags.push(group(Tag::P, name));
    let (code, mut y) = drawing.text(&paper.code, CODE, Spot { x, y: y + 6.0, width })?;
    tags.push(group(Tag::P, code));
    for sentence in &paper.says {
        let (said, after) = drawing.text(sentence, SMALL, Spot { x, y, width })?;
        tags.push(group(Tag::P, said));
        y = after;
    }
    Ok((top + QR + 24.0).max(y + 12.0))
}

/// The dark squares of a QR code.
fn qr(text: &str, left: f32, top: f32) -> Result<Vec<Rect>, RenderError> {
    let code = QrCode::with_error_correction_level(text.as_bytes(), EcLevel::M)
        .map_err(|_| impossible("the address is too long for a QR code"))?;
    let width = code.width();
    let module = QR / f32::from(u16::try_from(width).unwrap_or(u16::MAX));
    let place = |nth: usize| f32::from(u16::try_from(nth).unwrap_or(u16::MAX)) * module;
    let dark = code.to_colors().into_iter().enumerate().filter(|(_, color)| *color == Color::Dark);
    let square = |(nth, _): (usize, Color)| {
        let (x, y) = (nth.checked_rem(width)?, nth.checked_div(width)?);
        // A little larger, so that no light lines are between them.
        Rect::from_xywh(left + place(x), top + place(y), module + 0.05, module + 0.05)
    };
    Ok(dark.filter_map(square).collect())
}

fn group(tag: impl Into<TagKind>, parts: Vec<Identifier>) -> TagGroup {
    let mut group = TagGroup::new(tag);
    for part in parts {
        group.push(part);
    }
    group
}

fn impossible(what: &str) -> RenderError {
    RenderError::NotAccessible(what.to_owned())
}

/// What the validator says, without personal data: it may hold the text.
fn refused(error: KrillaError) -> RenderError {
    if let KrillaError::Validation(found) = &error {
        for (fault, _) in found {
            if let ValidationError::ContainsNotDefGlyph(_, _, text) = fault {
                return text.chars().next().map_or_else(|| impossible("a glyph is missing"), RenderError::MissingGlyph);
            }
        }
        return impossible(&format!("{} faults", found.len()));
    }
    impossible("the file can't be written")
}
