//! `pool = "ID"`: the place's part of a pool (因素法).

use crate::ground::catalogue::policy as words;
use crate::ground::ids::PoolIndex;
use crate::ground::message::Phrase;
use crate::ground::problem::{Code, Problem};
use crate::ground::text::did_you_mean;
use crate::policy::Class;
use crate::policy::grammar::{Key, KindGrammar, Shape, Text};
use crate::policy::rule::algebra::Algebra;
use crate::policy::rule::read::{Nesting, RuleTable};
use crate::policy::rule::words::Words;
use crate::policy::rule::{Kind, RuleKind};

/// The place's part of a pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PoolPart(pub PoolIndex);

impl RuleKind {
    /// The pool that it is a part of.
    pub(crate) const fn pool(&self) -> Option<PoolIndex> {
        if let Self::Pool(PoolPart(pool)) = self { Some(*pool) } else { None }
    }
}

impl Kind for PoolPart {
    const GRAMMAR: KindGrammar = KindGrammar {
        title: "Part of a pool (因素法)",
        meaning: Text::new(
            "对象在资金池中的份额。保底与封顶写在资金池中。",
            "The place's part of a pool. Floors and caps stand in the pool.",
        ),
        key: Key::required("pool", Shape::Text, Text::new("资金池的编号。", "The id of a pool.")),
        with: &[],
    };
    const UNBOUNDED: Option<Phrase> = Some(words::UNBOUNDED_POOL);

    fn read(table: &mut RuleTable<'_, '_>) -> Option<Self> {
        if table.scope.nesting != Nesting::Outermost {
            table.bad(words::POOL_INSIDE_RULE, None);
        }
        let (node, path) = table.part(Self::KEY);
        let node = node?;
        let text = table.reader.text(node, &path)?;
        let pools = table.scope.pools;
        let found = pools.iter().position(|id| *id == text);
        if found.is_none() {
            let problem = Problem::new(Code::UnknownPool, words::NO_POOL).found(&text);
            let hint = did_you_mean(&text, pools.iter().map(String::as_str));
            table.reader.push(problem.expected(hint), node.position, &path);
        }
        found.map(|pool| Self(PoolIndex::new(pool)))
    }

    fn eval<A: Algebra>(&self, a: &mut A) -> A::Number {
        a.pool(self.0)
    }

    fn describe(&self, words: &Words<'_>) -> String {
        [words.word("分享资金池 ", "a part of the pool "), words.pool(self.0)].concat()
    }

    fn explain(&self, words: &Words<'_>, _: &Class) -> String {
        let pool = words.pool(self.0);
        [words.word("资金池“", "its part of the pool "), pool, words.word("”中的份额", "")].concat()
    }
}
