//! `last_year = "LAYER", first = V`: what the place got in a layer the year before (上年数, 基数).

use crate::ground::catalogue::ground as common;
use crate::ground::ids::LayerIndex;
use crate::ground::problem::{Code, Problem};
use crate::ground::text::did_you_mean_level;
use crate::policy::grammar::{Key, KindGrammar, Shape, Text};
use crate::policy::rule::Kind;
use crate::policy::rule::algebra::Algebra;
use crate::policy::rule::read::RuleTable;
use crate::policy::rule::words::Words;
use crate::policy::{Class, Value};

/// What the place, by its id, got in a layer the year before.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct LastYear {
    /// The layer: any, for last year all of them are known.
    pub layer: LayerIndex,
    /// What stands for it where the place was not live the year before.
    pub first: Value,
}

const FIRST: &str = "first";

impl Kind for LastYear {
    const GRAMMAR: KindGrammar = KindGrammar {
        title: "Last year (上年数)",
        meaning: Text::new(
            "该对象（按编码）上一年在某一层级得到的金额。所求年度之前的年度一并计算。",
            "What the place, by its id, got in a layer the year before. The years before those asked for are computed too.",
        ),
        key: Key::required("last_year", Shape::Text, Text::new("任一层级的编号。", "The id of any layer.")),
        with: &[Key::required(
            FIRST,
            Shape::Value,
            Text::new("该对象上一年不在名单之内时的数值。", "What it is where the place was not live the year before."),
        )],
    };

    fn read(table: &mut RuleTable<'_, '_>) -> Option<Self> {
        let first = table.value(FIRST);
        let (node, path) = table.part(Self::KEY);
        let node = node?;
        let layers = table.scope.layers;
        let text = table.reader.text(node, &path)?;
        let layer = layers.iter().position(|id| *id == text);
        if layer.is_none() {
            let problem = Problem::new(Code::UnknownLayer, common::NO_LAYER_OF_POLICY).found(&text);
            let hint = did_you_mean_level(&text, layers.iter().map(String::as_str));
            table.reader.push(problem.expected(hint), node.position, &path);
        }
        layer.zip(first).map(|(layer, first)| Self { layer: LayerIndex::new(layer), first })
    }

    fn eval<A: Algebra>(&self, a: &mut A) -> A::Number {
        a.last_year(self.layer, &self.first)
    }

    fn describe(&self, words: &Words<'_>) -> String {
        let (first, after) = (words.word("（首年：", " of the year before (at first: "), words.word("）", ")"));
        [words.word("上年", ""), words.layer(self.layer), first, &words.value(&self.first), after].concat()
    }

    fn explain(&self, words: &Words<'_>, _: &Class) -> String {
        [words.word("上年", ""), words.layer(self.layer), words.word("", " of the year before")].concat()
    }
}
