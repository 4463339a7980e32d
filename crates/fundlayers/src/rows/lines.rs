//! What a line of a table is: a row, a line that sums others, a note; and cells that were merged.

use std::borrow::Cow;

use hashbrown::HashSet;

use super::forms::says_nothing;
use super::glance;
use super::header::Header;
use super::records::{Cell, CellColumn, ColumnRole, Findings, Known, Place, TextBuffer, order};
use super::totals::{TotalRank, bare_total_rank, may_label, total_rank};
use crate::ground::catalogue::rows as words;
use crate::ground::ids::index;
use crate::ground::message::{Argument, Message, Phrase};
use crate::ground::problem::{Code, Problem, Severity};
use crate::ground::text::without_padding;

/// What a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Line {
    /// A row of its own.
    Row,
    /// It sums others.
    Total(TotalRank),
    /// A remark below the table.
    Note,
}

/// Looks at the lines of a table before they are read.
#[derive(Debug, Default)]
pub(crate) struct Lines {
    /// Columns whose cells may say that a line sums others.
    labels: Vec<usize>,
    /// The first column, where numbers stand: it only counts if nothing else stands in the cell.
    first: Option<usize>,
    /// Columns of names: what a place is called.
    names: Vec<usize>,
    /// Those of them that are filled down with the whole place, each with what stood in the row above.
    places: Vec<(usize, String)>,
    keys: Vec<Merged>,
    /// Whether blank cells under a filled-in one are merged with it; none: that cannot be told.
    fill_down: Option<bool>,
    /// Whether some key column still has to be looked at.
    watching: bool,
}

/// A column of keys, as far as it has come.
#[derive(Debug)]
struct Merged {
    at: usize,
    /// How it is called in problems.
    key: String,
    /// What stood there last.
    last: String,
    /// What the row of `last` is part of: the county of a township.
    scope: String,
    values: HashSet<String>,
    /// The row of `last`, and whether a blank cell has come since.
    row: u32,
    blank: bool,
    /// How often blank cells began.
    runs: u32,
    repeats: bool,
    /// Whether two rows next to each other say the same: then every row says it.
    listed: bool,
    rows: Vec<u32>,
    count: u32,
    line: Option<u32>,
}

/// Whether nothing at all stands in a cell, as in one that is covered by a merged one.
fn is_empty(cell: Cell<'_>) -> bool {
    cell.is_blank() && cell.shown().is_empty()
}

/// Keys, and those of their parts: a township lies in its county, a payer answers for a layer.
const PARTS: [(&str, &str); 2] = [("county", "township"), ("layer", "payer")];
/// Keys that say of which place a row is.
const PLACE: [&str; 3] = ["county", "township", "name"];
/// More different texts than counties have anywhere.
const VALUES: usize = 4096;
/// A sentence about rows, of which the first are named, or another if there are more of them.
pub(crate) fn of_rows(rows: impl ExactSizeIterator<Item = u32>, count: u32, all: Phrase, more: Phrase) -> Message {
    let named = rows.len();
    let rows: Vec<String> = rows.map(|row| row.to_string()).collect();
    let rows = Argument::list(rows.iter().map(String::as_str));
    if index(count) > named { more.with(&[&count, &rows]) } else { all.with(&[&rows]) }
}

/// So many rows are named.
pub(crate) const ROWS_NAMED: usize = 20;

