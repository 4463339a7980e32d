//! `aggregate = "sum", of = V, over = [KEYS], where = {…}`: over the places of a year (汇总).

use crate::ground::catalogue::policy as catalogue;
use crate::ground::ids::AggregateIndex;
use crate::ground::problem::{Code, Problem};
use crate::ground::text::did_you_mean;
use crate::policy::grammar::{Key, KindGrammar, List, Shape, Text};
use crate::policy::path::join;
use crate::policy::rule::Kind;
use crate::policy::rule::algebra::Algebra;
use crate::policy::rule::condition::{Condition, ConditionStyle, Subject};
use crate::policy::rule::read::{RuleTable, Scope};
use crate::policy::rule::words::Words;
use crate::policy::{Class, Value};

/// A rule that reads an aggregate of the policy, by its place among [`Policy::aggregates`](crate::Policy::aggregates).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct AggregateOf(pub AggregateIndex);

/// A figure of many places: of those that are live in the year, agree with the place in some keys and meet some conditions,
/// each as often as it counts.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Aggregate {
    /// What is worked out.
    pub function: Function,
    /// Of which value of each place; none where places are counted.
    pub of: Option<Value>,
    /// In what the places agree with this one; nothing: all places.
    pub over: Vec<Subject>,
    /// What must hold of each of them.
    pub conditions: Vec<Condition>,
}

/// What an aggregate works out of the values of its places.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Function {
    /// Their sum.
    Sum,
    /// Their mean.
    Mean,
    /// The least.
    Least,
    /// The greatest.
    Greatest,
    /// The middle one; of an even number of them, the mean of the middle two.
    Median,
    /// How many places there are.
    Count,
}

impl Function {
    /// Every function.
    pub const ALL: [Self; 6] = [Self::Sum, Self::Mean, Self::Least, Self::Greatest, Self::Median, Self::Count];

    /// The word in policy files.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sum => "sum",
            Self::Mean => "mean",
            Self::Least => "least",
            Self::Greatest => "greatest",
            Self::Median => "median",
            Self::Count => "count",
        }
    }

    const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Sum => ("合计", "the sum of "),
            Self::Mean => ("平均数", "the mean of "),
            Self::Least => ("最小值", "the least "),
            Self::Greatest => ("最大值", "the greatest "),
            Self::Median => ("中位数", "the median of "),
            Self::Count => ("对象数", "the number of places"),
        }
    }
}

const FUNCTIONS: &[&str] = &[
    Function::Sum.as_str(),
    Function::Mean.as_str(),
    Function::Least.as_str(),
    Function::Greatest.as_str(),
    Function::Median.as_str(),
    Function::Count.as_str(),
];

const OF: &str = "of";
const OVER: &str = "over";
const WHERE: &str = "where";

impl Kind for AggregateOf {
    const GRAMMAR: KindGrammar = KindGrammar {
        title: "Aggregate (汇总)",
        meaning: Text::new(
            "当年各有效对象（每行按其数量计）的汇总数：与本对象在 `over` 各项上相同、且满足 `where` 的对象。",
            "A figure of the live places of the year, each as often as it counts: of those that agree with this place in what \
             `over` names and meet `where`.",
        ),
        key: Key::required("aggregate", Shape::Word(FUNCTIONS), Text::new("汇总方式。", "What is worked out.")),
        with: &[
            Key::optional(
                OF,
                Shape::Value,
                Text::new(
                    "各对象的数值：可读取属性、指标、靠前的层级。`count` 不写此项。",
                    "The value of each place: it may read attributes, figures and earlier layers. Not for `count`.",
                ),
            )
            .or("须写明（`count` 除外）", "an error, but for `count`"),
            Key::optional(
                OVER,
                Shape::List(List::of(&Shape::Text).distinct()),
                Text::new(
                    "相同之处：`kind`、`designation`、`class`、`county`、`township` 或文字属性的编号。",
                    "In what the places agree: `kind`, `designation`, `class`, `county`, `township`, ids of attributes of \
                     type text.",
                ),
            )
            .or("所有对象", "all places"),
            Key::optional(
                WHERE,
                Shape::Conditions,
                Text::new("各对象须全部满足的条件。", "What must hold of each of the places, all of it."),
            ),
        ],
    };

