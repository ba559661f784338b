//! The fonts of documents: BIZ UDPGothic, which is part of the program, and a second one that the settings name, for
//! characters that the first lacks.

use std::ops::Range;
use std::sync::Arc;

use krilla::text::Font;
use ttf_parser::Face;
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

use super::RenderError;

/// BIZ UDPGothic Regular 1.05 (SIL Open Font License 1.1, `fonts/OFL.txt`), as Debian's `fonts-morisawa-bizud-gothic`
/// has it.
const FIRST: &[u8] = include_bytes!("fonts/BIZUDPGothic-Regular.ttf");

/// The font of a collection (`.ttc`) that is used. The first of Noto Sans CJK has the Japanese forms.
const OF_COLLECTION: u32 = 0;

/// Why a file isn't used as a font.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it isn't a TrueType or OpenType font (.ttf, .otf, .ttc)")]
pub struct FontError;

/// The fonts of documents, in the order in which they are tried.
#[derive(Clone)]
pub struct Fonts(Vec<Loaded>);

#[derive(Clone)]
struct Loaded {
    bytes: Bytes,
    font: Font,
}

#[derive(Clone)]
enum Bytes {
    BuiltIn(&'static [u8]),
    Read(Arc<Vec<u8>>),
}

impl std::fmt::Debug for Fonts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} fonts", self.0.len())
    }
}

impl Bytes {
    fn all(&self) -> &[u8] {
        match self {
            Self::BuiltIn(bytes) => bytes,
            Self::Read(bytes) => bytes,
        }
    }
}

impl Loaded {
    fn of(bytes: Bytes) -> Result<Self, FontError> {
        let data = match &bytes {
            Bytes::BuiltIn(bytes) => krilla::Data::from(*bytes),
            Bytes::Read(bytes) => krilla::Data::from(Arc::clone(bytes)),
        };
        let font = Font::new(data, OF_COLLECTION).ok_or(FontError)?;
        let face = Face::parse(bytes.all(), OF_COLLECTION).map_err(|_| FontError)?;
        let tables = face.tables();
        // A file that was cut off has the first tables only.
        if tables.cmap.is_none() || tables.glyf.is_none() && tables.cff.is_none() {
            return Err(FontError);
        }
        Ok(Self { bytes, font })
    }
}

impl Fonts {
    /// The font that is part of the program.
    ///
    /// # Errors
    /// If it can't be read, which is a fault of the build.
    pub fn built_in() -> Result<Self, FontError> {
        Ok(Self(vec![Loaded::of(Bytes::BuiltIn(FIRST))?]))
    }

    /// The same, and a second one from a file.
    ///
    /// # Errors
    /// If the file isn't a font.
    pub fn with_second(second: Vec<u8>) -> Result<Self, FontError> {
        let mut fonts = Self::built_in()?;
        fonts.0.push(Loaded::of(Bytes::Read(Arc::new(second)))?);
        Ok(fonts)
    }

    /// The fonts, ready to look for characters.
    ///
    /// # Errors
    /// If a font can't be read, which the constructors exclude.
    pub(super) fn faces(&self) -> Result<Faces<'_>, RenderError> {
        let face = |loaded: &'_ Loaded| Face::parse(loaded.bytes.all(), OF_COLLECTION).ok().map(|_| ());
        if self.0.iter().any(|loaded| face(loaded).is_none()) {
            return Err(RenderError::NotAccessible("a font can't be read".to_owned()));
        }
        let parsed = self.0.iter().filter_map(|loaded| Face::parse(loaded.bytes.all(), OF_COLLECTION).ok());
        Ok(Faces(parsed.zip(self.0.iter().map(|loaded| &loaded.font)).collect()))
    }
}

/// Fonts that are being used.
pub(super) struct Faces<'f>(Vec<(Face<'f>, &'f Font)>);

/// A part of a text in one font.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Run {
    /// The font's place among the faces.
    face: usize,
    /// What is drawn.
    pub(super) text: String,
}

/// A character with what belongs to it: combining marks, or the selector of a variant (IVS).
struct Cluster {
    text: String,
    base: char,
    selector: Option<char>,
}

