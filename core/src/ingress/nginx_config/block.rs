//! A block of directives, as far as it is followed: the steps of its script, and what it sets.

use std::sync::Arc;

use ipnet::IpNet;

use super::condition::ScriptCondition;
use super::directive_names::is_harmless;
use super::expansion::is_url;
use super::headers::{AddedHeader, HeaderChange};
use super::pattern::read_pattern;
use super::syntax::{ConfigDirective, ConfigError, parse_config};
use crate::http::Pattern;
use crate::http::network::parse_net;
use crate::model::Text;

/// Where a block stands, which decides about what may stand in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlockPlace {
    /// Among the directives of http.
    Http,
    Server,
    Location,
    /// `if` in a server.
    ServerIf,
    /// `if` in a location, which is a location of its own.
    LocationIf,
}

/// What directives of one block say.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ConfigBlock {
    /// The rewrite module's, in order.
    pub steps: Vec<ScriptStep>,
    pub added_headers: Vec<AddedHeader>,
    /// more_set_headers, more_clear_headers
    pub header_changes: Vec<HeaderChange>,
    /// more_set_input_headers, more_clear_input_headers
    pub input_changes: Vec<HeaderChange>,
    /// proxy_set_header
    pub proxy_headers: Vec<(Text, Text)>,
    /// grpc_set_header
    pub grpc_headers: Vec<(Text, Text)>,
    /// proxy_method
    pub method: Option<Text>,
    /// allow, deny
    pub access: Vec<AccessEntry>,
    /// satisfy
    pub satisfies_any: Option<bool>,
    pub error_pages: Vec<ErrorPageLine>,
    pub locations: Vec<ConfigLocation>,
    /// internal: only nginx' own redirects lead there.
    pub is_internal: bool,
    /// The name of every directive that stands here.
    pub names: Vec<Text>,
    /// What isn't followed and could change where a request goes.
    pub unread: Vec<ConfigLine>,
    /// What changes nothing about it.
    pub harmless: Vec<ConfigLine>,
}

/// A directive, by name and line.
#[derive(Clone, Debug, PartialEq)]
pub struct ConfigLine {
    pub name: Text,
    pub line: usize,
}

#[derive(Clone, Debug, PartialEq)]
pub enum ScriptStep {
    Set {
        variable: Text,
        value: Text,
        line: usize,
    },
    /// The text is the address of a redirect.
    Return {
        status: u16,
        text: Option<Text>,
        line: usize,
    },
    Rewrite(RewriteDirective),
    If {
        condition: ScriptCondition,
        block: Arc<ConfigBlock>,
        line: usize,
    },
    Break,
}

/// An expression and what the path becomes.
#[derive(Clone, Debug, PartialEq)]
pub struct RewriteDirective {
    pub pattern: Pattern,
    pub replacement: Text,
    pub flag: RewriteFlag,
    pub line: usize,
}

/// What follows a rewrite.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RewriteFlag {
    /// The next directive.
    Next,
    /// last: the search for a location.
    Last,
    /// break: the other phases.
    Break,
    /// A redirect with this status.
    Redirect(u16),
}

/// allow or deny; None for all.
#[derive(Clone, Debug, PartialEq)]
pub struct AccessEntry {
    pub allow: bool,
    pub net: Option<IpNet>,
}

/// Statuses of nginx' own, and what is shown instead.
#[derive(Clone, Debug, PartialEq)]
pub struct ErrorPageLine {
    pub codes: Vec<u16>,
    /// The status answered instead, if one is written.
    pub instead: Option<u16>,
    /// A path, a URL or `@name`.
    pub target: Text,
    pub line: usize,
}

/// A location of a snippet.
#[derive(Clone, Debug, PartialEq)]
pub struct ConfigLocation {
    pub kind: LocationKind,
    pub path: Text,
    pub block: Arc<ConfigBlock>,
    pub line: usize,
}

/// How a location's path is compared.
#[derive(Clone, Debug, PartialEq)]
pub enum LocationKind {
    /// `=`
    Exact,
    /// Without modifier.
    Prefix,
    /// `^~`: before expressions.
    FinalPrefix,
    /// `~`, `~*`
    Regex(Pattern),
    /// `@name`
    Named,
}

