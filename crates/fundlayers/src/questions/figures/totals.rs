//! Figures over groups of places.

use std::ops::ControlFlow;

use hashbrown::HashMap;
use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::Zero;
use rust_decimal::Decimal;

use crate::engine::aggregates::Sum;
use crate::ground::catalogue::results as words;
use crate::ground::fraction::Fraction;
use crate::ground::language::{Lang, Name};
use crate::ground::message::Argument;
use crate::ground::problem::{Code, Problem, Problems};
use crate::policy::Figure;
use crate::results::allocation::Allocation;
use crate::results::figures::{self, Blanks, OfPlaces};
use crate::results::tables::{BATCH_ROWS, Names, column, number_cell, text_cell, unit_column};
use crate::results::totals::{Codes, Grouping, Totals, codes_of};
use crate::tables::table::{Batch, Cell, Cells, Column, ColumnKind, Report, ReportRows, RowKind, Table};

/// The figures of a policy over groups of places: a row for each group and figure.
///
/// Each place counts as often as its row says, in each year that the group has. Where a figure cannot be had it does not
/// count. Sum and mean are worked out of the exact figures and rounded once, when they are shown.
#[derive(Debug, Clone)]
pub struct FigureTotals {
    /// The groups, with amounts that nobody asks for.
    groups: Totals,
    /// By group × figure.
    rows: Vec<Numbers>,
}

/// What a figure comes to over a group.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Numbers {
    /// How many places have it, each in each year.
    pub places: u64,
    /// Their sum; none if it has more than 28 digits.
    pub sum: Option<Decimal>,
    /// Their mean; none of no places.
    pub mean: Option<Decimal>,
    /// The least of them; none of no places.
    pub least: Option<Decimal>,
    /// The greatest of them; none of no places.
    pub greatest: Option<Decimal>,
}

/// A figure of a group on the way. A sum of many ratios has a denominator of thousands of digits; most do not need it:
/// between what is known to be below the sum and what is known to be above it there is one number to be shown.
#[derive(Clone, Default)]
struct Gathered {
    places: u64,
    /// The sum in steps of 1 ÷ [`steps`], each value rounded down.
    below: BigInt,
    /// How many values lost a part of a step by it.
    rounded: BigInt,
    least: Option<Fraction>,
    greatest: Option<Fraction>,
}

/// Steps of a sum that is not exact yet: fine enough for more places than there can be.
fn steps() -> BigInt {
    BigInt::from(10).pow(60)
}

impl Gathered {
    fn add(&mut self, value: &Fraction, count: u64, steps: &BigInt) {
        self.places = self.places.saturating_add(count);
        let (whole, rest) = (value.numerator() * steps).div_mod_floor(value.denominator());
        self.below += whole * count;
        if !rest.is_zero() {
            self.rounded += count;
        }
        if self.least.as_ref().is_none_or(|least| value < least) {
            self.least = Some(value.clone());
        }
        if self.greatest.as_ref().is_none_or(|greatest| value > greatest) {
            self.greatest = Some(value.clone());
        }
    }

    /// What is shown; none if the exact sum is needed to tell.
    fn numbers(&self, steps: &BigInt) -> Option<Numbers> {
        let above = &self.below + &self.rounded;
        let numbers = self.with_sum(&self.below, steps);
        (numbers == self.with_sum(&above, steps)).then_some(numbers)
    }

    /// What is shown with a sum.
    fn with_sum(&self, numerator: &BigInt, denominator: &BigInt) -> Numbers {
        let of = |number: &Option<Fraction>| {
            number.as_ref().and_then(|number| figures::shown(number.numerator(), number.denominator()))
        };
        let some = self.places > 0;
        Numbers {
            places: self.places,
            sum: figures::shown(numerator, denominator),
            mean: figures::shown(numerator, &(denominator * self.places.max(1))).filter(|_| some),
            least: of(&self.least),
            greatest: of(&self.greatest),
        }
    }
}

