//! Places that another table names, such as a ledger: what is known of them, in whatever parts of a roster they stand.

use std::collections::{BTreeMap, BTreeSet};

use hashbrown::HashMap;
use serde::{Deserialize, Serialize};

use super::part::Part;
use crate::engine::settle::sample::hash;
use crate::engine::settle::text::{Text, pairs};
use crate::results::allocation::Allocation;
use crate::results::totals::Grouping;
use crate::roster::Places;

/// How the rows of a table name places: by ids, by division codes and by names, each of them once. With
/// [`Summing::naming`](super::Summing::naming) the summary of a part tells what these places are due. It travels as JSON.
///
/// ```
/// use fundlayers::{NamedPlaces, ReceiptsBuilder, RowBuilder, roster::Cell};
/// let header = ["名称", "年度", "安排层级", "到位金额(万元)"].map(|title| (title, None));
/// let mut ledger = ReceiptsBuilder::new(&header);
/// for amount in ["100", "200"] {
///     ledger.push_row(None, &["黄堡镇", "2024", "市级", amount].map(Cell::Text));
/// }
/// let (receipts, _) = ledger.finish()?;
/// let places = receipts.named_places();
/// assert_eq!(places.len(), 1);
/// # Ok::<(), fundlayers::Problems>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedPlaces {
    ids: BTreeSet<String>,
    codes: BTreeSet<String>,
    /// Name, county, township; the last two are blank where nothing is said of them.
    names: BTreeSet<(String, String, String)>,
}

impl NamedPlaces {
    /// Adds what a row says; blank where it says nothing.
    pub(crate) fn add(&mut self, id: &str, code: &str, (name, county, township): (&str, &str, &str)) {
        if !id.is_empty() && !self.ids.contains(id) {
            self.ids.insert(id.to_owned());
        }
        if !code.is_empty() && !self.codes.contains(code) {
            self.codes.insert(code.to_owned());
        }
        if !name.is_empty() {
            self.names.insert((name.to_owned(), county.to_owned(), township.to_owned()));
        }
    }

    /// How many ids, codes and names there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ids.len().saturating_add(self.codes.len()).saturating_add(self.names.len())
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// What places are named by, each with its number.
#[derive(Debug)]
pub(crate) struct Index {
    ids: HashMap<String, u32>,
    codes: HashMap<String, u32>,
    /// Of each name the counties and townships with it, in order.
    names: HashMap<String, Vec<(String, String, u32)>>,
    /// Tells apart what names other places.
    pub(super) mark: String,
}

impl Index {
    pub(super) fn new(places: &NamedPlaces) -> Self {
        let mut mark = String::new();
        let mut numbers = 0_u32..;
        let mut number = |texts: &[&str]| {
            for text in texts {
                mark = format!("{:016x}", hash(&format!("{mark}{text}"), 0, 0));
            }
            numbers.next().unwrap_or(u32::MAX)
        };
        let ids = places.ids.iter().map(|id| (id.clone(), number(&["i", id]))).collect();
        let codes = places.codes.iter().map(|code| (code.clone(), number(&["c", code]))).collect();
        let mut names: HashMap<String, Vec<(String, String, u32)>> = HashMap::new();
        for (name, county, township) in &places.names {
            let number = number(&["n", name, county, township]);
            names.entry(name.clone()).or_default().push((county.clone(), township.clone(), number));
        }
        Self { ids, codes, names, mark }
    }

    pub(crate) fn id(&self, id: &str) -> Option<u32> {
        self.ids.get(id).copied()
    }

    pub(crate) fn code(&self, code: &str) -> Option<u32> {
        self.codes.get(code).copied()
    }

    pub(crate) fn name(&self, (name, county, township): (&str, &str, &str)) -> Option<u32> {
        let list = self.names.get(name)?;
        let place = |(known, other, _): &(String, String, u32)| (&**known, &**other).cmp(&(county, township));
        list.get(list.binary_search_by(place).ok()?).map(|(.., number)| *number)
    }

    /// The numbers of all that names a place of a roster, by its first row.
    fn of_place(&self, roster: &Places, row: usize, mut each: impl FnMut(u32)) {
        self.id(roster.id(row)).into_iter().for_each(&mut each);
        self.code(roster.division_code(row)).into_iter().for_each(&mut each);
        let name = roster.name(row);
        if self.names.contains_key(name) {
            let county = roster.county(row);
            // Of a town, the township is itself or blank.
            let township = if roster.township(row).is_empty() { name } else { roster.township(row) };
            let counties = [Some(""), Some(county).filter(|county| !county.is_empty())];
            for county in counties.into_iter().flatten() {
                for township in ["", township] {
                    self.name((name, county, township)).into_iter().for_each(&mut each);
                }
            }
        }
    }
}

/// A row of a place that is named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct NamedRow {
    /// Where it stands in all parts.
    pub(crate) row: u64,
    pub(crate) name: String,
    /// Its class, by index.
    class: Option<u32>,
    /// What totals are by; of who pays, by layer.
    values: Vec<(Grouping, Vec<String>)>,
    /// The years in which it is live, each with what the row is due by layer, in fen.
    due: Vec<(u16, Vec<Text<i64>>)>,
}

