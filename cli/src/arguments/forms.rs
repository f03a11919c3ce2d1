//! The forms in which each command prints.

use clap::ValueEnum;

/// Of `modelled`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ModelledFormat {
    /// For people
    Text,
    /// For programs, in both languages: whichpod.dev/modelled/v1
    Json,
}

/// Of `trace`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people
    Text,
    /// For pull requests and chats: Markdown
    Md,
    /// A link that opens the page with these manifests and this request
    Link,
    /// The walk as a Mermaid flowchart
    Mermaid,
    /// The walk as a picture
    Svg,
    /// A routing test that holds this answer
    Test,
    /// For agents: the answer in a few lines, with the lines that decided
    Agent,
    /// For programs: whichpod.dev/trace/v1
    Json,
}

/// Of `check`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum CheckFormat {
    /// For people, with the lines
    Text,
    /// For people and editors: a line for each
    Short,
    /// For GitHub Actions: annotations
    Github,
    /// For GitLab: a code quality report
    Gitlab,
    /// For code scanning: SARIF 2.1.0
    Sarif,
    /// For CI servers
    Junit,
    /// For programs: whichpod.dev/check/v1
    Json,
}

/// Of `entrances`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum EntrancesFormat {
    /// For people
    Text,
    /// For pull requests and runbooks: a Markdown table
    Md,
    /// For programs: whichpod.dev/entrances/v1
    Json,
}

/// Of `matrix`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum MatrixFormat {
    /// For people
    Text,
    /// For pull requests: a Markdown table
    Md,
    /// For Graphviz
    Dot,
    /// A picture
    Svg,
    /// For spreadsheets
    Csv,
    /// For programs: whichpod.dev/matrix/v1
    Json,
}

/// Of `test`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum TestFormat {
    /// For people; the last line is `N passed, N failed`
    Text,
    /// For CI servers
    Junit,
    /// The Test Anything Protocol
    Tap,
    /// For programs: whichpod.dev/test/v1
    Json,
}

/// Of `diff`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum DiffFormat {
    /// For people
    Text,
    /// For pull requests
    Md,
    /// For programs: whichpod.dev/diff/v1
    Json,
    /// For code scanning: SARIF 2.1.0
    Sarif,
}

/// What a row of `matrix` is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum MatrixRows {
    /// A workload; nodes that fare alike are one
    Workload,
    /// A pod of each workload, and each node
    Pod,
}

/// From which severity on findings are a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub enum FailOn {
    /// What an API server refuses
    Error,
    /// What surely isn't meant, too
    Warning,
    /// Anything
    Note,
    /// Nothing
    Never,
}

/// When to colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ColourWhen {
    /// Where a terminal shows it
    Auto,
    /// Also into files and pipes
    Always,
    /// Nowhere
    Never,
}
