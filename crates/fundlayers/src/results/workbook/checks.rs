//! The sheet of checks: whether the amounts may be relied on, and what is a formula and what is not.

use super::model::{cell, fixed};
use super::{
    Cell, Content, FIRST, HEADER, LIMIT, Look, On, Sheet, Stored, Workbook, range, stored, twice, whole, widths,
};
use crate::engine::formula::expression::{Size, quoted};
use crate::engine::formula::plan::{Planned, Sizes};
use crate::ground::ids::LayerIndex;
use crate::ground::sure::Sure;

/// The checks at the top.
const PARAMETERS: u32 = FIRST;
const ROSTER: u32 = FIRST + 1;
const COMPUTED: u32 = FIRST + 2;
const TYPED: u32 = FIRST + 3;
const BOUNDS: u32 = FIRST + 4;
const AGREES: u32 = FIRST + 5;
const SUMS: u32 = FIRST + 6;
const STATE: u32 = FIRST + 7;
/// The greatest numbers stand below.
const GREATEST: u32 = FIRST + 11;

/// A row of what has to stay below the limit.
struct Bounded {
    class: String,
    layer: String,
    way: &'static str,
    /// A size, a formula of one, or none of a value.
    size: Option<(String, i128)>,
    reason: &'static str,
}

impl Workbook<'_> {
    pub(super) fn checks_sheet(&self) -> Sheet<'_> {
        let mut sheet = self.sheet(On::Checks, move |each| self.check_cells(each));
        sheet.widths = widths(&[34, 26, 22, 22, 10, 60]);
        sheet.frozen = (FIRST, 0);
        sheet.printed = 5;
        sheet.merged = Self::head_merges(5);
        sheet.last_row = self.classes_row().saturating_add(self.number_of_classes());
        sheet
    }

    fn number_of_classes(&self) -> u32 {
        u32::try_from(self.data.policy.classes().len()).unwrap_or(u32::MAX)
    }

    /// The first rows of the greatest attributes and the greatest layers.
    pub(super) fn greatest_rows(&self) -> (u32, u32) {
        let attributes = u32::try_from(self.plan.attributes.len()).unwrap_or(u32::MAX);
        (GREATEST, GREATEST.saturating_add(attributes))
    }

    fn bounds_row(&self) -> u32 {
        let layers = u32::try_from(self.data.policy.layers().len()).unwrap_or(u32::MAX);
        self.greatest_rows().1.saturating_add(layers).saturating_add(3)
    }

    fn number_of_bounds(&self) -> u32 {
        let planned = self.plan.layers.iter().flatten().filter(|planned| !matches!(planned, Planned::Nothing)).count();
        u32::try_from(planned.saturating_add(2)).unwrap_or(u32::MAX)
    }

    fn classes_row(&self) -> u32 {
        self.bounds_row().saturating_add(self.number_of_bounds()).saturating_add(3)
    }

    /// The names of classes by number.
    pub(super) fn class_list(&self) -> String {
        let first = self.classes_row();
        let last = first.saturating_add(self.number_of_classes().max(1)).saturating_sub(1);
        self.on(On::Checks, &range((1, 1), (first, last)))
    }

    /// What the banner says in a state: 0 as computed, 1 changed and computed again, 2 not to be relied on.
    pub(super) fn banner_text(&self, state: usize) -> &'static str {
        match state {
            0 => self.word(
                "✔ 与计算结果一致：没有改动，各项检查通过。",
                "✔ As computed: nothing is changed and every check passes.",
            ),
            1 => self.word(
                "△ 有改动：全部金额已由公式按改动后的数值重算。",
                "△ Changed: every amount was computed again by its formula.",
            ),
            2 => self.word(
                "✘ 有改动，而灰色金额仍按原来的数值，没有重算：请用 fundlayers 重新生成。",
                "✘ Changed, and grey amounts are still those of before: make the workbook again with fundlayers.",
            ),
            3 => self.word(
                "✘ 有的单元格无法计算或所填数值不符合要求：见“校验”。",
                "✘ Some cells cannot be computed or hold what they may not: see Checks.",
            ),
            4 => self.word(
                "✘ 数值过大，电子表格不能精确计算：见“校验”，请用 fundlayers 计算。",
                "✘ Numbers are so large that spreadsheets are not exact: see Checks, compute with fundlayers.",
            ),
            _ => self.word("✘ 与计算结果不一致，请勿使用。", "✘ Not what was computed: do not use it."),
        }
    }

    fn bounded(&self) -> Vec<Bounded> {
        let policy = &self.data.policy;
        let sizes = Sizes::new(self.data, &self.columns, &self.plan);
        let at_present = |size: &Size| size.at_present(&sizes).saturating_mul(2);
        let mut all = Vec::new();
        let chosen = self.laid().is_chosen;
        all.push(Bounded {
            class: self.word("类别的判定", "which class serves a place").to_owned(),
            layer: String::new(),
            way: if chosen { self.word("公式", "formula") } else { self.word("数值", "value") },
            size: chosen.then(|| (twice(&self.plan.class_size, self), at_present(&self.plan.class_size))),
            reason: if chosen {
                ""
            } else {
                self.word("类别过多，或其条件不能写成公式", "too many classes, or conditions that are no formula")
            },
        });
        for (layer, classes) in policy.layers().iter().zip(&self.plan.layers) {
            for (class, planned) in policy.classes().iter().zip(classes) {
                let (way, size, reason) = match planned {
                    Planned::Nothing => continue,
                    Planned::Formula(formula) => (
                        self.word("公式", "formula"),
                        Some((twice(&formula.size, self), at_present(&formula.size))),
                        "",
                    ),
                    Planned::Value(why) => (self.word("数值", "value"), None, self.reason(*why)),
                };
                let (class, layer) = (class.name.get(self.options.lang), layer.name.get(self.options.lang));
                all.push(Bounded { class: class.to_owned(), layer: layer.to_owned(), way, size, reason });
            }
        }
        let laid = self.laid();
        let sums: Vec<String> = laid
            .layers
            .iter()
            .map(|layer| {
                let amounts = self.calculation_range(layer.whole);
                format!("SUMIFS({amounts},{amounts},\">0\")-SUMIFS({amounts},{amounts},\"<0\")")
            })
            .collect();
        let present = (0..laid.layers.len()).flat_map(|layer| {
            let rows = (0..self.data.roster.len()).flat_map(|row| (0..self.data.years.len()).map(move |at| (row, at)));
            rows.map(move |(row, at)| i128::from(self.data.row_fen(row, at, layer)).saturating_abs())
        });
        let present = present.fold(0, i128::saturating_add).saturating_mul(2);
        let live = self.sums_live && !sums.is_empty();
        all.push(Bounded {
            class: self.word("合计", "totals").to_owned(),
            layer: String::new(),
            way: if live { self.word("公式", "formula") } else { self.word("数值", "value") },
            size: live.then(|| (format!("2*({})", sums.join("+")), present)),
            reason: if live { "" } else { self.reason(crate::engine::formula::Why::TooLarge) },
        });
        all
    }

    fn check_cells(&self, each: &mut dyn FnMut(Cell)) {
        self.head(
            self.word("校验", "Checks"),
            self.word(
                "本页说明金额能否采用，以及哪些是公式、哪些是数值。",
                "Whether the amounts may be relied on, and which are formulas.",
            ),
            each,
        );
        let mut header = |row: u32, texts: &[&str]| {
            for (column, text) in (0..).zip(texts) {
                each(Cell::new(row, column, Look::Header, Content::Text((*text).to_owned())));
            }
        };
        header(
            HEADER,
            &[
                self.word("检查", "Check"),
                self.word("结果", "Result"),
                self.word("数值", "Found"),
                self.word("应为", "Expected"),
            ],
        );
        let greatest = GREATEST.saturating_sub(1);
        header(greatest, &[self.word("最大的数（绝对值）", "Greatest magnitude"), "", self.word("整数", "Whole")]);
        header(
            self.bounds_row().saturating_sub(1),
            &[
                self.word("类别", "Class"),
                self.word("层级", "Layer"),
                self.word("写法", "Written as"),
                self.word("界限（须小于10的15次方）", "Bound (below 10^15)"),
                self.word("超出", "Beyond"),
                self.word("为何是数值", "Why it is a value"),
            ],
        );
        header(
            self.classes_row().saturating_sub(1),
            &[
                self.word("类别号", "No."),
                self.word("类别", "Class"),
                self.word("文件所列处数", "Places by the document"),
                self.word("首年处数", "Places in the first year"),
            ],
        );
        self.check_lines(each);
        self.greatest_lines(each);
        for (row, bounded) in (self.bounds_row()..).zip(self.bounded()) {
            let mut put = |column: u16, look: Look, content: Content| each(Cell::new(row, column, look, content));
            put(0, Look::Text, Content::Text(bounded.class));
            put(1, Look::Text, Content::Text(bounded.layer));
            put(2, Look::Text, Content::Text(bounded.way.to_owned()));
            put(5, Look::LongText, Content::Text(bounded.reason.to_owned()));
            let own = cell(3, row);
            if let Some((formula, present)) = bounded.size {
                put(3, Look::Integer, Content::Formula(formula, stored(Some(present))));
                let formula = format!("IF(COUNT({own})=0,1,IF({own}<{},0,1))", LIMIT.saturating_mul(2));
                put(4, Look::Integer, Content::Formula(formula, Stored::Number(whole(0))));
            } else {
                put(3, Look::Text, Content::Blank);
                put(4, Look::Integer, Content::Number(whole(0)));
            }
        }
        let laid = self.laid();
        let (classes, counts, years) = (
            self.calculation_range(laid.class),
            self.calculation_range(laid.class.saturating_sub(2)),
            self.calculation_range(laid.year),
        );
        let first = self.data.years.first().copied().unwrap_or_default();
        for (row, (number, class)) in (self.classes_row()..).zip(self.data.policy.classes().iter().enumerate()) {
            let mut put = |column: u16, look: Look, content: Content| each(Cell::new(row, column, look, content));
            let number_of = i128::try_from(number.saturating_add(1)).sure();
            put(0, Look::Integer, Content::Number(whole(number_of)));
            put(1, Look::Text, Content::Text(class.name.get(self.options.lang).to_owned()));
            let expected = class.expected.map_or(Content::Blank, |expected| Content::Number(whole(expected.into())));
            put(2, Look::Integer, expected);
            let places = i128::try_from(self.data.groups.places_of(number, first)).sure();
            let formula = format!("SUMIFS({counts},{classes},{number_of},{years},{first})");
            put(3, Look::Integer, Content::Formula(formula, Stored::Number(whole(places))));
        }
    }

    fn check_lines(&self, each: &mut dyn FnMut(Cell)) {
        let laid = self.laid();
        let number = |number: usize| whole(i128::try_from(number).sure());
        let amounts = self.number_of_amounts();
        let ranges = |of: &dyn Fn(&super::calculation::LayerColumns) -> u16, call: &dyn Fn(String) -> String| {
            let parts: Vec<String> = laid.layers.iter().map(|layer| call(self.calculation_range(of(layer)))).collect();
            if parts.is_empty() { "0".to_owned() } else { parts.join("+") }
        };
        let counted = ranges(&|layer| layer.whole, &|range| format!("COUNT({range})"));
        let agreeing = ranges(&|layer| layer.agrees, &|range| format!("COUNTIF({range},1)"));
        let bounds = self.bounds_row();
        let broken = range((4, 4), (bounds, bounds.saturating_add(self.number_of_bounds()).saturating_sub(1)));
        let greatest = self.whole_columns().1.saturating_add(1);
        let greatest = self.on(On::Policy, &range((greatest, greatest), Self::rows(self.order.len())));
        let attributes =
            self.plan.attributes.iter().map(|attribute| format!("COUNT({})", self.attribute_range(*attribute)));
        let typed: Vec<String> =
            std::iter::once(if self.order.is_empty() { "0".to_owned() } else { format!("COUNT({greatest})") })
                .chain(attributes)
                .collect();
        let present: usize = self
            .plan
            .attributes
            .iter()
            .map(|attribute| {
                let rows = 0..self.data.roster.len();
                rows.filter(|row| self.plan.attribute(&self.columns, *attribute, *row).is_some()).count()
            })
            .sum();
        let numbers = self.order.len().saturating_add(present);
        let subtotals = self.subtotals();
        let minus: String = subtotals.iter().map(|cell| ["-", cell].concat()).collect();
        let all = self.calculation_rows().1.saturating_add(1);
        let total = self.on(On::Calculation, &fixed(laid.total, all));
        let sums = if self.sums_live && !self.data.roster.is_empty() && !self.data.years.is_empty() {
            format!("ABS(SUM({}){minus}-{total})", self.county_totals())
        } else {
            "0".to_owned()
        };
        let zero = || Stored::Number(whole(0));
        let place = |row: u32| cell(2, row);
        let changed = |cells: String| format!("SUM({cells})");
        let lines = [
            (
                PARAMETERS,
                self.word("改动的参数", "Numbers changed"),
                changed(self.changed_parameters()),
                zero(),
                Some(0),
                "△",
            ),
            (
                ROSTER,
                self.word("改动的名单行", "Rows of the roster changed"),
                changed(self.changed_rows()),
                zero(),
                Some(0),
                "△",
            ),
            (
                COMPUTED,
                self.word("能计算的金额", "Amounts that are computed"),
                counted,
                Stored::Number(number(amounts)),
                Some(amounts),
                "✘",
            ),
            (
                TYPED,
                self.word("填写合格的数（位数、不为负、不空）", "Numbers as they may be (decimals, sign, not blank)"),
                typed.join("+"),
                Stored::Number(number(numbers)),
                Some(numbers),
                "✘",
            ),
            (
                BOUNDS,
                self.word("超出界限的算式", "Bounds that are broken"),
                format!("SUM({broken})"),
                zero(),
                Some(0),
                "✘",
            ),
            (
                AGREES,
                self.word("与原计算一致的金额", "Amounts as computed"),
                agreeing,
                Stored::Number(number(amounts)),
                Some(amounts),
                "△",
            ),
            (SUMS, self.word("汇总与测算表之差", "Totals less calculation"), sums, zero(), None, "✘"),
        ];
        for (row, name, formula, value, expected, mark) in lines {
            let mut put = |column: u16, look: Look, content: Content| each(Cell::new(row, column, look, content));
            put(0, Look::Text, Content::Text(name.to_owned()));
            let own = place(row);
            let good = match expected {
                Some(expected) => format!("{own}={expected}"),
                // Less than half a fen of the unit.
                None => format!("{own}*{}<0.5", self.data.policy.unit().fen()),
            };
            let verdict = format!("IF(COUNT({own})=0,\"✘\",IF({good},\"✔\",\"{mark}\"))");
            put(1, Look::Verdict, Content::Formula(verdict, Stored::Text("✔".to_owned())));
            put(2, Look::Integer, Content::Formula(formula, value));
            put(3, Look::Integer, expected.map_or(Content::Blank, |expected| Content::Number(number(expected))));
        }
        let wrong = |row: u32| format!("{}=\"✘\"", cell(1, row));
        let (computed, typed, sums) = (wrong(COMPUTED), wrong(TYPED), wrong(SUMS));
        let after = if self.has_values() { 2 } else { 1 };
        let state = format!(
            "IF(OR({computed},{typed},{sums}),3,IF({bounds},4,IF({}+{}=0,IF({}=\"✔\",0,5),{after})))",
            place(PARAMETERS),
            place(ROSTER),
            cell(1, AGREES),
            bounds = wrong(BOUNDS),
        );
        each(Cell::new(STATE, 0, Look::Text, Content::Text(self.word("状态", "State").to_owned())));
        each(Cell::new(STATE, 2, Look::Integer, Content::Formula(state, zero())));
        let meaning = self
            .word("0 一致，1 已重算，2 至 5 不可采用", "0 as computed, 1 computed again, 2 to 5 not to be relied on");
        each(Cell::new(STATE, 5, Look::LongText, Content::Text(meaning.to_owned())));
        let texts: Vec<String> = (0..6).map(|state| quoted(self.banner_text(state))).collect();
        let banner = format!("CHOOSE({}+1,{})", cell(2, STATE), texts.join(","));
        let stored = Stored::Text(self.banner_text(0).to_owned());
        each(Cell::new(1, 0, Look::Banner, Content::Formula(banner, stored)));
    }

    fn greatest_lines(&self, each: &mut dyn FnMut(Cell)) {
        let (attributes, layers) = self.greatest_rows();
        let mut line = |row: u32, name: &str, cells: &str, present: i128| {
            each(Cell::new(row, 0, Look::Text, Content::Text(name.to_owned())));
            let formula = format!("MAX(MAX({cells}),-MIN({cells}))");
            each(Cell::new(row, 2, Look::Integer, Content::Formula(formula, Stored::Number(whole(present)))));
        };
        let sizes = Sizes::new(self.data, &self.columns, &self.plan);
        for (row, attribute) in (attributes..).zip(&self.plan.attributes) {
            let name = self.data.policy.attribute(*attribute).map_or("", |data| data.name.get(self.options.lang));
            let present = Size::Attribute(*attribute).at_present(&sizes);
            line(row, name, &self.attribute_range_without_gaps(*attribute), present);
        }
        for (row, (at, layer)) in (layers..).zip(self.data.policy.layers().iter().enumerate()) {
            let column = self.laid().layers.get(at).map_or(0, |layer| layer.each);
            let present = Size::Layer(LayerIndex::new(at)).at_present(&sizes);
            line(row, layer.name.get(self.options.lang), &self.calculation_range(column), present);
        }
    }
}
