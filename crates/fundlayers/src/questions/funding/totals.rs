//! Funding by any grouping.

use std::borrow::Cow;
use std::fmt;

use super::Funding;
use crate::ground::ids::index;
use crate::ground::language::{Lang, Name};
use crate::ground::money::{Amount, Unit};
use crate::ground::problem::Problems;
use crate::ground::sure::Sure;
use crate::results::summary::SummedTotals;
use crate::results::tables::{BATCH_ROWS, Names, column, funding_title, grouping_cells, overflow, unit_column};
use crate::results::totals::{Codes, Grouping, TotalRows, Totals};
use crate::tables::table::{Batch, Cell, Cells, Column, ColumnKind, Percent, Report, ReportRow, RowKind, Table};

/// Claims and what is funded of them, by a grouping, in roster, year and layer order: a row for each group with a claim.
#[derive(Debug, Clone)]
pub struct FundingTotals {
    funding: Funding,
    funded: Funded<Totals>,
}

/// Claims by a grouping, with what is funded of each and its limit.
#[derive(Debug, Clone)]
pub(super) struct Funded<G> {
    claims: G,
    rows: Vec<(Amount, Option<Amount>)>,
}

/// A row of [`FundingTotals`], or of those of a roster in parts.
#[derive(Clone, Copy)]
pub struct FundingTotal<'a> {
    claims: &'a dyn TotalRows,
    row: usize,
    funded: Amount,
    limit: Option<Amount>,
}

impl Funding {
    /// Claims and what is funded of them, by any grouping.
    ///
    /// # Errors
    ///
    /// [`Code::Overflow`](crate::Code::Overflow) if a total is beyond 2^63 − 1 fen.
    pub fn totals(&self, by: &[Grouping]) -> Result<FundingTotals, Problems> {
        let claims = self.claims().totals(by, false)?;
        // Groups without an award are among those with zeros.
        let awards = self.funded().totals(by, true)?;
        let codes = |totals: &Totals, row: usize| -> Codes { totals.codes(row) };
        let same = |claim: usize, award: usize| codes(&claims, claim) == codes(&awards, award);
        let limit = |(layer, by, year): (usize, usize, usize), row: usize| {
            let year = index(claims.code(row, year));
            self.limit(index(claims.code(row, layer)), claims.code(row, by), year).map(|limited| limited.limit)
        };
        let rows = rows(&claims, &awards, same, limit);
        Ok(FundingTotals { funding: self.clone(), funded: Funded { claims, rows } })
    }
}

/// Where layer, payer and year stand, if a grouping is just these.
fn limited_by(by: &[Grouping]) -> Option<(usize, usize, usize)> {
    let at = |wanted: Grouping| by.iter().position(|grouping| *grouping == wanted);
    let all = (at(Grouping::Layer)?, at(Grouping::Payer)?, at(Grouping::Year)?);
    (by.len() == 3).then_some(all)
}

/// What is funded of claims and their limits, from awards with zeros; both are in the same order.
fn rows<G: TotalRows>(
    claims: &G,
    awards: &G,
    same: impl Fn(usize, usize) -> bool,
    limit: impl Fn((usize, usize, usize), usize) -> Option<Amount>,
) -> Vec<(Amount, Option<Amount>)> {
    let limited = limited_by(claims.by());
    let mut all = 0..awards.len();
    let row = |row: usize| {
        let found = all.by_ref().find(|award| same(row, *award));
        let funded = found.map_or(Amount::ZERO, |award| awards.amount(award));
        (funded, limited.and_then(|limited| limit(limited, row)))
    };
    (0..claims.len()).map(row).collect()
}

impl FundingTotals {
    /// What the totals are grouped by.
    #[must_use]
    pub fn by(&self) -> &[Grouping] {
        self.funded.by()
    }

    /// The funding.
    #[must_use]
    pub fn funding(&self) -> &Funding {
        &self.funding
    }

