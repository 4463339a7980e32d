//! Which place of the roster, which year and which layer a row of another table is about.

use std::hash::BuildHasher;

use hashbrown::{DefaultHashBuilder, HashMap, HashTable};

use crate::engine::roster::Roster;
use crate::ground::ids::index;
use crate::ground::language::Lang;
use crate::policy::Policy;
use crate::results::allocation::Allocation;
use crate::rows::column::same;
use crate::rows::header::Words;

/// Why a row of a table, such as a receipt, matches nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Reason {
    /// No recipient has this id, division code or name.
    UnknownPlace,
    /// Several recipients have this division code or name.
    AmbiguousPlace,
    /// The year is none of those computed.
    UnknownYear,
    /// The recipient is not funded in that year.
    PlaceNotLive,
    /// The policy has no such layer.
    UnknownLayer,
}

impl Reason {
    /// The reason as it stands in tables for machines.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::UnknownPlace => "unknown-place",
            Self::AmbiguousPlace => "ambiguous-place",
            Self::UnknownYear => "unknown-year",
            Self::PlaceNotLive => "place-not-live",
            Self::UnknownLayer => "unknown-layer",
        }
    }

    /// The reason for people.
    #[must_use]
    pub const fn label(self, lang: Lang) -> &'static str {
        match (self, lang) {
            (Self::UnknownPlace, Lang::Zh) => "名单中无此单位",
            (Self::UnknownPlace, Lang::En) => "not in the roster",
            (Self::AmbiguousPlace, Lang::Zh) => "名单中有多个同名单位",
            (Self::AmbiguousPlace, Lang::En) => "several in the roster",
            (Self::UnknownYear, Lang::Zh) => "不在测算年度内",
            (Self::UnknownYear, Lang::En) => "not a computed year",
            (Self::PlaceNotLive, Lang::Zh) => "该年度未列入名单",
            (Self::PlaceNotLive, Lang::En) => "not funded in that year",
            (Self::UnknownLayer, Lang::Zh) => "政策无此安排层级",
            (Self::UnknownLayer, Lang::En) => "not a layer of the policy",
        }
    }
}

/// No place.
pub(crate) const NONE: u32 = u32::MAX;

/// What a row of a table says of its place; blank where it says nothing.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct PlaceKeys<'t> {
    pub(crate) division_code: &'t str,
    pub(crate) county: &'t str,
    pub(crate) township: &'t str,
    pub(crate) name: &'t str,
}

/// Every reason why a row matches nothing.
#[cold]
pub(crate) fn reasons(
    place: &Result<usize, Reason>,
    live: Option<usize>,
    year: Option<usize>,
    layer: Option<usize>,
) -> Vec<Reason> {
    let mut reasons = Vec::new();
    match (place, year) {
        (Err(reason), _) => reasons.push(*reason),
        (Ok(_), Some(_)) if live.is_none() => reasons.push(Reason::PlaceNotLive),
        _ => {}
    }
    if year.is_none() {
        reasons.push(Reason::UnknownYear);
    }
    if layer.is_none() {
        reasons.push(Reason::UnknownLayer);
    }
    reasons
}

/// A layer's id or either name.
pub(crate) fn layer_words(policy: &Policy) -> Words<usize> {
    let layers = || policy.layers().iter().enumerate();
    let ids = layers().map(|(number, layer)| (layer.id.as_str(), number));
    let names =
        layers().flat_map(|(number, layer)| [(layer.name.zh.as_str(), number), (layer.name.en.as_str(), number)]);
    Words::new([ids.collect(), names.collect()])
}

/// A place, or several that cannot be told apart.
#[derive(Clone, Copy)]
enum Place {
    One(u32),
    Several,
}

/// Name, county, township.
type NameKey<'a> = (&'a str, &'a str, &'a str);

/// The places of a roster by id, division code and name. A place is known by its first row.
pub(crate) struct Places<'a> {
    roster: &'a Roster,
    hasher: DefaultHashBuilder,
    codes: Option<HashMap<&'a str, Place>>,
    /// By name, county and township; one for each combination of the two that rows leave blank.
    names: [Option<HashMap<NameKey<'a>, Place>>; 4],
    /// The rows of each place that has several.
    rows: HashMap<usize, Vec<u32>>,
}

impl<'a> Places<'a> {
    pub(crate) fn new(roster: &'a Roster) -> Self {
        let mut rows: HashMap<usize, Vec<u32>> = HashMap::new();
        if roster.ids_repeat() {
            for (row, number) in (0..roster.len()).zip(0_u32..) {
                rows.entry(roster.place(row)).or_default().push(number);
            }
        }
        Self { roster, hasher: DefaultHashBuilder::default(), codes: None, names: [const { None }; 4], rows }
    }

