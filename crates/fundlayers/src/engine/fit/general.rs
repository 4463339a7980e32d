//! Conditions of classes that read more than the columns of a row: figures, aggregates, the year.

use std::cell::{OnceCell, RefCell};
use std::ops::Range;

use num_rational::BigRational;

use super::All;
use crate::engine::aggregates::{Aggregates, Gatherable, Gathering, Members, OfAll, add_sums};
use crate::engine::columns::Columns;
use crate::engine::exact::Exact;
use crate::engine::faults::{Fault, Reader, at, fault_problem};
use crate::engine::gather::{compiled, gather_rows, has_blank_groups};
use crate::engine::program::{Around, Compiler, LastYear, Program, Tree, Unfit};
use crate::engine::settle::plan::Plan;
use crate::engine::settle::{Settled, Sums};
use crate::engine::world::{Gathered, World};
use crate::ground::catalogue::engine as words;
use crate::ground::ids::{AggregateIndex, LayerIndex, PoolIndex, index};
use crate::ground::money::Amount;
use crate::ground::problem::{Code, Problem, Problems};
use crate::ground::sure::Sure;
use crate::policy::{Aggregate, Policy};
use crate::roster::Places;

/// So many rows are looked at together: fewer, the more classes and years there are, so that memory is bounded.
const ROWS: (usize, usize) = (1 << 6, 1 << 12);
/// Rows by class and year.
const CELLS: usize = 1 << 22;

/// What such conditions say of the rows of a roster.
pub(super) struct General<'c, 'a> {
    columns: &'c Columns<'a>,
    /// Of which places numbers are that many come to.
    all: All<'a>,
    aggregates: Aggregates,
    /// By class and year; none where only the exact way tells.
    programs: Box<[OnceCell<Option<Box<Program<'c>>>>]>,
    together: RefCell<Together>,
    faults: RefCell<Vec<(usize, u16, Fault)>>,
}

/// What programs say of some rows.
#[derive(Default)]
struct Together {
    rows: Range<usize>,
    /// By class and year, as far as it was asked for: of each of these rows; none of one for the exact way.
    holds: Vec<Vec<Option<bool>>>,
}

impl<'c, 'a> General<'c, 'a> {
    pub(super) fn new(columns: &'c Columns<'a>, all: All<'a>) -> Self {
        let cells = columns.policy.classes().len().saturating_mul(columns.policy.years().len());
        Self {
            columns,
            all,
            aggregates: Aggregates::new(columns.policy),
            programs: (0..cells).map(|_| OnceCell::new()).collect(),
            together: RefCell::default(),
            faults: RefCell::default(),
        }
    }

    /// Those of some classes that serve a row, the same in each of its years; else what is wrong, unless that is said
    /// elsewhere.
    pub(super) fn serving(
        &self,
        found: &[usize],
        row: usize,
        (first, last): (u16, u16),
    ) -> Result<Vec<usize>, Option<Problem>> {
        let policy = self.columns.policy;
        let mut by_year: Vec<(u16, Vec<usize>)> = Vec::new();
        for year in first..=last {
            let mut serving = Vec::new();
            for class in found {
                if let Some(holds) = self.by_columns(*class, year, row) {
                    serving.extend(Some(*class).filter(|_| holds));
                    continue;
                }
                let conditions = policy.classes().get(*class).map_or(&[][..], |class| &class.conditions);
                let mut exact = Exact::new(policy, self.columns, None, year, row, &[], self);
                match exact.holds(conditions) {
                    Some(true) => serving.push(*class),
                    Some(false) => {}
                    None => {
                        exact.faults.into_iter().for_each(|fault| self.fault(row, year, fault));
                        return Err(None);
                    }
                }
            }
            by_year.push((year, serving));
        }
        // A year without a class, or with several, is said before what changes.
        let odd = by_year
            .iter()
            .find(|(_, serving)| serving.len() != 1)
            .or(by_year.first())
            .map(|(_, serving)| serving.clone());
        let serving = odd.unwrap_or_default();
        let changed = by_year.iter().find(|(_, other)| serving.len() == 1 && *other != serving);
        let Some((year, other)) = changed else { return Ok(serving) };
        let id = |classes: &[usize]| {
            let class = classes.first().and_then(|class| policy.classes().get(*class));
            class.map_or("", |class| class.id.as_str())
        };
        let message = words::CLASS_CHANGES.with(&[&first, &id(&serving), year, &id(other)]);
        let problem = Problem::new(Code::ClassChanges, message).found(self.columns.roster.name(row));
        Err(Some(at(self.columns.roster, row, problem.expected(words::ROWS_BY_YEARS))))
    }

