//! What keeps nginx from loading a configuration, in its own words. The controller tests each configuration and keeps the
//! one before, so that no change of any Ingress counts any more.

use std::collections::BTreeSet;

use super::Nginx;
use super::annotations::{Annotation, IngressOptions};
use super::server::NginxLocation;
use super::snippet::SharedSnippet;
use super::variable;
use crate::http::Pattern;
use crate::ingress::annotation_field;
use crate::ingress::nginx_config::{
    ConfigBlock, ConfigLocation, LocationKind, ScriptCondition, ScriptStep, TextVariable, split_variables,
};
use crate::model::Text;
use crate::source::FieldRef;

/// What nginx says to a configuration, and the line that it means.
#[derive(Clone, Debug, PartialEq)]
pub struct RefusedConfiguration {
    /// The line.
    pub field: FieldRef,
    /// `duplicate location "/foo/"`
    pub message: String,
}

impl RefusedConfiguration {
    /// The same location twice.
    pub fn duplicate(field: FieldRef, path: &str) -> Self {
        Self { field, message: format!("duplicate location \"{path}\"") }
    }
}

/// The first line that nginx doesn't take: a snippet that it can't read, a variable that there isn't, or ciphers that OpenSSL
/// doesn't know.
pub fn find_refusal(nginx: &Nginx) -> Option<RefusedConfiguration> {
    let snippets = all_snippets(nginx);
    let broken = snippets.iter().find_map(|snippet| {
        let message = snippet.error.clone()?;
        Some(RefusedConfiguration { field: snippet.field.clone(), message })
    });
    let defined = &nginx.defined_variables;
    broken.or_else(|| unknown_in_snippets(&snippets, defined)).or_else(|| refused_annotation(nginx, defined))
}

/// The snippets that stand in the configuration.
fn all_snippets(nginx: &Nginx) -> Vec<&SharedSnippet> {
    let servers = || nginx.servers.iter().map(|(_, server)| server).chain([&nginx.catch_all]);
    let of_servers = servers().filter_map(|server| server.snippet.as_ref());
    let locations = servers().flat_map(|server| &server.locations);
    let allowed = locations.filter(|location| location.annotations.denied.is_none());
    let of_locations = allowed.flat_map(|location| {
        let asked = location.annotations.auth_request.is_some();
        let auth = location.annotations.auth_snippet.as_ref().filter(|_| asked);
        location.annotations.configuration_snippet.iter().chain(auth)
    });
    nginx.snippets.all().chain(of_servers).chain(of_locations).collect()
}

/// The variables that snippets set anywhere: nginx knows them everywhere.
pub fn defined_variables(nginx: &Nginx) -> BTreeSet<Text> {
    let mut defined = BTreeSet::new();
    let snippets = all_snippets(nginx);
    for block in snippets.iter().flat_map(|snippet| snippet.block.with_inner()) {
        let of_locations = block.locations.iter().filter_map(|location| match location {
            ConfigLocation { kind: LocationKind::Regex(pattern), .. } => Some(pattern),
            ConfigLocation { .. } => None,
        });
        of_locations.for_each(|pattern| defined.extend(named_groups(pattern)));
        for step in &block.steps {
            match step {
                ScriptStep::Set { variable, .. } => drop(defined.insert(variable.clone())),
                ScriptStep::Rewrite(rule) => defined.extend(named_groups(&rule.pattern)),
                ScriptStep::If { condition: ScriptCondition::Matches { pattern, .. }, .. } => {
                    defined.extend(named_groups(pattern));
                }
                ScriptStep::If { .. } | ScriptStep::Return { .. } | ScriptStep::Break => {}
            }
        }
    }
    defined
}

fn named_groups(pattern: &Pattern) -> impl Iterator<Item = Text> + '_ {
    pattern.regex().into_iter().flat_map(|regex| regex.capture_names()).flatten().map(Into::into)
}

/// The first variable in a snippet that there isn't. Where a map or a directive that isn't followed may define one, none is
/// missed.
fn unknown_in_snippets(snippets: &[&SharedSnippet], defined: &BTreeSet<Text>) -> Option<RefusedConfiguration> {
    let blocks =
        || snippets.iter().flat_map(|snippet| snippet.block.with_inner().into_iter().map(move |it| (snippet, it)));
    if blocks().any(|(_, block)| !block.unread.is_empty()) {
        return None;
    }
    blocks().find_map(|(snippet, block)| {
        let unclosed =
            texts_of(block).into_iter().flat_map(split_variables).find_map(|(_, variable)| match variable? {
                TextVariable::Unclosed(name) => Some(format!("the closing bracket in \"{name}\" variable is missing")),
                TextVariable::Named("") => Some("invalid variable name".to_owned()),
                TextVariable::Named(_) | TextVariable::Group(_) => None,
            });
        let unknown = || {
            let unknown = names_of(block).into_iter().find(|name| !variable::is_known(name, defined))?;
            Some(format!("unknown \"{unknown}\" variable"))
        };
        Some(RefusedConfiguration { field: snippet.field.clone(), message: unclosed.or_else(unknown)? })
    })
}

