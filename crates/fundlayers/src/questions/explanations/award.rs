//! What limits leave of what a place is due, as a part of an explanation.

use super::{Explains, columns, text};
use crate::ground::catalogue::explanations as words;
use crate::ground::language::Lang;
use crate::policy::Policy;
use crate::questions::forms::FormPart;
use crate::questions::funding::FundingExplanation;
use crate::tables::table::{Cell, ColumnKind, Report, ReportRow, RowKind};

/// The awards of one place in one year.
impl Explains for &[FundingExplanation] {
    fn lines(&self, lang: Lang) -> Vec<String> {
        let Some(first) = self.first() else { return Vec::new() };
        let mut lines = vec![words::AWARDS.with(&[&first.name, &first.id, &first.year]).to_text(lang)];
        lines.extend(self.iter().zip(1_usize..).map(|(award, number)| format!("{number}. {}", award.text.get(lang))));
        lines
    }

    fn parts(&self, policy: &Policy, lang: Lang) -> Vec<FormPart<'static>> {
        let Some(first) = self.first() else { return Vec::new() };
        let money = ColumnKind::Amount;
        let columns = columns(
            lang,
            &[
                ("安排层级", "Layer", ColumnKind::Text),
                ("额度", "Limit", money),
                ("申请合计", "All claims", money),
                ("应安排", "Due", money),
                ("实际安排", "Funded", money),
                ("未安排", "Unfunded", money),
                ("如何得出", "How it came about", ColumnKind::Text),
            ],
        );
        let rows = self.iter().map(|award| {
            let [limit, claims, due, funded, unfunded] = award.amounts();
            let amount = |amount: Option<_>| amount.map_or(Cell::Blank, Cell::Amount);
            let cells = vec![
                text(super::layer_name(policy, &award.layer, lang)),
                amount(limit),
                amount(claims),
                amount(due),
                amount(funded),
                amount(unfunded),
                text(award.text.get(lang)),
            ];
            ReportRow { kind: RowKind::Row, cells }
        });
        let rows: Vec<ReportRow<'static>> = rows.collect();
        let title = words::AWARDS.with(&[&first.name, &first.id, &first.year]).to_text(lang);
        let (unit, notes) = (first.unit, Vec::new());
        vec![FormPart::Table(Report { lang, title, unit, decimals: None, columns, rows: rows.into(), notes })]
    }
}
