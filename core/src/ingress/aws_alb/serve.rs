//! What a load balancer makes of a request: the first rule whose conditions all hold, what stands before its backend, and the
//! backend (docs.aws.amazon.com/elasticloadbalancing, listener rules for Application Load Balancers).

use std::net::IpAddr;
use std::sync::Arc;

use super::AWS_ALB;
use super::actions::{FixedResponse, RedirectAction};
use super::auth::{RuleGuard, UnknownClient};
use super::balancer::{AlbListener, ApplicationBalancer, ClientHeader};
use super::conditions::{ConditionGap, ConditionView, RuleCondition};
use super::listeners::ClientCertificates;
use super::rules::{ListenerRule, RuleAction, RuleEnd, WeightedTargets};
use super::targets::{TargetGroup, TargetKind, TargetVersion};
use crate::cluster::Cluster;
use crate::http::network::is_public;
use crate::http::{cookie, path};
use crate::ingress::class::{SHOWN, first_candidates, remaining_count};
use crate::ingress::verdict::{ForwardedRequest, JudgementBuilder, redirect_response, status_response};
use crate::packet::{Headers, HttpRequest, HttpResponse, HttpVersion, Scheme, host_and_port};
use crate::source::FieldRef;
use crate::trace::{
    Candidate, CandidateFate, CandidateObjection, CandidateSubject, Cause, CauseList, ComponentPlace,
    IngressControllerRule, IngressObjection, Judgement, ModelGap, PacketDecision, Share,
};

/// A request at a listener.
pub struct AlbServedRequest<'a> {
    pub cluster: &'a Cluster,
    pub balancer: &'a ApplicationBalancer,
    pub listener: &'a AlbListener,
    pub request: &'a HttpRequest,
    pub port: u16,
    /// The source address of the connection.
    pub client: IpAddr,
    /// Objects that fell out before.
    pub left_out: Vec<Candidate>,
}

/// A rule's place among the listener's, None for the default action, and what was considered.
type RuleChoice = (Option<usize>, Vec<Candidate>);

/// Why no rule can be chosen: what isn't known, and where it stands.
type UnsettledRule = Box<(ModelGap, Vec<Cause>)>;

