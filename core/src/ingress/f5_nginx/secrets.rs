//! Secrets as the controller takes them: only of the types that it asks for (internal/k8s/secrets).

use super::maker::ServerMaker;
use super::server::ServerCertificate;
use crate::cluster::Cluster;
use crate::ingress::basic_auth::{PasswordFile, read_users};
use crate::model::Secret;
use crate::source::FieldRef;

const TLS: &str = "kubernetes.io/tls";
const HTPASSWD: &str = "nginx.org/htpasswd";

/// A Secret of a type.
pub fn find_secret<'c>(cluster: &'c Cluster, (namespace, name): (&str, &str), kind: &str) -> Option<&'c Secret> {
    cluster.secrets.get(namespace, name).map(|secret| &**secret).filter(|secret| secret.kind.as_deref() == Some(kind))
}

/// The users of a Secret with an htpasswd file; None where there is none.
pub fn password_file(cluster: &Cluster, name: (&str, &str), realm: &str, line: &FieldRef) -> Option<PasswordFile> {
    let text = find_secret(cluster, name, HTPASSWD)?.value("htpasswd")?;
    Some(PasswordFile { users: read_users(&text), realm: realm.to_owned(), line: line.clone() })
}

/// The certificate of a server: of a Secret, else of -wildcard-tls-secret; else the handshake is rejected (addSSLConfig).
pub fn server_certificate(
    maker: &mut ServerMaker<'_>,
    (namespace, secret): (&str, Option<&str>),
    host: &str,
    line: FieldRef,
) -> ServerCertificate {
    let wildcard = maker.settings.named("wildcard-tls-secret");
    let named = match secret {
        Some(name) => Some((namespace, name)),
        None => wildcard.as_ref().map(|(namespace, name)| (&**namespace, &**name)),
    };
    let usable = named.filter(|name| find_secret(maker.cluster, *name, TLS).is_some());
    let place = named.and_then(|(namespace, name)| maker.certificates.add(maker.cluster, namespace, name));
    match (usable, place) {
        (Some(_), Some(place)) => {
            maker.certificates.show(host, Some(place));
            ServerCertificate::Shown(Some(place))
        }
        _ => ServerCertificate::Rejected(Some(line)),
    }
}
