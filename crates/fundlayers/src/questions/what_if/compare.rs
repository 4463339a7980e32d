//! Two allocations side by side.

use std::borrow::Cow;

use super::{Keys, KnownCodes, Sum, beside, difference, is_something};
use crate::ground::catalogue::notes as catalogue;
use crate::ground::ids::At as _;
use crate::ground::language::{Lang, Name};
use crate::ground::money::{Amount, Unit};
use crate::ground::problem::{Problem, Problems};
use crate::ground::sure::Sure as _;
use crate::policy::Policy;
use crate::results::allocation::Allocation;
use crate::results::rerun::Rerun;
use crate::results::tables::{Names, policy_line, unit_column, years_text};
use crate::results::totals::{Grouping, TotalRows};
use crate::tables::table::{Batch, Cell, Cells, Column, ColumnKind, Report, ReportRow, RowKind, Table};

/// Rows of a batch.
const BATCH_ROWS: usize = 8_192;

/// What became of a group from one allocation to the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Change {
    /// It has the same amount.
    Same,
    /// It is only in the second.
    New,
    /// It is only in the first.
    Gone,
    /// It has another amount.
    Changed,
}

impl Change {
    /// The word in results: `new`, `gone`, `changed`; blank where nothing changed.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Same => "",
            Self::New => "new",
            Self::Gone => "gone",
            Self::Changed => "changed",
        }
    }

    /// The word for people.
    #[must_use]
    pub const fn label(self, lang: Lang) -> &'static str {
        match (self, lang) {
            (Self::Same, _) => "",
            (Self::New, Lang::Zh) => "新增",
            (Self::New, Lang::En) => "new",
            (Self::Gone, Lang::Zh) => "取消",
            (Self::Gone, Lang::En) => "gone",
            (Self::Changed, Lang::Zh) => "变动",
            (Self::Changed, Lang::En) => "changed",
        }
    }

    const fn of(before: Option<Amount>, after: Option<Amount>) -> Self {
        match (before, after) {
            (None, None) => Self::Same,
            (None, Some(_)) => Self::New,
            (Some(_), None) => Self::Gone,
            (Some(before), Some(after)) if before.fen() == after.fen() => Self::Same,
            (Some(_), Some(_)) => Self::Changed,
        }
    }
}

/// Two allocations by a grouping, side by side.
///
/// Groups are matched by the texts of their values, so that policies, rosters and years of the two may differ. Rows are
/// in the order of the first allocation's totals; values that only the second has come after those of the first, years
/// ascending throughout. A group without an amount on either side has no row; without grouping columns there is one row.
///
/// ```
/// # use fundlayers::{Allocation, Policy, RosterBuilder, RowBuilder, roster::Cell};
/// # let policy: Policy = serde_json::from_str(r#"{ "id": "e", "title": { "zh": "例" }, "years": [2024, 2025], "unit": "元",
/// #   "layers": [{ "id": "city", "payer": "city" }], "payers": { "city": {} }, "classes": [{ "id": "all", "funding": { "city": 3 } }] }"#)?;
/// # let mut builder = RosterBuilder::new(&policy, &[("name", None), ("count", None)]);
/// # builder.push_row(None, &[Cell::Text("a"), Cell::Text("5")]);
/// # let roster = builder.finish()?.0;
/// use fundlayers::{Amount, Grouping, compare};
/// let four = serde_json::from_str("4")?;
/// let (changed, _) = policy.with_changes([("classes.all.funding.city", four)])?;
/// let (before, _) = Allocation::new(&policy, &roster)?;
/// let (after, _) = Allocation::new(&changed, &roster)?;
/// let comparison = compare(&before, &after, &[Grouping::Year])?;
/// let row = comparison.iter().next().expect("two years");
/// assert_eq!((row.key(0), row.difference()), ("2024".into(), Amount::from_fen(500)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Comparison {
    policies: [Policy; 2],
    years: [Vec<u16>; 2],
    keys: Keys,
    /// Codes of the grouping values, as many for each row as there are columns.
    codes: Vec<u32>,
    before: Vec<Option<Amount>>,
    after: Vec<Option<Amount>>,
}

/// A row of a [`Comparison`].
#[derive(Debug, Clone, Copy)]
pub struct ComparisonRow<'a> {
    comparison: &'a Comparison,
    row: usize,
}

/// Compares two allocations by a grouping.
///
/// Laws, each tested: an allocation compared with itself has no difference; compared the other way round, differences
/// have the other sign, and new is gone; the differences add up to the difference of the totals.
///
/// # Errors
///
/// [`Code::Overflow`](crate::Code::Overflow) if a total or a difference is beyond 2^63 − 1 fen.
pub fn compare(before: &Allocation, after: &Allocation, by: &[Grouping]) -> Result<Comparison, Problems> {
    Comparison::of(&Rerun::totals_of(before, by)?, &Rerun::totals_of(after, by)?)
}

