//! The number format of each style that a cell may have.

use super::super::{finding::Fault, number_format::NumberFormat};
use super::xml::{Budget, Xml, attribute};
use quick_xml::events::{BytesStart, Event};
use std::collections::HashMap;
use std::io::BufRead;

/// The most styles; Excel has 65,490.
const MOST_STYLES: usize = 70_000;
/// The most number formats; Excel has some hundred.
const MOST_FORMATS: usize = 5_000;

/// The number formats of a workbook.
pub(super) struct Styles {
    formats: Vec<NumberFormat>,
    /// By the number of a style, the place of its format.
    of_style: Vec<usize>,
    /// What a cell without a style has.
    general: NumberFormat,
}

/// Where in the part we are.
#[derive(PartialEq)]
enum Inside {
    Formats,
    Styles,
    Elsewhere,
}

impl Styles {
    /// Those of a workbook that has none.
    pub fn none() -> Self {
        Self { formats: Vec::new(), of_style: Vec::new(), general: NumberFormat::parse("General") }
    }

    pub fn read(xml: &mut Xml<impl BufRead + Budget>) -> Result<Self, Fault> {
        let mut styles = Self::none();
        let mut own: HashMap<u32, usize> = HashMap::new();
        let mut known: HashMap<u32, usize> = HashMap::new();
        let mut inside = Inside::Elsewhere;
        while let Some(event) = xml.next()? {
            match event {
                Event::Start(tag) if tag.local_name().as_ref() == "numFmts" => inside = Inside::Formats,
                Event::Start(tag) if tag.local_name().as_ref() == "cellXfs" => inside = Inside::Styles,
                Event::Start(tag) | Event::Empty(tag) => match (tag.local_name().as_ref(), &inside) {
                    // Those of dxfs are for colours by condition.
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
                    }
                    _ => {}
                },
                Event::End(tag) if matches!(tag.local_name().as_ref(), "numFmts" | "cellXfs") => {
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
