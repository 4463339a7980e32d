//! Amounts and percentages as text, and back.

use fundlayers::{Amount, Code, Problem, Unit};
use wasm_bindgen::prelude::wasm_bindgen;

use crate::failure::Fallible;

/// An amount of fen as decimal text in a unit, with or without thousands separators.
///
/// # Errors
///
/// A unit that is not known.
#[wasm_bindgen(js_name = amountText)]
pub fn amount_text(fen: i64, unit: &str, grouped: bool) -> Fallible<String> {
    let (amount, unit) = (Amount::from_fen(fen), self::unit(unit)?);
    Ok(if grouped { amount.grouped(unit).to_string() } else { amount.in_unit(unit).to_string() })
}

/// Many amounts of fen as decimal text in a unit, each followed by a line feed.
///
/// # Errors
///
/// A unit that is not known.
#[wasm_bindgen(js_name = amountTexts)]
pub fn amount_texts(fen: &[i64], unit: &str, grouped: bool) -> Fallible<String> {
    use std::fmt::Write as _;
    let unit = self::unit(unit)?;
    let mut text = String::new();
    for amount in fen.iter().copied().map(Amount::from_fen) {
        // Writing to a string does not fail.
        _ = if grouped {
            writeln!(text, "{}", amount.grouped(unit))
        } else {
            writeln!(text, "{}", amount.in_unit(unit))
        };
    }
    Ok(text)
}

/// Many percentages in hundredths as decimal text, each followed by a line feed.
#[must_use]
#[wasm_bindgen(js_name = percentTexts)]
pub fn percent_texts(hundredths: &[i64]) -> String {
    use std::fmt::Write as _;
    let mut text = String::new();
    for percent in hundredths.iter().copied().map(fundlayers::table::Percent::from_hundredths) {
        // Writing to a string does not fail.
        _ = writeln!(text, "{percent}");
    }
    text
}

/// The fen of an amount written in a unit.
///
/// # Errors
///
/// What is no amount, has parts of a fen, or is too large; a unit that is not known.
#[wasm_bindgen(js_name = parseAmount)]
pub fn parse_amount(text: &str, unit: &str) -> Fallible<i64> {
    let amount = Amount::parse(text, self::unit(unit)?).map_err(|error| {
        let code = match error {
            fundlayers::MoneyError::Overflow => Code::Overflow,
            _ => Code::BadNumber,
        };
        Problem::new(code, error.to_string()).found(text)
    })?;
    Ok(amount.fen())
}

pub(crate) fn unit(text: &str) -> Fallible<Unit> {
    let problem = || Problem::new(Code::BadUnit, "is not a unit").found(text).expected("元, 万元 or 亿元");
    Ok(Unit::named(text).ok_or_else(problem)?)
}
