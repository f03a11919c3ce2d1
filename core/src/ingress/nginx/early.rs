//! What nginx answers before it looks for a backend: redirects, refusals, preflights.

use super::Nginx;
use super::annotations::Annotation;
use super::cors;
use super::request::{NginxRequest, unmodelled_annotation};
use super::rewrite::rewrite_path;
use super::server::{NginxLocation, NginxServer};
use super::server_request::{ServerRequest, rule_causes};
use super::settings::ConfigKey;
use crate::ingress::nginx_config::{escape_uri, is_url};
use crate::ingress::verdict::{JudgementBuilder, redirect_response, status_response};
use crate::packet::{HttpResponse, Scheme};
use crate::trace::{Cause, CauseList, IngressControllerRule, Judgement, ModelGap};

/// What nginx answers by itself.
pub enum EarlyAnswer {
    /// This.
    Respond(HttpResponse, Vec<Cause>),
    /// It depends on what isn't modelled.
    Unknown(ModelGap, Vec<Cause>),
}

/// The host with or without www. redirects to the one that has rules, with the port written out and without the slash at
/// the end (ngx_srv_redirect.lua).
pub fn redirect_www(
    nginx: &Nginx,
    verdict: JudgementBuilder,
    view: &NginxRequest<'_>,
    to: &str,
    server: Option<&NginxServer>,
) -> Judgement {
    if let Some((response, because)) = blocked_by_header(nginx, view) {
        return verdict.respond(response, because);
    }
    let target = view.request.target();
    let target = target.strip_suffix('/').unwrap_or(&target);
    let believed = nginx.settings.is(ConfigKey::UseForwardedHeaders, false);
    let asked = view.request.headers.value("X-Forwarded-Port").filter(|_| believed);
    let port = asked.map_or_else(|| view.port.to_string(), str::to_owned);
    let location = format!("{}://{to}:{port}{target}", view.forwarded.scheme);
    let because = server.and_then(|server| {
        let location = server.locations.iter().find(|location| location.annotations.from_to_www)?;
        view.annotation_of(location, Annotation::FromToWwwRedirect)
    });
    let mut causes: Vec<Cause> = because.iter().map(Cause::line).collect();
    causes.push(Cause::rule(IngressControllerRule::WwwRedirect));
    verdict.respond(redirect_response(nginx.settings.redirect_code(), location), causes)
}

/// What the server does before its snippets: clients' certificates, blocked agents and referers.
pub fn server_rewrite(asked: ServerRequest<'_>) -> Option<EarlyAnswer> {
    if let Some(answer) = without_certificate(asked) {
        return Some(answer);
    }
    if let Some((response, because)) = blocked_by_header(asked.nginx, asked.view) {
        return Some(EarlyAnswer::Respond(response, because));
    }
    if let Some(line) = &asked.server.tls_error {
        let because = vec![Cause::line(line), Cause::rule(IngressControllerRule::LocationDenied)];
        return Some(EarlyAnswer::Respond(status_response(403), because));
    }
    None
}

/// auth-tls-verify-client: on refuses a TLS client without a certificate; what one shows isn't modelled.
fn without_certificate(asked: ServerRequest<'_>) -> Option<EarlyAnswer> {
    let wanted = asked.server.client_auth.as_ref().filter(|_| asked.view.request.scheme == Scheme::Https)?;
    let because = vec![Cause::line(&wanted.field), Cause::rule(IngressControllerRule::ClientCertificateRequired)];
    match (asked.view.request.client_certificate, wanted.required) {
        (true, _) => Some(EarlyAnswer::Unknown(ModelGap::Field(wanted.field.clone()), because)),
        (false, true) => Some(EarlyAnswer::Respond(status_response(400), because)),
        (false, false) => None,
    }
}