    /// The place that the id of each row of a table names, [`NONE`] if it names none. Nothing if the table has no ids.
    ///
    /// Several rows are looked up at once: each waits for memory, and they can wait together.
    pub(crate) fn by_ids<'t>(&mut self, rows: usize, id_of: impl Fn(usize) -> &'t str) -> Vec<u32> {
        const TOGETHER: usize = 64;
        if (0..rows).all(|row| id_of(row).is_empty()) {
            return Vec::new();
        }
        let (roster, hasher) = (self.roster, &self.hasher);
        let mut table: HashTable<u32> = HashTable::with_capacity(roster.place_count());
        for (row, number) in self.first_rows() {
            table.insert_unique(hasher.hash_one(roster.id(row)), number, |known| {
                hasher.hash_one(roster.id(index(*known)))
            });
        }
        let mut found = vec![NONE; rows];
        let (mut hashes, mut texts) = ([0_u64; TOGETHER], [[].as_slice(); TOGETHER]);
        for (chunk, places) in found.chunks_mut(TOGETHER).enumerate() {
            let id = |at: usize| id_of(chunk.saturating_mul(TOGETHER).saturating_add(at));
            for ((at, place), hash) in places.iter_mut().enumerate().zip(&mut hashes) {
                *hash = hasher.hash_one(id(at));
                // Most often the first that may be it.
                *place = table.find(*hash, |_| true).copied().unwrap_or(NONE);
            }
            for (place, text) in places.iter().zip(&mut texts) {
                *text = roster.id_bytes(index(*place));
            }
            for (((at, place), text), hash) in places.iter_mut().enumerate().zip(&texts).zip(&hashes) {
                if *place != NONE && !same(text, id(at).as_bytes()) {
                    *place = table.find(*hash, |known| roster.id(index(*known)) == id(at)).copied().unwrap_or(NONE);
                }
            }
        }
        found
    }

    /// The first row of the place that a row of a table names, whose id names none: by its division code, else its name.
    pub(crate) fn find(&mut self, row: PlaceKeys<'_>) -> Result<usize, Reason> {
        let mut reason = Reason::UnknownPlace;
        if !row.division_code.is_empty() {
            match self.by_code(row.division_code) {
                Some(Place::One(place)) => return Ok(index(place)),
                Some(Place::Several) => reason = Reason::AmbiguousPlace,
                None => {}
            }
        }
        if !row.name.is_empty() {
            match self.by_name(row) {
                Some(Place::One(place)) => return Ok(index(place)),
                Some(Place::Several) => reason = Reason::AmbiguousPlace,
                None => {}
            }
        }
        Err(reason)
    }

    /// The first rows of all places.
    fn first_rows(&self) -> impl Iterator<Item = (usize, u32)> + use<'a> {
        let roster = self.roster;
        let mut next = 0;
        (0..roster.len()).zip(0_u32..).filter(move |(row, _)| {
            let first = roster.place(*row) == next;
            next = next.saturating_add(usize::from(first));
            first
        })
    }

    fn by_code(&mut self, code: &str) -> Option<Place> {
        if self.codes.is_none() {
            let mut codes: HashMap<&'a str, Place> = HashMap::new();
            for (row, number) in self.first_rows() {
                let code = self.roster.division_code(row);
                if !code.is_empty() {
                    codes.entry(code).and_modify(|place| *place = Place::Several).or_insert(Place::One(number));
                }
            }
            self.codes = Some(codes);
        }
        self.codes.as_ref()?.get(code).copied()
    }

    /// By name, and by county and township where the table has them. Of a town, the township is itself or blank.
    fn by_name(&mut self, row: PlaceKeys<'_>) -> Option<Place> {
        let (by_county, by_township) = (!row.county.is_empty(), !row.township.is_empty());
        let rows = self.first_rows();
        let roster = self.roster;
        let names = self.names.get_mut(usize::from(by_county) | usize::from(by_township) << 1)?;
        let names = names.get_or_insert_with(|| {
            let mut names: HashMap<NameKey<'a>, Place> = HashMap::new();
            for (row, number) in rows {
                let (name, township) = (roster.name(row), roster.township(row));
                let county = if by_county { roster.county(row) } else { "" };
                let township = match (by_township, township) {
                    (false, _) => "",
                    (true, "") => name,
                    (true, township) => township,
                };
                names
                    .entry((name, county, township))
                    .and_modify(|place| *place = Place::Several)
                    .or_insert(Place::One(number));
            }
            names
        });
        let names: &HashMap<NameKey<'_>, Place> = names;
        names.get(&(row.name, row.county, row.township)).copied()
    }

    /// All rows of a place, which is known by its first.
    pub(crate) fn rows_of(&self, place: usize) -> Vec<usize> {
        match self.rows.get(&self.roster.place(place)) {
            Some(rows) => rows.iter().map(|row| index(*row)).collect(),
            None => vec![place],
        }
    }

    /// The row of a place that is live in a year.
    pub(crate) fn live(&self, place: usize, year: u16, allocation: &Allocation) -> Option<usize> {
        if !self.roster.ids_repeat() {
            return allocation.lives(place, year).then_some(place);
        }
        let rows = self.rows.get(&self.roster.place(place))?;
        rows.iter().map(|row| index(*row)).find(|row| allocation.lives(*row, year))
    }
}
