//! What an awk program is made of.

/// A rule: when it counts, and what it does.
#[derive(Clone, Debug)]
pub struct AwkRule {
    pub when: AwkPattern,
    /// None prints the line.
    pub does: Option<Vec<AwkStatement>>,
}

/// When a rule counts.
#[derive(Clone, Debug)]
pub enum AwkPattern {
    Begin,
    End,
    Always,
    When(AwkExpression),
    /// From a line to a line.
    Range(AwkExpression, AwkExpression),
}

#[derive(Clone, Debug)]
pub enum AwkStatement {
    Print(Vec<AwkExpression>),
    Printf(Vec<AwkExpression>),
    Expression(AwkExpression),
    If(AwkExpression, Vec<AwkStatement>, Vec<AwkStatement>),
    /// Before, condition, behind each round, body; `do` runs the body first.
    Loop(Box<AwkLoop>),
    /// `for (name in array)`
    Each(String, String, Vec<AwkStatement>),
    Delete(String, Option<Vec<AwkExpression>>),
    Next,
    Break,
    Continue,
    Exit(Option<AwkExpression>),
}

/// `while`, `do` and `for`.
#[derive(Clone, Debug)]
pub struct AwkLoop {
    pub before: Vec<AwkStatement>,
    pub condition: Option<AwkExpression>,
    pub behind: Vec<AwkStatement>,
    pub body: Vec<AwkStatement>,
    pub body_first: bool,
}

#[derive(Clone, Debug)]
pub enum AwkExpression {
    Number(f64),
    Text(String),
    Pattern(String),
    /// `$1`
    Field(Box<AwkExpression>),
    Variable(String),
    /// `name[a, b]`
    Element(String, Vec<AwkExpression>),
    /// `=`, `+=`, …
    Assign(&'static str, Box<AwkExpression>, Box<AwkExpression>),
    /// By how much, and whether the value before counts.
    Step(f64, bool, Box<AwkExpression>),
    Unary(&'static str, Box<AwkExpression>),
    /// `" "` joins texts.
    Binary(&'static str, Box<AwkExpression>, Box<AwkExpression>),
    /// `(a, b) in name`
    In(Vec<AwkExpression>, String),
    Choice(Box<AwkExpression>, Box<AwkExpression>, Box<AwkExpression>),
    Call(String, Vec<AwkExpression>),
}
