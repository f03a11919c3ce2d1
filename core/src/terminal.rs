//! What every command has in common: what it prints, how it is refused, and who runs it.

pub mod ages;
pub mod client;
pub mod clock;
pub mod session;

pub use session::Session;

/// What a tool prints, and how it exits.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Output {
    /// Standard output; None where it isn't determined (a server's own page).
    pub stdout: Option<String>,
    /// Standard error.
    pub stderr: String,
    /// The exit status.
    pub exit: i32,
}

/// A command line that can't be run: what the tool or the shell prints, and its exit status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsageError {
    /// Without the final line break; ours are one line.
    pub message: String,
    /// The exit status.
    pub exit: i32,
    /// Whether these are the real tool's words and status; else it is we who can't follow.
    pub by_tool: bool,
}

impl UsageError {
    /// The same behind the tool's name.
    pub fn named(self, tool: &str) -> Self {
        Self { message: format!("{tool}: {}", self.message), ..self }
    }

    /// What we don't offer, or a shell refuses, with its exit status.
    pub fn new(exit: i32, message: impl Into<String>) -> Self {
        Self { message: message.into(), exit, by_tool: false }
    }

    /// What the tool itself refuses.
    pub fn of_tool(exit: i32, message: impl Into<String>) -> Self {
        Self { message: message.into(), exit, by_tool: true }
    }

    /// An option that a GNU tool doesn't know (getopt_long).
    pub fn of_getopt(tool: &str, option: &str, exit: i32) -> Self {
        let what = match option.strip_prefix("--") {
            Some(_) => format!("unrecognized option '{option}'"),
            None => format!("invalid option -- '{}'", option.chars().nth(1).unwrap_or('-')),
        };
        Self::of_tool(exit, format!("{tool}: {what}\nTry '{tool} --help' for more information."))
    }
}
