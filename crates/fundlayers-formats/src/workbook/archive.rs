//! The parts of a zipped workbook, read as streams of XML within limits.

use std::collections::HashMap;
use std::io::{self, BufRead, BufReader, Cursor, Read};

use fundlayers::{Code, Problem, Problems};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use quick_xml::name::QName;
use zip::ZipArchive;
use zip::read::ZipFile;
use zip::result::ZipError;

use super::row::limit;
use super::{damaged, too_large};
use crate::catalogue as words;

/// An archive has at most so many parts.
const PARTS: usize = 10_000;
/// A part is at most so many bytes once inflated: 17 million cells take some 1.5 GB.
const INFLATED: u64 = 6 << 30;
/// Beyond this a part may be at most `RATIO` times what it is in the archive; sheets are some 10 to 50 times.
const FREE: u64 = limit(64 << 20) as u64;
const RATIO: u64 = 250;
/// What stands between two marks is at most so many bytes; a text is at most 32,767 characters.
pub(super) const STRETCH: usize = 1 << 20;
/// So deep are elements nested at most.
const DEPTH: usize = 64;
const BUFFER: usize = 32 << 10;

/// A zipped workbook.
pub(super) struct Archive<'a> {
    zip: ZipArchive<Cursor<&'a [u8]>>,
    names: HashMap<String, usize>,
}

impl<'a> Archive<'a> {
    pub(super) fn open(bytes: &'a [u8]) -> Result<Self, Problems> {
        let zip = ZipArchive::new(Cursor::new(bytes)).map_err(|error| refused(&error))?;
        if zip.len() > PARTS {
            return Err(too_large(words::MANY_PARTS.with(&[&PARTS])));
        }
        let names = (0..zip.len()).filter_map(|at| Some((plain(&zip.name_for_index(at)?.ok()?), at))).collect();
        Ok(Self { zip, names })
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.names.contains_key(&plain(name))
    }

    /// A part from its beginning.
    pub(super) fn part(&mut self, name: &str) -> Result<Part<'_, 'a>, Problems> {
        let Some(at) = self.names.get(&plain(name)) else { return Err(damaged(words::NO_PART.with(&[&name]))) };
        let file = self.zip.by_index(*at).map_err(|error| refused(&error))?;
        let limit = file.compressed_size().saturating_mul(RATIO).clamp(FREE, INFLATED);
        let reader = BufReader::with_capacity(BUFFER, file);
        Ok(Part { name: name.to_owned(), reader, left: limit, stretch: STRETCH })
    }

    pub(super) fn xml(&mut self, name: &str) -> Result<Xml<'_, 'a>, Problems> {
        Ok(Xml::new(self.part(name)?))
    }
}

/// Names differ in case and slashes between programs.
fn plain(name: &str) -> String {
    name.replace('\\', "/").trim_start_matches('/').to_ascii_lowercase()
}

fn refused(error: &ZipError) -> Problems {
    match error {
        ZipError::UnsupportedArchive(_) | ZipError::InvalidPassword | ZipError::CompressionMethodNotSupported(_) => {
            damaged(words::ARCHIVE_NOT_READ.with(&[&error.to_string()]))
        }
        _ => damaged(words::NO_ARCHIVE.with(&[&error.to_string()])),
    }
}

/// A part of an archive, inflated as it is read.
pub(super) struct Part<'z, 'a> {
    name: String,
    reader: BufReader<ZipFile<'z, Cursor<&'a [u8]>>>,
    left: u64,
    stretch: usize,
}

impl Read for Part<'_, '_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let mut from = self.fill_buf()?;
        let count = from.read(into)?;
        self.consume(count);
        Ok(count)
    }
}

impl BufRead for Part<'_, '_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.left == 0 || self.stretch == 0 {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.reader.fill_buf()
    }

    fn consume(&mut self, count: usize) {
        self.reader.consume(count);
        self.left = self.left.saturating_sub(u64::try_from(count).unwrap_or(u64::MAX));
        self.stretch = self.stretch.saturating_sub(count);
    }
}

impl Part<'_, '_> {
    fn wrong(&self, error: &io::Error) -> Problems {
        if error.kind() == io::ErrorKind::FileTooLarge {
            return too_large(words::PART_TOO_LARGE.with(&[&self.name]));
        }
        damaged(words::PART_NOT_READ.with(&[&self.name, &error.to_string()]))
    }

    /// Passes over everything up to and with a mark, which is quicker than to read it as XML; whether it is there.
    #[cfg(feature = "xlsx")]
    pub(super) fn pass(&mut self, mark: &str) -> Result<bool, Problems> {
        let finder = memchr::memmem::Finder::new(mark.as_bytes());
        let keep = mark.len().saturating_sub(1);
        // The end of the piece before, in which a mark may begin.
        let mut border: Vec<u8> = Vec::new();
        loop {
            self.stretch = STRETCH;
            let piece = match self.fill_buf() {
                Ok([]) => return Ok(false),
                Ok(piece) => piece,
                Err(error) => return Err(self.wrong(&error)),
            };
            let before = border.len();
            border.extend(piece.iter().take(keep));
            let across = finder.find(&border);
            let across = across.map(|at| at.saturating_add(mark.len()).saturating_sub(before));
            let found = across.or_else(|| Some(finder.find(piece)?.saturating_add(mark.len())));
            let count = found.unwrap_or(piece.len());
            if found.is_none() {
                if let Some(end) = piece.len().checked_sub(keep) {
                    border.clear();
                    border.extend(piece.get(end..).unwrap_or_default());
                } else {
                    let more = border.len().saturating_sub(keep);
                    border.drain(..more);
                }
            }
            self.consume(count);
            if found.is_some() {
                return Ok(true);
            }
        }
    }
}

