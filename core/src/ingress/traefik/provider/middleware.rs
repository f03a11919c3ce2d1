//! Middlewares as their objects say them: which Traefik can make of them, and how it reads what they say.

use super::{ProviderContext, crd, resolve};
use crate::http::Pattern;
use crate::ingress::traefik::dynamic::{MiddlewareConfig, StatusRanges};
use crate::ingress::traefik::middleware::{
    ErrorPages, MiddlewareKind, SchemeRedirect, address, auth, expression, go_pattern, headers, seconds_or_duration,
};
use crate::model::middleware::{
    Buffering, CircuitBreaker, Compress, EncodedCharacters, ErrorPage, ForwardAuth, MiddlewareHeaders, RateLimit, Retry,
};
use crate::model::{IntOrString, Middleware, MiddlewareSpec, Text};
use crate::source::{FieldRef, ObjectRef};
use crate::trace::IngressObjection;

/// A kind, or nothing where Traefik can't build it.
type BuiltKind = Option<MiddlewareKind>;

pub fn read(context: &ProviderContext<'_>, namespace: &str, name: &str, object: &Middleware) -> MiddlewareConfig {
    let reference = ObjectRef::namespaced("Middleware", namespace, name);
    let none = MiddlewareSpec::default();
    let spec = object.spec.as_ref().unwrap_or(&none);
    let given = given(spec);
    let line = match given.as_slice() {
        [one] => reference.field(format!("spec.{one}").as_str()),
        _ => reference.field("spec"),
    };
    let reader = MiddlewareReader { context, namespace, reference: &reference, line: &line };
    // None, or several at once, are refused.
    let kind = match given.as_slice() {
        [_] => reader.kind(spec),
        _ => Err(IngressObjection::MiddlewareInvalid),
    };
    MiddlewareConfig { kind, line }
}

/// The kinds that a Middleware names.
fn given(spec: &MiddlewareSpec) -> Vec<&'static str> {
    let kinds = [
        ("addPrefix", spec.add_prefix.is_some()),
        ("stripPrefix", spec.strip_prefix.is_some()),
        ("stripPrefixRegex", spec.strip_prefix_regex.is_some()),
        ("replacePath", spec.replace_path.is_some()),
        ("replacePathRegex", spec.replace_path_regex.is_some()),
        ("chain", spec.chain.is_some()),
        ("ipWhiteList", spec.ip_white_list.is_some()),
        ("ipAllowList", spec.ip_allow_list.is_some()),
        ("headers", spec.headers.is_some()),
        ("encodedCharacters", spec.encoded_characters.is_some()),
        ("errors", spec.errors.is_some()),
        ("rateLimit", spec.rate_limit.is_some()),
        ("redirectRegex", spec.redirect_regex.is_some()),
        ("redirectScheme", spec.redirect_scheme.is_some()),
        ("basicAuth", spec.basic_auth.is_some()),
        ("digestAuth", spec.digest_auth.is_some()),
        ("forwardAuth", spec.forward_auth.is_some()),
        ("inFlightReq", spec.in_flight_req.is_some()),
        ("buffering", spec.buffering.is_some()),
        ("circuitBreaker", spec.circuit_breaker.is_some()),
        ("compress", spec.compress.is_some()),
        ("passTLSClientCert", spec.pass_tls_client_cert.is_some()),
        ("retry", spec.retry.is_some()),
        ("contentType", spec.content_type.is_some()),
        ("grpcWeb", spec.grpc_web.is_some()),
        ("plugin", spec.plugin.is_some()),
    ];
    kinds.into_iter().filter(|(_, given)| *given).map(|(name, _)| name).collect()
}

struct MiddlewareReader<'a> {
    context: &'a ProviderContext<'a>,
    namespace: &'a str,
    reference: &'a ObjectRef,
    line: &'a FieldRef,
}

