//! Servers, locations and routes: what the controller's templates write for nginx, whichever object they are from.

use std::sync::Arc;

use ipnet::IpNet;

use crate::http::Pattern;
use crate::ingress::basic_auth::PasswordFile;
use crate::ingress::location_order::{LocationComparison, OrderedLocation};
use crate::model::{Labels, ServiceBackendPort, Text};
use crate::source::{FieldRef, ObjectRef};
use crate::trace::{Cause, IngressControllerRule};

/// What nginx allows where nobody says (client_max_body_size).
pub const BODY_SIZE: u64 = 1 << 20;

/// A server block.
#[derive(Clone, Debug)]
pub struct F5Server {
    /// Whose it is; None of the default server.
    pub object: Option<ObjectRef>,
    /// server_name, in lower case; empty of the default server.
    pub host: String,
    /// Where its host is written.
    pub host_line: Option<FieldRef>,
    pub http_ports: Vec<u16>,
    pub https_ports: Vec<u16>,
    pub certificate: ServerCertificate,
    /// What the server answers before it looks for a location, in order.
    pub steps: Vec<ServerStep>,
    /// For what no location takes.
    pub guard: RequestGuard,
    pub locations: Vec<F5Location>,
    /// Headers of every answer over https.
    pub transport_security: Option<String>,
}

/// What a server shows in the TLS handshake.
#[derive(Clone, Debug, PartialEq)]
pub enum ServerCertificate {
    /// It doesn't speak TLS.
    None,
    /// The place of a Secret's certificate; the controller's own without one.
    Shown(Option<usize>),
    /// ssl_reject_handshake, and the line.
    Rejected(Option<FieldRef>),
}

/// An answer in the server's rewrite phase.
#[derive(Clone, Debug)]
pub struct ServerStep {
    pub when: StepCondition,
    /// The target of a request to which it doesn't apply.
    pub except: Option<Text>,
    pub code: u16,
    /// Where it redirects to, with variables.
    pub location: Option<Text>,
    pub because: Vec<Cause>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepCondition {
    Always,
    /// `$scheme` is http.
    PlainHttp,
    /// `$http_x_forwarded_proto` is http.
    ForwardedHttp,
    /// `$uri` is `/`.
    RootPath,
}

/// What comes before a location's content: addresses, passwords, policies.
#[derive(Clone, Debug, Default)]
pub struct RequestGuard {
    /// A status that everything gets, as a policy can't be used.
    pub refusal: Option<(u16, Vec<Cause>)>,
    pub allow: Vec<IpNet>,
    pub deny: Vec<IpNet>,
    /// Where the addresses are written.
    pub address_line: Option<FieldRef>,
    pub password: Option<PasswordFile>,
    /// Headers that a preflight and every other request gets.
    pub cors: Option<CrossOriginHeaders>,
    /// The certificate that clients must show, and where that is written.
    pub client_certificate: Option<FieldRef>,
    /// What makes the answer unknown.
    pub gap: Option<FieldRef>,
    /// What a single request passes, with the line: rates, questions to other servers.
    pub conditions: Vec<(FieldRef, IngressControllerRule)>,
}

/// A CORS policy, whose headers are known but for the origin's.
#[derive(Clone, Debug)]
pub struct CrossOriginHeaders {
    pub line: FieldRef,
    pub headers: Vec<(String, String)>,
}

/// A location and where its requests go.
#[derive(Clone, Debug)]
pub struct F5Location {
    pub path: Text,
    pub modifier: LocationComparison,
    /// The path or route that it is from; None of the default server's.
    pub rule: Option<FieldRef>,
    pub guard: Arc<RequestGuard>,
    /// Conditions in order; the first that holds decides.
    pub matches: Vec<RouteMatch>,
    /// Where everything else goes.
    pub default: Vec<RouteSplit>,
    /// What stands in for some statuses.
    pub error_pages: Arc<[RouteErrorPage]>,
    /// Of answers, with whether errors have it, too.
    pub response_headers: Vec<F5ResponseHeader>,
    /// Lines that were decisive for the location as a whole.
    pub because: Vec<Cause>,
}

/// A header that is added to answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct F5ResponseHeader {
    pub name: String,
    pub value: String,
    /// Whether errors have it, too.
    pub always: bool,
}

/// Conditions that all must hold, and where requests go then.
#[derive(Clone, Debug)]
pub struct RouteMatch {
    pub line: FieldRef,
    pub conditions: Vec<RouteCondition>,
    pub splits: Vec<RouteSplit>,
}

/// A variable and what it must be (nginx' map: texts compare without case).
#[derive(Clone, Debug)]
pub struct RouteCondition {
    /// Without `$`.
    pub variable: String,
    pub value: ConditionValue,
    pub negated: bool,
}

#[derive(Clone, Debug)]
pub enum ConditionValue {
    Text(String),
    Expression(Pattern),
}

/// A part of the requests.
#[derive(Clone, Debug)]
pub struct RouteSplit {
    pub weight: u64,
    /// Where it is written; None of what nobody wrote.
    pub line: Option<FieldRef>,
    pub action: RouteAction,
}

