//! A Corefile's server blocks and directives, and what may be wrong with them.

/// A Corefile, as far as it could be read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Corefile {
    /// Its server blocks, in order.
    pub blocks: Vec<ServerBlock>,
}

/// `cluster.local:53 { … }`
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ServerBlock {
    /// The zones with their ports, as written.
    pub keys: Vec<String>,
    /// What stands between the braces.
    pub directives: Vec<Directive>,
    /// The line of the first key, from 1.
    pub line: usize,
}

/// One plugin's configuration.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Directive {
    /// `kubernetes`.
    pub name: String,
    /// What follows on its line.
    pub args: Vec<String>,
    /// The lines between its braces.
    pub block: Vec<PluginOption>,
    /// Its line, from 1.
    pub line: usize,
    /// The line of its last word or brace, and that word.
    pub end: (usize, String),
}

/// One line of a directive's block.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PluginOption {
    /// The first word.
    pub name: String,
    /// The rest.
    pub args: Vec<String>,
    /// Its line, from 1.
    pub line: usize,
}

/// Why CoreDNS refuses to start, in its own words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CorefileError {
    /// The plugin that complains; None for the parser.
    pub plugin: Option<&'static str>,
    /// The line, from 1; None where CoreDNS names none.
    pub line: Option<usize>,
    /// What it says.
    pub message: String,
}

impl CorefileError {
    /// An error that names its line (caddy's Dispenser.Errf).
    pub fn at(line: usize, message: impl Into<String>) -> Self {
        Self { plugin: None, line: Some(line), message: message.into() }
    }

    /// caddy's Dispenser.ArgErr.
    pub fn arguments(line: usize, last: &str) -> Self {
        Self::at(line, format!("Wrong argument count or unexpected line ending after '{last}'"))
    }

    /// An error that names no line.
    pub fn plain(message: impl Into<String>) -> Self {
        Self { plugin: None, line: None, message: message.into() }
    }

    /// plugin.ErrOnce: most plugins stand once per server block.
    pub fn repeated() -> Self {
        Self::plain("this plugin can only be used once per Server Block")
    }

    /// The same error as a plugin's.
    pub fn of(self, plugin: &'static str) -> Self {
        Self { plugin: Some(plugin), ..self }
    }
}

impl std::fmt::Display for CorefileError {
    /// `plugin/kubernetes: /etc/coredns/Corefile:4 - Error during parsing: unknown property 'foo'`
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some(plugin) = self.plugin {
            write!(f, "plugin/{plugin}: ")?;
        }
        if let Some(line) = self.line {
            write!(f, "/etc/coredns/Corefile:{line} - Error during parsing: ")?;
        }
        f.write_str(&self.message)
    }
}

impl Directive {
    /// caddy's ArgErr behind the whole directive.
    pub fn end_error(&self) -> CorefileError {
        CorefileError::arguments(self.end.0, &self.end.1)
    }

    /// The words on the directive's line and in its block's lines, as the arguments of one property.
    pub fn head(&self) -> PluginOption {
        PluginOption { name: self.name.clone(), args: self.args.clone(), line: self.line }
    }
}

impl PluginOption {
    /// All arguments, if there are as many as wanted.
    pub fn exactly<const N: usize>(&self) -> Result<&[String; N], CorefileError> {
        self.args.as_slice().try_into().map_err(|_| self.argument_error())
    }

    /// All arguments, if there is at least one.
    pub fn some(&self) -> Result<&[String], CorefileError> {
        if self.args.is_empty() { Err(self.argument_error()) } else { Ok(&self.args) }
    }

    /// caddy's ArgErr here.
    pub fn argument_error(&self) -> CorefileError {
        CorefileError::arguments(self.line, self.args.last().unwrap_or(&self.name))
    }
}