impl Lines {
    pub(crate) fn new<F: Copy + PartialEq>(
        header: &Header<F>,
        role: impl Fn(F) -> ColumnRole,
        key: impl Fn(F) -> String,
    ) -> Self {
        let of = |wanted: &[ColumnRole]| -> Vec<(usize, F)> {
            header.fields.iter().copied().filter(|(_, field)| wanted.contains(&role(*field))).collect()
        };
        let keys = of(&[ColumnRole::Key]).into_iter().map(|(at, field)| {
            let key = key(field);
            Merged {
                at,
                key,
                last: String::new(),
                scope: String::new(),
                values: HashSet::new(),
                row: 0,
                blank: false,
                runs: 0,
                repeats: false,
                listed: false,
                rows: Vec::new(),
                count: 0,
                line: None,
            }
        });
        let labels =
            of(&[ColumnRole::Name, ColumnRole::Place, ColumnRole::Key]).into_iter().map(|(at, _)| at).collect();
        let first = header.field(0).is_none_or(|field| role(field) == ColumnRole::Unread).then_some(0);
        let names = of(&[ColumnRole::Name, ColumnRole::Place]).into_iter().map(|(at, _)| at).collect();
        let places = of(&[ColumnRole::Place]).into_iter().map(|(at, _)| (at, String::new())).collect();
        Self { labels, first, names, places, keys: keys.collect(), fill_down: Some(false), watching: false }
    }

    /// Says whether blank cells under a filled-in one are merged with it.
    pub(crate) fn set_fill_down(&mut self, fill_down: Option<bool>) {
        self.fill_down = fill_down;
        self.watching = fill_down.is_none();
    }