/// app-root stands unquoted behind the host in a `return`, so that variables are filled in.
pub fn app_root(asked: ServerRequest<'_>) -> Option<EarlyAnswer> {
    let mut locations = asked.server.locations.iter();
    let (location, root) = locations.find_map(|location| Some((location, location.annotations.app_root.as_ref()?)))?;
    if asked.uri != "/" {
        return None;
    }
    let view = asked.view;
    let line = view.annotation_of(location, Annotation::AppRoot);
    let mut because: Vec<Cause> = line.iter().map(Cause::line).collect();
    because.add_rule(IngressControllerRule::AppRoot);
    Some(match view.expand(root, |_| "") {
        Some(root) => {
            let to = format!("{}://{}{root}", view.request.scheme.name(), view.request.host);
            EarlyAnswer::Respond(redirect_response(302, to), because)
        }
        None => EarlyAnswer::Unknown(unmodelled_annotation(location, view, Annotation::AppRoot), because),
    })
}

/// block-user-agents and block-referers of the ConfigMap.
fn blocked_by_header(nginx: &Nginx, view: &NginxRequest<'_>) -> Option<(HttpResponse, Vec<Cause>)> {
    for (key, header) in [(ConfigKey::BlockUserAgents, "User-Agent"), (ConfigKey::BlockReferers, "Referer")] {
        let value = view.request.headers.value(header).unwrap_or_default();
        if nginx.settings.blocks_header(key, value) == Some(true) {
            let mut because: Vec<Cause> = nginx.settings.field(key).iter().map(Cause::line).collect();
            because.add_rule(IngressControllerRule::BlockedByConfigMap);
            return Some((status_response(403), because));
        }
    }
    None
}

/// A path that ends with a slash, asked for without it.
pub fn add_slash(view: &NginxRequest<'_>, location: &NginxLocation) -> EarlyAnswer {
    let query = view.script.query.as_ref().map(|query| format!("?{query}")).unwrap_or_default();
    let target = format!("{}{query}", escape_uri(&location.path));
    let target = if location.annotations.relative_redirects {
        target
    } else {
        format!("{}://{}{target}", view.request.scheme.name(), view.hostname)
    };
    let mut because = rule_causes(location);
    because.add_rule(IngressControllerRule::SlashAdded);
    EarlyAnswer::Respond(redirect_response(301, target), because)
}

/// What a location answers before its snippets. Directives of nginx' rewrite module run in the order of the template: a denied
/// location, the preflight, snippets, a fixed redirect, a rewrite; the controller's redirect to https comes last.
pub fn answer_before_snippets(view: &NginxRequest<'_>, location: &NginxLocation) -> Option<EarlyAnswer> {
    denied_location(location).or_else(|| cors_preflight(view, location))
}

/// What a location answers behind its snippets, unless they have ended the script.
pub fn answer_after_snippets(asked: ServerRequest<'_>, location: &NginxLocation) -> Option<EarlyAnswer> {
    fixed_redirect(asked.view, location).or_else(|| rewrite_redirect(asked, location))
}

/// A location with an annotation that can't be kept answers 503.
fn denied_location(location: &NginxLocation) -> Option<EarlyAnswer> {
    let denied = location.annotations.denied.as_ref()?;
    let mut because = rule_causes(location);
    because.add_line(denied).add_rule(IngressControllerRule::LocationDenied);
    Some(EarlyAnswer::Respond(status_response(503), because))
}

/// temporal-redirect and permanent-redirect: exactly the address, nothing appended.
fn fixed_redirect(view: &NginxRequest<'_>, location: &NginxLocation) -> Option<EarlyAnswer> {
    let to = location.annotations.redirect.as_ref()?;
    let mut because = rule_causes(location);
    because.add_line(&to.field);
    let Some(url) = view.expand(&to.url, |number| view.captured(number)) else {
        return Some(EarlyAnswer::Unknown(ModelGap::Field(to.field.clone()), because));
    };
    // nginx completes a location without host unless absolute_redirect is off.
    let url = if url.starts_with('/') && !location.annotations.relative_redirects {
        format!("{}://{}{url}", view.request.scheme.name(), view.hostname)
    } else {
        url
    };
    because.add_rule(IngressControllerRule::FixedRedirect);
    Some(EarlyAnswer::Respond(redirect_response(to.code, url), because))
}