#[derive(Clone, Debug)]
pub enum RouteAction {
    Pass(Box<ProxyPass>),
    /// The URL has variables.
    Redirect {
        url: Text,
        code: u16,
    },
    /// The body has variables.
    Return {
        code: u16,
        body: Text,
        headers: Vec<(String, String)>,
    },
    /// What is written can't be read here.
    Unread,
}

/// proxy_pass and what belongs to it.
#[derive(Clone, Debug)]
pub struct ProxyPass {
    pub upstream: UpstreamName,
    pub change: F5PathChange,
    /// `http`, `https`, `grpc`, `grpcs`
    pub protocol: &'static str,
    /// proxy_set_header, with variables.
    pub request_headers: Vec<(String, Text)>,
    /// Whether the client's own headers are kept (proxy_pass_request_headers).
    pub passes_headers: bool,
    /// Whether X-Forwarded-* are written; the scheme that is told, with variables.
    pub forwarded_scheme: Option<&'static str>,
    /// Whether an upgrade of the connection is asked for as the client asks.
    pub upgrades: bool,
    /// client_max_body_size
    pub body_size: u64,
    /// Headers of answers.
    pub response_headers: Vec<(String, String)>,
}

/// How the path changes.
#[derive(Clone, Debug)]
pub enum F5PathChange {
    /// It goes on as the client sent it.
    Kept,
    /// proxy_pass with a path, which stands in the place of the location's.
    Replaced(Text),
    /// `rewrite EXPRESSION TARGET break`
    Rewritten(Pattern, Text),
    /// The same on the path as the client sent it (`$request_uri_no_args`), behind matches and splits.
    RewrittenRaw(Pattern, Text),
}

/// A Service's port, and how its endpoints are chosen.
#[derive(Clone, Debug)]
pub struct UpstreamName {
    pub namespace: Text,
    pub service: Text,
    pub port: ServiceBackendPort,
    /// Labels that the pods must have besides.
    pub subselector: Labels,
    /// Whether the Service's own address is used.
    pub cluster_ip: bool,
    pub balancing: UpstreamBalancing,
    /// Where the method is written.
    pub balancing_line: Option<FieldRef>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UpstreamBalancing {
    /// By turns, by chance or by load: of equal endpoints each has the same part.
    Even,
    /// A hash of the request or of the client's address.
    Hashed,
    /// A cookie of this name.
    Cookie(String),
}

/// What answers of these statuses become.
#[derive(Clone, Debug)]
pub struct RouteErrorPage {
    pub codes: Vec<u16>,
    pub line: FieldRef,
    /// 0 keeps the code.
    pub code: u16,
    pub answer: ErrorPageAnswer,
}

#[derive(Clone, Debug)]
pub enum ErrorPageAnswer {
    /// With variables.
    Redirect(Text),
    /// With variables.
    Text(Text, Vec<(String, String)>),
    /// A Service is asked in its place.
    Backend(UpstreamName),
}

impl OrderedLocation for F5Location {
    fn path(&self) -> &str {
        &self.path
    }

    fn modifier(&self) -> &LocationComparison {
        &self.modifier
    }

    /// Locations with matches or splits redirect inside nginx instead of proxying.
    fn adds_slash(&self) -> bool {
        self.rule.is_some() && !self.is_forked()
    }
}

impl F5Location {
    /// Whether requests first go to a location inside nginx.
    pub fn is_forked(&self) -> bool {
        !self.matches.is_empty() || self.default.len() > 1
    }

    /// The largest body that is let in: nginx' own limit unless the location proxies.
    pub fn body_size(&self) -> u64 {
        match self.default.as_slice() {
            [RouteSplit { action: RouteAction::Pass(pass), .. }] if !self.is_forked() => pass.body_size,
            _ => BODY_SIZE,
        }
    }

    /// Whether everything that goes on is proxied, so that error_page counts.
    pub fn is_proxied(&self) -> bool {
        let splits = self.matches.iter().flat_map(|one| &one.splits).chain(&self.default);
        splits.into_iter().all(|split| matches!(split.action, RouteAction::Pass(_)))
    }
}

impl RequestGuard {
    /// What a location says stands in the place of what its server says, directive by directive.
    pub fn over(self, server: &Self) -> Self {
        let own_addresses = !self.allow.is_empty() || !self.deny.is_empty();
        let addresses = if own_addresses { &self } else { server };
        Self {
            allow: addresses.allow.clone(),
            deny: addresses.deny.clone(),
            address_line: addresses.address_line.clone(),
            refusal: self.refusal,
            password: self.password.or_else(|| server.password.clone()),
            cors: self.cors.or_else(|| server.cors.clone()),
            client_certificate: server.client_certificate.clone(),
            gap: self.gap.or_else(|| server.gap.clone()),
            conditions: if self.conditions.is_empty() { server.conditions.clone() } else { self.conditions },
        }
    }
}
