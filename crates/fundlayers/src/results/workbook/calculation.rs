//! The sheet of amounts: one row for each place and year.

use super::model::{cell, letters};
use super::{
    CLASSES_LIMIT, Cell, Cells, Content, FIRST, FORMULA_LIMIT, HEADER, Look, On, Sheet, Stored, Why, Width, Workbook,
    range, stored, whole, widths, written,
};
use crate::engine::formula::expression::{Check, Expression, quoted};
use crate::engine::formula::plan::{ClassCheck, Planned};
use crate::ground::ids::At as _;
use crate::ground::ids::{AttributeIndex, LayerIndex};
use crate::ground::sure::Sure;
use crate::policy::Subject;

/// Where the columns of the sheet stand.
pub(super) struct Columns {
    /// Whether the class is a formula, so that each row has the formulas of all classes.
    pub(super) is_chosen: bool,
    class_name: u16,
    pub(super) year: u16,
    /// The first of the layers, in the unit of the policy; the total stands behind the last.
    pub(super) shown: u16,
    pub(super) total: u16,
    count: u16,
    code: u16,
    pub(super) class: u16,
    pub(super) layers: Vec<LayerColumns>,
    pub(super) end: u16,
}

/// The columns of a layer.
pub(super) struct LayerColumns {
    helpers: u16,
    number_of_helpers: u16,
    pub(super) each: u16,
    pub(super) whole: u16,
    pub(super) computed: u16,
    pub(super) agrees: u16,
}

const COUNTY: u16 = 2;

impl Columns {
    pub(super) fn new(book: &Workbook<'_>) -> Self {
        let policy = &book.data.policy;
        let is_chosen = book.plan.classes.is_some() && policy.classes().len() <= CLASSES_LIMIT;
        let number = u16::try_from(policy.layers().len()).unwrap_or(u16::MAX);
        let (class_name, year, shown) = (4_u16, 5_u16, 6_u16);
        let total = shown.saturating_add(number);
        let count = total.saturating_add(1);
        let code = count.saturating_add(1);
        let class = code.saturating_add(1);
        let mut next = class.saturating_add(1);
        let mut layers = Vec::new();
        for planned in &book.plan.layers {
            let helpers = planned.iter().map(|planned| match planned {
                Planned::Formula(formula) => formula.helpers.len(),
                _ => 0,
            });
            let number_of_helpers = u16::try_from(helpers.max().unwrap_or_default()).unwrap_or(u16::MAX);
            let each = next.saturating_add(number_of_helpers);
            layers.push(LayerColumns {
                helpers: next,
                number_of_helpers,
                each,
                whole: each.saturating_add(1),
                computed: each.saturating_add(2),
                agrees: each.saturating_add(3),
            });
            next = each.saturating_add(4);
        }
        Self { is_chosen, class_name, year, shown, total, count, code, class, layers, end: next.saturating_sub(1) }
    }

    /// A layer and class whose formula is longer than a cell holds.
    pub(super) fn too_long(&self, book: &Workbook<'_>) -> Option<(usize, usize)> {
        if book.data.roster.is_empty() || book.data.years.is_empty() {
            return None;
        }
        let cells = At { book, columns: self, row: book.data.roster.len().saturating_sub(1), year: 0, layer: 0 };
        if self.is_chosen && book.class_code(&cells).len() > FORMULA_LIMIT {
            return Some((0, 0));
        }
        for (layer, classes) in book.plan.layers.iter().enumerate() {
            let cells = At { layer, ..cells };
            // What one cell holds of all classes, and the class that takes most of it.
            let mut total = Vec::new();
            for (class, planned) in classes.iter().enumerate() {
                let Planned::Formula(formula) = planned else { continue };
                let all = formula.helpers.iter().chain([&formula.each]).enumerate();
                for (at, expression) in all {
                    // The amount is behind all helpers.
                    let at = if at == formula.helpers.len() { usize::MAX } else { at };
                    total.push((at, written(expression, &cells).len(), class));
                }
            }
            total.sort_unstable();
            let mut sum = 0_usize;
            let mut last = None;
            for (at, length, class) in total {
                sum = if self.is_chosen && last == Some(at) { sum.saturating_add(length) } else { length };
                last = Some(at);
                if sum.saturating_add(classes.len().saturating_mul(5)) > FORMULA_LIMIT {
                    return Some((layer, class));
                }
            }
        }
        None
    }
}

/// What formulas of a row read.
#[derive(Clone, Copy)]
struct At<'w, 'a> {
    book: &'w Workbook<'a>,
    columns: &'w Columns,
    /// The place.
    row: usize,
    /// The number of the year.
    year: usize,
    /// The layer that is computed.
    layer: usize,
}

