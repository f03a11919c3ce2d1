//! The words behind a tool that works on text, told apart by the tool's table of options.

use crate::console::option::{OptionStyle, OptionTable, ToolOption, TypedWord};
use crate::terminal::UsageError;

/// What stands for the option of a tool to which `-5` is a number.
pub const NEGATIVE: &str = "-";

/// A tool's words: options with their values, and what is none.
pub struct TextArguments {
    typed: Vec<TypedWord>,
}

impl TextArguments {
    /// Reads them; `number` is the option that `-5` stands for, where a tool takes a number for one.
    pub fn read(
        tool: &str,
        options: &'static [ToolOption<()>],
        number: Option<&str>,
        args: &[String],
    ) -> Result<Self, UsageError> {
        let refuse = |_, shown: &str| UsageError::new(2, format!("option {shown} isn't known here"));
        let table = OptionTable { options, style: OptionStyle::Gnu, refuse };
        // 1. A bare number, unless it is the value of what stands before it.
        let mut spelled: Vec<String> = Vec::new();
        for arg in args {
            let digits = arg.strip_prefix('-').filter(|text| text.starts_with(|c: char| c.is_ascii_digit()));
            let is_value = spelled.last().is_some_and(|before| table.wants_value(before));
            // `seq`: a negative number ends the options (coreutils, src/seq.c, main).
            if number == Some(NEGATIVE) && digits.is_some() && !is_value && !spelled.iter().any(|word| word == "--") {
                spelled.push("--".to_owned());
            }
            spelled.push(match (number, digits) {
                (Some(option), Some(digits)) if !is_value && option != NEGATIVE => format!("{option}{digits}"),
                _ => arg.clone(),
            });
        }
        // 2. What the table hasn't is refused.
        table.read(&spelled, &mut ()).map_err(|error| error.named(tool))?;
        Ok(Self { typed: table.tell_apart(&spelled).unwrap_or_default() })
    }

    /// Whether one of the option's spellings was typed.
    pub fn has(&self, spellings: &[&str]) -> bool {
        self.typed.iter().any(|word| word.option.as_deref().is_some_and(|option| spellings.contains(&option)))
    }

    /// The option's value, the last one typed.
    pub fn value(&self, spellings: &[&str]) -> Option<&str> {
        self.values(spellings).pop()
    }

    /// All its values.
    pub fn values(&self, spellings: &[&str]) -> Vec<&str> {
        let own = |word: &&TypedWord| word.option.as_deref().is_some_and(|option| spellings.contains(&option));
        self.typed.iter().filter(own).filter_map(|word| word.value.as_deref()).collect()
    }

    /// Options and words in the order in which they were typed.
    pub fn typed(&self) -> &[TypedWord] {
        &self.typed
    }

    /// What is no option.
    pub fn words(&self) -> Vec<String> {
        let words = self.typed.iter().filter(|word| word.option.is_none());
        words.filter_map(|word| word.value.clone()).collect()
    }
}