impl Allocation {
    /// The figures of the policy over groups of places: by any grouping but layer and payer; without grouping columns over
    /// all places and years. Warnings as of [`Allocation::figures`].
    ///
    /// # Errors
    ///
    /// [`Code::UnknownGrouping`] for layers and payers, [`Code::MissingKey`] where the policy has no figures.
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
        let differ = |grouping: &&Grouping| !matches!(grouping, Grouping::Layer | Grouping::Payer);
        let wrong = by.iter().filter(|grouping| !differ(grouping)).map(|grouping| {
            let known = Grouping::ALL.iter().filter(differ).map(|grouping| grouping.as_str());
            let problem = Problem::new(Code::UnknownGrouping, words::FIGURES_HAVE_NO_LAYER).found(grouping.as_str());
            problem.expected(words::GROUP_BY_OTHERS.with(&[&Argument::quoted(known)]))
        });
        let mut problems: Problems = wrong.collect();
        if let Err(none) = self.has_figures() {
            problems.append(none);
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let groups = self.totals(by, true)?;
        let numbers = self.policy().figures().len();
        let places: HashMap<Codes, usize> = (0..groups.len()).map(|row| (groups.codes(row), row)).collect();
        // Every live row is in a group.
        let start = |of: &OfPlaces<'_>| {
            let group = places.get(&codes_of(self, by, of.row, of.year, 0));
            group.map_or(usize::MAX, |group| group.saturating_mul(numbers))
        };
        let mut gathered = vec![Gathered::default(); groups.len().saturating_mul(numbers)];
        let mut blanks = Blanks::new(self.policy());
        let steps = steps();
        figures::each(self, true, &mut |of| {
            blanks.count(of, |figure| of.values.get(figure).is_none_or(Option::is_none));
            for (gathered, value) in gathered.iter_mut().skip(start(of)).zip(of.values) {
                if let Some(value) = value {
                    gathered.add(value, of.count, &steps);
                }
            }
        });
        let known: Vec<Option<Numbers>> = gathered.iter().map(|gathered| gathered.numbers(&steps)).collect();
        let mut exact: Vec<Option<Sum>> = known.iter().map(|known| known.is_none().then(Sum::default)).collect();
        if exact.iter().any(Option::is_some) {
            figures::each(self, true, &mut |of| {
                for (sum, value) in exact.iter_mut().skip(start(of)).zip(of.values) {
                    if let Some((sum, value)) = sum.as_mut().zip(value.as_ref()) {
                        sum.add(value, of.count);
                    }
                }
            });
        }
        let rows = gathered.iter().zip(known).zip(&exact).map(|((gathered, known), exact)| {
            known.or_else(|| {
                let sum = exact.as_ref()?.total();
                Some(gathered.with_sum(sum.numer(), sum.denom()))
            })
        });
        let rows = rows.map(Option::unwrap_or_default).collect();
        Ok((FigureTotals { groups, rows }, blanks.warnings(self)))
    }
}

impl FigureTotals {
    /// What they are grouped by.
    #[must_use]
    pub fn by(&self) -> &[Grouping] {
        self.groups.by()
    }

    /// The allocation.
    #[must_use]
    pub fn allocation(&self) -> &Allocation {
        self.groups.allocation()
    }

    /// How many groups.
    #[must_use]
    pub fn groups(&self) -> usize {
        self.groups.len()
    }

    /// A grouping value of a group, by the place of its column in the grouping.
    #[must_use]
    pub fn key(&self, group: usize, by: usize) -> String {
        self.groups.key(group, by)
    }

    /// What a figure, by its number among those of the policy, comes to over a group; nothing of no such group or figure.
    #[must_use]
    pub fn numbers(&self, group: usize, figure: usize) -> Numbers {
        let figures = self.figures().len();
        let row = group.saturating_mul(figures).saturating_add(figure);
        self.rows.get(row).copied().filter(|_| figure < figures).unwrap_or_default()
    }

    fn figures(&self) -> &[Figure] {
        self.allocation().policy().figures()
    }

    fn columns(&self) -> Vec<Column> {
        let number = |key: &str, zh: &str, en: &str| column(key, Name::new(zh, en), figures::KIND);
        let mut columns: Vec<Column> = self.by().iter().copied().map(Grouping::column).collect();
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

    /// As a table: the grouping columns, `figure` by its id, `unit` of the figure, `places`, `sum`, `mean`, `least`,
    /// `greatest`; groups in roster order and by year, figures in the order of the policy.
    #[must_use]
    pub fn table(&self) -> Table<'_> {
        Table::new(self.columns(), self.allocation().policy().unit(), move || {
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
                let mut columns: Vec<Cells<'_>> = (0..self.by().len()).map(|by| self.keys(by, &parts)).collect();
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
        match self.by().get(by) {
            Some(Grouping::Year) => {
                Cells::Integer(parts.iter().map(|(group, _)| self.groups.year(*group, by).into()).collect())
            }
            _ => Cells::Text(parts.iter().map(|(group, _)| self.groups.text(*group, by)).collect()),
        }
    }

    /// The same for people.
    #[must_use]
    pub fn report(&self, lang: Lang) -> Report<'_> {
        let policy = self.allocation().policy();
        let names = Names::new(policy, lang);
        let title = names.titled("指标汇总表", "figures by group");
        let title = names.of_years(title, self.allocation().years());
        let columns = self.columns().iter().map(|column| (column.header.get(lang).to_owned(), column.kind)).collect();
        let notes = names.notes();
        let rows = ReportRows::made(self.rows.len(), move |each| {
            let mut cells: Vec<Cell<'_>> = Vec::new();
            for (group, number) in self.parts(0, self.rows.len()) {
                let Some(figure) = policy.figures().get(number) else { continue };
                let numbers = self.numbers(group, number);
                cells.clear();
                cells.extend((0..self.by().len()).map(|by| names.total_cell(&self.groups, group, by)));
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
