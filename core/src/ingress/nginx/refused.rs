//! What keeps nginx from loading a configuration, in its own words. The controller tests each configuration and keeps the
//! one before, so that no change of any Ingress counts any more.

use super::Nginx;
use super::annotations::{Annotation, IngressOptions};
use super::server::NginxLocation;
use super::variable;
use crate::ingress::annotation_field;
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

/// The first line that nginx doesn't take: a variable that there isn't, or ciphers that OpenSSL doesn't know.
pub fn find_refusal(nginx: &Nginx) -> Option<RefusedConfiguration> {
    let servers = nginx.servers.iter().map(|(_, server)| server).chain([&nginx.catch_all]);
    servers.flat_map(|server| &server.locations).find_map(|location| {
        let ingress = location.annotations.ingress.as_ref()?;
        let refused = |name: Annotation, message: String| RefusedConfiguration {
            field: annotation_field(ingress, &format!("{}/{}", nginx.settings.prefix, name.name())),
            message,
        };
        let unknown = texts_with_variables(&location.annotations, location).into_iter().find_map(|(name, text)| {
            let variable = variable::unknown_variable(text)?;
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
