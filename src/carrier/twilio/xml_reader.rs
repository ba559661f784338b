//! A bounded XML reader for TwiML: no DOCTYPE, so no expanding entities, and limits on size, depth and number. The
//! program itself only writes TwiML.

use quick_xml::events::{BytesDecl, BytesStart, Event};
use quick_xml::{Reader, XmlVersion, escape};

use super::xml::is_legal;

/// Why a text isn't TwiML that we understand. The error doesn't contain the text, which may be personal data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TwimlError {
    /// More than [`MAX_BYTES`], Twilio's own limit.
    #[error("the TwiML is larger than 64 KiB")]
    TooLarge,
    /// Deeper than [`MAX_DEPTH`].
    #[error("the TwiML has elements deeper than four")]
    TooDeep,
    /// More elements than [`MAX_ELEMENTS`].
    #[error("the TwiML has more than 1,000 elements")]
    TooMany,
    /// A document type.
    #[error("the TwiML has a DOCTYPE, which is refused")]
    DocType,
    /// Not well-formed, or more than one root.
    #[error("the TwiML isn't well-formed XML 1.0")]
    NotWellFormed,
    /// A declaration other than XML 1.0 in UTF-8, or a processing instruction.
    #[error("the TwiML isn't plain XML 1.0 in UTF-8")]
    NotPlain,
    /// The root isn't `<Response>`.
    #[error("the TwiML doesn't begin with <Response>")]
    NotAResponse,
    /// An unknown verb, or a verb in the wrong place.
    #[error("the TwiML has a verb that isn't known there")]
    UnknownVerb,
    /// An attribute that the verb doesn't have.
    #[error("the TwiML has an attribute that isn't known there")]
    UnknownAttribute,
    /// A value that doesn't have the format of its attribute or element.
    #[error("the TwiML has a value that doesn't have the form that it should")]
    BadValue,
    /// Text where none is allowed.
    #[error("the TwiML has text outside a sentence")]
    StrayText,
}

/// The largest document, in bytes (Twilio: 64 KB).
pub(super) const MAX_BYTES: usize = 64 * 1024;
/// The deepest nesting of elements. Ours reach three (`Response`, `Gather`, `Say`).
pub(super) const MAX_DEPTH: usize = 4;
/// The most elements of one document.
pub(super) const MAX_ELEMENTS: usize = 1_000;

/// An element as read, without interpretation.
#[derive(Default)]
pub(super) struct Element {
    pub(super) name: String,
    pub(super) attributes: Vec<(String, String)>,
    pub(super) children: Vec<Element>,
    pub(super) text: String,
}

impl Element {
    /// Reads a document: its root element.
    pub(super) fn read(xml: &str) -> Result<Self, TwimlError> {
        if xml.len() > MAX_BYTES {
            return Err(TwimlError::TooLarge);
        }
        // A byte order mark may precede the declaration.
        let xml = xml.strip_prefix('\u{FEFF}').unwrap_or(xml);
        if !xml.chars().all(|c| is_legal(c) || c == '\r') {
            return Err(TwimlError::NotWellFormed);
        }
        let mut reader = Reader::from_str(xml);
        reader.config_mut().check_comments = true;
        let mut open = Open::default();
        let mut first = true;
        loop {
            match reader.read_event().map_err(|_| TwimlError::NotWellFormed)? {
                Event::Eof => return open.finish(),
                Event::Decl(declaration) if first => plain(&declaration)?,
                event => open.take(event)?,
            }
            first = false;
        }
    }

    fn start(tag: &BytesStart<'_>) -> Result<Self, TwimlError> {
        let name = tag.name().as_ref().to_owned();
        let mut attributes = Vec::new();
        for attribute in tag.attributes() {
            let attribute = attribute.map_err(|_| TwimlError::NotWellFormed)?;
            let value = attribute.normalized_value(XmlVersion::Explicit1_0).map_err(|_| TwimlError::NotWellFormed)?;
            if !value.chars().all(is_legal) || attribute.value.contains('<') {
                return Err(TwimlError::NotWellFormed);
            }
            attributes.push((attribute.key.as_ref().to_owned(), value.into_owned()));
        }
        Ok(Self { name, attributes, ..Self::default() })
    }
}

/// The open elements, outermost first, and the root once it is closed.
#[derive(Default)]
struct Open {
    stack: Vec<Element>,
    root: Option<Element>,
    elements: usize,
}

impl Open {
    fn take(&mut self, event: Event<'_>) -> Result<(), TwimlError> {
        match event {
            Event::Start(tag) => self.start(&tag),
            Event::Empty(tag) => self.start(&tag).and_then(|()| self.end()),
            Event::End(_) => self.end(),
            Event::Text(text) => self.text(&text.xml10_content()),
            Event::CData(text) if !self.stack.is_empty() => self.text(&text.xml10_content()),
            Event::GeneralRef(reference) if !self.stack.is_empty() => {
                let resolved = reference.resolve_char_ref().map_err(|_| TwimlError::NotWellFormed)?;
                match resolved {
                    Some(c) if is_legal(c) => self.text(c.encode_utf8(&mut [0; 4])),
                    Some(_) => Err(TwimlError::NotWellFormed),
                    None => self
                        .text(escape::resolve_xml_entity(&reference.xml10_content()).ok_or(TwimlError::NotWellFormed)?),
                }
            }
            Event::Comment(_) => Ok(()),
            Event::DocType(_) => Err(TwimlError::DocType),
            Event::PI(_) => Err(TwimlError::NotPlain),
            Event::CData(_) | Event::GeneralRef(_) | Event::Decl(_) | Event::Eof => Err(TwimlError::NotWellFormed),
        }
    }

    fn start(&mut self, tag: &BytesStart<'_>) -> Result<(), TwimlError> {
        self.elements = self.elements.saturating_add(1);
        if self.stack.len() >= MAX_DEPTH {
            return Err(TwimlError::TooDeep);
        }
        if self.elements > MAX_ELEMENTS {
            return Err(TwimlError::TooMany);
        }
        if self.root.is_some() {
            return Err(TwimlError::NotWellFormed);
        }
        self.stack.push(Element::start(tag)?);
        Ok(())
    }

    fn end(&mut self) -> Result<(), TwimlError> {
        let element = self.stack.pop().ok_or(TwimlError::NotWellFormed)?;
        match self.stack.last_mut() {
            Some(parent) => parent.children.push(element),
            None => self.root = Some(element),
        }
        Ok(())
    }

    fn text(&mut self, text: &str) -> Result<(), TwimlError> {
        match self.stack.last_mut() {
            Some(element) => element.text.push_str(text),
            None if text.trim_matches([' ', '\t', '\n']).is_empty() => {}
            None => return Err(TwimlError::NotWellFormed),
        }
        Ok(())
    }

    fn finish(self) -> Result<Element, TwimlError> {
        match (self.root, self.stack.is_empty()) {
            (Some(root), true) => Ok(root),
            _ => Err(TwimlError::NotWellFormed),
        }
    }
}

fn plain(declaration: &BytesDecl<'_>) -> Result<(), TwimlError> {
    let version = declaration.version().map_err(|_| TwimlError::NotWellFormed)?;
    let utf8 = match declaration.encoding() {
        None => true,
        Some(Ok(encoding)) => encoding.eq_ignore_ascii_case("utf-8"),
        Some(Err(_)) => return Err(TwimlError::NotWellFormed),
    };
    if version == "1.0" && utf8 { Ok(()) } else { Err(TwimlError::NotPlain) }
}
