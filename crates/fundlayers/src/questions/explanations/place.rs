//! What a place gets in a year, as a part of an explanation.

use super::Explains;
use crate::ground::catalogue::explanations as words;
use crate::ground::language::Lang;
use crate::policy::Policy;
use crate::questions::forms::FormPart;
use crate::results::explain::Explanation;
use crate::tables::table::{Cell, ColumnKind, Report, ReportRow, RowKind};

impl Explains for &Explanation {
    fn lines(&self, lang: Lang) -> Vec<String> {
        self.text(lang).lines().map(str::to_owned).collect()
    }

    fn parts(&self, policy: &Policy, lang: Lang) -> Vec<FormPart<'static>> {
        let title = match self.count {
            1 => words::AMOUNTS.with(&[&self.name, &self.id, &self.year, self.class_name()]),
            count => words::AMOUNTS_OF_MANY.with(&[&self.name, &self.id, &self.year, self.class_name(), &count]),
        };
        let columns = [
            ("安排层级", "Layer", ColumnKind::Text),
            ("安排主体", "Payer", ColumnKind::Text),
            ("如何得出", "How it came about", ColumnKind::Text),
            ("金额", "Amount", ColumnKind::Amount),
            ("条款", "Clause", ColumnKind::Text),
        ];
        let columns = columns.map(|(zh, en, kind)| (lang.pick(zh, en).to_owned(), kind)).to_vec();
        let text = |text: &str| Cell::Text(text.to_owned().into());
        let name = |id: &str| policy.layers().iter().find(|layer| layer.id == id).map(|layer| layer.name.get(lang));
        let payer = |id: &str| policy.payers().iter().find(|body| body.id == id).map(|body| body.name.get(lang));
        let mut rows: Vec<ReportRow<'static>> = Vec::new();
        for step in &self.steps {
            let clauses: Vec<&str> = step.clause.iter().chain(&step.layer_clause).map(String::as_str).collect();
            rows.push(ReportRow {
                kind: RowKind::Row,
                cells: vec![
                    text(name(&step.layer).unwrap_or(&step.layer)),
                    text(payer(&step.payer).unwrap_or(&step.payer)),
                    text(step.how.get(lang)),
                    Cell::Amount(step.whole),
                    text(&clauses.join(lang.pick("、", ", "))),
                ],
            });
        }
        let total = [text(lang.pick("合计", "Total")), Cell::Blank, Cell::Blank, Cell::Amount(self.sum()), Cell::Blank];
        rows.push(ReportRow { kind: RowKind::Total, cells: total.to_vec() });
        let (title, unit) = (title.to_text(lang), self.unit);
        let report = Report { lang, title, unit, decimals: None, columns, rows: rows.into(), notes: Vec::new() };
        vec![FormPart::Table(report)]
    }
}
