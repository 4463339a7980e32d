//! How claims are met where a limit is short: the rules, by name, and the turns of classes.

use crate::ground::catalogue::questions as words;
use crate::ground::language::{Lang, Name};
use crate::ground::message::{Message, Phrase};
use crate::ground::problem::{Code, Problem, Problems};
use crate::ground::text::{did_you_mean, did_you_mean_names, typed};
use crate::policy::{Class, Named, Policy};

/// How claims are met where a limit is short, by the names of the literature on claims problems.
///
/// With λ the one number that uses the limit up, a claim gets, before rounding:
///
/// | rule | award |
/// |---|---|
/// | `proportional` | claim × limit ÷ sum of claims |
/// | `constrained-equal-awards` | min(claim, λ) |
/// | `constrained-equal-losses` | max(0, claim − λ) |
/// | `talmud` | min(claim ÷ 2, λ) if the limit is at most half the sum of claims, else claim − min(claim ÷ 2, λ) |
/// | `priority` | classes in turn, within each proportional; classes that are not named come last, together |
///
/// Awards are multiples of the rounding step of their layer: largest remainder, ties to the smaller id. No award is above its
/// claim; the awards use the limit up or meet every claim; equal claims get equal awards and a larger claim has no smaller
/// award and no smaller loss, each up to one step (for `priority` within a class). Nothing depends on the order of rows.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FundingRule {
    /// The same part of each claim (按比例).
    Proportional,
    /// The same amount to each, at most its claim: small claims are met first.
    ConstrainedEqualAwards,
    /// The same amount off each claim, at most all of it: large claims get more of theirs.
    ConstrainedEqualLosses,
    /// Equal awards on half claims, above that equal losses on half claims (Aumann and Maschler 1985).
    Talmud,
    /// Classes in turn, by their ids or names, or all classes of a kind or designation.
    Priority(Vec<String>),
}

impl FundingRule {
    /// The names of the rules.
    pub const NAMES: [&str; 5] =
        ["proportional", "constrained-equal-awards", "constrained-equal-losses", "talmud", "priority"];

    /// Reads a rule by its name in the literature or the one for people in either language (按比例安排); `order` is the classes by id that `priority` serves in turn, and empty for the others.
    ///
    /// # Errors
    ///
    /// [`Code::UnknownRule`]; [`Code::BadOrder`] if `priority` has no order, another rule has one, or a class stands twice
    /// in it.
    ///
    /// ```
    /// use fundlayers::FundingRule;
    /// assert_eq!(FundingRule::parse("talmud", &[])?, FundingRule::Talmud);
    /// assert!(FundingRule::parse("priority", &[]).is_err());
    /// # Ok::<(), fundlayers::Problems>(())
    /// ```
    pub fn parse(name: &str, order: &[&str]) -> Result<Self, Problems> {
        let order_of = |order: &[&str]| order.iter().map(|class| class.trim().to_owned()).collect();
        let rules = [
            Self::Proportional,
            Self::ConstrainedEqualAwards,
            Self::ConstrainedEqualLosses,
            Self::Talmud,
            Self::Priority(order_of(order)),
        ];
        let word = typed(name);
        let is = |rule: &&Self| {
            rule.as_str() == word
                || [Lang::Zh, Lang::En].iter().any(|lang| rule.label(*lang).eq_ignore_ascii_case(&word))
                || rule.other_names().contains(&word.as_str())
        };
        let Some(rule) = rules.iter().find(is).cloned() else {
            let problem = Problem::new(Code::UnknownRule, words::NO_RULE).found(name.trim());
            let known =
                rules.each_ref().map(|rule| (rule.as_str(), Name::new(rule.label(Lang::Zh), rule.label(Lang::En))));
            return Err(problem.expected(did_you_mean_names(&word, &known)).into());
        };
        let problem = |message: Message, expected: Phrase| Problem::new(Code::BadOrder, message).expected(expected);
        match &rule {
            Self::Priority(classes) if classes.is_empty() => {
                Err(problem(words::PRIORITY_NEEDS_ORDER.into(), words::IDS_OF_CLASSES).into())
            }
            Self::Priority(classes) => {
                let twice =
                    classes.iter().enumerate().filter(|(at, class)| classes.iter().take(*at).any(|c| c == *class));
                let problems: Problems = twice
                    .map(|(_, class)| problem(words::CLASS_TWICE_IN_ORDER.into(), words::EACH_CLASS_ONCE).found(class))
                    .collect();
                if problems.is_empty() { Ok(rule) } else { Err(problems) }
            }
            _ if !order.is_empty() => {
                Err(problem(words::RULE_WITHOUT_ORDER.with(&[&rule.as_str()]), words::ORDER_WITH_PRIORITY).into())
            }
            _ => Ok(rule),
        }
    }

