//! Headers: which column holds what, by key, title or a title that offices use for it.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use super::records::{Cell, Findings, Fit, Place, SUGGESTED, order};
use crate::ground::catalogue::ground as common;
use crate::ground::catalogue::rows as words;
use crate::ground::message::{Message, Phrase};
use crate::ground::money::Unit;
use crate::ground::position::Position;
use crate::ground::problem::{Code, Problem, Severity};
use crate::ground::text::{names_payer, nearest, without_padding};
use crate::ground::titles::REMARKS;
use crate::rows::units::{is_other, is_other_of_amounts, is_unit, unit_of};

/// What the columns of a table hold.
#[derive(Debug)]
pub(crate) struct Header<F> {
    /// What each column holds that is read, in the order of the file.
    pub(crate) fields: Vec<(usize, F)>,
    /// Of columns whose title states a unit of money, the unit: `金额(万元)`.
    units: Vec<(usize, Unit)>,
    /// Of columns whose title has a remark in brackets, the remark: `人口（人）`.
    remarks: Vec<(usize, String)>,
    /// How many columns have a title that is known, read here or not.
    known: usize,
    /// Whether every column that the table must have is there.
    fits: bool,
    /// Titles that are not known, as they stand.
    strange: Vec<String>,
    /// Columns without a header in which nothing has stood so far.
    unnamed: Vec<usize>,
    width: usize,
}

/// A column that a table must have: its key and its Chinese header.
pub(crate) type Required<'a, F> = (F, &'a str, &'a str);

