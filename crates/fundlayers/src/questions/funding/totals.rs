//! Funding by any grouping.

use std::borrow::Cow;

use super::Funding;
use crate::ground::ids::At as _;
use crate::ground::ids::index;
use crate::ground::language::{Lang, Name};
use crate::ground::money::{Amount, Unit};
use crate::ground::problem::Problems;
use crate::ground::sure::Sure;
use crate::results::tables::{BATCH_ROWS, Names, column, funding_title, overflow, unit_column};
use crate::results::totals::{Grouping, Totals};
use crate::tables::table::{Batch, Cell, Cells, Column, ColumnKind, Percent, Report, ReportRow, RowKind, Table};

/// Claims and what is funded of them, by a grouping, in roster, year and layer order: a row for each group with a claim.
#[derive(Debug, Clone)]
pub struct FundingTotals {
    funding: Funding,
    claims: Totals,
    funded: Vec<Amount>,
}

/// A row of [`FundingTotals`].
#[derive(Debug, Clone, Copy)]
pub struct FundingTotal<'a> {
    totals: &'a FundingTotals,
    row: usize,
}

impl Funding {
    /// Claims and what is funded of them, by any grouping.
    ///
    /// # Errors
    ///
    /// [`Code::Overflow`](crate::Code::Overflow) if a total is beyond 2^63 − 1 fen.
    pub fn totals(&self, by: &[Grouping]) -> Result<FundingTotals, Problems> {
        let claims = self.claims().totals(by, false)?;
        // Groups without an award are among those with zeros; both are in the same order.
        let awards = self.funded().totals(by, true)?;
        let codes =
            |totals: &Totals, row: usize| -> Vec<u32> { (0..by.len()).map(|by| totals.code(row, by)).collect() };
        let mut all = awards.iter().enumerate();
        let mut funded = Vec::with_capacity(claims.len());
        for row in 0..claims.len() {
            let wanted = codes(&claims, row);
            let found = all.by_ref().find(|(at, _)| codes(&awards, *at) == wanted);
            funded.push(found.map_or(Amount::ZERO, |(_, award)| award.amount()));
        }
        Ok(FundingTotals { funding: self.clone(), claims, funded })
    }
}

impl FundingTotals {
    /// What the totals are grouped by.
    #[must_use]
    pub fn by(&self) -> &[Grouping] {
        self.claims.by()
    }

    /// The funding.
    #[must_use]
    pub fn funding(&self) -> &Funding {
        &self.funding
    }

    /// How many rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.claims.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.claims.is_empty()
    }

    /// The rows in order.
    #[must_use]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = FundingTotal<'_>> {
        (0..self.len()).map(|row| FundingTotal { totals: self, row })
    }

    /// Whether each row is one layer, payer and year, so that it can have a limit.
    #[must_use]
    pub fn has_limits(&self) -> bool {
        let by = self.by();
        by.len() == 3 && [Grouping::Layer, Grouping::Payer, Grouping::Year].iter().all(|grouping| by.contains(grouping))
    }

    fn limit(&self, row: usize) -> Option<Amount> {
        if !self.has_limits() {
            return None;
        }
        let code = |wanted: Grouping| {
            let by = self.by().iter().position(|grouping| *grouping == wanted)?;
            Some(self.claims.code(row, by))
        };
        let (layer, payer, year) = (code(Grouping::Layer)?, code(Grouping::Payer)?, code(Grouping::Year)?);
        self.funding.limit(index(layer), payer, index(year)).map(|limited| limited.limit)
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

    /// The totals as a table: the grouping columns, `limit` if these are layer, payer and year, `claim`, `funded`,
    /// `unfunded`, `coverage` (funded ÷ claim in percent), `unit`.
    #[must_use]
    pub fn table(&self, unit: Unit) -> Table<'_> {
        let mut columns = self.columns();
        columns.push(unit_column());
        Table::new(columns, unit, move || {
            (0..self.len()).step_by(BATCH_ROWS).map(move |start| {
                let rows = start..start.saturating_add(BATCH_ROWS).min(self.len());
                let mut columns: Vec<Cells<'_>> =
                    (0..self.by().len()).map(|by| self.claims.cells(by, rows.clone())).collect();
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

    /// The totals for people: with subtotals (小计) by the first grouping column where there are several, a total (合计), and
    /// [`Funding::notes`].
    ///
    /// # Errors
    ///
    /// [`Code::Overflow`](crate::Code::Overflow) if a total is beyond 2^63 − 1 fen.
    pub fn report(&self, unit: Unit, lang: Lang) -> Result<Report<'_>, Problems> {
        let names = Names::new(self.funding.claims().policy(), lang);
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
        let mut notes = self.funding.notes(unit, lang);
        notes.extend(names.notes());
        Ok(Report {
            lang,
            title: names.summed(funding_title(&names), self.by(), self.funding.claims().years()),
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
        self.totals.claims.iter().nth(self.row).map_or(String::new(), |row| row.key(by))
    }

    /// The limit as it is applied, rounded down to the step; none if there is none, or the grouping is not layer, payer and
    /// year.
    #[must_use]
    pub fn limit(self) -> Option<Amount> {
        self.totals.limit(self.row)
    }

    /// What is due.
    #[must_use]
    pub fn claim(self) -> Amount {
        self.totals.claims.iter().nth(self.row).map_or(Amount::ZERO, |row| row.amount())
    }

    /// What is funded of it.
    #[must_use]
    pub fn funded(self) -> Amount {
        self.totals.funded.at(self.row)
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
