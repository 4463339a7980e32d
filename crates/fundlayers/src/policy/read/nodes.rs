//! The parts of any document: tables, lists, texts, names, numbers, years.

use rust_decimal::Decimal;

use crate::ground::catalogue::ground as common;
use crate::ground::catalogue::policy as words;
use crate::ground::language::Name;
use crate::ground::message::Phrase;
use crate::ground::number::{NumberError, parse_bare_number, parse_decimal};
use crate::ground::position::Position;
use crate::ground::problem::{Code, Problem};
use crate::ground::text::did_you_mean;
use crate::policy::document::{Key, Node, NodeValue};
use crate::policy::path::join;
use crate::policy::read::Reader;
use crate::policy::tables::NAME_NAMES;
use crate::policy::{Ratio, Yearly};

/// Reads what stands at a year, if that is one; whether it is good.
type ReadYear<'a> = dyn FnMut(&mut Reader, Option<u16>, &Node, &str) -> bool + 'a;

impl Reader {
    pub(crate) fn wrong_type(&mut self, node: &Node, path: &str, expected: Phrase) {
        let problem =
            Problem::new(Code::WrongType, common::IS_OF_TYPE.with(&[&node.type_phrase()])).found(node.to_string());
        self.push(problem.expected(common::GIVE.with(&[&expected])), node.position, path);
    }