impl<F: Copy + PartialEq> Header<F> {
    /// Reads the titles of the columns. `key` names a field in problems; `why_not` says why a field is not read here.
    pub(crate) fn read<'k>(
        titles: &[(&str, Option<Position>)],
        known_titles: &Words<F>,
        key: impl Fn(F) -> &'k str,
        why_not: impl Fn(F) -> Option<Message>,
        required: impl IntoIterator<Item = Required<'k, F>>,
        findings: &mut Findings,
    ) -> Self {
        let mut header = Self {
            fields: Vec::new(),
            units: Vec::new(),
            remarks: Vec::new(),
            known: 0,
            fits: true,
            strange: Vec::new(),
            unnamed: Vec::new(),
            width: titles.len(),
        };
        for (at, (title, position)) in titles.iter().enumerate() {
            let place = Place { row: 0, line: None, column: order(at) };
            let title = without_padding(title);
            if title.is_empty() {
                header.unnamed.push(at);
                continue;
            }
            if REMARKS.contains(&&*title) && known_titles.find(&title) == Found::None {
                header.known = header.known.saturating_add(1);
                continue;
            }
            let (found, remark) = meaning(&title, known_titles);
            let mut report = |code: Code, message: Message, column: &str, expected: Option<Phrase>| {
                wrong_title(findings, place, *position, Problem::new(code, message).column(column), expected);
            };
            let field = match found {
                Found::One(field) => field,
                Found::Several => {
                    let expected = Some(common::ID_OF_THE_ONE_MEANT);
                    report(Code::UnknownColumn, words::SEVERAL_ATTRIBUTES.into(), &title, expected);
                    continue;
                }
                Found::None => {
                    header.strange.push(title.clone().into_owned());
                    unknown_title(findings, place, *position, &title, &known_titles.known);
                    continue;
                }
            };
            header.known = header.known.saturating_add(1);
            if let Some(remark) = remark {
                header.units.extend(unit_of(&remark).map(|unit| (at, unit)));
                header.remarks.push((at, remark));
            }
            if let Some(first) = header.column(field) {
                let message = words::COLUMNS_ALIKE.with(&[&first.saturating_add(1), &at.saturating_add(1)]);
                report(Code::DuplicateColumn, message, key(field), None);
            } else if let Some(message) = why_not(field) {
                report(Code::UnknownColumn, message, key(field), None);
            } else {
                header.fields.push((at, field));
            }
        }
        let line = titles.iter().find_map(|(_, position)| position.map(|position| position.line));
        for (field, key, title) in required {
            if header.column(field).is_none() {
                header.lacks(line, key, words::COLUMN_HEADED.with(&[&key, &title]), findings);
            }
        }
        header
    }

    /// Says that the table lacks a column that it must have. A title that is not known and may be meant is named.
    pub(crate) fn lacks(
        &mut self,
        line: Option<u32>,
        key: &str,
        expected: impl Into<Message>,
        findings: &mut Findings,
    ) {
        self.fits = false;
        column_missing(findings, line, key, expected.into());
    }

    /// Titles that are not known, as they stand.
    pub(crate) fn strange(&self) -> impl Iterator<Item = &str> {
        self.strange.iter().map(String::as_str)
    }

    /// How well it fits: whether it has every column that the table must have, and how many of its titles are known.
    pub(crate) const fn fit(&self) -> Fit {
        Fit { complete: self.fits, known: self.known }
    }

    /// The unit of money that the title of a column states.
    pub(crate) fn unit(&self, column: usize) -> Option<Unit> {
        self.units.iter().find(|(at, _)| *at == column).map(|(_, unit)| *unit)
    }

    /// What the title of a column remarks in brackets.
    pub(crate) fn remark(&self, column: usize) -> Option<&str> {
        self.remarks.iter().find(|(at, _)| *at == column).map(|(_, remark)| remark.as_str())
    }

    /// Says of each column of amounts whose title states another unit of money than those that are read (千元, 美元) that it
    /// does: no note and no column of units makes up for it.
    pub(crate) fn check_amounts<'k>(
        &self,
        titles: &[(&str, Option<Position>)],
        key: impl Fn(F) -> Option<&'k str>,
        findings: &mut Findings,
    ) {
        for &(at, field) in &self.fields {
            if let (Some(key), Some(remark)) = (key(field), self.remark(at).filter(|_| self.has_other_unit(at))) {
                let (title, position) = titles.get(at).copied().unwrap_or_default();
                other_unit(findings, at, position, key, title, remark);
            }
        }
    }

    /// Whether the title of a column of amounts states another unit of money than those that are read.
    pub(crate) fn has_other_unit(&self, column: usize) -> bool {
        self.remark(column).is_some_and(is_other_of_amounts)
    }

    /// Which column of the file holds a field.
    pub(crate) fn column(&self, field: F) -> Option<usize> {
        self.fields.iter().find(|(_, known)| *known == field).map(|(at, _)| *at)
    }

    /// What a column of the file holds.
    pub(crate) fn field(&self, column: usize) -> Option<F> {
        self.fields.iter().find(|(at, _)| *at == column).map(|(_, field)| *field)
    }

    /// Whether rows of so many cells have none that no header stands over.
    pub(crate) fn is_complete(&self, cells: usize) -> bool {
        self.unnamed.is_empty() && cells <= self.width
    }

    /// Checks what no field reads: cells without a header.
    #[inline]
    pub(crate) fn check_row(&mut self, cells: &[Cell<'_>], place: Place, findings: &mut Findings) {
        if !self.unnamed.is_empty() {
            self.check_unnamed(cells, place, findings);
        }
        if cells.len() > self.width
            && let Some(extra) = cells.iter().skip(self.width).find(|cell| !cell.is_blank())
        {
            self.extra_cells(*extra, cells.len(), place, findings);
        }
    }

    #[cold]
    fn extra_cells(&self, extra: Cell<'_>, count: usize, place: Place, findings: &mut Findings) {
        let place = Place { column: order(self.width), ..place };
        findings.push(place, Severity::Error, || {
            Problem::new(Code::ExtraCells, words::MORE_CELLS.with(&[&count, &self.width]))
                .line(place.line)
                .row(place.row)
                .found(extra.shown())
                .expected(words::HEADER_FOR_EVERY_CELL)
        });
    }

    /// Warns of a column without a header once something stands in it.
    fn check_unnamed(&mut self, cells: &[Cell<'_>], place: Place, findings: &mut Findings) {
        self.unnamed.retain(|&at| {
            let Some(cell) = cells.get(at).filter(|cell| !cell.is_blank()) else { return true };
            let message = words::COLUMN_UNNAMED.with(&[&at.saturating_add(1)]);
            findings.push(Place { column: order(at), ..place }, Severity::Warning, || {
                Problem::new(Code::UnknownColumn, message).line(place.line).row(place.row).found(cell.shown())
            });
            false
        });
    }
}

/// What a title means, and what it remarks in brackets, if it is known only without: as it stands, without white space
/// and a colon at its end, without the brackets at its end (`人口（人）`), with what is in brackets as part of it
/// (`县（区）`), in lower case with `_` for spaces (`Division code`).
fn meaning<F: Copy + PartialEq>(title: &str, known: &Words<F>) -> (Found<F>, Option<String>) {
    let found = known.find(title);
    if found != Found::None {
        return (found, None);
    }
    if let Some((name, remark)) = bracketed(title) {
        let found = known.find(name.trim_end());
        if found != Found::None {
            return (found, Some(remark.to_owned()));
        }
    }
    for (writing, remark) in writings(title) {
        let found = known.find(&writing);
        if found != Found::None {
            return (found, remark);
        }
    }
    (Found::None, None)
}

/// The other writings of a title, with what each leaves out as a remark.
fn writings(title: &str) -> Vec<(String, Option<String>)> {
    let bare: String = if title.is_ascii() {
        let lower = title.to_ascii_lowercase();
        lower.split([' ', '-', '\n', '\r', '\t']).filter(|part| !part.is_empty()).collect::<Vec<_>>().join("_")
    } else {
        title.chars().filter(|c| !c.is_whitespace()).collect()
    };
    let bare = bare.trim_matches(['：', ':', '*', '＊']);
    let mut writings = vec![(bare.to_owned(), None)];
    if let Some((name, remark)) = bracketed(bare) {
        writings.push((name.trim_end_matches('_').to_owned(), Some(remark.to_owned())));
    }
    writings.push((bare.chars().filter(|c| !BRACKETS.contains(c) && *c != '、').collect(), None));
    writings.extend(without_other_areas(bare).map(|title| (title, None)));
    writings
}

/// A title without what else an area may be, in brackets within it: 县（市、区）名 for 县名.
fn without_other_areas(title: &str) -> Option<String> {
    let (before, rest) = title.split_once(['(', '（'])?;
    let (inner, after) = rest.split_once([')', '）'])?;
    let are_areas = inner.chars().all(|c| "县市区旗镇乡街道村、/".contains(c));
    (are_areas && !before.is_empty() && !after.is_empty()).then(|| [before, after].concat())
}

/// Brackets in titles.
const BRACKETS: [char; 8] = ['(', '（', '[', '［', ')', '）', ']', '］'];

/// A title without the brackets at its end, and what stands in them; or without the unit behind a slash: 到位金额/万元.
fn bracketed(title: &str) -> Option<(&str, &str)> {
    let Some(open) = title.strip_suffix([')', '）', ']', '］']) else {
        let (name, unit) = title.rsplit_once(['/', '／'])?;
        return (unit_of(unit).is_some() || is_other(unit)).then(|| (name, unit.trim()));
    };
    let (name, remark) = open.rsplit_once(['(', '（', '[', '［'])?;
    Some((name, remark.trim()))
}

/// A title without the unit that it states in brackets at its end or behind a slash, and that unit, of money or of land.
pub(crate) fn without_unit(title: &str) -> (&str, Option<&str>) {
    match bracketed(title).filter(|(_, remark)| is_unit(remark) || is_other_of_amounts(remark)) {
        Some((name, unit)) => (name.trim_end(), Some(unit)),
        None => (title, None),
    }
}

/// A title with another remark, in the brackets at its end if it has any.
pub(crate) fn with_remark(title: &str, remark: &str) -> String {
    match bracketed(title).filter(|_| title.ends_with([')', '）', ']', '］'])) {
        Some((name, own)) => format!("{name}（{own}，{remark}）"),
        None => format!("{title}（{remark}）"),
    }
}

/// A title without the brackets at its end.
pub(crate) fn unbracketed(title: &str) -> &str {
    bracketed(title).map_or(title, |(name, _)| name).trim()
}

/// What a word stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Found<T> {
    /// This.
    One(T),
    /// Several things share the name; their ids tell them apart.
    Several,
    /// Nothing.
    None,
}

