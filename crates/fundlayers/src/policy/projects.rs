//! What a policy says of projects: their categories, and the shares that these are to have.

use num_bigint::BigInt;

use crate::ground::language::Lang;
use crate::ground::money::Amount;
use crate::policy::{Named, Ratio};

/// What a policy says of projects.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ProjectRules {
    /// The categories (项目类型). A register may use the id or either name.
    pub categories: Vec<Named>,
    /// What part of the planned money categories are to have.
    pub shares: Vec<ProjectShare>,
}

/// What part of the planned money a category is to have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProjectShare {
    /// Which of the categories.
    pub category: usize,
    /// At least so much, this included.
    pub at_least: Option<Ratio>,
    /// At most so much, this included.
    pub at_most: Option<Ratio>,
    /// The clause it rests on.
    pub clause: Option<String>,
}

impl ProjectShare {
    /// Whether part ÷ whole keeps the bounds; the whole is above 0.
    pub(crate) fn holds(&self, part: Amount, whole: Amount) -> bool {
        let sides = |ratio: &Ratio| {
            let (part, whole) = (BigInt::from(part.fen()), BigInt::from(whole.fen()));
            (part * ratio.denominator, whole * ratio.numerator)
        };
        let keeps_least = self.at_least.as_ref().map(sides).is_none_or(|(part, bound)| part >= bound);
        keeps_least && self.at_most.as_ref().map(sides).is_none_or(|(part, bound)| part <= bound)
    }

    /// The bounds in words: `≥ 0.6`.
    pub(crate) fn text(&self, lang: Lang) -> String {
        let least = self.at_least.as_ref().map(|ratio| format!("≥ {}", ratio.text));
        let most = self.at_most.as_ref().map(|ratio| format!("≤ {}", ratio.text));
        let bounds: Vec<String> = least.into_iter().chain(most).collect();
        bounds.join(lang.pick("，", ", "))
    }
}
