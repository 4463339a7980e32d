//! Posts and duties.

use hashbrown::HashSet;

use crate::ground::catalogue::policy as words;
use crate::ground::language::Name;
use crate::ground::problem::{Code, Problem};
use crate::ground::text::did_you_mean;
use crate::policy::document::Node;
use crate::policy::duty::{Duty, DutyEach, DutyEvery};
use crate::policy::path::{join, join_item};
use crate::policy::read::{Reader, WORDS_LIMIT};
use crate::policy::tables::DUTY_NAMES;
use crate::policy::{Attribute, Class, Named, Payer};

/// What duties may name.
#[derive(Clone, Copy)]
pub(crate) struct DutyNames<'a> {
    pub(crate) payers: &'a [Named],
    pub(crate) attributes: &'a [Attribute],
    pub(crate) posts: &'a [Named],
    pub(crate) classes: &'a [(Class, &'a Node)],
}

impl Reader {
    pub(crate) fn duties(&mut self, node: Option<&Node>, names: DutyNames<'_>) -> Vec<Duty> {
        let mut duties = Vec::new();
        let mut ids = HashSet::new();
        let named = |(class, _): &(Class, &Node)| Named { id: class.id.clone(), name: class.name.clone() };
        let classes: Vec<Named> = names.classes.iter().map(named).collect();
        let items = self.list(node, "duties");
        let items = self.at_most(items, WORDS_LIMIT, node.and_then(|node| node.position), "duties");
        for (index, item) in items.iter().enumerate() {
            let path = join_item("duties", index, item);
            if self.table(item, &path, DUTY_NAMES).is_none() {
                continue;
            }
            let id = self.required(item, "id", &path).and_then(|node| self.new_id(node, &path, &mut ids));
            let one_of = self.named_list(item, "one_of", &path, names.posts, words::POST_NOT_DECLARED);
            let joined = |lang: fn(&Name) -> &String, or: &str| {
                let posts = one_of.iter().filter_map(|post| names.posts.get(*post));
                posts.map(|post| lang(&post.name).as_str()).collect::<Vec<_>>().join(or)
            };
            let own = match (&id, one_of.is_empty()) {
                (_, false) => Some(Name { zh: joined(|name| &name.zh, "或"), en: joined(|name| &name.en, " or ") }),
                (Some(id), true) => Some(Name::both(id)),
                (None, true) => None,
            };
            let name = match item.get("name") {
                Some(node) => self.name(Some(node), &join(&path, "name"), id.as_deref()),
                None => own,
            };
            let payer = self
                .required(item, "payer", &path)
                .and_then(|node| self.payer(node, &join(&path, "payer"), names.payers, names.attributes));
            let for_classes = self.named_list(item, "classes", &path, &classes, words::CLASS_NOT_OF_POLICY);
            let each = self.one_of_words(item, "each", &path, &DutyEach::ALL, DutyEach::as_str);
            let every = self.one_of_words(item, "every", &path, &DutyEvery::ALL, DutyEvery::as_str);
            let number = item.get("number").and_then(|node| self.count(node, &join(&path, "number")));
            let members = item.get("members").and_then(|node| self.members(node, &join(&path, "members")));
            let is_shared = item.get("shared").is_some_and(|node| self.flag(node, &join(&path, "shared")));
            let clause = self.optional_text(item, "clause", &path);
            let note = item.get("note").and_then(|node| self.name(Some(node), &join(&path, "note"), None));
            // Once for several places it cannot be brought by whoever differs from place to place.
            let differs = match payer {
                Some(Payer::County) => each == DutyEach::Policy,
                Some(Payer::Attribute(_)) => each != DutyEach::Place,
                _ => false,
            };
            if differs && let Some(node) = item.get("payer") {
                let problem = Problem::new(Code::UnknownPayer, words::PAYER_DIFFERS).found(node.to_string());
                self.push(problem.expected(words::PAYER_OF_ALL), node.position, &join(&path, "payer"));
            }
            if let (Some(id), Some(name), Some(payer)) = (id, name, payer) {
                duties.push(Duty {
                    id,
                    name,
                    payer,
                    classes: for_classes,
                    each,
                    number,
                    members,
                    every,
                    one_of,
                    is_shared,
                    clause,
                    note,
                });
            }
        }
        duties
    }