    /// The rule's name in the literature, as options take it.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        let [proportional, awards, losses, talmud, priority] = Self::NAMES;
        match self {
            Self::Proportional => proportional,
            Self::ConstrainedEqualAwards => awards,
            Self::ConstrainedEqualLosses => losses,
            Self::Talmud => talmud,
            Self::Priority(_) => priority,
        }
    }

    /// What else people call it.
    const fn other_names(&self) -> &'static [&'static str] {
        match self {
            Self::Proportional => &["按比例", "按比例分配"],
            Self::ConstrainedEqualAwards => &["等额", "等额分配"],
            Self::ConstrainedEqualLosses => &[],
            Self::Talmud => &["塔木德"],
            Self::Priority(_) => &["按类别先后", "按先后安排", "按次序安排"],
        }
    }

    /// The name for people.
    #[must_use]
    pub const fn label(&self, lang: Lang) -> &'static str {
        let (zh, en) = match self {
            Self::Proportional => ("按比例安排", "proportional"),
            Self::ConstrainedEqualAwards => ("等额安排", "constrained equal awards"),
            Self::ConstrainedEqualLosses => ("等额扣减", "constrained equal losses"),
            Self::Talmud => ("塔木德规则", "Talmud"),
            Self::Priority(_) => ("按类别先后安排", "priority by class"),
        };
        match lang {
            Lang::Zh => zh,
            Lang::En => en,
        }
    }
}

impl std::fmt::Display for FundingRule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FundingRule {
    /// The turn of each class of a policy, under a rule of priority.
    pub(crate) fn turns(&self, policy: &Policy) -> Result<Option<Vec<u32>>, Problems> {
        let classes: Vec<&Class> = policy.classes().iter().collect();
        let (turns, problems) = self.turns_of(&classes, policy.kinds(), policy.designations());
        let problems: Problems = problems.into_iter().map(|(_, problem)| problem).collect();
        if problems.is_empty() { Ok(turns) } else { Err(problems) }
    }

    /// The turn of each class, under a rule of priority, and the words of the order that name none, by their place in it.
    pub(crate) fn turns_of(
        &self,
        classes: &[&Class],
        kinds: &[Named],
        designations: &[Named],
    ) -> (Option<Vec<u32>>, Vec<(usize, Problem)>) {
        let FundingRule::Priority(order) = self else { return (None, Vec::new()) };
        let ids = || classes.iter().map(|class| class.id.as_str());
        let mut problems = Vec::new();
        let mut turns = vec![u32::try_from(order.len()).unwrap_or(u32::MAX); classes.len()];
        // The first word that names a class is its turn.
        for (at, word) in order.iter().enumerate().rev() {
            let turn = u32::try_from(at).unwrap_or(u32::MAX);
            let named = classes_named(classes, kinds, designations, word);
            if named.is_empty() {
                let problem = Problem::new(Code::UnknownClass, words::NO_SUCH_CLASS).found(word);
                problems.push((at, problem.expected(did_you_mean(word, ids()))));
            }
            for class in named {
                if let Some(slot) = turns.get_mut(class) {
                    *slot = turn;
                }
            }
        }
        problems.reverse();
        (Some(turns), problems)
    }
}

/// The classes that a word names: one by its id, else those of that name, else all of a kind or a designation by id or name.
fn classes_named(classes: &[&Class], kinds: &[Named], designations: &[Named], word: &str) -> Vec<usize> {
    let is = |id: &str, name: &Name| id == word || name.zh == word || name.en.eq_ignore_ascii_case(word);
    let which = |holds: &dyn Fn(&Class) -> bool| -> Vec<usize> {
        classes.iter().enumerate().filter(|(_, class)| holds(class)).map(|(at, _)| at).collect()
    };
    let of = |named: Option<&Named>| named.is_some_and(|named| is(&named.id, &named.name));
    let kind = |class: &Class| of(class.kind.and_then(|kind| kinds.get(kind.number())));
    let designation =
        |class: &Class| of(class.designation.and_then(|designation| designations.get(designation.number())));
    [which(&|class| class.id == word), which(&|class| is(&class.id, &class.name)), which(&kind), which(&designation)]
        .into_iter()
        .find(|named| !named.is_empty())
        .unwrap_or_default()
}