    /// What a line is whose cells are not all blank.
    #[inline]
    pub(crate) fn kind(&self, cells: &[Cell<'_>]) -> Line {
        let cell = |at: &usize| cells.get(*at).copied().unwrap_or(Cell::Blank);
        for at in &self.labels {
            if let Some(rank) = total_rank(cell(at)) {
                return Line::Total(rank);
            }
        }
        if let Some(rank) = self.first.and_then(|at| bare_total_rank(cell(&at))) {
            return Line::Total(rank);
        }
        // By its two ends nearly every first cell is neither blank nor a remark.
        if let Some(Cell::Text(text)) = cells.first()
            && glance::first(text) & (glance::BLANK | glance::NOTE) == 0
            && glance::last(text) & glance::NOTE == 0
        {
            return Line::Row;
        }
        match cells.iter().enumerate().find(|(_, cell)| !cell.is_blank()) {
            Some((at, Cell::Text(text))) if may_be_note(text.trim_start()) && self.is_remark(at, text, cells) => {
                Line::Note
            }
            _ => Line::Row,
        }
    }

    /// Whether a line that begins with a remark is one: every cell of it is, or it begins by saying who filled it in.
    #[cold]
    fn is_remark(&self, at: usize, first: &str, cells: &[Cell<'_>]) -> bool {
        let is_named = self.labels.contains(&at) || self.first == Some(at);
        let is_one = |cell: &Cell<'_>| match cell {
            Cell::Text(text) => cell.is_blank() || is_note(text),
            Cell::Blank => true,
            Cell::Number(_) | Cell::Flag(_) => false,
        };
        is_named && is_label(first) || cells.iter().all(is_one)
    }

    /// Whether every row of some columns is one of its own in which no key is blank, as far as can be said at once.
    pub(crate) fn are_plain(&self, columns: &[CellColumn<'_>]) -> bool {
        let column = |at: usize| columns.get(at).copied().unwrap_or(CellColumn::Blank);
        let plain = |column: CellColumn<'_>, blank: bool| {
            let fine = |text: &str| is_plain(text) && !(blank && Cell::Text(text).is_blank());
            match column {
                CellColumn::Texts(texts) => texts.iter().all(|text| fine(text)),
                CellColumn::Joined(texts) => !blank && texts.known.plain || texts.iter().all(fine),
                CellColumn::Words { words, codes } => {
                    words.iter().all(|text| fine(text)) && (!blank || codes.iter().all(|code| *code != u32::MAX))
                }
                CellColumn::Cells(_) => false,
                CellColumn::Blank => !blank,
                CellColumn::Integers(_) | CellColumn::Decimals { .. } | CellColumn::Flags(_) => true,
            }
        };
        let keys = |at: usize| self.keys.iter().any(|key| key.at == at && !key.listed);
        let blanks = self.watching || self.fill_down == Some(true);
        let places = |at: usize| self.fill_down == Some(true) && self.places.iter().any(|(place, _)| *place == at);
        self.labels.iter().chain(&self.first).all(|at| plain(column(*at), blanks && keys(*at) || places(*at)))
    }

    /// The cells of a row with what was merged into them, if that was said and changes any; else looks for cells that may
    /// have been merged.
    #[inline]
    pub(crate) fn filled<'s>(&'s mut self, cells: &'s [Cell<'s>], place: Place) -> Option<Vec<Cell<'s>>> {
        if self.fill_down == Some(true) {
            return self.fill(cells);
        }
        if self.watching {
            self.watch(cells, place);
        }
        None
    }

    fn key(&self, key: &str) -> Option<&Merged> {
        self.keys.iter().find(|known| known.key == key)
    }

    /// The cells of a line that is a row of its own, with what was merged into them if that was said; of another line none.
    pub(crate) fn own<'s>(&'s mut self, cells: &'s [Cell<'s>]) -> Option<Vec<Cell<'s>>> {
        match self.kind(cells) {
            Line::Row if self.fill_down == Some(true) => Some(self.fill(cells).unwrap_or_else(|| cells.to_vec())),
            Line::Row => Some(cells.to_vec()),
            Line::Total(_) | Line::Note => None,
        }
    }

    /// Whether a place is called as townships are: then none stands above it.
    fn is_township(&self, cells: &[Cell<'_>]) -> bool {
        let ends = |text: &str| text.trim().ends_with(['镇', '乡', '街', '道', '办']);
        self.names.iter().filter_map(|at| cells.get(*at)?.text()).any(ends)
    }

    /// Whether nothing in a row says which place it is about, so that it is that of the row above.
    fn is_place_of_above(&self, cells: &[Cell<'_>]) -> bool {
        let says = |at: usize| cells.get(at).is_some_and(|cell| !is_empty(*cell));
        let keys = self.keys.iter().filter(|key| PLACE.contains(&key.key.as_str())).map(|key| key.at);
        let places = self.places.iter().map(|(at, _)| *at);
        !self.places.is_empty() && !places.chain(keys).any(says)
    }

    fn fill<'s>(&'s mut self, cells: &'s [Cell<'s>]) -> Option<Vec<Cell<'s>>> {
        let is_township = self.is_township(cells);
        let mut blank = false;
        // In a new county what stood beside the last one is not merged with this row.
        let is_new = |key: &Merged| {
            let cell = cells.get(key.at).copied().unwrap_or(Cell::Blank);
            !is_empty(cell) && cell.text().is_some_and(|text| text.trim() != key.last)
        };
        let new: Vec<&'static str> =
            PARTS.iter().filter(|(whole, _)| self.key(whole).is_some_and(is_new)).map(|(_, part)| *part).collect();
        for key in &mut self.keys {
            let cell = cells.get(key.at).copied().unwrap_or(Cell::Blank);
            if new.contains(&key.key.as_str()) {
                key.last.clear();
            }
            if is_empty(cell) {
                blank = true;
                continue;
            }
            // A dash or slash says that nothing stands there: that cell is merged with none, nor are those below it.
            if let Some(text) = cell.text().map(str::trim).filter(|text| *text != key.last) {
                text.clone_into(&mut key.last);
            }
        }
        let as_above = self.is_place_of_above(cells);
        if !as_above {
            for (at, above) in &mut self.places {
                let text = cells.get(*at).and_then(|cell| cell.text()).unwrap_or_default();
                text.trim().clone_into(above);
            }
        }
        if !blank && !as_above {
            return None;
        }
        let mut filled = cells.to_vec();
        for (at, above) in self.places.iter().filter(|(_, above)| as_above && !above.is_empty()) {
            filled.resize(filled.len().max(at.saturating_add(1)), Cell::Blank);
            if let Some(cell) = filled.get_mut(*at) {
                *cell = Cell::Text(above);
            }
        }
        for key in &self.keys {
            if key.is_township() && is_township {
                continue;
            }
            let width = filled.len().max(key.at.saturating_add(1));
            filled.resize(width, Cell::Blank);
            if let Some(cell) = filled.get_mut(key.at).filter(|cell| is_empty(**cell))
                && !key.last.is_empty()
            {
                *cell = Cell::Text(&key.last);
            }
        }
        Some(filled)
    }

    fn watch(&mut self, cells: &[Cell<'_>], place: Place) {
        self.watching = self.keys.iter().any(|key| !key.listed);
        let is_township = self.is_township(cells);
        // What else stands in the row says nothing of what was merged.
        let whole_of = |part: &str| {
            let (whole, _) = PARTS.iter().find(|(_, known)| *known == part)?;
            cells.get(self.key(whole)?.at)?.text().map(without_padding)
        };
        let scopes: Vec<Cow<'_, str>> = self.keys.iter().map(|key| whole_of(&key.key).unwrap_or_default()).collect();
        for (key, scope) in self.keys.iter_mut().zip(&scopes) {
            let cell = cells.get(key.at).copied().unwrap_or(Cell::Blank);
            let text = without_padding(cell.text().unwrap_or("?"));
            if key.listed {
                // Every row says what stands there.
            } else if is_empty(cell) {
                key.see_blank(scope, place, key.is_township() && is_township);
            } else {
                key.see(&text, scope, place);
            }
        }
    }

    /// Whether blank cells of a column may have been merged, as [`check`](Self::check) says.
    pub(crate) fn may_be_merged(&self, key: &str) -> bool {
        self.fill_down.is_none() && self.key(key).is_some_and(Merged::may_be_merged)
    }

    /// Says of each column in which blank cells may have been merged that they may, with the rows.
    pub(crate) fn check(&self, findings: &mut Findings) {
        if self.fill_down.is_some() {
            return;
        }
        for key in self.keys.iter().filter(|key| key.may_be_merged()) {
            let first = key.rows.first().copied().unwrap_or_default();
            findings.push(Place { row: first, line: key.line, column: order(key.at) }, Severity::Error, || {
                let rows = key.rows.iter().copied();
                let message = of_rows(rows, key.count, words::MAY_BE_MERGED, words::MAY_BE_MERGED_AND_MORE);
                let problem = Problem::new(Code::MergedCells, message).line(key.line).row(first).column(&key.key);
                problem.expected(words::SAY_FILL_DOWN)
            });
        }
    }
}

