//! The classes of a policy by the words, texts and flags that they ask for, so that finding a row's class does not take
//! longer the more classes there are.

use std::cell::OnceCell;
use std::rc::Rc;

use hashbrown::HashMap;

use crate::engine::columns::{Checks, Columns};
use crate::ground::ids::{AttributeIndex, DesignationIndex, KindIndex};
use crate::policy::{Subject, Test};

/// Up to so many classes are looked at one by one: that is faster than hashing.
const FEW: usize = 8;
/// A class stands under so many keys at most, unless the shortest of its lists is longer.
const KEYS_LIMIT: usize = 64;

/// The classes of a policy by kind and designation; none: of any.
pub(crate) struct ClassIndex<'c, 'a> {
    columns: &'c Columns<'a>,
    parts: HashMap<(Option<KindIndex>, Option<DesignationIndex>), Rc<Part>>,
    /// The conditions of each class, once a row first asks.
    checks: Vec<OnceCell<Option<Checks<'a>>>>,
}

/// The classes of one kind and designation.
struct Part {
    /// Ascending.
    classes: Vec<usize>,
    /// What their conditions read that can be blank: where it is read first, and the attribute.
    reads: Vec<((usize, usize), AttributeIndex)>,
    tables: OnceCell<Vec<Keyed>>,
}

/// Classes that ask for one value each of the same subjects, by the codes of these.
struct Keyed {
    subjects: Vec<Subject>,
    classes: HashMap<Box<[u32]>, Vec<usize>>,
}

/// The classes that may serve rows of one kind and designation.
#[derive(Clone)]
pub(crate) struct Candidates {
    parts: Vec<Rc<Part>>,
    /// Attributes that tell them apart and can be blank, in the order in which they are read.
    pub(crate) reads: Vec<AttributeIndex>,
}

impl Candidates {
    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.parts.iter().map(|part| part.classes.len()).fold(0, usize::saturating_add)
    }

    /// The first of them.
    pub(crate) fn first(&self) -> Option<usize> {
        self.parts.iter().filter_map(|part| part.classes.first()).min().copied()
    }
}

/// What is used again from row to row.
#[derive(Default)]
pub(crate) struct Search {
    key: Vec<u32>,
    /// The classes that serve the row, ascending.
    pub(crate) found: Vec<usize>,
    /// How many classes were looked at, in all.
    pub(crate) looked_at: usize,
}

impl<'c, 'a> ClassIndex<'c, 'a> {
    pub(crate) fn new(columns: &'c Columns<'a>) -> Self {
        let classes = columns.policy.classes();
        let mut parts: HashMap<_, Part> = HashMap::new();
        for (number, class) in classes.iter().enumerate() {
            let new = || Part { classes: Vec::new(), reads: Vec::new(), tables: OnceCell::new() };
            parts.entry((class.kind, class.designation)).or_insert_with(new).classes.push(number);
        }
        let mut seen = vec![usize::MAX; columns.policy.attributes().len()];
        let parts = parts.into_iter().enumerate().map(|(at, (words, mut part))| {
            for number in &part.classes {
                let conditions = classes.get(*number).map_or(&[][..], |class| &class.conditions);
                for (place, condition) in conditions.iter().enumerate() {
                    if let Subject::Attribute(attribute) = condition.subject
                        && condition.is_plain()
                        && !matches!(condition.test, Test::Flags(_))
                        && let Some(last) = seen.get_mut(attribute.number()).filter(|last| **last != at)
                    {
                        *last = at;
                        part.reads.push(((*number, place), attribute));
                    }
                }
            }
            (words, Rc::new(part))
        });
        let parts = parts.collect();
        Self { columns, parts, checks: classes.iter().map(|_| OnceCell::new()).collect() }
    }

    pub(crate) const fn columns(&self) -> &'c Columns<'a> {
        self.columns
    }

