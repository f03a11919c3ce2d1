//! Ingresses as servers (internal/configs/ingress.go, generateNginxCfg and generateNginxCfgForMergeableIngresses).

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::annotations::{
    AnnotationSet, parse_codes, parse_ports, parse_rewrites, parse_set_headers, parse_sticky, redirect_code,
};
use super::hosts::HostClaimAge;
use super::maker::{ServerMaker, ValidIngress, excluded};
use super::policies::guard_of_policies;
use super::secrets::{password_file, server_certificate};
use super::server::{
    BODY_SIZE, ErrorPageAnswer, F5Location, F5PathChange, F5ResponseHeader, F5Server, ProxyPass, RequestGuard,
    RouteAction, RouteErrorPage, RouteSplit, ServerCertificate, ServerStep, StepCondition, UpstreamBalancing,
    UpstreamName,
};
use super::settings::F5Settings;
use super::validation::MergeableType;
use crate::cluster::Cluster;
use crate::http::{Dialect, Pattern};
use crate::ingress::RulePlace;
use crate::ingress::config_value::{parse_bool, parse_size};
use crate::ingress::location_order::LocationComparison;
use crate::ingress::tls::CertificateStore;
use crate::model::{HttpIngressPath, IngressServiceBackend, Labels, Text};
use crate::source::{FieldPath, FieldRef, ObjectRef};
use crate::trace::{Cause, CauseList, IngressControllerRule, IngressObjection};

/// An Ingress whose paths become locations; of a minion with its master.
struct LocationSource<'s> {
    one: &'s ValidIngress,
    /// As they count.
    annotations: &'s AnnotationSet,
    master: Option<&'s AnnotationSet>,
    /// What the server says.
    server: &'s RequestGuard,
    /// Whether the server sends `https` on as the scheme.
    redirects: bool,
    error_pages: Arc<[RouteErrorPage]>,
}

