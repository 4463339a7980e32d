//! What of an allocation becomes formulas, and what stays a value.

use super::expression::{Check, Expression, Leaves, Place, Size};
use super::parameters::{Parameter, Parameters, Room};
use super::{Formula, Formulas, LIMIT, Why};
use crate::engine::columns::Columns;
use crate::engine::store::AllocationData;
use crate::ground::ids::At as _;
use crate::ground::ids::{AttributeIndex, FigureIndex, LayerIndex};
use crate::policy::rule::algebra::Algebra;
use crate::policy::{AttributeType, Class, Policy, Subject};

/// What becomes of a class in a layer.
#[derive(Debug, Clone)]
pub(crate) enum Planned {
    /// The class does not list the layer.
    Nothing,
    Formula(Formula),
    Value(Why),
}

/// What tells a class.
#[derive(Debug, Clone)]
pub(crate) struct ClassCheck {
    /// Kind and designation.
    pub(crate) words: Check,
    /// Texts that must not be blank where these are right.
    pub(crate) blanks: Vec<Check>,
    pub(crate) conditions: Check,
}

/// An allocation as cells.
pub(crate) struct Plan {
    pub(crate) parameters: Vec<Parameter>,
    /// Whether a formula reads it, by parameter.
    pub(crate) is_read: Vec<bool>,
    /// Decimals of number attributes, by index.
    pub(crate) places: Vec<Option<u32>>,
    /// Whether numbers of an attribute are nowhere below 0 and are to stay so, by index.
    pub(crate) not_negative: Vec<bool>,
    /// Number attributes that formulas read.
    pub(crate) attributes: Vec<AttributeIndex>,
    /// By layer × class.
    pub(crate) layers: Vec<Vec<Planned>>,
    /// What tells the classes; none if that is no formula.
    pub(crate) classes: Option<Vec<ClassCheck>>,
    /// The numbers of `classes` that have to stay below the limit.
    pub(crate) class_size: Size,
}

/// The generous way first: the more decimals a cell may have, the larger are the whole numbers.
const ROOMS: [(u32, u32, u32, i128); 4] = [(6, 4, 2, 10), (6, 2, 0, 10), (2, 2, 0, 10), (0, 0, 0, 1)];

impl Plan {
    pub(crate) fn new(data: &AllocationData, columns: &Columns<'_>) -> Self {
        let mut plans = ROOMS.iter().map(|(amounts, rates, attributes, spare)| {
            let amounts = if *amounts == 6 { data.policy.unit().places() } else { *amounts };
            let room = Room { amounts, rates: *rates, attributes: *attributes };
            Self::with_room(data, columns, room, *spare)
        });
        let least = plans.next_back();
        let most = least.as_ref().map_or(0, Self::number_of_formulas);
        let mut plan = plans.find(|plan| plan.number_of_formulas() >= most).or(least).unwrap_or_else(Self::nothing);
        plan.keep_what_agrees(data, columns);
        plan.note_what_is_read();
        plan
    }

    const fn nothing() -> Self {
        Self {
            parameters: Vec::new(),
            is_read: Vec::new(),
            places: Vec::new(),
            not_negative: Vec::new(),
            attributes: Vec::new(),
            layers: Vec::new(),
            classes: None,
            class_size: Size::Whole(0),
        }
    }

    fn number_of_formulas(&self) -> usize {
        let formulas = self.layers.iter().flatten().filter(|planned| matches!(planned, Planned::Formula(_)));
        formulas.count().saturating_add(self.classes.is_some().into())
    }