impl Faces<'_> {
    /// The font of a run.
    pub(super) fn font(&self, run: &Run) -> Option<&Font> {
        self.0.get(run.face).map(|(_, font)| *font)
    }

    /// How wide a run is at a size.
    pub(super) fn width(&self, run: &Run, size: f32) -> f32 {
        let Some((face, _)) = self.0.get(run.face) else { return 0.0 };
        let advance = |character| face.glyph_index(character).and_then(|glyph| face.glyph_hor_advance(glyph));
        let units: f32 = run.text.chars().filter_map(advance).map(f32::from).sum();
        units * size / f32::from(face.units_per_em())
    }

    /// A text in parts of one font each: the first font that has all of it, or else for each character the first one
    /// that has it.
    ///
    /// # Errors
    /// [`RenderError::MissingGlyph`] if no font has a character.
    pub(super) fn runs(&self, text: &str) -> Result<Vec<Run>, RenderError> {
        let clusters = clusters(text);
        let all_of = 0..self.0.len();
        let one = all_of.clone().find(|face| clusters.iter().all(|cluster| self.has_exactly(*face, cluster)));
        let mut runs: Vec<Run> = Vec::new();
        for cluster in &clusters {
            let face = one.or_else(|| self.best(all_of.clone(), cluster));
            let face = face.ok_or(RenderError::MissingGlyph(self.missing(cluster)))?;
            let text = self.drawn(face, cluster);
            match runs.last_mut() {
                Some(last) if last.face == face => last.text.push_str(&text),
                _ => runs.push(Run { face, text }),
            }
        }
        Ok(runs)
    }

    /// The font for a cluster: one that has the variant, or else one that has the character itself.
    fn best(&self, mut all: Range<usize>, cluster: &Cluster) -> Option<usize> {
        let exact = all.clone().find(|face| self.has_exactly(*face, cluster));
        exact.or_else(|| all.find(|face| self.has_base(*face, cluster)))
    }

    fn has_base(&self, face: usize, cluster: &Cluster) -> bool {
        let Some((face, _)) = self.0.get(face) else { return false };
        let marks = cluster.text.chars().filter(|character| Some(*character) != cluster.selector);
        marks.into_iter().all(|character| face.glyph_index(character).is_some_and(|glyph| glyph.0 != 0))
    }

    fn has_exactly(&self, face: usize, cluster: &Cluster) -> bool {
        self.has_base(face, cluster) && (cluster.selector.is_none() || self.has_variant(face, cluster))
    }

    fn has_variant(&self, face: usize, cluster: &Cluster) -> bool {
        let (Some((face, _)), Some(selector)) = (self.0.get(face), cluster.selector) else { return false };
        face.glyph_variation_index(cluster.base, selector).is_some_and(|glyph| glyph.0 != 0)
    }

    /// What is drawn of a cluster: without the selector if the font doesn't know the variant, whose usual form is then
    /// drawn.
    fn drawn(&self, face: usize, cluster: &Cluster) -> String {
        if cluster.selector.is_none() || self.has_variant(face, cluster) {
            return cluster.text.clone();
        }
        cluster.text.chars().filter(|character| Some(*character) != cluster.selector).collect()
    }

    /// The character of a cluster that no font has.
    fn missing(&self, cluster: &Cluster) -> char {
        let has = |character| self.0.iter().any(|(face, _)| face.glyph_index(character).is_some());
        cluster.text.chars().find(|character| !has(*character)).unwrap_or(cluster.base)
    }
}

const fn is_selector(character: char) -> bool {
    matches!(character, '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}')
}

fn clusters(text: &str) -> Vec<Cluster> {
    let mut clusters: Vec<Cluster> = Vec::new();
    // Vietnamese names may come decomposed. Selectors after ideographs survive this, and compatibility ideographs are
    // kept, as they are other people's names.
    let composed: String = if text.chars().any(is_combining_mark) { text.nfc().collect() } else { text.to_owned() };
    for character in composed.chars() {
        match clusters.last_mut() {
            Some(last) if is_selector(character) => {
                last.text.push(character);
                last.selector = Some(character);
            }
            Some(last) if is_combining_mark(character) => last.text.push(character),
            _ => clusters.push(Cluster { text: character.into(), base: character, selector: None }),
        }
    }
    clusters
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: &str = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc";

    #[test]
    fn the_first_font_has_the_variants_of_common_names_and_names_what_it_lacks() {
        let fonts = Fonts::built_in().unwrap();
        let faces = fonts.faces().unwrap();
        for name in ["髙橋", "山﨑", "濵田", "德川", "見本 花子", "ミホン", "José Muñoz", "A"] {
            let runs = faces.runs(name).unwrap();
            assert_eq!((runs.len(), runs[0].text.as_str()), (1, name));
        }
        for (name, missing) in [("𠮷田", '𠮷'), ("陈伟", '陈'), ("김", '김'), ("Nguyễn", 'ễ')] {
            assert_eq!(faces.runs(name), Err(RenderError::MissingGlyph(missing)), "{name}");
        }
    }

    #[test]
    fn the_second_font_has_the_rest() {
        let fonts = Fonts::with_second(std::fs::read(SECOND).expect("fonts-noto-cjk, by dev/setup")).unwrap();
        let faces = fonts.faces().unwrap();
        for (name, face) in [("𠮷田", 1), ("陈伟", 1), ("김민준", 1), ("葛󠄀西", 0), ("辻󠄀", 0)] {
            let runs = faces.runs(name).unwrap();
            assert_eq!((runs.len(), runs[0].text.as_str(), runs[0].face), (1, name, face), "{name}");
            assert!(faces.width(&runs[0], 10.0) > 9.0, "{name}");
        }
        // Decomposed, as some systems send it.
        let name = "Nguye\u{302}\u{303}n";
        assert_eq!(faces.runs(name).unwrap()[0].text, "Nguyễn");
        assert_eq!(faces.runs("\u{1f600}"), Err(RenderError::MissingGlyph('\u{1f600}')));
    }

    #[test]
    fn a_variant_that_no_font_knows_is_drawn_in_its_usual_form() {
        let fonts = Fonts::built_in().unwrap();
        let faces = fonts.faces().unwrap();
        let runs = faces.runs("見\u{e01ef}本").unwrap();
        assert_eq!(runs[0].text, "見本");
    }

    #[test]
    fn what_is_no_font_is_refused() {
        for bytes in [Vec::new(), b"no font".to_vec(), FIRST[..1000].to_vec()] {
            assert!(Fonts::with_second(bytes).is_err());
        }
    }
}