impl Comparison {
    /// Of totals by the same columns, with a row for every group that is live.
    pub(super) fn of(before: &impl TotalRows, after: &impl TotalRows) -> Result<Self, Problems> {
        let by = before.by();
        let mut keys = Keys::new(by);
        let mut known = KnownCodes::default();
        let (first, second) = (keys.grid(before, &mut known)?, keys.grid(after, &mut known)?);
        drop(known);
        let mut comparison = Self {
            policies: [before.policy().clone(), after.policy().clone()],
            years: [before.years().to_vec(), after.years().to_vec()],
            keys,
            codes: Vec::new(),
            before: Vec::new(),
            after: Vec::new(),
        };
        let mut fits = Ok(());
        beside(&first, &second, by.len(), |key, before, after| {
            if by.is_empty() || is_something(before, after) {
                comparison.codes.extend(key);
                comparison.before.push(before);
                comparison.after.push(after);
                if fits.is_ok() {
                    fits = difference(before, after).map(|_| ());
                }
            }
        });
        fits.map(|()| comparison)
    }

    /// What it is grouped by.
    #[must_use]
    pub fn by(&self) -> &[Grouping] {
        self.keys.by()
    }

    /// The policies of the first and the second allocation.
    #[must_use]
    pub const fn policies(&self) -> &[Policy; 2] {
        &self.policies
    }

    /// Says where more years are added up on one side than on the other: their difference is not one of what a year costs.
    pub(crate) fn unlike_years(&self) -> Option<Problem> {
        let [first, second] = &self.years;
        super::unlike_years(first, second)
    }

    /// How many rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.before.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.before.is_empty()
    }

    /// The rows in order.
    #[must_use]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = ComparisonRow<'_>> {
        (0..self.len()).map(|row| ComparisonRow { comparison: self, row })
    }

    fn code(&self, row: usize, by: usize) -> u32 {
        self.codes.at(row.saturating_mul(self.by().len()).saturating_add(by))
    }

    /// The comparison as a table: the grouping columns, `before, after, difference, change, unit`. An amount is blank where
    /// the group is not on that side.
    #[must_use]
    pub fn table(&self, unit: Unit) -> Table<'_> {
        let mut columns = self.keys.columns();
        for (key, zh, en) in AMOUNTS {
            columns.push(Column { key: key.to_owned(), header: Name::new(zh, en), kind: ColumnKind::Amount });
        }
        columns.push(Column { key: "change".to_owned(), header: change_header(), kind: ColumnKind::Text });
        columns.push(unit_column());
        Table::new(columns, unit, move || {
            (0..self.len()).step_by(BATCH_ROWS).map(move |start| {
                let rows = start..start.saturating_add(BATCH_ROWS).min(self.len());
                let mut columns = self.keys.cells(rows.clone(), |row, by| self.code(row, by));
                let of_rows = || rows.clone().map(|row| ComparisonRow { comparison: self, row });
                columns.push(Cells::MaybeAmount(of_rows().map(ComparisonRow::before).collect()));
                columns.push(Cells::MaybeAmount(of_rows().map(ComparisonRow::after).collect()));
                columns.push(Cells::Amount(of_rows().map(ComparisonRow::difference).collect()));
                columns.push(Cells::Text(of_rows().map(|row| row.change().as_str()).collect()));
                columns.push(Cells::Text(vec![unit.as_str(); rows.len()]));
                Batch { rows: rows.len(), columns }
            })
        })
    }

    /// The comparison for people: with subtotals (小计) by the first grouping column where there are several, and a total
    /// (合计).
    ///
    /// # Errors
    ///
    /// [`Code::Overflow`](crate::Code::Overflow) if a total is beyond 2^63 − 1 fen.
    pub fn report(&self, unit: Unit, lang: Lang) -> Result<Report<'_>, Problems> {
        let mut columns = self.keys.headers(lang);
        columns.extend(AMOUNTS.map(|(_, zh, en)| (lang.pick(zh, en).to_owned(), ColumnKind::Amount)));
        columns.push((change_header().get(lang).to_owned(), ColumnKind::Text));
        let width = self.by().len();
        let mut rows: Vec<ReportRow<'_>> = Vec::new();
        let mut total = Sums::default();
        let mut done = 0_usize;
        while done < self.len() {
            let block =
                (done..self.len()).take_while(|row| width < 2 || self.code(*row, 0) == self.code(done, 0)).count();
            let mut subtotal = Sums::default();
            for row in (done..done.saturating_add(block)).map(|row| ComparisonRow { comparison: self, row }) {
                let mut cells: Vec<Cell<'_>> =
                    (0..width).map(|by| self.keys.cell(by, self.code(row.row, by), lang)).collect();
                cells.push(row.before().map_or(Cell::Blank, Cell::Amount));
                cells.push(row.after().map_or(Cell::Blank, Cell::Amount));
                cells.push(Cell::Amount(row.difference()));
                cells.push(Cell::Text(Cow::Borrowed(row.change().label(lang))));
                rows.push(ReportRow { kind: RowKind::Row, cells });
                subtotal.add(row);
                total.add(row);
            }
            if width >= 2 && block > 1 {
                let first = self.keys.cell(0, self.code(done, 0), lang);
                let label = Cell::Text(Cow::Borrowed(lang.pick("小计", "Subtotal")));
                rows.push(subtotal.row(RowKind::Subtotal, vec![first, label], width)?);
            }
            done = done.saturating_add(block);
        }
        if width > 0 {
            let label = Cell::Text(Cow::Borrowed(lang.pick("合计", "Total")));
            rows.push(total.row(RowKind::Total, vec![label], width)?);
        }
        Ok(Report {
            lang,
            decimals: None,
            title: self.title(lang),
            unit,
            columns,
            rows: rows.into(),
            notes: self.notes(lang),
        })
    }

    fn title(&self, lang: Lang) -> String {
        let [before, _] = &self.policies;
        let title = format!("{} · {}", before.heading(lang), lang.pick("对比表", "comparison"));
        let [first, second] = &self.years;
        if first == second {
            return Names::new(before, lang).summed(title, self.by(), first);
        }
        catalogue::YEARS_BESIDE.with(&[&title, &years_text(first), &years_text(second)]).to_text(lang)
    }

    /// The policies, and whether the second is the first with changes.
    fn notes(&self, lang: Lang) -> Vec<String> {
        let [before, after] = &self.policies;
        let mut notes = vec![policy_line(before, lang)];
        let (first, second) = (policy_line(before, lang), policy_line(after, lang));
        if before.document() != after.document() {
            let same = first == second;
            let bare = |line: &str| line.strip_prefix("Policy: ").unwrap_or(line).to_owned();
            notes = vec![
                format!("{}{}", lang.pick("调整前", "Before: "), bare(&first)),
                format!(
                    "{}{}{}",
                    lang.pick("调整后", "After: "),
                    bare(&second),
                    if same { lang.pick("，参数有改动", ", with changes") } else { "" }
                ),
            ];
        }
        notes
    }
}