impl NamedRow {
    fn new(part: &Part, allocation: &Allocation, row: usize, asked: &BTreeSet<Grouping>) -> Self {
        let roster = allocation.roster();
        let layers = allocation.policy().layers();
        let values = asked.iter().filter_map(|grouping| {
            let one = |text: &str| vec![text.to_owned()];
            let values = match grouping {
                Grouping::Id => one(roster.id(row)),
                Grouping::County => one(roster.county(row)),
                Grouping::Township => one(roster.township(row)),
                Grouping::Kind => one(roster.kind(row)),
                Grouping::Designation => one(roster.designation(row)),
                Grouping::Payer => layers.iter().map(|layer| allocation.0.payer(row, layer).to_owned()).collect(),
                Grouping::Class | Grouping::Year | Grouping::Layer => return None,
            };
            Some((*grouping, values))
        });
        let live = allocation.years().iter().enumerate().filter(|(_, year)| allocation.lives(row, **year));
        let due = live.map(|(at, year)| {
            (*year, (0..layers.len()).map(|layer| Text(allocation.0.row_fen(row, at, layer))).collect())
        });
        Self {
            row: part.row(roster.row_number(row)),
            name: roster.name(row).to_owned(),
            class: allocation.0.group(row).and_then(|group| group.class).and_then(|class| u32::try_from(class).ok()),
            values: values.collect(),
            due: due.collect(),
        }
    }

    pub(super) const fn class(&self) -> Option<u32> {
        self.class
    }

    /// What totals are by; who pays in a layer.
    pub(super) fn value(&self, grouping: Grouping, layer: usize) -> Option<&str> {
        let (_, values) = self.values.iter().find(|(known, _)| *known == grouping)?;
        let at = if grouping == Grouping::Payer { layer } else { 0 };
        values.get(at).map(String::as_str)
    }

    pub(crate) fn is_live(&self, year: u16) -> bool {
        self.due.iter().any(|(known, _)| *known == year)
    }

    /// What the row is due in a year from a layer, in fen.
    pub(crate) fn fen(&self, year: u16, layer: usize) -> i64 {
        let due = self.due.iter().find(|(known, _)| *known == year);
        due.and_then(|(_, layers)| layers.get(layer)).map_or(0, |fen| fen.0)
    }
}

/// What parts tell of the places that are named.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Named {
    /// By the number of what names them: how many places these are, and the first row of the first of them.
    #[serde(with = "pairs")]
    found: BTreeMap<u32, (u64, u64)>,
    /// The rows of these, by the first row of each place.
    #[serde(with = "pairs")]
    places: BTreeMap<u64, Vec<NamedRow>>,
}

impl Named {
    pub(super) fn new(part: &Part, allocation: &Allocation, index: &Index, asked: &BTreeSet<Grouping>) -> Self {
        let mut named = Self::default();
        let roster = allocation.roster();
        let mut first_rows: HashMap<usize, u64> = HashMap::new();
        let mut next = 0;
        for row in 0..roster.len() {
            let place = roster.place(row);
            if place == next {
                next = next.saturating_add(1);
                let first = part.row(roster.row_number(row));
                index.of_place(roster, row, |number| {
                    named.add(number, (1, first));
                    first_rows.insert(place, first);
                });
            }
            if let Some(first) = first_rows.get(&place) {
                named.places.entry(*first).or_default().push(NamedRow::new(part, allocation, row, asked));
            }
        }
        named.forget();
        named
    }

    fn add(&mut self, number: u32, (places, first): (u64, u64)) {
        let (known, least) = self.found.entry(number).or_insert((0, first));
        *known = known.saturating_add(places);
        *least = first.min(*least);
    }

    /// Only the first place of each name is kept.
    fn forget(&mut self) {
        let first: BTreeSet<u64> = self.found.values().map(|(_, first)| *first).collect();
        self.places.retain(|row, _| first.contains(row));
    }

    pub(super) fn merge(&mut self, other: Self) {
        for (number, found) in other.found {
            self.add(number, found);
        }
        self.places.extend(other.places);
        self.forget();
    }

    /// How many places something names, and the first row of the first of them.
    pub(crate) fn found(&self, number: u32) -> Option<(u64, u64)> {
        self.found.get(&number).copied()
    }

    /// The rows of all places that are kept, by the first row of each.
    pub(crate) fn places(&self) -> impl Iterator<Item = (u64, &[NamedRow])> {
        self.places.iter().map(|(first, rows)| (*first, rows.as_slice()))
    }
}
