//! The JSON Schema of policy files with its descriptions in one language. The schema itself has those of keys in both.

use std::collections::HashMap;

use fundlayers::registry::{Absent, BOUNDED, COMMON, KINDS, Key, Shape, TABLES, Text};
use fundlayers::{Lang, POLICY_SCHEMA};

/// What the schema says once, in Chinese; of titles too that have none in brackets.
const WORDS: &[(&str, &str)] = &[
    ("fundlayers policy", "fundlayers 政策"),
    ("Version", "版本"),
    ("Years", "年度"),
    ("Rounding", "取整"),
    ("Decimal places", "小数位数"),
    ("Rounding mode", "取整方式"),
    ("Source", "文件来源"),
    ("Status", "状态"),
    ("Readings", "解读"),
    ("Reading", "一条解读"),
    ("Alternatives", "另解"),
    ("Classes that it bears on", "有关的类别"),
    ("Layers that it bears on", "有关的层级"),
    ("Clause", "条款"),
    ("Attributes", "属性"),
    ("Attribute", "一项属性"),
    ("Type", "类型"),
    ("Layer", "一个安排层级"),
    ("Payer named by an attribute", "由属性写明的安排主体"),
    ("Sign", "正负"),
    ("Limit", "额度"),
    ("Figure", "一项指标"),
    ("Rounding of a rule or figure", "规则或指标的取整"),
    ("Class", "一个类别"),
    ("Expected count", "文件所列个数"),
    ("Funding", "资金安排"),
    ("Pools", "资金池"),
    ("Pool", "一个资金池"),
    ("Check", "一项核对"),
    ("Subject", "所属层次"),
    ("Projects", "项目"),
    ("Share of a category", "一类项目的占比"),
    ("Weights", "权重"),
    ("Floors above the pool", "下限之和超出总额时"),
    ("What caps leave", "因上限而剩余的部分"),
    ("Apportionment", "尾差的分配"),
    ("Id", "编号"),
    ("Id of a layer", "安排层级的编号"),
    ("Name", "名称"),
    ("Text", "文字"),
    ("Unit of money", "金额单位"),
    ("Year", "年度"),
    ("Number in a text", "以文本写出的数字"),
    ("Amount", "金额"),
    ("Amount, or a table of years", "金额，或按年度的表"),
    ("Table of years", "按年度的表"),
    ("Number or ratio in a text", "以文本写出的数字或比例"),
    ("Weight", "权重"),
    ("Rate", "比例"),
    ("Rule", "规则"),
    ("Value", "值"),
    ("Name of a value", "值的名称"),
    ("Sum", "和"),
    ("Counted layers", "计入的层级"),
    ("Band", "一档"),
    ("Tier", "一级"),
    ("Conditions", "条件"),
    ("Condition", "一个条件"),
    ("Bounds", "界限"),
    ("Bound", "界限值"),
    (
        "A layered public-funding policy as data: layers, classes, rules and pools, each with the clause it rests on. \
         Describes policy files in TOML and in JSON. What a schema cannot say (ids that are declared, weights that sum to 1, \
         years that are covered) is checked when the file is read; docs/policy-format.md explains every key.",
        "以数据写成的分级资金政策：安排层级、类别、规则和资金池，各附所依据的条款。适用于 TOML 和 JSON 格式的政策文件。\
         Schema 无法表达的内容（编号是否已设定、权重之和是否为 1、年度是否齐全），在读取文件时检查；各键的说明见 docs/policy-format.zh-CN.md。",
    ),
    ("An id, which differs from the others of its list.", "编号，与同一列表中的其他编号不同。"),
    (
        "An id that rules can read: not digits only, not a column of the roster, not `standard` or `equal`.",
        "规则可以读取的编号：不能全部是数字，不能与名单的列同名，不能是 `standard` 或 `equal`。",
    ),
    (
        "Not digits only, not a column of the roster or of results, not `standard` or `equal`. A layer may be called `county`.",
        "不能全部是数字，不能与名单或结果的列同名，不能是 `standard` 或 `equal`。层级可以叫 `county`。",
    ),
    ("Name in Chinese and English. What is left out is the id.", "中文和英文名称。省略的以编号代替。"),
    (
        "A text in Chinese and English. Where one is left out, the other stands for it.",
        "中文和英文的文字。省略其一时，以另一种代替。",
    ),
    ("A number in quotes, read exactly: \"1,234.5\".", "引号中的数字，按各位准确读取，如 \"1,234.5\"。"),
    ("A number in the policy's unit, not below 0.", "以政策的单位计的数，不小于 0。"),
    (
        "An amount in the policy's unit, or a table such as { 2023 = 500, 2025 = 550 }: each holds until the next.",
        "以政策的单位计的金额，或按年度的表，如 { 2023 = 500, 2025 = 550 }：各值沿用到下一个年度之前。",
    ),
    ("\"0.25\", or a ratio of two whole numbers, \"1/3\".", "\"0.25\"，或两个整数之比，如 \"1/3\"。"),
    ("A number or a ratio such as \"3/10\", not below 0.", "数字，或 \"3/10\" 这样的比例，不小于 0。"),
    (
        "A number, a ratio such as \"1/3\", a table of years of these, or any value. A negative rate may stand only in a list.",
        "数字、\"1/3\" 这样的比例、按年度的表，或任何值。负的比例只能出现在列表中。",
    ),
    (
        "A number, a table of years, \"standard\", the id of an attribute of type number, of a figure or of an earlier layer, a \
         rule in braces, or a list of these (their sum).",
        "数字、按年度的表、\"standard\"、数字类属性、指标或之前层级的编号、花括号中的规则，或由这些组成的列表（取其和）。",
    ),
    (
        "\"standard\", or the id of an attribute of type number, of a figure or of an earlier layer.",
        "\"standard\"，或数字类属性、指标、之前层级的编号。",
    ),
    ("The sum of its parts; numbers in it may be negative.", "各部分之和；其中的数可以为负。"),
    (
        "By attribute, figure, earlier layer, `year`, `kind`, `designation`, `class`, `county` or `township`: a value to equal, \
         a list of such values, or bounds of a number. `any`: a list of conditions of which one holds. `not`: conditions that \
         do not all hold.",
        "按属性、指标、之前的层级、`year`、`kind`、`designation`、`class`、`county` 或 `township`：应等于的值、若干个这样的值，或数字的界限。\
         `any`：条件的列表，其中一个成立即可。`not`：不能全部成立的条件。",
    ),
];

