//! Passwords (pkg/middlewares/auth), and servers that are asked.

use std::collections::BTreeMap;

use crate::cluster::Cluster;
use crate::http::password::{self, PasswordCheck};
use crate::model::base64;
use crate::model::middleware::SecretAuth;
use crate::packet::{HttpRequest, HttpResponse};

/// `basicAuth`
#[derive(Clone, Debug)]
pub struct BasicAuthUsers {
    /// The hashes by user.
    pub users: BTreeMap<String, String>,
    /// What browsers show.
    pub realm: String,
    /// The header that tells servers the user.
    pub header_field: String,
    /// Whether servers see the password.
    pub removes_header: bool,
}

/// Whether a request has the password; None where its hash can't be computed here.
pub fn check(auth: &BasicAuthUsers, request: &HttpRequest) -> Option<Option<String>> {
    let Some((user, password)) = credentials(request) else { return Some(None) };
    let Some(hash) = auth.users.get(&user) else { return Some(None) };
    match password::check(&password, hash) {
        PasswordCheck::Right => Some(Some(user)),
        PasswordCheck::Wrong => Some(None),
        PasswordCheck::Unknown => None,
    }
}

/// The user and password of `Authorization: Basic`.
fn credentials(request: &HttpRequest) -> Option<(String, String)> {
    let value = request.headers.value("Authorization")?;
    let (scheme, encoded) = value.split_once(' ').filter(|(scheme, _)| scheme.eq_ignore_ascii_case("basic"))?;
    let decoded = base64::decode_text(encoded).filter(|_| !scheme.is_empty())?;
    decoded.split_once(':').map(|(user, password)| (user.to_owned(), password.to_owned()))
}

/// The servers get the user, and perhaps no password.
pub fn hand_on(auth: &BasicAuthUsers, user: &str, request: &mut HttpRequest) {
    if !auth.header_field.is_empty() {
        request.headers.set(&auth.header_field, user);
    }
    if auth.removes_header {
        request.headers.remove("Authorization");
    }
}

/// 401, with what browsers show.
pub fn refusal(auth: &BasicAuthUsers) -> HttpResponse {
    let mut response = HttpResponse { status: 401, ..HttpResponse::default() };
    response.headers.add("WWW-Authenticate", &format!("Basic realm=\"{}\"", auth.realm));
    response
}

/// basicAuth with its Secret (crd/kubernetes.go createBasicAuthMiddleware, auth.NewBasic); None if it can't be built.
pub fn read_basic(cluster: &Cluster, namespace: &str, auth: &SecretAuth) -> Option<BasicAuthUsers> {
    let secret = cluster.secrets.get(namespace, &auth.secret)?;
    let lines = match secret.kind.as_deref() {
        Some("kubernetes.io/basic-auth") => {
            let password = secret.value("password")?;
            vec![format!("{}:{{SHA}}{}", secret.value("username")?, password::sha1_base64(&password))]
        }
        _ => secret_lines(cluster, namespace, auth)?,
    };
    let pairs = lines.iter().map(|line| match line.split(':').collect::<Vec<_>>().as_slice() {
        [user, hash] => Some(((*user).to_owned(), (*hash).to_owned())),
        _ => None,
    });
    let users = pairs.collect::<Option<BTreeMap<_, _>>>()?;
    Some(BasicAuthUsers {
        users,
        realm: if auth.realm.is_empty() { "traefik".to_owned() } else { auth.realm.to_string() },
        header_field: auth.header_field.to_string(),
        removes_header: auth.remove_header,
    })
}

/// Whether digestAuth can be built: each line of its Secret is user, realm and hash.
pub fn is_digest_valid(cluster: &Cluster, namespace: &str, auth: &SecretAuth) -> bool {
    let lines = secret_lines(cluster, namespace, auth);
    lines.is_some_and(|lines| lines.iter().all(|line| line.split(':').count() == 3))
}

/// The lines of a Secret that has one key only (loadAuthCredentials).
fn secret_lines(cluster: &Cluster, namespace: &str, auth: &SecretAuth) -> Option<Vec<String>> {
    let secret = cluster.secrets.get(namespace, &auth.secret)?;
    let mut keys = secret.data.keys().chain(secret.string_data.keys()).collect::<Vec<_>>();
    keys.dedup();
    let [key] = keys.as_slice() else { return None };
    let lines: Vec<String> = secret.value(key)?.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect();
    (!lines.is_empty()).then_some(lines)
}