    /// The classes that may serve rows of a kind and designation.
    pub(crate) fn candidates(&self, kind: Option<KindIndex>, designation: Option<DesignationIndex>) -> Candidates {
        let mut words = vec![(kind, designation), (kind, None), (None, designation), (None, None)];
        words.sort_unstable();
        words.dedup();
        let parts: Vec<Rc<Part>> = words.iter().filter_map(|words| self.parts.get(words)).cloned().collect();
        let mut reads: Vec<_> = parts.iter().flat_map(|part| part.reads.iter().copied()).collect();
        reads.sort_unstable();
        let mut attributes: Vec<AttributeIndex> = Vec::with_capacity(reads.len());
        for (_, attribute) in reads {
            // Of at most four parts, so that an attribute comes up at most four times.
            if !attributes.contains(&attribute) {
                attributes.push(attribute);
            }
        }
        Candidates { parts, reads: attributes }
    }

    /// Finds the candidates that serve a row that is blank in nothing that they read, as far as plain conditions tell.
    pub(crate) fn search(&self, candidates: &Candidates, row: usize, search: &mut Search) {
        search.found.clear();
        for part in &candidates.parts {
            for keyed in part.tables.get_or_init(|| self.tables(&part.classes)) {
                search.key.clear();
                search.key.extend(keyed.subjects.iter().map(|subject| self.columns.subject_code(*subject, row)));
                let Some(classes) = keyed.classes.get(search.key.as_slice()) else { continue };
                search.looked_at = search.looked_at.saturating_add(classes.len());
                search.found.extend(classes.iter().copied().filter(|class| self.serves(*class, row)));
            }
        }
        search.found.sort_unstable();
    }

    fn serves(&self, class: usize, row: usize) -> bool {
        let Some((class, checks)) = self.columns.policy.classes().get(class).zip(self.checks.get(class)) else {
            return false;
        };
        let plain = || class.conditions.iter().filter(|condition| condition.is_plain());
        match checks.get_or_init(|| self.columns.checks(plain())) {
            Some(checks) => checks.hold(row),
            None => plain().all(|condition| self.columns.holds(condition, row) == Ok(true)),
        }
    }

    /// Classes by the values that they ask for.
    fn tables(&self, classes: &[usize]) -> Vec<Keyed> {
        let mut tables: Vec<Keyed> = Vec::new();
        let mut known: HashMap<Vec<Subject>, usize> = HashMap::new();
        for number in classes {
            let keyed = if classes.len() > FEW { self.keys(*number) } else { Vec::new() };
            let (subjects, codes): (Vec<Subject>, Vec<Vec<u32>>) = keyed.into_iter().unzip();
            let at = *known.entry(subjects).or_insert_with_key(|subjects| {
                tables.push(Keyed { subjects: subjects.clone(), classes: HashMap::new() });
                tables.len().saturating_sub(1)
            });
            let Some(table) = tables.get_mut(at) else { continue };
            // Every way to take one code of each subject.
            let mut keys: Vec<Vec<u32>> = vec![Vec::new()];
            for codes in codes {
                let longer = |key: &Vec<u32>| {
                    let with = |code: &u32| key.iter().chain([code]).copied().collect();
                    codes.iter().map(with).collect::<Vec<Vec<u32>>>()
                };
                keys = keys.iter().flat_map(longer).collect();
            }
            for key in keys {
                table.classes.entry(key.into()).or_default().push(*number);
            }
        }
        tables
    }

    /// The subjects of which a class asks for certain values, and the codes of these, by subject.
    fn keys(&self, class: usize) -> Vec<(Subject, Vec<u32>)> {
        let conditions = self.columns.policy.classes().get(class).map_or(&[][..], |class| &class.conditions);
        let mut keys: Vec<(Subject, Vec<u32>)> = conditions
            .iter()
            .filter_map(|condition| Some((condition.subject, self.columns.accepted_codes(condition)?)))
            .collect();
        keys.sort_by_key(|(_, codes)| codes.len());
        let mut ways = 1_usize;
        let mut first = true;
        keys.retain(|(_, codes)| {
            let more = ways.saturating_mul(codes.len());
            let kept = std::mem::take(&mut first) || more <= KEYS_LIMIT;
            if kept {
                ways = more;
            }
            kept
        });
        keys.sort_unstable();
        // A subject has one condition, but nothing breaks where it has two.
        keys.dedup_by_key(|(subject, _)| *subject);
        keys
    }
}
