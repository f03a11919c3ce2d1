//! TLSOptions, and the names of ServersTransports (crd/kubernetes.go buildTLSOptions, tls/tlsmanager.go buildTLSConfig).

use super::{ProviderContext, resolve};
use crate::ingress::traefik::dynamic::{BuildRefusal, DynamicConfig, QualifiedName, TlsOptions};
use crate::model::{MiddlewareRef, Text, TlsOption};
use crate::packet::TlsVersion;
use crate::source::{FieldRef, ObjectRef};

/// The options of everybody who names none.
pub const DEFAULT: &str = "default";

/// What buildTLSConfig knows (tls/cipher.go, tls/tls.go).
const CURVES: &[&str] =
    &["CurveP256", "CurveP384", "CurveP521", "X25519", "X25519MLKEM768", "SecP256r1MLKEM768", "SecP384r1MLKEM1024"];

/// Adds the TLS options; two named default cancel each other.
pub fn read(context: &ProviderContext<'_>, config: &mut DynamicConfig) {
    let mut defaults = 0;
    for (namespace, name, object) in context.cluster.tls_options.iter() {
        let options = options(context, namespace, name, object);
        if &**name == DEFAULT {
            defaults += 1;
            config.tls_options.insert(DEFAULT.to_owned(), options);
        } else {
            config.tls_options.insert(format!("{namespace}-{name}@kubernetescrd"), options);
        }
    }
    if defaults != 1 {
        config.tls_options.insert(DEFAULT.to_owned(), TlsOptions::default());
    }
}

fn options(context: &ProviderContext<'_>, namespace: &str, name: &str, object: &TlsOption) -> TlsOptions {
    let spec = &object.spec;
    let secrets = spec.client_auth.secret_names.iter();
    let authorities: Vec<_> = secrets
        .filter_map(|secret| context.cluster.secrets.get(namespace, secret))
        .filter_map(|secret| secret.value("tls.ca").or_else(|| secret.value("ca.crt")))
        .collect();
    let kind = spec.client_auth.client_auth_type.as_deref().unwrap_or_default();
    let verifies = matches!(kind, "VerifyClientCertIfGiven" | "RequireAndVerifyClientCert");
    let is_known = verifies || matches!(kind, "" | "NoClientCert" | "RequestClientCert" | "RequireAnyClientCert");
    let wants = match kind {
        "" => !authorities.is_empty(),
        kind => matches!(kind, "RequireAnyClientCert" | "RequireAndVerifyClientCert"),
    };
    let fits = |known: &dyn Fn(&str) -> bool, list: &[Text]| list.iter().all(|name| known(name));
    TlsOptions {
        line: Some(ObjectRef::namespaced("TLSOption", namespace, name).field("spec")),
        is_broken: !is_known
            || verifies && authorities.is_empty()
            || !fits(&|name| CURVES.contains(&name), &spec.curve_preferences)
            || !fits(&|name| name.starts_with("TLS_"), &spec.cipher_suites),
        is_strict: spec.sni_strict,
        wants_certificate: wants,
        oldest_tls: spec.min_version.as_deref().and_then(oldest_version),
    }
}

/// MinVersion (tls/tls.go); another word counts as none.
fn oldest_version(name: &str) -> Option<TlsVersion> {
    match name {
        "VersionTLS10" => Some(TlsVersion::Tls10),
        "VersionTLS11" => Some(TlsVersion::Tls11),
        "VersionTLS12" => Some(TlsVersion::Tls12),
        "VersionTLS13" => Some(TlsVersion::Tls13),
        _ => None,
    }
}

/// The qualified name of TLS options that an IngressRoute names; unlike others it isn't normalized.
pub fn resolve(
    context: &ProviderContext<'_>,
    own: &str,
    named: &MiddlewareRef,
    place: FieldRef,
) -> Result<QualifiedName, BuildRefusal> {
    let resolved = resolve::resolve(context, own, named, place)?;
    let namespace = named.namespace.as_deref().filter(|namespace| !namespace.is_empty()).unwrap_or(own);
    let name = match &*named.name {
        DEFAULT => DEFAULT.to_owned(),
        name if name.contains('@') => name.to_owned(),
        name => format!("{namespace}-{name}@kubernetescrd"),
    };
    Ok(QualifiedName { name, ..resolved })
}

/// makeServersTransportKey.
pub fn transport(
    context: &ProviderContext<'_>,
    namespace: &str,
    name: &str,
    place: &FieldRef,
) -> Result<QualifiedName, BuildRefusal> {
    let named = MiddlewareRef { name: name.into(), namespace: None };
    resolve::resolve(context, namespace, &named, FieldRef { path: place.path.clone(), object: place.object.clone() })
}