impl MiddlewareReader<'_> {
    fn kind(&self, spec: &MiddlewareSpec) -> Result<MiddlewareKind, IngressObjection> {
        if let Some(chain) = &spec.chain {
            let names = resolve::resolve_all(self.context, self.namespace, &chain.middlewares, self.line);
            return names.map(MiddlewareKind::Chain).map_err(|(objection, _)| objection);
        }
        let kind = self.path_kind(spec).or_else(|| self.guard_kind(spec)).or_else(|| self.other_kind(spec));
        kind.flatten().ok_or(IngressObjection::MiddlewareInvalid)
    }

    /// Those that change the path or send elsewhere; None if it is none of them.
    fn path_kind(&self, spec: &MiddlewareSpec) -> Option<BuiltKind> {
        if let Some(add) = &spec.add_prefix {
            return Some((!add.prefix.is_empty()).then(|| MiddlewareKind::AddPrefix(add.prefix.clone())));
        }
        if let Some(strip) = &spec.strip_prefix {
            let force = strip.force_slash.unwrap_or(false);
            return Some(Some(MiddlewareKind::StripPrefix(strip.prefixes.clone(), force)));
        }
        if let Some(strip) = &spec.strip_prefix_regex {
            let patterns = strip.regex.iter().map(|source| taken(source)).collect::<Option<Vec<_>>>();
            return Some(patterns.map(MiddlewareKind::StripPrefixRegex));
        }
        if let Some(replace) = &spec.replace_path {
            return Some(Some(MiddlewareKind::ReplacePath(replace.path.clone())));
        }
        if let Some(replace) = &spec.replace_path_regex {
            let replacement = replace.replacement.trim().to_owned();
            return Some(taken(&replace.regex).map(|pattern| MiddlewareKind::ReplacePathRegex(pattern, replacement)));
        }
        if let Some(redirect) = &spec.redirect_regex {
            let replacement = redirect.replacement.to_string();
            return Some(
                taken(&redirect.regex)
                    .map(|pattern| MiddlewareKind::RedirectRegex(pattern, replacement, redirect.permanent)),
            );
        }
        let redirect = spec.redirect_scheme.as_ref()?;
        let usual = if redirect.scheme.as_ref() == "https" { "443" } else { "80" };
        let port = Some(redirect.port.to_string()).filter(|port| !port.is_empty() && port != usual);
        let to = SchemeRedirect { scheme: redirect.scheme.to_string(), port, permanent: redirect.permanent };
        Some((!redirect.scheme.is_empty()).then_some(MiddlewareKind::RedirectScheme(to)))
    }

    /// Those that let requests through or not.
    fn guard_kind(&self, spec: &MiddlewareSpec) -> Option<BuiltKind> {
        let (cluster, namespace) = (self.context.cluster, self.namespace);
        if let Some(list) = spec.ip_allow_list.as_ref().or(spec.ip_white_list.as_ref()) {
            return Some(address::read(list).map(MiddlewareKind::AllowList));
        }
        if let Some(basic) = &spec.basic_auth {
            let read = auth::read_basic(cluster, namespace, basic);
            return Some(read.map(|basic| MiddlewareKind::BasicAuth(Box::new(basic))));
        }
        if let Some(digest) = &spec.digest_auth {
            return Some(auth::is_digest_valid(cluster, namespace, digest).then_some(MiddlewareKind::DigestAuth));
        }
        if let Some(forward) = &spec.forward_auth {
            return Some(forward_auth(forward));
        }
        if let Some(flight) = &spec.in_flight_req {
            let valid = address::is_valid_criterion(flight.source_criterion.as_ref());
            return Some(valid.then_some(MiddlewareKind::InFlight(flight.amount)));
        }
        if let Some(characters) = &spec.encoded_characters {
            return Some(Some(MiddlewareKind::EncodedCharacters(denied_escapes(characters))));
        }
        spec.buffering.as_ref().map(buffering)
    }

    fn other_kind(&self, spec: &MiddlewareSpec) -> Option<BuiltKind> {
        if let Some(told) = &spec.headers {
            return Some(header_kind(told));
        }
        if let Some(pages) = &spec.errors {
            return Some(self.error_pages(pages));
        }
        let transparent = |valid: bool| valid.then_some(MiddlewareKind::Transparent);
        if let Some(limit) = &spec.rate_limit {
            return Some(transparent(is_valid_limit(limit)));
        }
        if let Some(breaker) = &spec.circuit_breaker {
            return Some(transparent(is_valid_breaker(breaker)));
        }
        if let Some(compress) = &spec.compress {
            return Some(transparent(is_valid_compress(compress)));
        }
        if let Some(retry) = &spec.retry {
            return Some(transparent(is_valid_retry(retry)));
        }
        if spec.plugin.is_some() {
            // Without any plugin installed none can be built (pkg/server/middleware/plugins.go).
            let settings = self.context.settings;
            let installed = settings.mentions("experimental.plugins") || settings.mentions("experimental.localplugins");
            return Some(installed.then_some(MiddlewareKind::NotModelled));
        }
        Some(Some(MiddlewareKind::Transparent))
    }

    fn error_pages(&self, pages: &ErrorPage) -> BuiltKind {
        let rewrites = pages.status_rewrites.iter().map(|(codes, to)| {
            let code = serde_json::to_value(to).ok()?.as_u64()?;
            Some((StatusRanges::parse([&**codes])?, u16::try_from(code).ok()?))
        });
        let place = self.reference.field("spec.errors.service");
        Some(MiddlewareKind::Errors(Box::new(ErrorPages {
            statuses: StatusRanges::parse(pages.status.iter().map(|status| &**status))?,
            service: crd::service(self.context, self.namespace, &pages.service, &place),
            query: pages.query.to_string(),
            rewrites: rewrites.collect::<Option<_>>()?,
        })))
    }
}