    fn with_room(data: &AllocationData, columns: &Columns<'_>, room: Room, spare: i128) -> Self {
        let policy = &data.policy;
        let parameters = Parameters::new(&data.years, room);
        let places = decimals(policy, columns, room.attributes);
        let mut plan = Self { places, ..Self::nothing() };
        plan.not_negative = not_negative(policy, columns);
        // In the order of the document.
        for class in policy.classes() {
            let mut formulas = Formulas::new(columns, &parameters, &plan.places, Some(class));
            _ = formulas.class_check(&class.conditions);
            _ = class.standard.as_ref().map(|standard| standard.eval(&mut formulas));
            for rule in class.funding.iter().flatten() {
                _ = rule.eval(&mut formulas);
            }
        }
        others(policy, Formulas::new(columns, &parameters, &plan.places, None));
        let mut layers = Vec::new();
        for (number, layer) in policy.layers().iter().enumerate() {
            let of_class = |class| {
                let class: &Class = class;
                let Some(rule) = class.funding.get(number).and_then(Option::as_ref) else { return Planned::Nothing };
                if layer.limit.is_some() {
                    return Planned::Value(Why::Limit);
                }
                let formulas = Formulas::new(columns, &parameters, &plan.places, Some(class));
                formulas.formula(rule, layer).map_or_else(Planned::Value, Planned::Formula)
            };
            layers.push(policy.classes().iter().map(of_class).collect::<Vec<_>>());
        }
        let classes = class_checks(policy, &|| Formulas::new(columns, &parameters, &plan.places, None));
        plan.parameters = parameters.into_list();
        let sizes = Sizes::new(data, columns, &plan);
        for planned in layers.iter_mut().flatten() {
            if let Planned::Formula(formula) = planned
                && formula.size.at_present(&sizes).saturating_mul(spare) >= LIMIT
            {
                *planned = Planned::Value(Why::TooLarge);
            }
        }
        let classes = classes.filter(|(_, size)| size.at_present(&sizes).saturating_mul(spare) < LIMIT);
        (plan.classes, plan.class_size) = classes.map_or((None, Size::Whole(0)), |(list, size)| (Some(list), size));
        plan.layers = layers;
        plan
    }

    /// A formula that does not give what the engine gave has no place in a workbook.
    fn keep_what_agrees(&mut self, data: &AllocationData, columns: &Columns<'_>) {
        let mut wrong = Vec::new();
        for row in 0..data.roster.len() {
            for (at, year) in data.years.iter().enumerate() {
                let Some(class) = data.group(row).filter(|group| group.is_live(*year)).and_then(|group| group.class)
                else {
                    continue;
                };
                if data.split(row, at).is_some() {
                    continue;
                }
                for (layer, planned) in self.layers.iter().enumerate() {
                    let Some(Planned::Formula(formula)) = planned.get(class) else { continue };
                    let made = self.values(data, columns, (row, at), |place| formula.values(place).1);
                    if made != Some(data.place_fen(row, at, layer).into()) && !wrong.contains(&(layer, class)) {
                        wrong.push((layer, class));
                    }
                }
            }
        }
        for (layer, class) in wrong {
            if let Some(planned) = self.layers.get_mut(layer).and_then(|classes| classes.get_mut(class)) {
                *planned = Planned::Value(Why::Differs);
            }
        }
        let Some(checks) = &self.classes else { return };
        let agrees = (0..data.roster.len()).all(|row| {
            let group = data.group(row);
            data.years.iter().enumerate().filter(|(_, year)| group.is_some_and(|group| group.is_live(**year))).all(
                |(at, _)| {
                    let found = self.values(data, columns, (row, at), |place| served(checks, place));
                    found == group.and_then(|group| group.class)
                },
            )
        });
        if !agrees {
            self.classes = None;
        }
    }

    fn note_what_is_read(&mut self) {
        let mut parameters = Vec::new();
        let mut attributes = Vec::new();
        let mut note = |expression: &Expression| {
            expression.each_part(&mut |part| match part {
                Expression::Parameter(parameter) => parameters.push(*parameter),
                Expression::Attribute(attribute) => attributes.push(*attribute),
                _ => {}
            });
        };
        for planned in self.layers.iter().flatten() {
            if let Planned::Formula(formula) = planned {
                formula.helpers.iter().chain([&formula.each]).for_each(&mut note);
            }
        }
        for check in self.classes.iter().flatten() {
            let read = Expression::If(
                Box::new(check.conditions.clone()),
                Box::new(Expression::Whole(0)),
                Box::new(Expression::Whole(0)),
            );
            note(&read);
        }
        self.is_read = (0..self.parameters.len()).map(|parameter| parameters.contains(&parameter)).collect();
        attributes.sort_unstable();
        attributes.dedup();
        self.attributes = attributes;
    }

