//! The words of a roster: its columns, and the kinds and designations in them.

use crate::ground::language::Name;
use crate::ground::money::Unit;
use crate::ground::text::without_padding;
use crate::ground::titles::{COLUMN_HEADERS, COLUMN_KEYS, synonyms};
use crate::policy::rule::reads::attributes_read;
use crate::policy::{AttributeType, Named, Policy};
use crate::rows::column::same;
use crate::rows::header::{Found, Words, unbracketed};
use crate::rows::records::ColumnRole;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    Id,
    Name,
    Kind,
    Designation,
    County,
    Township,
    DivisionCode,
    Count,
    From,
    To,
    /// By its index in the policy.
    Attribute(usize),
}

/// The columns that every roster may have, in the order of their keys.
const FIELDS: [Field; 10] = [
    Field::Id,
    Field::Name,
    Field::Kind,
    Field::Designation,
    Field::County,
    Field::Township,
    Field::DivisionCode,
    Field::Count,
    Field::From,
    Field::To,
];

/// Each column that every roster may have, with key and Chinese header.
fn fields() -> impl Iterator<Item = (Field, &'static str, &'static str)> {
    FIELDS.into_iter().zip(COLUMN_KEYS).zip(COLUMN_HEADERS).map(|((field, key), header)| (field, key, header))
}

impl Field {
    /// The key and Chinese header; none of an attribute.
    pub(super) fn names(self) -> Option<(&'static str, &'static str)> {
        fields().find(|(field, ..)| *field == self).map(|(_, key, header)| (key, header))
    }

    /// The key; of an attribute its id.
    pub(super) fn key(self, policy: &Policy) -> &str {
        match self {
            Self::Attribute(index) => policy.attributes().get(index).map_or("", |attribute| attribute.id.as_str()),
            _ => self.names().map_or("", |(key, _)| key),
        }
    }

    /// Whether a roster of a policy must have the column.
    pub(super) fn is_required(self, policy: &Policy) -> bool {
        match self {
            Self::Name => true,
            Self::Kind => !policy.kinds().is_empty(),
            Self::Designation => !policy.designations().is_empty(),
            _ => false,
        }
    }

    /// Whether the column means anything in a roster of a policy.
    pub(super) fn is_read(self, policy: &Policy) -> bool {
        match self {
            Self::Kind | Self::Designation => self.is_required(policy),
            _ => true,
        }
    }

    /// What the column is to the reader of a sheet.
    pub(super) const fn role(self) -> ColumnRole {
        match self {
            Self::Id | Self::Name => ColumnRole::Name,
            Self::County | Self::Township | Self::Kind | Self::Designation => ColumnRole::Key,
            Self::DivisionCode | Self::Count | Self::From | Self::To | Self::Attribute(_) => ColumnRole::Figure,
        }
    }

    /// The columns that a roster of a policy must have.
    pub(super) fn required(policy: &Policy) -> impl Iterator<Item = Self> {
        FIELDS.into_iter().filter(|field| field.is_required(policy))
    }
}

/// A column that a table of a policy has; see [`Roster::template`](crate::Roster::template),
/// [`Receipts::template`](crate::Receipts::template) and [`Limits::template`](crate::Limits::template).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct TemplateColumn {
    /// The key; of an attribute, its id.
    pub key: String,
    /// The header in each language as a reader of tables understands it: in English it is the key, with the unit of amounts.
    pub header: Name,
    /// Whether every such table must have it.
    pub required: bool,
    /// The words that its cells may hold, if only these mean something: names of kinds, designations, layers.
    pub choices: Vec<Name>,
    /// Whether its cells are figures; all others are texts, in which a spreadsheet must lose no digit.
    pub is_figure: bool,
}

impl TemplateColumn {
    pub(crate) fn new(key: &str, zh: &str, required: bool) -> Self {
        let header = Name { zh: zh.to_owned(), en: key.to_owned() };
        Self { key: key.to_owned(), header, required, choices: Vec::new(), is_figure: false }
    }

    /// Of amounts: the unit stands in its header.
    pub(crate) fn amount(key: &str, zh: &str, required: bool, unit: Unit) -> Self {
        let ascii = match unit {
            Unit::Yuan => "yuan",
            Unit::Wan => "wan",
            Unit::Yi => "yi",
        };
        let header = Name { zh: format!("{zh}（{unit}）"), en: format!("{key} ({ascii})") };
        Self { header, is_figure: true, ..Self::new(key, zh, required) }
    }

    pub(crate) fn choices<'n>(self, choices: impl IntoIterator<Item = &'n Name>) -> Self {
        Self { choices: choices.into_iter().cloned().collect(), ..self }
    }

    pub(crate) fn figure(self) -> Self {
        Self { is_figure: true, ..self }
    }
}

