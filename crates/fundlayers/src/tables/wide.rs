//! Tables for people with one of their columns laid across: a column of amounts for each of its values.

use std::collections::{HashMap, HashSet};
use std::ops::ControlFlow;

use crate::ground::catalogue::ground as words;
use crate::ground::money::Amount;
use crate::ground::problem::{Code, Problem, Problems};
use crate::tables::table::{Cell, ColumnKind, Report, ReportRow, RowKind};

/// What is laid across.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Across<'a> {
    /// The column whose values become columns.
    pub(crate) column: usize,
    /// Columns that go with it and are left out.
    pub(crate) left_out: &'a [usize],
    /// Whether what stands side by side adds up, so that a row has its sum.
    pub(crate) adds_up: bool,
}

/// What becomes a row: its labels, and by what is laid across its amounts.
type Row = (Vec<Cell<'static>>, HashMap<String, Vec<Option<Amount>>>);
/// Sums by column; those of nothing are blank.
type Sums = Vec<Option<i128>>;

impl Report<'_> {
    /// The same result with the values of a column side by side, in the order in which they first appear (years ascending):
    /// of every one its amounts. Rows that differ in nothing else become one; sums are made anew.
    ///
    /// # Errors
    ///
    /// [`Code::Overflow`] if a sum is beyond 2^63 − 1 fen.
    pub(crate) fn laid_across(&self, across: Across<'_>) -> Result<Report<'static>, Problems> {
        let is = |kind: ColumnKind, at: &usize| self.columns.get(*at).is_some_and(|(_, found)| *found == kind);
        let all = || 0..self.columns.len();
        let values: Vec<usize> = all().filter(|at| is(ColumnKind::Amount, at)).collect();
        let first_value = values.first().copied().unwrap_or(self.columns.len());
        let kept = |at: &usize| *at != across.column && !across.left_out.contains(at);
        let labels: Vec<usize> = all().take(first_value).filter(kept).collect();
        let mut rows: Vec<Row> = Vec::new();
        let mut places: HashMap<String, usize> = HashMap::new();
        let (mut heads, mut known): (Vec<(Option<i64>, String)>, HashSet<String>) = (Vec::new(), HashSet::new());
        let mut take = |kind: RowKind, cells: &[Cell<'_>]| {
            if kind != RowKind::Row {
                return ControlFlow::Continue(());
            }
            let cell = |at: &usize| cells.get(*at).unwrap_or(&Cell::Blank);
            let head = self.text(cell(&across.column));
            if known.insert(head.clone()) {
                let number = if let Cell::Integer(number) = cell(&across.column) { Some(*number) } else { None };
                heads.push((number, head.clone()));
            }
            let key: Vec<String> = labels.iter().map(|at| self.text(cell(at))).collect();
            let place = *places.entry(key.join("\u{1f}")).or_insert_with(|| {
                let cells = labels.iter().map(|at| ReportRow::owned(kind, std::slice::from_ref(cell(at))).cells);
                rows.push((cells.flatten().collect(), HashMap::new()));
                rows.len().saturating_sub(1)
            });
            let amounts =
                values.iter().map(|at| if let Cell::Amount(amount) = cell(at) { Some(*amount) } else { None });
            if let Some((_, row)) = rows.get_mut(place) {
                row.insert(head, amounts.collect());
            }
            ControlFlow::Continue(())
        };
        // It never breaks off.
        _ = self.rows.each(&mut take);
        // Texts stay in their order.
        heads.sort_by_key(|(number, _)| *number);
        let header = |at: &usize| self.columns.get(*at).map_or("", |(header, _)| header.as_str());
        let mut columns: Vec<(String, ColumnKind)> =
            labels.iter().filter_map(|at| self.columns.get(*at).cloned()).collect();
        let sum_head = across.adds_up.then(|| self.lang.pick("合计", "Total").to_owned());
        let all_heads = heads.iter().map(|(_, head)| head.clone()).chain(sum_head.clone());
        columns.extend(all_heads.flat_map(|head| {
            let one = values.len() == 1;
            let titled = move |at: &usize| if one { head.clone() } else { format!("{head} {}", header(at)) };
            values.iter().map(titled).map(|title| (title, ColumnKind::Amount)).collect::<Vec<_>>()
        }));
        let mut list: Vec<ReportRow<'static>> = Vec::new();
        let (mut block, mut grand): (Sums, Sums) = (Vec::new(), Vec::new());
        let mut in_block = 0_usize;
        let first_of = |at: usize| rows.get(at).and_then(|(cells, _)| cells.first());
        for (at, (cells, amounts)) in rows.iter().enumerate() {
            let mut row: Sums = Vec::new();
            for (_, head) in &heads {
                let found = amounts.get(head);
                let fen =
                    |value: usize| found.and_then(|list| *list.get(value)?).map(|amount| i128::from(amount.fen()));
                row.extend((0..values.len()).map(fen));
            }
            if across.adds_up {
                let sum = |value: usize| -> Option<i128> {
                    row.iter().skip(value).step_by(values.len().max(1)).flatten().copied().reduce(i128::saturating_add)
                };
                let sums: Sums = (0..values.len()).map(sum).collect();
                row.extend(sums);
            }
            list.push(ReportRow { kind: RowKind::Row, cells: [cells.clone(), amounts_of(&row)?].concat() });
            add(&mut block, &row);
            add(&mut grand, &row);
            in_block = in_block.saturating_add(1);
            let ends = labels.len() > 1 && first_of(at) != first_of(at.saturating_add(1));
            if ends {
                if in_block > 1 {
                    let mut first = vec![first_of(at).cloned().unwrap_or(Cell::Blank)];
                    first.push(Cell::Text(self.lang.pick("小计", "Subtotal").into()));
                    first.resize(labels.len(), Cell::Blank);
                    list.push(ReportRow { kind: RowKind::Subtotal, cells: [first, amounts_of(&block)?].concat() });
                }
                (block, in_block) = (Vec::new(), 0);
            }
        }
        if !labels.is_empty() {
            let mut first = vec![Cell::Text(self.lang.pick("合计", "Total").into())];
            first.resize(labels.len(), Cell::Blank);
            list.push(ReportRow { kind: RowKind::Total, cells: [first, amounts_of(&grand)?].concat() });
        }
        Ok(Report {
            lang: self.lang,
            title: self.title.clone(),
            unit: self.unit,
            decimals: self.decimals,
            columns,
            rows: list.into(),
            notes: self.notes.clone(),
        })
    }
}

fn add(sums: &mut Sums, row: &Sums) {
    sums.resize(row.len(), None);
    for (sum, fen) in sums.iter_mut().zip(row) {
        // Fewer than 2^64 rows of 64 bits fit.
        *sum = sum.map_or(*fen, |sum| Some(sum.saturating_add(fen.unwrap_or_default())));
    }
}

fn amounts_of(sums: &Sums) -> Result<Vec<Cell<'static>>, Problems> {
    let amount = |fen: &Option<i128>| match fen {
        None => Ok(Cell::Blank),
        Some(fen) => match i64::try_from(*fen) {
            Ok(fen) => Ok(Cell::Amount(Amount::from_fen(fen))),
            Err(_) => Err(Problem::new(Code::Overflow, words::TOTAL_TOO_LARGE).into()),
        },
    };
    sums.iter().map(amount).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ground::language::Lang;
    use crate::ground::money::Unit;

    #[test]
    fn layers_stand_side_by_side_with_their_sums() {
        let row = |county: &'static str, name: &'static str, layer: &'static str, fen| ReportRow {
            kind: RowKind::Row,
            cells: vec![
                Cell::Text(county.into()),
                Cell::Text(name.into()),
                Cell::Text(layer.into()),
                Cell::Integer(1),
                Cell::Amount(Amount::from_fen(fen)),
            ],
        };
        let text = |title: &str| (title.to_owned(), ColumnKind::Text);
        let rows = vec![
            row("甲", "a", "市", 100),
            row("甲", "a", "县", 20),
            row("甲", "b", "县", 3),
            ReportRow { kind: RowKind::Subtotal, cells: vec![Cell::Text("甲".into())] },
            row("乙", "c", "市", -5),
        ];
        let report = Report {
            lang: Lang::Zh,
            title: "表".to_owned(),
            unit: Unit::Yuan,
            decimals: None,
            columns: vec![
                text("区县"),
                text("名称"),
                text("层级"),
                ("数量".to_owned(), ColumnKind::Integer),
                ("金额".to_owned(), ColumnKind::Amount),
            ],
            rows: rows.into(),
            notes: Vec::new(),
        };
        let wide = report.laid_across(Across { column: 2, left_out: &[3], adds_up: true }).unwrap();
        let titles: Vec<&str> = wide.columns.iter().map(|(title, _)| title.as_str()).collect();
        assert_eq!(titles, ["区县", "名称", "市", "县", "合计"]);
        let shown: Vec<String> = wide
            .rows
            .to_vec()
            .iter()
            .map(|row| row.cells.iter().map(|cell| wide.text(cell)).collect::<Vec<_>>().join("|"))
            .collect();
        assert_eq!(
            shown,
            ["甲|a|1|0.2|1.2", "甲|b||0.03|0.03", "甲|小计|1|0.23|1.23", "乙|c|-0.05||-0.05", "合计||0.95|0.23|1.18"]
        );
        let scenarios = report.laid_across(Across { column: 2, left_out: &[3], adds_up: false }).unwrap();
        assert_eq!(scenarios.columns.len(), 4);
    }
}