/// Words and what they stand for.
#[derive(Debug)]
pub(crate) struct Words<T> {
    /// Sorted by word, each with the place of its meaning; none: several.
    list: Vec<(String, Option<usize>)>,
    /// As they were given, for suggestions.
    known: Vec<String>,
    meanings: Vec<T>,
}

impl<T: Copy + PartialEq> Words<T> {
    /// From words in ranks: a word of an earlier rank hides the same one of a later rank.
    pub(crate) fn new<'a>(ranks: impl IntoIterator<Item = Vec<(&'a str, T)>>) -> Self {
        let (mut words, mut meanings) = (Vec::new(), Vec::new());
        for (rank, list) in ranks.into_iter().enumerate() {
            for (word, meaning) in list {
                words.push((rank, word));
                meanings.push(meaning);
            }
        }
        let (list, known) = ranked(&words, &|one, other| meanings.get(one) == meanings.get(other));
        Self { list, known, meanings }
    }

    /// What a word without padding stands for.
    pub(crate) fn find(&self, word: &str) -> Found<T> {
        match self.list.binary_search_by(|(known, _)| known.as_str().cmp(word)) {
            Ok(at) => match self.list.get(at).and_then(|(_, place)| self.meanings.get((*place)?)) {
                Some(meaning) => Found::One(*meaning),
                None => Found::Several,
            },
            Err(_) => Found::None,
        }
    }

    /// The words, ids first.
    pub(crate) fn known(&self) -> impl Iterator<Item = &str> {
        self.known.iter().map(String::as_str)
    }
}