impl ServerMaker<'_> {
    /// The servers of all hosts that Ingresses have.
    pub fn make(&mut self, ingresses: &[ValidIngress]) -> Vec<F5Server> {
        let mut servers = Vec::new();
        let minions: Vec<&ValidIngress> = ingresses.iter().filter(|one| one.kind() == MergeableType::Minion).collect();
        for one in ingresses.iter().filter(|one| one.kind() != MergeableType::Minion) {
            for (number, rule) in one.ingress.spec.rules.iter().enumerate() {
                let host = rule.host.clone().unwrap_or_default();
                if self.owners.has(&host, &one.reference) {
                    servers.push(self.server(one, (number, &host), &minions));
                } else {
                    self.lost(one, number, &host);
                }
            }
        }
        self.leave_out_orphans(ingresses, &minions);
        servers
    }

    /// Minions of a host that no master has.
    fn leave_out_orphans(&mut self, ingresses: &[ValidIngress], minions: &[&ValidIngress]) {
        let masters = ingresses.iter().filter(|one| one.kind() == MergeableType::Master);
        let mastered: Vec<&str> =
            masters.filter(|one| self.owners.has(first_host(one), &one.reference)).map(first_host).collect();
        for minion in minions {
            if !mastered.contains(&first_host(minion)) {
                let line = minion.reference.field("spec.rules[0].host");
                self.left_out.push(excluded(&minion.reference, IngressObjection::MasterMissing, line.clone()));
                self.warnings.push((line, "Ingress master is invalid or doesn't exist".to_owned()));
            }
        }
    }

    /// A host that an older object has.
    fn lost(&mut self, one: &ValidIngress, rule: usize, host: &str) {
        let line = one.reference.field(FieldPath::from("spec.rules").index(rule).field("host"));
        self.left_out.push(excluded(&one.reference, IngressObjection::HostTaken, line.clone()));
        self.warnings.push((line, format!("host {host} is taken by another resource")));
    }

    /// The server of a host, with its locations.
    fn server(&mut self, one: &ValidIngress, (rule, host): (usize, &Text), minions: &[&ValidIngress]) -> F5Server {
        // 1. What the annotations say of the server as a whole; a master may not have all.
        let is_master = one.kind() == MergeableType::Master;
        let annotations = if is_master { one.annotations.clone().of_master() } else { one.annotations.clone() };
        let guard = self.guard(one, &annotations, false);
        let redirects = self.switch(&annotations, &["nginx.org/redirect-to-https"], "redirect-to-https", false);
        let error_pages = error_pages(one, &annotations);
        let source = LocationSource {
            one,
            annotations: &annotations,
            master: None,
            server: &guard,
            redirects,
            error_pages: error_pages.clone().into(),
        };
        // 2. Its own locations, or those of its minions.
        let mut locations = if is_master {
            self.minion_locations(one, &source, minions, host)
        } else {
            let mut locations = self.rule_locations(&source, rule, |_| true);
            locations.extend(self.default_location(&source, rule));
            locations
        };
        // 3. Ports and certificate.
        let is_default = host.is_empty();
        let ports = |name: &str, usual: u16| {
            let written = annotations.text(name).and_then(parse_ports).filter(|_| !is_default);
            written.unwrap_or_else(|| vec![usual])
        };
        let http_ports = ports("nginx.org/listen-ports", if is_default { self.settings.ports.0 } else { 80 });
        let https_ports = ports("nginx.org/listen-ports-ssl", if is_default { self.settings.ports.1 } else { 443 });
        let certificate = if is_default { self.default_certificate() } else { self.certificate(one, host) };
        // 4. A server for nothing but gRPC doesn't listen in the clear.
        let is_grpc_only = !locations.is_empty() && locations.iter().all(is_grpc);
        let steps = self.steps(&source, &certificate, (&https_ports, is_grpc_only, is_default));
        if is_default
            && !locations.iter().any(|it| &*it.path == "/" && matches!(it.modifier, LocationComparison::Prefix))
        {
            locations.push(default_return(self.settings));
        }
        locations.extend(health_location(self.settings).filter(|_| is_default));
        let host_line = one.reference.field(FieldPath::from("spec.rules").index(rule).field("host"));
        F5Server {
            object: Some(one.reference.clone()),
            host: host.to_ascii_lowercase(),
            host_line: Some(host_line),
            http_ports: if is_grpc_only { Vec::new() } else { http_ports },
            https_ports,
            transport_security: self.transport_security(&annotations, &certificate),
            certificate,
            steps,
            guard,
            locations,
        }
    }

    /// What the server's rewrite phase answers, in the template's order.
    fn steps(
        &self,
        source: &LocationSource<'_>,
        certificate: &ServerCertificate,
        (https_ports, is_grpc_only, is_default): (&[u16], bool, bool),
    ) -> Vec<ServerStep> {
        let annotations = source.annotations;
        let lines = |names: &[&str], why| {
            let lines = names.iter().filter_map(|name| annotations.line(name)).map(|line| Cause::line(&line));
            lines.chain([Cause::rule(why)]).collect::<Vec<Cause>>()
        };
        let mut steps = Vec::new();
        // 1. A policy that can't be used.
        if let Some((code, because)) = &source.server.refusal {
            steps.push(ServerStep {
                when: StepCondition::Always,
                except: None,
                code: *code,
                location: None,
                because: because.clone(),
            });
        }
        // 2. To https where the server speaks it, and where a proxy before says http.
        let code =
            annotations.text("nginx.org/http-redirect-code").or_else(|| self.settings.text("http-redirect-code"));
        let code = code.and_then(redirect_code).unwrap_or(301);
        let names = ["nginx.org/ssl-redirect", "ingress.kubernetes.io/ssl-redirect"];
        let wanted = self.switch(annotations, &names, "ssl-redirect", true);
        if *certificate != ServerCertificate::None && wanted && !is_grpc_only {
            let port = https_ports.first().copied().unwrap_or(443);
            let mut because = lines(&names, IngressControllerRule::HttpsRedirect);
            because.insert(0, Cause::Field(source.one.reference.field("spec.tls")));
            steps.push(ServerStep {
                when: StepCondition::PlainHttp,
                except: is_default.then(|| self.settings.health_uri()).flatten().map(Text::from),
                code,
                location: Some(format!("https://$host:{port}$request_uri").into()),
                because,
            });
        }
        if source.redirects {
            steps.push(ServerStep {
                when: StepCondition::ForwardedHttp,
                except: None,
                code,
                location: Some("https://$host$request_uri".into()),
                because: lines(&["nginx.org/redirect-to-https"], IngressControllerRule::HttpsRedirect),
            });
        }
        // 3. The root leads elsewhere.
        if let Some(root) = annotations.text("nginx.org/app-root") {
            steps.push(ServerStep {
                when: StepCondition::RootPath,
                except: None,
                code: 302,
                location: Some(format!("$scheme://$http_host{root}").into()),
                because: lines(&["nginx.org/app-root"], IngressControllerRule::AppRoot),
            });
        }
        steps
    }

    /// The locations of a rule's paths.
    fn rule_locations(
        &mut self,
        source: &LocationSource<'_>,
        rule: usize,
        is_valid: impl Fn(&str) -> bool,
    ) -> Vec<F5Location> {
        let ingress = source.one.ingress.clone();
        let paths = ingress.spec.rules.get(rule).into_iter().flat_map(|rule| &rule.http).flat_map(|http| &http.paths);
        let paths = paths.enumerate().filter(|(_, path)| is_valid(path.path.as_deref().unwrap_or_default()));
        let mut locations = Vec::new();
        for (number, path) in paths {
            let Some(service) = &path.backend.service else { continue };
            let text = path.path.clone().filter(|text| !text.is_empty()).unwrap_or_else(|| "/".into());
            let is_exact = path.path_type.as_deref() == Some("Exact");
            let field = RulePlace::Path(rule, number).field(&source.one.reference);
            locations.push(self.location(source, (&text, is_exact), service, field));
        }
        locations
    }

    /// The `/` of the default backend, unless a path has it.
    fn default_location(&mut self, source: &LocationSource<'_>, rule: usize) -> Option<F5Location> {
        let ingress = source.one.ingress.clone();
        let paths = ingress.spec.rules.get(rule).into_iter().flat_map(|rule| &rule.http).flat_map(|http| &http.paths);
        let is_root = |path: &HttpIngressPath| matches!(path.path.as_deref(), None | Some("" | "/"));
        let has_root = paths.into_iter().any(|path| is_root(path) && path.path_type.as_deref() != Some("Exact"));
        let service = ingress.spec.default_backend.as_ref()?.service.as_ref().filter(|_| !has_root)?;
        let field = RulePlace::DefaultBackend.field(&source.one.reference);
        let mut location = self.location(source, (&"/".into(), false), service, field);
        // What it answers for others isn't replaced by itself.
        location.error_pages = [].into();
        location.because.add_rule(IngressControllerRule::DefaultBackend);
        Some(location)
    }

    /// The locations of a master's minions, by their names; of a path the oldest minion has it (buildMinionConfigs).
    fn minion_locations(
        &mut self,
        master: &ValidIngress,
        of_master: &LocationSource<'_>,
        minions: &[&ValidIngress],
        host: &str,
    ) -> Vec<F5Location> {
        let minions: Vec<&ValidIngress> = minions.iter().filter(|one| first_host(one) == host).copied().collect();
        let taken = self.settle_paths(&minions);
        let mut locations = Vec::new();
        for minion in minions {
            let annotations = minion.annotations.clone().of_minion(of_master.annotations);
            let own = self.guard(minion, &annotations, true);
            let own_pages = error_codes(&annotations);
            let guard = own.over(of_master.server);
            let backend = default_upstream(master);
            let pages =
                own_pages.and_then(|codes| Some(error_page_to(codes, annotations.line(CUSTOM_ERRORS)?, backend?)));
            let source = LocationSource {
                one: minion,
                annotations: &annotations,
                master: Some(of_master.annotations),
                server: &guard,
                redirects: of_master.redirects,
                error_pages: pages.map_or_else(|| of_master.error_pages.clone(), |page| [page].into()),
            };
            let of_minion = self.rule_locations(&source, 0, |path| taken.get(path) == Some(&&minion.reference));
            locations.extend(of_minion);
        }
        locations
    }

    /// Which minion has which path; nobody one that an Ingress names twice.
    fn settle_paths<'i>(&mut self, minions: &[&'i ValidIngress]) -> BTreeMap<Text, &'i ObjectRef> {
        let mut holders: BTreeMap<Text, (&ValidIngress, HostClaimAge)> = BTreeMap::new();
        let mut twice: Vec<(Text, &ObjectRef)> = Vec::new();
        for minion in minions {
            let age = HostClaimAge::of(&minion.ingress.metadata);
            let paths = minion.ingress.spec.rules.first().into_iter().flat_map(|rule| &rule.http);
            for (number, path) in paths.flat_map(|http| &http.paths).enumerate() {
                let text = path.path.clone().unwrap_or_default();
                let line = RulePlace::Path(0, number).field(&minion.reference);
                let Some((holder, older)) = holders.get(&text) else {
                    holders.insert(text, (minion, age.clone()));
                    continue;
                };
                if holder.reference == minion.reference {
                    twice.push((text.clone(), &minion.reference));
                } else if age.compare(older) == Ordering::Less {
                    let line = holder.reference.field("spec.rules[0].http.paths");
                    self.left_out.push(excluded(&holder.reference, IngressObjection::PathTaken, line));
                    holders.insert(text.clone(), (minion, age.clone()));
                } else {
                    self.left_out.push(excluded(&minion.reference, IngressObjection::PathTaken, line.clone()));
                }
                self.warnings.push((line, format!("path {text} is taken by another resource")));
            }
        }
        holders.retain(|path, (holder, _)| !twice.contains(&(path.clone(), &holder.reference)));
        holders.into_iter().map(|(path, (holder, _))| (path, &holder.reference)).collect()
    }

    /// createLocation, and how the template writes it.
    fn location(
        &mut self,
        source: &LocationSource<'_>,
        (path, is_exact): (&Text, bool),
        service: &IngressServiceBackend,
        rule: FieldRef,
    ) -> F5Location {
        let annotations = source.annotations;
        // 1. How the path is compared (makeLocationPath).
        let written: Text = if is_exact { format!("= {path}").into() } else { path.clone() };
        let regex = annotations.text("nginx.org/path-regex");
        let (shown, modifier) = match regex {
            Some("case_sensitive") => (format!("^{written}").into(), expression(&written, false)),
            Some("case_insensitive") => (format!("^{written}").into(), expression(&written, true)),
            Some("exact") => (written.clone(), LocationComparison::Exact),
            _ if is_exact => (path.clone(), LocationComparison::Exact),
            _ => (path.clone(), LocationComparison::Prefix),
        };
        // 2. What is proxied, and how the path changes.
        let change = self.path_change(source, (&written, &modifier), service, &rule);
        let pass = self.proxy_pass(source, service, change);
        let because = annotations.line("nginx.org/path-regex").iter().map(Cause::line).collect();
        F5Location {
            path: shown,
            modifier,
            guard: Arc::new(source.server.clone()),
            matches: Vec::new(),
            default: vec![RouteSplit {
                weight: 1,
                line: Some(rule.clone()),
                action: RouteAction::Pass(Box::new(pass)),
            }],
            error_pages: source.error_pages.clone(),
            response_headers: self.response_headers(source),
            because,
            rule: Some(rule),
        }
    }

    /// nginx.org/rewrites goes before nginx.org/rewrite-target (getRewriteTarget, makeRewritePattern).
    fn path_change(
        &mut self,
        source: &LocationSource<'_>,
        (written, modifier): (&str, &LocationComparison),
        service: &IngressServiceBackend,
        rule: &FieldRef,
    ) -> F5PathChange {
        let annotations = source.annotations;
        // 1. A path behind proxy_pass, which an expression can't have.
        if let Some(rewrites) = annotations.text("nginx.org/rewrites") {
            let new = parse_rewrites(rewrites).and_then(|rewrites| rewrites.get(&*service.name).cloned());
            let Some(new) = new else { return F5PathChange::Kept };
            if matches!(modifier, LocationComparison::Expression(_)) {
                let why = "\"proxy_pass\" cannot have URI part in location given by regular expression";
                self.refused.push((rule.clone(), why.to_owned()));
            }
            return F5PathChange::Replaced(new.into());
        }
        // 2. A rewrite by the path as an expression, which is tied to the begin only with path-regex.
        let Some(target) = annotations.text("nginx.org/rewrite-target") else { return F5PathChange::Kept };
        if written.contains([' ', '{', '}']) {
            self.refused.push((rule.clone(), "invalid number of arguments in \"rewrite\" directive".to_owned()));
        }
        let regex = annotations.text("nginx.org/path-regex");
        let regex = regex.or_else(|| source.master.and_then(|master| master.text("nginx.org/path-regex")));
        let pattern = match regex {
            Some("case_sensitive") => Pattern::new(format!("^{written}"), Dialect::Pcre, false),
            Some("case_insensitive") => Pattern::new(format!("^{written}"), Dialect::Pcre, true),
            _ => Pattern::new(written, Dialect::Pcre, false),
        };
        F5PathChange::Rewritten(pattern, target.into())
    }

    fn proxy_pass(
        &self,
        source: &LocationSource<'_>,
        service: &IngressServiceBackend,
        change: F5PathChange,
    ) -> ProxyPass {
        let annotations = source.annotations;
        let is_among = |list: &str| annotations.list(list).contains(&*service.name);
        let speaks_grpc = self.settings.text("http2").and_then(parse_bool).unwrap_or(false);
        let is_grpc = is_among("nginx.org/grpc-services") && speaks_grpc;
        let own = annotations.text("nginx.org/proxy-set-headers").map(parse_set_headers).unwrap_or_default();
        let masters = source.master.and_then(|master| master.text("nginx.org/proxy-set-headers"));
        let mut headers = own;
        for (name, value) in masters.map(parse_set_headers).unwrap_or_default() {
            if !headers.iter().any(|(known, _)| known.eq_ignore_ascii_case(&name)) {
                headers.push((name, value));
            }
        }
        let hidden = self.settings.text("disable-forwarded-headers").and_then(parse_bool).unwrap_or(false);
        let scheme = if source.redirects { "https" } else { "$scheme" };
        let body = annotations.text("nginx.org/client-max-body-size");
        let body = body.or_else(|| self.settings.text("client-max-body-size"));
        ProxyPass {
            upstream: self.upstream(source.one, annotations, service),
            change,
            protocol: match (is_grpc, is_among("nginx.org/ssl-services")) {
                (true, true) => "grpcs",
                (true, false) => "grpc",
                (false, true) => "https",
                (false, false) => "http",
            },
            request_headers: if is_grpc { Vec::new() } else { headers },
            passes_headers: true,
            forwarded_scheme: (!hidden).then_some(scheme),
            upgrades: is_among("nginx.org/websocket-services"),
            body_size: body.and_then(parse_size).unwrap_or(BODY_SIZE),
            response_headers: Vec::new(),
        }
    }

    fn upstream(
        &self,
        one: &ValidIngress,
        annotations: &AnnotationSet,
        service: &IngressServiceBackend,
    ) -> UpstreamName {
        let sticky = annotations.text("nginx.org/sticky-cookie-services").and_then(parse_sticky);
        let cookie = sticky.and_then(|services| services.get(&*service.name).cloned());
        let method = annotations.text("nginx.org/lb-method").or_else(|| self.settings.text("lb-method"));
        let is_hashed = method.is_some_and(|method| method.trim().starts_with("hash") || method.trim() == "ip_hash");
        let (name, balancing) = match cookie {
            Some(cookie) => ("nginx.org/sticky-cookie-services", UpstreamBalancing::Cookie(cookie)),
            None if is_hashed => ("nginx.org/lb-method", UpstreamBalancing::Hashed),
            None => ("nginx.org/lb-method", UpstreamBalancing::Even),
        };
        UpstreamName {
            namespace: one.namespace().into(),
            service: service.name.clone(),
            port: service.port.clone(),
            subselector: Labels::new(),
            cluster_ip: annotations.text("nginx.org/use-cluster-ip") == Some("true"),
            balancing,
            balancing_line: annotations.line(name),
        }
    }

    /// What comes before the content, as the annotations say it.
    fn guard(&mut self, one: &ValidIngress, annotations: &AnnotationSet, is_minion: bool) -> RequestGuard {
        let mut guard = guard_of_policies(self, one, annotations, is_minion);
        // 1. A password; without its Secret nginx gets half a directive.
        if let Some(secret) = annotations.text("nginx.org/basic-auth-secret") {
            let line =
                annotations.line("nginx.org/basic-auth-secret").unwrap_or_else(|| one.reference.field("metadata"));
            let realm = annotations.text("nginx.org/basic-auth-realm").unwrap_or_default();
            match password_file(self.cluster, (one.namespace(), secret), realm, &line) {
                Some(file) => guard.password = Some(file),
                None => {
                    let why = "invalid number of arguments in \"auth_basic_user_file\" directive";
                    self.refused.push((line, why.to_owned()));
                }
            }
        }
        // 2. Rates, which a single request passes.
        if let Some(line) = annotations.line("nginx.org/limit-req-rate") {
            guard.conditions.push((line, IngressControllerRule::RateLimited));
        }
        // 3. What isn't modelled.
        guard.gap = guard.gap.or_else(|| annotations.not_modelled(self.settings.is_plus()));
        guard
    }

    fn certificate(&mut self, one: &ValidIngress, host: &str) -> ServerCertificate {
        let mut sections = one.ingress.spec.tls.iter().enumerate();
        let section = sections.rfind(|(_, tls)| tls.hosts.iter().any(|name| &**name == host));
        let Some((number, tls)) = section else { return ServerCertificate::None };
        let line = one.reference.field(FieldPath::from("spec.tls").index(number));
        let secret = tls.secret_name.as_deref().filter(|name| !name.is_empty());
        server_certificate(self, (one.namespace(), secret), host, line)
    }

    /// --default-server-tls-secret; without it nginx rejects the handshake.
    fn default_certificate(&mut self) -> ServerCertificate {
        default_certificate(self.cluster, self.settings, self.certificates)
    }

    /// An annotation, else a key of the ConfigMap, else the default.
    fn switch(&self, annotations: &AnnotationSet, names: &[&str], key: &str, default: bool) -> bool {
        let own = names.iter().find_map(|name| annotations.switch(name));
        own.or_else(|| self.settings.text(key).and_then(parse_bool)).unwrap_or(default)
    }

    /// add-header of the Ingress, or of a minion, else the ConfigMap's.
    fn response_headers(&self, source: &LocationSource<'_>) -> Vec<F5ResponseHeader> {
        let own = source.annotations.text("nginx.org/add-header");
        let masters = source.master.and_then(|master| master.text("nginx.org/add-header"));
        let written = own.or(masters).or_else(|| self.settings.text("add-header")).unwrap_or_default();
        let one = |entry: &str| {
            let mut parts = entry.splitn(3, ':').map(str::trim);
            let name = parts.next().filter(|name| !name.is_empty())?.to_owned();
            let value = parts.next().unwrap_or_default().to_owned();
            Some(F5ResponseHeader {
                name,
                value,
                always: parts.next().is_some_and(|flag| flag.eq_ignore_ascii_case("always")),
            })
        };
        written.split(',').filter_map(one).collect()
    }

    /// Strict-Transport-Security, where it is asked for and the server speaks TLS.
    fn transport_security(&self, annotations: &AnnotationSet, certificate: &ServerCertificate) -> Option<String> {
        let wanted = self.switch(annotations, &["nginx.org/hsts"], "hsts", false);
        let behind = self.switch(annotations, &["nginx.org/hsts-behind-proxy"], "hsts-behind-proxy", false);
        let below = self.switch(annotations, &["nginx.org/hsts-include-subdomains"], "hsts-include-subdomains", false);
        let age = annotations.text("nginx.org/hsts-max-age").or_else(|| self.settings.text("hsts-max-age"));
        let below = if below { "includeSubDomains; " } else { "" };
        let applies = wanted && !behind && *certificate != ServerCertificate::None;
        applies.then(|| format!("max-age={}; {below}preload", age.unwrap_or("2592000")))
    }
}

