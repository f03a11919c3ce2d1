//! What was considered on the way to a location: the other paths of the server, and Ingresses that fell out.

use super::Nginx;
use super::server::{LocationMatch, LocationModifier, NginxLocation, NginxServer};
use crate::http::path::has_element_prefix;
use crate::ingress::class::{ExcludedIngress, SHOWN, first_candidates, remaining_count};
use crate::source::FieldRef;
use crate::trace::{Candidate, CandidateFate, CandidateObjection, CandidateSubject, Cause, IngressObjection, Share};

/// Every path of the server with what became of it, and whole Ingresses that fell out.
pub fn considered_candidates(
    nginx: &Nginx,
    server: &NginxServer,
    found: &LocationMatch<'_>,
    uri: &str,
) -> Vec<Candidate> {
    // 1. The path that was taken.
    let taken = match found {
        LocationMatch::Location(location)
        | LocationMatch::WithSlash(location)
        | LocationMatch::Unsupported(location) => location.field(),
        LocationMatch::OfSnippet(..) | LocationMatch::Nothing => None,
    };
    let mut candidates: Vec<Candidate> = Vec::new();
    // 2. Each path once: a Prefix' two locations stand beside each other.
    let mut before = None;
    for location in &server.locations {
        let Some(field) = location.field().filter(|_| before != location.rule.as_ref()) else { continue };
        before = location.rule.as_ref();
        let fate = if taken.as_ref() == Some(&field) {
            CandidateFate::Eligible(Share::ONE)
        } else {
            CandidateFate::Rejected(CandidateObjection::Ingress(path_objection(location, uri)))
        };
        let path = FieldRef { path: field.path.field("path"), object: field.object.clone() };
        candidates.push(Candidate { what: CandidateSubject::Field(field), fate, because: vec![Cause::Field(path)] });
    }
    // 3. What fell out: paths of this server, then whole Ingresses.
    candidates.extend(server.left_out.iter().map(|(field, objection, because)| Candidate {
        what: CandidateSubject::Field(field.clone()),
        fate: CandidateFate::Rejected(CandidateObjection::Ingress(*objection)),
        because: because.iter().cloned().map(Cause::Field).collect(),
    }));
    candidates.extend(first_candidates(nginx.left_out.iter().map(ExcludedIngress::candidate)));
    // 4. The servers of other hosts.
    candidates.extend(candidates_of_other_hosts(nginx, server));
    candidates
}

/// Why a location that wasn't taken wasn't.
fn path_objection(location: &NginxLocation, uri: &str) -> IngressObjection {
    match &location.modifier {
        LocationModifier::Regex(pattern) if pattern.is_match(uri) == Some(true) => IngressObjection::LaterExpression,
        LocationModifier::Prefix if has_element_prefix(uri, &location.path) => IngressObjection::ShorterPath,
        LocationModifier::Regex(_) | LocationModifier::Prefix | LocationModifier::Exact => {
            IngressObjection::PathDiffers
        }
    }
}

/// The paths of other hosts while there are few; of many, how many.
fn candidates_of_other_hosts(nginx: &Nginx, own: &NginxServer) -> Vec<Candidate> {
    if nginx.rules > SHOWN {
        return remaining_count(nginx.rules.saturating_sub(own.rules())).into_iter().collect();
    }
    let mut others: Vec<FieldRef> = Vec::new();
    let servers = nginx.servers.iter().map(|(_, server)| server).chain([&nginx.catch_all]);
    for location in servers.filter(|server| server.name != own.name).flat_map(|server| &server.locations) {
        others.extend(location.field().filter(|field| !others.contains(field)));
    }
    let show = |field: FieldRef| Candidate {
        because: Vec::new(),
        what: CandidateSubject::Field(field),
        fate: CandidateFate::Rejected(CandidateObjection::Ingress(IngressObjection::HostDiffers)),
    };
    others.into_iter().map(show).collect()
}
