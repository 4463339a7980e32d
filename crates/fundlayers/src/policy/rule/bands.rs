//! `bands = [{ below = 500, give = V }, …], of = V`: what the band of a number gives (分档).

use std::cmp::Ordering;

use rust_decimal::Decimal;

use crate::ground::catalogue::policy as catalogue;
use crate::ground::problem::{Code, Problem};
use crate::policy::grammar::{Key, KindGrammar, List, Shape, Table, Text, names};
use crate::policy::path::join;
use crate::policy::rule::Kind;
use crate::policy::rule::algebra::Algebra;
use crate::policy::rule::read::RuleTable;
use crate::policy::rule::words::{Words, yearly};
use crate::policy::{Bound, Class, Value, Yearly};

/// The band that a number falls into says what is given.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Bands {
    /// The bands, their bounds rising; one or more.
    pub bands: Vec<Band>,
    /// The number by which the band is found.
    pub of: Value,
}

/// A band: the first whose bound holds is the one.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Band {
    /// Up to where it reaches, and whether that is in it ([`Bound::AtMost`]) or not ([`Bound::Below`]); none: the rest.
    pub bound: Option<(Bound, Yearly<Decimal>)>,
    /// What it gives.
    pub give: Value,
}

impl Bands {
    /// The band that a number falls into in a year, which compares so with a bound.
    pub(crate) fn find(&self, year: u16, compare: impl Fn(&Decimal) -> Ordering) -> Option<(usize, &Band)> {
        let holds = |band: &Band| match &band.bound {
            None => true,
            Some((bound, limit)) => limit.at(year).is_some_and(|limit| bound.holds(compare(limit))),
        };
        self.bands.iter().enumerate().find(|(_, band)| holds(band))
    }
}

const OF: &str = "of";
const GIVE: &str = "give";

/// A band.
pub const BAND: Table = Table {
    name: "band",
    title: "Band",
    keys: &[
        Key::optional(
            Bound::Below.as_str(),
            Shape::Yearly,
            Text::new("该档的上限（不含）。", "Up to where the band reaches, itself not in it (不满, 不足)."),
        ),
        Key::optional(
            Bound::AtMost.as_str(),
            Shape::Yearly,
            Text::new("该档的上限（含）。", "Up to where the band reaches, itself in it (以下, 不超过)."),
        ),
        Key::required(GIVE, Shape::Value, Text::new("该档的数值。", "What the band gives.")),
    ],
};

pub(crate) const BAND_NAMES: &[&str] = names!(BAND.keys);

impl Kind for Bands {
    const GRAMMAR: KindGrammar = KindGrammar {
        title: "Bands (分档)",
        meaning: Text::new(
            "按某一数值所属的档次取值：自上而下第一个满足上限的档次。",
            "What the band of a number gives: the first band whose bound holds.",
        ),
        key: Key::required(
            "bands",
            Shape::List(List::of(&Shape::Table(&BAND)).at_least(1)),
            Text::new(
                "各档，上限（`below` 或 `at_most`）递增；末档可不设上限。",
                "The bands, each with a bound (`below` or `at_most`), rising; the last one may have none and is the rest.",
            ),
        ),
        with: &[Key::required(
            OF,
            Shape::Value,
            Text::new("据以分档的数值。", "The number by which the band is found."),
        )],
    };

    fn read(table: &mut RuleTable<'_, '_>) -> Option<Self> {
        let of = table.value(OF);
        let bands = read_bands(table);
        of.zip(bands).map(|(of, bands)| Self { bands, of })
    }

    fn eval<A: Algebra>(&self, a: &mut A) -> A::Number {
        let of = self.of.eval(a);
        a.bands(of, self)
    }

    fn describe(&self, words: &Words<'_>) -> String {
        let mut bands = Vec::new();
        for band in &self.bands {
            let give = words.value(&band.give);
            bands.push(match &band.bound {
                Some((bound, limit)) => [bound.sign(), " ", &yearly(limit), ": ", &give].concat(),
                None => [words.word("其余", "else"), ": ", &give].concat(),
            });
        }
        let by = [words.word("按", "by "), &words.bracketed(&self.of), words.word("分档（", " (")].concat();
        [&by, bands.join(words.word("；", "; ")).as_str(), words.word("）", ")")].concat()
    }

    fn explain(&self, words: &Words<'_>, _: &Class) -> String {
        words.word("按所属分档安排", "by its band").to_owned()
    }
}

fn read_bands(table: &mut RuleTable<'_, '_>) -> Option<Vec<Band>> {
    let (items, mut complete) = table.tables(Bands::KEY, BAND_NAMES)?;
    let (reader, scope) = (&mut *table.reader, table.scope.listed());
    let last = items.len().saturating_sub(1);
    let mut bands: Vec<Band> = Vec::new();
    for (index, (item, path)) in items.into_iter().enumerate() {
        let give = reader.required(item, GIVE, &path).and_then(|node| reader.value(node, &join(&path, GIVE), scope));
        let mut bounds = Vec::new();
        for bound in [Bound::Below, Bound::AtMost] {
            let Some(node) = item.get(bound.as_str()) else { continue };
            bounds.push(reader.bound(node, &join(&path, bound.as_str())).map(|limit| (bound, limit)));
        }
        let is_last = index == last;
        if bounds.len() > 1 || (bounds.is_empty() && !is_last) {
            let message = if bounds.is_empty() { catalogue::BAND_WITHOUT_BOUND } else { catalogue::TWO_BOUNDS };
            let problem = Problem::new(Code::BadBands, message).found(item.to_string());
            reader.push(problem.expected(catalogue::ONE_BOUND), item.position, &path);
            complete = false;
            continue;
        }
        let bound = match bounds.pop() {
            None => None,
            Some(Some(bound)) => Some(bound),
            Some(None) => {
                complete = false;
                continue;
            }
        };
        let before = bands.last().and_then(|band| band.bound.as_ref());
        if let (Some((kind, limit)), Some((kind_before, before))) = (&bound, before) {
            // Below 500, then at most 500, is a band of one number.
            let rises = |limit: &Decimal, before: &Decimal| {
                limit > before || (limit == before && (*kind_before, *kind) == (Bound::Below, Bound::AtMost))
            };
            complete &= reader.rising(limit, before, rises, item, &path);
        }
        match give {
            Some(give) => bands.push(Band { bound, give }),
            None => complete = false,
        }
    }
    complete.then_some(bands)
}
