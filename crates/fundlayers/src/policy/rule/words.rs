//! Words for values and rules, in one language.

use rust_decimal::Decimal;

use crate::ground::ids::{AttributeIndex, FigureIndex, LayerIndex, PoolIndex};
use crate::ground::language::Lang;
use crate::policy::{Policy, Value, Yearly};

/// Says the parts of a policy in one language.
#[derive(Clone, Copy)]
pub(crate) struct Words<'a> {
    pub(crate) policy: &'a Policy,
    pub(crate) lang: Lang,
}

impl<'a> Words<'a> {
    /// The one for the language.
    pub(crate) fn word<'w>(&self, zh: &'w str, en: &'w str) -> &'w str {
        if self.lang == Lang::Zh { zh } else { en }
    }

    /// The name of an attribute.
    pub(crate) fn attribute(&self, attribute: AttributeIndex) -> &'a str {
        self.policy.attribute(attribute).map_or("", |attribute| attribute.name.get(self.lang))
    }

    /// The name of a figure.
    pub(crate) fn figure(&self, figure: FigureIndex) -> &'a str {
        self.policy.figure(figure).map_or("", |figure| figure.name.get(self.lang))
    }

    /// The name of a layer.
    pub(crate) fn layer(&self, layer: LayerIndex) -> &'a str {
        self.policy.layer(layer).map_or("", |layer| layer.name.get(self.lang))
    }

    /// The name of a pool.
    pub(crate) fn pool(&self, pool: PoolIndex) -> &'a str {
        self.policy.pool(pool).map_or("", |pool| pool.name.get(self.lang))
    }

    /// Parts of a list.
    pub(crate) fn list(&self, parts: &[&str]) -> String {
        parts.join(self.word("、", ", "))
    }

    /// The least or the greatest of some values: 甲、乙与丙孰低, the least of a, b and c. One value stands for itself.
    pub(crate) fn extreme(&self, values: &[Value], zh: &str, en: &str) -> String {
        let values = self.values(values);
        let values: Vec<&str> = values.iter().map(String::as_str).collect();
        let Some((last, others)) = values.split_last().filter(|(_, others)| !others.is_empty()) else {
            return values.concat();
        };
        let others = self.list(others);
        match self.lang {
            Lang::Zh => spaced([&others, "与", last, zh]),
            Lang::En => [en, &others, " and ", last].concat(),
        }
    }
}

/// Parts of a Chinese sentence, which has no space before a word, only before and after digits and signs.
pub(crate) fn spaced<'a>(parts: impl IntoIterator<Item = &'a str>) -> String {
    let ascii = |c: Option<char>| c.is_some_and(|c| c.is_ascii());
    let mut text = String::new();
    for part in parts {
        if !text.is_empty() && (ascii(text.chars().next_back()) || ascii(part.chars().next())) {
            text.push(' ');
        }
        text.push_str(part);
    }
    text
}

/// Numbers, each with the year from which it holds.
pub(crate) fn yearly(numbers: &Yearly<Decimal>) -> String {
    years(numbers, ToString::to_string)
}

/// One value, or each with the year from which it holds.
pub(crate) fn years<T>(values: &Yearly<T>, show: impl Fn(&T) -> String) -> String {
    let parts =
        values.iter().map(|(year, value)| if year == 0 { show(value) } else { format!("{year}: {}", show(value)) });
    parts.collect::<Vec<_>>().join("; ")
}
