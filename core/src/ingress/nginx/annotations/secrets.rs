//! What annotations find in Secrets and ConfigMaps: certificates of authorities, and headers of answers.

use super::reader::AnnotationReader;
use super::{Annotation, AuthRequest, ClientAuth, IngressOptions};
use crate::cluster::Cluster;
use crate::ingress::nginx::settings::{ConfigKey, split_name};
use crate::model::{Secret, Text};
use crate::source::FieldRef;
use crate::trace::IngressControllerRule;

impl IngressOptions {
    /// auth-url, which must be a URL (authreq/main.go); without one the ConfigMap's global-auth-url.
    pub(super) fn auth_request(&mut self, reader: &AnnotationReader<'_>) {
        match reader.text(Annotation::AuthUrl) {
            Some(url) if is_url(&url) && reader.denies.is_empty() => {
                let signin = reader.text(Annotation::AuthSignin).map(|_| reader.field(Annotation::AuthSignin));
                let is_plain = reader.text(Annotation::AuthMethod).is_none_or(|method| &*method == "GET");
                let field = reader.field(Annotation::AuthUrl);
                self.auth_request = Some(AuthRequest { url, field, is_plain, signin });
            }
            Some(_) => {
                let line = reader.denies.first().cloned();
                self.denied.get_or_insert(line.unwrap_or_else(|| reader.field(Annotation::AuthUrl)));
            }
            None => {
                let url = reader.settings.text(ConfigKey::GlobalAuthUrl).filter(|url| !url.is_empty());
                let field = reader.settings.field(ConfigKey::GlobalAuthUrl);
                let wanted = reader.is(Annotation::EnableGlobalAuth, true);
                let global = url.zip(field).filter(|_| wanted);
                let asked = |(url, field): (&str, FieldRef)| AuthRequest {
                    url: url.into(),
                    field,
                    is_plain: false,
                    signin: None,
                };
                self.auth_request = global.map(asked);
            }
        }
        if let Some(asked) = &self.auth_request {
            self.conditions.insert(0, (asked.field.clone(), IngressControllerRule::AuthRequest));
        }
    }

    /// auth-tls-secret and proxy-ssl-secret: `namespace/name` of a Secret with a certificate (authtls/main.go,
    /// proxyssl/main.go). The one that can't be used shuts the server, the other one the locations.
    pub(super) fn certificates(&mut self, cluster: &Cluster, reader: &AnnotationReader<'_>) {
        if let Some(name) = reader.text(Annotation::AuthTlsSecret) {
            let field = reader.field(Annotation::AuthTlsSecret);
            match certificate_secret(cluster, reader, &name) {
                None => {
                    self.denied.get_or_insert(field.clone());
                    self.tls_error = Some(field);
                }
                Some(secret) if has_value(secret, "ca.crt") => {
                    let verify = reader.text(Annotation::AuthTlsVerifyClient);
                    let required = verify.is_none_or(|verify| &*verify == "on");
                    self.client_auth = Some(ClientAuth { field, required });
                }
                Some(_) => {}
            }
        }
        let outgoing = reader.text(Annotation::ProxySslSecret);
        if outgoing.is_some_and(|name| certificate_secret(cluster, reader, &name).is_none()) {
            self.denied.get_or_insert(reader.field(Annotation::ProxySslSecret));
        }
        self.ssl_passthrough = reader.settings.ssl_passthrough && reader.is(Annotation::SslPassthrough, false);
    }

    /// custom-headers: a ConfigMap whose headers all stand in global-allowed-response-headers (customheaders/main.go).
    pub(super) fn custom_headers(&mut self, cluster: &Cluster, reader: &AnnotationReader<'_>) {
        let Some(name) = reader.text(Annotation::CustomHeaders) else { return };
        let map = name.split_once('/').and_then(|(namespace, name)| cluster.config_maps.get(namespace, name));
        let allowed = reader.settings.list(ConfigKey::GlobalAllowedResponseHeaders);
        let fits = |(name, value): &(&Text, &Text)| {
            allowed.contains(&&***name) && is_header_name(name) && is_header_value(value)
        };
        match map.filter(|map| map.data.iter().all(|header| fits(&header))) {
            Some(map) => {
                let headers = map.data.iter().map(|(name, value)| (name.to_string(), value.to_string()));
                self.custom_headers = headers.collect();
            }
            None => {
                self.denied.get_or_insert(reader.field(Annotation::CustomHeaders));
            }
        }
    }
}

/// The Secret of a certificate, or of an authority's (store/backend_ssl.go getPemCertificate).
fn certificate_secret<'c>(cluster: &'c Cluster, reader: &AnnotationReader<'_>, name: &str) -> Option<&'c Secret> {
    let (namespace, name) = name.split_once('/').and_then(|_| split_name(name, ""))?;
    let secret = cluster.secrets.get(&namespace, &name).filter(|_| reader.may_use(&namespace))?;
    let pair = has_value(secret, "tls.crt") && has_value(secret, "tls.key");
    (pair || has_value(secret, "ca.crt")).then_some(secret)
}

fn has_value(secret: &Secret, key: &str) -> bool {
    secret.value(key).is_some_and(|value| !value.trim().is_empty())
}

/// parser.StringToURL: a scheme and a host.
fn is_url(text: &str) -> bool {
    let host = text.split_once("://").filter(|(scheme, _)| !scheme.is_empty());
    let host = host.and_then(|(_, rest)| rest.split(['/', '?']).next());
    host.is_some_and(|host| !host.is_empty() && !host.contains(".."))
}

fn is_header_name(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
}

fn is_header_value(value: &str) -> bool {
    let marks = "_ :;.,\\/\"'?!(){}[]@<>=-+*#$&`|~^%";
    !value.is_empty() && value.chars().all(|c| c.is_ascii_alphanumeric() || marks.contains(c))
}
