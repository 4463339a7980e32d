//! What the grammar of policy files is made of: keys, and the shapes of what stands under them.

/// A text for people in both languages.
#[derive(Debug, Clone, Copy)]
pub struct Text {
    /// Chinese.
    pub zh: &'static str,
    /// English.
    pub en: &'static str,
}

impl Text {
    /// In Chinese and in English.
    #[must_use]
    pub const fn new(zh: &'static str, en: &'static str) -> Self {
        Self { zh, en }
    }
}

/// A table of a policy file.
#[derive(Debug, Clone, Copy)]
pub struct Table {
    /// What it is called in [`POLICY_KEYS`](crate::POLICY_KEYS).
    pub name: &'static str,
    /// For people.
    pub title: &'static str,
    /// Its keys, in the order in which files have them.
    pub keys: &'static [Key],
}

/// A key of a table.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    /// The key as files have it.
    pub name: &'static str,
    /// What stands under it.
    pub shape: Shape,
    /// What it means that it is not there.
    pub absent: Absent,
    /// For people, where the key does not say it.
    pub title: Option<&'static str>,
    /// What it means, with its unit.
    pub meaning: Text,
}

impl Key {
    /// A key that the table must have.
    #[must_use]
    pub const fn required(name: &'static str, shape: Shape, meaning: Text) -> Self {
        Self { name, shape, absent: Absent::Error, title: None, meaning }
    }

    /// A key that says nothing where it is left out.
    #[must_use]
    pub const fn optional(name: &'static str, shape: Shape, meaning: Text) -> Self {
        Self { name, shape, absent: Absent::Nothing, title: None, meaning }
    }

    /// What it means if it is left out.
    #[must_use]
    pub const fn or(self, zh: &'static str, en: &'static str) -> Self {
        Self { absent: Absent::Means(Text::new(zh, en)), ..self }
    }

    /// What is taken if it is left out, as JSON.
    #[must_use]
    pub const fn or_value(self, json: &'static str) -> Self {
        Self { absent: Absent::Is(json), ..self }
    }

    /// With a title.
    #[must_use]
    pub const fn titled(self, title: &'static str) -> Self {
        Self { title: Some(title), ..self }
    }

    /// Whether the table must have it.
    #[must_use]
    pub const fn is_required(&self) -> bool {
        matches!(self.absent, Absent::Error)
    }
}

/// What it means that a key is not there.
#[derive(Debug, Clone, Copy)]
pub enum Absent {
    /// An error.
    Error,
    /// Nothing.
    Nothing,
    /// This.
    Means(Text),
    /// The same as this, in JSON.
    Is(&'static str),
}

/// What stands under a key.
#[derive(Debug, Clone, Copy)]
pub enum Shape {
    /// A text that is not blank.
    Text,
    /// The same, or a number that is taken as one.
    TextOrNumber,
    /// An id of a list's part.
    Id,
    /// An id that rules and results read.
    LayerId,
    /// An id that rules read.
    ValueId,
    /// A name in both languages; what is left out is the id.
    Name,
    /// A text in one language or both.
    Languages,
    /// First and last year.
    Years,
    /// A unit of money.
    MoneyUnit,
    /// A whole number from 0, in most cases to a largest one.
    Whole(Option<u32>),
    /// One of these words.
    Word(&'static [&'static str]),
    /// True or false.
    Flag,
    /// A number.
    Number,
    /// A number above 0.
    Positive,
    /// A number, or these by year.
    Yearly,
    /// An amount of money from 0, or amounts by year.
    Amount,
    /// A number or ratio, or these by year.
    Rate,
    /// A number or ratio from 0 to 1.
    Weight,
    /// What rules compute with.
    Value,
    /// A rule, or a value.
    Rule,
    /// Conditions by what they are about.
    Conditions,
    /// A table of known keys.
    Table(&'static Table),
    /// A text that is not blank, or a table of known keys.
    TextOr(&'static Table),
    /// A list.
    List(List),
    /// A table whose keys are ids.
    Map(Ids, &'static Shape),
}

/// A list.
#[derive(Debug, Clone, Copy)]
pub struct List {
    /// What each part is.
    pub of: &'static Shape,
    /// How many there are, at least.
    pub least: usize,
    /// How many there are, at most.
    pub most: Option<usize>,
    /// Whether no part stands twice.
    pub distinct: bool,
}

impl List {
    /// Any number of parts.
    #[must_use]
    pub const fn of(of: &'static Shape) -> Self {
        Self { of, least: 0, most: None, distinct: false }
    }

    /// So many parts, at least.
    #[must_use]
    pub const fn at_least(self, least: usize) -> Self {
        Self { least, ..self }
    }

    /// So many parts, at most.
    #[must_use]
    pub const fn at_most(self, most: usize) -> Self {
        Self { most: Some(most), ..self }
    }

    /// No part stands twice.
    #[must_use]
    pub const fn distinct(self) -> Self {
        Self { distinct: true, ..self }
    }
}

/// What the keys of a table are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ids {
    /// Any ids.
    Any,
    /// Ids of payers: `county` is not free.
    Payers,
    /// Ids that rules may read.
    Values,
    /// Ids of layers.
    Layers,
    /// Texts of places, at least one.
    Texts,
    /// Ids of attributes, and `equal`, at least one.
    Weights,
}

/// A kind of rule: the key that tells it, and those that go with it.
#[derive(Debug, Clone, Copy)]
pub struct Kind {
    /// What it is called in types.
    pub name: &'static str,
    /// For people.
    pub grammar: KindGrammar,
    /// Whether it takes a floor and a cap, and may stand inside a value.
    pub bounded: bool,
}

/// The keys of a kind of rule.
#[derive(Debug, Clone, Copy)]
pub struct KindGrammar {
    /// For people.
    pub title: &'static str,
    /// What it comes to.
    pub meaning: Text,
    /// The key that tells the kind.
    pub key: Key,
    /// The keys that go with it.
    pub with: &'static [Key],
}

/// The names of keys: a constant of its own, so that a program which needs no descriptions has none.
macro_rules! names {
    ($keys:expr) => {
        &$crate::policy::grammar::names_of::<{ $keys.len() }>($keys, &[])
    };
}
pub(crate) use names;

/// The names of a kind's keys, that which tells it first.
macro_rules! kind_names {
    ($grammar:expr) => {
        &$crate::policy::grammar::names_of::<{ $grammar.with.len().saturating_add(1) }>(&[$grammar.key], $grammar.with)
    };
}
pub(crate) use kind_names;

/// The names of as many keys as there are in two lists.
pub(crate) const fn names_of<const N: usize>(keys: &[Key], more: &[Key]) -> [&'static str; N] {
    let mut names = [""; N];
    let (mut rest, mut more, mut free) = (keys, more, names.as_mut_slice());
    while let [name, names @ ..] = free {
        if rest.is_empty() {
            (rest, more) = (more, rest);
        }
        let [key, keys @ ..] = rest else { break };
        *name = key.name;
        (rest, free) = (keys, names);
    }
    names
}

/// How many of a kind's keys are required: they stand before those that are not.
pub(crate) const fn needs(kind: &KindGrammar) -> usize {
    let (mut rest, mut needs) = (kind.with, 1_usize);
    while let [key, keys @ ..] = rest {
        rest = keys;
        if key.is_required() {
            needs = needs.saturating_add(1);
        }
    }
    needs
}
