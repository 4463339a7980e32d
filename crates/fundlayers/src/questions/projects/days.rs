//! Days and deadlines as offices write them.

use std::fmt;
use std::str::FromStr;

use crate::ground::catalogue::projects as words;
use crate::ground::problem::{Code, Problem};
use crate::ground::text::half_width;
use crate::questions::receipts::{Month, date_parts};

/// A day of the calendar.
///
/// ```
/// use fundlayers::Day;
/// let day: Day = "2024-06-30".parse()?;
/// assert_eq!((day.year(), day.month(), day.day(), day.to_string()), (2024, 6, 30, "2024-06-30".into()));
/// assert_eq!("2024年6月30日".parse(), Ok(day));
/// assert!("2024-06-31".parse::<Day>().is_err());
/// # Ok::<(), fundlayers::Problem>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::struct_field_names, reason = "a day has a day of its month")]
pub struct Day {
    year: u16,
    month: u8,
    day: u8,
}

impl Day {
    /// The year.
    #[must_use]
    pub const fn year(self) -> u16 {
        self.year
    }

    /// The month, from 1.
    #[must_use]
    pub const fn month(self) -> u8 {
        self.month
    }

    /// The day of the month, from 1.
    #[must_use]
    pub const fn day(self) -> u8 {
        self.day
    }

    /// The last day of a month.
    fn last_of(year: u16, month: u8) -> Option<Self> {
        let day = Month::new(year, month).ok()?.last_day();
        Some(Self { year, month, day })
    }

    /// The day that a text says, the last one of a month without a day.
    pub(super) fn of(text: &str) -> Option<Self> {
        let (year, month, day) = date_parts(text)?;
        match day {
            Some(day) => Some(Self { year, month, day }),
            None => Self::last_of(year, month),
        }
    }
}

impl FromStr for Day {
    type Err = Problem;

    fn from_str(text: &str) -> Result<Self, Problem> {
        let day = date_parts(text).and_then(|(year, month, day)| Some(Self { year, month, day: day? }));
        day.ok_or_else(|| Problem::new(Code::BadDate, words::NO_DAY).found(text.trim()).expected(words::A_DAY))
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

/// What a deadline says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Deadline {
    On(Day),
    /// Work without an end (长期).
    Never,
}

impl Deadline {
    /// The day, if there is one.
    pub(super) const fn day(self) -> Option<Day> {
        match self {
            Self::On(day) => Some(day),
            Self::Never => None,
        }
    }
}

/// What a text says of a deadline; nothing where it cannot be read.
///
/// A day or a month as [`Day::of`] reads it; a year (2024, 2024年, 2024年度, 2024年底): its last day; a half-year
/// (2024年上半年) or a quarter (2024年三季度) likewise; of a span (2024年3月—11月, 2024-03-01至2024-11-30) its end. Words for
/// before and the end (前, 底, 末) are passed over.
pub(super) fn deadline(text: &str) -> Option<Deadline> {
    let plain: String = text.chars().filter(|c| !c.is_whitespace()).map(half_width).collect();
    if ["长期", "长期坚持", "常态化", "持续", "持续推进", "ongoing"].contains(&plain.as_str()) {
        return Some(Deadline::Never);
    }
    point(&plain).or_else(|| end_of_span(&plain)).map(Deadline::On)
}

fn point(text: &str) -> Option<Day> {
    let mut text = text;
    while let Some(rest) =
        ["完成", "之前", "以前", "前", "底", "末"].into_iter().find_map(|word| text.strip_suffix(word))
    {
        text = rest;
    }
    if let Some(day) = Day::of(text) {
        return Some(day);
    }
    let digits = text.get(..4)?;
    let year: u16 = digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok()).flatten()?;
    let rest = text.get(4..)?;
    let rest = rest.strip_prefix('年').unwrap_or(rest);
    let month = match rest {
        "" | "度" | "全年" | "下半年" | "四季度" | "第四季度" | "4季度" => 12,
        "上半年" | "二季度" | "第二季度" | "2季度" => 6,
        "一季度" | "第一季度" | "1季度" => 3,
        "三季度" | "第三季度" | "3季度" => 9,
        _ => return None,
    };
    (year >= 1000).then(|| Day::last_of(year, month)).flatten()
}