    /// How many rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.funded.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The rows in order.
    #[must_use]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = FundingTotal<'_>> {
        self.funded.iter()
    }

    /// Whether each row is one layer, payer and year, so that it can have a limit.
    #[must_use]
    pub fn has_limits(&self) -> bool {
        self.funded.has_limits()
    }

    /// The totals as a table: the grouping columns, `limit` if these are layer, payer and year, `claim`, `funded`,
    /// `unfunded`, `coverage` (funded ÷ claim in percent), `unit`.
    #[must_use]
    pub fn table(&self, unit: Unit) -> Table<'_> {
        self.funded.table(unit)
    }

    /// The totals for people: with subtotals (小计) by the first grouping column where there are several, a total (合计), and
    /// [`Funding::notes`].
    ///
    /// # Errors
    ///
    /// [`Code::Overflow`](crate::Code::Overflow) if a total is beyond 2^63 − 1 fen.
    pub fn report(&self, unit: Unit, lang: Lang) -> Result<Report<'_>, Problems> {
        self.funded.report(self.funding.notes(unit, lang), unit, lang)
    }
}

impl Funded<SummedTotals> {
    /// Of a roster in parts: claims, and awards with zeros. Codes are of each by itself, so that their texts are compared.
    pub(super) fn summed(
        claims: SummedTotals,
        awards: &SummedTotals,
        limit: impl Fn(usize, &str, u16) -> Option<Amount>,
    ) -> Self {
        let by: Vec<Grouping> = claims.by().to_vec();
        let value = |totals: &SummedTotals, row: usize, at: usize, grouping: Grouping| match grouping {
            Grouping::Year => totals.year(row, at).to_string(),
            _ => totals.text(row, at).to_owned(),
        };
        let same = |claim: usize, award: usize| {
            by.iter().enumerate().all(|(at, by)| value(&claims, claim, at, *by) == value(awards, award, at, *by))
        };
        let limit = |(layer, payer, year): (usize, usize, usize), row: usize| {
            limit(index(claims.code(row, layer)), claims.text(row, payer), claims.year(row, year))
        };
        let rows = rows(&claims, awards, same, limit);
        Self { claims, rows }
    }
}

impl<G: TotalRows> Funded<G> {
    pub(super) fn by(&self) -> &[Grouping] {
        self.claims.by()
    }

    pub(super) fn len(&self) -> usize {
        self.claims.len()
    }

