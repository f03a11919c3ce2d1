//! A request as nginx sees it: who is believed to be its client, host and scheme.

use std::collections::BTreeSet;
use std::net::IpAddr;

use super::Nginx;
use super::annotations::Annotation;
use super::server::NginxLocation;
use super::settings::{ConfigKey, NginxSettings, parse_net};
use crate::http::path;
use crate::ingress::ControllerArrival;
use crate::ingress::forwarded::{ForwardedClient, forwarded_addresses};
use crate::ingress::nginx_config::ScriptState;
use crate::model::Text;
use crate::packet::HttpRequest;
use crate::trace::ModelGap;

/// A request as nginx sees it.
#[derive(Clone)]
pub struct NginxRequest<'a> {
    pub request: &'a HttpRequest,
    /// The annotations' prefix.
    pub prefix: &'a str,
    /// The host without a port and without a dot at its end (ngx_http_validate_host).
    pub hostname: String,
    /// What the controller is told.
    pub settings: &'a NginxSettings,
    /// The address and port of the connection itself.
    pub connection: IpAddr,
    pub port: u16,
    /// The client, host and scheme that are believed.
    pub forwarded: ForwardedClient,
    /// Path, arguments and variables as scripts leave them.
    pub script: ScriptState,
    /// Whether a snippet has ended the script in front of the location's own rewrite.
    pub script_ended: bool,
    /// Whether rewrite-target has changed the path.
    pub target_applied: bool,
    /// Whether an error page is shown, and the status that it then has.
    pub is_error_page: bool,
    pub status_instead: Option<u16>,
    /// The variables that snippets set somewhere: elsewhere they are empty.
    pub defined: &'a BTreeSet<Text>,
}

impl<'a> NginxRequest<'a> {
    /// With use-forwarded-headers, what the X-Forwarded-* headers say is believed.
    pub fn of(nginx: &'a Nginx, arrival: &ControllerArrival<'a>) -> Self {
        let request = arrival.request;
        let mut forwarded = ForwardedClient::of(arrival.client, request);
        // 1. Scheme, host and port as the headers tell them, where they are believed.
        if nginx.settings.is(ConfigKey::UseForwardedHeaders, false) {
            let first =
                |name: &str| request.headers.value(name).and_then(|value| value.split(',').next()).map(str::trim);
            if let Some(scheme) = first("X-Forwarded-Proto") {
                forwarded.scheme = scheme.to_owned();
            }
            if let Some(host) = first("X-Forwarded-Host").filter(|host| !host.is_empty()) {
                forwarded.host = host.to_owned();
            }
            let port = first("X-Forwarded-Port").and_then(|port| port.parse().ok());
            forwarded.port = port.unwrap_or(forwarded.port);
        }
        // 2. The client behind trusted proxies.
        if uses_real_ip(&nginx.settings) {
            forwarded.client = real_client(nginx, arrival);
        }
        // 3. The name that servers are chosen by, without its last dot.
        let hostname = request.hostname();
        let hostname = hostname.strip_suffix('.').unwrap_or(&hostname).to_owned();
        Self {
            request,
            hostname,
            prefix: &nginx.settings.prefix,
            settings: &nginx.settings,
            connection: arrival.client,
            port: arrival.port,
            forwarded,
            script: ScriptState {
                uri: path::normalize(&request.path).unwrap_or_default(),
                query: request.query.clone(),
                is_escaped: request.path.contains(['%', '+']),
                ..ScriptState::default()
            },
            script_ended: false,
            target_applied: false,
            is_error_page: false,
            status_instead: None,
            defined: &nginx.defined_variables,
        }
    }

    /// X-Forwarded-For with compute-full-forwarded-for: what came, and the address of the connection
    /// ($full_x_forwarded_for), which counts only where forwarded headers do.
    pub fn all_addresses(&self) -> Option<String> {
        let both = [ConfigKey::UseForwardedHeaders, ConfigKey::ComputeFullForwardedFor];
        if !both.into_iter().all(|key| self.settings.is(key, false)) {
            return None;
        }
        let before = self.request.headers.value("X-Forwarded-For").filter(|before| !before.is_empty());
        let own = self.connection.to_string();
        Some(before.map_or(own.clone(), |before| format!("{before}, {own}")))
    }
}

/// Whether nginx' real_ip module is on (the template, "Enable the real_ip module").
fn uses_real_ip(settings: &NginxSettings) -> bool {
    settings.is(ConfigKey::UseForwardedHeaders, false) || settings.is(ConfigKey::EnableRealIp, false)
}

/// The client behind proxies that are trusted (proxy-real-ip-cidr, everybody unless said): nginx goes through
/// forwarded-for-header, X-Forwarded-For unless said, from its end while it trusts (real_ip_recursive).
fn real_client(nginx: &Nginx, arrival: &ControllerArrival<'_>) -> IpAddr {
    let trusted: Vec<_> = nginx.settings.list(ConfigKey::ProxyRealIpCidr).into_iter().filter_map(parse_net).collect();
    let trusts = |address: &IpAddr| trusted.is_empty() || trusted.iter().any(|net| net.contains(address));
    let mut client = arrival.client;
    let header = nginx.settings.text(ConfigKey::ForwardedForHeader).filter(|name| !name.is_empty());
    for before in forwarded_addresses(arrival.request, header.unwrap_or("X-Forwarded-For")).iter().rev() {
        match before.parse().ok().filter(|_| trusts(&client)) {
            Some(address) => client = address,
            None => break,
        }
    }
    client
}

/// A line that isn't modelled.
pub fn unmodelled_annotation(location: &NginxLocation, view: &NginxRequest<'_>, name: Annotation) -> ModelGap {
    match view.annotation_of(location, name) {
        Some(field) => ModelGap::Field(field),
        None => ModelGap::ControllerSetting(name.name().to_owned()),
    }
}
