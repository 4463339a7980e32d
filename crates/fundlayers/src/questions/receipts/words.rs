//! Document numbers, dates and months as offices write them.

use std::fmt;
use std::str::FromStr;

use crate::ground::catalogue::questions as catalogue;
use crate::ground::problem::{Code, Problem};
use crate::ground::text::half_width;

/// A document number in one writing, for comparing: half-width digits and letters, `〔〕` for every bracket around the
/// year, no spaces. The ledger keeps what was written.
///
/// ```
/// use fundlayers::document_number;
/// assert_eq!(document_number("某财农 [２０２３] 1 号"), "某财农〔2023〕1号");
/// assert_eq!(document_number("某财农﹝2023﹞1号"), document_number("某财农（2023）1号"));
/// assert_ne!(document_number("某财农〔2023〕1号"), document_number("某财农〔2023〕11号"));
/// ```
#[must_use]
pub fn document_number(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).map(one_writing).collect()
}

fn one_writing(c: char) -> char {
    match c {
        '〔' | '﹝' | '[' | '［' | '(' | '（' | '【' | '〖' => '〔',
        '〕' | '﹞' | ']' | '］' | ')' | '）' | '】' | '〗' => '〕',
        // Full-width forms of the visible ASCII characters.
        '！'..='～' => half_width(c),
        c => c,
    }
}

/// Whether a text is a day of the calendar as offices write it: `2024-03-05`, `2024/3/5`, `2024.3.5`, `2024年3月5日`,
/// `20240305`; or a month, `2024-03`, `2024年3月`. Full-width digits count; a time of midnight, which spreadsheets add, is
/// passed over.
pub(crate) fn is_date(text: &str) -> bool {
    month_of(text).is_some()
}

/// The month that such a text lies in.
pub(crate) fn month_of(text: &str) -> Option<Month> {
    let (year, month, _) = date_parts(text)?;
    Month::new(year, month).ok()
}

/// Year, month and perhaps day of such a text.
pub(crate) fn date_parts(text: &str) -> Option<(u16, u8, Option<u8>)> {
    let text: String = text.trim().chars().map(half_width).collect();
    let text = ["T00:00:00", " 00:00:00", " 0:00:00", " 00:00", " 0:00"]
        .into_iter()
        .find_map(|midnight| text.strip_suffix(midnight))
        .unwrap_or(&text);
    let (year, month, day) = if text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        let part = |from: usize, to: usize| text.get(from..to).and_then(|part| part.parse::<u32>().ok());
        (part(0, 4)?, part(4, 6)?, Some(part(6, 8)?))
    } else {
        parts(text)?
    };
    if !is_day(year, month, day) {
        return None;
    }
    let day = day.map(u8::try_from).transpose().ok()?;
    Some((u16::try_from(year).ok()?, u8::try_from(month).ok()?, day))
}

/// Year, month and perhaps day of a date with separators.
fn parts(text: &str) -> Option<(u32, u32, Option<u32>)> {
    let number = |part: &str, longest: usize| {
        let good = (1..=longest).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
        good.then(|| part.parse::<u32>().ok()).flatten()
    };
    if let Some((year, rest)) = text.split_once('年') {
        let (month, rest) = rest.trim_start().split_once('月')?;
        let day = match rest.trim() {
            "" => None,
            day => Some(number(day.strip_suffix(['日', '号'])?, 2)?),
        };
        return Some((number(year.trim(), 4)?, number(month, 2)?, day));
    }
    let separator = text.chars().find(|c| matches!(c, '-' | '/' | '.'))?;
    let mut parts = text.split(separator);
    let (year, month) = (number(parts.next()?, 4)?, number(parts.next()?, 2)?);
    let day = match parts.next() {
        None => None,
        Some(day) => Some(number(day, 2)?),
    };
    parts.next().is_none().then_some((year, month, day))
}

/// Whether there is such a day, or without a day such a month, in a year of four digits.
fn is_day(year: u32, month: u32, day: Option<u32>) -> bool {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => return false,
    };
    (1000..=9999).contains(&year) && day.is_none_or(|day| (1..=days).contains(&day))
}

/// A month of a year.
///
/// ```
/// use fundlayers::Month;
/// let june: Month = "2024-06".parse()?;
/// assert_eq!((june.year(), june.month(), june.to_string()), (2024, 6, "2024-06".into()));
/// assert_eq!("2024年6月".parse(), Ok(june));
/// // The last day of a month stands for it, and no other does.
/// assert_eq!("2024-06-30".parse(), Ok(june));
/// assert!("2024-06-15".parse::<Month>().is_err());
/// # Ok::<(), fundlayers::Problem>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month {
    year: u16,
    month: u8,
}