    /// Whether the conditions of a class hold in a row and year, as far as its columns tell; of rows that ascend, some are looked at
    /// together.
    fn by_columns(&self, class: usize, year: u16, row: usize) -> Option<bool> {
        let years = self.columns.policy.years();
        let at = class.saturating_mul(years.len()).saturating_add(usize::from(year.checked_sub(*years.start())?));
        let program = self.programs.get(at)?.get_or_init(|| self.program(class, year).map(Box::new)).as_ref()?;
        let together = &mut *self.together.borrow_mut();
        if !together.rows.contains(&row) {
            let (least, most) = ROWS;
            let rows = CELLS.checked_div(self.programs.len()).unwrap_or(most).clamp(least, most);
            together.rows = row..row.saturating_add(rows).min(self.columns.roster.len());
            together.holds.iter_mut().for_each(Vec::clear);
            together.holds.resize_with(self.programs.len(), Vec::new);
        }
        let holds = together.holds.get_mut(at)?;
        if holds.is_empty() {
            let rows: Vec<u32> = together.rows.clone().filter_map(|row| u32::try_from(row).ok()).collect();
            program.run_values(&rows.into(), |_, value| holds.push(value.map(|(_, holds)| holds)));
        }
        holds.get(row.checked_sub(together.rows.start)?).copied().flatten()
    }

    fn program(&self, class: usize, year: u16) -> Option<Program<'c>> {
        let class = self.columns.policy.classes().get(class)?;
        let guards = self.compiled(year, |compiler| compiler.guards(&class.conditions)).ok()?;
        let nothing = Tree::Number(BigRational::default());
        Program::of_values(&nothing, &guards, self.columns, &[]).map(|(program, _)| program)
    }

    /// Made ready for columns, where the class is not known.
    fn compiled<T>(&self, year: u16, compile: impl FnOnce(&mut Compiler<'_>) -> Result<T, Unfit>) -> Result<T, Unfit> {
        // Nothing is read of it.
        let any = self.columns.policy.classes().first().ok_or(Unfit)?;
        let groups = |aggregate| match self.all {
            All::Unknown => None,
            _ => self.aggregates.groups(self, aggregate, year),
        };
        let around = Around { groups: &groups, last_year: &|_| LastYear::Unknown };
        compile(&mut Compiler::new(self.columns, (any, year), &[], None, &around))
    }

    /// The rows that are live in a year.
    fn live_rows(&self, year: u16) -> Vec<u32> {
        let (roster, years) = (self.columns.roster, self.columns.policy.years());
        let shapes = roster.shapes().iter().map(|shape| shape.years(&years).is_some_and(|own| own.contains(&year)));
        let is_live: Vec<bool> = shapes.collect();
        let rows = (0_u32..).zip(roster.shape_codes());
        rows.filter(|(_, shape)| is_live.get(index(**shape)).copied().sure()).map(|(row, _)| row).collect()
    }

    /// What came up on the way.
    pub(super) fn problems(self, problems: &mut Problems) {
        let mut faults = self.faults.into_inner();
        faults.sort_by_key(|(row, year, _)| (*row, *year));
        let mut said: Vec<(usize, Fault)> = Vec::new();
        for (row, year, fault) in faults {
            if said.iter().rev().take_while(|(of, _)| *of == row).any(|(_, known)| *known == fault) {
                continue;
            }
            if let Fault::Blank(attribute) = &fault {
                let id = self.columns.policy.attribute(*attribute).map_or("", |attribute| attribute.id.as_str());
                let problem = Problem::new(Code::BlankAttribute, words::BLANK_BUT_TELLS_CLASS).expected(words::FILL_IN);
                problems.push(at(self.columns.roster, row, problem).column(id));
            } else if let Some(problem) =
                fault_problem(self.columns.policy, self.columns.roster, (row, year, Reader::ConditionOfClass), &fault)
            {
                problems.push(problem);
            }
            said.push((row, fault));
        }
    }
}

impl World for General<'_, '_> {
    fn aggregate(&self, aggregate: AggregateIndex, year: u16, row: usize) -> Result<Gathered, Fault> {
        match self.all {
            All::Unknown => Err(Fault::Unknown),
            _ => self.aggregates.get(self, aggregate, year, row),
        }
    }

    /// A class is known before anything is computed.
    fn last_year(&self, _: LayerIndex, _: u16, _: usize) -> Result<Option<Amount>, Fault> {
        Err(Fault::Unknown)
    }

    fn pool_part(&self, _: PoolIndex, _: u16, _: usize) -> Option<BigRational> {
        None
    }
}

impl Gatherable for General<'_, '_> {
    fn columns(&self) -> &Columns<'_> {
        self.columns
    }

    fn class_of(&self, _: usize) -> Option<usize> {
        None
    }

    fn gather_columns(&self, aggregate: &Aggregate, year: u16, codes: &[u32], groups: &mut Gathering) -> bool {
        if has_blank_groups(aggregate, self.columns) {
            return false;
        }
        let Ok(number) = self.compiled(year, |compiler| compiled(aggregate, compiler)) else { return false };
        gather_rows(&number, (self.columns, &[]), &self.live_rows(year).into(), codes, groups)
    }

    fn live(&self, year: u16) -> Vec<(usize, Option<usize>)> {
        self.live_rows(year).into_iter().map(|row| (index(row), None)).collect()
    }

    fn members(&self, row: usize, _: Option<usize>, _: u16) -> Vec<Members> {
        vec![Members { count: self.columns.roster.count(row), layers: Vec::new() }]
    }

