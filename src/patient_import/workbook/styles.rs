//! The number format of each cell style, and whether it strikes text out.

use super::super::{finding::Fault, number_format::NumberFormat};
use super::xml::{Budget, Xml, attribute, truth};
use quick_xml::events::{BytesStart, Event};
use std::collections::HashMap;
use std::io::BufRead;

/// The maximum number of styles; Excel has 65,490.
const MOST_STYLES: usize = 70_000;
/// The maximum number of number formats; Excel has about a hundred.
const MOST_FORMATS: usize = 5_000;

/// The number formats of a workbook.
pub(super) struct Styles {
    formats: Vec<NumberFormat>,
    /// The index of the format, by style number.
    of_style: Vec<usize>,
    /// `true` if the font strikes text out, by font number.
    fonts: Vec<bool>,
    /// The font number, by style number.
    font_of_style: Vec<usize>,
    /// The format of cells without a style.
    general: NumberFormat,
}

/// The position in the part.
#[derive(PartialEq)]
enum Inside {
    Fonts,
    Formats,
    Styles,
    Elsewhere,
}

impl Styles {
    /// The styles of a workbook without any.
    pub fn none() -> Self {
        Self {
            formats: Vec::new(),
            of_style: Vec::new(),
            fonts: Vec::new(),
            font_of_style: Vec::new(),
            general: NumberFormat::parse("General"),
        }
    }

    pub fn read(xml: &mut Xml<impl BufRead + Budget>) -> Result<Self, Fault> {
        let mut styles = Self::none();
        let mut own: HashMap<u32, usize> = HashMap::new();
        let mut known: HashMap<u32, usize> = HashMap::new();
        let mut inside = Inside::Elsewhere;
        while let Some(event) = xml.next()? {
            match event {
                Event::Start(tag) if tag.local_name().as_ref() == "numFmts" => inside = Inside::Formats,
                Event::Start(tag) if tag.local_name().as_ref() == "fonts" => inside = Inside::Fonts,
                Event::Start(tag) if tag.local_name().as_ref() == "cellXfs" => inside = Inside::Styles,
                Event::Start(tag) | Event::Empty(tag) => match (tag.local_name().as_ref(), &inside) {
                    ("font", Inside::Fonts) => styles.add_font()?,
                    ("strike", Inside::Fonts) => {
                        let struck = attribute(&tag, "val")?.is_none_or(|value| truth(&value));
                        styles.fonts.last_mut().into_iter().for_each(|font| *font = struck);
                    }
                    // The formats in dxfs are for conditional formatting.
                    ("numFmt", Inside::Formats) => {
                        let code = attribute(&tag, "formatCode")?.unwrap_or_default();
                        let place = styles.add(NumberFormat::parse(&code))?;
                        own.insert(format_id(&tag)?, place);
                    }
                    ("xf", Inside::Styles) => {
                        let id = format_id(&tag)?;
                        let place = match own.get(&id).or_else(|| known.get(&id)) {
                            Some(place) => *place,
                            None => {
                                let format = NumberFormat::built_in(id).unwrap_or_else(NumberFormat::unknown);
                                let place = styles.add(format)?;
                                known.insert(id, place);
                                place
                            }
                        };
                        if styles.of_style.len() >= MOST_STYLES {
                            return Err(Fault::WorkbookTooLarge);
                        }
                        styles.of_style.push(place);
                        let font = attribute(&tag, "fontId")?.and_then(|id| id.parse().ok());
                        styles.font_of_style.push(font.unwrap_or_default());
                    }
                    _ => {}
                },
                Event::End(tag) if matches!(tag.local_name().as_ref(), "numFmts" | "fonts" | "cellXfs") => {
                    inside = Inside::Elsewhere;
                }
                _ => {}
            }
        }
        Ok(styles)
    }

    /// The format of a style.
    pub fn format(&self, style: usize) -> &NumberFormat {
        self.of_style.get(style).and_then(|place| self.formats.get(*place)).unwrap_or(&self.general)
    }

    /// Returns `true` if a style strikes text out.
    pub fn strikes_out(&self, style: usize) -> bool {
        self.font_of_style.get(style).and_then(|font| self.fonts.get(*font)).copied().unwrap_or_default()
    }

    fn add_font(&mut self) -> Result<(), Fault> {
        if self.fonts.len() >= MOST_STYLES {
            return Err(Fault::WorkbookTooLarge);
        }
        self.fonts.push(false);
        Ok(())
    }

    fn add(&mut self, format: NumberFormat) -> Result<usize, Fault> {
        if self.formats.len() >= MOST_FORMATS {
            return Err(Fault::WorkbookTooLarge);
        }
        self.formats.push(format);
        Ok(self.formats.len().saturating_sub(1))
    }
}

fn format_id(tag: &BytesStart<'_>) -> Result<u32, Fault> {
    Ok(attribute(tag, "numFmtId")?.and_then(|id| id.parse().ok()).unwrap_or_default())
}