/// The end of a span. What its end leaves out (the year, the month) is that of its beginning.
fn end_of_span(text: &str) -> Option<Day> {
    let mut separators = vec!["——", "—", "–", "至", "到", "~", "～"];
    // With a hyphen between, as far as days have none.
    if !text.contains("至") && text.matches('-').count() == 1 {
        separators.push("-");
    }
    let (from, to) = separators.into_iter().find_map(|separator| text.split_once(separator))?;
    let from = point(from)?;
    let end = point(to)
        .or_else(|| point(&format!("{}年{to}", from.year)))
        .or_else(|| point(&format!("{}.{to}", from.year)))
        .or_else(|| point(&format!("{}年{}月{to}", from.year, from.month)))?;
    (end >= from).then_some(end)
}

/// Whether a word says that a project is completed (完成, 已完工, 100%).
pub(super) fn is_done(status: &str) -> bool {
    let plain: String = status.chars().filter(|c| !c.is_whitespace()).map(half_width).collect();
    let plain = plain.trim_end_matches(['。', '.', '!']).to_ascii_lowercase();
    let bare = plain.strip_prefix('已').unwrap_or(&plain);
    let bare = bare.strip_prefix("全部").unwrap_or(bare);
    let words =
        ["完成", "完工", "竣工", "竣工验收", "验收", "完成验收", "通过验收", "建成", "办结", "投入使用", "投用"];
    words.contains(&bare)
        || ["100%", "是", "√", "✓", "completed", "complete", "done", "finished", "yes"].contains(&plain.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn deadlines_are_read_as_offices_write_them() {
        for (text, day) in [
            ("2024-06-30", "2024-06-30"),
            ("2024年6月", "2024-06-30"),
            ("2024.2", "2024-02-29"),
            ("2024年6月底前", "2024-06-30"),
            ("2024年6月15日前", "2024-06-15"),
            ("2024", "2024-12-31"),
            ("2024年底", "2024-12-31"),
            ("2024年12月底前完成", "2024-12-31"),
            ("２０２４年度", "2024-12-31"),
            ("2024年上半年", "2024-06-30"),
            ("2024年第三季度", "2024-09-30"),
            ("2024年3月—11月", "2024-11-30"),
            ("2024年3月至2025年2月", "2025-02-28"),
            ("2024.3-2024.11", "2024-11-30"),
            ("2024.3-11", "2024-11-30"),
            ("2024-03-01至2024-11-15", "2024-11-15"),
            ("2023-2025", "2025-12-31"),
            ("2024年3月1日—15日", "2024-03-15"),
        ] {
            assert_eq!(
                deadline(text).and_then(Deadline::day).map(|day| day.to_string()).as_deref(),
                Some(day),
                "{text}"
            );
        }
        assert_eq!(deadline("长期"), Some(Deadline::Never));
        for text in ["", "尽快", "六月", "2024年13月", "2024年11月—3月", "24年", "2024-06-31", "前"] {
            assert_eq!(deadline(text), None, "{text}");
        }
    }

    #[test]
    fn what_is_done_is_said_in_so_many_words() {
        for text in ["完成", "已完成", "已 完工", "全部完成", "100%", "Done", "已竣工验收。"] {
            assert!(is_done(text), "{text}");
        }
        for text in ["", "未完成", "在建", "80%", "完成主体工程", "完成80%", "已开工"] {
            assert!(!is_done(text), "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "[0-9０-９年月日季度上下半至底前./ ~—-]{0,16}") {
            _ = deadline(&text);
            is_done(&text);
        }
    }

    #[test]
    fn a_day_has_its_parts() {
        let day: Day = "2024-06-30".parse().unwrap();
        assert_eq!((day.year(), day.month(), day.day()), (2024, 6, 30));
    }
}
