//! The compound file that holds a workbook of Excel 97 to 2003: a file system of sectors.

use std::borrow::Cow;

use fundlayers::Problems;

use super::damaged;
use crate::catalogue as words;

const ENTRY: usize = 128;
/// Bytes of a sector of small streams.
const SMALL: usize = 64;
/// A sector number at and above which none is meant.
const NONE: u32 = 0xFFFF_FFFA;

/// A little-endian number of two bytes.
pub(super) fn word(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

/// A little-endian number of four bytes.
pub(super) fn long(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

fn size(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

/// The stream with the first of some names that is there.
pub(super) fn stream<'a>(bytes: &'a [u8], names: &[&str]) -> Result<Cow<'a, [u8]>, Problems> {
    File::open(bytes).and_then(|file| file.stream(names)).ok_or_else(|| damaged(words::NO_COMPOUND_FILE))
}

struct File<'a> {
    bytes: &'a [u8],
    /// Bytes of a sector.
    sector: usize,
    /// The sector that follows each.
    next: Vec<u32>,
    directory: Cow<'a, [u8]>,
}

impl<'a> File<'a> {
    fn open(bytes: &'a [u8]) -> Option<Self> {
        let sector = match word(bytes, 30)? {
            9 => 512,
            12 => 4096,
            _ => return None,
        };
        let mut file = Self { bytes, sector, next: Vec::new(), directory: Cow::Borrowed(&[]) };
        // Where the table of sectors stands: in the header, then in a chain of sectors whose last number is the next one.
        let mut tables: Vec<u32> =
            (0..109_usize).map_while(|at| long(bytes, at.checked_mul(4)?.checked_add(76)?)).collect();
        let mut more = long(bytes, 68)?;
        let last = sector.checked_sub(4)?;
        for _ in 0..file.sectors() {
            if more >= NONE {
                break;
            }
            let list = file.sector(more)?;
            tables.extend((0..last).step_by(4).map_while(|at| long(list, at)));
            more = long(list, last)?;
        }
        for table in tables.into_iter().filter(|table| *table < NONE) {
            let list = file.sector(table)?;
            file.next.extend(list.chunks_exact(4).filter_map(|number| long(number, 0)));
            // The last table may name more sectors than there are, and no table stands twice.
            if file.next.len() > file.sectors().checked_add(sector)? {
                return None;
            }
        }
        file.directory = file.chain(long(bytes, 48)?)?;
        Some(file)
    }

    fn sectors(&self) -> usize {
        self.bytes.len().checked_div(self.sector).unwrap_or_default()
    }

    fn sector(&self, number: u32) -> Option<&'a [u8]> {
        let start = size(number).checked_add(1)?.checked_mul(self.sector)?;
        // The last one is cut by some programs.
        let end = start.checked_add(self.sector)?.min(self.bytes.len());
        self.bytes.get(start..end)
    }

    /// All sectors of a chain, one after the other, which they mostly are already.
    fn chain(&self, first: u32) -> Option<Cow<'a, [u8]>> {
        let mut last = first;
        while last < NONE && self.next.get(size(last))? == &last.checked_add(1)? {
            last = last.checked_add(1)?;
        }
        if last < NONE && self.next.get(size(last))? >= &NONE {
            let start = size(first).checked_add(1)?.checked_mul(self.sector)?;
            let end = size(last).checked_add(2)?.checked_mul(self.sector)?.min(self.bytes.len());
            return Some(Cow::Borrowed(self.bytes.get(start..end)?));
        }
        let mut all = Vec::new();
        let mut number = first;
        while number < NONE {
            all.extend_from_slice(self.sector(number)?);
            // A chain that comes back to where it was has no end.
            if all.len() > self.bytes.len() {
                return None;
            }
            number = *self.next.get(size(number))?;
        }
        Some(Cow::Owned(all))
    }

    fn stream(&self, names: &[&str]) -> Option<Cow<'a, [u8]>> {
        let entries = || self.directory.chunks_exact(ENTRY);
        let entry = names.iter().find_map(|name| entries().find(|entry| is_named(entry, name)))?;
        let (first, length) = (long(entry, 116)?, size(long(entry, 120)?));
        if length >= size(long(self.bytes, 56)?) {
            let mut all = self.chain(first)?;
            return Some(match all {
                Cow::Borrowed(all) => Cow::Borrowed(all.get(..length).unwrap_or(all)),
                Cow::Owned(ref mut part) => {
                    part.truncate(length);
                    all
                }
            });
        }
        // Small streams share the one of the first entry, in sectors of 64 bytes with a table of their own.
        let shared = self.chain(long(entries().next()?, 116)?)?;
        let table = self.chain(long(self.bytes, 60)?)?;
        let mut all = Vec::new();
        let mut number = first;
        while number < NONE && all.len() < length {
            let start = size(number).checked_mul(SMALL)?;
            all.extend_from_slice(shared.get(start..start.checked_add(SMALL)?)?);
            number = long(&table, size(number).checked_mul(4)?)?;
        }
        all.truncate(length);
        Some(all.into())
    }
}

fn is_named(entry: &[u8], name: &str) -> bool {
    let length = word(entry, 64).map_or(0, usize::from);
    let units = entry.get(..length.min(64)).unwrap_or_default().chunks_exact(2).filter_map(|unit| word(unit, 0));
    let found: String = char::decode_utf16(units.take_while(|unit| *unit != 0)).filter_map(Result::ok).collect();
    found.eq_ignore_ascii_case(name)
}