impl AlbServedRequest<'_> {
    pub fn judge(&self) -> Judgement {
        // 1. The connection.
        let verdict = JudgementBuilder::new(AWS_ALB, ComponentPlace::Outside, [].into());
        if let Some((decision, because)) = self.stopped_before() {
            return verdict.end(decision, because);
        }
        // 2. The rule. How the load balancer normalizes a path isn't documented: it must come to the same either way.
        let (chosen, candidates) = match self.choose(&self.request.path) {
            Ok(chosen) => chosen,
            Err(unsettled) => return verdict.unknown(unsettled.0, unsettled.1),
        };
        let mut verdict = verdict;
        verdict.consider(candidates);
        verdict.consider(self.left_out.iter().cloned());
        let is_settled = |path: &String| self.choose(path).is_ok_and(|(other, _)| other == chosen);
        if !normalized_paths(&self.request.path).iter().all(is_settled) {
            let gap = ModelGap::ControllerSetting("how the load balancer normalizes the path".to_owned());
            return verdict.unknown(gap, Vec::new());
        }
        // 3. What becomes of the request.
        let rule = chosen.and_then(|number| self.listener.rules.get(number));
        self.act(verdict, rule)
    }

    /// What is settled before rules are asked.
    fn stopped_before(&self) -> Option<(PacketDecision, Vec<Cause>)> {
        let is_tls = self.listener.plan.scheme == Scheme::Https;
        let inside = self.request.scheme == Scheme::Https;
        match (is_tls, inside) {
            // 1. TLS where it isn't spoken, and the other way round.
            (true, false) => {
                let response = PacketDecision::Respond(status_response(400));
                Some((response, vec![Cause::rule(IngressControllerRule::PlainHttpToTlsPort)]))
            }
            (false, true) => {
                Some((PacketDecision::BreakOff, vec![Cause::rule(IngressControllerRule::TlsToPlainListener)]))
            }
            // 2. HTTP/2 comes with TLS alone.
            (false, false) if matches!(self.request.version, HttpVersion::Http2 | HttpVersion::Grpc) => {
                let gap = ModelGap::ControllerSetting("HTTP/2 without TLS to the load balancer".to_owned());
                Some((PacketDecision::Unknown(gap), Vec::new()))
            }
            (false, false) => None,
            (true, true) => self.check_handshake(),
        }
    }

    /// The handshake: versions, and the client's certificate.
    fn check_handshake(&self) -> Option<(PacketDecision, Vec<Cause>)> {
        let plan = &self.listener.plan;
        if self.request.newest_tls.is_some_and(|newest| !plan.takes_tls(newest)) {
            let mut because: Vec<Cause> = plan.tls_policy.iter().map(|(_, line)| Cause::line(line)).collect();
            because.add_rule(IngressControllerRule::TlsVersionTooOld);
            return Some((PacketDecision::BreakOff, because));
        }
        match &plan.client_certificates {
            Some((ClientCertificates::Verified, line)) if self.request.client_certificate => {
                Some((PacketDecision::Unknown(ModelGap::Field(line.clone())), vec![Cause::line(line)]))
            }
            Some((ClientCertificates::Verified, line)) => {
                let rule = IngressControllerRule::ClientCertificateRequired;
                Some((PacketDecision::BreakOff, vec![Cause::line(line), Cause::rule(rule)]))
            }
            Some((ClientCertificates::Ignored, _)) | None => None,
        }
    }

    /// The first rule whose conditions all hold, by the path as it is compared, and what was considered.
    fn choose(&self, path: &str) -> Result<RuleChoice, UnsettledRule> {
        let view = ConditionView { request: self.request, path, client: self.known_client() };
        let mut chosen = None;
        let mut considered = Vec::new();
        let mut others = Vec::new();
        for (number, rule) in self.listener.rules.iter().enumerate() {
            let objection = match self.objection(rule, &view) {
                Ok(objection) => objection,
                // What comes behind a rule that takes the request plays no part.
                Err(_) if chosen.is_some() => None,
                Err(gap) => return Err(Box::new((self.gap(gap, rule), vec![Cause::Field(rule.place.clone())]))),
            };
            let fate = match objection {
                None if chosen.is_none() => {
                    chosen = Some(number);
                    CandidateFate::Eligible(Share::ONE)
                }
                None => rejected(IngressObjection::LaterRule),
                Some(objection) => rejected(objection),
            };
            let what = CandidateSubject::Field(rule.place.clone());
            let list = if objection == Some(IngressObjection::HostDiffers) { &mut others } else { &mut considered };
            list.push(Candidate { what, fate, because: rule.lines.iter().map(Cause::line).collect() });
        }
        considered.extend(self.listener.omitted.iter().map(|rule| Candidate {
            what: CandidateSubject::Field(rule.place.clone()),
            fate: rejected(IngressObjection::RuleOmitted),
            because: Vec::new(),
        }));
        if others.len() > SHOWN {
            considered.extend(remaining_count(others.len()));
        } else {
            considered.extend(first_candidates(others.into_iter()));
        }
        Ok((chosen, considered))
    }

    /// Why a rule doesn't take the request.
    fn objection(
        &self,
        rule: &ListenerRule,
        view: &ConditionView<'_>,
    ) -> Result<Option<IngressObjection>, ConditionGap> {
        let mut gap = None;
        // Hosts and paths stand last; they tell most.
        for condition in rule.conditions.iter().rev() {
            match condition.holds(view) {
                Ok(true) => {}
                Ok(false) => {
                    return Ok(Some(match condition {
                        RuleCondition::Host(_) => IngressObjection::HostDiffers,
                        RuleCondition::Path(_) => IngressObjection::PathDiffers,
                        _ => IngressObjection::MatcherDiffers,
                    }));
                }
                Err(found) => gap = Some(found),
            }
        }
        gap.map_or(Ok(None), Err)
    }

    fn gap(&self, gap: ConditionGap, rule: &ListenerRule) -> ModelGap {
        let field = rule.lines.first().unwrap_or(&rule.place).clone();
        match gap {
            ConditionGap::Expression(pattern) => ModelGap::RegularExpression { field, pattern },
            ConditionGap::ClientAddress => ModelGap::Field(field),
        }
    }

    /// The client's address as the load balancer sees it; whoever leaves the cluster for the internet has another there.
    fn known_client(&self) -> Option<IpAddr> {
        (self.balancer.is_internal || is_public(self.client)).then_some(self.client)
    }

    /// What a rule does with the request, or the default action.
    fn act(&self, verdict: JudgementBuilder, rule: Option<&ListenerRule>) -> Judgement {
        // 1. Why this one, and what is taken for granted on the way.
        let mut because = Vec::new();
        match (rule, &self.listener.default_place) {
            (Some(rule), _) => {
                because.add_line(&rule.place).add_lines(&rule.lines).add_rule(IngressControllerRule::FirstRuleThatFits);
            }
            (None, Some(place)) => {
                because.add_line(place);
                if matches!(self.listener.default.end, RuleEnd::Forward(_)) {
                    because.add_rule(IngressControllerRule::DefaultBackend);
                }
            }
            (None, None) => {}
        }
        if self.listener.plan.scheme == Scheme::Https {
            because.add_rule(IngressControllerRule::CertificateOfAcm);
        }
        if !self.balancer.firewall.is_empty() {
            because.add_lines(&self.balancer.firewall).add_rule(IngressControllerRule::FirewallLetsThrough);
        }
        // 2. Who must be known.
        let action = rule.map_or(&self.listener.default, |rule| &rule.action);
        if let Some((decision, why)) = action.guards.iter().find_map(|guard| self.stopped_by(guard)) {
            because.extend(why);
            return verdict.end(decision, because);
        }
        // 3. The end.
        match &action.end {
            RuleEnd::FixedResponse(fixed, why) => {
                because.add_rule(*why);
                verdict.respond(fixed_response(fixed), because)
            }
            RuleEnd::Redirect(redirect, why) => {
                because.add_rule(*why);
                verdict.respond(self.redirect(redirect), because)
            }
            RuleEnd::Forward(groups) => self.forward(verdict, rule, groups, action, because),
        }
    }

    /// What a guard makes of the request, unless it lets it through.
    fn stopped_by(&self, guard: &RuleGuard) -> Option<(PacketDecision, Vec<Cause>)> {
        let answer = |status| PacketDecision::Respond(status_response(status));
        match guard {
            RuleGuard::Session { cookie: name, otherwise, line } => {
                // 1. Whether a session is still good is known to AWS.
                let sent = self.request.headers.value("Cookie").unwrap_or_default();
                if sent.contains(&**name) {
                    return Some((PacketDecision::Unknown(ModelGap::Field(line.clone())), vec![Cause::line(line)]));
                }
                // 2. Without one.
                let why = vec![Cause::line(line), Cause::rule(IngressControllerRule::SessionRequired)];
                match otherwise {
                    UnknownClient::SentAway => Some((answer(302), why)),
                    UnknownClient::Refused => Some((answer(401), why)),
                    UnknownClient::LetThrough => None,
                }
            }
            RuleGuard::Token(line) => {
                let has_token = self.request.headers.value("Authorization").is_some();
                if has_token {
                    return Some((PacketDecision::Unknown(ModelGap::Field(line.clone())), vec![Cause::line(line)]));
                }
                Some((answer(401), vec![Cause::line(line), Cause::rule(IngressControllerRule::TokenRequired)]))
            }
        }
    }

    /// What isn't said stays as it is; the port is always told (RedirectActionConfig).
    fn redirect(&self, redirect: &RedirectAction) -> HttpResponse {
        let request = self.request;
        let host = host_and_port(&request.host).0;
        let (port, query) = (self.port.to_string(), request.query.as_deref().unwrap_or_default());
        let own_path = request.path.strip_prefix('/').unwrap_or(&request.path);
        let expand = |text: &str| {
            let text = text.replace("#{protocol}", request.scheme.name()).replace("#{port}", &port);
            text.replace("#{host}", host).replace("#{path}", own_path).replace("#{query}", query)
        };
        let part = |part: &Option<String>, usual: &str| expand(part.as_deref().unwrap_or(usual));
        let protocol = part(&redirect.protocol, "#{protocol}").to_ascii_lowercase();
        let query = part(&redirect.query, "#{query}");
        let query = if query.is_empty() { query } else { format!("?{query}") };
        let (host, port) = (part(&redirect.host, "#{host}"), part(&redirect.port, "#{port}"));
        let path = part(&redirect.path, "/#{path}");
        let status = if redirect.code == "HTTP_302" { 302 } else { 301 };
        redirect_response(status, format!("{protocol}://{host}:{port}{path}{query}"))
    }

    /// On to target groups, each with its part.
    fn forward(
        &self,
        mut verdict: JudgementBuilder,
        rule: Option<&ListenerRule>,
        groups: &[WeightedTargets],
        action: &RuleAction,
        mut because: Vec<Cause>,
    ) -> Judgement {
        let whole: u64 = groups.iter().map(|weighted| weighted.weight).sum();
        let place = rule.map(|rule| &rule.place).or(self.listener.default_place.as_ref());
        let told = because.iter().find_map(|cause| match cause {
            Cause::Field(line) => Some(line.clone()),
            Cause::Rule(_) => None,
        });
        if groups.len() > 1 {
            because.add_rule(IngressControllerRule::WeightedTargetGroups);
        }
        for weighted in groups.iter().filter(|weighted| weighted.weight > 0) {
            let share = Share::of(weighted.weight, whole);
            match &weighted.group {
                Some(group) => self.forward_to(&mut verdict, (group, share), (rule, place), action, &because),
                // One that only AWS knows.
                None => {
                    let line = rule.and_then(|rule| rule.lines.last()).or(told.as_ref()).or(place);
                    let gap = line.map_or_else(
                        || ModelGap::ControllerSetting("targetGroupARN".to_owned()),
                        |line| ModelGap::Field(line.clone()),
                    );
                    verdict.add(share, None, PacketDecision::Unknown(gap), because.clone());
                }
            }
        }
        if whole == 0 {
            let gap = ModelGap::ControllerSetting("target groups without weight".to_owned());
            verdict.add(Share::ONE, None, PacketDecision::Unknown(gap), because);
        }
        verdict.finish()
    }

    /// On to the targets of a group.
    fn forward_to(
        &self,
        verdict: &mut JudgementBuilder,
        (group, share): (&TargetGroup, Share),
        (rule, place): (Option<&ListenerRule>, Option<&FieldRef>),
        action: &RuleAction,
        because: &[Cause],
    ) {
        let mut because = because.to_vec();
        because.add_lines(&group.line);
        // 1. What the answer depends on and isn't known.
        let cookie_of = |name: &str| cookie::value(&self.request.headers, name);
        let has_cookie = cookie_of("AWSALB").is_some() || cookie_of("AWSALBAPP-0").is_some();
        let sticks = group.sticky.as_ref().filter(|_| has_cookie);
        if let Some(line) = group.shared.as_ref().or(sticks) {
            let gap = PacketDecision::Unknown(ModelGap::Field(line.clone()));
            return verdict.add(share, None, gap, because);
        }
        // 2. What targets don't understand.
        if !speaks(group.version, self.request) {
            because.add_rule(IngressControllerRule::ProtocolVersionsDiffer);
            return verdict.add(share, None, PacketDecision::Respond(status_response(464)), because);
        }
        // 3. The request as they see it.
        let request = match self.sent(rule, group) {
            Ok(request) => request,
            Err(gap) => return verdict.add(share, None, PacketDecision::Unknown(gap), because),
        };
        let forward = ForwardedRequest {
            rule: place.cloned(),
            request: Some(Arc::new(request)),
            protocol: if group.version == TargetVersion::Grpc { "grpc" } else { group.protocol }.to_owned(),
            set_cookie: group.sticky.as_ref().map(|_| "AWSALB=".to_owned()),
            ..ForwardedRequest::default()
        };
        // 4. The targets.
        let targets = group.targets(self.cluster);
        let Some(upstream) = targets.as_ref().filter(|upstream| !upstream.peers.is_empty()) else {
            if let Some(upstream) = &targets {
                verdict.consider_excluded(upstream);
            }
            because.add_rule(IngressControllerRule::NoTargets);
            return verdict.add(share, None, PacketDecision::Respond(status_response(503)), because);
        };
        because.add_rule(match group.kind {
            TargetKind::Pods => IngressControllerRule::PodsAreTargets,
            TargetKind::Nodes(_) => IngressControllerRule::NodesAreTargets,
        });
        if let Some(line) = &group.sticky {
            because.add_line(line).add_rule(IngressControllerRule::StickyCookie);
        }
        because.add_rule(IngressControllerRule::TargetsTakenAsHealthy);
        if action.guards.is_empty() && self.balancer.security_groups.is_some() {
            because.add_lines(&self.balancer.security_groups).add_rule(IngressControllerRule::SecurityGroupsOpen);
        }
        verdict.forward(share, upstream, &forward, &because);
    }

    /// The request as a target sees it.
    fn sent(&self, rule: Option<&ListenerRule>, group: &TargetGroup) -> Result<HttpRequest, ModelGap> {
        let mut request = self.request.clone();
        for transform in rule.iter().flat_map(|rule| &rule.transforms) {
            transform.apply(&mut request)?;
        }
        forwarded_headers(&mut request.headers, self.balancer.client_header, self.client);
        request.headers.set("X-Forwarded-Proto", self.request.scheme.name());
        request.headers.set("X-Forwarded-Port", &self.port.to_string());
        request.scheme = if group.protocol == "https" { Scheme::Https } else { Scheme::Http };
        request.server_name = None;
        request.version = match group.version {
            TargetVersion::Http1 => HttpVersion::Http1,
            TargetVersion::Http2 => HttpVersion::Http2,
            TargetVersion::Grpc => HttpVersion::Grpc,
        };
        Ok(request)
    }
}

