//! Headers of nginx' answers: those of the ConfigMap, of annotations and of snippets.

use super::request::NginxRequest;
use super::server::NginxLocation;
use super::snippet::PlacedBlock;
use super::{Nginx, cors};
use crate::ingress::nginx_config::{ConfigBlock, HeaderChange};
use crate::packet::{Headers, Scheme};
use crate::trace::{Judgement, PacketDecision};

/// The blocks of snippets that hold where a request ended.
#[derive(Clone, Debug, Default)]
pub struct BlocksInForce<'s> {
    pub server: Vec<PlacedBlock<'s>>,
    pub location: Vec<PlacedBlock<'s>>,
    /// The `if` in the location that held last.
    pub branch: Option<PlacedBlock<'s>>,
}

impl<'s> BlocksInForce<'s> {
    /// All, from the outermost to the innermost.
    pub fn all(&self) -> impl Iterator<Item = PlacedBlock<'s>> {
        self.server.iter().chain(&self.location).copied().chain(self.branch)
    }

    /// Those of the innermost level that says something: what nginx inherits only as a whole.
    pub fn innermost(&self, says: impl Fn(&ConfigBlock) -> bool) -> Vec<PlacedBlock<'s>> {
        let branch: Vec<PlacedBlock<'s>> = self.branch.into_iter().collect();
        let levels = [branch, self.location.clone(), self.server.clone()];
        levels.into_iter().find(|level| level.iter().any(|(_, block)| says(block))).unwrap_or_default()
    }
}

/// Sets the headers of every answer.
pub fn set_response_headers(
    nginx: &Nginx,
    view: &NginxRequest<'_>,
    location: Option<&NginxLocation>,
    force: &BlocksInForce<'_>,
    mut judgement: Judgement,
) -> Judgement {
    for branch in &mut judgement.branches {
        match &mut branch.decision {
            PacketDecision::Respond(response) => {
                let status = response.status;
                change_headers(nginx, view, location, force, status, &mut response.headers);
            }
            PacketDecision::Proxy(proxied) => {
                let mut headers = Headers(std::mem::take(&mut proxied.response_headers));
                // A pod's answer is taken for a good one; as an error page it has the status before (ngx_http_send_header).
                change_headers(nginx, view, location, force, view.status_instead.unwrap_or(200), &mut headers);
                proxied.response_headers = headers.0;
            }
            _ => {}
        }
    }
    judgement
}

fn change_headers(
    nginx: &Nginx,
    view: &NginxRequest<'_>,
    location: Option<&NginxLocation>,
    force: &BlocksInForce<'_>,
    status: u16,
    headers: &mut Headers,
) {
    // 1. Strict-Transport-Security over TLS, whatever the certificate (lua_ingress.lua header asks a function whether it is
    //    there), in the template's own locations.
    let security = nginx.settings.transport_security();
    if let Some(value) = security.filter(|_| location.is_some() && view.request.scheme == Scheme::Https) {
        headers.set("Strict-Transport-Security", &value);
    }
    // 2. Cross-origin requests, in an `if` of the template: one of a snippet behind it takes its place.
    let allowed = location.filter(|location| location.annotations.denied.is_none() && force.branch.is_none());
    let options = allowed.and_then(|location| location.annotations.cors.as_ref());
    let origin = view.request.headers.value("Origin").unwrap_or_default();
    if let Some((options, origin)) = options.and_then(|it| Some((it, cors::allowed_origin(it, origin)?))) {
        for (name, value) in cors::cors_headers(options, &origin) {
            headers.set(&name, &value);
        }
    }
    // 3. more_set_headers, from the outermost to the innermost: the ConfigMap's, those of snippets, the annotation's.
    for (name, value) in &nginx.settings.response_headers {
        headers.add(name, value);
    }
    for change in force.all().flat_map(|(_, block)| &block.header_changes).filter(|change| change.is_for(status)) {
        apply_change(view, change, headers);
    }
    for (name, value) in location.iter().flat_map(|location| &location.annotations.custom_headers) {
        headers.add(name, value);
    }
    // 4. add_header, of the innermost level that has one, behind all others (ngx_http_headers_filter). auth-url writes one into
    //    its location.
    let added = force.innermost(|block| !block.added_headers.is_empty());
    let by_location = force.location.iter().any(|(_, block)| !block.added_headers.is_empty());
    let by_branch = force.branch.is_some_and(|(_, block)| !block.added_headers.is_empty());
    let asks = location.is_some_and(|location| location.annotations.auth_request.is_some());
    let hidden = asks && !by_location && !by_branch;
    let added = added.iter().filter(|_| !hidden).flat_map(|(_, block)| &block.added_headers);
    for header in added.filter(|header| header.stands_on(status)) {
        let value = view.expand(&header.value, |number| view.captured(number));
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            headers.add(&header.name, &value);
        }
    }
}

/// Changes a header, unless its value isn't known.
pub fn apply_change(view: &NginxRequest<'_>, change: &HeaderChange, headers: &mut Headers) {
    if let Some(value) = view.expand(&change.value, |number| view.captured(number)) {
        change.apply(headers, &value);
    }
}

impl NginxRequest<'_> {
    /// A group of the expression that matched last.
    pub fn captured(&self, number: usize) -> &str {
        self.script.captures.get(number).map_or("", |group| group)
    }
}
