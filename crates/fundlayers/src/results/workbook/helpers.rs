//! The sheet of what formulas need of the roster: attributes as whole numbers, and whether anything is changed.

use super::model::cell;
use super::{Cell, Content, FIRST, HEADER, Look, On, Sheet, Stored, Workbook, range, stored, whole, widths};
use crate::ground::ids::At as _;
use crate::ground::ids::AttributeIndex;

impl Workbook<'_> {
    pub(super) fn helpers_sheet(&self) -> Sheet<'_> {
        let mut sheet = self.sheet(On::Helpers, move |each| self.helper_cells(each));
        let columns = self.plan.attributes.len().saturating_add(self.tracked().len()).saturating_add(1);
        let columns = columns.saturating_add(self.gaps().len());
        sheet.widths = widths(&vec![14; columns]);
        sheet.frozen = (FIRST, 1);
        sheet.last_row = self.roster_rows().1;
        sheet.printed = u16::try_from(columns).unwrap_or(u16::MAX).saturating_sub(1);
        sheet.is_hidden = true;
        sheet
    }

    /// The columns of the roster on which amounts may rest.
    fn tracked(&self) -> Vec<&str> {
        let keys = self.roster.iter().map(|column| column.key.as_str());
        keys.filter(|key| !matches!(*key, "id" | "name" | "division_code")).collect()
    }

    /// The column of an attribute as a whole number.
    pub(super) fn attribute_column(&self, attribute: AttributeIndex) -> u16 {
        let at = self.plan.attributes.iter().position(|other| *other == attribute).unwrap_or_default();
        u16::try_from(at).unwrap_or(u16::MAX).saturating_add(1)
    }

    /// The cells that say which rows of the roster are changed.
    pub(super) fn changed_rows(&self) -> String {
        self.on(On::Helpers, &range((0, 0), self.roster_rows()))
    }

    /// All whole numbers of an attribute.
    pub(super) fn attribute_range(&self, attribute: AttributeIndex) -> String {
        let column = self.attribute_column(attribute);
        self.on(On::Helpers, &range((column, column), self.roster_rows()))
    }

    /// The attributes that are blank at a place which does not read them.
    fn gaps(&self) -> &[AttributeIndex] {
        self.gaps.get_or_init(|| {
            let is_blank = |attribute: &AttributeIndex| {
                let mut rows = 0..self.data.roster.len();
                rows.any(|row| self.plan.attribute(&self.columns, *attribute, row).is_none())
            };
            self.plan.attributes.iter().copied().filter(is_blank).collect()
        })
    }

    /// The column of an attribute in which 0 stands for a blank, if it has one.
    fn gap_column(&self, attribute: AttributeIndex) -> Option<u16> {
        let at = self.gaps().iter().position(|other| *other == attribute)?;
        let before = self.plan.attributes.len().saturating_add(self.tracked().len()).saturating_add(1);
        u16::try_from(before.saturating_add(at)).ok()
    }

    /// All whole numbers of an attribute, none of them missing.
    pub(super) fn attribute_range_without_gaps(&self, attribute: AttributeIndex) -> String {
        let column = self.gap_column(attribute).unwrap_or_else(|| self.attribute_column(attribute));
        self.on(On::Helpers, &range((column, column), self.roster_rows()))
    }

    fn helper_cells(&self, each: &mut dyn FnMut(Cell)) {
        let title =
            self.word("辅助：属性的整数与名单的原值", "Helpers: attributes as whole numbers, the roster at first");
        each(Cell::new(0, 0, Look::Title, Content::Text(title.to_owned())));
        let tracked = self.tracked();
        let first = u16::try_from(self.plan.attributes.len()).unwrap_or(u16::MAX).saturating_add(1);
        let mut header = |column: u16, text: &str| {
            each(Cell::new(HEADER, column, Look::Header, Content::Text(text.to_owned())));
        };
        header(0, self.word("改动", "Changed"));
        for attribute in &self.plan.attributes {
            let name = self.data.policy.attribute(*attribute).map_or("", |data| data.name.get(self.options.lang));
            header(self.attribute_column(*attribute), name);
            if let Some(column) = self.gap_column(*attribute) {
                header(column, &[name, self.word("（空为0）", " (blank is 0)")].concat());
            }
        }
        for (column, key) in (first..).zip(&tracked) {
            let title = self.roster.iter().find(|column| column.key == *key);
            header(column, title.map_or("", |column| column.header.get(self.options.lang)));
        }
        for place in 0..self.data.roster.len() {
            let row = Self::roster_row(place);
            let mut same = Vec::new();
            for (column, key) in (first..).zip(&tracked) {
                let (typed, own) = (self.roster_cell(key, place), cell(column, row));
                same.push(if self.is_number(key) { format!("{typed}={own}") } else { format!("EXACT({typed},{own})") });
                each(Cell::new(row, column, Look::FixedHelper, self.roster_content(key, place)));
            }
            let formula = format!("IF(AND({}),0,1)", same.join(","));
            each(Cell::new(row, 0, Look::Helper, Content::Formula(formula, Stored::Number(whole(0)))));
            for attribute in &self.plan.attributes {
                let Some(data) = self.data.policy.attribute(*attribute) else { continue };
                let typed = self.roster_cell(&data.id, place);
                let places = self.plan.places.get(attribute.number()).copied().flatten().unwrap_or_default();
                let scale = 10_i128.checked_pow(places).unwrap_or(1);
                let not_negative = self.plan.not_negative.at(attribute.number());
                let below = if not_negative { format!(",{typed}<0") } else { String::new() };
                let product = if scale == 1 { typed.clone() } else { format!("{typed}*{scale}") };
                let formula = format!(
                    "IF(OR({typed}=\"\"{below}),NA(),IF(INT({product}+0.5)/{scale}={typed},INT({product}+0.5),NA()))"
                );
                let value = stored(self.plan.attribute(&self.columns, *attribute, place));
                let column = self.attribute_column(*attribute);
                each(Cell::new(row, column, Look::Helper, Content::Formula(formula, value)));
                if let Some(gap) = self.gap_column(*attribute) {
                    let own = cell(column, row);
                    let value = self.plan.attribute(&self.columns, *attribute, place).unwrap_or_default();
                    let formula = format!("IF(COUNT({own})=0,0,{own})");
                    let content = Content::Formula(formula, Stored::Number(whole(value)));
                    each(Cell::new(row, gap, Look::Helper, content));
                }
            }
        }
    }
}
