//! The sheet of the policy: its numbers by year, each in a named cell.

use num_rational::BigRational;
use num_traits::ToPrimitive;
use rust_decimal::Decimal;

use super::model::cell;
use super::{
    Allowed, Cell, Content, FIRST, HEADER, Look, On, Restricted, Sheet, Stored, Width, Workbook, range, stored, whole,
    widths,
};
use crate::engine::formula::parameters::Parameter;
use crate::ground::ids::At as _;
use crate::ground::number::decimal;

impl Workbook<'_> {
    pub(super) fn policy_sheet(&self) -> Sheet<'_> {
        let (first, last) = self.policy_year_columns();
        let mut sheet = self.sheet(On::Policy, move |each| self.policy_cells(each));
        let years = self.years();
        sheet.widths = widths(&[24, 28, 10, 12]);
        sheet.widths.extend(widths(&vec![14; years.into()]));
        sheet.widths.extend(widths(&[32, 44]));
        let folded = years.saturating_mul(2).saturating_add(2);
        let folded = (0..folded).map(|_| Width { characters: 18, is_folded: true, is_text: false });
        sheet.widths.extend(folded);
        sheet.frozen = (FIRST, 2);
        sheet.repeated = Some(HEADER);
        sheet.printed = last.saturating_add(1);
        sheet.merged = Self::head_merges(last);
        let mut row = FIRST;
        for parameter in self.order.iter().filter_map(|number| self.parameter(*number)) {
            let allowed = if parameter.is_not_negative() { Allowed::NotNegative } else { Allowed::Number };
            sheet.restricted.push(Restricted { rows: (row, row), columns: (first, last), allowed });
            row = row.saturating_add(1);
        }
        sheet.last_row = row;
        sheet
    }

    /// The number of a cell in a year, as people write it.
    fn shown(parameter: &Parameter, at: usize) -> Content {
        let scale = parameter.places.map_or(parameter.scale, |_| 1);
        let number = parameter.values.get(at).map(|value| value * num_bigint::BigInt::from(scale));
        let exact = number.as_ref().and_then(exact_decimal);
        // A cell keeps 15 digits.
        match exact {
            Some(number) if digits(number) <= 15 => Content::Number(number),
            Some(number) => Content::Text(number.to_string()),
            None => Content::Text(number.map(|number| number.to_string()).unwrap_or_default()),
        }
    }

    fn policy_cells(&self, each: &mut dyn FnMut(Cell)) {
        let (first, last) = self.policy_year_columns();
        let remark = self.word(
            "黄色单元格可以修改；浅黄色的年度随上一年度，直至另行填写。灰色数值只用于未列公式的金额，改动后不会重算。",
            "Yellow cells may be changed; a pale one follows the year before until it is filled in. What rests on grey numbers is not computed again.",
        );
        self.head(self.word("政策参数", "Policy"), remark, each);
        self.unit_cell(last, each);
        let mut header = |column: u16, text: String| each(Cell::new(HEADER, column, Look::Header, Content::Text(text)));
        for (column, text) in (0..).zip([
            self.word("对象", "Of"),
            self.word("参数", "Number"),
            self.word("条款", "Clause"),
            self.word("计数", "Counts"),
        ]) {
            header(column, text.to_owned());
        }
        let years = || self.data.years.iter();
        for (column, year) in (first..).zip(years()) {
            header(column, [&year.to_string(), self.word("年", "")].concat());
        }
        header(last.saturating_add(1), self.word("单元格名称", "Name of the cells").to_owned());
        header(last.saturating_add(2), self.word("路径（--set）", "Path (--set)").to_owned());
        let (whole_first, whole_last) = self.whole_columns();
        for (column, year) in (whole_first..).zip(years()) {
            header(column, [&year.to_string(), self.word("整数", " whole")].concat());
        }
        header(whole_last.saturating_add(1), self.word("最大", "Greatest").to_owned());
        for (column, year) in (whole_last.saturating_add(2)..).zip(years()) {
            header(column, [&year.to_string(), self.word("原值", " at first")].concat());
        }
        header(whole_last.saturating_add(2).saturating_add(self.years()), self.word("改动", "Changed").to_owned());
        for (row, number) in (FIRST..).zip(&self.order) {
            self.parameter_row(row, *number, each);
        }
    }

    fn parameter_row(&self, row: u32, number: usize, each: &mut dyn FnMut(Cell)) {
        let (Some(parameter), Some((called, name))) = (self.parameter(number), self.called.get(number)) else { return };
        let (first, last) = self.policy_year_columns();
        let (whole_first, whole_last) = self.whole_columns();
        let is_read = self.plan.is_read.at(number);
        let mut text = |column: u16, text: &str| {
            each(Cell::new(row, column, Look::Text, Content::Text(text.to_owned())));
        };
        text(0, &called.owner);
        text(1, &called.what);
        text(2, called.clause.as_deref().unwrap_or_default());
        let counts = match parameter.places {
            Some(places) => match self.options.lang {
                crate::ground::language::Lang::Zh => format!("至多{places}位小数"),
                crate::ground::language::Lang::En => format!("{places} decimals"),
            },
            None => match self.options.lang {
                crate::ground::language::Lang::Zh => format!("{}分之几", parameter.scale),
                crate::ground::language::Lang::En => format!("1/{}", parameter.scale),
            },
        };
        text(3, &counts);
        text(last.saturating_add(1), name);
        text(last.saturating_add(2), &parameter.path);
        let originals = whole_last.saturating_add(2);
        let mut same = Vec::new();
        for (at, offset) in (0..self.data.years.len()).zip(0_u16..) {
            let column = first.saturating_add(offset);
            let content = Self::shown(parameter, at);
            let follows =
                at.checked_sub(1).is_some_and(|before| parameter.values.get(before) == parameter.values.get(at));
            let (look, own) = match (&content, follows) {
                (Content::Number(number), true) => {
                    let before = cell(column.saturating_sub(1), row);
                    (Look::FollowingInput, Content::Formula(before, Stored::Number(*number)))
                }
                _ => (Look::Input, content.clone()),
            };
            each(Cell::new(row, column, if is_read { look } else { Look::Fixed }, own));
            let typed = cell(column, row);
            let scale = if parameter.places.is_some() { parameter.scale } else { 1 };
            let below = if parameter.is_not_negative() { format!(",{typed}<0") } else { String::new() };
            // The nearest whole number is the number only if it divides back to what was typed.
            let product = if scale == 1 { typed.clone() } else { format!("{typed}*{scale}") };
            let formula = format!(
                "IF(OR({typed}=\"\"{below}),NA(),IF(INT({product}+0.5)/{scale}={typed},INT({product}+0.5),NA()))"
            );
            let value = parameter.whole(at);
            let is_number = matches!(content, Content::Number(_));
            let own = match value {
                // What a cell cannot hold no formula reads.
                Some(value) if !is_number => Content::Number(whole(value)),
                value => Content::Formula(formula, stored(value)),
            };
            each(Cell::new(row, whole_first.saturating_add(offset), Look::Helper, own));
            let original = originals.saturating_add(offset);
            each(Cell::new(row, original, Look::Helper, content));
            same.push(format!("{typed}={}", cell(original, row)));
        }
        let wholes = range((whole_first, whole_last), (row, row));
        let greatest = (0..self.data.years.len()).filter_map(|at| parameter.whole(at)).map(i128::saturating_abs).max();
        let formula = format!("MAX(MAX({wholes}),-MIN({wholes}))");
        each(Cell::new(row, whole_last.saturating_add(1), Look::Helper, Content::Formula(formula, stored(greatest))));
        let formula = format!("IF(AND({}),0,1)", same.join(","));
        let changed = originals.saturating_add(self.years());
        each(Cell::new(row, changed, Look::Helper, Content::Formula(formula, Stored::Number(whole(0)))));
    }

    /// The cells that say which numbers of the policy are changed.
    pub(super) fn changed_parameters(&self) -> String {
        let column = self.whole_columns().1.saturating_add(2).saturating_add(self.years());
        self.on(On::Policy, &range((column, column), Self::rows(self.order.len())))
    }
}

/// A fraction as a decimal, if it is one of at most 28 digits.
fn exact_decimal(number: &BigRational) -> Option<Decimal> {
    let places = (0_u32..=28)
        .find(|places| (num_bigint::BigInt::from(10).pow(*places) % number.denom()) == num_bigint::BigInt::ZERO)?;
    let mantissa = (number * num_bigint::BigInt::from(10).pow(places)).to_integer().to_i128()?;
    decimal(mantissa, places).map(|number| number.normalize())
}

/// How many digits a number has from its first to its last that is not 0.
pub(super) fn digits(number: Decimal) -> usize {
    number.normalize().mantissa().unsigned_abs().to_string().trim_end_matches('0').len()
}