    /// A list of ids or names of something declared, each once, by their numbers.
    fn named_list(
        &mut self,
        item: &Node,
        key: &str,
        path: &str,
        known: &[Named],
        declared: crate::ground::message::Phrase,
    ) -> Vec<usize> {
        let path = join(path, key);
        let code = if key == "classes" { Code::UnknownClass } else { Code::UnknownPost };
        let mut list = Vec::new();
        let items = self.list(item.get(key), &path);
        if items.is_empty()
            && let Some(node) = item.get(key)
        {
            let problem = Problem::new(Code::WrongType, words::LIST_WITHOUT_ANY).found(node.to_string());
            self.push(problem.expected(words::AT_LEAST_ONE_VALUE), node.position, &path);
        }
        for (at, node) in items.iter().enumerate() {
            let path = join(&path, &at.to_string());
            let Some(found) = self.word(node, &path, known, code, declared) else { continue };
            if list.contains(&found) {
                let problem = Problem::new(Code::DuplicateId, words::TWICE).found(node.to_string());
                self.push(problem.expected(words::EACH_ONCE), node.position, &path);
            } else {
                list.push(found);
            }
        }
        list
    }

    /// One of some words; the first of them where none is written.
    fn one_of_words<T: Copy + Default>(
        &mut self,
        item: &Node,
        key: &str,
        path: &str,
        all: &[T],
        word: fn(T) -> &'static str,
    ) -> T {
        let Some(node) = item.get(key) else { return T::default() };
        let path = join(path, key);
        let Some(text) = self.text(node, &path) else { return T::default() };
        let found = all.iter().copied().find(|one| word(*one) == text);
        if found.is_none() {
            let problem = Problem::new(Code::UnknownWord, words::NO_WORD_OF.with(&[&key])).found(&text);
            self.push(problem.expected(did_you_mean(&text, all.iter().map(|one| word(*one)))), node.position, &path);
        }
        found.unwrap_or_default()
    }

    /// A whole number from 1, so small that sums over all places are numbers.
    fn count(&mut self, node: &Node, path: &str) -> Option<u32> {
        const MOST: u32 = 1_000_000;
        let number = self.whole(node, path, words::HOW_MANY)?;
        let count = u32::try_from(number).ok().filter(|count| (1..=MOST).contains(count));
        if count.is_none() {
            let problem = Problem::new(Code::NumberOutOfRange, words::NO_COUNT).found(node.to_string());
            self.push(problem.expected(words::FROM_ONE_TO.with(&[&MOST])), node.position, path);
        }
        count
    }

    fn members(&mut self, node: &Node, path: &str) -> Option<(u32, u32)> {
        let items = self.list(Some(node), path);
        let [least, most] = items else {
            let problem = Problem::new(Code::WrongType, words::NO_LEAST_AND_MOST).found(node.to_string());
            self.push(problem.expected(words::LEAST_AND_MOST), node.position, path);
            return None;
        };
        let (least, most) = (self.count(least, &join(path, "0")), self.count(most, &join(path, "1")));
        let (least, most) = least.zip(most)?;
        if least > most {
            let problem = Problem::new(Code::FloorAboveCap, words::LEAST_ABOVE_MOST).found(node.to_string());
            self.push(problem.expected(words::LEAST_AND_MOST), node.position, path);
            return None;
        }
        Some((least, most))
    }

    fn flag(&mut self, node: &Node, path: &str) -> bool {
        if let crate::policy::document::NodeValue::Bool(flag) = node.value {
            return flag;
        }
        self.wrong_type(node, path, words::TRUE_OR_FALSE);
        false
    }
}
