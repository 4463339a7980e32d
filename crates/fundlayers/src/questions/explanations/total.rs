//! A total of a county, a layer, a year: of which places it is made, how many alike, and that they add up to it.

use std::collections::BTreeMap;

use hashbrown::HashMap;
use serde::Serialize;

use super::{Explains, columns, text};
use crate::ground::catalogue::explanations as words;
use crate::ground::catalogue::notes;
use crate::ground::ids::{ClassIndex, LayerIndex};
use crate::ground::language::{Lang, Name};
use crate::ground::message::Argument;
use crate::ground::money::{Amount, Unit};
use crate::ground::problem::{Code, Problem, Problems};
use crate::ground::sure::Sure;
use crate::ground::text::did_you_mean;
use crate::policy::changes::listed;
use crate::policy::{ChangedValue, Policy};
use crate::questions::forms::FormPart;
use crate::results::allocation::Allocation;
use crate::results::grounds::Rests;
use crate::results::tables::{overflow, years_text};
use crate::results::totals::{Codes, Grouping, Totals, codes_of};
use crate::tables::table::{Cell, ColumnKind, Report, ReportRow, RowKind};

/// So many places of a part are named.
const NAMED: usize = 20;

/// What a total is made of. Amounts are exact decimal texts in `unit`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TotalExplanation {
    /// Column and value of what is grouped by.
    pub by: Vec<(String, String)>,
    /// What it is called.
    pub name: Name,
    /// The unit of every amount.
    pub unit: Unit,
    /// The total.
    pub amount: String,
    /// What adds up to it.
    pub parts: Vec<TotalPart>,
    #[serde(skip)]
    fen: Amount,
}

/// Places that get the same, each, in a layer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TotalPart {
    /// The layer, by id.
    pub layer: String,
    /// The class, by id.
    pub class: String,
    /// The years, in each of which they do.
    pub years: Vec<u16>,
    /// How many places.
    pub places: u64,
    /// What each of them gets in each of the years; none of a counted row whose places differ by a step.
    pub each: Option<String>,
    /// What all of them get in all of the years.
    pub amount: String,
    /// Their names, the first of them, in roster order.
    pub names: Vec<String>,
    /// How many rows of the roster are not named.
    pub names_left_out: usize,
    /// The clause it rests on; none if a number that it rests on was changed.
    pub clause: Option<String>,
    /// The changes of the policy that it rests on.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<ChangedValue>,
    /// The same as a sentence.
    pub text: Name,
    #[serde(skip)]
    of: (usize, usize),
    #[serde(skip)]
    span: String,
    #[serde(skip)]
    fen: (Option<Amount>, Amount),
}

impl TotalPart {
    /// Its years as a text: `2023–2025`.
    pub(crate) fn span(&self) -> &str {
        &self.span
    }

    /// What each gets in a year, where all get the same; what all get in all years.
    pub(crate) const fn amounts(&self) -> (Option<Amount>, Amount) {
        self.fen
    }
}

/// Places of one group that get the same in a year.
#[derive(Default, PartialEq)]
struct Alike {
    rows: Vec<usize>,
    places: u64,
    fen: i128,
    /// The least and the most that one of them gets.
    each: Option<(i64, i64)>,
}