    fn read(table: &mut RuleTable<'_, '_>) -> Option<Self> {
        let function = read_function(table);
        let of = if function == Some(Function::Count) {
            if let (Some(node), path) = table.part(OF) {
                let problem = Problem::new(Code::BadAggregate, catalogue::COUNT_OF_NOTHING).found(OF);
                table.reader.push(problem, node.position, &path);
            }
            Some(None)
        } else if table.part(OF).0.is_none() {
            let problem = Problem::new(Code::BadAggregate, catalogue::AGGREGATE_OF_WHAT);
            let (position, path) = (table.node.position, table.path);
            table.reader.push(problem.found(table.node.to_string()), position, path);
            None
        } else {
            let (node, path) = table.part(OF);
            // Each place reads the standard of its own class.
            let scope = Scope { standard: true, ..table.scope.nested() };
            node.and_then(|node| table.reader.value(node, &path, scope)).map(Some)
        };
        let over = read_over(table);
        let (conditions, path) = table.part(WHERE);
        let scope = Scope { standard: true, ..table.scope };
        let conditions =
            conditions.map(|node| table.reader.conditions(node, &path, scope.nested())).unwrap_or_default();
        let (function, of, over) = (function?, of?, over?);
        Some(Self(table.reader.aggregate(Aggregate { function, of, over, conditions })))
    }

    fn eval<A: Algebra>(&self, a: &mut A) -> A::Number {
        a.aggregate(self.0)
    }

    fn describe(&self, words: &Words<'_>) -> String {
        words.aggregate(self.0)
    }

    fn explain(&self, words: &Words<'_>, _: &Class) -> String {
        words.aggregate(self.0)
    }
}

impl Words<'_> {
    /// An aggregate in words: 区县相同的对象人口的平均数, the mean of population over the places of the same county.
    pub(crate) fn aggregate(&self, index: AggregateIndex) -> String {
        let Some(aggregate) = self.policy.aggregate(index) else { return String::new() };
        let (zh, en) = aggregate.function.words();
        let of = aggregate.of.as_ref().map(|of| self.bracketed(of)).unwrap_or_default();
        let over: Vec<&str> = aggregate.over.iter().map(|key| self.subject(*key)).collect();
        let conditions = self.conditions(&aggregate.conditions, ConditionStyle::DESCRIPTION);
        let (over, has_over) = (self.list(&over), !over.is_empty());
        match self.lang {
            crate::ground::language::Lang::Zh => {
                let over = if has_over { [&over, "相同的"].concat() } else { "所有".to_owned() };
                let conditions = if conditions.is_empty() { conditions } else { ["（", &conditions, "）"].concat() };
                [over.as_str(), "对象", &conditions, if of.is_empty() { "" } else { "的" }, of.as_str(), zh].concat()
            }
            crate::ground::language::Lang::En => {
                let over = if has_over {
                    [" over the places of the same ", &over].concat()
                } else {
                    " over all places".to_owned()
                };
                let conditions = if conditions.is_empty() { conditions } else { [" where ", &conditions].concat() };
                [en, &of, &over, &conditions].concat()
            }
        }
    }
}

fn read_function(table: &mut RuleTable<'_, '_>) -> Option<Function> {
    let (node, path) = table.part(AggregateOf::KEY);
    let node = node?;
    let text = table.reader.text(node, &path)?;
    let found = Function::ALL.into_iter().find(|function| function.as_str() == text);
    if found.is_none() {
        let problem = Problem::new(Code::UnknownWord, catalogue::NO_FUNCTION).found(&text);
        table.reader.push(problem.expected(did_you_mean(&text, FUNCTIONS.iter().copied())), node.position, &path);
    }
    found
}

fn read_over(table: &mut RuleTable<'_, '_>) -> Option<Vec<Subject>> {
    let (node, path) = table.part(OVER);
    let items = table.reader.list(node, &path);
    let mut over = Vec::new();
    let mut complete = node.is_none_or(|node| matches!(node.value, crate::policy::document::NodeValue::List(_)));
    for (index, item) in items.iter().enumerate() {
        let path = join(&path, &index.to_string());
        match table.text_subject_at(item, &path) {
            Some(subject) if over.contains(&subject) => {
                let problem = Problem::new(Code::DuplicateId, catalogue::KEY_TWICE).found(item.to_string());
                table.reader.push(problem, item.position, &path);
            }
            Some(subject) => over.push(subject),
            None => complete = false,
        }
    }
    complete.then_some(over)
}
