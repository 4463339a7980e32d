//! Explanations as tables for programs.

use super::{DutyExplanation, Explained, GapExplanation, TotalExplanation};
use crate::ground::language::{Lang, Name};
use crate::ground::money::Unit;
use crate::questions::funding::FundingExplanation;
use crate::results::explain::Explanation;
use crate::tables::table::{Batch, Cells, Column, ColumnKind, Table};

impl Explained {
    /// For programs: of awards, gaps, duties or totals where they were asked for, else of the steps of places.
    #[must_use]
    pub fn table(&self, lang: Lang) -> Table<'_> {
        let (found, unit) = (self.found(), self.unit());
        if !found.awards.is_empty() {
            awards(&found.awards, unit, lang)
        } else if !found.gaps.is_empty() {
            gaps(&found.gaps, unit, lang)
        } else if !found.duties.is_empty() {
            duties(&found.duties, unit, lang)
        } else if !found.totals.is_empty() {
            totals(&found.totals, unit, lang)
        } else {
            Explanation::table(&found.places, unit, lang)
        }
    }
}

fn columns(columns: &[(&str, &str, &str, ColumnKind)]) -> Vec<Column> {
    let column = |(key, zh, en, kind): &(&str, &str, &str, ColumnKind)| Column {
        key: (*key).to_owned(),
        header: Name::new(*zh, *en),
        kind: *kind,
    };
    columns.iter().map(column).collect()
}

const TEXT: ColumnKind = ColumnKind::Text;
const MONEY: ColumnKind = ColumnKind::Amount;

fn awards(all: &[FundingExplanation], unit: Unit, lang: Lang) -> Table<'_> {
    let columns = columns(&[
        ("id", "编码", "Id", TEXT),
        ("name", "名称", "Name", TEXT),
        ("year", "年度", "Year", ColumnKind::Integer),
        ("layer", "安排层级", "Layer", TEXT),
        ("payer", "安排主体", "Payer", TEXT),
        ("limit", "额度", "Limit", MONEY),
        ("claims", "申请合计", "All claims", MONEY),
        ("claim", "应安排", "Due", MONEY),
        ("funded", "实际安排", "Funded", MONEY),
        ("unfunded", "未安排", "Unfunded", MONEY),
        ("unit", "单位", "Unit", TEXT),
        ("text", "说明", "Text", TEXT),
    ]);
    Table::new(columns, unit, move || {
        let text = |of: fn(&FundingExplanation) -> &str| Cells::Text(all.iter().map(of).collect());
        let amount = |at: usize| {
            Cells::MaybeAmount(all.iter().map(|award| award.amounts().get(at).copied().flatten()).collect())
        };
        let cells = vec![
            text(|award| &award.id),
            text(|award| &award.name),
            Cells::Integer(all.iter().map(|award| award.year.into()).collect()),
            text(|award| &award.layer),
            text(|award| &award.payer),
            amount(0),
            amount(1),
            amount(2),
            amount(3),
            amount(4),
            Cells::Text(vec![unit.as_str(); all.len()]),
            Cells::Text(all.iter().map(|award| award.text.get(lang)).collect()),
        ];
        std::iter::once(Batch { columns: cells, rows: all.len() })
    })
}

fn gaps(all: &[GapExplanation], unit: Unit, lang: Lang) -> Table<'_> {
    let columns = columns(&[
        ("id", "编码", "Id", TEXT),
        ("name", "名称", "Name", TEXT),
        ("year", "年度", "Year", ColumnKind::Integer),
        ("layer", "安排层级", "Layer", TEXT),
        ("payer", "安排主体", "Payer", TEXT),
        ("due", "应到位", "Due", MONEY),
        ("issued", "下达", "Issued", MONEY),
        ("received", "到位", "Received", MONEY),
        ("spent", "支出", "Spent", MONEY),
        ("gap", "缺口", "Gap", MONEY),
        ("excess", "超额", "Excess", MONEY),
        ("unit", "单位", "Unit", TEXT),
        ("text", "说明", "Text", TEXT),
    ]);
    Table::new(columns, unit, move || {
        let text = |of: fn(&GapExplanation) -> &str| Cells::Text(all.iter().map(of).collect());
        let amount = |at: usize| Cells::MaybeAmount(all.iter().map(|gap| gap.amounts().get(at).copied()).collect());
        let mut cells = vec![
            text(|gap| &gap.id),
            text(|gap| &gap.name),
            Cells::Integer(all.iter().map(|gap| gap.year.into()).collect()),
            text(|gap| &gap.layer),
            text(|gap| &gap.payer),
        ];
        cells.extend((0..6).map(amount));
        cells.push(Cells::Text(vec![unit.as_str(); all.len()]));
        cells.push(Cells::Text(all.iter().map(|gap| gap.text.get(lang)).collect()));
        std::iter::once(Batch { columns: cells, rows: all.len() })
    })
}

