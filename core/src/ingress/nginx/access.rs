//! nginx' access phase: address lists, then passwords.

use super::Nginx;
use super::annotations::{Annotation, BasicAuth};
use super::proxy::View;
use super::server::Location;
use super::settings::ConfigKey;
use crate::http::password::{self, PasswordCheck};
use crate::ingress::verdict::{field, rule, status};
use crate::model::base64;
use crate::packet::HttpResponse;
use crate::trace::{Cause, Gap, IngressRule};

/// Whether a request may go on.
pub enum Access {
    /// It may.
    Granted,
    /// It may not.
    Refused(HttpResponse, Vec<Cause>),
    /// It depends on a password hash.
    Unknown(Gap, Vec<Cause>),
}

/// Denied addresses first, then allowed ones; a location without lists of its own has the ConfigMap's block-cidrs.
pub fn check(nginx: &Nginx, view: &View<'_>, location: &Location) -> Access {
    let annotations = &location.annotations;
    let own_lists = !annotations.deny.is_empty() || !annotations.allow.is_empty();
    let client = view.forwarded.client;
    let because = |name: Option<Annotation>, why: IngressRule| {
        let mut because: Vec<Cause> = location.field().map(Cause::Field).into_iter().collect();
        because.extend(name.and_then(|name| view.annotation_of(location, name)).iter().map(field));
        because.push(rule(why));
        because
    };
    if !own_lists && nginx.settings.blocks(client) {
        let mut because: Vec<Cause> = nginx.settings.field(ConfigKey::BlockCidrs).iter().map(field).collect();
        because.push(rule(IngressRule::BlockedByConfigMap));
        return Access::Refused(status(403), because);
    }
    let denied = annotations.deny.iter().any(|net| net.contains(&client));
    let listed = annotations.allow.iter().any(|net| net.contains(&client));
    let refused = denied || !annotations.allow.is_empty() && !listed;
    let auth = annotations.auth.as_ref().filter(|_| !nginx.settings.spares(ConfigKey::NoAuthLocations, &location.path));
    match (auth, refused) {
        (None, false) => Access::Granted,
        (Some(_), false) if annotations.satisfy_any && listed => Access::Granted,
        (Some(auth), false) => ask_password(view, location, auth),
        (Some(auth), true) if annotations.satisfy_any => ask_password(view, location, auth),
        (_, true) if denied => {
            Access::Refused(status(403), because(Some(Annotation::DenylistSourceRange), IngressRule::AddressDenied))
        }
        (_, true) => {
            let written = [Annotation::AllowlistSourceRange, Annotation::WhitelistSourceRange]
                .into_iter()
                .find(|name| view.annotation_of(location, *name).is_some());
            Access::Refused(status(403), because(written, IngressRule::AddressNotAllowed))
        }
    }
}

/// 401 without the credentials of a listed user.
fn ask_password(view: &View<'_>, location: &Location, auth: &BasicAuth) -> Access {
    let mut because: Vec<Cause> = location.field().map(Cause::Field).into_iter().collect();
    because.extend([field(&auth.secret), rule(IngressRule::PasswordRequired)]);
    let sent = view.request.headers.value("Authorization");
    if auth.digest {
        return match sent.is_some_and(|value| value.starts_with("Digest ")) {
            true => Access::Unknown(Gap::Field(auth.secret.clone()), because),
            false => Access::Refused(status(401), because),
        };
    }
    let header = sent.and_then(|value| value.strip_prefix("Basic "));
    let credentials = header.and_then(base64::decode_text);
    let user = credentials.as_deref().and_then(|pair| pair.split_once(':'));
    let listed = user.and_then(|(user, password)| {
        let (_, hash) = auth.users.iter().find(|(name, _)| name == user)?;
        Some((password, hash))
    });
    match listed {
        Some((password, hash)) => match hash.strip_prefix("{PLAIN}") {
            Some(plain) if plain == password => Access::Granted,
            Some(_) => unauthorized(auth, because),
            // The C library knows further hashes (crypt), which aren't computed here.
            None if !["{SHA}", "$apr1$", "$1$"].iter().any(|kind| hash.starts_with(kind)) => {
                Access::Unknown(Gap::Field(auth.secret.clone()), because)
            }
            None => match password::check(password, hash) {
                PasswordCheck::Right => Access::Granted,
                PasswordCheck::Wrong => unauthorized(auth, because),
                PasswordCheck::Unknown => Access::Unknown(Gap::Field(auth.secret.clone()), because),
            },
        },
        None => unauthorized(auth, because),
    }
}

fn unauthorized(auth: &BasicAuth, because: Vec<Cause>) -> Access {
    let mut response = status(401);
    response.headers.add("WWW-Authenticate", &format!("Basic realm=\"{}\"", auth.realm));
    Access::Refused(response, because)
}
