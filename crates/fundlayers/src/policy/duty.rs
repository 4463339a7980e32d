//! What bodies must bring besides money: people, teams, visits, inspections, plans.

use crate::ground::language::{Lang, Name};
use crate::policy::{Payer, Policy};

/// What a body must bring besides money: a leader, a team, a visit, a plan. No amount rests on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Duty {
    /// The id.
    pub id: String,
    /// The name for people: its own, else those of what it may be (`one_of`), else the id.
    pub name: Name,
    /// Who must bring it.
    pub payer: Payer,
    /// For places of which classes, by their number; none: all.
    pub classes: Vec<usize>,
    /// For what it is due once.
    pub each: DutyEach,
    /// How many are due; none: the document gives no number.
    pub number: Option<u32>,
    /// How many people make one of it, least and most.
    pub members: Option<(u32, u32)>,
    /// How often it is due.
    pub every: DutyEvery,
    /// The posts of which any counts, by their number; none: it is itself.
    pub one_of: Vec<usize>,
    /// Whether one person or body may serve several places.
    pub is_shared: bool,
    /// The clause it rests on.
    pub clause: Option<String>,
    /// A remark.
    pub note: Option<Name>,
}

/// For what a duty is due once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum DutyEach {
    /// For each place.
    #[default]
    Place,
    /// For each county that has such places.
    County,
    /// In all, where there are such places.
    Policy,
}

impl DutyEach {
    /// Every one.
    pub const ALL: [Self; 3] = [Self::Place, Self::County, Self::Policy];

    /// The word in policy files.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Place => "place",
            Self::County => "county",
            Self::Policy => "policy",
        }
    }
}

/// How often a duty is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum DutyEvery {
    /// Each year.
    #[default]
    Year,
    /// Each half of a year.
    HalfYear,
    /// Once: in the first of the years that are asked for.
    Once,
}

impl DutyEvery {
    /// Every one.
    pub const ALL: [Self; 3] = [Self::Year, Self::HalfYear, Self::Once];

    /// The word in policy files.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Year => "year",
            Self::HalfYear => "half-year",
            Self::Once => "once",
        }
    }
}

impl Duty {
    /// Whether it is due for places of a class, by the class's number.
    pub(crate) fn is_for(&self, class: usize) -> bool {
        self.classes.is_empty() || self.classes.contains(&class)
    }

    /// What is due of whom, how often, in a sentence without its clause.
    #[must_use]
    pub fn sentence(&self, policy: &Policy, lang: Lang) -> String {
        let name = |index: usize| policy.classes().get(index).map_or("", |class| class.name.get(lang));
        let names: Vec<&str> = self.classes.iter().map(|class| name(*class)).collect();
        let whom = match (names.is_empty(), lang) {
            (true, Lang::Zh) => "支持对象".to_owned(),
            (true, Lang::En) => "place".to_owned(),
            (false, Lang::Zh) => names.join("、"),
            (false, Lang::En) => names.join(" or "),
        };
        let payer = match self.payer {
            Payer::County => lang.pick("所在区县", "the place's county").to_owned(),
            Payer::Attribute(attribute) => {
                let attribute = policy.attribute(attribute).map_or("", |attribute| attribute.name.get(lang));
                [lang.pick("名单所列的", "whoever the roster names as "), attribute].concat()
            }
            Payer::Body(body) => policy.payer(body).map_or("", |body| body.name.get(lang)).to_owned(),
        };
        let name = self.name.get(lang);
        let Some(number) = self.number else {
            return match lang {
                Lang::Zh => format!("{payer}对{whom}：{name}（原文没有数量）"),
                Lang::En => format!("{payer} to {whom}: {name} (the document gives no number)"),
            };
        };
        let each = match (self.each, lang) {
            (DutyEach::Place, Lang::Zh) => format!("每个{whom}"),
            (DutyEach::County, Lang::Zh) => format!("每个有{whom}的区县"),
            (DutyEach::Policy, Lang::Zh) => format!("全部{whom}共"),
            (DutyEach::Place, Lang::En) => format!("for each {whom}"),
            (DutyEach::County, Lang::En) => format!("for each county that has a {whom}"),
            (DutyEach::Policy, Lang::En) => format!("for every {whom} together"),
        };
        let every = match (self.every, lang) {
            (DutyEvery::Year, Lang::Zh) => "每年",
            (DutyEvery::HalfYear, Lang::Zh) => "每半年",
            (DutyEvery::Once, Lang::Zh) => "一次性",
            (DutyEvery::Year, Lang::En) => "every year",
            (DutyEvery::HalfYear, Lang::En) => "every half-year",
            (DutyEvery::Once, Lang::En) => "once",
        };
        let members = self.members.map_or(String::new(), |(least, most)| match (least == most, lang) {
            (true, Lang::Zh) => format!("，每个 {least} 人"),
            (true, Lang::En) => format!(", of {least} people each"),
            (false, Lang::Zh) => format!("，每个 {least} 至 {most} 人"),
            (false, Lang::En) => format!(", of {least} to {most} people each"),
        });
        match lang {
            Lang::Zh => format!("{each}{every}由{payer}落实：{name} {number}{members}"),
            Lang::En => format!("{payer} must bring {each} {every}: {name}, {number}{members}"),
        }
    }
}

impl Policy {
    /// The clause of a duty; none if a change of the policy touches it and gives no clause: the document does not say that.
    pub(crate) fn duty_clause<'a>(&self, duty: &'a Duty) -> Option<&'a str> {
        let is_cited = self.is_given(&["duties", &duty.id, "clause"]) || !self.is_changed(&["duties", &duty.id]);
        duty.clause.as_deref().filter(|_| is_cited)
    }
}
