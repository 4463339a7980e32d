//! Figures over groups of places.

use std::ops::ControlFlow;

use hashbrown::HashSet;
use rust_decimal::Decimal;

use crate::ground::language::{Lang, Name};
use crate::ground::problem::Problems;
use crate::policy::Figure;
use crate::results::allocation::Allocation;
use crate::results::figure_sums::{self, FigureSum, FigureSums, Numbers};
use crate::results::figures;
use crate::results::tables::{BATCH_ROWS, Names, column, number_cell, text_cell, unit_column};
use crate::results::totals::{Grouping, TotalRows, Totals};
use crate::tables::table::{Batch, Cell, Cells, Column, ColumnKind, Report, ReportRows, RowKind, Table};

/// The figures of a policy over groups of places: a row for each group and figure.
///
/// Each place counts as often as its row says, in each year that the group has. Where a figure cannot be had it does not
/// count. Sum and mean are worked out of the exact figures and rounded once, when they are shown.
#[derive(Debug, Clone)]
pub struct FigureTotals(Numbered<Totals>);

/// Groups, with amounts that nobody asks for, and their figures.
#[derive(Debug, Clone)]
pub(super) struct Numbered<G> {
    pub(super) groups: G,
    /// By group × figure.
    pub(super) rows: Vec<Numbers>,
}

impl Allocation {
    /// The figures of the policy over groups of places: by any grouping but layer and payer; without grouping columns over
    /// all places and years. Warnings as of [`Allocation::figures`].
    ///
    /// # Errors
    ///
    /// [`Code::UnknownGrouping`](crate::Code::UnknownGrouping) for layers and payers,
    /// [`Code::MissingKey`](crate::Code::MissingKey) where the policy has no figures.
    ///
    /// ```
    /// use fundlayers::{Allocation, Grouping, Policy, Roster};
    /// let policy: Policy = serde_json::from_str(r#"{ "id": "e", "title": { "zh": "例" }, "years": [2024, 2024], "unit": "元",
    ///   "attributes": { "x": { "type": "number" } }, "layers": [{ "id": "city", "payer": "city" }], "payers": { "city": {} },
    ///   "figures": [{ "id": "half", "value": { "rate": "0.5", "of": "x" } }],
    ///   "classes": [{ "id": "all", "funding": { "city": "half" } }] }"#)?;
    /// # #[derive(serde::Serialize)] struct Place { name: &'static str, x: u16, count: u16 }
    /// let places = [Place { name: "甲村", x: 2, count: 3 }, Place { name: "乙村", x: 8, count: 1 }];
    /// let (roster, _) = Roster::from_rows(&policy, &places)?;
    /// let (totals, _) = Allocation::new(&policy, &roster)?.0.figure_totals(&[Grouping::Year])?;
    /// let half = totals.numbers(0, 0);
    /// assert_eq!((half.places, half.sum, half.mean), (4, Some(7.into()), Some(fundlayers::Decimal::new(175, 2))));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn figure_totals(&self, by: &[Grouping]) -> Result<(FigureTotals, Problems), Problems> {
        figure_sums::check(self.policy(), by)?;
        let groups = self.totals(by, true)?;
        let figures = self.policy().figures().len();
        let mut sums = FigureSums::new(self, by);
        let in_doubt: HashSet<_> = sums.in_doubt().map(|(codes, figure)| (*codes, figure)).collect();
        sums.add_exact(self, by, |codes, figure| in_doubt.contains(&(*codes, figure)));
        let rows = (0..groups.len()).flat_map(|row| {
            let list = sums.groups.get(&groups.codes(row)).map_or(&[][..], Vec::as_slice);
            (0..figures).map(|figure| of_group(list, figure).unwrap_or_default())
        });
        let rows = rows.collect();
        Ok((FigureTotals(Numbered { groups, rows }), sums.blanked.warnings(self.policy())))
    }
}

impl FigureTotals {
    /// What they are grouped by.
    #[must_use]
    pub fn by(&self) -> &[Grouping] {
        self.0.groups.by()
    }

    /// The allocation.
    #[must_use]
    pub fn allocation(&self) -> &Allocation {
        self.0.groups.allocation()
    }

    /// How many groups.
    #[must_use]
    pub fn groups(&self) -> usize {
        self.0.groups.len()
    }

    /// A grouping value of a group, by the place of its column in the grouping.
    #[must_use]
    pub fn key(&self, group: usize, by: usize) -> String {
        self.0.groups.key(group, by)
    }

    /// What a figure, by its number among those of the policy, comes to over a group; nothing of no such group or figure.
    #[must_use]
    pub fn numbers(&self, group: usize, figure: usize) -> Numbers {
        self.0.numbers(group, figure)
    }

    /// As a table: the grouping columns, `figure` by its id, `unit` of the figure, `places`, `sum`, `mean`, `least`,
    /// `greatest`; groups in roster order and by year, figures in the order of the policy.
    #[must_use]
    pub fn table(&self) -> Table<'_> {
        self.0.table()
    }

    /// The same for people.
    #[must_use]
    pub fn report(&self, lang: Lang) -> Report<'_> {
        self.0.report(lang)
    }
}

