//! `exact = "LAYER"`: what an earlier layer comes to before its rounding (未取整数).

use crate::ground::catalogue::ground as common;
use crate::ground::ids::LayerIndex;
use crate::ground::problem::{Code, Problem};
use crate::ground::text::did_you_mean_level;
use crate::policy::Class;
use crate::policy::grammar::{Key, KindGrammar, Shape, Text};
use crate::policy::rule::Kind;
use crate::policy::rule::algebra::Algebra;
use crate::policy::rule::read::RuleTable;
use crate::policy::rule::words::Words;

/// What an earlier layer comes to before its rounding, and before its limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ExactOf(pub LayerIndex);

impl Kind for ExactOf {
    const GRAMMAR: KindGrammar = KindGrammar {
        title: "Before rounding (未取整数)",
        meaning: Text::new(
            "靠前某一层级取整（及额度内安排）之前的数额。",
            "What an earlier layer comes to before its rounding and before its limit.",
        ),
        key: Key::required("exact", Shape::Text, Text::new("靠前层级的编号。", "The id of an earlier layer.")),
        with: &[],
    };

    fn read(table: &mut RuleTable<'_, '_>) -> Option<Self> {
        let (node, path) = table.part(Self::KEY);
        let node = node?;
        let scope = table.scope;
        let text = table.reader.text(node, &path)?;
        if let Some(layer) = scope.layers.iter().position(|id| *id == text) {
            return table.reader.earlier(layer, &text, node.position, &path, scope).map(Self);
        }
        let problem = Problem::new(Code::UnknownLayer, common::NO_LAYER_OF_POLICY).found(&text);
        let known = scope.layers.iter().take(scope.layer).map(String::as_str);
        table.reader.push(problem.expected(did_you_mean_level(&text, known)), node.position, &path);
        None
    }

    fn eval<A: Algebra>(&self, a: &mut A) -> A::Number {
        a.exact(self.0)
    }

    fn describe(&self, words: &Words<'_>) -> String {
        [words.layer(self.0), words.word("（未取整）", " before its rounding")].concat()
    }

    fn explain(&self, words: &Words<'_>, _: &Class) -> String {
        self.describe(words)
    }
}
