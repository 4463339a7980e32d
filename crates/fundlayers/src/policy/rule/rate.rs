//! `rate = R, of = V`: R × V (分担比例, 配套资金, 人均标准).

use crate::policy::grammar::{Key, KindGrammar, Shape, Text};
use crate::policy::rule::Kind;
use crate::policy::rule::algebra::Algebra;
use crate::policy::rule::read::RuleTable;
use crate::policy::rule::words::{Words, years};
use crate::policy::{Class, Ratio, Value, Yearly};

/// A share, a match, a per-head rate: `rate` × `of`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Rate {
    /// The rate.
    pub rate: Factor,
    /// What it is of.
    pub of: Value,
}

/// What a rate is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Factor {
    /// A number or ratio, or these by year.
    Ratio(Yearly<Ratio>),
    /// A value, such as a price that is an attribute of the place.
    Value(Value),
}

impl Factor {
    /// Itself × a number.
    pub(crate) fn times<A: Algebra>(&self, a: &mut A, of: A::Number) -> A::Number {
        match self {
            Self::Ratio(ratio) => a.times(ratio, of),
            Self::Value(value) => {
                let value = value.eval(a);
                a.product(vec![value, of])
            }
        }
    }
}

impl Words<'_> {
    /// A rate in words.
    pub(crate) fn factor(&self, factor: &Factor) -> String {
        match factor {
            Factor::Ratio(ratio) => years(ratio, |rate| rate.text.clone()),
            Factor::Value(value) => self.bracketed(value),
        }
    }
}

const OF: &str = "of";

impl Kind for Rate {
    const GRAMMAR: KindGrammar = KindGrammar {
        title: "Rate (分担比例, 配套资金, 人均标准)",
        meaning: Text::new(
            "`rate` × `of`：按标准分担、按某层级配套或按人均标准。",
            "`rate` × `of`: a share of the standard, a match of a layer, a rate per head.",
        ),
        key: Key::required(
            "rate",
            Shape::Rate,
            Text::new(
                "比例或人均标准：数、分数、按年度的数，或任一数值；负数只能在列表之内。",
                "The rate, or the amount per head in the policy's unit: a number, a ratio, these by year, or any value. A \
                 negative number may stand only in a list.",
            ),
        ),
        with: &[Key::required(OF, Shape::Value, Text::new("比例的基数。", "What the rate is of."))],
    };

    fn read(table: &mut RuleTable<'_, '_>) -> Option<Self> {
        let rate = table.factor(Self::KEY);
        let of = table.value(OF);
        let (rate, of) = rate.zip(of)?;
        if let Factor::Ratio(ratio) = &rate {
            let (node, path) = table.part(Self::KEY);
            table.reader.share_above_whole(ratio, &of, node, &path);
        }
        Some(Self { rate, of })
    }

    fn eval<A: Algebra>(&self, a: &mut A) -> A::Number {
        let of = self.of.eval(a);
        self.rate.times(a, of)
    }

    fn describe(&self, words: &Words<'_>) -> String {
        [&words.factor(&self.rate), " × ", &words.bracketed(&self.of)].concat()
    }

    fn explain(&self, words: &Words<'_>, _: &Class) -> String {
        words.word("按比例（人均）标准", "a rate").to_owned()
    }
}
