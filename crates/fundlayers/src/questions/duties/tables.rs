//! Duties of places as tables: for machines and for people.

use std::borrow::Cow;
use std::ops::ControlFlow;
use std::rc::Rc;

use hashbrown::HashSet;

use super::assignments::half_label;
use super::totals::{due_columns, register_columns};
use super::{Assignment, Duties, DutyLine, UnmatchedReason};
use crate::ground::language::{Lang, Name};
use crate::policy::{Duty, Policy};
use crate::results::tables::{BATCH_ROWS, Names, column, keys, text_cell};
use crate::tables::table::{Batch, Cell, Cells, Column, ColumnKind, Report, ReportRows, RowKind, Table, Words};

fn integer(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// The numbers of a line that a register adds; people too few or too many where the duty says how many they are.
fn of_register(line: DutyLine<'_>) -> [Option<u64>; 6] {
    let Some(assigned) = line.assigned() else { return [None; 6] };
    let members = line.duty().members;
    [
        Some(assigned.number),
        line.missing(),
        line.surplus(),
        Some(assigned.people),
        members.map(|_| assigned.people_missing),
        members.map(|_| assigned.people_surplus),
    ]
}

fn people(line: DutyLine<'_>) -> [Option<u64>; 2] {
    let due = line.people_due();
    [due.map(|(least, _)| least), due.map(|(_, most)| most)]
}

impl Duties {
    /// What is due as a table: a row for each roster row × year × duty (× half of a year), in roster order, then of counties,
    /// then of what is due once in all. `open`: only what is not met.
    ///
    /// Columns: `id, division_code, county, township, name, kind, designation, class, count, year, half, duty, payer, due,
    /// people_least, people_most`; beside a register `assigned, missing, surplus, people, people_missing, people_surplus,
    /// assigned_to`; then `clause` and `text`, the duty in a sentence of the language.
    #[must_use]
    pub fn table(&self, open: bool, lang: Lang) -> Table<'_> {
        let policy = self.allocation().policy();
        let sentences: Rc<[&str]> = (0..policy.duties().len()).map(|duty| self.sentence(duty, lang)).collect();
        Table::new(self.columns(), policy.unit(), move || {
            let sentences = Rc::clone(&sentences);
            let mut lines = self.shown(open).peekable();
            std::iter::from_fn(move || {
                lines.peek()?;
                let lines: Vec<DutyLine<'_>> = lines.by_ref().take(BATCH_ROWS).collect();
                Some(self.batch(&lines, &sentences))
            })
        })
    }

    fn shown(&self, open: bool) -> impl Iterator<Item = DutyLine<'_>> {
        self.lines().filter(move |line| !open || line.is_met() != Some(true))
    }

    fn columns(&self) -> Vec<Column> {
        let text = |key: &str, zh: &str, en: &str| column(key, Name::new(zh, en), ColumnKind::Text);
        let mut columns = keys(true);
        columns.push(column("half", Name::new("半年", "Half"), ColumnKind::Integer));
        columns.push(text("duty", "事项", "Duty"));
        columns.push(text("payer", "落实主体", "Payer"));
        columns.extend(due_columns());
        if self.has_register() {
            columns.extend(register_columns());
            columns.push(text("assigned_to", "姓名或单位", "Assigned to"));
        }
        columns.push(text("clause", "依据", "Clause"));
        columns.push(text("text", "说明", "Text"));
        columns
    }

    fn batch<'a>(&'a self, lines: &[DutyLine<'a>], sentences: &Rc<[&'a str]>) -> Batch<'a> {
        let roster = self.allocation().roster();
        let text = |of: &dyn Fn(&DutyLine<'a>) -> &'a str| Cells::Text(lines.iter().map(of).collect());
        let of_row = |of: &dyn Fn(usize) -> &'a str| text(&|line| line.row.map_or("", of));
        let class = |row| self.allocation().class_of(row).map_or("", |class| class.id.as_str());
        let number = |of: &dyn Fn(DutyLine<'a>) -> Option<u64>| {
            Cells::MaybeInteger(lines.iter().map(|line| of(*line).map(integer)).collect())
        };
        let mut columns = vec![
            of_row(&|row| roster.id(row)),
            of_row(&|row| roster.division_code(row)),
            text(&|line| line.county()),
            of_row(&|row| roster.township(row)),
            of_row(&|row| roster.name(row)),
            of_row(&|row| roster.kind(row)),
            of_row(&|row| roster.designation(row)),
            of_row(&class),
            number(&|line| line.row.map(|row| roster.count(row))),
            Cells::Integer(lines.iter().map(|line| line.year().into()).collect()),
            number(&|line| Some(line.half()).filter(|half| *half > 0).map(u64::from)),
            text(&|line| &line.duty().id),
            text(&|line| line.payer()),
            number(&|line| Some(line.due())),
            number(&|line| people(line)[0]),
            number(&|line| people(line)[1]),
        ];
        if self.has_register() {
            let numbers: Vec<[Option<u64>; 6]> = lines.iter().map(|line| of_register(*line)).collect();
            for at in 0..6 {
                let cell = |numbers: &[Option<u64>; 6]| numbers.get(at).copied().flatten().map(integer);
                columns.push(Cells::MaybeInteger(numbers.iter().map(cell).collect()));
            }
            columns.push(text(&|line| line.assigned_to()));
        }
        let policy = self.allocation().policy();
        columns.push(text(&|line| policy.duty_clause(line.duty).unwrap_or_default()));
        let codes = lines.iter().map(|line| u32::try_from(line.slot.duty).unwrap_or(u32::MAX)).collect();
        columns.push(Cells::Words(Words { words: Rc::clone(sentences), codes }));
        Batch { rows: lines.len(), columns }
    }

    /// The same for people, without what is the same in every row of a duty: each duty stands in a sentence below.
    #[must_use]
    pub fn report(&self, open: bool, lang: Lang) -> Report<'_> {
        let allocation = self.allocation();
        let (policy, roster) = (allocation.policy(), allocation.roster());
        let names = Names::new(policy, lang);
        let has_township = roster.iter().any(|place| !place.township().is_empty());
        let has_halves = self.lines().any(|line| line.half() > 0);
        // Of what is open, only the duties that are.
        let missing: HashSet<&str> =
            if open { self.shown(open).map(|line| line.duty.id.as_str()).collect() } else { HashSet::new() };
        let told: Vec<(usize, &Duty)> =
            self.numbered().filter(|(_, duty)| !open || missing.contains(duty.id.as_str())).collect();
        let has_members = told.iter().any(|(_, duty)| duty.members.is_some());
        let shown = |key: &str| match key {
            "id" | "division_code" | "kind" | "designation" | "class" | "clause" | "text" => false,
            "township" => has_township,
            "half" => has_halves,
            "people_least" | "people_most" | "people" | "people_missing" | "people_surplus" => has_members,
            _ => true,
        };
        let columns = self.columns();
        let is_shown: Vec<bool> = columns.iter().map(|column| shown(&column.key)).collect();
        let kind = |column: &Column| if column.key == "half" { ColumnKind::Text } else { column.kind };
        let columns = columns.iter().zip(&is_shown).filter(|(_, shown)| **shown);
        let columns = columns.map(|(column, _)| (column.header.get(lang).to_owned(), kind(column))).collect();
        let title = if open {
            ("尚未落实的任务", "duties not met")
        } else {
            ("帮扶力量和任务表", "duties by place")
        };
        let title = names.of_years(names.titled(title.0, title.1), allocation.years());
        let mut notes: Vec<String> = told.iter().map(|(number, _)| self.sentence(*number, lang).to_owned()).collect();
        // What each of them rests on, in the document's own words.
        let mut clauses: Vec<&str> = Vec::new();
        for clause in told.iter().filter_map(|(_, duty)| policy.duty_clause(duty)) {
            if !clauses.contains(&clause) {
                clauses.push(clause);
            }
        }
        let words = clauses.into_iter().filter_map(|clause| Some((clause, policy.clause_words(clause)?)));
        notes.extend(words.map(|(clause, words)| [clause, lang.pick("：", ": "), words].concat()));
        notes.extend(names.notes());
        let count = self.shown(open).count();
        let rows = ReportRows::made(count, move |each| {
            let mut order: Vec<usize> = (0..roster.len()).collect();
            order.sort_by_key(|row| roster.county_column().code(*row));
            let lines = order.iter().flat_map(|row| self.lines_of(*row)).chain(self.wide_lines());
            for line in lines.filter(|line| !open || line.is_met() != Some(true)) {
                let cells = self.cells(line, policy, lang);
                let cells: Vec<Cell<'_>> =
                    cells.into_iter().zip(&is_shown).filter(|(_, shown)| **shown).map(|(cell, _)| cell).collect();
                each(RowKind::Row, &cells)?;
            }
            ControlFlow::Continue(())
        });
        Report { lang, decimals: None, title, unit: policy.unit(), columns, rows, notes }
    }

    fn numbered(&self) -> impl Iterator<Item = (usize, &Duty)> {
        self.allocation().policy().duties().iter().enumerate().filter(|(_, duty)| duty.number.is_some())
    }

    /// The cells of a line for people, of every column.
    fn cells<'a>(&'a self, line: DutyLine<'a>, policy: &'a Policy, lang: Lang) -> Vec<Cell<'a>> {
        let roster = self.allocation().roster();
        let of_row = |of: &dyn Fn(usize) -> &'a str| text_cell(line.row.map_or("", of));
        let number = |number: Option<u64>| number.map_or(Cell::Blank, |number| Cell::Integer(integer(number)));
        let payer = policy.payers().iter().find(|payer| payer.id == line.payer());
        let mut cells = vec![Cell::Blank, Cell::Blank, text_cell(line.county())];
        cells.extend([of_row(&|row| roster.township(row)), of_row(&|row| roster.name(row))]);
        cells.extend([Cell::Blank, Cell::Blank, Cell::Blank, number(line.row.map(|row| roster.count(row)))]);
        cells.extend([Cell::Integer(line.year().into()), text_cell(half_label(line.half(), lang))]);
        cells.push(text_cell(line.duty().name.get(lang)));
        cells.push(text_cell(payer.map_or(line.payer(), |payer| payer.name.get(lang))));
        cells.push(number(Some(line.due())));
        cells.extend(people(line).map(number));
        if self.has_register() {
            cells.extend(of_register(line).map(number));
            cells.push(text_cell(line.assigned_to()));
        }
        cells.extend([Cell::Blank, Cell::Blank]);
        cells
    }

    /// The rows of the register that belong to nothing as a table: as the register has them, with the `row` of the register
    /// and the `reason`.
    #[must_use]
    pub fn unmatched_table(&self) -> Table<'_> {
        let text = |key: &str, zh: &str, en: &str| column(key, Name::new(zh, en), ColumnKind::Text);
        let number = |key: &str, zh: &str, en: &str| column(key, Name::new(zh, en), ColumnKind::Integer);
        let columns = vec![
            number("row", "登记表行号", "Register row"),
            text("id", "编码", "Id"),
            text("division_code", "区划代码", "Division code"),
            text("county", "区县", "County"),
            text("township", "乡镇", "Township"),
            text("name", "名称", "Name"),
            number("year", "年度", "Year"),
            number("half", "半年", "Half"),
            text("duty", "事项", "Duty"),
            text("person", "姓名或单位", "Person or body"),
            number("number", "数量", "Number"),
            number("people", "人数", "People"),
            text("date", "日期", "Date"),
            text("note", "备注", "Note"),
            text("reason", "未匹配原因", "Reason"),
        ];
        Table::new(columns, self.allocation().policy().unit(), move || {
            let mut rows = self.unmatched().peekable();
            std::iter::from_fn(move || {
                rows.peek()?;
                let rows: Vec<(Assignment<'_>, UnmatchedReason)> = rows.by_ref().take(BATCH_ROWS).collect();
                Some(unmatched_batch(&rows))
            })
        })
    }

    /// The same for people; none where every row belongs to something.
    #[must_use]
    pub fn unmatched_report(&self, lang: Lang) -> Option<Report<'_>> {
        let count = self.unmatched().count();
        if count == 0 {
            return None;
        }
        let names = Names::new(self.allocation().policy(), lang);
        let table = self.unmatched_table();
        let columns = table.columns().iter().map(|column| (column.header.get(lang).to_owned(), column.kind)).collect();
        let title = names.titled("未匹配的人员登记", "assignments that match nothing");
        let notes = names.notes();
        let rows = ReportRows::made(count, move |each| {
            for (row, reason) in self.unmatched() {
                let number = |number: Option<u32>| number.map_or(Cell::Blank, |number| Cell::Integer(number.into()));
                let mut cells: Vec<Cell<'_>> = vec![Cell::Integer(row.place_number().into())];
                let place = [row.id(), row.division_code(), row.county(), row.township(), row.name()];
                cells.extend(place.map(text_cell));
                cells.push(number(Some(u32::from(row.year())).filter(|year| *year > 0)));
                cells.push(number(Some(u32::from(row.half())).filter(|half| *half > 0)));
                cells.extend([row.duty(), row.person()].map(text_cell));
                cells.extend([number(Some(row.number())), number(row.people())]);
                cells.extend([row.date(), row.note()].map(text_cell));
                cells.push(Cell::Text(Cow::Borrowed(reason.label(lang))));
                each(RowKind::Row, &cells)?;
            }
            ControlFlow::Continue(())
        });
        let unit = self.allocation().policy().unit();
        Some(Report { lang, decimals: None, title, unit, columns, rows, notes })
    }
}

fn unmatched_batch<'a>(rows: &[(Assignment<'a>, UnmatchedReason)]) -> Batch<'a> {
    let text = |of: fn(Assignment<'a>) -> &'a str| Cells::Text(rows.iter().map(|(row, _)| of(*row)).collect());
    let number = |of: &dyn Fn(Assignment<'a>) -> Option<u32>| {
        Cells::MaybeInteger(rows.iter().map(|(row, _)| of(*row).map(i64::from)).collect())
    };
    let columns = vec![
        number(&|row| Some(row.place_number())),
        text(Assignment::id),
        text(Assignment::division_code),
        text(Assignment::county),
        text(Assignment::township),
        text(Assignment::name),
        number(&|row| Some(u32::from(row.year())).filter(|year| *year > 0)),
        number(&|row| Some(u32::from(row.half())).filter(|half| *half > 0)),
        text(Assignment::duty),
        text(Assignment::person),
        number(&|row| Some(row.number())),
        number(&|row| row.people()),
        text(Assignment::date),
        text(Assignment::note),
        Cells::Text(rows.iter().map(|(_, reason)| reason.as_str()).collect()),
    ];
    Batch { rows: rows.len(), columns }
}
