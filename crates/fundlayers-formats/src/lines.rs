//! Where something stands in a text: by lines and characters.

use fundlayers::Position;

/// Finds lines and characters of a text by its bytes.
#[derive(Debug)]
pub(crate) struct Lines<'a> {
    text: &'a str,
    /// Where each line starts.
    starts: Vec<usize>,
    /// Characters before every so many bytes, so that a long line is not counted again and again.
    characters: Vec<usize>,
}

/// Bytes between two counts of characters.
const STRIDE: usize = 1024;

impl<'a> Lines<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        let ends = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let starts = std::iter::once(0).chain(ends.map(|(at, _)| at.saturating_add(1))).collect();
        let mut count = 0_usize;
        let characters = text
            .as_bytes()
            .chunks(STRIDE)
            .map(|chunk| {
                let before = count;
                count = count.saturating_add(characters(chunk));
                before
            })
            .collect();
        Self { text, starts, characters }
    }

    /// Characters before a byte.
    fn before(&self, at: usize) -> usize {
        let chunk = at / STRIDE;
        let start = chunk.saturating_mul(STRIDE);
        let rest = self.text.as_bytes().get(start..at.min(self.text.len())).unwrap_or_default();
        let whole = self.characters.get(chunk).copied().unwrap_or_else(|| {
            // Just behind the end.
            self.characters.last().copied().unwrap_or_default()
        });
        whole.saturating_add(characters(rest))
    }

    /// What stands on a line, from 1.
    #[cfg(feature = "toml")]
    pub(crate) fn line(&self, line: u32) -> &'a str {
        let start = |line: u32| self.starts.get(usize::try_from(line).ok()?).copied();
        let end = start(line).unwrap_or(self.text.len());
        let begin = line.checked_sub(1).and_then(start).unwrap_or(end);
        self.text.get(begin..end).unwrap_or_default()
    }

    pub(crate) fn position(&self, at: usize) -> Position {
        let line = self.starts.partition_point(|start| *start <= at);
        let start = self.starts.get(line.saturating_sub(1)).copied().unwrap_or_default();
        let character = self.before(at).saturating_sub(self.before(start)).saturating_add(1);
        let number = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        Position { line: number(line), character: number(character) }
    }
}

/// How many characters begin in some bytes of UTF-8.
fn characters(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| **byte & 0xc0 != 0x80).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_characters() {
        let text = format!("年 = 1\n{}x", "县".repeat(2000));
        let lines = Lines::new(&text);
        assert_eq!(lines.position(0), Position { line: 1, character: 1 });
        assert_eq!(lines.position("年".len()), Position { line: 1, character: 2 });
        assert_eq!(lines.position(text.len() - 1), Position { line: 2, character: 2001 });
        assert_eq!(lines.position(text.len()), Position { line: 2, character: 2002 });
        assert_eq!(Lines::new("").position(0), Position { line: 1, character: 1 });
    }
}