    /// The entries of a table, after a look at its keys.
    pub(crate) fn table<'n>(&mut self, node: &'n Node, path: &str, known: &[&str]) -> Option<&'n [(Key, Node)]> {
        let NodeValue::Table(entries) = &node.value else {
            self.wrong_type(node, path, common::A_TABLE);
            return None;
        };
        for (key, _) in entries {
            if !known.contains(&key.text.as_str()) {
                self.unknown_key(key, path, known);
            }
        }
        Some(entries)
    }

    pub(crate) fn unknown_key(&mut self, key: &Key, path: &str, known: &[&str]) {
        let problem = Problem::new(Code::UnknownKey, common::NO_KEY_HERE).found(&key.text);
        let hint = did_you_mean(&key.text, known.iter().copied());
        self.push(problem.expected(hint), key.position, &join(path, &key.text));
    }

    pub(crate) fn any_table<'n>(&mut self, node: &'n Node, path: &str) -> Option<&'n [(Key, Node)]> {
        if let NodeValue::Table(entries) = &node.value {
            return Some(entries);
        }
        self.wrong_type(node, path, common::A_TABLE);
        None
    }

    pub(crate) fn list<'n>(&mut self, node: Option<&'n Node>, path: &str) -> &'n [Node] {
        match node.map(|node| (&node.value, node)) {
            None => &[],
            Some((NodeValue::List(items), _)) => items,
            Some((_, node)) => {
                self.wrong_type(node, path, common::A_LIST);
                &[]
            }
        }
    }

    /// As many parts of a list as it may have.
    pub(crate) fn at_most<'n, T>(
        &mut self,
        parts: &'n [T],
        most: usize,
        position: Option<Position>,
        path: &str,
    ) -> &'n [T] {
        if parts.len() > most {
            let problem = Problem::new(Code::TooLarge, words::MANY_PARTS).found(parts.len().to_string());
            self.push(problem.expected(words::AT_MOST.with(&[&most])), position, path);
        }
        parts.get(..most).unwrap_or(parts)
    }

    /// Says in which year a floor is above its cap.
    pub(crate) fn floor_above_cap(&mut self, year: u16, node: &Node, path: &str) {
        let problem = Problem::new(Code::FloorAboveCap, words::YEAR_FLOOR_ABOVE_CAP.with(&[&year]));
        let position = node.get("at_least").and_then(|node| node.position);
        self.push(problem.expected(common::FLOOR_NOT_ABOVE_CAP), position, &join(path, "at_least"));
    }

    pub(crate) fn missing(&mut self, key: &str, node: &Node, path: &str) {
        let problem = Problem::new(Code::MissingKey, common::KEY_MISSING.with(&[&key]));
        self.push(problem, node.position, path);
    }

    pub(crate) fn required<'n>(&mut self, node: &'n Node, key: &str, path: &str) -> Option<&'n Node> {
        let found = node.get(key);
        if found.is_none() {
            self.missing(key, node, path);
        }
        found
    }

    pub(crate) fn text(&mut self, node: &Node, path: &str) -> Option<String> {
        match &node.value {
            NodeValue::Text(text) if !text.trim().is_empty() => Some(text.trim().to_owned()),
            _ => {
                self.wrong_type(node, path, words::TEXT_NOT_BLANK);
                None
            }
        }
    }

    pub(crate) fn optional_text(&mut self, node: &Node, key: &str, path: &str) -> Option<String> {
        node.get(key).and_then(|found| self.text(found, &join(path, key)))
    }

    /// `{ zh, en }`; a language that is missing is `fallback`, or the other one.
    pub(crate) fn name(&mut self, node: Option<&Node>, path: &str, fallback: Option<&str>) -> Option<Name> {
        let Some(node) = node else { return fallback.map(Name::both) };
        self.table(node, path, NAME_NAMES)?;
        let zh = self.optional_text(node, "zh", path);
        let en = self.optional_text(node, "en", path);
        match (zh, en, fallback) {
            (Some(zh), Some(en), _) => Some(Name { zh, en }),
            (zh, en, Some(id)) => {
                Some(Name { zh: zh.unwrap_or_else(|| id.to_owned()), en: en.unwrap_or_else(|| id.to_owned()) })
            }
            (Some(text), None, None) | (None, Some(text), None) => Some(Name::both(&text)),
            (None, None, None) => {
                self.missing("zh", node, path);
                None
            }
        }
    }

    pub(crate) fn number(&mut self, node: &Node, path: &str) -> Option<Decimal> {
        let read = match &node.value {
            NodeValue::Number(digits) => parse_bare_number(digits),
            NodeValue::Text(text) => parse_decimal(text),
            _ => {
                self.wrong_type(node, path, common::A_NUMBER);
                return None;
            }
        };
        self.parsed(read, node, path)
    }

    pub(crate) fn parsed(&mut self, read: Result<Decimal, NumberError>, node: &Node, path: &str) -> Option<Decimal> {
        let problem = match read {
            Ok(number) => return Some(number.normalize()),
            Err(NumberError::Bad(text)) => {
                let share = text.strip_suffix(['%', '％']).and_then(|share| parse_decimal(share).ok());
                let share = share.and_then(|share| share.checked_div(Decimal::ONE_HUNDRED));
                let problem = Problem::new(Code::BadNumber, words::NO_NUMBER).found(text);
                match share {
                    Some(share) => problem.expected(words::SHARE_AS_NUMBER.with(&[&share.normalize()])),
                    None => problem.expected(words::DIGITS),
                }
            }
            Err(NumberError::OutOfRange(text)) => Problem::new(Code::NumberOutOfRange, common::MORE_DIGITS_THAN_KEPT)
                .found(text)
                .expected(common::AT_MOST_28_DIGITS),
        };
        self.push(problem, node.position, path);
        None
    }

    pub(crate) fn check_sign(&mut self, negative: bool, in_list: bool, node: &Node, path: &str) {
        if negative && !in_list {
            let problem = Problem::new(Code::NegativeNumber, words::BELOW_ZERO).found(node.to_string());
            let hint = words::ZERO_OR_LIST;
            self.push(problem.expected(hint), node.position, path);
        }
    }

    pub(crate) fn positive_number(&mut self, node: &Node, path: &str) -> Option<Decimal> {
        let number = self.number(node, path)?;
        self.check_sign(number.is_sign_negative() && !number.is_zero(), false, node, path);
        Some(number)
    }

    pub(crate) fn whole(&mut self, node: &Node, path: &str, expected: Phrase) -> Option<u64> {
        let number = self.number(node, path)?;
        let whole = u64::try_from(number.mantissa()).ok().filter(|_| number.scale() == 0);
        if whole.is_none() {
            let code = if number.is_sign_negative() { Code::NegativeNumber } else { Code::BadNumber };
            let problem = Problem::new(code, words::NO_WHOLE_NUMBER).found(node.to_string());
            self.push(problem.expected(expected), node.position, path);
        }
        whole
    }

    pub(crate) fn ratio(&mut self, node: &Node, path: &str, in_list: bool) -> Option<Ratio> {
        if let NodeValue::Text(text) = &node.value
            && let Some((above, below)) = text.split_once('/')
        {
            let whole = |part: &str| {
                parse_decimal(part).ok().filter(|n| n.normalize().scale() == 0).map(|n| n.normalize().mantissa())
            };
            let Some((numerator, denominator)) = whole(above).zip(whole(below)).filter(|(_, below)| *below > 0) else {
                let problem = Problem::new(Code::BadNumber, words::NO_RATIO).found(text);
                self.push(problem.expected(words::SUCH_AS_RATIO), node.position, path);
                return None;
            };
            self.check_sign(numerator < 0, in_list, node, path);
            return Some(Ratio { numerator, denominator, text: [above.trim(), "/", below.trim()].concat() });
        }
        let number = self.number(node, path)?;
        self.check_sign(number.is_sign_negative() && !number.is_zero(), in_list, node, path);
        let denominator = 10_i128.checked_pow(number.scale()).unwrap_or(1);
        Some(Ratio { numerator: number.mantissa(), denominator, text: number.to_string() })
    }

    pub(crate) fn year(&mut self, text: &str, position: Option<Position>, path: &str) -> Option<u16> {
        let year = text.parse::<u16>().ok().filter(|year| (1..=9999).contains(year) && !text.starts_with(['0', '+']));
        if year.is_none() {
            let problem = Problem::new(Code::BadYears, words::NO_YEAR).found(text).expected(words::A_YEAR_SUCH_AS);
            self.push(problem, position, path);
        }
        year
    }

    /// A number for all years, or a table of years.
    pub(crate) fn yearly<T>(
        &mut self,
        node: &Node,
        path: &str,
        mut each: impl FnMut(&mut Self, &Node, &str) -> Option<T>,
    ) -> Option<Yearly<T>> {
        let mut read = Vec::new();
        let complete = self.each_year(node, path, &mut |reader, year, node, path| {
            let entry = year.zip(each(reader, node, path));
            let is_read = entry.is_some();
            read.extend(entry);
            is_read
        });
        complete.then(|| Yearly::from_entries(read).standing_at(path))
    }

    /// Reads the value of each year; of year 0, if it holds in all. Whether all of them are good.
    fn each_year(&mut self, node: &Node, path: &str, read: &mut ReadYear<'_>) -> bool {
        let NodeValue::Table(entries) = &node.value else { return read(self, Some(0), node, path) };
        let mut first: Option<u16> = None;
        let mut complete = true;
        for (key, node) in entries {
            let path = join(path, &key.text);
            let year = self.year(&key.text, key.position, &path);
            first = [first, year].into_iter().flatten().min();
            if let NodeValue::Table(_) = &node.value {
                self.wrong_type(node, &path, common::A_NUMBER);
                complete = false;
            } else {
                complete &= read(self, year, node, &path);
            }
        }
        if let Some((policy_first, _)) = self.years
            && complete
            && first.is_none_or(|first| first > policy_first)
        {
            let found = first.map_or_else(|| "{}".to_owned(), |year| year.to_string());
            let problem = Problem::new(Code::YearBeforeFirst, words::NO_VALUE_FOR_FIRST_YEAR).found(found);
            self.push(problem.expected(words::VALUE_FOR.with(&[&policy_first])), node.position, path);
            return false;
        }
        complete
    }
}
