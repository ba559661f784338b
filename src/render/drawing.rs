//! Drawing text and lines on a page of a tagged PDF: each text is read out where it belongs, and lines aren't.

use krilla::color::luma;
use krilla::geom::{PathBuilder, Point, Rect};
use krilla::num::NormalizedF32;
use krilla::paint::{Fill, FillRule};
use krilla::surface::Surface;
use krilla::tagging::{Artifact, ArtifactType, ContentTag, Identifier, SpanTag};
use krilla::text::TextDirection;

use super::RenderError;
use super::fonts::{Faces, Run};

/// The distance from one baseline to the next, in sizes of the text.
const LINE: f32 = 1.6;

/// How a text looks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Style {
    /// Its size, in points.
    pub(super) size: f32,
    /// How light it is: 0 is black.
    pub(super) lightness: u8,
}

/// Where a text goes: the left end of its first baseline, and how wide its lines may be.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spot {
    pub(super) x: f32,
    pub(super) y: f32,
    pub(super) width: f32,
}

/// A page that is being drawn on.
pub(super) struct Drawing<'s, 'f> {
    pub(super) surface: Surface<'s>,
    pub(super) faces: Faces<'f>,
}

impl Drawing<'_, '_> {
    /// Draws a text in as many lines as it needs. Returns its parts for the tag tree, and the baseline after its last.
    ///
    /// # Errors
    /// [`RenderError::MissingGlyph`].
    pub(super) fn text(&mut self, text: &str, style: Style, spot: Spot) -> Result<(Vec<Identifier>, f32), RenderError> {
        let mut parts = Vec::new();
        let mut y = spot.y;
        for line in self.lines(text, style, spot.width)? {
            let runs = self.faces.runs(&line)?;
            parts.push(self.surface.start_tagged(ContentTag::Span(SpanTag::empty())));
            self.line(&runs, style, spot.x, y);
            self.surface.end_tagged();
            y += style.size * LINE;
        }
        Ok((parts, y))
    }

    /// How wide a text is in one line.
    ///
    /// # Errors
    /// [`RenderError::MissingGlyph`].
    pub(super) fn width(&self, text: &str, style: Style) -> Result<f32, RenderError> {
        Ok(self.faces.runs(text)?.iter().map(|run| self.faces.width(run, style.size)).sum())
    }

    fn line(&mut self, runs: &[Run], style: Style, x: f32, y: f32) {
        self.surface.set_fill(Some(fill(style.lightness)));
        let mut x = x;
        for run in runs {
            if let Some(font) = self.faces.font(run) {
                let start = Point::from_xy(x, y);
                self.surface.draw_text(start, font.clone(), style.size, &run.text, false, TextDirection::LeftToRight);
            }
            x += self.faces.width(run, style.size);
        }
    }

    /// The lines of a text: broken after a blank if there is one in the last third of a line, or else anywhere.
    fn lines(&self, text: &str, style: Style, width: f32) -> Result<Vec<String>, RenderError> {
        let mut lines = Vec::new();
        let mut line = String::new();
        for character in text.chars() {
            line.push(character);
            if line.chars().count() == 1 || self.width(line.trim_end(), style)? <= width {
                continue;
            }
            let over = line.len().saturating_sub(character.len_utf8());
            let blank = line.get(..over).and_then(|part| part.rfind(' ')).map(|at| at.saturating_add(1));
            let at = blank.filter(|at| at.saturating_mul(3) > over.saturating_mul(2)).unwrap_or(over);
            let rest = line.split_off(at);
            lines.push(line.trim_end().to_owned());
            line = rest;
        }
        lines.push(line.trim_end().to_owned());
        Ok(lines)
    }

    /// Draws filled rectangles that are read out as one thing.
    pub(super) fn figure(&mut self, rectangles: impl IntoIterator<Item = Rect>) -> Identifier {
        let part = self.surface.start_tagged(ContentTag::Other);
        self.rectangles(rectangles, 0);
        self.surface.end_tagged();
        part
    }

    /// Draws a horizontal line that isn't read out.
    pub(super) fn rule(&mut self, x: f32, y: f32, width: f32, lightness: u8) {
        let _artifact = self.surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(ArtifactType::Layout)));
        self.rectangles(Rect::from_xywh(x, y, width, 0.75), lightness);
        self.surface.end_tagged();
    }

    fn rectangles(&mut self, rectangles: impl IntoIterator<Item = Rect>, lightness: u8) {
        let mut path = PathBuilder::new();
        for rectangle in rectangles {
            path.push_rect(rectangle);
        }
        self.surface.set_fill(Some(fill(lightness)));
        if let Some(path) = path.finish() {
            self.surface.draw_path(&path);
        }
    }
}

fn fill(lightness: u8) -> Fill {
    Fill { paint: luma::Color::new(lightness).into(), opacity: NormalizedF32::ONE, rule: FillRule::NonZero }
}
