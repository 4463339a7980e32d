//! The words around a form that no data has: who issues it, on which day, whom to call.

use crate::ground::catalogue::forms as words;
use crate::ground::catalogue::ground as common;
use crate::ground::message::Argument;
use crate::ground::problem::{Code, Problem, Problems};
use crate::policy::document::{Node, NodeValue};

/// A word around a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FormText {
    /// The title, in place of the form's own.
    Title,
    /// Who issues it.
    Issuer,
    /// Its date, as it is to be printed.
    Date,
    /// Whom to call.
    Phone,
    /// How long it is on public notice.
    Period,
    /// Who filled it in.
    Reporter,
    /// Who checked it.
    Reviewer,
    /// A remark under it.
    Note,
}

impl FormText {
    /// Every one.
    pub const ALL: [Self; 8] =
        [Self::Title, Self::Issuer, Self::Date, Self::Phone, Self::Period, Self::Reporter, Self::Reviewer, Self::Note];

    /// The key.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Issuer => "issuer",
            Self::Date => "date",
            Self::Phone => "phone",
            Self::Period => "period",
            Self::Reporter => "reporter",
            Self::Reviewer => "reviewer",
            Self::Note => "note",
        }
    }

    /// The key in Chinese.
    #[must_use]
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Title => "标题",
            Self::Issuer => "单位",
            Self::Date => "日期",
            Self::Phone => "监督电话",
            Self::Period => "公示期",
            Self::Reporter => "填报人",
            Self::Reviewer => "审核人",
            Self::Note => "备注",
        }
    }

    /// Reads a key, English or Chinese.
    ///
    /// # Errors
    ///
    /// [`Code::UnknownKey`] at the key, with the keys that there are.
    pub fn parse(key: &str) -> Result<Self, Problem> {
        let key = key.trim();
        let is = |text: &Self| text.as_str() == key || text.zh() == key;
        Self::ALL.into_iter().find(is).ok_or_else(|| {
            let known = Argument::quoted(Self::ALL.map(|text| format!("{} {}", text.as_str(), text.zh())));
            let problem = Problem::new(Code::UnknownKey, words::NO_TEXT_OF_FORM);
            problem.key(key).expected(words::TEXTS_OF_FORM.with(&[&known]))
        })
    }
}

/// Words around a form, each once. What is not given is a blank line to write on.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FormTexts([Option<String>; 8]);

impl FormTexts {
    /// A word; none if it is not given.
    #[must_use]
    pub fn get(&self, text: FormText) -> Option<&str> {
        FormText::ALL.iter().zip(&self.0).find(|(known, _)| **known == text).and_then(|(_, value)| value.as_deref())
    }

    /// Gives a word, instead of what was given before. A blank one is as none.
    pub fn set(&mut self, text: FormText, value: &str) {
        let value = Some(value.trim()).filter(|value| !value.is_empty()).map(str::to_owned);
        for (known, slot) in FormText::ALL.iter().zip(&mut self.0) {
            if *known == text {
                slot.clone_from(&value);
            }
        }
    }

    /// Gives the words of a document, a table of texts and numbers by key.
    ///
    /// # Errors
    ///
    /// Every key that is not known, and every value that is no text, each with its place.
    pub fn set_all(&mut self, document: &Node) -> Result<(), Problems> {
        let NodeValue::Table(entries) = &document.value else {
            let problem = Problem::new(Code::WrongType, common::IS_OF_TYPE.with(&[&document.type_phrase()]));
            return Err(problem.at(document.position).expected(common::GIVE.with(&[&words::TABLE_OF_TEXTS])).into());
        };
        let mut problems = Problems::new();
        for (key, node) in entries {
            let value = match &node.value {
                NodeValue::Text(text) | NodeValue::Number(text) => text,
                NodeValue::Null => continue,
                _ => {
                    let problem = Problem::new(Code::WrongType, common::IS_OF_TYPE.with(&[&node.type_phrase()]));
                    let problem = problem.key(key.text.as_str()).found(node.to_string()).at(node.position);
                    problems.push(problem.expected(common::GIVE.with(&[&common::A_TEXT])));
                    continue;
                }
            };
            match FormText::parse(&key.text) {
                Ok(text) => self.set(text, value),
                Err(problem) => problems.push(problem.at(key.position)),
            }
        }
        if problems.is_empty() { Ok(()) } else { Err(problems) }
    }
}