/// The texts of a block's own directives that may hold variables.
fn texts_of(block: &ConfigBlock) -> Vec<&str> {
    let mut texts: Vec<&str> = Vec::new();
    for step in &block.steps {
        match step {
            ScriptStep::Set { value, .. } => texts.push(value),
            ScriptStep::Return { text, .. } => texts.extend(text.as_deref()),
            ScriptStep::Rewrite(rule) => texts.push(&rule.replacement),
            ScriptStep::If { condition: ScriptCondition::Equal { value: text, .. }, .. }
            | ScriptStep::If { condition: ScriptCondition::File { path: text, .. }, .. } => texts.push(text),
            ScriptStep::If { .. } | ScriptStep::Break => {}
        }
    }
    texts.extend(block.added_headers.iter().map(|header| &*header.value));
    texts.extend(block.proxy_headers.iter().map(|(_, value)| &**value));
    texts.extend(block.error_pages.iter().map(|line| &*line.target));
    texts
}

/// The names of the variables that a block's own directives read.
fn names_of(block: &ConfigBlock) -> Vec<&str> {
    let mut names: Vec<&str> = Vec::new();
    for step in &block.steps {
        if let ScriptStep::If { condition, .. } = step {
            match condition {
                ScriptCondition::IsSet(variable)
                | ScriptCondition::Matches { variable, .. }
                | ScriptCondition::Equal { variable, .. } => names.push(variable),
                ScriptCondition::File { .. } => {}
            }
        }
    }
    names.extend(texts_of(block).into_iter().flat_map(variable::variable_names));
    names
}

fn refused_annotation(nginx: &Nginx, defined: &BTreeSet<Text>) -> Option<RefusedConfiguration> {
    let servers = nginx.servers.iter().map(|(_, server)| server).chain([&nginx.catch_all]);
    servers.flat_map(|server| &server.locations).find_map(|location| {
        let ingress = location.annotations.ingress.as_ref()?;
        let refused = |name: Annotation, message: String| RefusedConfiguration {
            field: annotation_field(ingress, &format!("{}/{}", nginx.settings.prefix, name.name())),
            message,
        };
        let unknown = texts_with_variables(&location.annotations, location).into_iter().find_map(|(name, text)| {
            let variable = variable::unknown_variable(text, defined)?;
            Some(refused(name, format!("unknown \"{variable}\" variable")))
        });
        let ciphers = location.annotations.ciphers.as_deref().filter(|list| !holds_a_cipher(list));
        unknown.or_else(|| {
            ciphers.map(|list| refused(Annotation::SslCiphers, format!("SSL_CTX_set_cipher_list(\"{list}\") failed")))
        })
    })
}

/// The texts of a location in which nginx looks for variables.
fn texts_with_variables<'l>(annotations: &'l IngressOptions, location: &NginxLocation) -> Vec<(Annotation, &'l str)> {
    let rewrite = annotations.rewrite_target.as_deref().filter(|_| annotations.rewrites(&location.ingress_path));
    let vhost = annotations.upstream_vhost.as_deref();
    let prefix = annotations.forwarded_prefix.as_deref().filter(|_| rewrite.is_some());
    let redirect = annotations.redirect.as_ref().map(|redirect| &*redirect.url);
    let texts = [
        (Annotation::AppRoot, annotations.app_root.as_deref()),
        (Annotation::RewriteTarget, rewrite),
        (Annotation::UpstreamVhost, vhost),
        (Annotation::XForwardedPrefix, prefix),
        (Annotation::PermanentRedirect, redirect),
    ];
    texts.into_iter().filter_map(|(name, text)| Some((name, text?))).collect()
}

/// Whether OpenSSL finds a cipher: a word for a group of them, or what looks like a suite's name.
fn holds_a_cipher(list: &str) -> bool {
    const GROUPS: &[&str] = &[
        "3DES",
        "AES",
        "AES128",
        "AES256",
        "AESCCM",
        "AESGCM",
        "ALL",
        "ARIA",
        "CAMELLIA",
        "CHACHA20",
        "COMPLEMENTOFALL",
        "COMPLEMENTOFDEFAULT",
        "DEFAULT",
        "DHE",
        "ECDHE",
        "ECDSA",
        "EDH",
        "EECDH",
        "FIPS",
        "HIGH",
        "MEDIUM",
        "PSK",
        "RSA",
        "SHA",
        "SHA1",
        "SHA256",
        "SHA384",
        "SSLv3",
        "TLSv1",
        "TLSv1.2",
        "aDSS",
        "aECDSA",
        "aRSA",
        "kDHE",
        "kECDHE",
        "kEDH",
        "kEECDH",
        "kRSA",
    ];
    let taken_away = |word: &&str| word.starts_with(['!', '-', '@']);
    let words = list.split([':', ',', ' ']).filter(|word| !word.is_empty() && !taken_away(word));
    words.flat_map(|word| word.trim_start_matches('+').split('+')).any(|word| {
        let begins = |group: &&str| word.strip_prefix(*group).is_some_and(|rest| rest.starts_with('-'));
        GROUPS.contains(&word) || word.starts_with("TLS_") || GROUPS.iter().any(begins)
    })
}