impl Allocation {
    /// Explains totals: of every group, or of the one whose value of the first column is `of`, by id or name.
    ///
    /// # Errors
    ///
    /// As [`Allocation::totals`]; [`Code::UnknownRecipient`] with the nearest group.
    pub fn explain_totals(
        &self,
        by: &[Grouping],
        of: Option<&str>,
        unit: Unit,
    ) -> Result<Vec<TotalExplanation>, Problems> {
        let totals = self.totals(by, false)?;
        let mut wanted: Vec<usize> = (0..totals.len()).collect();
        if let Some(of) = of.map(str::trim) {
            let known = |row: usize| [totals.key(row, 0), label(&totals, row, 0).zh, label(&totals, row, 0).en];
            wanted.retain(|row| known(*row).iter().any(|text| text == of));
            if wanted.is_empty() {
                let all: Vec<String> = (0..totals.len()).map(|row| totals.key(row, 0)).collect();
                let problem = Problem::new(Code::UnknownRecipient, words::NO_SUCH_TOTAL).found(of);
                return Err(problem.expected(did_you_mean(of, all.iter().map(String::as_str))).into());
            }
        }
        let places: HashMap<Codes, usize> =
            wanted.iter().enumerate().map(|(at, row)| (totals.codes(*row), at)).collect();
        let mut groups: Vec<BTreeMap<Key, Alike>> = wanted.iter().map(|_| BTreeMap::new()).collect();
        for row in 0..self.roster().len() {
            for year in 0..self.years().len() {
                for layer in 0..self.policy().layers().len() {
                    let fen = self.0.row_fen(row, year, layer);
                    let group = places.get(&codes_of(self, by, row, year, layer));
                    let Some(group) = group.filter(|_| fen != 0).and_then(|at| groups.get_mut(*at)) else { continue };
                    let count = self.roster().count(row);
                    let members = self.0.members_fen(row, year, layer);
                    let even = members.first().filter(|_| members.len() == 1).map(|(_, fen)| *fen);
                    let class = self.0.group(row).and_then(|group| group.class).unwrap_or(usize::MAX);
                    let alike = group.entry((layer, class, even, year)).or_default();
                    alike.rows.push(row);
                    alike.places = alike.places.saturating_add(count);
                    alike.fen = alike.fen.saturating_add(fen.into());
                    for (_, fen) in members {
                        let (least, most) = alike.each.unwrap_or((fen, fen));
                        alike.each = Some((least.min(fen), most.max(fen)));
                    }
                }
            }
        }
        let explained = wanted.iter().zip(groups);
        explained.map(|(row, group)| self.explained_total(&totals, *row, group, unit)).collect()
    }

    fn explained_total(
        &self,
        totals: &Totals,
        row: usize,
        group: BTreeMap<Key, Alike>,
        unit: Unit,
    ) -> Result<TotalExplanation, Problems> {
        // Years alike are one part.
        let mut merged: Vec<(Key, Vec<u16>, Alike)> = Vec::new();
        for (key, alike) in group {
            let (layer, class, each, at) = key;
            let year = self.years().get(at).copied().sure();
            let last = merged.last_mut().filter(|((other, kind, amount, _), _, before)| {
                (*other, *kind, *amount) == (layer, class, each) && each.is_some() && *before == alike
            });
            match last {
                Some((_, years, _)) => years.push(year),
                None => merged.push((key, vec![year], alike)),
            }
        }
        let parts = merged.into_iter().map(|(key, years, alike)| self.part(key, years, &alike, unit));
        let parts = parts.collect::<Result<Vec<_>, Problems>>()?;
        let fen = Amount::sum(parts.iter().map(|part| part.fen.1)).map_err(|_| overflow())?;
        let labels: Vec<Name> = (0..totals.by().len()).map(|by| label(totals, row, by)).collect();
        let called = |lang: Lang| {
            let texts: Vec<&str> = labels.iter().map(|label| label.get(lang)).collect();
            if texts.is_empty() { words::EVERYTHING.get(lang).to_owned() } else { texts.join(lang.pick("　", ", ")) }
        };
        let by = totals.by().iter().enumerate();
        Ok(TotalExplanation {
            by: by.map(|(at, grouping)| (grouping.as_str().to_owned(), totals.key(row, at))).collect(),
            name: Name { zh: called(Lang::Zh), en: called(Lang::En) },
            unit,
            amount: fen.in_unit(unit).to_string(),
            parts,
            fen,
        })
    }

