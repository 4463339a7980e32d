//! The sheet of the roster, which is read as a roster again.

use super::model::letters;
use super::policy::digits;
use super::{Allowed, Cell, Content, FIRST, HEADER, Look, On, Restricted, Sheet, Width, Workbook, whole};
use crate::ground::ids::At as _;
use crate::ground::ids::AttributeIndex;
use crate::policy::{AttributeType, Subject};

impl Workbook<'_> {
    pub(super) fn roster_sheet(&self) -> Sheet<'_> {
        let mut sheet = self.sheet(On::Roster, move |each| self.roster_cells(each));
        let is_text = |key: &str| !self.is_number(key);
        sheet.widths = self
            .roster
            .iter()
            .map(|column| {
                let characters = match column.key.as_str() {
                    "name" | "id" => 22,
                    "division_code" | "township" => 16,
                    "count" => 8,
                    _ => 12,
                };
                Width { characters, is_folded: false, is_text: is_text(&column.key) }
            })
            .collect();
        let last = u16::try_from(self.roster.len()).unwrap_or(u16::MAX).saturating_sub(1);
        sheet.frozen = (FIRST, 2);
        sheet.repeated = Some(HEADER);
        sheet.printed = last;
        sheet.merged = (0..3).map(|row| (row, 0, last)).collect();
        let rows = self.roster_rows();
        sheet.last_row = rows.1;
        for (at, column) in (0_u16..).zip(&self.roster) {
            let allowed = match column.key.as_str() {
                "count" => Some(Allowed::Count),
                _ if !column.choices.is_empty() => Some(Allowed::Words(self.choices(&column.key))),
                _ => self.attribute_of(&column.key).and_then(|attribute| {
                    let not_negative = self.plan.not_negative.at(attribute.number());
                    let data = self.data.policy.attribute(attribute)?;
                    (data.attribute_type == AttributeType::Number).then_some(if not_negative {
                        Allowed::NotNegative
                    } else {
                        Allowed::Number
                    })
                }),
            };
            sheet.restricted.extend(allowed.map(|allowed| Restricted { rows, columns: (at, at), allowed }));
        }
        sheet
    }

    /// The words of a column with a list.
    fn choices(&self, key: &str) -> Vec<String> {
        let policy = &self.data.policy;
        match key {
            "kind" => policy.kinds().iter().map(|kind| self.word_of(policy.kinds(), &kind.id)).collect(),
            "designation" => {
                policy.designations().iter().map(|one| self.word_of(policy.designations(), &one.id)).collect()
            }
            _ => vec![self.yes().to_owned(), self.no().to_owned()],
        }
    }

    pub(super) fn yes(&self) -> &'static str {
        self.word("是", "yes")
    }

    fn no(&self) -> &'static str {
        self.word("否", "no")
    }

    pub(super) fn attribute_of(&self, key: &str) -> Option<AttributeIndex> {
        self.data.policy.attributes().iter().position(|attribute| attribute.id == key).map(AttributeIndex::new)
    }

    /// Whether a column has numbers.
    pub(super) fn is_number(&self, key: &str) -> bool {
        let attribute = self.attribute_of(key).and_then(|attribute| self.data.policy.attribute(attribute));
        match attribute {
            Some(attribute) => attribute.attribute_type == AttributeType::Number,
            None => matches!(key, "count" | "from" | "to"),
        }
    }

    /// What stands in a column of a place.
    pub(super) fn roster_content(&self, key: &str, row: usize) -> Content {
        let places = &self.data.roster;
        let text = |text: &str| if text.is_empty() { Content::Blank } else { Content::Text(text.to_owned()) };
        let year = |year: Option<u16>| year.map_or(Content::Blank, |year| Content::Number(whole(year.into())));
        if let Some(attribute) = self.attribute_of(key) {
            let kind = self.data.policy.attribute(attribute).map(|attribute| attribute.attribute_type);
            return match kind {
                Some(AttributeType::Number) => match self.columns.raw(attribute, row) {
                    Some(number) if digits(number) <= 15 => Content::Number(number.normalize()),
                    Some(number) => Content::Text(number.normalize().to_string()),
                    None => Content::Blank,
                },
                Some(AttributeType::Flag) => {
                    let set = self.columns.subject_code(Subject::Attribute(attribute), row) == 1;
                    Content::Text(if set { self.yes() } else { self.no() }.to_owned())
                }
                _ => text(self.columns.text(attribute, row).unwrap_or_default()),
            };
        }
        match key {
            "id" => text(places.id(row)),
            "name" => text(places.name(row)),
            "kind" => text(&self.shown_text(Subject::Kind, places.kind(row))),
            "designation" => text(&self.shown_text(Subject::Designation, places.designation(row))),
            "county" => text(places.county(row)),
            "township" => text(places.township(row)),
            "division_code" => text(places.division_code(row)),
            "count" => Content::Number(whole(places.count(row).into())),
            "from" => year(places.shape(row).and_then(|shape| shape.from)),
            _ => year(places.shape(row).and_then(|shape| shape.to)),
        }
    }

    fn roster_cells(&self, each: &mut dyn FnMut(Cell)) {
        let heading =
            [&self.data.policy.heading(self.options.lang), self.word("　", " – "), self.word("名单", "Roster")]
                .concat();
        each(Cell::new(0, 0, Look::Title, Content::Text(heading)));
        let remark = self.word(
            "类型、认定层级、属性和数量可以修改，金额随之重算；增减对象请改名册后重新生成。",
            "Kinds, designations, attributes and numbers may be changed and are computed with; for more or fewer places make the workbook again.",
        );
        each(Cell::new(1, 0, Look::Remark, Content::Text(remark.to_owned())));
        for (at, column) in (0_u16..).zip(&self.roster) {
            let title = Content::Text(column.header.get(self.options.lang).to_owned());
            each(Cell::new(HEADER, at, Look::Header, title));
        }
        for row in 0..self.data.roster.len() {
            for (at, column) in (0_u16..).zip(&self.roster) {
                let look = if self.is_number(&column.key) { Look::RosterNumber } else { Look::RosterText };
                each(Cell::new(Self::roster_row(row), at, look, self.roster_content(&column.key, row)));
            }
        }
    }

    /// A cell of the roster from another sheet.
    pub(super) fn roster_cell(&self, key: &str, row: usize) -> String {
        let column = self.roster_column(key).unwrap_or_default();
        let place = ["$", &letters(column), &Self::roster_row(row).saturating_add(1).to_string()].concat();
        self.on(On::Roster, &place)
    }
}