/// How the description of a rule begins, behind which its kinds are listed.
const RULE: (&str, &str) = (
    "How one layer's amount comes about for one place of the class: a value, or a table with one of ",
    "该类别的一个对象在一个层级的金额怎样得出：一个值，或含以下键之一的表：",
);

/// The schema in a language; English editors read both.
pub(crate) fn text(lang: Lang) -> String {
    if lang == Lang::En {
        return POLICY_SCHEMA.to_owned();
    }
    let known = meanings();
    let mut out = String::with_capacity(POLICY_SCHEMA.len());
    let mut rest = POLICY_SCHEMA;
    while let Some((before, said, after)) = next(rest) {
        out.push_str(before);
        out.push_str(&json(&chinese(&known, &said).unwrap_or(said)));
        rest = after;
    }
    out + rest
}

/// The next sentence of a schema, what stands before it and what behind.
fn next(text: &str) -> Option<(&str, String, &str)> {
    let starts = ["\"title\": \"", "\"description\": \""]
        .into_iter()
        .filter_map(|key| text.find(key)?.checked_add(key.len())?.checked_sub(1));
    let (before, rest) = text.split_at_checked(starts.min()?)?;
    let mut texts = serde_json::Deserializer::from_str(rest).into_iter::<String>();
    let said = texts.next()?.ok()?;
    Some((before, said, rest.split_at_checked(texts.byte_offset())?.1))
}

fn json(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn chinese(known: &HashMap<String, String>, said: &str) -> Option<String> {
    if let Some((_, zh)) = WORDS.iter().find(|(en, _)| *en == said) {
        return Some((*zh).to_owned());
    }
    if let Some(zh) = known.get(said) {
        return Some(zh.clone());
    }
    if let Some(kinds) = said.strip_prefix(RULE.0) {
        return Some(format!("{}{}。", RULE.1, kinds.trim_end_matches('.').replace(", ", "、")));
    }
    // A title with its Chinese in brackets.
    let (_, zh) = said.strip_suffix(')')?.split_once(" (")?;
    Some(zh.replace(", ", "、"))
}

/// What keys and kinds mean, by both languages as the schema has them.
fn meanings() -> HashMap<String, String> {
    let mut known = HashMap::new();
    let mut waiting: Vec<&Key> = TABLES.iter().flat_map(|table| table.keys).chain(COMMON).chain(BOUNDED).collect();
    for kind in KINDS {
        known.extend([both(kind.grammar.meaning, None)]);
        waiting.push(&kind.grammar.key);
        waiting.extend(kind.grammar.with);
    }
    for key in waiting {
        let absent = if let Absent::Means(text) = key.absent { Some(text) } else { None };
        known.extend([both(key.meaning, absent)]);
        inner(&key.shape, &mut known);
    }
    known
}

/// Keys of tables that stand under a key.
fn inner(shape: &Shape, known: &mut HashMap<String, String>) {
    match shape {
        Shape::Table(table) | Shape::TextOr(table) => {
            for key in table.keys {
                let absent = if let Absent::Means(text) = key.absent { Some(text) } else { None };
                known.extend([both(key.meaning, absent)]);
                inner(&key.shape, known);
            }
        }
        Shape::List(list) => inner(list.of, known),
        Shape::Map(_, of) => inner(of, known),
        _ => {}
    }
}

fn both(meaning: Text, absent: Option<Text>) -> (String, String) {
    let (mut zh, mut en) = (meaning.zh.to_owned(), meaning.en.to_owned());
    if let Some(text) = absent {
        en.extend([" Left out: ", text.en, "."]);
        zh.extend(["省略时为：", text.zh, "。"]);
    }
    (format!("{en} {zh}"), zh)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_description_of_the_schema_has_its_chinese() {
        let known = meanings();
        let (mut said, mut rest) = (Vec::new(), POLICY_SCHEMA);
        while let Some((_, sentence, after)) = next(rest) {
            said.push(sentence);
            rest = after;
        }
        assert!(said.len() > 200, "only {} were found", said.len());
        let missing: Vec<&String> = said.iter().filter(|said| chinese(&known, said).is_none()).collect();
        assert!(missing.is_empty(), "say these in Chinese, in WORDS of src/schema.rs: {missing:#?}");
        for (en, _) in WORDS {
            assert!(said.iter().any(|said| said == en), "nothing says `{en}` any more");
        }
        let text = text(Lang::Zh);
        assert!(serde_json::from_str::<serde_json::Value>(&text).is_ok());
        assert_eq!(text.lines().count(), POLICY_SCHEMA.lines().count());
        assert!(!text.contains("Left out"), "{text}");
    }
}
