//! Lines of a table that sum others, and what they call themselves.

use std::borrow::Cow;

use rust_decimal::Decimal;

use super::glance;
use super::records::{Cell, Findings, Place};
use crate::ground::catalogue::rows as words;
use crate::ground::problem::Code;

/// What a line that sums others calls itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum TotalRank {
    /// 其中: a part of what another line says; nothing to compare it with.
    Part,
    /// 小计.
    Subtotal,
    /// 合计.
    Total,
    /// 总计.
    GrandTotal,
}

/// What a cell calls its line, if that sums others: 小计, 合计, 总计, also behind a name (王益区小计), with a colon or a remark
/// in brackets (合计（31个）); 其中; Total, Subtotal, Grand total.
#[inline]
pub(crate) fn total_rank(cell: Cell<'_>) -> Option<TotalRank> {
    let Cell::Text(text) = cell else { return None };
    if may_label(text) { label(text) } else { None }
}

/// As [`total_rank`], of a cell that only counts if nothing else stands in it.
pub(crate) fn bare_total_rank(cell: Cell<'_>) -> Option<TotalRank> {
    let Cell::Text(text) = cell else { return None };
    let is_bare = || {
        let bare = bare(text);
        SUMS.iter().any(|(word, _)| bare == *word) || counted(&bare).is_some() || text.is_ascii()
    };
    total_rank(cell).filter(|rank| *rank == TotalRank::Part || is_bare())
}

/// What nearly every cell fails at once: a label ends in 计, 汇总, 数, a colon, a bracket or white space, begins with 其中, 合,
/// 共, 小 or a bracket, or is `total`, `sum` or the like.
#[inline]
pub(crate) fn may_label(text: &str) -> bool {
    let (first, last) = (glance::first(text), glance::last(text));
    glance::may_be_label(first, last) && is_likely(text, first & last & glance::TOTAL != 0)
}

/// The rest of [`may_label`]; apart from it, since few cells come so far.
#[inline(never)]
fn is_likely(text: &str, total: bool) -> bool {
    // White space, 【, 其, 共, 合, 小; 计, 数, 总, white space, a full-width bracket or colon.
    let is_word = matches!(
        text.as_bytes(),
        [b'\t'..=b' ', ..]
            | [0xE3, 0x80, 0x80 | 0x90, ..]
            | [0xE5, 0x85, 0xB6 | 0xB1, ..]
            | [0xE5, 0x90, 0x88, ..]
            | [0xE5, 0xB0, 0x8F, ..]
            | [.., 0xE6, 0x95, 0xB0]
            | [.., 0xE6, 0x80, 0xBB]
            | [.., 0xE8, 0xAE, 0xA1]
            | [.., 0x80 | 0x9A, 0x80]
            | [.., 0xC2, 0xA0]
            | [.., 0xBC, 0x89 | 0x9A]
            | [.., b'\t'..=b' ' | b':' | b')']
    );
    total || is_word
}

fn bare(text: &str) -> Cow<'_, str> {
    let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let end = |text: &str| text.trim_end_matches(['：', ':']).len();
    let mut text = text;
    text.truncate(end(&text));
    let whole = text.strip_prefix(['(', '（', '【', '[']).and_then(|inner| inner.strip_suffix([')', '）', '】', ']']));
    if let Some(inner) = whole.filter(|inner| !inner.contains(['(', '（'])) {
        return Cow::Owned(inner.to_owned());
    }
    if text.ends_with([')', '）'])
        && let Some(at) = text.rfind(['(', '（'])
    {
        text.truncate(at);
    }
    text.truncate(end(&text));
    Cow::Owned(text)
}

/// Words that call a line one that sums others, as they stand alone.
const SUMS: [(&str, TotalRank); 11] = [
    ("小计", TotalRank::Subtotal),
    ("分计", TotalRank::Subtotal),
    ("镇计", TotalRank::Subtotal),
    ("合计", TotalRank::Total),
    ("共计", TotalRank::Total),
    ("合计数", TotalRank::Total),
    ("总数", TotalRank::Total),
    ("汇总", TotalRank::Total),
    ("累计", TotalRank::Total),
    ("以上共计", TotalRank::Total),
    ("总计", TotalRank::GrandTotal),
];