/// What a figure comes to over a group; none if its exact sum is needed to tell.
pub(super) fn of_group(list: &[FigureSum], figure: usize) -> Option<Numbers> {
    list.get(figure).map_or_else(|| FigureSum::default().numbers(), FigureSum::numbers)
}

impl<G: TotalRows> Numbered<G> {
    pub(super) fn numbers(&self, group: usize, figure: usize) -> Numbers {
        let figures = self.figures().len();
        let row = group.saturating_mul(figures).saturating_add(figure);
        self.rows.get(row).copied().filter(|_| figure < figures).unwrap_or_default()
    }

    fn figures(&self) -> &[Figure] {
        self.groups.policy().figures()
    }

    fn columns(&self) -> Vec<Column> {
        let number = |key: &str, zh: &str, en: &str| column(key, Name::new(zh, en), figures::KIND);
        let mut columns: Vec<Column> = self.groups.by().iter().copied().map(Grouping::column).collect();
        columns.push(column("figure", Name::new("指标", "Figure"), ColumnKind::Text));
        columns.push(unit_column());
        columns.push(column("places", Name::new("数量", "Places"), ColumnKind::Integer));
        columns.push(number("sum", "合计", "Sum"));
        columns.push(number("mean", "平均", "Mean"));
        columns.push(number("least", "最小", "Least"));
        columns.push(number("greatest", "最大", "Greatest"));
        columns
    }

    /// The group and the figure of some rows.
    fn parts(&self, start: usize, rows: usize) -> impl Iterator<Item = (usize, usize)> {
        let figures = self.figures().len();
        (start..start.saturating_add(rows))
            .filter_map(move |row| Some((row.checked_div(figures)?, row.checked_rem(figures)?)))
    }

    pub(super) fn table(&self) -> Table<'_> {
        Table::new(self.columns(), self.groups.policy().unit(), move || {
            (0..self.rows.len()).step_by(BATCH_ROWS).map(move |start| {
                let rows = BATCH_ROWS.min(self.rows.len().saturating_sub(start));
                let parts: Vec<(usize, usize)> = self.parts(start, rows).collect();
                let of_figure = |of: fn(&Figure) -> &str| {
                    let figure = |(_, figure): &(usize, usize)| self.figures().get(*figure).map_or("", of);
                    Cells::Text(parts.iter().map(figure).collect())
                };
                let number = |of: fn(Numbers) -> Option<Decimal>| {
                    Cells::Number(parts.iter().map(|(group, figure)| of(self.numbers(*group, *figure))).collect())
                };
                let mut columns: Vec<Cells<'_>> = (0..self.groups.by().len()).map(|by| self.keys(by, &parts)).collect();
                columns.push(of_figure(|figure| &figure.id));
                columns.push(of_figure(|figure| figure.unit.as_deref().unwrap_or_default()));
                let places = parts.iter().map(|(group, figure)| self.numbers(*group, *figure).places);
                columns.push(Cells::Integer(places.map(|places| i64::try_from(places).unwrap_or(i64::MAX)).collect()));
                columns.push(number(|numbers| numbers.sum));
                columns.push(number(|numbers| numbers.mean));
                columns.push(number(|numbers| numbers.least));
                columns.push(number(|numbers| numbers.greatest));
                Batch { columns, rows }
            })
        })
    }

    /// A grouping column.
    fn keys(&self, by: usize, parts: &[(usize, usize)]) -> Cells<'_> {
        match self.groups.by().get(by) {
            Some(Grouping::Year) => {
                Cells::Integer(parts.iter().map(|(group, _)| self.groups.year(*group, by).into()).collect())
            }
            _ => Cells::Text(parts.iter().map(|(group, _)| self.groups.text(*group, by)).collect()),
        }
    }

    pub(super) fn report(&self, lang: Lang) -> Report<'_> {
        let policy = self.groups.policy();
        let names = Names::new(policy, lang);
        let title = names.titled("指标汇总表", "figures by group");
        let title = names.of_years(title, self.groups.years());
        let columns = self.columns().iter().map(|column| (column.header.get(lang).to_owned(), column.kind)).collect();
        let notes = names.notes();
        let rows = ReportRows::made(self.rows.len(), move |each| {
            let mut cells: Vec<Cell<'_>> = Vec::new();
            for (group, number) in self.parts(0, self.rows.len()) {
                let Some(figure) = policy.figures().get(number) else { continue };
                let numbers = self.numbers(group, number);
                cells.clear();
                cells.extend((0..self.groups.by().len()).map(|by| names.total_cell(&self.groups, group, by)));
                cells.extend([figure.name.get(lang), figure.unit.as_deref().unwrap_or_default()].map(text_cell));
                cells.push(Cell::Integer(i64::try_from(numbers.places).unwrap_or(i64::MAX)));
                let of = [numbers.sum, numbers.mean, numbers.least, numbers.greatest];
                cells.extend(of.map(number_cell));
                each(RowKind::Row, &cells)?;
            }
            ControlFlow::Continue(())
        });
        Report { lang, decimals: None, title, unit: policy.unit(), columns, rows, notes }
    }
}
