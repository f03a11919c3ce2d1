//! Putting a proxy's judgement together: the rules it considered, then the endpoints of the one it took.

use std::sync::Arc;

use super::backend::{Peer, Upstream};
use crate::packet::{HttpRequest, HttpResponse};
use crate::source::FieldRef;
use crate::trace::{
    Branch, Candidate, Cause, Choice, Component, Decision, Fate, Gap, Judgement, Place, Proxied, Share,
};

/// What was considered so far, and what can happen.
#[derive(Clone, Debug)]
pub struct Verdict {
    component: Component,
    at: Place,
    rules: Vec<Candidate>,
    endpoints: Vec<Candidate>,
    branches: Vec<Branch>,
}

/// How a request goes to a backend, but for the endpoint.
#[derive(Clone, Debug, Default)]
pub struct Forward {
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

impl Verdict {
    /// Nothing decided yet.
    pub fn new(component: Component, at: Place, candidates: Arc<[Candidate]>) -> Self {
        Self { component, at, rules: candidates.to_vec(), endpoints: Vec::new(), branches: Vec::new() }
    }

    /// Adds what was considered besides: to the rules, as long as no endpoint was.
    pub fn consider(&mut self, candidates: impl IntoIterator<Item = Candidate>) {
        let list = if self.endpoints.is_empty() { &mut self.rules } else { &mut self.endpoints };
        list.extend(candidates);
    }

    /// The whole, if there is one end.
    pub fn end(mut self, decision: Decision, because: Vec<Cause>) -> Judgement {
        self.add(Share::ONE, None, decision, because);
        self.finish()
    }

    /// The whole, if the proxy answers by itself.
    pub fn respond(self, response: HttpResponse, because: Vec<Cause>) -> Judgement {
        self.end(Decision::Respond(response), because)
    }

    /// The whole, if it depends on what isn't modelled.
    pub fn unknown(self, gap: Gap, because: Vec<Cause>) -> Judgement {
        self.end(Decision::Unknown(gap), because)
    }

    /// One more thing that can happen.
    pub fn add(&mut self, share: Share, chosen: Option<usize>, decision: Decision, because: impl Into<Arc<[Cause]>>) {
        self.branches.push(Branch { share, chosen, decision, because: because.into() });
    }

    /// Goes to the endpoints of a Service, each with an equal part of `share`.
    pub fn forward(&mut self, share: Share, upstream: &Upstream, forward: &Forward, because: &[Cause]) {
        let weights: Vec<u64> = upstream.peers.iter().map(|_| 1).collect();
        self.forward_weighted(share, upstream, &weights, forward, because);
    }

    /// Goes to the endpoints of a Service, each with its part of `share`.
    pub fn forward_weighted(
        &mut self,
        share: Share,
        upstream: &Upstream,
        weights: &[u64],
        forward: &Forward,
        because: &[Cause],
    ) {
        let whole: u64 = weights.iter().sum();
        let because: Arc<[Cause]> = because.into();
        for (peer, weight) in upstream.peers.iter().zip(weights).filter(|(_, weight)| **weight > 0) {
            let part = share.times(Share::of(*weight, whole));
            let place = self.endpoints.len();
            self.endpoints.push(Candidate {
                what: peer.subject(&upstream.service),
                fate: Fate::Eligible(part),
                because: Vec::new(),
            });
            let decision = Decision::Proxy(Box::new(forward.to(upstream, peer)));
            self.add(part, Some(place), decision, because.clone());
        }
        self.consider_excluded(upstream);
    }

    /// Adds the endpoints that can't be taken.
    pub fn consider_excluded(&mut self, upstream: &Upstream) {
        self.endpoints.extend(upstream.excluded.iter().map(|(peer, objection)| Candidate {
            what: peer.subject(&upstream.service),
            fate: Fate::Rejected(*objection),
            because: Vec::new(),
        }));
    }

    /// The judgement.
    pub fn finish(self) -> Judgement {
        let rule = Choice { chosen: only_eligible(&self.rules), candidates: self.rules.into() };
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
fn only_eligible(rules: &[Candidate]) -> Option<usize> {
    let mut eligible = (0..).zip(rules).filter(|(_, rule)| matches!(rule.fate, Fate::Eligible(_)));
    let (index, _) = eligible.next()?;
    eligible.next().is_none().then_some(index)
}

impl Forward {
    fn to(&self, upstream: &Upstream, peer: &Peer) -> Proxied {
        let request = self.request.as_ref().map(|request| match self.host_of_server {
            true => Arc::new(HttpRequest { host: peer.authority(), ..HttpRequest::clone(request) }),
            false => request.clone(),
        });
        Proxied {
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

/// A line as a cause.
pub fn field(field: &FieldRef) -> Cause {
    Cause::Field(field.clone())
}

/// An answer without more than a status.
pub fn status(status: u16) -> HttpResponse {
    HttpResponse { status, ..HttpResponse::default() }
}

/// A redirect.
pub fn redirect(status: u16, location: String) -> HttpResponse {
    HttpResponse { status, location: Some(location), ..HttpResponse::default() }
}