const CUSTOM_ERRORS: &str = "nginx.org/custom-http-errors";

/// The certificate of the default server.
pub fn default_certificate(
    cluster: &Cluster,
    settings: &F5Settings,
    certificates: &mut CertificateStore,
) -> ServerCertificate {
    let named = settings.named("default-server-tls-secret");
    let place = named.and_then(|(namespace, name)| certificates.add(cluster, &namespace, &name));
    certificates.show_by_default(place);
    place.map_or(ServerCertificate::Rejected(None), |place| ServerCertificate::Shown(Some(place)))
}

/// `location / { return 404; }`, or what default-server-return says.
pub fn default_return(settings: &F5Settings) -> F5Location {
    let written = settings.text("default-server-return").filter(|text| !text.is_empty()).unwrap_or("404");
    let (code, rest) = written.split_once(' ').unwrap_or((written, ""));
    let rest: Text = rest.trim().trim_matches('"').into();
    let action = match code.parse() {
        Ok(code @ (301 | 302 | 303 | 307 | 308)) => RouteAction::Redirect { url: rest, code },
        Ok(code) => RouteAction::Return { code, body: rest, headers: Vec::new() },
        Err(_) => RouteAction::Redirect { url: written.into(), code: 302 },
    };
    let line = settings.field("default-server-return");
    F5Location {
        path: "/".into(),
        modifier: LocationComparison::Prefix,
        rule: None,
        guard: Arc::default(),
        matches: Vec::new(),
        default: vec![RouteSplit { weight: 1, line, action }],
        error_pages: [].into(),
        response_headers: Vec::new(),
        because: Vec::new(),
    }
}

