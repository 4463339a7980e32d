//! Figures over groups of places of a roster in parts.

use super::totals::{Numbered, of_group};
use crate::ground::catalogue::results as words;
use crate::ground::language::Lang;
use crate::ground::problem::{Code, Problem, Problems};
use crate::results::figure_sums::Numbers;
use crate::results::summary::{Summed, SummedTotals};
use crate::results::totals::Grouping;
use crate::tables::table::{Report, Table};

/// The figures of a policy over groups of places of a roster in parts: what [`FigureTotals`](crate::FigureTotals) are of a whole one.
#[derive(Debug, Clone)]
pub struct SummedFigureTotals(Numbered<SummedTotals>);

impl Summed {
    /// The figures of the policy over the groups that the parts were summed by, with
    /// [`Summing::with_figures`](crate::Summing::with_figures): what [`Allocation::figure_totals`](crate::Allocation::figure_totals)
    /// gives of the whole roster. What cannot be had is among the warnings of [`Summing::finish`](crate::Summing::finish).
    ///
    /// # Errors
    ///
    /// [`Code::UnlikeSummaries`] if figures were not summed, or some are [in doubt](Summed::figures_in_doubt); [`Code::Overflow`] if
    /// an amount is beyond 2^63 − 1 fen.
    ///
    /// ```
    /// use fundlayers::{Grouping, Part, Policy, RosterBuilder, RowBuilder, Settling, Summing, roster::Cell};
    /// let policy: Policy = serde_json::from_str(r#"{ "id": "e", "title": { "zh": "例" }, "years": [2024, 2024], "unit": "元",
    ///   "attributes": { "x": { "type": "number" } }, "layers": [{ "id": "city", "payer": "city" }], "payers": { "city": {} },
    ///   "figures": [{ "id": "share", "value": { "quotient": ["x", { "aggregate": "sum", "of": "x" }] } }],
    ///   "classes": [{ "id": "all", "funding": { "city": 3 } }] }"#)?;
    /// let parts = [(0, [["黄堡镇", "1"], ["坡头镇", "2"]]), (2, [["关庄镇", "4"], ["演池镇", "1"]])];
    /// let read = |part: &Part, rows: &[[&str; 2]]| {
    ///     let mut builder = RosterBuilder::new(&policy, &[("name", None), ("x", None)]);
    ///     builder.after_rows(part.rows_before());
    ///     rows.iter().for_each(|row| builder.push_row(None, &row.map(Cell::Text)));
    ///     builder.finish()
    /// };
    /// // No amount rests on the sum of all places, but a figure does.
    /// let mut settling = Settling::new(&policy, None)?.with_figures()?;
    /// while !settling.is_settled() {
    ///     let mut sums = settling.nothing();
    ///     for (first, rows) in &parts {
    ///         let part = Part::new(*first);
    ///         sums.merge(settling.part(&part, read(&part, rows)))?;
    ///     }
    ///     settling = settling.next(sums)?;
    /// }
    /// let summing = Summing::settled(&policy, settling.so_far(), &[Grouping::Year])?.with_figures()?;
    /// let mut summary = summing.nothing();
    /// for (first, rows) in &parts {
    ///     let part = Part::new(*first);
    ///     summary.merge(summing.part(&part, read(&part, rows)).0)?;
    /// }
    /// let (summed, _) = summing.finish(summary)?;
    /// assert!(summed.figures_in_doubt().is_none());
    /// let share = summed.figure_totals()?.numbers(0, 0);
    /// assert_eq!((share.places, share.sum, share.greatest), (4, Some(1.into()), Some(fundlayers::Decimal::new(5, 1))));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn figure_totals(&self) -> Result<SummedFigureTotals, Problems> {
        let not_known = || Problems::from(Problem::new(Code::UnlikeSummaries, words::FIGURES_NOT_SUMMED));
        let sums = self.figure_sums().ok_or_else(not_known)?;
        let groups = self.totals(true)?;
        let figures = self.summing().policy().figures().len();
        let mut rows = Vec::with_capacity(groups.len().saturating_mul(figures));
        for row in 0..groups.len() {
            let list = sums.get(&groups.codes(row)).map_or(&[][..], Vec::as_slice);
            for figure in 0..figures {
                rows.push(of_group(list, figure).ok_or_else(not_known)?);
            }
        }
        Ok(SummedFigureTotals(Numbered { groups, rows }))
    }
}

impl SummedFigureTotals {
    /// What they are grouped by.
    #[must_use]
    pub fn by(&self) -> &[Grouping] {
        self.0.groups.by()
    }

    /// How many groups.
    #[must_use]
    pub fn groups(&self) -> usize {
        self.0.groups.len()
    }

    /// A grouping value of a group, by the place of its column in the grouping.
    #[must_use]
    pub fn key(&self, group: usize, by: usize) -> String {
        self.0.groups.iter().nth(group).map_or(String::new(), |row| row.key(by))
    }

    /// What a figure, by its number among those of the policy, comes to over a group; nothing of no such group or figure.
    #[must_use]
    pub fn numbers(&self, group: usize, figure: usize) -> Numbers {
        self.0.numbers(group, figure)
    }

    /// As a table; see [`FigureTotals::table`](crate::FigureTotals::table).
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