    pub(super) fn iter(&self) -> impl ExactSizeIterator<Item = FundingTotal<'_>> {
        let row = |(row, (funded, limit)): (usize, &(Amount, Option<Amount>))| FundingTotal {
            claims: &self.claims,
            row,
            funded: *funded,
            limit: *limit,
        };
        self.rows.iter().enumerate().map(row)
    }

    pub(super) fn has_limits(&self) -> bool {
        limited_by(self.by()).is_some()
    }

    fn columns(&self) -> Vec<Column> {
        let amount = |key: &str, zh: &str, en: &str| column(key, Name::new(zh, en), ColumnKind::Amount);
        let mut columns: Vec<Column> = self.by().iter().copied().map(Grouping::column).collect();
        if self.has_limits() {
            columns.push(amount("limit", "可用额度", "Limit"));
        }
        columns.extend(crate::results::tables::amount_columns());
        columns.push(column("coverage", Name::new("保障率（%）", "Coverage (%)"), ColumnKind::Percent));
        columns
    }

    pub(super) fn table(&self, unit: Unit) -> Table<'_> {
        let mut columns = self.columns();
        columns.push(unit_column());
        Table::new(columns, unit, move || {
            (0..self.len()).step_by(BATCH_ROWS).map(move |start| {
                let rows = start..start.saturating_add(BATCH_ROWS).min(self.len());
                let mut columns: Vec<Cells<'_>> =
                    (0..self.by().len()).map(|by| grouping_cells(&self.claims, by, rows.clone())).collect();
                let of_rows = || self.iter().skip(start).take(rows.len());
                if self.has_limits() {
                    columns.push(Cells::MaybeAmount(of_rows().map(FundingTotal::limit).collect()));
                }
                columns.push(Cells::Amount(of_rows().map(FundingTotal::claim).collect()));
                columns.push(Cells::Amount(of_rows().map(FundingTotal::funded).collect()));
                columns.push(Cells::Amount(of_rows().map(FundingTotal::unfunded).collect()));
                columns.push(Cells::Percent(of_rows().map(FundingTotal::coverage).collect()));
                columns.push(Cells::Text(vec![unit.as_str(); rows.len()]));
                Batch { rows: rows.len(), columns }
            })
        })
    }

    /// For people, with notes.
    pub(super) fn report(&self, notes: Vec<String>, unit: Unit, lang: Lang) -> Result<Report<'_>, Problems> {
        let names = Names::new(self.claims.policy(), lang);
        let columns = self.columns().into_iter().map(|column| (column.header.get(lang).to_owned(), column.kind));
        let labels = self.by().len();
        let mut rows: Vec<ReportRow<'_>> = Vec::new();
        let mut grand = (0_i128, 0_i128);
        let mut done = 0_usize;
        while done < self.len() {
            let block = (done..self.len())
                .take_while(|row| labels < 2 || self.claims.code(*row, 0) == self.claims.code(done, 0))
                .count();
            let mut sum = (0_i128, 0_i128);
            for row in self.iter().skip(done).take(block) {
                let mut cells: Vec<Cell<'_>> =
                    (0..labels).map(|by| names.total_cell(&self.claims, row.row, by)).collect();
                if self.has_limits() {
                    cells.push(row.limit().map_or(Cell::Blank, Cell::Amount));
                }
                cells.extend(amounts(row.claim(), row.funded()));
                sum.0 = sum.0.saturating_add(row.claim().fen().into());
                sum.1 = sum.1.saturating_add(row.funded().fen().into());
                rows.push(ReportRow { kind: RowKind::Row, cells });
            }
            if labels > 1 && block > 1 {
                let first = [names.total_cell(&self.claims, done, 0), Cell::Text(Cow::Borrowed(names.subtotal()))];
                rows.push(self.sum(RowKind::Subtotal, first.into(), sum)?);
            }
            grand = (grand.0.saturating_add(sum.0), grand.1.saturating_add(sum.1));
            done = done.saturating_add(block);
        }
        let first = if labels == 0 { Vec::new() } else { vec![Cell::Text(Cow::Borrowed(names.total()))] };
        rows.push(self.sum(RowKind::Total, first, grand)?);
        let mut notes = notes;
        notes.extend(names.notes());
        Ok(Report {
            lang,
            title: names.summed(funding_title(&names), self.by(), self.claims.years()),
            unit,
            decimals: None,
            columns: columns.collect(),
            rows: rows.into(),
            notes,
        })
    }

    fn sum<'a>(
        &self,
        kind: RowKind,
        mut cells: Vec<Cell<'a>>,
        (claim, funded): (i128, i128),
    ) -> Result<ReportRow<'a>, Problems> {
        cells.resize(self.by().len().saturating_add(self.has_limits().into()), Cell::Blank);
        let amount = |fen: i128| i64::try_from(fen).map(Amount::from_fen).map_err(|_| overflow());
        cells.extend(amounts(amount(claim)?, amount(funded)?));
        Ok(ReportRow { kind, cells })
    }
}

/// Claim, funded, unfunded, coverage.
fn amounts<'a>(claim: Amount, funded: Amount) -> [Cell<'a>; 4] {
    // What is funded is at most the claim.
    let unfunded = claim.checked_sub(funded).sure();
    let coverage = Percent::of(funded, claim).map_or(Cell::Blank, Cell::Percent);
    [Cell::Amount(claim), Cell::Amount(funded), Cell::Amount(unfunded), coverage]
}

impl FundingTotal<'_> {
    /// A grouping value, by the place of its column in the grouping.
    #[must_use]
    pub fn key(self, by: usize) -> String {
        match self.claims.by().get(by) {
            Some(Grouping::Year) => self.claims.year(self.row, by).to_string(),
            _ => self.claims.text(self.row, by).to_owned(),
        }
    }

    /// The limit as it is applied, rounded down to the step; none if there is none, or the grouping is not layer, payer and
    /// year.
    #[must_use]
    pub const fn limit(self) -> Option<Amount> {
        self.limit
    }

    /// What is due.
    #[must_use]
    pub fn claim(self) -> Amount {
        self.claims.amount(self.row)
    }

    /// What is funded of it.
    #[must_use]
    pub const fn funded(self) -> Amount {
        self.funded
    }

    /// What is not: a limit that is greater by this would meet every claim.
    #[must_use]
    pub fn unfunded(self) -> Amount {
        self.claim().checked_sub(self.funded()).sure()
    }

    /// Funded ÷ claim; none if nothing is due.
    #[must_use]
    pub fn coverage(self) -> Option<Percent> {
        Percent::of(self.funded(), self.claim())
    }
}

impl fmt::Debug for FundingTotal<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FundingTotal")
            .field("claim", &self.claim())
            .field("funded", &self.funded)
            .field("limit", &self.limit)
            .finish_non_exhaustive()
    }
}