/// A snippet at its place, beside directives that stand there already. What nginx says comes from the first line that it
/// doesn't take, as it reads them.
pub fn compile_snippet(text: &str, place: BlockPlace, taken: &[&str]) -> Result<ConfigBlock, ConfigError> {
    // 1. The directives in front of a word that can't be read.
    let (directives, error) = parse_config(text);
    let mut block = ConfigBlock::compile(&directives, place, taken)?;
    let Some(error) = error else { return Ok(block) };
    // 2. What the template writes behind it belongs to a directive that isn't ended.
    if matches!(place, BlockPlace::Location) {
        let longer = format!("{text}\n{BEHIND_SNIPPET}");
        if let (directives, None) = parse_config(&longer) {
            ConfigBlock::compile(&directives, place, &[])?;
        }
    }
    // 3. A bracket more closes the template's own block, in which the text may go on.
    if error.closes_outside {
        let closed = text.lines().skip(error.line.saturating_sub(1)).any(|line| line.contains('{'));
        if closed {
            block.unread.push(ConfigLine { name: "}".into(), line: error.line });
            return Ok(block);
        }
        let next = if place == BlockPlace::Server { "location" } else { "proxy_pass" };
        return Err(ConfigError::new(error.line, format!("\"{next}\" directive is not allowed here")));
    }
    Err(error)
}

/// How the template goes on behind the snippet of a location.
const BEHIND_SNIPPET: &str = "proxy_pass http://upstream_balancer;";

impl ConfigBlock {
    /// Blocks nest no deeper than the reader of the text lets them.
    fn compile(directives: &[ConfigDirective], place: BlockPlace, taken: &[&str]) -> Result<Self, ConfigError> {
        let mut block = Self::default();
        for directive in directives {
            let name = &*directive.name;
            let once = name == "satisfy" && block.satisfies_any.is_some();
            if once || taken.contains(&name) {
                return Err(ConfigError::new(directive.line, format!("\"{name}\" directive is duplicate")));
            }
            block.add(directive, place)?;
            block.names.push(directive.name.clone());
        }
        Ok(block)
    }

    fn add(&mut self, directive: &ConfigDirective, place: BlockPlace) -> Result<(), ConfigError> {
        let name = &*directive.name;
        if !may_stand(name, place) {
            return Err(ConfigError::new(directive.line, format!("\"{name}\" directive is not allowed here")));
        }
        let wants_block = matches!(name, "if" | "location");
        if wants_block && directive.block.is_none() {
            return Err(ConfigError::new(directive.line, format!("directive \"{name}\" has no opening \"{{\"")));
        }
        match name {
            "set" | "return" | "rewrite" | "if" | "break" => self.steps.push(read_step(directive, place)?),
            "add_header" => self.added_headers.push(AddedHeader::read(directive)?),
            "more_set_headers" | "more_clear_headers" => self.header_changes.extend(HeaderChange::read(directive)),
            "more_set_input_headers" | "more_clear_input_headers" => {
                self.input_changes.extend(HeaderChange::read(directive));
            }
            "proxy_set_header" => self.proxy_headers.push(read_pair(directive)?),
            "grpc_set_header" => self.grpc_headers.push(read_pair(directive)?),
            "proxy_method" => self.method = Some(read_single(directive)?.clone()),
            "allow" | "deny" => self.access.push(AccessEntry::read(directive)?),
            "satisfy" => {
                let word = read_single(directive)?;
                if !matches!(&**word, "any" | "all") {
                    return Err(ConfigError::new(directive.line, format!("invalid value \"{word}\"")));
                }
                self.satisfies_any = Some(&**word == "any");
            }
            "auth_basic" if directive.arguments.first().is_some_and(|realm| &**realm == "off") => {}
            "error_page" => self.error_pages.push(ErrorPageLine::read(directive)?),
            "internal" if !directive.arguments.is_empty() => return Err(wrong_count(directive)),
            "internal" => self.is_internal = true,
            "location" if !(1..=2).contains(&directive.arguments.len()) => return Err(wrong_count(directive)),
            "location" if place == BlockPlace::Server => self.locations.push(ConfigLocation::read(directive)?),
            other => {
                let line = ConfigLine { name: other.into(), line: directive.line };
                let list = if is_harmless(other) { &mut self.harmless } else { &mut self.unread };
                list.push(line);
            }
        }
        Ok(())
    }

    /// This block and those of its conditions and locations.
    pub fn with_inner(&self) -> Vec<&ConfigBlock> {
        let mut all = vec![self];
        let mut next = 0;
        while let Some(block) = all.get(next).copied() {
            next += 1;
            all.extend(block.locations.iter().map(|location| &*location.block));
            all.extend(block.steps.iter().filter_map(|step| match step {
                ScriptStep::If { block, .. } => Some(&**block),
                ScriptStep::Set { .. } | ScriptStep::Return { .. } | ScriptStep::Rewrite(_) | ScriptStep::Break => None,
            }));
        }
        all
    }
}

