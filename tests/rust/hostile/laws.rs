//! What must be equal on every input that computes: an explanation and the amount it explains, a counted row and as many
//! rows alike, the ways of writing a result.

use std::collections::BTreeMap;
use std::io;
use std::ops::ControlFlow;

use fundlayers::document::NodeValue;
use fundlayers::roster::{AttributeValue, Recipient};
use fundlayers::table::{Report, Table};
use fundlayers::{Allocation, Amount, Decimal, Grouping, Policy, Problems, Roster, visible};
use fundlayers_formats::{csv, json, terminal};

/// Beyond so many places a counted row is not written out.
const WRITTEN_OUT: u64 = 200;
/// So many characters an id may have to which a number is added.
const ID: usize = 120;
/// Bytes of a document, at most.
const DOCUMENT: usize = 1 << 20;

/// Explanations come from exact fractions, amounts from whole numbers over columns: each explained amount is the computed
/// one, the steps add up to the total, and what was rounded away is less than a step.
///
/// # Errors
///
/// The recipient, year and layer in which they differ.
pub fn explained(allocation: &Allocation, recipients: usize) -> Result<(), String> {
    let policy = allocation.policy();
    let step = |id: &str| {
        let layer = policy.layer_index(id).and_then(|layer| policy.layer(layer));
        layer.map_or(1, |layer| i128::from(layer.rounding.step().fen()))
    };
    for recipient in allocation.roster().iter().take(recipients) {
        let Ok(explanations) = allocation.explain(recipient.id(), None) else { continue };
        for explanation in explanations {
            let mut sum = 0_i128;
            for explained in &explanation.steps {
                let place = format!("{} {} {}", explanation.id, explanation.year, explained.layer);
                let amount = Amount::parse(&explained.amount, explanation.unit).map_err(|error| error.to_string())?;
                sum = sum.saturating_add(amount.fen().into());
                let Ok(computed) = allocation.get(&explanation.id, explanation.year, &explained.layer) else {
                    continue;
                };
                // An id on several rows is explained row by row.
                if !repeats(allocation.roster(), &explanation.id) && computed != Some(amount) {
                    return Err(format!("{place}: {computed:?} was computed, {amount} explained"));
                }
                // What a limit leaves may be far from what was claimed.
                if explained.claim.as_ref().is_some_and(|claim| *claim != explained.amount) {
                    continue;
                }
                let unit = i128::from(explanation.unit.fen());
                let (per_place, exact) = (fraction(&explained.per_place), fraction(&explained.exact));
                let (Some((n, d)), Some((en, ed))) = (per_place, exact) else { continue };
                // |n/d − en/ed| × unit < step, in whole numbers; where they are too large nothing is said.
                let difference = n.checked_mul(ed).zip(en.checked_mul(d)).and_then(|(a, b)| a.checked_sub(b));
                let sides = difference
                    .and_then(|difference| difference.checked_abs()?.checked_mul(unit))
                    .zip(d.checked_mul(ed).and_then(|below| below.checked_mul(step(&explained.layer))));
                if sides.is_some_and(|(away, step)| away >= step) {
                    return Err(format!(
                        "{place}: {} is a step or more away from {}",
                        explained.per_place, explained.exact
                    ));
                }
            }
            let total = Amount::parse(&explanation.total, explanation.unit).map_err(|error| error.to_string())?;
            if i128::from(total.fen()) != sum {
                return Err(format!(
                    "{} {}: steps come to {sum} fen, the total is {total}",
                    explanation.id, explanation.year
                ));
            }
        }
    }
    Ok(())
}

fn repeats(roster: &Roster, id: &str) -> bool {
    roster.iter().filter(|place| place.id() == id).nth(1).is_some()
}

/// Digits, or `n/d`, as two whole numbers.
fn fraction(text: &str) -> Option<(i128, i128)> {
    if let Some((above, below)) = text.split_once('/') {
        return above.parse().ok().zip(below.parse().ok());
    }
    let number: Decimal = text.parse().ok()?;
    Some((number.mantissa(), 10_i128.checked_pow(number.scale())?))
}

/// A row of count n gets what n rows alike get together, by class, year and layer.
///
/// # Errors
///
/// The totals that differ.
pub fn counted(allocation: &Allocation) -> Result<(), String> {
    let (policy, roster) = (allocation.policy(), allocation.roster());
    let places: u64 = roster.iter().map(Recipient::count).fold(0, u64::saturating_add);
    // An id that is put together of long names may be longer than one that is given.
    let is_long = allocation.roster().iter().any(|place| place.id().chars().count() > ID);
    if is_long || places > WRITTEN_OUT || places == u64::try_from(roster.len()).unwrap_or_default() {
        return Ok(());
    }
    // A pool gives what is left over by id, so an id must sort as its row's did: only the number at its end differs.
    let rows: Vec<BTreeMap<String, NodeOf>> =
        roster.iter().flat_map(|row| (0..row.count()).map(move |member| written(policy, row, member))).collect();
    let (other, _) = Roster::from_rows(policy, &rows).map_err(|problems| format!("rows alike: {problems}"))?;
    let other = Allocation::new(policy, &other).map_err(|problems| format!("rows alike: {problems}"))?.0;
    let by = [Grouping::Class, Grouping::Year, Grouping::Layer];
    let totals = |allocation: &Allocation| -> Result<Vec<(Vec<String>, Amount)>, Problems> {
        let totals = allocation.totals(&by, true)?;
        let mut rows: Vec<_> =
            totals.iter().map(|row| ((0..by.len()).map(|at| row.key(at)).collect(), row.amount())).collect();
        rows.sort();
        Ok(rows)
    };
    match (totals(allocation), totals(&other)) {
        (Ok(one), Ok(other)) if one != other => Err(format!("counted rows come to {one:?}, rows alike to {other:?}")),
        _ => Ok(()),
    }
}

