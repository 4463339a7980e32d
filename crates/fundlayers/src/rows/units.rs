//! Units that titles and notes state, in brackets or behind 单位：.

use crate::ground::land::LandUnit;
use crate::ground::money::Unit;

/// What a title or a note says of the unit of amounts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Stated {
    /// One that is read.
    Unit(Unit),
    /// Another one of money, which is not: 千元, 美元.
    Other(String),
}

impl Stated {
    /// As a person wrote it.
    pub(crate) fn shown(&self) -> &str {
        match self {
            Self::Unit(unit) => unit.as_str(),
            Self::Other(unit) => unit,
        }
    }
}

/// What else may stand in a title beside the unit: 人民币万元, 含税万元.
const BESIDE: [&str; 6] = ["人民币", "不含税", "含税", "单位", "rmb", "cny"];
/// What a unit of money may be counted in.
const SCALES: [char; 5] = ['十', '百', '千', '万', '亿'];
/// Units of money that are never another word.
const CURRENCIES: [&str; 28] = [
    "美元",
    "美金",
    "港元",
    "港币",
    "港纸",
    "欧元",
    "日元",
    "日圆",
    "英镑",
    "澳元",
    "加元",
    "韩元",
    "韩圆",
    "泰铢",
    "卢布",
    "法郎",
    "台币",
    "新台币",
    "澳门元",
    "澳门币",
    "外币",
    "usd",
    "eur",
    "hkd",
    "jpy",
    "gbp",
    "$",
    "€",
];

/// Without white space, and in lower case.
fn bare(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_ascii_lowercase()
}

/// The parts of a remark: 万元，含税.
fn parts(bare: &str) -> impl Iterator<Item = &str> {
    bare.split(['，', '、', '；', ';', '：', ':', ',']).map(|part| {
        let mut part = part;
        while let Some(rest) = BESIDE.iter().find_map(|word| part.strip_prefix(word)) {
            part = rest;
        }
        part.strip_suffix("人民币").unwrap_or(part)
    })
}

fn named(part: &str) -> Option<Unit> {
    match part {
        "万" => Some(Unit::Wan),
        "亿" => Some(Unit::Yi),
        _ => Unit::named(part),
    }
}

/// The unit that a remark in the brackets of a title states: 万元, 单位：万元, 人民币万元, 含税万元, 万.
pub(crate) fn unit_of(remark: &str) -> Option<Unit> {
    let bare = bare(remark);
    let english = |unit: &Unit| bare.strip_prefix("unit:").unwrap_or(&bare) == self::bare(unit.english());
    if let Some(unit) = Unit::ALL.into_iter().find(english) {
        return Some(unit);
    }
    let mut units = parts(&bare).filter_map(named);
    let unit = units.next()?;
    // 元，万元 says nothing.
    units.all(|other| other == unit).then_some(unit)
}

/// Whether a word is a unit of money, read or not, or of land.
pub(crate) fn is_unit(word: &str) -> bool {
    !word.is_empty() && (unit_of(word).is_some() || is_other_money(&bare(word)) || LandUnit::named(word).is_some())
}

/// What is counted for each of something: 元 of 元/人.
pub(crate) fn counted_per(remark: &str) -> Option<&str> {
    remark.split_once(['/', '／', '每']).map(|(unit, _)| unit.trim())
}

/// Whether a word is a unit of money that is not read: 千元, 百万元, 美元, 万美元.
fn is_other_money(word: &str) -> bool {
    let unscaled = word.trim_start_matches(|c: char| SCALES.contains(&c) || c.is_ascii_digit());
    let is_yuan = matches!(unscaled, "元" | "圆" | "块");
    (is_yuan && unscaled.len() < word.len() || CURRENCIES.contains(&unscaled)) && named(word).is_none()
}

/// How often the figures of a title in brackets count more than one: 人口（万人）.
fn is_scaled(part: &str) -> bool {
    ["万", "千", "百", "亿", "thousand", "million", "%", "‰"].iter().any(|scale| part.starts_with(scale))
}

/// Whether a remark scales the figures below it or states another unit of money: 万人, 千元, 美元.
pub(crate) fn is_other(remark: &str) -> bool {
    let bare = bare(remark);
    unit_of(remark).is_none() && parts(&bare).any(|part| is_scaled(part) || is_other_money(part))
}

/// As [`is_other`], of amounts, whose titles remark nothing else that looks like a unit of money.
pub(crate) fn is_other_of_amounts(remark: &str) -> bool {
    const ENDS: [&str; 8] = ["元", "圆", "块", "币", "镑", "yuan", "usd", "dollars"];
    let bare = bare(remark);
    let is_other_unit = |part: &str| {
        ENDS.iter().any(|end| part.ends_with(end)) || matches!(part, "角" | "分" | "厘" | "十" | "k" | "m")
    };
    let is_per_head = || counted_per(remark).is_some_and(is_unit);
    unit_of(remark).is_none() && (is_other(remark) || parts(&bare).any(is_other_unit) || is_per_head())
}