fn duties(all: &[DutyExplanation], unit: Unit, lang: Lang) -> Table<'_> {
    const NUMBER: ColumnKind = ColumnKind::Integer;
    let columns = columns(&[
        ("id", "编码", "Id", TEXT),
        ("name", "名称", "Name", TEXT),
        ("year", "年度", "Year", NUMBER),
        ("half", "半年", "Half", NUMBER),
        ("duty", "事项", "Duty", TEXT),
        ("payer", "落实主体", "Payer", TEXT),
        ("places", "处数", "Places", NUMBER),
        ("due", "应有", "Due", NUMBER),
        ("assigned", "已落实", "Assigned", NUMBER),
        ("missing", "缺", "Missing", NUMBER),
        ("surplus", "超出", "Surplus", NUMBER),
        ("people_missing", "缺人", "People missing", NUMBER),
        ("people_surplus", "超员", "People too many", NUMBER),
        ("clause", "条款", "Clause", TEXT),
        ("text", "说明", "Text", TEXT),
    ]);
    Table::new(columns, unit, move || {
        let text = |of: fn(&DutyExplanation) -> &str| Cells::Text(all.iter().map(of).collect());
        let number = |of: fn(&DutyExplanation) -> Option<u64>| {
            let cell = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
            Cells::MaybeInteger(all.iter().map(|duty| of(duty).map(cell)).collect())
        };
        let cells = vec![
            text(|duty| &duty.id),
            text(|duty| &duty.name),
            Cells::Integer(all.iter().map(|duty| duty.year.into()).collect()),
            number(|duty| duty.half.map(u64::from)),
            text(|duty| &duty.duty),
            text(|duty| &duty.payer),
            number(|duty| Some(duty.places)),
            number(|duty| Some(duty.due)),
            number(|duty| duty.assigned),
            number(|duty| duty.missing),
            number(|duty| duty.surplus),
            number(|duty| duty.people_missing),
            number(|duty| duty.people_surplus),
            text(|duty| duty.clause.as_deref().unwrap_or_default()),
            Cells::Text(all.iter().map(|duty| duty.text.get(lang)).collect()),
        ];
        std::iter::once(Batch { columns: cells, rows: all.len() })
    })
}

fn totals(all: &[TotalExplanation], unit: Unit, lang: Lang) -> Table<'_> {
    let columns = columns(&[
        ("total", "合计项", "Total", TEXT),
        ("years", "年度", "Years", TEXT),
        ("layer", "安排层级", "Layer", TEXT),
        ("class", "类别", "Class", TEXT),
        ("places", "处数", "Places", ColumnKind::Integer),
        ("each", "每处每年", "Each, a year", MONEY),
        ("amount", "金额", "Amount", MONEY),
        ("unit", "单位", "Unit", TEXT),
        ("clause", "条款", "Clause", TEXT),
        ("text", "说明", "Text", TEXT),
    ]);
    Table::new(columns, unit, move || {
        all.iter().map(move |total| {
            let parts = &total.parts;
            let places = parts.iter().map(|part| i64::try_from(part.places).unwrap_or(i64::MAX));
            let cells = vec![
                Cells::Text(vec![total.name.get(lang); parts.len()]),
                Cells::Text(parts.iter().map(super::TotalPart::span).collect()),
                Cells::Text(parts.iter().map(|part| part.layer.as_str()).collect()),
                Cells::Text(parts.iter().map(|part| part.class.as_str()).collect()),
                Cells::Integer(places.collect()),
                Cells::MaybeAmount(parts.iter().map(|part| part.amounts().0).collect()),
                Cells::Amount(parts.iter().map(|part| part.amounts().1).collect()),
                Cells::Text(vec![unit.as_str(); parts.len()]),
                Cells::Text(parts.iter().map(|part| part.clause.as_deref().unwrap_or_default()).collect()),
                Cells::Text(parts.iter().map(|part| part.text.get(lang)).collect()),
            ];
            Batch { columns: cells, rows: parts.len() }
        })
    })
}
