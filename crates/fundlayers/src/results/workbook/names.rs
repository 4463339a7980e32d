//! What the numbers of a policy are called in its workbook.

use hashbrown::HashSet;

use crate::ground::ids::ClassIndex;
use crate::ground::language::Lang;
use crate::ground::sure::Sure;
use crate::policy::{Path, Policy};

/// A number of the policy in words.
pub(super) struct Called {
    /// The class, figure, pool or layer that it belongs to.
    pub(super) owner: String,
    /// What it is of that.
    pub(super) what: String,
    /// The clause that it rests on.
    pub(super) clause: Option<String>,
    /// Its kind of owner, for the order of rows.
    pub(super) order: usize,
}

fn word(key: &str, lang: Lang) -> Option<&'static str> {
    Some(match key {
        "standard" => lang.pick("标准", "standard"),
        "amount" => lang.pick("金额", "amount"),
        "rate" => lang.pick("比例", "rate"),
        "of" => lang.pick("基数", "of"),
        "at_least" => lang.pick("不低于", "at least"),
        "at_most" => lang.pick("不超过", "at most"),
        "above" => lang.pick("高于", "above"),
        "below" => lang.pick("低于", "below"),
        "up_to" => lang.pick("上限", "up to"),
        "top_up_to" => lang.pick("补足到", "tops up to"),
        "give" => lang.pick("该档数值", "gives"),
        "bands" => lang.pick("分档", "band"),
        "tiers" => lang.pick("累进", "tier"),
        "cases" => lang.pick("分类", "case"),
        "otherwise" => lang.pick("其他", "otherwise"),
        "least" => lang.pick("孰低", "least"),
        "greatest" => lang.pick("孰高", "greatest"),
        "product" => lang.pick("乘积", "product"),
        "quotient" => lang.pick("商", "quotient"),
        "difference" => lang.pick("差额", "difference"),
        "if_zero" => lang.pick("除数为0时", "if zero"),
        "when" | "where" => lang.pick("条件", "condition"),
        "value" => lang.pick("数值", "value"),
        "limit" => lang.pick("额度", "limit"),
        "year" => lang.pick("年度", "year"),
        "any" => lang.pick("任一", "any"),
        "not" => lang.pick("非", "not"),
        "first" => lang.pick("首年", "first"),
        _ => return None,
    })
}

/// What stands at a path.
pub(super) fn called(policy: &Policy, path: &str, lang: Lang) -> Called {
    let parsed = Path::parse(path).unwrap_or_else(|_| Path::new([path]));
    let parts: Vec<&str> = parsed.parts().collect();
    let is_list = |list: &str, id: &str, at: usize, own: &str| {
        parts.first() == Some(&list) && (own == id || id.parse() == Ok(at))
    };
    let (list, id) = (parts.first().copied().sure(), parts.get(1).copied().unwrap_or_default());
    let rest = parts.get(2..).unwrap_or_default();
    let mut owner = id.to_owned();
    let mut clause = None;
    let mut order = 9_usize;
    if let Some(class) =
        policy.classes().iter().enumerate().find(|(at, class)| is_list("classes", id, *at, &class.id)).map(|(_, c)| c)
    {
        class.name.get(lang).clone_into(&mut owner);
        clause = policy.unchanged(class.clause.as_deref(), &["classes", &class.id], "standard");
        order = 0;
        let layer = rest.get(1).filter(|_| rest.first() == Some(&"funding"));
        let rule = layer.and_then(|layer| {
            let at = policy.layer_index(layer)?;
            class.funding.get(at.number())?.as_ref().map(|_| at)
        });
        let number = policy.classes().iter().position(|other| other.id == class.id).map(ClassIndex::new);
        if let (Some(number), Some(layer)) = (number, rule) {
            clause = policy.clause(number, layer).map(str::to_owned);
        }
    } else if let Some(figure) =
        policy.figures().iter().enumerate().find(|(at, f)| is_list("figures", id, *at, &f.id)).map(|(_, f)| f)
    {
        figure.name.get(lang).clone_into(&mut owner);
        clause = policy.unchanged(figure.clause.as_deref(), &["figures", &figure.id], "");
        order = 1;
    } else if let Some(pool) =
        policy.pools().iter().enumerate().find(|(at, pool)| is_list("pools", id, *at, &pool.id)).map(|(_, pool)| pool)
    {
        pool.name.get(lang).clone_into(&mut owner);
        clause = policy.unchanged(pool.clause.as_deref(), &["pools", &pool.id], "");
        order = 2;
    } else if let Some(layer) =
        policy.layers().iter().enumerate().find(|(at, l)| is_list("layers", id, *at, &l.id)).map(|(_, l)| l)
    {
        layer.name.get(lang).clone_into(&mut owner);
        clause = policy.unchanged(layer.clause.as_deref(), &["layers", &layer.id], "");
        order = 3;
    } else {
        list.clone_into(&mut owner);
    }
    let mut words = Vec::new();
    let mut after_funding = false;
    for part in rest {
        if *part == "funding" {
            after_funding = true;
            continue;
        }
        let layer = policy.layer_index(part).and_then(|layer| policy.layer(layer)).filter(|_| after_funding);
        after_funding = false;
        words.push(match (layer, part.parse::<usize>()) {
            (Some(layer), _) => layer.name.get(lang).to_owned(),
            (None, Ok(number)) => match lang {
                Lang::Zh => format!("第{}项", number.saturating_add(1)),
                Lang::En => format!("no. {}", number.saturating_add(1)),
            },
            (None, Err(_)) => {
                let attribute = policy.attributes().iter().find(|attribute| attribute.id == **part);
                let figure = policy.figures().iter().find(|figure| figure.id == **part);
                let name = attribute.map(|a| &a.name).or(figure.map(|figure| &figure.name)).map(|name| name.get(lang));
                name.or_else(|| word(part, lang)).unwrap_or(part).to_owned()
            }
        });
    }
    Called { owner, what: words.join(lang.pick("·", " · ")), clause, order }
}

/// Names for cells, each once, whatever the case of letters.
#[derive(Default)]
pub(super) struct Names(HashSet<String>);

impl Names {
    /// A name that spreadsheets take: from words, or of ASCII letters from a path.
    pub(super) fn new_name(&mut self, words: &str, number: usize, ascii: bool) -> String {
        const MOST: usize = 60;
        let takes =
            |letter: char| letter.is_ascii_alphanumeric() || (!ascii && matches!(letter, '\u{4e00}'..='\u{9fff}'));
        let mut name = String::new();
        for letter in words.chars().take(MOST) {
            if takes(letter) {
                name.push(letter);
            } else if !name.ends_with('_') {
                name.push('_');
            }
        }
        let name = name.trim_matches('_');
        // What begins with a Chinese character is never taken for a cell.
        let begins = name.chars().next().is_some_and(|first| !first.is_ascii());
        let mut own = match (begins, name.is_empty()) {
            (true, _) => name.to_owned(),
            (false, false) => ["p_", name].concat(),
            (false, true) => format!("p_{}", number.saturating_add(1)),
        };
        if !self.0.insert(own.to_lowercase()) {
            own = format!("{own}_{}", number.saturating_add(1));
            self.0.insert(own.to_lowercase());
        }
        own
    }
}
