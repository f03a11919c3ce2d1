//! What flows between commands.

use crate::terminal::{Output, UsageError};

/// What a command reads.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum CommandInput {
    /// Nothing: no pipe and no file leads to it.
    #[default]
    Nothing,
    /// This text.
    Text(String),
    /// Something that isn't known: a server's own page.
    Unknown,
}

/// What a command wrote, and how it exited.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CommandOutput {
    /// Standard output, as far as it is known.
    pub text: String,
    /// Whether there is more that isn't known.
    pub has_unknown: bool,
    /// Standard error.
    pub errors: String,
    /// The exit status.
    pub exit: i32,
}

impl CommandOutput {
    /// A text and success.
    pub fn text(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    /// Nothing but a status.
    pub fn status(exit: i32) -> Self {
        Self { exit, ..Self::default() }
    }

    /// A complaint of a tool, without the line's end.
    pub fn failure(exit: i32, message: impl std::fmt::Display) -> Self {
        Self { errors: format!("{message}\n"), exit, ..Self::default() }
    }

    /// What isn't known.
    pub fn unknown() -> Self {
        Self { has_unknown: true, ..Self::default() }
    }

    /// Adds what a later command wrote; its status counts.
    pub fn append(&mut self, later: Self) {
        self.text.push_str(&later.text);
        self.errors.push_str(&later.errors);
        self.has_unknown |= later.has_unknown;
        self.exit = later.exit;
    }

    /// As the next command reads it.
    pub fn into_input(self) -> CommandInput {
        if self.has_unknown { CommandInput::Unknown } else { CommandInput::Text(self.text) }
    }

    /// As all tools print.
    pub fn into_output(self) -> Output {
        let is_known = !self.has_unknown || !self.text.is_empty();
        Output { stdout: is_known.then_some(self.text), stderr: self.errors, exit: self.exit }
    }
}

impl From<Output> for CommandOutput {
    fn from(output: Output) -> Self {
        let has_unknown = output.stdout.is_none();
        Self { text: output.stdout.unwrap_or_default(), has_unknown, errors: output.stderr, exit: output.exit }
    }
}

impl From<UsageError> for CommandOutput {
    fn from(error: UsageError) -> Self {
        Self::failure(error.exit, error.message)
    }
}