impl At<'_, '_> {
    fn own(&self, column: u16) -> String {
        let row = self.book.calculation_row(self.row, self.year).saturating_add(1);
        ["$", &letters(column), &row.to_string()].concat()
    }
}

impl Cells for At<'_, '_> {
    fn parameter(&self, parameter: usize) -> String {
        self.book.parameter_cell(parameter, self.year)
    }

    fn attribute(&self, attribute: AttributeIndex) -> String {
        let place = cell(self.book.attribute_column(attribute), Workbook::roster_row(self.row));
        self.book.on(On::Helpers, &["$", &place].concat())
    }

    fn layer(&self, layer: LayerIndex) -> String {
        self.own(self.columns.layers.get(layer.number()).map_or(0, |layer| layer.each))
    }

    fn year(&self) -> String {
        self.own(self.columns.year)
    }

    fn helper(&self, helper: usize) -> String {
        let first = self.columns.layers.get(self.layer).map_or(0, |layer| layer.helpers);
        self.own(first.saturating_add(u16::try_from(helper).unwrap_or(u16::MAX)))
    }

    fn text(&self, subject: Subject) -> String {
        self.book.roster_cell(self.book.subject_key(subject), self.row)
    }

    fn word(&self, subject: Subject, text: &str) -> String {
        self.book.shown_text(subject, text)
    }

    fn yes(&self) -> &'static str {
        self.book.yes()
    }

    fn flag(&self, attribute: AttributeIndex) -> String {
        self.text(Subject::Attribute(attribute))
    }
}