/// The rank of a line that says how many it sums: 合计2, 合计2个村, 共2个村.
fn counted(bare: &str) -> Option<TotalRank> {
    let words = [("小计", TotalRank::Subtotal), ("合计", TotalRank::Total), ("共计", TotalRank::Total)];
    let (rest, rank) = words.iter().find_map(|(word, rank)| Some((bare.strip_prefix(word)?, *rank))).or_else(|| {
        let rest = bare.strip_prefix('共').filter(|rest| rest.contains('个'))?;
        Some((rest, TotalRank::Total))
    })?;
    let of = rest.trim_start_matches(|c: char| c.is_ascii_digit());
    let is_count =
        of.len() < rest.len() && (of.is_empty() || of.starts_with('个') && of.chars().count() <= LONGEST_UNIT);
    is_count.then_some(rank)
}

/// What is counted has at most so many characters: 个行政村.
const LONGEST_UNIT: usize = 6;
/// Names of what is summed have at most so many characters.
const LONGEST_NAME: usize = 16;

#[cold]
#[inline(never)]
fn label(text: &str) -> Option<TotalRank> {
    let bare = bare(text);
    let part = bare.strip_prefix("其中");
    if part.is_some_and(|rest| rest.is_empty() || rest.starts_with(['：', ':', '，', ','])) {
        return Some(TotalRank::Part);
    }
    let is = |word: &str| bare.eq_ignore_ascii_case(word);
    if let Some(rank) = SUMS.iter().find_map(|(word, rank)| (bare == *word).then_some(*rank)) {
        return Some(rank);
    }
    if let Some(rank) = counted(&bare) {
        return Some(rank);
    }
    // Behind a name in brackets: 东县（小计）.
    let inner = text.trim_end().strip_suffix([')', '）']).and_then(|text| text.rsplit_once(['(', '（']));
    let in_brackets =
        |(_, inner): (&str, &str)| SUMS.iter().find_map(|(word, rank)| (inner.trim() == *word).then_some(*rank));
    if let Some(rank) = inner.and_then(in_brackets) {
        return Some(rank);
    }
    // Blocks have numbers: 一、东县小计.
    let bare = match bare.split_once('、') {
        Some((number, rest)) if number.chars().all(|c| "一二三四五六七八九十0123456789".contains(c)) => rest,
        _ => &*bare,
    };
    // What is summed may stand before: a county, a township, 全市.
    let ends = |word: &str| {
        bare.strip_suffix(word)
            .is_some_and(|of| of.chars().count() <= LONGEST_NAME && of.chars().all(char::is_alphanumeric))
    };
    if ends("小计") || is("subtotal") || is("sub-total") {
        Some(TotalRank::Subtotal)
    } else if ["合计", "共计", "汇总", "合计数"].into_iter().any(ends) || ["total", "totals", "sum"].into_iter().any(is)
    {
        Some(TotalRank::Total)
    } else if ends("总计") || is("grandtotal") {
        Some(TotalRank::GrandTotal)
    } else {
        None
    }
}

/// The lines of a table that sum others, with their figures: each is compared with the sums of the rows above it since the
/// last line of at least its rank, of the rows below it up to the next one, of all rows, and of those that agree with what
/// the line says of their county.
#[derive(Debug, Default)]
pub(crate) struct TotalLines {
    lines: Vec<TotalLine>,
}

/// A line that sums others.
#[derive(Debug)]
struct TotalLine {
    rank: TotalRank,
    /// How many rows stand above it.
    above: usize,
    /// The county that it says, if any.
    county: Option<String>,
    figures: Vec<TotalFigure>,
}

/// A figure of a line that sums others: the column that it stands in, by a number of the caller's own.
#[derive(Debug)]
pub(crate) struct TotalFigure {
    pub(crate) column: usize,
    pub(crate) key: String,
    pub(crate) place: Place,
    pub(crate) figure: Decimal,
    pub(crate) shown: String,
}

impl TotalLines {
    pub(crate) fn push(&mut self, rank: TotalRank, above: usize, county: Option<String>, figures: Vec<TotalFigure>) {
        // One without figures still ends what the next one sums.
        if rank > TotalRank::Part {
            self.lines.push(TotalLine { rank, above, county, figures });
        }
    }

