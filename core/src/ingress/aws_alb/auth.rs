//! What stands before a backend on a listener for TLS: an identity provider, or a token (pkg/ingress/auth_config_builder.go;
//! buildAuthAction and buildJwtValidationAction).

use super::annotations::{AnnotationView, BuildFault};
use super::json::{JsonObject, WrongType};
use crate::cluster::Cluster;
use crate::model::Text;
use crate::source::FieldRef;

/// Who must be known before a request goes on.
#[derive(Clone, Debug, PartialEq)]
pub enum RuleGuard {
    Session {
        cookie: Text,
        otherwise: UnknownClient,
        line: FieldRef,
    },
    /// By a token in the request.
    Token(FieldRef),
}

/// What becomes of a request without session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnknownClient {
    /// `authenticate`: it is sent to the identity provider.
    SentAway,
    /// `deny`
    Refused,
    /// `allow`
    LetThrough,
}

/// What annotations ask for; a listener in the clear asks for nothing, though what they say must be readable there, too.
pub fn guards(
    cluster: &Cluster,
    namespace: &str,
    (of_backend, of_ingress): (&AnnotationView<'_>, &AnnotationView<'_>),
    is_tls: bool,
) -> Result<Vec<RuleGuard>, BuildFault> {
    let session = session(cluster, namespace, of_backend, is_tls)?;
    let token = token(of_ingress)?;
    if let (Some(RuleGuard::Session { line, .. }), Some(_), true) = (&session, &token, is_tls) {
        return Err(BuildFault::new(line, "authentication and jwt validation can't both be configured"));
    }
    Ok(session.into_iter().chain(token).filter(|_| is_tls).collect())
}

/// `auth-type` and what goes with it.
fn session(
    cluster: &Cluster,
    namespace: &str,
    annotations: &AnnotationView<'_>,
    is_tls: bool,
) -> Result<Option<RuleGuard>, BuildFault> {
    // 1. Everything is read, whatever the type.
    let (kind, line) = match annotations.text("auth-type") {
        Some((kind @ ("none" | "cognito" | "oidc"), line)) => (kind, Some(line)),
        Some((other, line)) => return Err(BuildFault::new(&line, format!("unknown authType: {other}"))),
        None => ("none", None),
    };
    annotations.long_number("auth-session-timeout")?;
    let cognito = annotations.json("auth-idp-cognito")?;
    let oidc = annotations.json("auth-idp-oidc")?;
    let Some(line) = line.filter(|_| kind != "none" && is_tls) else { return Ok(None) };
    // 2. The identity provider.
    match (kind, cognito, oidc) {
        ("cognito", None, _) => return Err(BuildFault::new(&line, "missing IDPConfigCognito")),
        ("oidc", _, None) => return Err(BuildFault::new(&line, "missing IDPConfigOIDC")),
        ("oidc", _, Some((provider, provider_line))) => {
            let secret = JsonObject::of(&provider).and_then(|provider| provider.required_text("secretName"));
            let unreadable = || annotations.unreadable("auth-idp-oidc", "json");
            match secret {
                Ok(name) => check_secret(cluster, (namespace, name), &provider_line)?,
                Err(WrongType) => {
                    return Err(unreadable().unwrap_or_else(|| BuildFault::new(&line, "missing IDPConfigOIDC")));
                }
            }
        }
        _ => {}
    }
    // 3. Who has no session.
    let otherwise = match annotations.text("auth-on-unauthenticated-request") {
        Some(("deny", _)) => UnknownClient::Refused,
        Some(("allow", _)) => UnknownClient::LetThrough,
        _ => UnknownClient::SentAway,
    };
    let cookie = annotations.text("auth-session-cookie").map_or("AWSELBAuthSessionCookie", |(cookie, _)| cookie);
    Ok(Some(RuleGuard::Session { cookie: cookie.into(), otherwise, line }))
}

/// The Secret with the client's id and secret (buildAuthenticateOIDCAction).
fn check_secret(cluster: &Cluster, (namespace, name): (&str, &str), line: &FieldRef) -> Result<(), BuildFault> {
    let missing = || BuildFault::new(line, format!("secrets \"{name}\" not found"));
    let secret = cluster.secrets.get(namespace, name).ok_or_else(missing)?;
    let has = |key: &str| secret.data.contains_key(key) || secret.string_data.contains_key(key);
    let lacks = |what: &str| Err(BuildFault::new(line, format!("missing {what}, secret: {namespace}/{name}")));
    if !has("clientID") && !has("clientId") {
        return lacks("clientID");
    }
    if has("clientSecret") { Ok(()) } else { lacks("clientSecret") }
}

/// `jwt-validation`
fn token(annotations: &AnnotationView<'_>) -> Result<Option<RuleGuard>, BuildFault> {
    let Some((value, line)) = annotations.json("jwt-validation")? else { return Ok(None) };
    let read = || -> Result<Option<String>, WrongType> {
        let config = JsonObject::of(&value)?;
        let required = |name: &str| format!("{name} is a required field for jwt validation");
        for name in ["jwksEndpoint", "issuer"] {
            if config.required_text(name)?.is_empty() {
                return Ok(Some(required(name)));
            }
        }
        for claim in config.elements("additionalClaims")? {
            let claim = JsonObject::of(claim)?;
            for name in ["format", "name"] {
                if claim.required_text(name)?.is_empty() {
                    let why = format!("{name} is a required field for additional claims for jwt validation");
                    return Ok(Some(why));
                }
            }
            if claim.texts("values")?.is_empty() {
                let why = "values must not be empty for additional claims for jwt validation";
                return Ok(Some(why.to_owned()));
            }
        }
        Ok(None)
    };
    match read() {
        Ok(None) => Ok(Some(RuleGuard::Token(line))),
        Ok(Some(why)) => Err(BuildFault::new(&line, why)),
        Err(WrongType) => {
            let unreadable = annotations.unreadable("jwt-validation", "json");
            Err(unreadable.unwrap_or_else(|| BuildFault::new(&line, "failed to parse json annotation")))
        }
    }
}