    /// An attribute of a place as formulas have it; none if it is blank.
    pub(crate) fn attribute(&self, columns: &Columns<'_>, attribute: AttributeIndex, row: usize) -> Option<i128> {
        let places = self.places.get(attribute.number()).copied().flatten()?;
        let number = columns.raw(attribute, row)?.normalize();
        number.mantissa().checked_mul(10_i128.checked_pow(places.checked_sub(number.scale())?)?)
    }

    /// Calls with what formulas read of a row in a year.
    pub(crate) fn values<T>(
        &self,
        data: &AllocationData,
        columns: &Columns<'_>,
        (row, at): (usize, usize),
        read: impl FnOnce(&Place<'_>) -> T,
    ) -> T {
        let layers: Vec<Option<i128>> =
            (0..data.policy.layers().len()).map(|layer| Some(data.place_fen(row, at, layer).into())).collect();
        let place = Place {
            parameters: &|parameter| self.parameters.get(parameter)?.whole(at),
            attribute: &|attribute| self.attribute(columns, attribute, row),
            text: &|subject| text(data, columns, subject, row),
            flag: &|attribute| columns.subject_code(Subject::Attribute(attribute), row) == 1,
            layers: &layers,
            year: data.years.at(at),
        };
        read(&place)
    }
}

/// A text of a place; blank if it has none.
pub(crate) fn text<'a>(data: &'a AllocationData, columns: &Columns<'a>, subject: Subject, row: usize) -> &'a str {
    match subject {
        Subject::County => data.roster.county(row),
        Subject::Township => data.roster.township(row),
        Subject::Kind => data.roster.kind(row),
        Subject::Designation => data.roster.designation(row),
        Subject::Attribute(attribute) => columns.text(attribute, row).unwrap_or_default(),
        _ => "",
    }
}

/// The one class that serves a place.
fn served(checks: &[ClassCheck], place: &Place<'_>) -> Option<usize> {
    let mut found = None;
    for (class, check) in checks.iter().enumerate() {
        if check.serves(place)? {
            if found.is_some() {
                return None;
            }
            found = Some(class);
        }
    }
    found
}

impl ClassCheck {
    /// Whether it serves a place; none where a cell has an error.
    pub(crate) fn serves(&self, place: &Place<'_>) -> Option<bool> {
        if !self.words.holds(place, &[])? {
            return Some(false);
        }
        for blank in &self.blanks {
            if blank.holds(place, &[])? {
                return None;
            }
        }
        self.conditions.holds(place, &[])
    }
}

impl Formula {
    /// The helpers and the amount of one place.
    pub(crate) fn values(&self, place: &Place<'_>) -> (Vec<Option<i128>>, Option<i128>) {
        let mut helpers = Vec::new();
        for helper in &self.helpers {
            let value = helper.value(place, &helpers);
            helpers.push(value);
        }
        let each = self.each.value(place, &helpers);
        (helpers, each)
    }
}

/// Numbers of the policy that no class's rule reads by itself: they have cells too, and whoever changes one sees what is not
/// computed again.
fn others(policy: &Policy, mut formulas: Formulas<'_>) {
    for figure in 0..policy.figures().len() {
        _ = formulas.figure(FigureIndex::new(figure));
    }
    for pool in policy.pools() {
        for value in [Some(&pool.amount), pool.at_least.as_ref(), pool.at_most.as_ref()].into_iter().flatten() {
            _ = value.eval(&mut formulas);
        }
    }
    for limit in policy.layers().iter().filter_map(|layer| layer.limit.as_ref()) {
        _ = limit.amount.eval(&mut formulas);
    }
}

fn class_checks<'a>(policy: &Policy, begin: &dyn Fn() -> Formulas<'a>) -> Option<(Vec<ClassCheck>, Size)> {
    let mut checks = Vec::new();
    let mut sizes = Vec::new();
    for class in policy.classes() {
        let mut words = Vec::new();
        if let Some(kind) = class.kind.and_then(|kind| policy.kind(kind)) {
            words.push(Check::Text(Subject::Kind, kind.id.clone()));
        }
        if let Some(designation) = class.designation.and_then(|designation| policy.designation(designation)) {
            words.push(Check::Text(Subject::Designation, designation.id.clone()));
        }
        let mut formulas = begin();
        let (blanks, conditions) = formulas.class_check(&class.conditions).ok()?;
        // A condition that needs helpers is no formula of one cell.
        if !formulas.helpers.is_empty() {
            return None;
        }
        sizes.extend(formulas.sizes());
        checks.push(ClassCheck { words: Check::all(words), blanks, conditions });
    }
    Some((checks, Size::greatest(sizes)))
}

