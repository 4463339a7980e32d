//! Texts for people, in both languages of the house.

use serde::{Deserialize, Serialize};

/// A text in both languages of the house.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Name {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

impl Name {
    /// The text in a language.
    #[must_use]
    pub fn get(&self, lang: Lang) -> &str {
        match lang {
            Lang::Zh => &self.zh,
            Lang::En => &self.en,
        }
    }

    /// From its Chinese and its English.
    #[must_use]
    pub fn new(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { zh: zh.into(), en: en.into() }
    }

    /// The same text in both languages.
    #[must_use]
    pub fn both(text: &str) -> Self {
        Self { zh: text.to_owned(), en: text.to_owned() }
    }
}

/// A language of texts for people. Keys, ids and CSV do not depend on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Lang {
    /// Chinese.
    #[default]
    Zh,
    /// English.
    En,
}

impl Lang {
    /// The one of two words that is of this language: for a title or label, which stands beside its key. Sentences are
    /// in the catalogue.
    #[must_use]
    pub const fn pick(self, zh: &'static str, en: &'static str) -> &'static str {
        match self {
            Self::Zh => zh,
            Self::En => en,
        }
    }
}

impl std::str::FromStr for Lang {
    type Err = String;

    /// By its code, alone or with a region as locales have it (`zh_CN.UTF-8`, `en-GB`), or by its name.
    fn from_str(text: &str) -> Result<Self, String> {
        let code = text.trim().split(['-', '_', '.', '@']).next().unwrap_or_default().to_ascii_lowercase();
        match code.as_str() {
            "zh" | "中文" | "汉语" | "chinese" => Ok(Self::Zh),
            "en" | "英文" | "英语" | "english" => Ok(Self::En),
            _ => Err(format!("`{text}` is not a language; languages are zh, en")),
        }
    }
}