/// The places of directives that are followed (ngx_command_t of each module). Of others it isn't known here.
fn may_stand(name: &str, place: BlockPlace) -> bool {
    match name {
        "return" | "rewrite" | "set" | "break" => place != BlockPlace::Http,
        "listen" | "server_name" => place == BlockPlace::Server,
        "if" | "location" => matches!(place, BlockPlace::Server | BlockPlace::Location),
        "add_header"
        | "more_set_headers"
        | "more_clear_headers"
        | "more_set_input_headers"
        | "more_clear_input_headers"
        | "error_page" => place != BlockPlace::ServerIf,
        "proxy_set_header"
        | "grpc_set_header"
        | "proxy_method"
        | "allow"
        | "deny"
        | "satisfy"
        | "auth_basic"
        | "proxy_hide_header"
        | "proxy_cache"
        | "client_max_body_size"
        | "alias"
        | "try_files"
        | "internal" => !matches!(place, BlockPlace::ServerIf | BlockPlace::LocationIf),
        _ => true,
    }
}

fn wrong_count(directive: &ConfigDirective) -> ConfigError {
    ConfigError::new(directive.line, format!("invalid number of arguments in \"{}\" directive", directive.name))
}

fn read_pair(directive: &ConfigDirective) -> Result<(Text, Text), ConfigError> {
    match directive.arguments.as_slice() {
        [name, value] => Ok((name.clone(), value.clone())),
        _ => Err(wrong_count(directive)),
    }
}

fn read_single(directive: &ConfigDirective) -> Result<&Text, ConfigError> {
    match directive.arguments.as_slice() {
        [word] => Ok(word),
        _ => Err(wrong_count(directive)),
    }
}

fn read_step(directive: &ConfigDirective, place: BlockPlace) -> Result<ScriptStep, ConfigError> {
    let line = directive.line;
    match (&*directive.name, directive.arguments.as_slice()) {
        ("break", []) => Ok(ScriptStep::Break),
        ("set", [variable, value]) => match variable.strip_prefix('$').filter(|name| !name.is_empty()) {
            Some(name) if is_fixed_variable(name) => {
                Err(ConfigError::new(line, format!("the duplicate \"{name}\" variable")))
            }
            Some(name) => Ok(ScriptStep::Set { variable: name.into(), value: value.clone(), line }),
            None => Err(ConfigError::new(line, format!("invalid variable name \"{variable}\""))),
        },
        ("return", [first, rest @ ..]) if rest.len() < 2 => read_return(first, rest.first(), line),
        ("rewrite", [pattern, replacement, rest @ ..]) if rest.len() < 2 => {
            RewriteDirective::read(pattern, replacement, rest.first(), line).map(ScriptStep::Rewrite)
        }
        ("if", _) => {
            let condition = ScriptCondition::read(directive)?;
            let inner = match place {
                BlockPlace::Server | BlockPlace::ServerIf | BlockPlace::Http => BlockPlace::ServerIf,
                BlockPlace::Location | BlockPlace::LocationIf => BlockPlace::LocationIf,
            };
            let block = ConfigBlock::compile(directive.block.as_deref().unwrap_or_default(), inner, &[])?;
            Ok(ScriptStep::If { condition, block: Arc::new(block), line })
        }
        _ => Err(wrong_count(directive)),
    }
}

/// Whether nginx' own variable of this name takes no value (ngx_http_core_variables without NGX_HTTP_VAR_CHANGEABLE).
fn is_fixed_variable(name: &str) -> bool {
    const FIXED: &[&str] = &[
        "binary_remote_addr",
        "body_bytes_sent",
        "bytes_sent",
        "connection",
        "connection_requests",
        "connection_time",
        "content_length",
        "content_type",
        "document_root",
        "document_uri",
        "host",
        "hostname",
        "http_cookie",
        "http_host",
        "http_referer",
        "http_user_agent",
        "http_via",
        "http_x_forwarded_for",
        "https",
        "is_args",
        "msec",
        "nginx_version",
        "pid",
        "pipe",
        "proxy_add_x_forwarded_for",
        "query_string",
        "realpath_root",
        "remote_addr",
        "remote_port",
        "remote_user",
        "request",
        "request_body_file",
        "request_completion",
        "request_filename",
        "request_id",
        "request_length",
        "request_method",
        "request_time",
        "request_uri",
        "scheme",
        "server_addr",
        "server_name",
        "server_port",
        "server_protocol",
        "status",
        "time_iso8601",
        "time_local",
        "uri",
    ];
    FIXED.contains(&name)
}