/// The decimals that the numbers of each attribute have.
fn decimals(policy: &Policy, columns: &Columns<'_>, least: u32) -> Vec<Option<u32>> {
    // As many digits as a cell keeps.
    const MOST: u32 = 14;
    let of = |at: usize| {
        let attribute = AttributeIndex::new(at);
        let rows = 0..columns.roster.len();
        let numbers = rows.filter_map(|row| columns.raw(attribute, row));
        let places = numbers.map(|number| number.normalize().scale()).max().unwrap_or(0);
        (places <= MOST).then_some(places.max(least))
    };
    let attributes = policy.attributes().iter().enumerate();
    attributes.map(|(at, data)| if data.attribute_type == AttributeType::Number { of(at) } else { None }).collect()
}

fn not_negative(policy: &Policy, columns: &Columns<'_>) -> Vec<bool> {
    let of = |at: usize| {
        let numbers = (0..columns.roster.len()).filter_map(|row| columns.raw(AttributeIndex::new(at), row));
        numbers.map(|number| number.mantissa()).all(|mantissa| mantissa >= 0)
    };
    (0..policy.attributes().len()).map(of).collect()
}

/// How large the leaves of sizes are in what was computed.
pub(crate) struct Sizes {
    parameters: Vec<i128>,
    attributes: Vec<i128>,
    layers: Vec<i128>,
}

impl Sizes {
    pub(crate) fn new(data: &AllocationData, columns: &Columns<'_>, plan: &Plan) -> Self {
        let parameter = |parameter: &Parameter| {
            let years = (0..parameter.values.len()).map(|year| parameter.whole(year).unwrap_or(i128::MAX));
            years.map(i128::saturating_abs).max().unwrap_or_default()
        };
        let attribute = |at: usize| {
            let rows = (0..data.roster.len()).filter_map(|row| plan.attribute(columns, AttributeIndex::new(at), row));
            rows.map(i128::saturating_abs).max().unwrap_or_default()
        };
        let layer = |layer: usize| {
            let years = 0..data.years.len();
            let most = |at: usize| {
                let fen = data.places_fen(at, layer);
                fen.iter().map(|fen| i128::from(*fen).saturating_abs()).max().unwrap_or_default()
            };
            years.map(most).max().unwrap_or_default()
        };
        Self {
            parameters: plan.parameters.iter().map(parameter).collect(),
            attributes: (0..data.policy.attributes().len()).map(attribute).collect(),
            layers: (0..data.policy.layers().len()).map(layer).collect(),
        }
    }
}

impl Leaves for Sizes {
    fn parameter(&self, parameter: usize) -> i128 {
        self.parameters.get(parameter).copied().unwrap_or(i128::MAX)
    }

    fn attribute(&self, attribute: AttributeIndex) -> i128 {
        self.attributes.get(attribute.number()).copied().unwrap_or(i128::MAX)
    }

    fn layer(&self, layer: LayerIndex) -> i128 {
        self.layers.get(layer.number()).copied().unwrap_or(i128::MAX)
    }
}