/// The words of what notes say of units, 单位：万元 面积单位：亩, without white space and in lower case.
fn noted_words(text: &str) -> Vec<String> {
    // What nearly every cell fails at once.
    if !text.contains(['位', ':']) {
        return Vec::new();
    }
    let bare = bare(text).replace("单位:", "单位：").replace("unit:", "单位：");
    let is_of_word = |c: char| c.is_alphanumeric() || matches!(c, '$' | '€' | '㎡');
    // The next note of the same cell begins: 单位：万元 面积单位：亩.
    let word = |word: &str| word.trim_end_matches("金额").trim_end_matches("面积").to_owned();
    let notes = bare.split("单位：").skip(1);
    notes.flat_map(|note| note.split(|c: char| !is_of_word(c)).map(word).collect::<Vec<_>>()).collect()
}

/// The units of land that a note states: 单位：亩, 面积单位：公顷.
pub(crate) fn noted_land(text: &str) -> Vec<String> {
    noted_words(text).into_iter().filter(|word| LandUnit::named(word).is_some()).collect()
}

/// The units that a note states: 单位：万元, （单位:元）, 金额单位：亿元, unit: yuan; 单位：千元 too, which is not read.
pub(crate) fn noted(text: &str) -> Vec<Stated> {
    let one = |word: &String| {
        let word = word.strip_prefix("人民币").unwrap_or(word);
        let other = || is_other_money(word).then(|| Stated::Other(word.to_owned()));
        Unit::named(word).map(Stated::Unit).or_else(other)
    };
    noted_words(text).iter().filter_map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_remark_states_a_unit_of_amounts_in_many_ways() {
        for (remark, unit) in [
            ("元", Unit::Yuan),
            ("万元", Unit::Wan),
            ("单位：万元", Unit::Wan),
            ("单位: 元", Unit::Yuan),
            ("人民币万元", Unit::Wan),
            ("单位：人民币 亿元", Unit::Yi),
            ("含税万元", Unit::Wan),
            ("万元，不含税", Unit::Wan),
            ("万", Unit::Wan),
            ("亿", Unit::Yi),
            ("Wan", Unit::Wan),
            ("10,000 yuan", Unit::Wan),
        ] {
            assert_eq!(unit_of(remark), Some(unit), "{remark}");
            assert!(!is_other(remark) && !is_other_of_amounts(remark), "{remark}");
        }
        for remark in ["", "人", "含税", "人民币", "元，万元", "千元", "某元", "市级"] {
            assert_eq!(unit_of(remark), None, "{remark}");
        }
    }

    #[test]
    fn other_units_of_money_are_told_from_remarks() {
        let others = [
            "千元",
            "百万元",
            "千万元",
            "十万元",
            "10万元",
            "1000元",
            "美元",
            "万美元",
            "单位：千元",
            "港币",
            "人民币千元",
            "USD",
            "千",
            "万元/人",
        ];
        for remark in others {
            assert!(is_other(remark) && is_other_of_amounts(remark), "{remark}");
        }
        for remark in ["泰元", "分", "角", "越南盾币", "million yuan"] {
            assert!(is_other_of_amounts(remark), "{remark}");
        }
        for remark in ["含税", "人民币", "人", "市级", "一", "2024年", "预算数", "RMB"] {
            assert!(!is_other(remark) && !is_other_of_amounts(remark), "{remark}");
        }
        assert!(!is_other("单元") && !is_other("分"));
    }

    #[test]
    fn a_note_states_the_unit_of_all_amounts() {
        let unit = |unit| vec![Stated::Unit(unit)];
        for (text, stated) in [
            ("单位：万元", unit(Unit::Wan)),
            ("（单位: 元）", unit(Unit::Yuan)),
            ("金额单位：人民币亿元", unit(Unit::Yi)),
            ("单 位 ：万元、公顷", unit(Unit::Wan)),
            ("单位：公顷、万元", unit(Unit::Wan)),
            ("Unit: yuan", unit(Unit::Yuan)),
            ("单位：千元", vec![Stated::Other("千元".to_owned())]),
            ("单位：万美元", vec![Stated::Other("万美元".to_owned())]),
            ("单位：元 单位：万元", vec![Stated::Unit(Unit::Yuan), Stated::Unit(Unit::Wan)]),
            ("单位：万元 面积单位：亩", unit(Unit::Wan)),
            ("单位：某县财政局", vec![]),
            ("单位：广元市", vec![]),
            ("单位", vec![]),
            ("万元", vec![]),
        ] {
            assert_eq!(noted(text), stated, "{text}");
        }
    }
}
