//! The figures of places: place by place, and over groups of places.

use std::ops::ControlFlow;

use crate::ground::language::Lang;
use crate::results::figures::Figures;
use crate::results::tables::{Names, batches_by_year, columns_for_people, keys, number_cell};
use crate::tables::table::{Cell, Report, ReportRows, RowKind, Table};

pub(crate) mod parts;
pub(crate) mod totals;

#[cfg(test)]
mod parts_tests;
#[cfg(test)]
mod tests;

impl Figures {
    /// The years, by number, in which a row is live.
    fn live(&self, row: usize) -> impl Iterator<Item = (usize, u16)> {
        let years = self.allocation().years().iter().copied().enumerate();
        years.filter(move |(_, year)| self.allocation().lives(row, *year))
    }

    /// The figures as a table: a row for each roster row × year, in roster order, then year.
    ///
    /// Columns: `id, division_code, county, township, name, kind, designation, class, count, year`, and each figure by its
    /// id, of one place of the row; a figure whose id another column has is called `ID_figure`.
    #[must_use]
    pub fn table(&self) -> Table<'_> {
        let mut columns = keys(true);
        self.add_columns(&mut columns);
        let allocation = self.allocation();
        Table::new(columns, allocation.policy().unit(), move || {
            batches_by_year(allocation, move |places, cells| self.add_cells(places, cells))
        })
    }

    /// The same for people, places by county in the order in which counties first appear. There are no sums: they say
    /// nothing of an index or a rate.
    #[must_use]
    pub fn report(&self, lang: Lang) -> Report<'_> {
        let allocation = self.allocation();
        let (policy, roster) = (allocation.policy(), allocation.roster());
        let names = Names::new(policy, lang);
        let (mut columns, has_township) = columns_for_people(allocation, true, lang);
        let mut of_figures = Vec::new();
        self.add_columns(&mut of_figures);
        columns.extend(of_figures.iter().map(|column| (column.header.get(lang).to_owned(), column.kind)));
        let title = names.of_years(names.titled("指标表", "figures by place"), allocation.years());
        let notes = names.notes();
        let mut order: Vec<usize> = (0..roster.len()).collect();
        order.sort_by_key(|row| roster.county_column().code(*row));
        let count = order.iter().fold(0_usize, |sum, row| sum.saturating_add(self.live(*row).count()));
        let rows = ReportRows::made(count, move |each| {
            let mut cells = Vec::new();
            for row in &order {
                names.place_cells(roster, *row, has_township, &mut cells);
                let labels = cells.len();
                for (at, year) in self.live(*row) {
                    cells.truncate(labels);
                    cells.push(Cell::Integer(year.into()));
                    cells.extend((0..policy.figures().len()).map(|figure| number_cell(self.at(*row, at, figure))));
                    each(RowKind::Row, &cells)?;
                }
            }
            ControlFlow::Continue(())
        });
        Report { lang, decimals: None, title, unit: policy.unit(), columns, rows, notes }
    }
}
