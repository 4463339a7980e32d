//! The keys of all kinds of rules in one list.
#![expect(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "worked out by the compiler, which says what is out of range"
)]

use crate::policy::grammar::{Key, Shape, Text, names};
use crate::policy::rule::KINDS;
use crate::policy::tables::NUMBER_ROUNDING;

const WHEN: Key = Key::optional(
    "when",
    Shape::Conditions,
    Text::new(
        "对象须全部满足的条件，否则规则为0，保底亦不适用。",
        "What must hold of the place, all of it; else the rule gives 0 whatever its floor.",
    ),
);
const CLAUSE: Key = Key::optional(
    "clause",
    Shape::Text,
    Text::new("该规则所依据的条款，如 四.1。", "The clause that this rule rests on, such as 四.1."),
)
.or("其资金池、类别或层级所依据的条款", "its pool's, its class's or its layer's clause")
.titled("Clause");
const NOTE: Key = Key::optional("note", Shape::Languages, Text::new("备注。", "A remark."));

/// The keys of floor, cap and rounding, which any rule may have unless its kind says otherwise.
pub const BOUNDED: &[Key; 3] = &[
    Key::optional(
        "at_least",
        Shape::Value,
        Text::new(
            "保底，以政策的单位计：金额不足时提高到此数，先于封顶。",
            "The floor (保底), in the policy's unit: the amount is raised to it, before the cap.",
        ),
    ),
    Key::optional(
        "at_most",
        Shape::Value,
        Text::new(
            "封顶，以政策的单位计：金额超出时降到此数，后于保底。",
            "The cap (封顶), in the policy's unit: the amount is cut to it, after the floor.",
        ),
    ),
    Key::optional(
        "rounding",
        Shape::Table(&NUMBER_ROUNDING),
        Text::new(
            "该规则当即取整，后于封顶。规则之内不写则不取整。",
            "How the rule is rounded there and then, after the cap. Inside a rule it is not rounded otherwise.",
        ),
    ),
];

/// The keys that every rule may have.
pub const COMMON: &[Key; 3] = &[WHEN, CLAUSE, NOTE];

/// Their names.
pub(crate) const COMMON_NAMES: &[&str] = names!(COMMON.as_slice());
/// The names of those of floor and cap.
pub(crate) const BOUNDED_NAMES: &[&str] = names!(BOUNDED.as_slice());

/// The keys of rules.
pub(crate) const KEYS: &[&str] = &{
    let mut keys = [""; number_of_keys()];
    let mut at = 0;
    let mut kind = 0;
    while kind < KINDS.len() {
        at = fill(&mut keys, at, KINDS[kind].keys);
        kind += 1;
    }
    at = fill(&mut keys, at, &[WHEN.name]);
    at = fill(&mut keys, at, BOUNDED_NAMES);
    fill(&mut keys, at, &[CLAUSE.name, NOTE.name]);
    keys
};

const fn number_of_keys() -> usize {
    let mut number = COMMON.len() + BOUNDED.len();
    let mut kind = 0;
    while kind < KINDS.len() {
        number += KINDS[kind].keys.len();
        kind += 1;
    }
    number
}

/// Writes keys to a list, and says where the next ones stand.
const fn fill(list: &mut [&'static str], at: usize, keys: &[&'static str]) -> usize {
    let mut key = 0;
    while key < keys.len() {
        list[at + key] = keys[key];
        key += 1;
    }
    at + key
}