    fn part(
        &self,
        (layer, class, each, _): Key,
        years: Vec<u16>,
        alike: &Alike,
        unit: Unit,
    ) -> Result<TotalPart, Problems> {
        let policy = self.policy();
        let text = |fen: Amount| fen.in_unit(unit).to_string();
        let all = alike.fen.saturating_mul(i128::try_from(years.len()).unwrap_or(i128::MAX));
        let all = i64::try_from(all).map(Amount::from_fen).map_err(|_| overflow())?;
        let each = each.map(Amount::from_fen);
        let named = alike.rows.iter().take(NAMED).map(|row| self.roster().name(*row).to_owned());
        let names: Vec<String> = named.collect();
        let names_left_out = alike.rows.len().saturating_sub(names.len());
        let of_layer = policy.layers().get(layer);
        let of_class = policy.classes().get(class);
        let unnamed = Name::both("");
        let (layer_name, class_name) =
            (of_layer.map_or(&unnamed, |layer| &layer.name), of_class.map_or(&unnamed, |class| &class.name));
        let one = each.map(text).unwrap_or_default();
        let phrase = match (each, years.len()) {
            (None, _) => words::PART_UNLIKE,
            (Some(_), 1) => words::PART,
            (Some(_), _) => words::PART_OF_YEARS,
        };
        let (span, count) = (years_text(&years), years.len());
        let (least, most) = alike.each.unwrap_or_default();
        let [least, most] = [least, most].map(|fen| text(Amount::from_fen(fen)));
        let said = phrase.with(&[
            &span,
            layer_name,
            class_name,
            &alike.places,
            &one,
            &text(all),
            &unit,
            &count,
            &least,
            &most,
        ]);
        let list = Argument::list(&names);
        let said = if names_left_out == 0 { words::NAMES } else { words::NAMES_AND_MORE }.with(&[&said, &list]);
        let changes = policy.changes_behind(ClassIndex::new(class), LayerIndex::new(layer));
        let said = match listed(changes.iter().copied()) {
            Some(changes) => words::WITH_CHANGES.with(&[&said, &notes::CHANGED.with(&[&changes])]),
            None => said,
        };
        Ok(TotalPart {
            layer: of_layer.map_or_else(String::new, |layer| layer.id.clone()),
            class: of_class.map_or_else(String::new, |class| class.id.clone()),
            places: alike.places,
            each: each.map(text),
            amount: text(all),
            names,
            names_left_out,
            clause: policy.clause(ClassIndex::new(class), LayerIndex::new(layer)).map(str::to_owned),
            changes: changes.into_iter().cloned().collect(),
            text: said.to_name(),
            of: (class, layer),
            span: words::YEARS.with(&[&years_text(&years)]).to_text(Lang::En),
            fen: (each, all),
            years,
        })
    }
}

/// Layer, class, what each gets where all places of the rows get the same, year.
type Key = (usize, usize, Option<i64>, usize);

/// What a value that is grouped by is called.
fn label(totals: &Totals, row: usize, by: usize) -> Name {
    let (policy, id) = (totals.allocation().policy(), totals.key(row, by));
    let named =
        |list: &[crate::policy::Named]| list.iter().find(|named| named.id == id).map(|named| named.name.clone());
    let name = match totals.by().get(by) {
        Some(Grouping::Layer) => policy.layers().iter().find(|layer| layer.id == id).map(|layer| layer.name.clone()),
        Some(Grouping::Class) => policy.classes().iter().find(|class| class.id == id).map(|class| class.name.clone()),
        Some(Grouping::Kind) => named(policy.kinds()),
        Some(Grouping::Designation) => named(policy.designations()),
        Some(Grouping::Payer) => named(policy.payers()),
        Some(Grouping::Year) => Some(Name { zh: format!("{id}年"), en: id.clone() }),
        _ => None,
    };
    name.unwrap_or_else(|| if id.is_empty() { Name::new("未列明", "not stated") } else { Name::both(&id) })
}

impl TotalExplanation {
    /// Tells what its parts rest on.
    pub(super) fn rests(&self, rests: &mut Rests<'_>) {
        for part in &self.parts {
            let (class, layer) = part.of;
            rests.on_amount(ClassIndex::new(class), LayerIndex::new(layer));
        }
    }
}

impl Explains for &TotalExplanation {
    fn lines(&self, lang: Lang) -> Vec<String> {
        let mut lines = vec![words::TOTAL_OF.with(&[&self.name, &self.amount, &self.unit]).to_text(lang)];
        lines.extend(self.parts.iter().zip(1_usize..).map(|(part, number)| {
            let cited = part.clause.as_ref().map_or_else(String::new, |clause| match lang {
                Lang::Zh => format!("（依据 {clause}）"),
                Lang::En => format!(" [{clause}]"),
            });
            format!("{number}. {}{cited}", part.text.get(lang))
        }));
        lines
    }

