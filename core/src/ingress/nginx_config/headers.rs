//! Headers of answers and requests that a block changes: add_header, and the module headers-more.

use super::syntax::{ConfigDirective, ConfigError};
use crate::model::Text;
use crate::packet::Headers;

/// add_header
#[derive(Clone, Debug, PartialEq)]
pub struct AddedHeader {
    pub name: Text,
    /// With variables.
    pub value: Text,
    /// Whether it stands on answers of every status.
    pub always: bool,
}

/// more_set_headers and its kin: one header of one directive.
#[derive(Clone, Debug, PartialEq)]
pub struct HeaderChange {
    pub action: HeaderAction,
    /// The name; for Clear perhaps with `*` at its end.
    pub name: Text,
    /// With variables.
    pub value: Text,
    /// -s: the statuses that it is for, all if empty.
    pub statuses: Vec<u16>,
}

/// What becomes of a header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HeaderAction {
    Set,
    /// -a: behind those there.
    Append,
    /// -r: only if there is one.
    Replace,
    Clear,
}

impl AddedHeader {
    pub fn read(directive: &ConfigDirective) -> Result<Self, ConfigError> {
        let header = |name: &Text, value: &Text, always| Self { name: name.clone(), value: value.clone(), always };
        match directive.arguments.as_slice() {
            [name, value] => Ok(header(name, value, false)),
            [name, value, always] if &**always == "always" => Ok(header(name, value, true)),
            [_, _, other] => Err(ConfigError::new(directive.line, format!("invalid parameter \"{other}\""))),
            _ => Err(ConfigError::new(directive.line, "invalid number of arguments in \"add_header\" directive")),
        }
    }

    /// Whether it stands on answers of a status (ngx_http_headers_filter).
    pub fn stands_on(&self, status: u16) -> bool {
        self.always || matches!(status, 200 | 201 | 204 | 206 | 301 | 302 | 303 | 304 | 307 | 308)
    }
}

impl HeaderChange {
    /// The headers of one directive. Those for some types of content only (-t) are left out: the type of an answer isn't known.
    pub fn read(directive: &ConfigDirective) -> Vec<Self> {
        let clears = directive.name.contains("clear");
        let mut usual = if clears { HeaderAction::Clear } else { HeaderAction::Set };
        let mut statuses = Vec::new();
        let mut by_type = false;
        let mut changes = Vec::new();
        let mut words = directive.arguments.iter();
        while let Some(word) = words.next() {
            match &**word {
                "-s" => {
                    let list = words.next().map_or("", |list| &**list);
                    statuses.extend(list.split_whitespace().filter_map(|code| code.parse::<u16>().ok()));
                }
                "-t" => by_type = words.next().is_some(),
                "-a" => usual = HeaderAction::Append,
                "-r" => usual = HeaderAction::Replace,
                header => {
                    let (name, value) = header.split_once(':').unwrap_or((header, ""));
                    let value = value.trim_start();
                    let action = if value.is_empty() { HeaderAction::Clear } else { usual };
                    changes.push(Self { action, name: name.trim().into(), value: value.into(), statuses: Vec::new() });
                }
            }
        }
        changes.retain(|change| !by_type && !change.name.is_empty());
        changes.iter_mut().for_each(|change| change.statuses = statuses.clone());
        changes
    }

    /// Changes headers; the value has its variables filled in.
    pub fn apply(&self, headers: &mut Headers, value: &str) {
        // An empty value takes the header away.
        let action = if value.is_empty() { HeaderAction::Clear } else { self.action };
        match action {
            HeaderAction::Set => headers.set(&self.name, value),
            HeaderAction::Append => headers.add(&self.name, value),
            HeaderAction::Replace if headers.value(&self.name).is_some() => headers.set(&self.name, value),
            HeaderAction::Replace => {}
            HeaderAction::Clear => {
                let beginning = self.name.strip_suffix('*').map(str::to_ascii_lowercase);
                headers.0.retain(|(name, _)| match &beginning {
                    Some(beginning) => !name.to_ascii_lowercase().starts_with(beginning.as_str()),
                    None => !name.eq_ignore_ascii_case(&self.name),
                });
            }
        }
    }

    pub fn is_for(&self, status: u16) -> bool {
        self.statuses.is_empty() || self.statuses.contains(&status)
    }
}