impl Month {
    /// A month from 1 to 12.
    ///
    /// # Errors
    ///
    /// [`Code::BadMonth`].
    pub fn new(year: u16, month: u8) -> Result<Self, Problem> {
        if (1..=9999).contains(&year) && (1..=12).contains(&month) {
            return Ok(Self { year, month });
        }
        Err(bad_month(&format!("{year}-{month}")))
    }

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

    /// Its last day: 28 to 31.
    #[must_use]
    pub fn last_day(self) -> u8 {
        let is_day = |day: &u8| is_day(self.year.into(), self.month.into(), Some((*day).into()));
        (28..=31).rev().find(is_day).unwrap_or(28)
    }

    /// How many months of a year have passed at the end of this one: 0 to 12.
    #[must_use]
    pub fn elapsed_of(self, year: u16) -> u8 {
        match year.cmp(&self.year) {
            std::cmp::Ordering::Less => 12,
            std::cmp::Ordering::Equal => self.month,
            std::cmp::Ordering::Greater => 0,
        }
    }
}

fn bad_month(text: &str) -> Problem {
    Problem::new(Code::BadMonth, catalogue::NO_MONTH).found(text).expected(catalogue::YEAR_AND_MONTH)
}

impl FromStr for Month {
    type Err = Problem;

    fn from_str(text: &str) -> Result<Self, Problem> {
        let plain: String = text.trim().chars().map(half_width).collect();
        let read = || {
            let (year, month, day) = parts(&plain)?;
            let month = Self::new(u16::try_from(year).ok()?, u8::try_from(month).ok()?).ok()?;
            // Figures are those of a month's end: no other day of it.
            day.is_none_or(|day| day == u32::from(month.last_day())).then_some(month)
        };
        read().ok_or_else(|| bad_month(text.trim()))
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn document_numbers_compare_whatever_their_brackets_digits_and_spaces() {
        for text in [
            "某财农〔2023〕1号",
            "某财农﹝2023﹞1号",
            "某财农[2023]1号",
            "某财农［2023］1号",
            "某财农(2023)1号",
            "某财农（２０２３）１号",
            " 某财农 〔2023〕　1 号 ",
            "某财农【2023】1号",
        ] {
            assert_eq!(document_number(text), "某财农〔2023〕1号", "{text}");
        }
        for text in ["某财农〔2023〕11号", "某财农〔2024〕1号", "某财建〔2023〕1号", "某财农〔2023〕01号"]
        {
            assert_ne!(document_number(text), "某财农〔2023〕1号", "{text}");
        }
    }

    #[test]
    fn dates_are_those_of_the_calendar() {
        for text in [
            "2024-03-05",
            "2024/3/5",
            "2024.3.5",
            "2024年3月5日",
            "20240305",
            "２０２４年３月５日",
            "2024-02-29",
            "2000-2-29",
            "2024-12-31",
            "2024-03",
            "2024年3月",
            " 2024-03-05 ",
            "2024-03-05 00:00:00",
            "2024年 3月 5日",
        ] {
            assert!(is_date(text), "{text}");
        }
        for text in [
            "",
            "2024",
            "2024-13-01",
            "2023-02-29",
            "1900-02-29",
            "2024-04-31",
            "2024-00-10",
            "2024-3-0",
            "24-3-5",
            "2024/3-5",
            "3月5日",
            "2024年3月5",
            "2024-03-05 12:30",
            "20241301",
            "2024030",
            "第一季度",
            "2024-3-5-1",
            "0999-01-01",
            "2024年3月5日前",
        ] {
            assert!(!is_date(text), "{text}");
        }
    }

    #[test]
    fn months_are_read_as_dates_are_and_nothing_else() {
        for text in ["2024-06", "2024-6", "2024/6", "2024年6月", "２０２４－０６", "2024-06-30", "2024年6月30日"]
        {
            assert_eq!(text.parse::<Month>().map(|month| month.to_string()).as_deref(), Ok("2024-06"), "{text}");
        }
        for text in
            ["2024", "2024-13", "2024-00", "2024-06-01", "2024-06-15", "2024-06-31", "2024年6月29日", "June", ""]
        {
            assert_eq!(text.parse::<Month>().unwrap_err().code(), Code::BadMonth, "{text}");
        }
        let june = Month::new(2024, 6).unwrap();
        assert_eq!([2023, 2024, 2025].map(|year| june.elapsed_of(year)), [12, 6, 0]);
    }

    proptest! {
        #[test]
        fn a_number_in_one_writing_stays_as_it_is(text in "[\\PC〔〕﹝﹞\\[\\]（）０-９ 　]{0,20}") {
            let once = document_number(&text);
            prop_assert_eq!(document_number(&once), once);
        }

        #[test]
        fn no_text_panics(text in "[0-9０-９年月日./ :T-]{0,16}") {
            is_date(&text);
            drop(text.parse::<Month>());
        }
    }
}
