//! From bytes to text: UTF-8, UTF-16 with its mark, and GB18030.

use std::borrow::Cow;

use crate::catalogue as words;
use fundlayers::{Code, Problem, Problems};

/// The text of a file: UTF-8 with or without its mark, UTF-16 with its mark (Excel's "Unicode text"), else GB18030, which
/// Chinese Excel writes. Without the feature `encodings`, UTF-8 only.
///
/// # Errors
///
/// [`Code::Encoding`] with the line of the first bytes that are none of these, or of a NUL; [`Code::UnknownFormat`] for a
/// workbook.
///
/// ```
/// use fundlayers_formats::text::decode;
/// assert_eq!(decode("\u{feff}名称".as_bytes())?, "名称");
/// # #[cfg(feature = "encodings")]
/// assert_eq!(decode(&[0xc3, 0xfb, 0xb3, 0xc6])?, "名称", "GB18030");
/// # Ok::<(), fundlayers::Problems>(())
/// ```
pub fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, Problems> {
    // What `.xlsx`, `.ods` and `.xls` begin with.
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"\xd0\xcf\x11\xe0") {
        return Err(Problem::new(Code::UnknownFormat, words::IS_WORKBOOK).expected(words::NAME_IT_SO).into());
    }
    let text = match bytes {
        [0xff, 0xfe, rest @ ..] => utf_16(rest, true)?,
        [0xfe, 0xff, rest @ ..] => utf_16(rest, false)?,
        [0xef, 0xbb, 0xbf, rest @ ..] => utf_8_or_gb18030(rest)?,
        bytes => utf_8_or_gb18030(bytes)?,
    };
    if let Some(at) = text.bytes().position(|byte| byte == 0) {
        let line = line_of(text.as_bytes().get(..at).unwrap_or_default());
        let problem = Problem::new(Code::Encoding, words::NUL).expected(words::TEXT_FILE);
        return Err(problem.line(Some(line)).into());
    }
    Ok(text)
}

fn utf_16(bytes: &[u8], little: bool) -> Result<Cow<'_, str>, Problems> {
    decoded_utf_16(bytes, little)
        .ok_or_else(|| Problem::new(Code::Encoding, words::NOT_UTF_16).expected(words::UTF_8).into())
}

#[cfg(feature = "encodings")]
fn decoded_utf_16(bytes: &[u8], little: bool) -> Option<Cow<'_, str>> {
    decoded(bytes, if little { encoding_rs::UTF_16LE } else { encoding_rs::UTF_16BE })
}

#[cfg(feature = "encodings")]
fn decoded_gb18030(bytes: &[u8]) -> Option<Cow<'_, str>> {
    decoded(bytes, encoding_rs::GB18030)
}

/// The text of bytes in an encoding; none if they are not in it. Piece by piece, because at once it takes three times the
/// bytes.
#[cfg(feature = "encodings")]
fn decoded(bytes: &[u8], encoding: &'static encoding_rs::Encoding) -> Option<Cow<'static, str>> {
    const PIECE: usize = 1 << 16;
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let (mut text, mut piece) = (String::new(), String::with_capacity(PIECE));
    let mut rest = bytes;
    loop {
        let (result, read) = decoder.decode_to_string_without_replacement(rest, &mut piece, true);
        text.push_str(&piece);
        piece.clear();
        rest = rest.get(read..)?;
        match result {
            encoding_rs::DecoderResult::InputEmpty => return Some(Cow::Owned(text)),
            encoding_rs::DecoderResult::OutputFull => {}
            encoding_rs::DecoderResult::Malformed(..) => return None,
        }
    }
}

#[cfg(not(feature = "encodings"))]
fn decoded_utf_16(_: &[u8], _: bool) -> Option<Cow<'_, str>> {
    None
}

#[cfg(not(feature = "encodings"))]
fn decoded_gb18030(_: &[u8]) -> Option<Cow<'_, str>> {
    None
}

fn utf_8_or_gb18030(bytes: &[u8]) -> Result<Cow<'_, str>, Problems> {
    let error = match std::str::from_utf8(bytes) {
        Ok(text) => return Ok(Cow::Borrowed(text)),
        Err(error) => error,
    };
    if let Some(text) = decoded_gb18030(bytes) {
        return Ok(text);
    }
    let good = bytes.get(..error.valid_up_to()).unwrap_or_default();
    let bad: Vec<String> = bytes.iter().skip(error.valid_up_to()).take(4).map(|byte| format!("{byte:02x}")).collect();
    let problem = Problem::new(Code::Encoding, words::NEITHER_ENCODING).found(bad.join(" "));
    Err(problem.line(Some(line_of(good))).expected(words::SAVE_AS_UTF_8).into())
}

fn line_of(before: &[u8]) -> u32 {
    let ends = before.split(|byte| *byte == b'\n').count().saturating_sub(1);
    u32::try_from(ends).unwrap_or(u32::MAX).saturating_add(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(feature = "encodings")]
    #[test]
    fn encodings_are_told_apart() {
        let (gb, _, _) = encoding_rs::GB18030.encode("名称,区县\n高尔塬村,耀州区\n");
        assert_eq!(decode(&gb).unwrap(), "名称,区县\n高尔塬村,耀州区\n");
        let little: Vec<u8> =
            [0xff, 0xfe].into_iter().chain("名称".encode_utf16().flat_map(u16::to_le_bytes)).collect();
        assert_eq!(decode(&little).unwrap(), "名称");
        // Characters do not end where pieces do.
        let long = format!("a{}", "名称\n".repeat(50_000));
        let (gb, _, _) = encoding_rs::GB18030.encode(&long);
        assert_eq!(decode(&gb).unwrap(), long);
        let big: Vec<u8> = [0xfe, 0xff].into_iter().chain("名称".encode_utf16().flat_map(u16::to_be_bytes)).collect();
        assert_eq!(decode(&big).unwrap(), "名称");
    }

    #[test]
    fn a_workbook_is_no_text() {
        for bytes in [&b"PK\x03\x04\x14\0\x06"[..], b"\xd0\xcf\x11\xe0\xa1\xb1"] {
            let problems = decode(bytes).unwrap_err();
            assert_eq!(problems.iter().map(Problem::code).collect::<Vec<_>>(), [Code::UnknownFormat], "{bytes:?}");
        }
        assert_eq!(decode(b"PK,1\n").unwrap(), "PK,1\n");
    }

    #[test]
    fn what_is_no_text_is_said_with_its_line() {
        for (bytes, line) in [(&b"a\nb\xff\xff\n"[..], Some(2)), (b"a\n\0", Some(2)), (b"\xff\xfe\x00\xd8", None)] {
            let problems = decode(bytes).unwrap_err();
            let problem = problems.iter().next().unwrap();
            assert_eq!((problem.code(), problem.location().line), (Code::Encoding, line), "{bytes:?}");
        }
    }
}
