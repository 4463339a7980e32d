//! `left_of = "ID"`: what the caps of another pool leave undistributed (结余).

use crate::ground::catalogue::policy as words;
use crate::ground::ids::PoolIndex;
use crate::ground::problem::{Code, Problem};
use crate::ground::text::did_you_mean;
use crate::policy::Class;
use crate::policy::grammar::{Key, KindGrammar, Shape, Text};
use crate::policy::rule::Kind;
use crate::policy::rule::algebra::Algebra;
use crate::policy::rule::read::RuleTable;
use crate::policy::rule::words::Words;

/// What another pool leaves undistributed in the year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct LeftOf(pub PoolIndex);

impl Kind for LeftOf {
    const GRAMMAR: KindGrammar = KindGrammar {
        title: "What a pool leaves (结余)",
        meaning: Text::new(
            "另一资金池当年因封顶未分完的金额；只能用于资金池或层级额度的 `amount`。",
            "What the caps of another pool leave undistributed in the year; only in the `amount` of a pool or of a layer's limit.",
        ),
        key: Key::required(
            "left_of",
            Shape::Text,
            Text::new(
                "资金池的编号：由之前的层级使用，或由同一层级使用且在文件中居前（额度可用同一层级的任一资金池）。",
                "The id of a pool of an earlier layer, or of the same layer and earlier in the file (for a limit, any of its layer).",
            ),
        ),
        with: &[],
    };

    fn read(table: &mut RuleTable<'_, '_>) -> Option<Self> {
        let (node, path) = table.part(Self::KEY);
        let node = node?;
        let text = table.reader.text(node, &path)?;
        let Some(order) = table.scope.left_of else {
            let problem = Problem::new(Code::LeftOfOutsidePool, words::LEFT_OF_OUTSIDE_POOL).found(&text);
            table.reader.push(problem, node.position, &path);
            return None;
        };
        let pools = table.scope.pools;
        let Some(found) = pools.iter().position(|id| *id == text) else {
            let problem = Problem::new(Code::UnknownPool, words::NO_POOL).found(&text);
            let hint = did_you_mean(&text, pools.iter().map(String::as_str));
            table.reader.push(problem.expected(hint), node.position, &path);
            return None;
        };
        if !order.is_after(found) {
            let problem = Problem::new(Code::LaterPool, words::LATER_POOL).found(&text);
            table.reader.push(problem.expected(words::EARLIER_POOL), node.position, &path);
            return None;
        }
        Some(Self(PoolIndex::new(found)))
    }

    fn eval<A: Algebra>(&self, a: &mut A) -> A::Number {
        a.left_of(self.0)
    }

    fn describe(&self, words: &Words<'_>) -> String {
        let pool = words.pool(self.0);
        [words.word("资金池“", "what is left of the pool "), pool, words.word("”的结余", "")].concat()
    }

    fn explain(&self, words: &Words<'_>, _: &Class) -> String {
        self.describe(words)
    }
}
