//! `tiers = [{ up_to = 1000, rate = R }, …], of = V`: each rate on its slice of a number (累进).

use rust_decimal::Decimal;

use crate::ground::catalogue::policy as catalogue;
use crate::ground::problem::{Code, Problem};
use crate::policy::grammar::{Key, KindGrammar, List, Shape, Table, Text, names};
use crate::policy::path::join;
use crate::policy::rule::Kind;
use crate::policy::rule::algebra::Algebra;
use crate::policy::rule::rate::Factor;
use crate::policy::rule::read::RuleTable;
use crate::policy::rule::words::{Words, yearly};
use crate::policy::{Class, Value, Yearly};

/// Rates on slices of a number, from 0: the sum of each rate × its slice.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Tiers {
    /// The slices, their ends rising; one or more.
    pub tiers: Vec<Tier>,
    /// The number that is cut into slices; what is below 0 of it counts as 0.
    pub of: Value,
}

/// A slice of a number and its rate.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Tier {
    /// Where it ends; none: the rest. It starts where the one before ends, the first at 0.
    pub up_to: Option<Yearly<Decimal>>,
    /// The rate.
    pub rate: Factor,
}

const OF: &str = "of";
const RATE: &str = "rate";
const UP_TO: &str = "up_to";

/// A slice and its rate.
pub const TIER: Table = Table {
    name: "tier",
    title: "Tier",
    keys: &[
        Key::optional(
            UP_TO,
            Shape::Yearly,
            Text::new("该级的上限。", "Where the slice ends; it starts where the one before ends, the first at 0."),
        ),
        Key::required(RATE, Shape::Rate, Text::new("该级的比例。", "The rate of the slice.")),
    ],
};

pub(crate) const TIER_NAMES: &[&str] = names!(TIER.keys);

impl Kind for Tiers {
    const GRAMMAR: KindGrammar = KindGrammar {
        title: "Tiers (累进)",
        meaning: Text::new(
            "超额累进：自0起，每一级的比例只适用于落在该级之内的部分。",
            "Marginal rates: from 0 on, each rate is applied to the slice of the number that lies in its tier.",
        ),
        key: Key::required(
            "tiers",
            Shape::List(List::of(&Shape::Table(&TIER)).at_least(1)),
            Text::new(
                "各级，上限递增；末级可不设上限。",
                "The tiers, their ends rising; the last one may have none and is the rest.",
            ),
        ),
        with: &[Key::required(OF, Shape::Value, Text::new("分级的数值。", "The number that is cut into slices."))],
    };

    fn read(table: &mut RuleTable<'_, '_>) -> Option<Self> {
        let of = table.value(OF);
        let tiers = read_tiers(table);
        of.zip(tiers).map(|(of, tiers)| Self { tiers, of })
    }

    fn eval<A: Algebra>(&self, a: &mut A) -> A::Number {
        let of = self.of.eval(a);
        a.tiers(of, self)
    }

    fn describe(&self, words: &Words<'_>) -> String {
        let mut tiers = Vec::new();
        for tier in &self.tiers {
            let rate = words.factor(&tier.rate);
            tiers.push(match &tier.up_to {
                Some(end) => ["≤ ", &yearly(end), ": ", &rate].concat(),
                None => [words.word("其余", "the rest"), ": ", &rate].concat(),
            });
        }
        let by =
            [words.word("对", "on slices of "), &words.bracketed(&self.of), words.word("超额累进（", " (")].concat();
        [&by, tiers.join(words.word("；", "; ")).as_str(), words.word("）", ")")].concat()
    }

    fn explain(&self, words: &Words<'_>, _: &Class) -> String {
        words.word("按超额累进比例", "by tiers").to_owned()
    }
}

fn read_tiers(table: &mut RuleTable<'_, '_>) -> Option<Vec<Tier>> {
    let (items, mut complete) = table.tables(Tiers::KEY, TIER_NAMES)?;
    let (reader, scope) = (&mut *table.reader, table.scope.listed());
    let last = items.len().saturating_sub(1);
    let mut tiers: Vec<Tier> = Vec::new();
    for (index, (item, path)) in items.into_iter().enumerate() {
        let rate = reader.required(item, RATE, &path).and_then(|node| reader.factor(node, &join(&path, RATE), scope));
        let end = item.get(UP_TO).map(|node| reader.bound(node, &join(&path, UP_TO)));
        let is_last = index == last;
        if end.is_none() && !is_last {
            let problem = Problem::new(Code::BadBands, catalogue::TIER_WITHOUT_END).found(item.to_string());
            reader.push(problem.expected(catalogue::ONLY_LAST_WITHOUT_END), item.position, &path);
            complete = false;
            continue;
        }
        let up_to = match end {
            None => None,
            Some(Some(end)) => Some(end),
            Some(None) => {
                complete = false;
                continue;
            }
        };
        if let Some(end) = &up_to {
            let first = Yearly::constant(Decimal::ZERO);
            let before = tiers.last().and_then(|tier| tier.up_to.as_ref()).unwrap_or(&first);
            complete &= reader.rising(end, before, |end, before| end > before, item, &path);
        }
        match rate {
            Some(rate) => tiers.push(Tier { up_to, rate }),
            None => complete = false,
        }
    }
    complete.then_some(tiers)
}