/// A cell that serde writes as text, so that every digit stays.
type NodeOf = Option<String>;

/// One member of a row, as a row of its own.
fn written(policy: &Policy, row: Recipient<'_>, member: u64) -> BTreeMap<String, NodeOf> {
    let text = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let years = row.years(policy);
    let year = |year: Option<&u16>| Some(year.map_or_else(|| "9998".to_owned(), u16::to_string));
    let mut cells = BTreeMap::from([
        ("id".to_owned(), Some(format!("{}#{member:03}", row.id()))),
        ("name".to_owned(), text(row.name())),
        ("county".to_owned(), text(row.county())),
        ("township".to_owned(), text(row.township())),
        ("from".to_owned(), year(years.as_ref().map(std::ops::RangeInclusive::start))),
        ("to".to_owned(), year(years.as_ref().map(std::ops::RangeInclusive::end))),
    ]);
    if !policy.kinds().is_empty() {
        cells.insert("kind".to_owned(), text(row.kind()));
    }
    if !policy.designations().is_empty() {
        cells.insert("designation".to_owned(), text(row.designation()));
    }
    for attribute in policy.attributes() {
        let value = row.attribute(&attribute.id).map(|value| match value {
            AttributeValue::Number(number) => number.to_string(),
            AttributeValue::Flag(flag) => flag.to_string(),
            AttributeValue::Text(text) => text.to_owned(),
        });
        cells.insert(attribute.id.clone(), value);
    }
    cells
}

/// What is written as CSV has the cells of what is written as JSON.
///
/// # Errors
///
/// The row in which they differ.
pub fn written_alike(policy: &Policy, table: &Table<'_>) -> Result<(), String> {
    let (mut lines, mut text) = (Short(Vec::new()), Short(Vec::new()));
    let written = csv::write(&mut lines, table).and_then(|()| json::write(&mut text, policy, table, &Problems::new()));
    match written {
        // What is longer is no document.
        Err(error) if error.kind() == io::ErrorKind::FileTooLarge => return Ok(()),
        written => written.map_err(|error| error.to_string())?,
    }
    let (Short(lines), Short(text)) = (lines, text);
    let text = String::from_utf8(text).map_err(|error| error.to_string())?;
    let document = json::read(&text).map_err(|problems| problems.to_string())?;
    let columns = table.columns().len();
    let lines = String::from_utf8(lines).map_err(|error| error.to_string())?;
    let records = records(&lines);
    let Some(NodeValue::List(rows)) = document.get("rows").map(|node| &node.value) else {
        return Err("the JSON has no rows".to_owned());
    };
    let Some((header, records)) = records.split_first() else { return Err("the CSV has no header".to_owned()) };
    if records.len() != rows.len() || header.len() != columns {
        return Err(format!("CSV has {} rows of {}, JSON {} of {columns}", records.len(), header.len(), rows.len()));
    }
    for (number, (record, row)) in records.iter().zip(rows).enumerate() {
        let NodeValue::Table(entries) = &row.value else {
            return Err(format!("row {number} of the JSON is no object"));
        };
        let cells = entries.iter().map(|(key, node)| {
            let cell = match &node.value {
                NodeValue::Null => String::new(),
                NodeValue::Text(text) | NodeValue::Number(text) => text.clone(),
                NodeValue::Bool(flag) => flag.to_string(),
                NodeValue::List(_) | NodeValue::Table(_) => "several".to_owned(),
            };
            (key.text.as_str(), cell)
        });
        let expected: Vec<(&str, String)> = header.iter().map(String::as_str).zip(record.iter().cloned()).collect();
        let found: Vec<(&str, String)> = cells.collect();
        if found != expected {
            return Err(format!("row {number}: CSV has {expected:?}, JSON {found:?}"));
        }
    }
    Ok(())
}

/// Takes as much as a document may have.
struct Short(Vec<u8>);

impl io::Write for Short {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len().saturating_add(bytes.len()) > DOCUMENT {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The records of a CSV text, read by the rules of RFC 4180 alone.
pub(super) fn records(text: &str) -> Vec<Vec<String>> {
    let (mut records, mut record, mut cell) = (Vec::new(), Vec::new(), String::new());
    let mut quoted = false;
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            '"' if quoted && characters.peek() == Some(&'"') => {
                characters.next();
                cell.push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => record.push(std::mem::take(&mut cell)),
            '\r' if !quoted && characters.peek() == Some(&'\n') => {}
            '\n' if !quoted => {
                record.push(std::mem::take(&mut cell));
                records.push(std::mem::take(&mut record));
            }
            c => cell.push(c),
        }
    }
    if !cell.is_empty() || !record.is_empty() {
        record.push(cell);
        records.push(record);
    }
    records
}

/// A report makes as many rows as it says, and says nothing that a terminal obeys or nobody sees.
///
/// # Errors
///
/// How many rows it makes, or the line that it shows.
pub fn shown(report: &Report<'_>) -> Result<(), String> {
    let mut made = 0_usize;
    _ = report.rows.each(&mut |_, cells| {
        made = made.saturating_add(usize::from(cells.len() == report.columns.len()));
        ControlFlow::Continue(())
    });
    if made != report.rows.len() {
        return Err(format!("{made} whole rows, of {} that the report has", report.rows.len()));
    }
    let mut text = Vec::new();
    terminal::write(&mut text, report, false).map_err(|error| error.to_string())?;
    let text = String::from_utf8(text).map_err(|error| error.to_string())?;
    match text.lines().find(|line| visible(line) != *line) {
        Some(line) => Err(format!("a person is shown {line:?}")),
        None => Ok(()),
    }
}