/// enable-cors answers OPTIONS by itself.
fn cors_preflight(view: &NginxRequest<'_>, location: &NginxLocation) -> Option<EarlyAnswer> {
    let options = location.annotations.cors.as_ref()?;
    let origin = view.request.headers.value("Origin").unwrap_or_default();
    let allowed = cors::allowed_origin(options, origin)?;
    if view.request.method != "OPTIONS" {
        return None;
    }
    let mut response = status_response(204);
    response.headers.0 = cors::cors_headers(options, &allowed);
    let mut because = rule_causes(location);
    because
        .add_lines(&view.annotation_of(location, Annotation::EnableCors))
        .add_rule(IngressControllerRule::CorsPreflight);
    Some(EarlyAnswer::Respond(response, because))
}

/// rewrite-target with a URL is a redirect to it (ngx_http_rewrite); one without a slash in front makes a path that no
/// server takes.
fn rewrite_redirect(asked: ServerRequest<'_>, location: &NginxLocation) -> Option<EarlyAnswer> {
    let view = asked.view;
    let target = location.annotations.rewrite_target.as_deref()?;
    let because = |which: IngressControllerRule| {
        let mut because = rule_causes(location);
        because.add_lines(&view.annotation_of(location, Annotation::RewriteTarget)).add_rule(which);
        because
    };
    let is_url = is_url(target);
    match rewrite_path(view, location, asked.uri) {
        Ok(Some((path, query))) if is_url => {
            let query = query.map(|query| format!("?{query}")).unwrap_or_default();
            Some(EarlyAnswer::Respond(
                redirect_response(302, format!("{path}{query}")),
                because(IngressControllerRule::RewrittenToUrl),
            ))
        }
        Ok(Some((path, _))) if !path.starts_with('/') => {
            Some(EarlyAnswer::Respond(status_response(400), because(IngressControllerRule::BadPath)))
        }
        Ok(_) => None,
        Err(gap) if is_url => Some(EarlyAnswer::Unknown(gap, because(IngressControllerRule::RewrittenToUrl))),
        Err(_) => None,
    }
}

/// ssl-redirect where the host has a certificate, force-ssl-redirect everywhere (lua_ingress.lua rewrite).
pub fn https_redirect(asked: ServerRequest<'_>, location: &NginxLocation) -> Option<EarlyAnswer> {
    let ServerRequest { nginx, view, server, .. } = asked;
    let annotations = &location.annotations;
    let spared = nginx.settings.spares(ConfigKey::NoTlsRedirectLocations, &location.path);
    // Variables of the template, which a snippet may have set anew.
    let set = |name: &str, usual: bool| view.script.variables.get(name).map_or(usual, |value| value == "true");
    let spared = set("force_no_ssl_redirect", spared);
    if view.forwarded.scheme != "http" || spared {
        return None;
    }
    let name = if set("force_ssl_redirect", annotations.force_ssl_redirect) {
        Annotation::ForceSslRedirect
    } else if set("ssl_redirect", annotations.ssl_redirect) && has_certificate(nginx, &view.hostname, server) {
        Annotation::SslRedirect
    } else {
        return None;
    };
    let mut uri = view.request.target();
    if !set("preserve_trailing_slash", annotations.preserve_trailing_slash) && uri.ends_with('/') {
        uri.pop();
    }
    let host = crate::packet::http::host_without_port(&view.forwarded.host);
    let port = if set("use_port_in_redirects", annotations.port_in_redirects) {
        format!(":{}", nginx.settings.https_port)
    } else {
        String::new()
    };
    let mut because = rule_causes(location);
    because.add_lines(&view.annotation_of(location, name));
    because.extend(tls_causes(location).filter(|_| name == Annotation::SslRedirect));
    because.add_rule(IngressControllerRule::HttpsRedirect);
    let to = format!("https://{host}{port}{uri}");
    Some(EarlyAnswer::Respond(redirect_response(nginx.settings.redirect_code(), to), because))
}

/// Whether the host, or the wildcard above it, has a certificate (certificate.lua).
fn has_certificate(nginx: &Nginx, host: &str, server: &NginxServer) -> bool {
    let wildcard = || nginx.servers.wildcard(host).is_some_and(|server| server.certified);
    server.certified && !server.name.is_empty() || wildcard()
}

/// `spec.tls` of the location's Ingress, where somebody wrote it.
fn tls_causes(location: &NginxLocation) -> impl Iterator<Item = Cause> {
    location.annotations.ingress.iter().map(|ingress| Cause::Field(ingress.field("spec.tls")))
}