fn rejected(objection: IngressObjection) -> CandidateFate {
    CandidateFate::Rejected(CandidateObjection::Ingress(objection))
}

/// `routing.http.xff_header_processing.mode`
fn forwarded_headers(headers: &mut Headers, mode: ClientHeader, client: IpAddr) {
    const NAME: &str = "X-Forwarded-For";
    let before = headers.value(NAME).filter(|before| !before.is_empty()).map(str::to_owned);
    match mode {
        ClientHeader::Appended => {
            headers.set(NAME, &before.map_or(client.to_string(), |before| format!("{before}, {client}")));
        }
        ClientHeader::Preserved => {}
        ClientHeader::Removed => headers.remove(NAME),
    }
}

/// The answer of an action; without a text it has no body.
fn fixed_response(fixed: &FixedResponse) -> HttpResponse {
    let status = fixed.status.parse().unwrap_or(500);
    let mut response = HttpResponse { body: Some(fixed.body.clone().unwrap_or_default()), ..status_response(status) };
    if let Some(kind) = &fixed.content_type {
        response.headers.set("Content-Type", kind);
    }
    response
}

/// Whether targets of a version take a request of this one (HTTP 464).
fn speaks(version: TargetVersion, request: &HttpRequest) -> bool {
    match (version, request.version) {
        (TargetVersion::Http1, HttpVersion::Grpc) => false,
        (TargetVersion::Http1, _) => true,
        (TargetVersion::Http2, found) => matches!(found, HttpVersion::Http2 | HttpVersion::Grpc),
        (TargetVersion::Grpc, HttpVersion::Grpc) => true,
        (TargetVersion::Grpc, HttpVersion::Http2) => request.method == "POST",
        (TargetVersion::Grpc, HttpVersion::Http1 | HttpVersion::Http10) => false,
    }
}

/// What normalizing may make of a path.
fn normalized_paths(written: &str) -> Vec<String> {
    if !["%", "//", "/./", "/../"].iter().any(|mark| written.contains(mark)) {
        return Vec::new();
    }
    let decoded = path::percent_decode(written).unwrap_or_else(|| written.to_owned());
    let mut single = decoded.clone();
    while single.contains("//") {
        single = single.replace("//", "/");
    }
    [decoded, single].into_iter().flat_map(|one| [path::remove_dot_segments(&one), one]).collect()
}