    /// Warns of every figure that no rows sum to. `value` is the figure of a column in a row, `county` what the row says.
    pub(crate) fn check(
        &self,
        rows: usize,
        value: impl Fn(usize, usize) -> Option<Decimal>,
        county: impl Fn(usize, &str) -> bool,
        show: impl Fn(usize, Decimal) -> String,
        findings: &mut Findings,
    ) {
        for (at, line) in self.lines.iter().enumerate() {
            let ends = |other: &&TotalLine| other.rank >= line.rank;
            let begin = self.lines.iter().take(at).rev().find(ends).map_or(0, |other| other.above);
            let end = self.lines.iter().skip(at.saturating_add(1)).find(ends).map_or(rows, |other| other.above);
            for TotalFigure { column, key, place, figure, shown } in &line.figures {
                let sum = |rows: std::ops::Range<usize>, county_of: Option<&str>| {
                    rows.filter(|row| county_of.is_none_or(|name| county(*row, name)))
                        .filter_map(|row| value(*column, row))
                        .try_fold(Decimal::ZERO, Decimal::checked_add)
                };
                let whole = sum(0..rows, line.county.as_deref());
                let (above, below) = (sum(begin..line.above, None), sum(line.above..end, None));
                if [whole, above, below].contains(&Some(*figure)) {
                    continue;
                }
                let expected = if line.county.is_some() || line.rank > TotalRank::Subtotal { whole } else { above };
                // Sums beyond all digits are compared with nothing.
                let Some(expected) = expected else { continue };
                findings.add(*place, Code::SumDiffers, key, words::TOTAL_LINE_DIFFERS, |problem| {
                    problem.found(shown).expected(words::SUM_IS.with(&[&show(*column, expected)]))
                });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_sums_others_says_so_in_many_ways() {
        let rank = |text| total_rank(Cell::Text(text));
        for text in ["小计", " 小 计 ", "王益区小计", "小计：", "Subtotal", "subtotal "] {
            assert_eq!(rank(text), Some(TotalRank::Subtotal), "{text}");
        }
        for text in
            ["合计", "合　计", "全市合计", "合计（31个）", "合计(31个)：", "Total", "TOTAL:", "合计\r", "合计\u{a0}"]
        {
            assert_eq!(rank(text), Some(TotalRank::Total), "{text}");
        }
        for text in ["总计", "Grand total", "总 计:"] {
            assert_eq!(rank(text), Some(TotalRank::GrandTotal), "{text}");
        }
        for text in ["小计1", "分计", "镇计", "一、东县小计", "（小计）", "Sub-total"] {
            assert_eq!(rank(text), Some(TotalRank::Subtotal), "{text}");
        }
        let total = [
            "共计",
            "总数",
            "汇总",
            "东县汇总",
            "合计数",
            "累计",
            "合计2个村",
            "合计 2",
            "共2个村",
            "以上共计",
            "东县共计",
        ];
        for text in total.into_iter().chain(["（合计）", "【合计】", "(合计)", "共12个行政村", "Sum", "TOTALS"])
        {
            assert_eq!(rank(text), Some(TotalRank::Total), "{text}");
        }
        for text in [
            "共青村",
            "合心村",
            "小河村",
            "共2村",
            "小计村",
            "总数村",
            "共和",
            "人数",
            "（一）村",
            "合计2村民组",
            "共产党村",
            "Sumatra",
        ] {
            assert_eq!(rank(text), None, "{text}");
        }
        assert_eq!(bare_total_rank(Cell::Text("合计2个村")), Some(TotalRank::Total));
        assert_eq!(bare_total_rank(Cell::Text("共计")), Some(TotalRank::Total));
        for text in ["其中", "其中：省级", "其中:", " 其中：省级", "　其中，省级"] {
            assert_eq!(rank(text), Some(TotalRank::Part), "{text}");
        }
        for text in ["", "甲村", "其中村", "合计村", "统计", "Hill", "设计（一）", "会计", "其余", "Total Hill", "计"]
        {
            assert_eq!(rank(text), None, "{text}");
        }
        assert_eq!(total_rank(Cell::Number("1")), None);
        assert_eq!(bare_total_rank(Cell::Text("共小计")), None);
        assert_eq!(bare_total_rank(Cell::Text("小计")), Some(TotalRank::Subtotal));
    }
}