/// A status with a text, or an address alone for 302 (ngx_http_rewrite_return).
fn read_return(first: &Text, text: Option<&Text>, line: usize) -> Result<ScriptStep, ConfigError> {
    let invalid = || ConfigError::new(line, format!("invalid return code \"{first}\""));
    let code = first.parse::<u16>().ok().filter(|code| *code <= 999 && first.bytes().all(|byte| byte.is_ascii_digit()));
    match (code, text) {
        (Some(status), text) => Ok(ScriptStep::Return { status, text: text.cloned(), line }),
        (None, None) if is_url(first) => Ok(ScriptStep::Return { status: 302, text: Some(first.clone()), line }),
        (None, _) => Err(invalid()),
    }
}

impl RewriteDirective {
    fn read(pattern: &Text, replacement: &Text, flag: Option<&Text>, line: usize) -> Result<Self, ConfigError> {
        let flag = match flag.map(|flag| &**flag) {
            None if is_url(replacement) => RewriteFlag::Redirect(302),
            None => RewriteFlag::Next,
            Some("permanent") => RewriteFlag::Redirect(301),
            Some("redirect") => RewriteFlag::Redirect(302),
            Some("last" | "break") if is_url(replacement) => RewriteFlag::Redirect(302),
            Some("last") => RewriteFlag::Last,
            Some("break") => RewriteFlag::Break,
            Some(other) => return Err(ConfigError::new(line, format!("invalid parameter \"{other}\""))),
        };
        let pattern = read_pattern(pattern, false, line)?;
        Ok(Self { pattern, replacement: replacement.clone(), flag, line })
    }
}

impl AccessEntry {
    fn read(directive: &ConfigDirective) -> Result<Self, ConfigError> {
        let allow = &*directive.name == "allow";
        let [word] = directive.arguments.as_slice() else { return Err(wrong_count(directive)) };
        // Nobody comes through a socket of the machine here.
        match (&**word, parse_net(word)) {
            ("all", _) => Ok(Self { allow, net: None }),
            (_, Some(net)) => Ok(Self { allow, net: Some(net) }),
            ("unix:", None) => Ok(Self { allow, net: parse_net("255.255.255.255/32") }),
            (other, None) => Err(ConfigError::new(directive.line, format!("invalid parameter \"{other}\""))),
        }
    }
}

impl ErrorPageLine {
    fn read(directive: &ConfigDirective) -> Result<Self, ConfigError> {
        let Some((target, codes)) = directive.arguments.split_last().filter(|(_, codes)| !codes.is_empty()) else {
            return Err(wrong_count(directive));
        };
        let mut line = Self { codes: Vec::new(), instead: None, target: target.clone(), line: directive.line };
        for word in codes {
            match (word.strip_prefix('='), word.parse::<u16>()) {
                (Some(""), _) => line.instead = Some(0),
                (Some(code), _) if code.parse::<u16>().is_ok() => line.instead = code.parse().ok(),
                (None, Ok(code)) if (300..=599).contains(&code) => line.codes.push(code),
                (None, Ok(_)) => {
                    let message = format!("value \"{word}\" must be between 300 and 599");
                    return Err(ConfigError::new(directive.line, message));
                }
                (Some(_) | None, _) => {
                    return Err(ConfigError::new(directive.line, format!("invalid value \"{word}\"")));
                }
            }
        }
        Ok(line)
    }
}

impl ConfigLocation {
    /// The modifier may stand by itself or at the path (ngx_http_core_location).
    fn read(directive: &ConfigDirective) -> Result<Self, ConfigError> {
        let (modifier, path) = match directive.arguments.as_slice() {
            [modifier, path] => (&**modifier, path.clone()),
            [glued] => {
                let modifier = ["^~", "~*", "~", "="].into_iter().find(|modifier| glued.starts_with(modifier));
                let modifier = modifier.unwrap_or_default();
                (modifier, glued.strip_prefix(modifier).unwrap_or_default().into())
            }
            _ => return Err(wrong_count(directive)),
        };
        let kind = match modifier {
            "=" => LocationKind::Exact,
            "^~" => LocationKind::FinalPrefix,
            "~" => LocationKind::Regex(read_pattern(&path, false, directive.line)?),
            "~*" => LocationKind::Regex(read_pattern(&path, true, directive.line)?),
            "" if path.starts_with('@') => LocationKind::Named,
            "" => LocationKind::Prefix,
            other => {
                return Err(ConfigError::new(directive.line, format!("invalid location modifier \"{other}\"")));
            }
        };
        let block = ConfigBlock::compile(directive.block.as_deref().unwrap_or_default(), BlockPlace::Location, &[])?;
        Ok(Self { kind, path, block: Arc::new(block), line: directive.line })
    }
}
