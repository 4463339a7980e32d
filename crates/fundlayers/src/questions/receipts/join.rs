//! Several ledgers as one: each has its own columns, its own unit, its own file.

use std::sync::Arc;

use super::build::{Columns, find_duplicates};
use super::{Receipts, Source};
use crate::ground::problem::Problems;
use crate::rows::records::Findings;

impl Receipts {
    /// Several ledgers, each with the name of its file, as one; with a warning for each row of a later ledger that records the
    /// same under the same document as a row of an earlier one.
    ///
    /// ```
    /// use fundlayers::{Receipts, ReceiptsBuilder, RowBuilder, roster::Cell};
    /// let ledger = |unit: &str, amount: &str| {
    ///     let header = ["名称", "年度", "安排层级", "文号", unit].map(|title| (title, None));
    ///     let mut builder = ReceiptsBuilder::new(&header);
    ///     builder.push_row(None, &["黄堡镇", "2024", "市级", "某财农〔2024〕1号", amount].map(Cell::Text));
    ///     builder.finish().map(|(receipts, _)| receipts)
    /// };
    /// let [first, second] = [ledger("到位金额(万元)", "1")?, ledger("到位金额(元)", "10000")?];
    /// let (both, warnings) = Receipts::joined([(&first, Some("city.csv")), (&second, Some("county.csv"))]);
    /// assert_eq!((both.len(), both.get(1).and_then(|receipt| receipt.file())), (2, Some("county.csv")));
    /// assert_eq!(warnings.len(), 1, "both record 1 万元 under one document");
    /// # Ok::<(), fundlayers::Problems>(())
    /// ```
    #[must_use]
    pub fn joined<'a>(ledgers: impl IntoIterator<Item = (&'a Self, Option<&'a str>)>) -> (Self, Problems) {
        let mut columns = Columns::every();
        let mut sources = Vec::new();
        for (ledger, file) in ledgers {
            sources.push(Source {
                first: columns.row_count(),
                file: file.map(Arc::from),
                lines_shown: ledger.0.lines_shown,
                sheet: ledger.0.sheet.clone(),
            });
            columns.append(ledger);
        }
        let mut ledger = columns.finish();
        ledger.origins = sources;
        let receipts = Self(Arc::new(ledger));
        let mut findings = Findings::default();
        // Within one ledger they were told when it was read.
        let origin = |row: usize| receipts.row(row).origin();
        find_duplicates(&receipts, u32::MAX, |row, first| origin(row) != origin(first), &mut findings);
        let problems = findings.finish().0;
        (receipts, problems)
    }
}