/// The columns for a roster of a policy.
pub(crate) fn template(policy: &Policy) -> Vec<TemplateColumn> {
    let fields = fields().filter(|(field, ..)| field.is_read(policy)).map(|(field, key, header)| {
        let column = TemplateColumn::new(key, header, field.is_required(policy));
        match field {
            Field::Kind => column.choices(policy.kinds().iter().map(|kind| &kind.name)),
            Field::Designation => column.choices(policy.designations().iter().map(|designation| &designation.name)),
            Field::Count | Field::From | Field::To => column.figure(),
            _ => column,
        }
    });
    let words = headers(policy);
    let read = attributes_read(policy);
    let attributes = policy.attributes().iter().zip(read).enumerate().map(|(index, (attribute, is_read))| {
        // A name that means another column too cannot head this one.
        let named = words.find(&without_padding(&attribute.name.zh)) == Found::One(Field::Attribute(index));
        let zh = if named { &attribute.name.zh } else { &attribute.id };
        let column = TemplateColumn::new(&attribute.id, zh, is_read);
        match attribute.attribute_type {
            AttributeType::Number => column.figure(),
            AttributeType::Flag => column.choices(&[Name::new("是", "yes"), Name::new("否", "no")]),
            AttributeType::Text => column,
        }
    });
    fields.chain(attributes).collect()
}

/// What a header can say: a key or an attribute's id, a Chinese header, an attribute's name.
pub(super) fn headers(policy: &Policy) -> Words<Field> {
    let attributes = || policy.attributes().iter().enumerate().map(|(index, a)| (Field::Attribute(index), a));
    let keys = fields().map(|(field, key, _)| (key, field));
    let ids = attributes().map(|(field, attribute)| (attribute.id.as_str(), field));
    let chinese = fields().map(|(field, _, header)| (header, field));
    let names = attributes()
        .flat_map(|(field, attribute)| [(attribute.name.zh.as_str(), field), (attribute.name.en.as_str(), field)]);
    let others = fields().flat_map(|(field, key, _)| synonyms(key).iter().map(move |title| (*title, field)));
    // A village is a place: what a ledger has beside the name is the name here.
    let village = villages().map(|title| (title, Field::Name));
    Words::new([keys.chain(ids).collect(), chinese.collect(), names.collect(), others.collect(), village.collect()])
}

/// Titles of the names of villages.
fn villages() -> impl Iterator<Item = &'static str> {
    ["village", "村"].into_iter().chain(synonyms("village").iter().copied())
}

/// Whether a title heads names of villages: beside a township without one the place is the township.
pub(super) fn heads_villages(title: &str) -> bool {
    let bare: String = unbracketed(title).chars().filter(|c| !c.is_whitespace()).collect();
    let bare = bare.trim_matches(['：', ':', '*', '＊']).to_ascii_lowercase();
    villages().any(|village| village == bare)
}

/// A column of kinds or of designations.
#[derive(Debug)]
pub(super) struct WordColumn {
    words: Words<usize>,
    /// The ids as the policy declares them, and the code of each that has occurred.
    declared: Vec<(String, Option<u32>)>,
    /// The ids that have occurred, by code.
    values: Vec<String>,
    /// Some cells that came before, and their codes.
    recent: Vec<(String, u32)>,
}

impl WordColumn {
    pub(super) fn new(declared: &[Named]) -> Self {
        let ids = declared.iter().enumerate().map(|(index, named)| (named.id.as_str(), index));
        let names = declared
            .iter()
            .enumerate()
            .flat_map(|(index, named)| [(named.name.zh.as_str(), index), (named.name.en.as_str(), index)]);
        Self {
            words: Words::new([ids.collect(), names.collect()]),
            declared: declared.iter().map(|named| (named.id.clone(), None)).collect(),
            values: Vec::new(),
            recent: Vec::new(),
        }
    }

    /// The code of the id that a cell names.
    pub(super) fn code(&mut self, cell: &str) -> Found<u32> {
        // A column has few different cells.
        const RECENT: usize = 8;
        if let Some((_, code)) = self.recent.iter().find(|(known, _)| same(known.as_bytes(), cell.as_bytes())) {
            return Found::One(*code);
        }
        let index = match self.words.find(&without_padding(cell)) {
            Found::One(index) => index,
            Found::Several => return Found::Several,
            Found::None => return Found::None,
        };
        let Some((id, known)) = self.declared.get_mut(index) else { return Found::None };
        let code = *known.get_or_insert_with(|| {
            self.values.push(id.clone());
            u32::try_from(self.values.len()).map_or(0, |count| count.saturating_sub(1))
        });
        if self.recent.len() < RECENT {
            self.recent.push((cell.to_owned(), code));
        }
        Found::One(code)
    }

    /// The words that cells may hold.
    pub(super) fn known(&self) -> impl Iterator<Item = &str> {
        self.words.known()
    }

    /// The ids that have occurred, in the order in which they did; at least one, if only the blank one.
    pub(super) fn finish(mut self) -> Vec<String> {
        if self.values.is_empty() {
            self.values.push(String::new());
        }
        self.values
    }
}
