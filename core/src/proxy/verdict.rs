//! Putting a proxy's judgement together: the rules it considered, then the endpoints of the one it took.

use std::sync::Arc;

use super::backend::{ProxyUpstream, UpstreamPeer};
use crate::packet::{HttpRequest, HttpResponse};
use crate::source::FieldRef;
use crate::trace::{
    Candidate, CandidateFate, Cause, Component, ComponentPlace, HopChoice, Judgement, JudgementBranch, ModelGap,
    PacketDecision, ProxiedRequest, Share,
};

/// What was considered so far, and what can happen.
#[derive(Clone, Debug)]
pub struct JudgementBuilder {
    component: Component,
    at: ComponentPlace,
    rules: Vec<Candidate>,
    endpoints: Vec<Candidate>,
    branches: Vec<JudgementBranch>,
}

/// How a request goes to a backend, but for the endpoint.
#[derive(Clone, Debug, Default)]
pub struct ForwardedRequest {
    /// The rule that matched.
    pub rule: Option<FieldRef>,
    /// The request as the backend sees it.
    pub request: Option<Arc<HttpRequest>>,
    /// `http`, `https`, `grpc` ….
    pub protocol: String,
    /// Headers added to the answer.
    pub response_headers: Vec<(String, String)>,
    /// A cookie set on the answer.
    pub set_cookie: Option<String>,
    /// Copies, with their share.
    pub mirrors: Vec<(crate::source::ObjectRef, Share)>,
    /// Whether the Host header becomes the server's own address.
    pub host_of_server: bool,
}

impl JudgementBuilder {
    /// Nothing decided yet.
    pub fn new(component: Component, at: ComponentPlace, candidates: Arc<[Candidate]>) -> Self {
        Self { component, at, rules: candidates.to_vec(), endpoints: Vec::new(), branches: Vec::new() }
    }

    /// Adds what was considered besides: to the rules, as long as no endpoint was.
    pub fn consider(&mut self, candidates: impl IntoIterator<Item = Candidate>) {
        let list = if self.endpoints.is_empty() { &mut self.rules } else { &mut self.endpoints };
        list.extend(candidates);
    }

    /// The whole, if there is one end.
    pub fn end(mut self, decision: PacketDecision, because: Vec<Cause>) -> Judgement {
        self.add(Share::ONE, None, decision, because);
        self.finish()
    }

    /// The whole, if the proxy answers by itself.
    pub fn respond(self, response: HttpResponse, because: Vec<Cause>) -> Judgement {
        self.end(PacketDecision::Respond(response), because)
    }

    /// The whole, if it depends on what isn't modelled.
    pub fn unknown(self, gap: ModelGap, because: Vec<Cause>) -> Judgement {
        self.end(PacketDecision::Unknown(gap), because)
    }

    /// One more thing that can happen.
    pub fn add(
        &mut self,
        share: Share,
        chosen: Option<usize>,
        decision: PacketDecision,
        because: impl Into<Arc<[Cause]>>,
    ) {
        self.branches.push(JudgementBranch { share, chosen, decision, because: because.into() });
    }

    /// Goes to the endpoints of a Service, each with an equal part of `share`.
    pub fn forward(&mut self, share: Share, upstream: &ProxyUpstream, forward: &ForwardedRequest, because: &[Cause]) {
        let weights: Vec<u64> = upstream.peers.iter().map(|_| 1).collect();
        self.forward_weighted(share, upstream, &weights, forward, because);
    }

    /// Goes to the endpoints of a Service, each with its part of `share`.
    pub fn forward_weighted(
        &mut self,
        share: Share,
        upstream: &ProxyUpstream,
        weights: &[u64],
        forward: &ForwardedRequest,
        because: &[Cause],
    ) {
        let whole: u64 = weights.iter().sum();
        let because: Arc<[Cause]> = because.into();
        for (peer, weight) in upstream.peers.iter().zip(weights).filter(|(_, weight)| **weight > 0) {
            let part = share.times(Share::of(*weight, whole));
            let place = self.endpoints.len();
            self.endpoints.push(Candidate {
                what: peer.subject(&upstream.service),
                fate: CandidateFate::Eligible(part),
                because: Vec::new(),
            });
            let decision = PacketDecision::Proxy(Box::new(forward.to(upstream, peer)));
            self.add(part, Some(place), decision, because.clone());
        }
        self.consider_excluded(upstream);
    }

    /// Adds the endpoints that can't be taken.
    pub fn consider_excluded(&mut self, upstream: &ProxyUpstream) {
        self.endpoints.extend(upstream.excluded.iter().map(|(peer, objection)| Candidate {
            what: peer.subject(&upstream.service),
            fate: CandidateFate::Rejected(*objection),
            because: Vec::new(),
        }));
    }

    pub fn finish(self) -> Judgement {
        let rule = HopChoice { chosen: only_eligible_candidate(&self.rules), candidates: self.rules.into() };
        Judgement {
            component: self.component,
            at: self.at,
            earlier: [rule].into(),
            candidates: self.endpoints.into(),
            branches: self.branches,
        }
    }
}

/// The rule that took the request: the only one without an objection.
fn only_eligible_candidate(rules: &[Candidate]) -> Option<usize> {
    let mut eligible = (0..).zip(rules).filter(|(_, rule)| matches!(rule.fate, CandidateFate::Eligible(_)));
    let (index, _) = eligible.next()?;
    eligible.next().is_none().then_some(index)
}

impl ForwardedRequest {
    fn to(&self, upstream: &ProxyUpstream, peer: &UpstreamPeer) -> ProxiedRequest {
        let request = self.request.as_ref().map(|request| {
            if self.host_of_server {
                Arc::new(HttpRequest { host: peer.authority(), ..HttpRequest::clone(request) })
            } else {
                request.clone()
            }
        });
        ProxiedRequest {
            rule: self.rule.clone(),
            service: Some(upstream.service.clone()),
            target: peer.target.clone(),
            request,
            backend_protocol: Some(self.protocol.clone()),
            response_headers: self.response_headers.clone(),
            set_cookie: self.set_cookie.clone(),
            mirrors: self.mirrors.clone(),
        }
    }
}

/// An answer without more than a status.
pub fn status_response(status: u16) -> HttpResponse {
    HttpResponse { status, ..HttpResponse::default() }
}

pub fn redirect_response(status: u16, location: String) -> HttpResponse {
    HttpResponse { status, location: Some(location), ..HttpResponse::default() }
}
