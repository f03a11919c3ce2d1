//! New hosts and paths: what URLRewrite and RequestRedirect make of a request's.

use super::implementation::{GatewayImplementation, PrefixReplacement, RedirectPort};
use super::matching::RouteTableEntry;
use super::route::PathMatcher;
use crate::cluster::Cluster;
use crate::http::path;
use crate::model::{PathModifier, RequestRedirect, UrlRewrite};
use crate::packet::{HttpRequest, HttpResponse, Scheme, host_and_port, host_without_port};

/// The match by which a request came, and how its Gateway writes paths and ports.
pub struct UrlRewriting<'a> {
    /// Where objects of the controller's own are found.
    pub cluster: &'a Cluster,
    /// The row of its controller.
    pub implementation: &'a GatewayImplementation,
    /// The match.
    pub entry: &'a RouteTableEntry,
    /// The listener's port.
    pub port: u16,
}

impl UrlRewriting<'_> {
    /// Changes host and path.
    pub fn rewrite(&self, request: &mut HttpRequest, rewrite: &UrlRewrite) {
        if let Some(hostname) = &rewrite.hostname {
            request.host = hostname.to_string();
        }
        if let Some(modifier) = &rewrite.path {
            // xds/translator/route.go buildXdsURLRewriteAction takes the slash away; redirects keep it.
            let new = modifier.replace_prefix_match.as_deref().map(|new| new.strip_suffix('/').unwrap_or(new));
            request.path = self.replaced(&request.path, modifier, new.unwrap_or_default());
        }
    }

    /// The answer of a redirect. Its port is the one given, else the well-known one of the scheme if that is given, else the
    /// listener's; a scheme's own port isn't written (apis/v1, HTTPRequestRedirectFilter).
    pub fn redirected(&self, request: &HttpRequest, redirect: &RequestRedirect) -> HttpResponse {
        let scheme = redirect.scheme.as_deref().unwrap_or(request.scheme.name());
        let authority = self.authority(request, redirect, scheme);
        let new = redirect.path.as_ref().and_then(|path| path.replace_prefix_match.as_deref()).unwrap_or_default();
        let path = redirect.path.as_ref().map(|path| self.replaced(&request.path, path, new));
        let path = path.unwrap_or_else(|| request.path.clone());
        let query = request.query.as_ref().map(|query| format!("?{query}")).unwrap_or_default();
        let status = redirect.status_code.and_then(|code| u16::try_from(code).ok()).unwrap_or(302);
        let location = Some(format!("{scheme}://{authority}{path}{query}"));
        HttpResponse { status, location, ..HttpResponse::default() }
    }

    fn authority(&self, request: &HttpRequest, redirect: &RequestRedirect, scheme: &str) -> String {
        let well_known = if scheme == Scheme::Https.name() { 443 } else { 80 };
        let given = redirect.port.and_then(|port| u16::try_from(port).ok());
        let named = redirect.hostname.as_deref();
        let asked = host_and_port(&request.host).1;
        let (host, _) = host_and_port(named.unwrap_or(host_without_port(&request.host)));
        let derived = given.unwrap_or(if redirect.scheme.is_some() { well_known } else { self.port });
        let port = match self.implementation.redirect_port {
            RedirectPort::Listener => Some(derived).filter(|port| *port != well_known),
            RedirectPort::ListenerOrHost => {
                // Envoy keeps the port of the Host header, but for the one that went with another scheme.
                let goes = scheme != request.scheme.name() && asked == Some(request.scheme.default_port());
                let kept = asked.filter(|_| named.is_none() && !goes);
                Some(derived).filter(|port| !matches!(port, 80 | 443)).or(kept)
            }
            RedirectPort::Host => given.or(asked.filter(|_| redirect.scheme.is_none())),
        };
        port.map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
    }

    /// The path as a modifier leaves it; at least `/` (apis/v1, HTTPPathModifier). `new` is what the prefix becomes.
    fn replaced(&self, asked: &str, modifier: &PathModifier, new: &str) -> String {
        if &*modifier.kind == "ReplaceFullPath" {
            let full = modifier.replace_full_path.as_deref().filter(|path| !path.is_empty()).unwrap_or("/");
            return if self.implementation.literal_paths { path::percent_encode(full) } else { full.to_owned() };
        }
        let Some(written) = modifier.replace_prefix_match.as_deref() else { return asked.to_owned() };
        let prefix = match self.entry.path() {
            PathMatcher::Prefix(prefix) if path::has_element_prefix(asked, prefix) => &**prefix,
            _ => "/",
        };
        let new = match self.implementation.prefix {
            PrefixReplacement::Elements => with_elements(asked, prefix, written),
            PrefixReplacement::Text if written.is_empty() || written == "/" => with_slash(asked, prefix),
            PrefixReplacement::Text => with_text(asked, prefix, new),
            PrefixReplacement::JoinedPath => with_joined(asked, prefix, written),
        };
        if new.is_empty() { "/".to_owned() } else { new }
    }
}

/// Slashes are joined once.
fn with_elements(asked: &str, prefix: &str, new: &str) -> String {
    let rest = asked.strip_prefix(prefix.trim_end_matches('/')).unwrap_or(asked);
    if rest.is_empty() {
        new.to_owned()
    } else {
        format!("{}/{}", new.trim_end_matches('/'), rest.trim_start_matches('/'))
    }
}

/// Envoy's prefix_rewrite: the text that matched gives way to the new one.
fn with_text(asked: &str, prefix: &str, new: &str) -> String {
    let matched = if prefix == "/" { prefix } else { prefix.strip_suffix('/').unwrap_or(prefix) };
    format!("{new}{}", asked.strip_prefix(matched).unwrap_or(asked))
}

/// xds/translator/route.go prefix2RegexRewrite: the prefix as written and the slashes behind it become one.
fn with_slash(asked: &str, prefix: &str) -> String {
    asked.strip_prefix(prefix).map_or_else(|| asked.to_owned(), |rest| format!("/{}", rest.trim_start_matches('/')))
}

/// Go's url.JoinPath: cleaned, with a slash at the end only where the rest has one.
fn with_joined(asked: &str, prefix: &str, new: &str) -> String {
    let rest = asked.strip_prefix(prefix.strip_suffix('/').unwrap_or(prefix)).unwrap_or(asked);
    let parts = new.split('/').chain(rest.split('/')).filter(|part| !part.is_empty());
    let joined: String = parts.map(|part| format!("/{part}")).collect();
    if rest.ends_with('/') { format!("{joined}/") } else { joined }
}