/// Key and header of the columns of amounts.
const AMOUNTS: [(&str, &str, &str); 3] =
    [("before", "调整前", "Before"), ("after", "调整后", "After"), ("difference", "增减", "Difference")];

fn change_header() -> Name {
    Name::new("变化", "Change")
}

#[derive(Default)]
struct Sums([Sum; 3]);

impl Sums {
    fn add(&mut self, row: ComparisonRow<'_>) {
        let amounts = [row.before().unwrap_or_default(), row.after().unwrap_or_default(), row.difference()];
        for (sum, amount) in self.0.iter_mut().zip(amounts) {
            sum.add(amount);
        }
    }

    fn row<'a>(&self, kind: RowKind, mut cells: Vec<Cell<'a>>, width: usize) -> Result<ReportRow<'a>, Problems> {
        cells.resize(width, Cell::Blank);
        for sum in &self.0 {
            cells.push(Cell::Amount(sum.amount()?));
        }
        cells.push(Cell::Blank);
        Ok(ReportRow { kind, cells })
    }
}

impl ComparisonRow<'_> {
    /// A grouping value, by the place of its column in the grouping.
    #[must_use]
    pub fn key(self, by: usize) -> String {
        self.comparison.keys.key(by, self.comparison.code(self.row, by))
    }

    /// What the group has in the first allocation; none if it is not there.
    #[must_use]
    pub fn before(self) -> Option<Amount> {
        self.comparison.before.get(self.row).copied().flatten()
    }

    /// What the group has in the second allocation; none if it is not there.
    #[must_use]
    pub fn after(self) -> Option<Amount> {
        self.comparison.after.get(self.row).copied().flatten()
    }

    /// After − before, where what is not there counts as 0.
    #[must_use]
    pub fn difference(self) -> Amount {
        // Each was seen to fit.
        difference(self.before(), self.after()).sure()
    }

    /// What became of the group.
    #[must_use]
    pub fn change(self) -> Change {
        Change::of(self.before(), self.after())
    }
}