    fn parts(&self, policy: &Policy, lang: Lang) -> Vec<FormPart<'static>> {
        let titles = columns(
            lang,
            &[
                ("年度", "Years", ColumnKind::Text),
                ("安排层级", "Layer", ColumnKind::Text),
                ("类别", "Class", ColumnKind::Text),
                ("处数", "Places", ColumnKind::Integer),
                ("每处每年", "Each, a year", ColumnKind::Amount),
                ("金额", "Amount", ColumnKind::Amount),
                ("单位名称", "Which", ColumnKind::Text),
                ("条款", "Clause", ColumnKind::Text),
            ],
        );
        let mut rows: Vec<ReportRow<'static>> = Vec::new();
        for part in &self.parts {
            let class = policy.classes().get(part.of.0).map_or("", |class| class.name.get(lang));
            let names = part.names.join(lang.pick("、", ", "));
            let more = if part.names_left_out == 0 { "" } else { lang.pick("等", ", …") };
            let cells = vec![
                text(&part.span),
                text(super::layer_name(policy, &part.layer, lang)),
                text(class),
                Cell::Integer(i64::try_from(part.places).unwrap_or(i64::MAX)),
                part.fen.0.map_or(Cell::Blank, Cell::Amount),
                Cell::Amount(part.fen.1),
                text(&[&names, more].concat()),
                text(part.clause.as_deref().unwrap_or_default()),
            ];
            rows.push(ReportRow { kind: RowKind::Row, cells });
        }
        let mut total = vec![text(lang.pick("合计", "Total"))];
        total.extend([
            Cell::Blank,
            Cell::Blank,
            Cell::Blank,
            Cell::Blank,
            Cell::Amount(self.fen),
            Cell::Blank,
            Cell::Blank,
        ]);
        rows.push(ReportRow { kind: RowKind::Total, cells: total });
        let (title, unit, notes) = (self.name.get(lang).to_owned(), self.unit, Vec::new());
        vec![FormPart::Table(Report { lang, title, unit, decimals: None, columns: titles, rows: rows.into(), notes })]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::roster::RosterBuilder;
    use crate::rows::records::{Cell, RowBuilder};

    #[test]
    fn places_unlike_get_from_the_least_to_the_most() {
        // 100 among 7 places: 14.285714 each, a step more for two of the first row, whose counties then pay a step less.
        let policy: Policy = serde_json::from_str(
            r#"{ "id": "p", "title": { "zh": "p" }, "years": [2024, 2024], "unit": "万元", "payers": { "city": {} },
                "layers": [
                    { "id": "city", "payer": "city", "limit": { "amount": 100, "rule": "proportional" } },
                    { "id": "county", "payer": "county" }
                ],
                "classes": [
                    { "id": "c", "standard": 100, "funding": { "city": 60, "county": { "top_up_to": "standard" } } }
                ] }"#,
        )
        .unwrap();
        let mut builder = RosterBuilder::new(&policy, &[("name", None), ("county", None), ("count", None)]);
        for (name, count) in [("a", "4"), ("b", "3")] {
            builder.push_row(None, &[Cell::Text(name), Cell::Text("East"), Cell::Number(count)]);
        }
        let (allocation, _) = Allocation::new(&policy, &builder.finish().unwrap().0).unwrap();
        let totals = allocation.explain_totals(&[Grouping::County], None, Unit::Wan).unwrap();
        let english: Vec<&str> = totals[0].parts.iter().map(|part| part.text.get(Lang::En)).collect();
        assert_eq!(
            english,
            [
                "2024, city, c: 4 places, 14.285714 to 14.285715 each, 57.142858 万元 in all; a",
                "2024, city, c: 3 × 14.285714 = 42.857142 万元; b",
                "2024, county, c: 4 places, 85.714285 to 85.714286 each, 342.857142 万元 in all; a",
                "2024, county, c: 3 × 85.714286 = 257.142858 万元; b",
            ]
        );
        let chinese = totals[0].parts[2].text.get(Lang::Zh);
        assert_eq!(chinese, "2024年 county，c：4 处，每处 85.714285 至 85.714286，共 342.857142 万元；a");
    }
}
