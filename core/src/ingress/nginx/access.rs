//! nginx' access phase: address lists, then passwords.

use super::Nginx;
use super::annotations::{Annotation, BasicAuthFile};
use super::request::NginxRequest;
use super::response_headers::BlocksInForce;
use super::server::NginxLocation;
use super::settings::ConfigKey;
use super::snippet::PlacedBlock;
use crate::ingress::basic_auth::{CredentialCheck, check_credentials};
use crate::ingress::nginx_config::AccessEntry;
use crate::ingress::verdict::status_response;
use crate::packet::HttpResponse;
use crate::trace::{Cause, CauseList, IngressControllerRule, ModelGap};

/// Whether a request may go on.
pub enum AccessDecision {
    /// It may.
    Granted,
    /// It may not.
    Refused(HttpResponse, Vec<Cause>),
    /// It depends on a password hash.
    Unknown(ModelGap, Vec<Cause>),
}

/// Denied addresses first, then allowed ones; a location without lists of its own has the ConfigMap's block-cidrs.
pub fn check_access(
    nginx: &Nginx,
    view: &NginxRequest<'_>,
    location: &NginxLocation,
    force: &BlocksInForce<'_>,
) -> AccessDecision {
    let annotations = &location.annotations;
    let own_lists = !annotations.deny.is_empty() || !annotations.allow.is_empty();
    let of_snippets = entries_of_snippets(own_lists, force);
    let client = view.forwarded.client;
    let because = |name: Option<Annotation>, why: IngressControllerRule| {
        let mut because: Vec<Cause> = location.field().map(Cause::Field).into_iter().collect();
        because.add_lines(&name.and_then(|name| view.annotation_of(location, name))).add_rule(why);
        because
    };
    // 1. The ConfigMap's block list, for locations without lists.
    if !own_lists && of_snippets.is_empty() && nginx.settings.blocks(client) {
        let mut because: Vec<Cause> = nginx.settings.field(ConfigKey::BlockCidrs).iter().map(Cause::line).collect();
        because.add_rule(IngressControllerRule::BlockedByConfigMap);
        return AccessDecision::Refused(status_response(403), because);
    }
    // 2. What the location's own lists say.
    let denied = annotations.deny.iter().any(|net| net.contains(&client));
    let listed = annotations.allow.iter().any(|net| net.contains(&client));
    let by_lists = denied || !annotations.allow.is_empty() && !listed;
    // Behind them the first line of the snippets that is for the client.
    let settled = by_lists || listed;
    let entry = of_snippets.iter().find(|entry| entry.net.is_none_or(|net| net.contains(&client)));
    let by_snippet = !settled && entry.is_some_and(|entry| !entry.allow);
    let (refused, listed) = (by_lists || by_snippet, listed || !settled && entry.is_some_and(|entry| entry.allow));
    let satisfy = force.innermost(|block| block.satisfies_any.is_some());
    let satisfy = satisfy.iter().find_map(|(_, block)| block.satisfies_any);
    let satisfy_any = annotations.satisfy_any || satisfy.unwrap_or(false);
    // 3. The password, where one is asked for there.
    let auth = annotations.auth.as_ref().filter(|_| !nginx.settings.spares(ConfigKey::NoAuthLocations, &location.path));
    // 4. Both together: all must agree, or with satisfy any one is enough.
    match (auth, refused) {
        (None, false) => AccessDecision::Granted,
        (Some(_), false) if satisfy_any && listed => AccessDecision::Granted,
        (Some(auth), false) => ask_password(view, location, auth),
        (Some(auth), true) if satisfy_any => ask_password(view, location, auth),
        (_, true) if by_snippet => {
            AccessDecision::Refused(status_response(403), because(None, IngressControllerRule::SnippetDenies))
        }
        (_, true) if denied => AccessDecision::Refused(
            status_response(403),
            because(Some(Annotation::DenylistSourceRange), IngressControllerRule::AddressDenied),
        ),
        (_, true) => {
            let written = [Annotation::AllowlistSourceRange, Annotation::WhitelistSourceRange]
                .into_iter()
                .find(|name| view.annotation_of(location, *name).is_some());
            AccessDecision::Refused(status_response(403), because(written, IngressControllerRule::AddressNotAllowed))
        }
    }
}

/// Whether the addresses of snippets alone keep a client out.
pub fn is_refused_by_snippets(nginx: &Nginx, view: &NginxRequest<'_>, force: &BlocksInForce<'_>) -> bool {
    let client = view.forwarded.client;
    let entries = entries_of_snippets(false, force);
    let entry = entries.iter().find(|entry| entry.net.is_none_or(|net| net.contains(&client)));
    entry.map_or(entries.is_empty() && nginx.settings.blocks(client), |entry| !entry.allow)
}

/// allow and deny of the snippets that hold: the location's, or where neither it nor its annotations have any the server's
/// (ngx_http_access_merge_loc_conf).
fn entries_of_snippets(own_lists: bool, force: &BlocksInForce<'_>) -> Vec<AccessEntry> {
    let entries = |blocks: &[PlacedBlock<'_>]| -> Vec<AccessEntry> {
        blocks.iter().flat_map(|(_, block)| block.access.iter().cloned()).collect()
    };
    let of_location = entries(&force.location);
    if own_lists || !of_location.is_empty() { of_location } else { entries(&force.server) }
}

/// 401 without the credentials of a listed user.
fn ask_password(view: &NginxRequest<'_>, location: &NginxLocation, auth: &BasicAuthFile) -> AccessDecision {
    let mut because: Vec<Cause> = location.field().map(Cause::Field).into_iter().collect();
    because.add_line(&auth.secret).add_rule(IngressControllerRule::PasswordRequired);
    let sent = view.request.headers.value("Authorization");
    // 1. Digest asks for what isn't computed here.
    if auth.digest {
        return if sent.is_some_and(|value| value.starts_with("Digest ")) {
            AccessDecision::Unknown(ModelGap::Field(auth.secret.clone()), because)
        } else {
            AccessDecision::Refused(status_response(401), because)
        };
    }
    // 2. The user's line, by the credentials sent, and the password against its hash.
    match check_credentials(&view.request.headers, &auth.users) {
        CredentialCheck::Accepted => AccessDecision::Granted,
        CredentialCheck::Refused => unauthorized(auth, because),
        CredentialCheck::Unknown => AccessDecision::Unknown(ModelGap::Field(auth.secret.clone()), because),
    }
}

fn unauthorized(auth: &BasicAuthFile, because: Vec<Cause>) -> AccessDecision {
    let mut response = status_response(401);
    response.headers.add("WWW-Authenticate", &format!("Basic realm=\"{}\"", auth.realm));
    AccessDecision::Refused(response, because)
}
