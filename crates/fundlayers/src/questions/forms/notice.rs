//! 公示表: where the money comes from, how it is distributed, who gets it, whom to call.

use super::basis::{Basis, amount, money, text};
use super::distribution;
use super::grid::{Grid, Value};
use super::{FormText, Made, PartData};
use crate::ground::catalogue::forms as words;
use crate::ground::language::Lang;
use crate::ground::message::Message;
use crate::ground::problem::Problems;
use crate::policy::Policy;
use crate::policy::describe::DescribedClass;
use crate::questions::receipts::document_number;
use crate::results::tables::overflow;
use crate::tables::table::RowKind;

pub(super) fn make(basis: &Basis<'_>) -> Result<Made, Problems> {
    let sources = sources(basis)?;
    let distribution = distribution::grid(basis, &sources.columns)?;
    let heading = |phrase: crate::ground::message::Phrase| PartData::Heading(phrase.into());
    let parts = vec![
        heading(words::SOURCES_OF_FUNDS),
        PartData::Table(sources),
        heading(words::PRINCIPLES),
        PartData::Rules,
        heading(words::DISTRIBUTED),
        PartData::Table(distribution),
        PartData::Fields(&[FormText::Period, FormText::Phone]),
        PartData::Signature(&[FormText::Issuer, FormText::Date]),
    ];
    Ok(basis.made(basis.titled(words::NOTICE), &[], parts))
}

/// 一、资金来源: the layers, what they give in all computed years, and the documents of the ledger.
fn sources(basis: &Basis<'_>) -> Result<Grid, Problems> {
    let columns =
        vec![text("layer", "层级", "Layer"), money("amount", "金额", "Amount"), text("document", "文号", "Document")];
    let layers = basis.policy().layers();
    let mut sums = vec![0_i128; layers.len()];
    for row in 0..basis.allocation.roster().len() {
        for fen in (0..basis.allocation.years().len()).filter_map(|year| basis.amounts(row, year)) {
            for (sum, fen) in sums.iter_mut().zip(fen) {
                *sum = sum.saturating_add(fen.into());
            }
        }
    }
    let documents = documents(basis);
    let mut rows = Vec::new();
    let mut grand = 0_i128;
    for (number, (layer, sum)) in layers.iter().zip(sums).enumerate() {
        grand = grand.saturating_add(sum);
        let document = documents.get(number).map(Vec::as_slice).unwrap_or_default().join("、");
        let cells = vec![
            Value::Word(layer.id.clone(), layer.name.clone()),
            amount(i64::try_from(sum).map_err(|_| overflow())?),
            Value::text(&document),
        ];
        rows.push((RowKind::Row, cells));
    }
    let total = amount(i64::try_from(grand).map_err(|_| overflow())?);
    let total = (RowKind::Total, vec![Value::label("合计", "Total"), total, Value::Blank]);
    if basis.options.total_first {
        rows.insert(0, total);
    } else {
        rows.push(total);
    }
    Ok(Grid { id: "sources", columns, rows })
}

/// By layer, the numbers of the documents in the ledger, each once whatever its brackets, as it was first written.
fn documents<'a>(basis: &Basis<'a>) -> Vec<Vec<&'a str>> {
    let mut seen: Vec<Vec<(String, &'a str)>> = vec![Vec::new(); basis.policy().layers().len()];
    if let Some(reconciliation) = basis.reconciliation {
        let matched = reconciliation.matched_rows();
        for (row, (.., layer)) in matched.iter().enumerate().filter_map(|(row, matched)| Some((row, (*matched)?))) {
            let document = reconciliation.receipts().row(row).document_or_upstream();
            let Some(list) = seen.get_mut(layer).filter(|_| !document.is_empty()) else { continue };
            let plain = document_number(document);
            if !list.iter().any(|(known, _)| *known == plain) {
                list.push((plain, document));
            }
        }
    }
    seen.into_iter().map(|list| list.into_iter().map(|(_, document)| document).collect()).collect()
}

/// 二、分配原则: the rules in words, with their clauses.
pub(super) fn rules(policy: &Policy, lang: Lang) -> Vec<String> {
    let described = policy.describe(lang);
    let source = policy.source();
    let unit = policy.unit();
    let mut texts = vec![match &source.document {
        Some(document) => words::BY_DOCUMENT.with(&[document, &unit]).to_text(lang),
        None => words::BY_POLICY.with(&[policy.title(), &unit]).to_text(lang),
    }];
    let cited = |text: &str, clause: Option<&str>| match clause {
        Some(clause) => words::CITED.with(&[&text, &clause]).to_text(lang),
        None => text.to_owned(),
    };
    let mut items: Vec<String> = Vec::new();
    for figure in &described.figures {
        items.push(words::NAMED.with(&[&figure.name, &cited(&figure.text, figure.clause.as_deref())]).to_text(lang));
    }
    for (class, of_policy) in described.classes.iter().zip(policy.classes()) {
        let rules = described.layers.iter().zip(&class.rules).filter_map(|(layer, rule)| Some((layer, rule.as_ref()?)));
        let rules: Vec<(String, Option<String>)> =
            rules.map(|(layer, rule)| (format!("{} {}", layer.name, rule.text), rule.clause.clone())).collect();
        items.push(words::NAMED.with(&[&named(class, of_policy.expected, lang), &said(rules, lang)]).to_text(lang));
    }
    for pool in &described.pools {
        let terms = pool.terms.join(lang.pick("，", ", "));
        items.push(words::NAMED.with(&[&pool.name, &cited(&terms, pool.clause.as_deref())]).to_text(lang));
    }
    texts.extend((1_usize..).zip(items).map(|(number, text)| words::ITEM.with(&[&number, &text]).to_text(lang)));
    texts
}

/// A class with what it is about, but for how many there should be.
fn named(class: &DescribedClass, expected: Option<u64>, lang: Lang) -> String {
    let expected = expected.map(|expected| [lang.pick("应有 ", "expected "), &expected.to_string()].concat());
    let terms: Vec<&str> =
        class.terms.iter().map(String::as_str).filter(|term| Some(*term) != expected.as_deref()).collect();
    if terms.is_empty() {
        return class.name.clone();
    }
    let terms = terms.join(lang.pick("，", ", "));
    words::WITH_TERMS.with(&[&class.name, &terms]).to_text(lang)
}

/// Rules one after the other; a clause that all rest on is said once.
fn said(rules: Vec<(String, Option<String>)>, lang: Lang) -> String {
    let shared = rules.first().and_then(|(_, clause)| clause.clone());
    let alike = rules.iter().all(|(_, clause)| *clause == shared);
    let text = |(text, clause): (String, Option<String>)| -> Message {
        match clause.filter(|_| !alike) {
            Some(clause) => words::CITED.with(&[&text, &clause]),
            None => words::PLAIN.with(&[&text]),
        }
    };
    let list: Vec<String> = rules.into_iter().map(|rule| text(rule).to_text(lang)).collect();
    let list = list.join(lang.pick("；", "; "));
    match shared.filter(|_| alike) {
        Some(clause) => words::CITED.with(&[&list, &clause]).to_text(lang),
        None => list,
    }
}