// What can be wrong with titles, apart from `Header::read`, which is there once for every table.

fn wrong_title(
    findings: &mut Findings,
    place: Place,
    position: Option<Position>,
    problem: Problem,
    expected: Option<Phrase>,
) {
    findings.push(place, problem.code().severity(), || {
        let problem = problem.at(position);
        match expected {
            Some(expected) => problem.expected(expected),
            None => problem,
        }
    });
}

fn unknown_title(findings: &mut Findings, place: Place, position: Option<Position>, title: &str, known: &[String]) {
    findings.push(place, Severity::Warning, || {
        let problem = Problem::new(Code::UnknownColumn, words::COLUMN_NOT_KNOWN).at(position).column(title);
        // Amounts of the city are no names of counties: 市级 is not 市县.
        let known = || known.iter().map(String::as_str).take(SUGGESTED);
        let near = nearest(title, known()).or_else(|| nearest(unbracketed(title), known()));
        match near.filter(|_| !names_payer(title)) {
            Some(word) => problem.expected(common::DID_YOU_MEAN.with(&[&word])),
            None => problem,
        }
    });
}

fn other_unit(findings: &mut Findings, at: usize, position: Option<Position>, key: &str, title: &str, remark: &str) {
    findings.push(Place { row: 0, line: None, column: order(at) }, Severity::Error, || {
        let title = unbracketed(title);
        let problem = Problem::new(Code::UnitDiffers, words::AMOUNTS_IN_OTHER_UNIT.with(&[&remark])).at(position);
        problem.column(key).found(remark).expected(words::AMOUNTS_UNDER_TITLE.with(&[&title]))
    });
}

fn column_missing(findings: &mut Findings, line: Option<u32>, key: &str, expected: Message) {
    findings.push(Place { row: 0, line, column: u32::MAX }, Severity::Error, || {
        Problem::new(Code::MissingColumn, words::COLUMN_MISSING).line(line).column(key).expected(expected)
    });
}

/// Words in ranks, sorted, each with its place among them, or with none where the first rank that has it means several
/// things; and as they were given. It knows no meanings, so that it is there once for all of them.
fn ranked(words: &[(usize, &str)], same: &dyn Fn(usize, usize) -> bool) -> (Vec<(String, Option<usize>)>, Vec<String>) {
    let mut map: BTreeMap<String, (usize, Option<usize>)> = BTreeMap::new();
    let mut known = Vec::new();
    for (at, (rank, word)) in words.iter().enumerate() {
        let word = without_padding(word);
        if word.is_empty() {
            continue;
        }
        match map.entry(word.into_owned()) {
            Entry::Vacant(entry) => {
                known.push(entry.key().clone());
                entry.insert((*rank, Some(at)));
            }
            Entry::Occupied(mut entry) => {
                let (first, place) = entry.get_mut();
                if first == rank && place.is_some_and(|place| !same(place, at)) {
                    *place = None;
                }
            }
        }
    }
    (map.into_iter().map(|(word, (_, place))| (word, place)).collect(), known)
}
