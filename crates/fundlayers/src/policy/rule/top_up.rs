//! `top_up_to = V, counting = [LAYERS]`: max(0, V − the counted layers) (补差).

use crate::ground::catalogue::ground as common;
use crate::ground::catalogue::policy as words;
use crate::ground::ids::LayerIndex;
use crate::ground::language::Lang;
use crate::ground::problem::{Code, Problem};
use crate::ground::text::did_you_mean_level;
use crate::policy::document::NodeValue;
use crate::policy::grammar::{Key, KindGrammar, List, Shape, Text};
use crate::policy::rule::Kind;
use crate::policy::rule::algebra::Algebra;
use crate::policy::rule::read::RuleTable;
use crate::policy::rule::words::{Words, spaced};
use crate::policy::{Class, Value};

/// What is missing to a level: max(0, `to` − the counted layers).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TopUp {
    /// The level to reach.
    pub to: Value,
    /// The layers that count, each before this one.
    pub counting: Vec<LayerIndex>,
}

const COUNTING: &str = "counting";

impl Kind for TopUp {
    const GRAMMAR: KindGrammar = KindGrammar {
        title: "Top-up (补差)",
        meaning: Text::new(
            "距某一水平的差额：max(0, `top_up_to` − 计入的层级)。",
            "What is missing to a level: max(0, `top_up_to` − the counted layers).",
        ),
        key: Key::required(
            "top_up_to",
            Shape::Value,
            Text::new(
                "应达到的金额，以政策的单位计。",
                "The level to reach, in the policy's unit; the rule is never below 0.",
            ),
        ),
        with: &[Key::optional(
            COUNTING,
            Shape::List(List::of(&Shape::Text).distinct()),
            Text::new(
                "计入的靠前层级，以编号列出；空列表为都不计入。",
                "The earlier layers that fill the level, by id; an empty list: none.",
            ),
        )
        .or("所有靠前的层级", "all earlier layers")
        .titled("Counted layers")],
    };

    fn read(table: &mut RuleTable<'_, '_>) -> Option<Self> {
        let to = table.value(Self::KEY);
        let counting = counting(table);
        to.zip(counting).map(|(to, counting)| Self { to, counting })
    }

    fn eval<A: Algebra>(&self, a: &mut A) -> A::Number {
        let to = self.to.eval(a);
        let counted = a.counted(&self.counting);
        let missing = a.difference(to, counted);
        a.not_below_zero(missing)
    }

    fn describe(&self, words: &Words<'_>) -> String {
        let to = words.value(&self.to);
        let layers: Vec<&str> = self.counting.iter().map(|layer| words.layer(*layer)).collect();
        let to = match words.lang {
            Lang::Zh => spaced(["补足到", &to]),
            Lang::En => ["tops up to ", &to].concat(),
        };
        if layers.is_empty() {
            to
        } else {
            [&to, words.word("，计入", ", counting "), &words.list(&layers)].concat()
        }
    }

    fn explain(&self, words: &Words<'_>, class: &Class) -> String {
        let listed = |layer: &&LayerIndex| class.funds(**layer);
        let names: Vec<&str> = self.counting.iter().filter(listed).map(|layer| words.layer(*layer)).collect();
        let to = words.word("补足到标准", "tops up to the standard");
        if names.is_empty() {
            return to.to_owned();
        }
        [to, words.word("，已计入", ", counting "), &words.list(&names)].concat()
    }
}

/// The layers that count; all earlier ones, if the table does not say.
fn counting(table: &mut RuleTable<'_, '_>) -> Option<Vec<LayerIndex>> {
    let scope = table.scope;
    let (node, path) = table.part(COUNTING);
    let Some(node) = node else { return Some((0..scope.layer).map(LayerIndex::new).collect()) };
    let reader = &mut *table.reader;
    let mut counting = Vec::new();
    let mut complete = matches!(node.value, NodeValue::List(_));
    for item in reader.list(Some(node), &path) {
        let layer = reader.text(item, &path).and_then(|text| {
            if let Some(layer) = scope.layers.iter().position(|id| *id == text) {
                return reader.earlier(layer, &text, item.position, &path, scope);
            }
            let problem = Problem::new(Code::UnknownLayer, common::NO_LAYER_OF_POLICY).found(&text);
            let known = scope.layers.iter().take(scope.layer).map(String::as_str);
            reader.push(problem.expected(did_you_mean_level(&text, known)), item.position, &path);
            None
        });
        match layer {
            Some(layer) if counting.contains(&layer) => {
                let problem = Problem::new(Code::DuplicateId, words::COUNTED_TWICE).found(item.to_string());
                reader.push(problem.expected(words::EACH_LAYER_ONCE), item.position, &path);
            }
            Some(layer) => counting.push(layer),
            None => complete = false,
        }
    }
    complete.then_some(counting)
}