impl TextBuffer {
    /// Looks at the texts ahead of whoever takes them in: a reader may do so on a thread that has the time for it. What they
    /// become is the same.
    ///
    /// ```
    /// let mut texts = fundlayers::roster::TextBuffer::default();
    /// texts.push("黄堡镇");
    /// texts.look();
    /// assert_eq!(texts.texts().get(0), Some("黄堡镇"));
    /// ```
    pub fn look(&mut self) {
        let known = Known { tidy: self.texts().are_tidy(), plain: self.texts().iter().all(is_plain) };
        self.known = known;
    }
}

/// Whether a text neither calls its line one that sums others, nor is a remark, nor says that nothing stands there, as far as
/// can be said at once.
#[inline]
fn is_plain(text: &str) -> bool {
    let (first, last) = (glance::first(text), glance::last(text));
    !(glance::may_be_label(first, last) && may_label(text)
        || (first | last) & glance::NOTE != 0 && may_be_note(text)
        || first & glance::NOTHING != 0 && says_nothing(text))
}

impl Merged {
    /// Whether the place itself may be what the column names: then nothing stands there.
    fn is_township(&self) -> bool {
        self.key == "township"
    }

    /// One run of blank cells below texts that repeat is a list that ends in places without any.
    fn may_be_merged(&self) -> bool {
        self.count > 0 && !self.listed && (!self.repeats || self.runs > 1)
    }

    fn see_blank(&mut self, scope: &str, place: Place, is_itself: bool) {
        if self.last.is_empty() || scope != self.scope || is_itself {
            return;
        }
        self.runs = self.runs.saturating_add(u32::from(!self.blank));
        self.blank = true;
        self.count = self.count.saturating_add(1);
        if self.rows.len() < ROWS_NAMED {
            if self.rows.is_empty() {
                self.line = place.line;
            }
            self.rows.push(place.row);
        }
    }

