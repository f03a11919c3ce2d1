//! English and Japanese, side by side: whatever is said to people is said in both.

#![warn(missing_docs)]

use serde::{Deserialize, Serialize};

/// The languages of the page and the command line.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    strum::EnumString,
    strum::IntoStaticStr,
    strum::VariantArray,
)]
pub enum Language {
    /// English
    #[default]
    #[strum(serialize = "en")]
    English,
    /// Japanese
    #[strum(serialize = "ja")]
    Japanese,
}

impl Language {
    /// As in `<html lang>`: `en`, `ja`.
    pub fn code(self) -> &'static str {
        self.into()
    }

    /// Reads a language tag such as `ja-JP`; everything that is not Japanese is English.
    pub fn of_tag(tag: &str) -> Self {
        match tag.split('-').next() {
            Some("ja") => Self::Japanese,
            _ => Self::English,
        }
    }

    /// The other one.
    pub fn other(self) -> Self {
        match self {
            Self::English => Self::Japanese,
            Self::Japanese => Self::English,
        }
    }
}

/// The same words in both languages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BilingualText {
    /// English.
    pub english: &'static str,
    /// Japanese.
    pub japanese: &'static str,
}

impl BilingualText {
    /// Both languages at once.
    pub const fn new(english: &'static str, japanese: &'static str) -> Self {
        Self { english, japanese }
    }

    /// The words of one language.
    pub fn of(self, language: Language) -> &'static str {
        match language {
            Language::English => self.english,
            Language::Japanese => self.japanese,
        }
    }
}