impl Workbook<'_> {
    pub(super) fn calculation_sheet(&self) -> Sheet<'_> {
        let laid = self.laid();
        let mut sheet = self.sheet(On::Calculation, move |each| self.calculation_cells(each));
        sheet.widths = widths(&[18, 18, 12, 14, 20, 7]);
        sheet.widths.extend(widths(&vec![14; self.data.policy.layers().len().saturating_add(1)]));
        let folded = usize::from(laid.end.saturating_sub(laid.total));
        sheet.widths.extend((0..folded).map(|_| Width { characters: 14, is_folded: true, is_text: false }));
        sheet.frozen = (FIRST, 2);
        sheet.repeated = Some(HEADER);
        sheet.printed = laid.total;
        sheet.last_row = self.calculation_rows().1.saturating_add(1);
        sheet.merged = Self::head_merges(laid.total);
        sheet
    }

    /// All cells of a column.
    pub(super) fn calculation_range(&self, column: u16) -> String {
        self.on(On::Calculation, &range((column, column), self.calculation_rows()))
    }

    fn calculation_header(&self, each: &mut dyn FnMut(Cell)) {
        let laid = self.laid();
        let mut header = |column: u16, text: &str, note: Option<String>| {
            let title = Cell::new(HEADER, column, Look::Header, Content::Text(text.to_owned()));
            each(Cell { note, ..title });
        };
        for (column, text) in (0..).zip([
            self.word("编码", "Id"),
            self.word("名称", "Name"),
            self.word("区县", "County"),
            self.word("乡镇", "Township"),
            self.word("类别", "Class"),
            self.word("年度", "Year"),
        ]) {
            header(column, text, None);
        }
        for (column, (at, layer)) in (laid.shown..).zip(self.data.policy.layers().iter().enumerate()) {
            header(column, layer.name.get(self.options.lang), self.layer_note(at));
        }
        header(laid.total, self.word("合计", "Total"), None);
        header(laid.count, self.word("处数", "Places"), None);
        header(laid.code, self.word("类别码", "Class code"), None);
        header(laid.class, self.word("类别号", "Class no."), None);
        for (layer, columns) in self.data.policy.layers().iter().zip(&laid.layers) {
            let name = layer.name.get(self.options.lang);
            for at in 0..columns.number_of_helpers {
                let text = format!("{name} {}{}", self.word("中间数", "helper "), at.saturating_add(1));
                header(columns.helpers.saturating_add(at), &text, None);
            }
            for (column, zh, en) in [
                (columns.each, "每处（分）", "each (fen)"),
                (columns.whole, "该行（分）", "row (fen)"),
                (columns.computed, "原计算（分）", "as computed (fen)"),
                (columns.agrees, "一致", "agrees"),
            ] {
                header(column, &[name, " ", self.word(zh, en)].concat(), None);
            }
        }
    }

    /// Which classes of a layer are values, and why.
    fn layer_note(&self, layer: usize) -> Option<String> {
        let classes = self.data.policy.classes().iter().zip(self.plan.layers.get(layer)?);
        let values: Vec<String> = classes
            .filter_map(|(class, planned)| {
                let Planned::Value(why) = planned else { return None };
                Some([class.name.get(self.options.lang), self.word("：", ": "), self.reason(*why)].concat())
            })
            .collect();
        if values.is_empty() {
            return None;
        }
        let begin = self.word("灰色为数值，不随参数重算：", "Grey amounts are values and are not computed again: ");
        Some([begin, &values.join(self.word("；", "; "))].concat())
    }

    fn calculation_cells(&self, each: &mut dyn FnMut(Cell)) {
        let laid = self.laid();
        let remark = self.word(
            "金额由公式计算（右侧折叠列为分和中间数）；灰色为数值，不随参数重算。",
            "Amounts are formulas (fen and numbers on the way are folded away to the right); grey ones are values.",
        );
        self.head(self.word("测算表", "Calculation"), remark, each);
        self.unit_cell(laid.total, each);
        self.calculation_header(each);
        for row in 0..self.data.roster.len() {
            for at in 0..self.data.years.len() {
                self.place_row(row, at, each);
            }
        }
        // The totals.
        let (first, last) = self.calculation_rows();
        let total = last.saturating_add(1);
        let title = Cell::new(total, 0, Look::TotalText, Content::Text(self.word("合计", "Total").to_owned()));
        each(Cell { note: self.sums_note(), ..title });
        for column in 1..laid.shown {
            each(Cell::new(total, column, Look::TotalText, Content::Blank));
        }
        let unit = self.data.policy.unit();
        let mut all = 0_i128;
        for (column, (at, layer)) in (laid.shown..).zip(laid.layers.iter().enumerate()) {
            let sum = self.sum_of(at, |_, _| true);
            all = all.saturating_add(sum);
            let formula = format!("SUM({})/{}", range((layer.whole, layer.whole), (first, last)), unit.fen());
            let (look, content) = self.sum_content(Look::TotalAmount, formula, sum);
            each(Cell::new(total, column, look, content));
        }
        let own = [cell(laid.shown, total), cell(laid.total.saturating_sub(1), total)].join(":");
        let sum = if laid.layers.is_empty() { "0".to_owned() } else { self.fen_sum(total, &own) };
        let (look, content) = self.sum_content(Look::TotalAmount, sum, all);
        each(Cell::new(total, laid.total, look, content));
    }

    /// The sum of shown amounts, which are in the unit: from the fen.
    fn fen_sum(&self, _: u32, shown: &str) -> String {
        let laid = self.laid();
        let (first, last) = self.calculation_rows();
        let sums: Vec<String> = laid
            .layers
            .iter()
            .map(|layer| format!("SUM({})", range((layer.whole, layer.whole), (first, last))))
            .collect();
        if sums.is_empty() {
            shown.to_owned()
        } else {
            format!("({})/{}", sums.join("+"), self.data.policy.unit().fen())
        }
    }

    /// The sum of a layer over some rows and years.
    pub(super) fn sum_of(&self, layer: usize, counts: impl Fn(usize, usize) -> bool) -> i128 {
        let places = (0..self.data.roster.len()).flat_map(|row| (0..self.data.years.len()).map(move |at| (row, at)));
        let amounts = places.filter(|(row, at)| counts(*row, *at)).map(|(row, at)| self.data.row_fen(row, at, layer));
        amounts.fold(0, |sum, fen| sum.saturating_add(i128::from(fen)))
    }

    /// A sum, as a formula where sums are, else grey as all that is not computed again.
    pub(super) fn sum_content(&self, look: Look, formula: String, fen: i128) -> (Look, Content) {
        let shown = self.shown_amount(fen);
        if self.sums_live {
            return (look, Content::Formula(formula, Stored::Number(shown)));
        }
        let look = if look == Look::TotalAmount { Look::FixedTotalAmount } else { Look::FixedAmount };
        (look, Content::Number(shown))
    }

    /// Why sums are values; nothing where they are formulas.
    pub(super) fn sums_note(&self) -> Option<String> {
        let begin = self.word("灰色合计为数值，不随参数重算：", "Grey sums are values and are not computed again: ");
        (!self.sums_live).then(|| [begin, self.reason(Why::TooLarge)].concat())
    }

    /// Fen in the unit of the policy.
    pub(super) fn shown_amount(&self, fen: i128) -> rust_decimal::Decimal {
        let places = self.data.policy.unit().places();
        crate::ground::number::decimal(fen, places).unwrap_or_default().normalize()
    }

    /// The class of a row and year that the engine found; none where it is not live.
    fn class_at(&self, row: usize, at: usize) -> Option<usize> {
        let year = self.data.years.get(at)?;
        self.data.group(row).filter(|group| group.is_live(*year))?.class
    }

    /// The sum of the codes of all classes that serve a place.
    fn class_code(&self, cells: &At<'_, '_>) -> String {
        let mut terms = Vec::new();
        for (class, check) in self.plan.classes.iter().flatten().enumerate() {
            let code = i128::try_from(class.saturating_add(1).saturating_mul(1000).saturating_add(1)).sure();
            let ClassCheck { words, blanks, conditions } = check.clone();
            let inner = Expression::when(conditions, Expression::Whole(code), Expression::Whole(0));
            let inner = Expression::when(Check::any(blanks), Expression::Fail, inner);
            terms.push(Expression::when(words, inner, Expression::Whole(0)));
        }
        let mut text = String::new();
        for (at, term) in terms.iter().enumerate() {
            if at > 0 {
                text.push('+');
            }
            term.write(cells, &mut text);
        }
        if text.is_empty() { "0".to_owned() } else { text }
    }

    /// One of several by the class of the row.
    fn chosen(&self, cells: &At<'_, '_>, class: Option<usize>, of: &dyn Fn(usize) -> String) -> String {
        if !cells.columns.is_chosen {
            return class.map_or_else(|| "0".to_owned(), of);
        }
        let all: Vec<String> = (0..self.data.policy.classes().len()).map(of).collect();
        match all.first() {
            None => "0".to_owned(),
            // The same for all.
            Some(first) if first == "0" && all.iter().all(|other| other == first) => "0".to_owned(),
            _ => format!("CHOOSE({}+1,0,{})", cells.own(cells.columns.class), all.join(",")),
        }
    }

    fn place_row(&self, row: usize, at: usize, each: &mut dyn FnMut(Cell)) {
        let laid = self.laid();
        let places = &self.data.roster;
        let line = self.calculation_row(row, at);
        let cells = At { book: self, columns: laid, row, year: at, layer: 0 };
        let class = self.class_at(row, at);
        let mut put = |column: u16, look: Look, content: Content| each(Cell::new(line, column, look, content));
        // Whatever it looks like, it is a text.
        put(0, Look::Text, Content::Text(places.id(row).to_owned()));
        for (column, (key, text)) in
            (1..).zip([("name", places.name(row)), ("county", places.county(row)), ("township", places.township(row))])
        {
            let blank = if column == COUNTY { self.no_county() } else { "" };
            let own = self.roster_cell(key, row);
            let formula = format!("IF({own}=\"\",{},{own})", quoted(blank));
            let shown = if text.is_empty() { blank } else { text };
            put(column, Look::Text, Content::Formula(formula, Stored::Text(shown.to_owned())));
        }
        let classes = self.class_list();
        let name = class.and_then(|class| self.data.policy.classes().get(class));
        let name = name.map_or("", |class| class.name.get(self.options.lang)).to_owned();
        let own = cells.own(laid.class);
        put(
            laid.class_name,
            Look::Text,
            Content::Formula(format!("IF({own}=0,\"\",INDEX({classes},{own}))"), Stored::Text(name)),
        );
        let year = self.data.years.at(at);
        put(laid.year, Look::Integer, Content::Number(whole(year.into())));
        let count = if class.is_some() { i128::from(places.count(row)) } else { 0 };
        let (from, to, number) =
            (self.roster_cell("from", row), self.roster_cell("to", row), self.roster_cell("count", row));
        let own_year = cells.own(laid.year);
        let live = format!("AND({own_year}>=IF({from}=\"\",0,{from}),{own_year}<=IF({to}=\"\",9999,{to}))");
        let formula = format!("IF({live},IF({number}>=1,IF(INT({number})={number},{number},NA()),NA()),0)");
        put(laid.count, Look::Helper, Content::Formula(formula, Stored::Number(whole(count))));
        let number = class.map_or(0, |class| class.saturating_add(1));
        let number_of_class = whole(i128::try_from(number).sure());
        if laid.is_chosen {
            let code = i128::try_from(number).sure().saturating_mul(1000).saturating_add(1);
            let code = if class.is_some() { code } else { 0 };
            let formula = format!("IF({}=0,0,{})", cells.own(laid.count), self.class_code(&cells));
            put(laid.code, Look::Helper, Content::Formula(formula, Stored::Number(whole(code))));
            let own = cells.own(laid.code);
            let formula = format!(
                "IF({own}=0,IF({}=0,0,NA()),IF({own}-1000*INT({own}/1000)=1,INT({own}/1000),NA()))",
                cells.own(laid.count)
            );
            put(laid.class, Look::Helper, Content::Formula(formula, Stored::Number(number_of_class)));
        } else {
            put(laid.class, Look::FixedHelper, Content::Number(number_of_class));
        }
        for layer in 0..laid.layers.len() {
            self.layer_cells(&At { layer, ..cells }, class, &mut put);
        }
        let wholes: Vec<String> = laid.layers.iter().map(|layer| cells.own(layer.whole)).collect();
        let total = (0..laid.layers.len()).map(|layer| i128::from(self.data.row_fen(row, at, layer)));
        let total = total.fold(0, i128::saturating_add);
        let formula = format!(
            "({})/{}",
            if wholes.is_empty() { "0".to_owned() } else { wholes.join("+") },
            self.data.policy.unit().fen()
        );
        put(laid.total, Look::TotalAmount, Content::Formula(formula, Stored::Number(self.shown_amount(total))));
    }

    /// The cells of a layer of a row.
    fn layer_cells(&self, cells: &At<'_, '_>, class: Option<usize>, put: &mut dyn FnMut(u16, Look, Content)) {
        let (layer, row, at) = (cells.layer, cells.row, cells.year);
        let (Some(columns), Some(planned)) = (cells.columns.layers.get(layer), self.plan.layers.get(layer)) else {
            return;
        };
        let computed = i128::from(self.data.row_fen(row, at, layer));
        let is_split = self.data.split(row, at).is_some();
        let own = class.and_then(|class| planned.get(class));
        let is_value = is_split || matches!(own, Some(Planned::Value(_)));
        let (helpers, _) = match own {
            Some(Planned::Formula(formula)) if !is_value => {
                self.plan.values(self.data, &self.columns, (row, at), |place| formula.values(place))
            }
            _ => (Vec::new(), None),
        };
        for helper in 0..columns.number_of_helpers {
            let number = usize::from(helper);
            let column = columns.helpers.saturating_add(helper);
            if is_value {
                put(column, Look::FixedHelper, Content::Number(whole(0)));
                continue;
            }
            let formula = self.chosen(cells, class, &|class| match planned.get(class) {
                Some(Planned::Formula(formula)) => {
                    formula.helpers.get(number).map_or_else(|| "0".to_owned(), |helper| written(helper, cells))
                }
                _ => "0".to_owned(),
            });
            let value = helpers.get(number).copied().unwrap_or(Some(0));
            put(column, Look::Helper, Content::Formula(formula, stored(value)));
        }
        let shown = cells.columns.shown.saturating_add(u16::try_from(layer).unwrap_or(u16::MAX));
        let mut look = Look::Amount;
        if is_value {
            look = Look::FixedAmount;
            let content = if is_split {
                // No one number stands for all its places.
                Content::Text("–".to_owned())
            } else {
                Content::Number(whole(self.data.place_fen(row, at, layer).into()))
            };
            put(columns.each, Look::FixedHelper, content);
            put(columns.whole, Look::FixedHelper, Content::Number(whole(computed)));
        } else {
            let formula = self.chosen(cells, class, &|class| match planned.get(class) {
                Some(Planned::Formula(formula)) => written(&formula.each, cells),
                Some(Planned::Value(_)) => "NA()".to_owned(),
                _ => "0".to_owned(),
            });
            let fen = if class.is_some() { self.data.place_fen(row, at, layer) } else { 0 };
            put(columns.each, Look::Helper, Content::Formula(formula, Stored::Number(whole(fen.into()))));
            let formula = format!("{}*{}", cells.own(columns.each), cells.own(cells.columns.count));
            put(columns.whole, Look::Helper, Content::Formula(formula, Stored::Number(whole(computed))));
        }
        put(columns.computed, Look::FixedHelper, Content::Number(whole(computed)));
        let formula = format!("IF({}={},1,0)", cells.own(columns.whole), cells.own(columns.computed));
        put(columns.agrees, Look::Helper, Content::Formula(formula, Stored::Number(whole(1))));
        let formula = format!("{}/{}", cells.own(columns.whole), self.data.policy.unit().fen());
        put(shown, look, Content::Formula(formula, Stored::Number(self.shown_amount(computed))));
    }

    /// What stands for a county that a place does not have.
    pub(super) fn no_county(&self) -> &'static str {
        self.word("（未填）", "(none)")
    }

    /// How many cells of amounts there are.
    pub(super) fn number_of_amounts(&self) -> usize {
        let places = self.data.roster.len().saturating_mul(self.data.years.len());
        places.saturating_mul(self.data.policy.layers().len())
    }
}
