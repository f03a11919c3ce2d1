//! What a shell script is made of, as far as posts use it (POSIX 2.9, 2.10).

/// Commands one after the other.
pub type ShellScript = Vec<ShellStatement>;

/// A pipeline, and when it runs.
#[derive(Clone, Debug, PartialEq)]
pub struct ShellStatement {
    /// When.
    pub joint: StatementJoint,
    /// `!` in front of it.
    pub negated: bool,
    /// Commands with `|` between them.
    pub commands: Vec<ShellCommand>,
    /// Its text, for messages and history.
    pub text: String,
}

/// When a pipeline runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatementJoint {
    /// Behind `;`, `&`, a line's end, or first.
    Always,
    /// Behind `&&`.
    Success,
    /// Behind `||`.
    Failure,
}

/// A command of a pipeline, with where its output goes.
#[derive(Clone, Debug, PartialEq)]
pub struct ShellCommand {
    pub kind: CommandKind,
    /// `>`, `<`, `<<` …, in order.
    pub redirects: Vec<ShellRedirect>,
    /// `|&`: the next command reads errors too.
    pub pipes_errors: bool,
}

impl ShellCommand {
    /// Whether its output goes to a file.
    pub fn goes_to_file(&self) -> bool {
        self.redirects
            .iter()
            .any(|redirect| matches!(redirect, ShellRedirect::Write(OutputStream::Output | OutputStream::Both, ..)))
    }
}

#[derive(Clone, Debug, PartialEq)]
pub enum CommandKind {
    /// `NAME=value command words`
    Simple(Vec<(String, ShellWord)>, Vec<ShellWord>),
    /// `for NAME in WORDS; do … done`
    For(String, Vec<ShellWord>, ShellScript),
    /// `if …; then …; elif …; else …; fi`: conditions with what follows, and the rest.
    If(Vec<(ShellScript, ShellScript)>, ShellScript),
    /// `{ …; }`
    Group(ShellScript),
    /// `( … )`, whose variables are its own.
    Subshell(ShellScript),
}

/// A redirection.
#[derive(Clone, Debug, PartialEq)]
pub enum ShellRedirect {
    /// `<`
    Read(ShellWord),
    /// `<<EOF` and `<<<`
    Here(ShellWord),
    /// `>` and `>>` of standard output, errors, or both.
    Write(OutputStream, ShellWord, bool),
    /// `2>&1`
    ErrorsToOutput,
    /// `>&2`
    OutputToErrors,
}

/// What is redirected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutputStream {
    /// Standard output.
    Output,
    /// Standard error.
    Errors,
    /// `&>`
    Both,
}

pub type ShellWord = Vec<WordPiece>;

/// A piece of a word. Quoted ones aren't split at blanks.
#[derive(Clone, Debug, PartialEq)]
pub enum WordPiece {
    /// Text; unquoted, braces in it still stand for several words.
    Text(String, PieceQuoting),
    /// `$NAME`, and `${NAME:-instead}` with what stands in for nothing.
    Variable(String, Option<Box<ShellWord>>, PieceQuoting),
    /// `${NAME%pattern}`: a value with what is done to it.
    Edited(String, ValueEdit, PieceQuoting),
    /// `$(…)`, and backticks.
    Substitution(ShellScript, PieceQuoting),
    /// `$((…))`
    Arithmetic(String),
    /// `<(…)`: a file with what a command prints.
    PrintedFile(ShellScript),
}

/// What is done to a variable's value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ValueEdit {
    /// `${#NAME}`
    Length,
    /// `#` and `##`
    TrimStart {
        /// With `*` and `?`.
        pattern: String,
        /// As much as possible.
        longest: bool,
    },
    /// `%` and `%%`
    TrimEnd {
        /// With `*` and `?`.
        pattern: String,
        /// As much as possible.
        longest: bool,
    },
    /// `/` and `//`
    Replace {
        /// With `*` and `?`.
        from: String,
        /// What stands there instead.
        to: String,
        /// Everywhere, rather than once.
        all: bool,
    },
    /// `:2` and `:2:3`
    Slice {
        /// From the end where it is negative.
        from: isize,
        /// To the end without.
        length: Option<usize>,
    },
}

/// Whether quotes protect a piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PieceQuoting {
    /// No.
    Bare,
    /// Yes.
    Quoted,
}

/// Why a text is no script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SyntaxError {
    /// It ends before this.
    Incomplete(&'static str),
    /// This stands where it can't, or isn't understood here.
    Unexpected(String),
}

impl std::fmt::Display for SyntaxError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Incomplete(missing) => write!(f, "the line ends where {missing} should follow"),
            Self::Unexpected(what) => f.write_str(what),
        }
    }
}