    /// Looks at a cell in which something stands; the text of one that says that nothing does is empty.
    fn see(&mut self, text: &str, scope: &str, place: Place) {
        if text.is_empty() {
            self.last.clear();
            self.blank = false;
            return;
        }
        if !self.blank && self.last == text && self.row.saturating_add(1) == place.row {
            self.listed = true;
            self.values = HashSet::new();
            return;
        }
        self.repeats |= !self.values.insert(text.to_owned());
        self.listed = self.values.len() > VALUES;
        text.clone_into(&mut self.last);
        scope.clone_into(&mut self.scope);
        self.row = place.row;
        self.blank = false;
    }
}

/// How remarks below a table begin, with a colon or without.
const NOTES: [&str; 12] = [
    "附注",
    "填报人",
    "填报单位",
    "填表",
    "制表",
    "审核",
    "联系人",
    "联系电话",
    "负责人",
    "单位负责人",
    "Note:",
    "Notes:",
];
/// How they begin with a colon.
const LABELS: [&str; 38] = [
    "填报人",
    "填报单位",
    "填报时间",
    "填报日期",
    "填表人",
    "填表单位",
    "填表日期",
    "制表",
    "制表人",
    "制表单位",
    "审核",
    "审核人",
    "复核",
    "复核人",
    "联系人",
    "联系电话",
    "联系方式",
    "电话",
    "负责人",
    "单位负责人",
    "编制单位",
    "编制人",
    "经办人",
    "报送单位",
    "日期",
    "单位（盖章）",
    "盖章",
    "签字",
    "签章",
    "分管领导",
    "审签人",
    "审批人",
    "公章",
    "Preparedby",
    "Filledinby",
    "Checkedby",
    "Telephone",
    "Date",
];
/// How they end before it: 主要领导签字：
const SIGNED: [&str; 4] = ["签字", "签名", "签章", "盖章"];
/// Remarks as the whole cell.
const WHOLE: [&str; 14] = [
    "盖章",
    "公章",
    "单位盖章",
    "签字",
    "签章",
    "签字盖章",
    "备注",
    "说明",
    "注",
    "以下空白",
    "转下页",
    "承上页",
    "接上页",
    "*",
];
/// Remarks that say more than who filled the table in.
const SAYS: [&str; 8] = ["注", "备注", "说明", "政策", "附", "Source", "Policy", "Note"];

/// What nearly every cell fails at once.
#[inline]
fn may_be_note(text: &str) -> bool {
    // The second bytes of the characters with which remarks begin, which few others share.
    let is_likely = |first, second| match first {
        0xE4 => second == 0xBB,
        0xE6 => matches!(second, 0xB3 | 0x94 | 0x97 | 0x8A | 0x89 | 0x8E),
        0xE7 => matches!(second, 0xBB | 0xBC | 0xAD | 0x94 | 0x9B),
        _ => matches!(second, 0xA4 | 0xAF | 0x99 | 0xA1 | 0x88 | 0xAE | 0x81 | 0xB4 | 0x8D | 0x85 | 0xBD),
    };
    match text.as_bytes() {
        [b'N' | b'P' | b'S' | b'*' | b'(', ..]
        | [b'F', b'i', ..]
        | [b'C', b'h', ..]
        | [b'T', b'e', ..]
        | [b'D', b'a', ..]
        | [0xE2, 0x80, 0xA6 | 0xBB, ..]
        | [0xEF, 0xBC, 0x88 | 0x8A, ..]
        | [.., 0xE6, 0x97, 0xA5]
        | [.., 0xE3, 0x80, 0x82] => is_note(text),
        [first @ 0xE4..=0xE9, second, ..] if is_likely(*first, *second) => is_note(text),
        _ => false,
    }
}

/// A remark without white space and what stands around it.
fn remark(text: &str) -> String {
    let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    text.trim_start_matches(['*', '＊', '※', '（', '(']).to_owned()
}