/// What -health-status adds to the default server.
pub fn health_location(settings: &F5Settings) -> Option<F5Location> {
    let action = RouteAction::Return { code: 200, body: "healthy\n".into(), headers: Vec::new() };
    Some(F5Location {
        path: settings.health_uri()?.into(),
        modifier: LocationComparison::Exact,
        default: vec![RouteSplit { weight: 1, line: None, action }],
        ..default_return(settings)
    })
}

fn expression(path: &str, ignore_case: bool) -> LocationComparison {
    LocationComparison::Expression(Pattern::new(format!("^{path}"), Dialect::Pcre, ignore_case))
}

/// The host of a master or minion.
fn first_host(one: &ValidIngress) -> &str {
    one.ingress.spec.rules.first().and_then(|rule| rule.host.as_deref()).unwrap_or_default()
}

fn is_grpc(location: &F5Location) -> bool {
    location.default.iter().all(|split| match &split.action {
        RouteAction::Pass(pass) => pass.protocol.starts_with("grpc"),
        RouteAction::Redirect { .. } | RouteAction::Return { .. } | RouteAction::Unread => false,
    })
}

fn error_codes(annotations: &AnnotationSet) -> Option<Vec<u16>> {
    annotations.text(CUSTOM_ERRORS).and_then(parse_codes)
}

/// custom-http-errors of an Ingress: its default backend answers for these statuses, if there is one.
fn error_pages(one: &ValidIngress, annotations: &AnnotationSet) -> Vec<RouteErrorPage> {
    let codes = error_codes(annotations).zip(annotations.line(CUSTOM_ERRORS)).zip(default_upstream(one));
    codes.map(|((codes, line), backend)| error_page_to(codes, line, backend)).into_iter().collect()
}

fn error_page_to(codes: Vec<u16>, line: FieldRef, backend: UpstreamName) -> RouteErrorPage {
    RouteErrorPage { codes, line, code: 0, answer: ErrorPageAnswer::Backend(backend) }
}

fn default_upstream(one: &ValidIngress) -> Option<UpstreamName> {
    let service = one.ingress.spec.default_backend.as_ref()?.service.as_ref()?;
    Some(UpstreamName {
        namespace: one.namespace().into(),
        service: service.name.clone(),
        port: service.port.clone(),
        subselector: Labels::new(),
        cluster_ip: false,
        balancing: UpstreamBalancing::Even,
        balancing_line: None,
    })
}
