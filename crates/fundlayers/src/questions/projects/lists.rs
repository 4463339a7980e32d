//! What is asked of a register: which table.

use std::fmt;

use hashbrown::HashMap;

use super::Day;
use super::planning::{PlannedProject, Planning, ProjectState};
use crate::ground::catalogue::projects as catalogue;
use crate::ground::language::Name;
use crate::ground::message::Argument;
use crate::ground::problem::{Code, Problem};
use crate::ground::sure::Sure;

/// A table of a register beside an allocation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum ProjectList {
    /// What is due and planned, place by place, or by a grouping.
    #[default]
    Amounts,
    /// What the list of each place has and lacks.
    Places,
    /// The shares of categories.
    Shares,
    /// The projects in the order of the register.
    Projects,
    /// Those that are overdue.
    Overdue,
    /// Those that match no place, year or layer.
    Unmatched,
}

impl ProjectList {
    /// Every one.
    pub const ALL: [Self; 6] =
        [Self::Amounts, Self::Places, Self::Shares, Self::Projects, Self::Overdue, Self::Unmatched];

    /// The word for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Amounts => "amounts",
            Self::Places => "places",
            Self::Shares => "shares",
            Self::Projects => "projects",
            Self::Overdue => "overdue",
            Self::Unmatched => "unmatched",
        }
    }

    /// Its name for people.
    #[must_use]
    pub fn name(self) -> Name {
        let (zh, en) = match self {
            Self::Amounts => ("资金", "Amounts"),
            Self::Places => ("镇村", "Places"),
            Self::Shares => ("占比", "Shares"),
            Self::Projects => ("项目", "Projects"),
            Self::Overdue => ("逾期", "Overdue"),
            Self::Unmatched => ("未匹配", "Unmatched"),
        };
        Name::new(zh, en)
    }

    /// Reads the word for a table, or its Chinese name.
    ///
    /// # Errors
    ///
    /// [`Code::UnknownWord`], with the tables that there are.
    pub fn parse(word: &str) -> Result<Self, Problem> {
        let word = word.trim();
        let is = |list: &Self| list.as_str().eq_ignore_ascii_case(word) || list.name().zh == word;
        Self::ALL.into_iter().find(is).ok_or_else(|| {
            let known = Self::ALL.map(|list| format!("`{}` {}", list.as_str(), list.name().zh));
            let problem = Problem::new(Code::UnknownWord, catalogue::NO_LIST).found(word);
            problem.expected(catalogue::LISTS_ARE.with(&[&Argument::list(known)]))
        })
    }
}

impl fmt::Display for ProjectList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Some rows of a register, in its order.
#[derive(Clone)]
pub struct Listed {
    pub(super) planning: Planning,
    pub(super) list: ProjectList,
    rows: Vec<usize>,
    /// The days of deadlines, the first of them none, and which of them each row has.
    pub(super) days: Vec<String>,
    pub(super) day_of: Vec<u32>,
}

impl Planning {
    /// The rows of the register that a listing is about, in its order: all of them, those that are overdue, or those that match
    /// nothing.
    #[must_use]
    pub fn listed(&self, list: ProjectList) -> Listed {
        let is_in = |row: &PlannedProject<'_>| match list {
            ProjectList::Overdue => row.state() == ProjectState::Overdue,
            ProjectList::Unmatched => row.belongs().is_none(),
            _ => true,
        };
        let rows: Vec<usize> = self.rows().filter(is_in).map(|row| row.row).collect();
        let mut days = vec![String::new()];
        let mut known: HashMap<Option<Day>, u32> = HashMap::from([(None, 0)]);
        let day_of = rows.iter().map(|row| {
            let day = self.projects().row(*row).deadline();
            *known.entry(day).or_insert_with(|| {
                days.push(day.map_or_else(String::new, |day| day.to_string()));
                u32::try_from(days.len().saturating_sub(1)).sure()
            })
        });
        let day_of = day_of.collect();
        Listed { planning: self.clone(), list, rows, days, day_of }
    }
}

impl Listed {
    /// Which it is.
    #[must_use]
    pub const fn list(&self) -> ProjectList {
        self.list
    }

    /// How many rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The rows in order.
    #[must_use]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = PlannedProject<'_>> {
        self.rows.iter().map(|row| PlannedProject { planning: &self.planning, row: *row })
    }
}

impl fmt::Debug for Listed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Listed").field("list", &self.list).field("len", &self.len()).finish_non_exhaustive()
    }
}
