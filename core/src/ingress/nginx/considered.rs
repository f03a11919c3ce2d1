//! What was considered on the way to a location: the other paths of the server, and Ingresses that fell out.

use super::Nginx;
use super::server::{Found, Location, Modifier, Server};
use crate::http::path::has_element_prefix;
use crate::ingress::class::{LeftOut, SHOWN, few, more};
use crate::source::FieldRef;
use crate::trace::{Candidate, Cause, Fate, IngressObjection, Objection, Share, Subject};

/// Every path of the server with what became of it, and whole Ingresses that fell out.
pub fn considered(nginx: &Nginx, server: &Server, found: &Found<'_>, uri: &str) -> Vec<Candidate> {
    let taken = match found {
        Found::Location(location) | Found::WithSlash(location) | Found::Unsupported(location) => location.field(),
        Found::Nothing => None,
    };
    let mut candidates: Vec<Candidate> = Vec::new();
    // A Prefix' two locations stand beside each other.
    let mut before = None;
    for location in &server.locations {
        let Some(field) = location.field().filter(|_| before != location.rule.as_ref()) else { continue };
        before = location.rule.as_ref();
        let fate = match taken.as_ref() == Some(&field) {
            true => Fate::Eligible(Share::ONE),
            false => Fate::Rejected(Objection::Ingress(path_objection(location, uri))),
        };
        let path = FieldRef { path: field.path.field("path"), object: field.object.clone() };
        candidates.push(Candidate { what: Subject::Field(field), fate, because: vec![Cause::Field(path)] });
    }
    candidates.extend(server.left_out.iter().map(|(field, objection, because)| Candidate {
        what: Subject::Field(field.clone()),
        fate: Fate::Rejected(Objection::Ingress(*objection)),
        because: because.iter().cloned().map(Cause::Field).collect(),
    }));
    candidates.extend(few(nginx.left_out.iter().map(LeftOut::candidate)));
    candidates.extend(for_other_hosts(nginx, server));
    candidates
}

/// Why a location that wasn't taken wasn't.
fn path_objection(location: &Location, uri: &str) -> IngressObjection {
    match &location.modifier {
        Modifier::Regex(pattern) if pattern.is_match(uri) == Some(true) => IngressObjection::LaterExpression,
        Modifier::Prefix if has_element_prefix(uri, &location.path) => IngressObjection::ShorterPath,
        Modifier::Regex(_) | Modifier::Prefix | Modifier::Exact => IngressObjection::PathDiffers,
    }
}

/// The paths of other hosts while there are few; of many, how many.
fn for_other_hosts(nginx: &Nginx, own: &Server) -> Vec<Candidate> {
    if nginx.rules > SHOWN {
        return more(nginx.rules.saturating_sub(own.rules())).into_iter().collect();
    }
    let mut others: Vec<FieldRef> = Vec::new();
    let servers = nginx.servers.iter().map(|(_, server)| server).chain([&nginx.catch_all]);
    for location in servers.filter(|server| server.name != own.name).flat_map(|server| &server.locations) {
        others.extend(location.field().filter(|field| !others.contains(field)));
    }
    let show = |field: FieldRef| Candidate {
        because: Vec::new(),
        what: Subject::Field(field),
        fate: Fate::Rejected(Objection::Ingress(IngressObjection::HostDiffers)),
    };
    others.into_iter().map(show).collect()
}
