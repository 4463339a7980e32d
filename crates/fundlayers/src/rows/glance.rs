//! What the first and the last byte of a cell tell at once: nearly every cell is done after these.

use crate::ground::sure::Sure;

/// By its first byte a text may be blank, or only say that nothing stands there.
pub(crate) const BLANK: u8 = 1;
/// By its first byte a text may stand for nothing where texts stand: white space, dashes, slashes.
pub(crate) const NOTHING: u8 = 2;
/// By its first or its last byte a text may call its line one that sums others.
pub(crate) const LABEL: u8 = 4;
/// By its first or its last byte a text may be a remark below a table.
pub(crate) const NOTE: u8 = 8;
/// By its first and its last byte a text may be `total` or another one in Latin letters that calls its line so.
pub(crate) const TOTAL: u8 = 16;
/// By its first byte a text may begin with 其.
pub(crate) const OF_WHICH: u8 = 32;

/// What a text may be by its first byte; an empty one is blank.
#[inline]
pub(crate) fn first(text: &str) -> u8 {
    text.as_bytes().first().map_or(BLANK, |byte| FIRST.get(usize::from(*byte)).copied().sure())
}

/// What a text may be by its last byte.
#[inline]
pub(crate) fn last(text: &str) -> u8 {
    text.as_bytes().last().map_or(0, |byte| LAST.get(usize::from(*byte)).copied().sure())
}

/// Whether a text with such a first and last byte may call its line one that sums others.
#[inline]
pub(crate) const fn may_be_label(first: u8, last: u8) -> bool {
    // By its last byte no text begins with 其.
    (first | last) & (LABEL | OF_WHICH) | first & last & TOTAL != 0
}

/// Whether a byte is an ASCII space or begins a character that may be white space. All other bytes are in none.
pub(crate) const fn may_be_space(byte: u8) -> bool {
    matches!(byte, 0..=b' ' | 0xC2 | 0xE1..=0xE3)
}

const fn of_first(byte: u8) -> u8 {
    let mut of = 0;
    if may_be_space(byte) || matches!(byte, b'/' | 0xE2 | 0xEF) {
        of |= BLANK;
    }
    if matches!(byte, b'/' | b'-' | b'\t'..=b' ' | 0xE2 | 0xE3 | 0xEF) {
        of |= NOTHING;
    }
    if matches!(byte, b'\t'..=b' ' | 0xE3) {
        of |= LABEL;
    }
    if matches!(byte, b'G' | b'S' | b'T' | b'g' | b's' | b't' | 0x80..) {
        of |= TOTAL;
    }
    if byte == 0xE5 {
        of |= OF_WHICH;
    }
    if matches!(byte, b'C' | b'D' | b'F' | b'N' | b'P' | b'S' | b'T' | b'*' | b'(' | 0xE2 | 0xE4..=0xE9 | 0xEF) {
        of |= NOTE;
    }
    of
}

const fn of_last(byte: u8) -> u8 {
    match byte {
        // The last byte of 计, 数, 总, of a colon, a bracket or white space, full-width ones too.
        0xA1 | 0xB0 | 0xBB | b':' | b')' | b'\t'..=b' ' | 0x80 | 0x89 | 0x9A | 0xA0 => LABEL,
        b'l' | b'L' | b'm' | b'M' | b's' | b'S' => TOTAL,
        // That of 日 and of 。
        0xA5 | 0x82 => NOTE,
        _ => 0,
    }
}

static FIRST: [u8; 256] = table(true);
static LAST: [u8; 256] = table(false);

#[expect(clippy::indexing_slicing, reason = "made by the compiler, which would say so")]
const fn table(first: bool) -> [u8; 256] {
    let mut table = [0; 256];
    let mut byte = 0_u8;
    // No text has the byte 0xFF.
    while byte < u8::MAX {
        table[byte as usize] = if first { of_first(byte) } else { of_last(byte) };
        byte = byte.wrapping_add(1);
    }
    table
}
