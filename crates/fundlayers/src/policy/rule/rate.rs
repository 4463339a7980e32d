//! `rate = R, of = V`: R × V (分担比例, 配套资金, 人均标准).

use crate::policy::rule::Kind;
use crate::policy::rule::algebra::Algebra;
use crate::policy::rule::read::RuleTable;
use crate::policy::rule::words::{Words, years};
use crate::policy::{Class, Ratio, Value, Yearly};

/// A share, a match, a per-head rate: `rate` × `of`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rate {
    /// The rate.
    pub rate: Yearly<Ratio>,
    /// What it is of.
    pub of: Value,
}

impl Kind for Rate {
    const KEY: &'static str = "rate";
    const KEYS: &'static [&'static str] = &[Self::KEY, "of"];
    const NEEDS: usize = 2;

    fn read(table: &mut RuleTable<'_, '_>) -> Option<Self> {
        let rate = table.ratio(Self::KEY);
        let of = table.value("of");
        rate.zip(of).map(|(rate, of)| Self { rate, of })
    }

    fn eval<A: Algebra>(&self, a: &mut A) -> A::Number {
        let of = self.of.eval(a);
        a.times(&self.rate, of)
    }

    fn describe(&self, words: &Words<'_>) -> String {
        [&years(&self.rate, |rate| rate.text.clone()), " × ", &words.bracketed(&self.of)].concat()
    }

    fn explain(&self, words: &Words<'_>, _: &Class) -> String {
        words.word("按比例（人均）标准", "a rate").to_owned()
    }
}