/// Whether a text says who filled the table in or signed it, with a colon behind: no place is called so.
fn is_label(text: &str) -> bool {
    let remark = remark(text);
    let is_one = |label: &str| LABELS.contains(&label) || SIGNED.iter().any(|signed| label.ends_with(signed));
    remark.split_once(['：', ':']).is_some_and(|(label, _)| is_one(label))
}

#[cold]
fn is_note(text: &str) -> bool {
    let remark = remark(text);
    let says = |word: &&str| {
        let rest = remark.strip_prefix(*word).map(|rest| rest.trim_start_matches(|c: char| c.is_ascii_digit()));
        rest.is_some_and(|rest| rest.starts_with(['：', ':']))
    };
    let whole = remark.trim_end_matches([')', '）']);
    WHOLE.contains(&whole)
        || (remark.is_empty() || remark.chars().all(|c| c == '…')) && !text.trim().is_empty()
        || NOTES.iter().any(|note| remark.starts_with(note))
        || SAYS.iter().any(says)
        || is_label(text)
        || is_day(&remark)
        // A sentence.
        || remark.ends_with('。')
}

/// Whether something stands behind a colon.
pub(crate) fn says_behind_colon(text: &str) -> bool {
    text.split_once(['：', ':']).is_some_and(|(_, rest)| !rest.trim().is_empty())
}

/// Whether a text in the only cell of a row, which is merged across the table, is a remark or the title of a part of it: with a
/// number or a sentence's end.
pub(crate) fn is_remark_across(text: &str) -> bool {
    is_note(text) || is_numbered(&remark(text)) || text.trim_end().ends_with(['；', ';'])
}

/// Whether a text begins with a number as those of parts and remarks do: 一、 1. 2． （三）
fn is_numbered(remark: &str) -> bool {
    let is_digit = |c: char| c.is_ascii_digit() || "〇一二三四五六七八九十百０１２３４５６７８９".contains(c);
    let rest = remark.trim_start_matches(is_digit);
    rest.len() < remark.len() && rest.starts_with(['、', '.', '．', '）', ')'])
}