/// An expression that Go takes.
fn taken(source: &str) -> Option<Pattern> {
    let pattern = go_pattern(source);
    (!pattern.is_refused()).then_some(pattern)
}

fn forward_auth(forward: &ForwardAuth) -> BuiltKind {
    taken(&forward.auth_response_headers_regex)?;
    let by_status = forward.auth_response_headers.is_empty()
        && forward.auth_response_headers_regex.is_empty()
        && forward.add_auth_cookies_to_response.is_empty()
        && forward.header_field.is_empty()
        && forward.tls.is_none()
        && !forward.forward_body
        && !forward.preserve_request_method;
    (!forward.address.is_empty()).then(|| MiddlewareKind::ForwardAuth(forward.address.clone(), by_status))
}

fn denied_escapes(characters: &EncodedCharacters) -> Vec<&'static str> {
    let escapes = [
        (characters.allow_encoded_slash, "%2F"),
        (characters.allow_encoded_back_slash, "%5C"),
        (characters.allow_encoded_null_character, "%00"),
        (characters.allow_encoded_semicolon, "%3B"),
        (characters.allow_encoded_percent, "%25"),
        (characters.allow_encoded_question_mark, "%3F"),
        (characters.allow_encoded_hash, "%23"),
    ];
    escapes.into_iter().filter(|(allowed, _)| !allowed).map(|(_, escape)| escape).collect()
}

fn buffering(buffering: &Buffering) -> BuiltKind {
    let limits = [
        buffering.max_request_body_bytes,
        buffering.mem_request_body_bytes,
        buffering.max_response_body_bytes,
        buffering.mem_response_body_bytes,
    ];
    let retry = &buffering.retry_expression;
    let valid = retry.is_empty() || expression::is_valid(retry, expression::BUFFERING);
    let most = u64::try_from(buffering.max_request_body_bytes).ok()?;
    (valid && limits.iter().all(|limit| *limit >= 0)).then_some(MiddlewareKind::Buffering(most))
}

fn header_kind(told: &MiddlewareHeaders) -> BuiltKind {
    let patterns = told.access_control_allow_origin_list_regex.iter();
    let patterns = patterns.map(|source| {
        let pattern = Pattern::new(source.clone(), crate::http::Dialect::Re2, false);
        (!pattern.is_refused()).then_some(pattern)
    });
    let patterns = patterns.collect::<Option<Vec<_>>>()?;
    headers::is_configured(told).then(|| MiddlewareKind::Headers(Box::new(told.clone()), patterns))
}

fn is_duration(value: Option<&IntOrString>) -> bool {
    value.is_none_or(|value| seconds_or_duration(&value.to_string()).is_some())
}

fn is_valid_limit(limit: &RateLimit) -> bool {
    let period = limit.period.as_ref().map(|period| seconds_or_duration(&period.to_string()));
    let fine = !matches!(period, Some(None)) && period.flatten().is_none_or(|period| period >= 0);
    fine && address::is_valid_criterion(limit.source_criterion.as_ref())
}

fn is_valid_breaker(breaker: &CircuitBreaker) -> bool {
    let times = [&breaker.check_period, &breaker.fallback_duration, &breaker.recovery_duration];
    times.iter().all(|time| is_duration(time.as_ref()))
        && expression::is_valid(&breaker.expression, expression::CIRCUIT_BREAKER)
}

fn is_valid_compress(compress: &Compress) -> bool {
    const KNOWN: &[&str] = &["gzip", "br", "zstd"];
    let both = !compress.excluded_content_types.is_empty() && !compress.included_content_types.is_empty();
    let is_type = |text: &Text| !text.trim().is_empty() && !text.starts_with([';', '/']);
    let types = compress.excluded_content_types.iter().chain(&compress.included_content_types);
    let encodings: Vec<&str> = match &compress.encodings {
        Some(encodings) => encodings.iter().map(|encoding| &**encoding).collect(),
        None => KNOWN.to_vec(),
    };
    let usual = compress.default_encoding.as_deref().filter(|encoding| !encoding.is_empty());
    !both
        && types.into_iter().all(is_type)
        && !encodings.is_empty()
        && encodings.iter().all(|encoding| KNOWN.contains(encoding))
        && usual.is_none_or(|usual| encodings.contains(&usual))
}

fn is_valid_retry(retry: &Retry) -> bool {
    let statuses = StatusRanges::parse(retry.status.iter().map(|status| &**status));
    let has_reason = !retry.status.is_empty() || !retry.disable_retry_on_network_error;
    let times = is_duration(retry.initial_interval.as_ref()) && is_duration(retry.timeout.as_ref());
    retry.attempts > 0 && has_reason && statuses.is_some() && times
}