    fn settled(&self, number: AggregateIndex, year: u16) -> Option<OfAll<'_>> {
        match self.all {
            All::Settled(settled) => Some(OfAll(settled.aggregate(number, year))),
            _ => None,
        }
    }

    fn fault(&self, row: usize, year: u16, fault: Fault) {
        self.faults.borrow_mut().push((row, year, fault));
    }
}

/// What a part of a roster adds to a pass in which the numbers are found that tell classes apart, this being known already.
pub(crate) fn sums(policy: &Policy, roster: &Places, settled: &Settled, plan: &Plan) -> Result<Sums, Problems> {
    let columns = Columns::new(policy, roster);
    let general = General::new(&columns, All::Settled(settled));
    let mut sums = Sums::default();
    for (number, year) in plan.of_classes(settled) {
        let faults = add_sums(&general, &general.aggregates, settled, (number, year), &mut sums);
        for (row, fault) in faults {
            general.fault(row, year, fault);
        }
    }
    let mut problems = Problems::new();
    general.problems(&mut problems);
    if problems.is_empty() { Ok(sums) } else { Err(problems) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::engine::roster::RosterBuilder;
    use crate::rows::records::{Cell, RowBuilder};

    /// What tells one class; the other has what it has not.
    fn policies() -> impl Strategy<Value = Policy> {
        let x = |function: &str, over: &[&str]| json!({ "aggregate": function, "of": "x", "over": over });
        let tests = vec![
            json!({ "x": { "below": x("mean", &[]) } }),
            json!({ "x": { "at_least": x("mean", &["county"]), "below": { "rate": 2, "of": x("median", &[]) } } }),
            json!({ "x": [{ "rate": "1/2", "of": x("greatest", &["county"]) }, x("least", &["county"])] }),
            json!({ "share": { "above": "0.25" } }),
            json!({ "part": { "at_most": { "aggregate": "mean", "of": "part", "where": { "x": { "above": 0 } } } } }),
            json!({ "any": [{ "x": { "below": x("sum", &["county"]) }, "county": ["甲县"] }, { "year": { "at_least": 2025 } }] }),
            json!({ "not": { "x": { "above": { "rate": 20, "of": { "aggregate": "count", "over": ["county"] } } } } }),
        ];
        prop::sample::select(tests).prop_map(|test| {
            serde_json::from_value(json!({
                "id": "e", "title": { "zh": "例" }, "years": [2024, 2025], "unit": "元", "payers": { "city": {} },
                "attributes": { "x": { "type": "number" } }, "layers": [{ "id": "l", "payer": "city" }],
                "figures": [
                    { "id": "share", "value": { "quotient": ["x", { "aggregate": "sum", "of": "x", "over": ["county"] }], "if_zero": 1 } },
                    { "id": "part", "value": { "rate": "1/7", "of": "x" } }
                ],
                "classes": [
                    { "id": "one", "where": test, "funding": { "l": 1 } },
                    { "id": "other", "where": { "not": test }, "funding": { "l": 2 } }
                ]
            }))
            .unwrap()
        })
    }

    proptest! {
        /// What programs say of rows together, the exact way says of each, whatever is blank.
        #[test]
        fn programs_tell_classes_as_the_exact_way_does(
            policy in policies(),
            places in prop::collection::vec((0_usize..3, prop::option::weighted(0.95, 0_u32..60), 1_u32..4, any::<bool>()), 1..30),
        ) {
            let mut builder = RosterBuilder::new(&policy, &["name", "county", "x", "count", "from"].map(|title| (title, None)));
            // Classes are not looked for as it is read.
            builder.after_rows(0);
            for (number, (county, x, count, early)) in places.iter().enumerate() {
                let x = x.map_or_else(String::new, |x| x.to_string());
                let from = if *early { "2024" } else { "2025" };
                let cells = [&number.to_string(), ["甲县", "乙县", "丙县"][*county], &x, &count.to_string(), from];
                builder.push_row(None, &cells.map(Cell::Text));
            }
            let (roster, _) = builder.finish().unwrap();
            let columns = Columns::new(&policy, &roster);
            let general = General::new(&columns, All::These);
            let mut told = 0;
            for row in 0..roster.len() {
                for year in 2024..=2025 {
                    for (number, class) in policy.classes().iter().enumerate() {
                        let Some(holds) = general.by_columns(number, year, row) else { continue };
                        told += 1;
                        let mut exact = Exact::new(&policy, &columns, None, year, row, &[], &general);
                        prop_assert_eq!(exact.holds(&class.conditions), Some(holds), "{} {}", row, year);
                    }
                }
            }
            // Of all rows that are there in the year, where nothing is blank and no sum is 0.
            if places.iter().all(|(_, x, ..)| x.is_some_and(|x| x > 0)) {
                let years: usize = places.iter().map(|(.., early)| if *early { 2 } else { 1 }).sum();
                prop_assert!(told >= years * 2, "{} of {}", told, years);
            }
        }
    }
}