/// Whether a text is a day by itself: 2024年3月5日, 年月日.
fn is_day(remark: &str) -> bool {
    let digits = |text: &str| text.chars().all(|c| c.is_ascii_digit() || "〇○零一二三四五六七八九十".contains(c));
    let parts = remark.strip_suffix('日').and_then(|rest| rest.split_once('年'));
    let parts = parts.and_then(|(year, rest)| Some((year, rest.split_once('月')?)));
    parts.is_some_and(|(year, (month, day))| [year, month, day].into_iter().all(digits))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ground::message::Message;
    use crate::rows::header::Words;

    /// What became of lines: the texts of the rows, the kinds of the others, and where cells may have been merged.
    #[derive(Debug, Default, PartialEq, Eq)]
    struct Seen {
        rows: Vec<String>,
        others: Vec<Line>,
        merged: Vec<(String, u32)>,
    }

    fn see(fill_down: Option<bool>, titles: &str, rows: &[&str]) -> Seen {
        let known = ["county", "township", "kind", "name", "people"].map(|key| (key, key)).to_vec();
        let titles: Vec<_> = titles.split(',').map(|title| (title, None)).collect();
        let none = |_: &'static str| -> Option<Message> { None };
        let words = Words::new([known]);
        let mut findings = Findings::default();
        let header = Header::read(&titles, &words, |key| key, none, [], &mut findings);
        let role = |key| match key {
            "name" => ColumnRole::Name,
            "people" => ColumnRole::Figure,
            _ => ColumnRole::Key,
        };
        let mut lines = Lines::new(&header, role, str::to_owned);
        lines.set_fill_down(fill_down);
        let mut seen = Seen::default();
        let mut findings = Findings::default();
        for (row, text) in (1..).zip(rows) {
            let cells: Vec<Cell<'_>> = text.split(',').map(Cell::Text).collect();
            match lines.kind(&cells) {
                Line::Row => {
                    let filled = lines.filled(&cells, Place { row, line: None, column: 0 });
                    let cells = filled.as_deref().unwrap_or(&cells);
                    seen.rows.push(cells.iter().map(|cell| cell.shown()).collect::<Vec<_>>().join(","));
                }
                other => seen.others.push(other),
            }
        }
        lines.check(&mut findings);
        for problem in &findings.finish().0 {
            assert_eq!(problem.code(), Code::MergedCells);
            let location = problem.location();
            seen.merged.push((location.column.clone().unwrap_or_default(), location.row.unwrap_or_default()));
        }
        seen
    }

    #[track_caller]
    fn filled(titles: &str, rows: &[&str], expected: &[&str]) {
        assert_eq!(see(Some(true), titles, rows).rows, expected);
        assert_eq!(see(Some(false), titles, rows).rows, rows);
    }

    #[test]
    fn keys_are_filled_down_and_names_and_figures_are_not() {
        filled(
            "county,township,name,people",
            &["王益区,黄堡镇,甲村,1", ",,,", ",,乙村,", ",王益街道,丙村,3", ",,丁村,4"],
            &[
                "王益区,黄堡镇,甲村,1",
                "王益区,黄堡镇,,",
                "王益区,黄堡镇,乙村,",
                "王益区,王益街道,丙村,3",
                "王益区,王益街道,丁村,4",
            ],
        );
    }

    #[test]
    fn nothing_of_the_last_county_is_filled_in_below_a_new_one() {
        filled(
            "county,township,name",
            &["王益区,黄堡镇,甲村", "耀州区,,乙村", ",,丙村"],
            &["王益区,黄堡镇,甲村", "耀州区,,乙村", "耀州区,,丙村"],
        );
    }

    #[test]
    fn a_place_that_is_a_township_has_none_above_it() {
        filled(
            "county,township,name",
            &["王益区,黄堡镇,甲村", ",,黄堡镇", ",,王家河街道办", ",,乙村"],
            &["王益区,黄堡镇,甲村", "王益区,,黄堡镇", "王益区,,王家河街道办", "王益区,黄堡镇,乙村"],
        );
    }

    #[test]
    fn a_slash_says_that_nothing_stands_there() {
        filled(
            "county,township,name",
            &["王益区,黄堡镇,甲村", ",/,乙村", ",,丙村"],
            &["王益区,黄堡镇,甲村", "王益区,/,乙村", "王益区,,丙村"],
        );
    }

    #[track_caller]
    fn watched(titles: &str, rows: &[&str], expected: &[(&str, u32)]) {
        let merged = see(None, titles, rows).merged;
        assert_eq!(merged.iter().map(|(key, row)| (key.as_str(), *row)).collect::<Vec<_>>(), expected);
        assert_eq!(see(Some(false), titles, rows).merged, []);
        assert_eq!(see(Some(true), titles, rows).merged, []);
    }

    #[test]
    fn counties_merged_over_their_villages_are_seen() {
        watched(
            "county,name",
            &["王益区,甲村", ",乙村", ",丙村", "耀州区,丁村", ",戊村", "宜君县,己村"],
            &[("county", 2)],
        );
        // One county merged over all.
        watched("county,name", &["王益区,甲村", ",乙村"], &[("county", 2)]);
    }

    #[test]
    fn townships_merged_within_a_county_are_seen() {
        watched(
            "county,township,name",
            &["王益区,黄堡镇,甲村", "王益区,,乙村", "耀州区,坡头镇,丙村", "耀州区,,丁村"],
            &[("township", 2)],
        );
        watched("county,township,name", &["王益区,黄堡镇,甲村", ",,乙村"], &[("county", 2)]);
    }

    #[test]
    fn a_ledger_of_blocks_that_come_back_is_seen() {
        let rows = ["2023,王益区,甲", ",,乙", "2024,王益区,甲", ",,乙", "2023,耀州区,丙", ",,丁"];
        watched("kind,county,name", &rows, &[("kind", 2), ("county", 2)]);
    }

    #[test]
    fn a_list_in_which_some_have_no_township_is_none() {
        // Two rows next to each other say the same.
        watched("county,township,name", &["王益区,黄堡镇,甲村", "王益区,黄堡镇,乙村", "王益区,,丙村"], &[]);
        // Towns have no township above them.
        watched("county,township,name", &["王益区,黄堡镇,甲村", "王益区,,黄堡镇", "王益区,,王益街道"], &[]);
        // A text comes back, and what is blank stands at the end.
        watched("county,name", &["甲县,a", "乙县,b", "甲县,c", ",d", ",e"], &[]);
        // Nothing stands above.
        watched("county,name", &[",a", ",b", "甲县,c"], &[]);
        // It is said that nothing stands there.
        watched("county,township,name", &["王益区,黄堡镇,甲村", "王益区,/,乙村", "王益区,,丙村"], &[]);
        // Another county.
        watched("county,township,name", &["王益区,黄堡镇,甲村", "耀州区,,乙村", "宜君县,,丙村"], &[]);
    }

    #[test]
    fn every_remark_is_seen_at_a_glance() {
        let labels = LABELS.iter().chain(&SAYS).map(|label| format!("{label}：某"));
        let whole = NOTES.iter().chain(&WHOLE).map(|note| (*note).to_owned());
        let others = [
            "（盖章）",
            "2024年3月5日",
            "二〇二四年三月五日",
            "年 月 日",
            "注：1．略",
            "注1：略",
            "※注：略",
            "……",
            "* 注：略",
        ];
        for note in labels.chain(whole).chain(others.map(str::to_owned)) {
            assert!(may_be_note(&note), "{note}");
            let (first, last) = (glance::first(&note), glance::last(&note));
            assert!((first | last) & glance::NOTE != 0, "{note}");
        }
        for name in [
            "王益区",
            "注册村",
            "Nanshan",
            "Policyville",
            "向日",
            "三月五日",
            "（一）村",
            "日期村",
            "盖章村",
            "政策村",
            "Date Palm",
            "Checked by",
            "电话村",
            "说明村",
        ] {
            assert!(!may_be_note(name), "{name}");
        }
    }

    #[test]
    fn a_line_of_nothing_but_remarks_is_one() {
        let remarks = [
            "填报人：张三,审核人：李四,",
            ",（盖章）,",
            ",2024年3月5日,",
            "填报人：,张三,审核人：",
            "政策：某方案,,",
            ",联系电话：,0919",
        ];
        let seen = see(Some(false), "county,name,people", &remarks);
        assert_eq!((seen.rows.len(), seen.others), (0, vec![Line::Note; remarks.len()]));
        // What else stands beside a remark may be a place.
        let rows = ["注：略,甲村,1", "甲县,说明村,1", "甲县,盖章,1", "甲县,2024年3月5日,1"];
        assert_eq!(see(Some(false), "county,name,people", &rows).rows, rows);
    }

    #[test]
    fn lines_that_sum_others_and_remarks_are_no_rows() {
        let rows =
            ["甲县,甲村,1", "甲县小计,,1", ",合计,1", "其中：省级,,1", "注：略,,", ",填报人：某某,", "甲县,合计村,2"];
        let seen = see(Some(false), "county,name,people", &rows);
        assert_eq!(seen.rows, ["甲县,甲村,1", "甲县,合计村,2"]);
        let total = Line::Total;
        let expected =
            [total(TotalRank::Subtotal), total(TotalRank::Total), total(TotalRank::Part), Line::Note, Line::Note];
        assert_eq!(seen.others, expected);
        // A word in a column of numbers of rows counts alone; a remark beside something else is a name.
        let seen = see(Some(false), "no,name,people", &["合计,2个,3", "1合计,甲,1", "1,注：略,3"]);
        assert_eq!(seen.others, [total(TotalRank::Total)]);
        assert_eq!(seen.rows, ["1合计,甲,1", "1,注：略,3"]);
    }
}