/// A part as events of XML.
pub(super) struct Xml<'z, 'a> {
    reader: Reader<Part<'z, 'a>>,
    buffer: Vec<u8>,
    depth: usize,
}

impl<'z, 'a> Xml<'z, 'a> {
    fn new(part: Part<'z, 'a>) -> Self {
        let mut reader = Reader::from_reader(part);
        reader.config_mut().expand_empty_elements = true;
        Self { reader, buffer: Vec::new(), depth: 0 }
    }

    #[cfg(feature = "xlsx")]
    /// What is left of a part that was begun in another way.
    pub(super) fn rest(part: Part<'z, 'a>) -> Self {
        let mut xml = Self::new(part);
        xml.reader.config_mut().check_end_names = false;
        xml.reader.config_mut().allow_unmatched_ends = true;
        xml
    }

    #[inline]
    pub(super) fn next(&mut self) -> Result<Event<'_>, Problems> {
        self.buffer.clear();
        self.reader.get_mut().stretch = STRETCH;
        match self.reader.read_event_into(&mut self.buffer) {
            Ok(event) => {
                match event {
                    Event::Start(_) => self.depth = self.depth.saturating_add(1),
                    Event::End(_) => self.depth = self.depth.saturating_sub(1),
                    _ => {}
                }
                if self.depth > DEPTH {
                    let name = &self.reader.get_ref().name;
                    let message = words::PART_TOO_DEEP.with(&[name, &DEPTH]);
                    return Err(Problem::new(Code::TooDeep, message).expected(words::SAVE_AGAIN).into());
                }
                Ok(event)
            }
            Err(quick_xml::Error::Io(error)) => Err(self.reader.get_ref().wrong(&error)),
            Err(error) => Err(damaged(words::PART_NOT_READ.with(&[&self.reader.get_ref().name, &error.to_string()]))),
        }
    }

    /// Something is not as a workbook has it.
    pub(super) fn wrong(&self, what: &str) -> Problems {
        damaged(words::PART_NOT_READ.with(&[&self.reader.get_ref().name, &what]))
    }

    pub(super) fn cut_short(&self) -> Problems {
        self.wrong("the part ends too early")
    }

    /// Reads on behind the end of the element that was begun.
    pub(super) fn skip(&mut self) -> Result<(), Problems> {
        let outside = self.depth.saturating_sub(1);
        while self.depth > outside {
            if let Event::Eof = self.next()? {
                return Err(self.cut_short());
            }
        }
        Ok(())
    }

    /// The text of the element that was begun, without that of elements in it.
    #[cfg(feature = "xlsx")]
    #[inline]
    pub(super) fn text(&mut self, out: &mut String) -> Result<(), Problems> {
        let inside = self.depth;
        loop {
            let direct = self.depth == inside;
            match self.next()? {
                Event::End(_) if direct => return Ok(()),
                Event::Eof => return Err(self.cut_short()),
                event if direct => {
                    if let Some(name) = push_text(&event, out) {
                        return Err(self.wrong(&name));
                    }
                }
                _ => {}
            }
        }
    }
}

/// Adds the text that an event is, if it is one; the name of a sign that is not known.
#[inline]
pub(super) fn push_text(event: &Event<'_>, out: &mut String) -> Option<String> {
    match event {
        Event::Text(text) => out.push_str(&text.xml10_content()),
        Event::CData(text) => out.push_str(&text.xml10_content()),
        Event::GeneralRef(name) => {
            let sign = name.resolve_char_ref().ok().flatten();
            match (sign, quick_xml::escape::resolve_predefined_entity(name)) {
                (Some(sign), _) => out.push(sign),
                (None, Some(text)) => out.push_str(text),
                (None, None) => return Some(format!("&{};", &**name)),
            }
        }
        _ => {}
    }
    None
}

/// An attribute by its name without prefix.
pub(super) fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    find(element, |key| key.local_name().into_inner() == name)
}

/// The value of the first attribute that is wanted.
pub(super) fn find(element: &BytesStart<'_>, wanted: impl Fn(QName<'_>) -> bool) -> Option<String> {
    element
        .attributes()
        .with_checks(false)
        .flatten()
        .find(|found| wanted(found.key))
        .map(|found| unescaped(&found.value))
}

fn unescaped(value: &str) -> String {
    quick_xml::escape::unescape(value).map_or_else(|_| value.to_owned(), std::borrow::Cow::into_owned)
}

/// Whether an attribute says yes.
#[cfg(feature = "xlsx")]
pub(super) fn flag(element: &BytesStart<'_>, name: &str) -> bool {
    attribute(element, name).is_some_and(|value| matches!(value.as_str(), "1" | "true" | "on"))
}
