//! The schemas of the Gateway API's CRDs (v1.6, standard channel), as far as routing reads them.

use crate::manifest::validate::crd::Check::{
    Below, Codes, Distinct, Form as Text, Items, Keyed, Length, OneOf, Required, Whole,
};
use crate::manifest::validate::crd::{Check, Form, Table};

pub(super) const HOSTNAME: Form = Form {
    pattern: r"^(\*\.)?[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$",
    takes: |text| is_subdomain(text.strip_prefix("*.").unwrap_or(text)),
};
const PRECISE: Form =
    Form { pattern: r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$", takes: is_subdomain };
const GROUP: Form = Form {
    pattern: r"^$|^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$",
    takes: |text| text.is_empty() || is_subdomain(text),
};
const KIND: Form = Form {
    pattern: "^[a-zA-Z]([-a-zA-Z0-9]*[a-zA-Z0-9])?$",
    takes: |text| is_label(&text.to_ascii_lowercase()) && text.starts_with(|c: char| c.is_ascii_alphabetic()),
};
const NAMESPACE: Form = Form { pattern: "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$", takes: is_label };
const HEADER: Form = Form {
    pattern: r"^[A-Za-z0-9!#$%&'*+\-.^_\x60|~]+$",
    takes: |text| !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c)),
};
const PROTOCOL: Form = Form {
    pattern: r"^[a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?$|[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\/[A-Za-z0-9]+$",
    takes: |text| match text.split_once('/') {
        Some((domain, path)) => is_subdomain(domain) && is_alphanumeric(path),
        None => is_label(&text.to_ascii_lowercase()),
    },
};
const CONTROLLER: Form = Form {
    pattern: r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\/[A-Za-z0-9\/\-._~%!$&'()*+,;=:]+$",
    takes: |text| {
        let path = |c: char| c.is_ascii_alphanumeric() || "/-._~%!$&'()*+,;=:".contains(c);
        text.split_once('/')
            .is_some_and(|(domain, rest)| is_subdomain(domain) && !rest.is_empty() && rest.chars().all(path))
    },
};
const ORIGIN: Form = Form {
    pattern: r"(^\*$)|(^(http(s)?):\/\/(((\*\.)?([a-zA-Z0-9\-]+\.)*[a-zA-Z0-9-]+|\*)(:([0-9]{1,5}))?)$)",
    takes: is_origin,
};
const DURATION: Form = Form { pattern: "^([0-9]{1,5}(h|m|s|ms)){1,4}$", takes: is_duration };

const NAME: &[Check] = &[Required, Length(1, 253)];
const SECTION: &[Check] = &[Length(1, 253), Text(&PRECISE)];
const PORT: &[Check] = &[Whole(1, 65_535)];
const VALUE: &[Check] = &[Required, Length(1, 4096)];
const HEADER_NAME: &[Check] = &[Required, Length(1, 256), Text(&HEADER)];
const MATCH_TYPE: &[Check] = &[OneOf(&["Exact", "RegularExpression"])];
const FROM: &[&str] = &["All", "Selector", "Same", "None"];

const REFERENCE: Table = &[
    ("group", &[Length(0, 253), Text(&GROUP)]),
    ("kind", &[Length(1, 63), Text(&KIND)]),
    ("name", NAME),
    ("namespace", &[Length(1, 63), Text(&NAMESPACE)]),
    ("port", PORT),
];
const PARENTS: Table = &[
    ("spec.parentRefs", &[Items(0, 32)]),
    ("spec.parentRefs[]", &[Below(REFERENCE)]),
    ("spec.parentRefs[].sectionName", SECTION),
];
const HOSTNAMES: Table =
    &[("spec.hostnames", &[Items(0, 16)]), ("spec.hostnames[]", &[Length(1, 253), Text(&HOSTNAME)])];
const BACKEND: Table = &[("weight", &[Whole(0, 1_000_000)])];
const HEADERS: Table = &[
    ("set", &[Items(0, 16), Keyed("name")]),
    ("set[].name", HEADER_NAME),
    ("set[].value", VALUE),
    ("add", &[Items(0, 16), Keyed("name")]),
    ("add[].name", HEADER_NAME),
    ("add[].value", VALUE),
    ("remove", &[Items(0, 16), Distinct]),
];
const PATH_MODIFIER: Table = &[
    ("type", &[Required, OneOf(&["ReplaceFullPath", "ReplacePrefixMatch"])]),
    ("replaceFullPath", &[Length(0, 1024)]),
    ("replacePrefixMatch", &[Length(0, 1024)]),
];
const FILTER: Table = &[
    ("requestHeaderModifier", &[Below(HEADERS)]),
    ("responseHeaderModifier", &[Below(HEADERS)]),
    ("requestRedirect.scheme", &[OneOf(&["http", "https"])]),
    ("requestRedirect.hostname", SECTION),
    ("requestRedirect.path", &[Below(PATH_MODIFIER)]),
    ("requestRedirect.port", PORT),
    ("requestRedirect.statusCode", &[Codes(&[301, 302, 303, 307, 308])]),
    ("urlRewrite.hostname", SECTION),
    ("urlRewrite.path", &[Below(PATH_MODIFIER)]),
    ("requestMirror.backendRef", &[Required, Below(REFERENCE)]),
    ("requestMirror.percent", &[Whole(0, 100)]),
    ("requestMirror.fraction.numerator", &[Required, Whole(0, i64::MAX)]),
    ("requestMirror.fraction.denominator", &[Whole(1, i64::MAX)]),
    ("cors.allowOrigins", &[Items(0, 64), Distinct]),
    ("cors.allowOrigins[]", &[Length(1, 253), Text(&ORIGIN)]),
    ("cors.allowMethods", &[Items(0, 9), Distinct]),
    (
        "cors.allowMethods[]",
        &[OneOf(&["GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH", "*"])],
    ),
    ("cors.allowHeaders", &[Items(0, 64), Distinct]),
    ("cors.allowHeaders[]", &[Length(1, 256), Text(&HEADER)]),
    ("cors.exposeHeaders", &[Items(0, 64), Distinct]),
    ("cors.exposeHeaders[]", &[Length(1, 256), Text(&HEADER)]),
    ("cors.maxAge", &[Whole(1, i64::MAX)]),
];
const HTTP_FILTERS: Table = &[
    ("filters", &[Items(0, 16)]),
    (
        "filters[].type",
        &[
            Required,
            OneOf(&[
                "RequestHeaderModifier",
                "ResponseHeaderModifier",
                "RequestMirror",
                "RequestRedirect",
                "URLRewrite",
                "ExtensionRef",
                "CORS",
            ]),
        ],
    ),
    ("filters[]", &[Below(FILTER)]),
];
const GRPC_FILTERS: Table = &[
    ("filters", &[Items(0, 16)]),
    (
        "filters[].type",
        &[Required, OneOf(&["ResponseHeaderModifier", "RequestHeaderModifier", "RequestMirror", "ExtensionRef"])],
    ),
    ("filters[]", &[Below(FILTER)]),
];
const HTTP_MATCH: Table = &[
    ("path.type", &[OneOf(&["Exact", "PathPrefix", "RegularExpression"])]),
    ("path.value", &[Length(0, 1024)]),
    ("headers", &[Items(0, 16), Keyed("name")]),
    ("headers[].type", MATCH_TYPE),
    ("headers[].name", HEADER_NAME),
    ("headers[].value", VALUE),
    ("queryParams", &[Items(0, 16), Keyed("name")]),
    ("queryParams[].type", MATCH_TYPE),
    ("queryParams[].name", HEADER_NAME),
    ("queryParams[].value", &[Required, Length(1, 1024)]),
    ("method", &[OneOf(&["GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"])]),
];
const GRPC_MATCH: Table = &[
    ("method.type", MATCH_TYPE),
    ("method.service", &[Length(0, 1024)]),
    ("method.method", &[Length(0, 1024)]),
    ("headers", &[Items(0, 16), Keyed("name")]),
    ("headers[].type", MATCH_TYPE),
    ("headers[].name", HEADER_NAME),
    ("headers[].value", VALUE),
];
const CLIENT_VALIDATION: Table = &[
    ("caCertificateRefs", &[Required, Items(1, 8)]),
    ("caCertificateRefs[]", &[Below(REFERENCE)]),
    ("mode", &[OneOf(&["AllowValidOnly", "AllowInsecureFallback"])]),
];
const LISTENERS: Table = &[
    ("spec.listeners[].name", &[Required, Length(1, 253), Text(&PRECISE)]),
    ("spec.listeners[].hostname", &[Length(1, 253), Text(&HOSTNAME)]),
    ("spec.listeners[].port", &[Required, Whole(1, 65_535)]),
    ("spec.listeners[].protocol", &[Required, Length(1, 255), Text(&PROTOCOL)]),
    ("spec.listeners[].tls.mode", &[OneOf(&["Terminate", "Passthrough"])]),
    ("spec.listeners[].tls.certificateRefs", &[Items(0, 64)]),
    ("spec.listeners[].tls.certificateRefs[]", &[Below(REFERENCE)]),
    ("spec.listeners[].allowedRoutes.namespaces.from", &[OneOf(&["All", "Selector", "Same"])]),
    ("spec.listeners[].allowedRoutes.kinds", &[Items(0, 8)]),
    ("spec.listeners[].allowedRoutes.kinds[].group", &[Length(0, 253), Text(&GROUP)]),
    ("spec.listeners[].allowedRoutes.kinds[].kind", &[Required, Length(1, 63), Text(&KIND)]),
];

pub(super) const GATEWAY_CLASS: Table =
    &[("spec", &[Required]), ("spec.controllerName", &[Required, Length(1, 253), Text(&CONTROLLER)])];
pub(super) const GATEWAY: Table = &[
    ("spec", &[Required]),
    ("spec.gatewayClassName", NAME),
    ("spec.listeners", &[Required, Items(1, 64), Keyed("name")]),
    ("", &[Below(LISTENERS)]),
    ("spec.addresses", &[Items(0, 16)]),
    ("spec.tls.frontend.default", &[Required]),
    ("spec.tls.frontend.default.validation", &[Below(CLIENT_VALIDATION)]),
    ("spec.tls.frontend.perPort", &[Items(0, 64)]),
    ("spec.tls.frontend.perPort[].port", &[Required, Whole(1, 65_535)]),
    ("spec.tls.frontend.perPort[].tls", &[Required]),
    ("spec.tls.frontend.perPort[].tls.validation", &[Below(CLIENT_VALIDATION)]),
    ("spec.allowedListeners.namespaces.from", &[OneOf(FROM)]),
];
pub(super) const LISTENER_SET: Table = &[
    ("spec", &[Required]),
    ("spec.parentRef", &[Required, Below(REFERENCE)]),
    ("spec.listeners", &[Required, Items(1, 64), Keyed("name")]),
    ("", &[Below(LISTENERS)]),
];
pub(super) const HTTP_ROUTE: Table = &[
    ("spec", &[Required]),
    ("", &[Below(PARENTS), Below(HOSTNAMES)]),
    ("spec.rules", &[Items(1, 16)]),
    ("spec.rules[]", &[Below(HTTP_FILTERS)]),
    ("spec.rules[].name", SECTION),
    ("spec.rules[].matches", &[Items(0, 64)]),
    ("spec.rules[].matches[]", &[Below(HTTP_MATCH)]),
    ("spec.rules[].backendRefs", &[Items(0, 16)]),
    ("spec.rules[].backendRefs[]", &[Below(REFERENCE), Below(BACKEND), Below(HTTP_FILTERS)]),
    ("spec.rules[].timeouts.request", &[Text(&DURATION)]),
    ("spec.rules[].timeouts.backendRequest", &[Text(&DURATION)]),
];
pub(super) const GRPC_ROUTE: Table = &[
    ("", &[Below(PARENTS), Below(HOSTNAMES)]),
    ("spec.rules", &[Items(1, 16)]),
    ("spec.rules[]", &[Below(GRPC_FILTERS)]),
    ("spec.rules[].name", SECTION),
    ("spec.rules[].matches", &[Items(0, 64)]),
    ("spec.rules[].matches[]", &[Below(GRPC_MATCH)]),
    ("spec.rules[].backendRefs", &[Items(0, 16)]),
    ("spec.rules[].backendRefs[]", &[Below(REFERENCE), Below(BACKEND), Below(GRPC_FILTERS)]),
];
/// TCPRoute and UDPRoute.
pub(super) const FORWARD_ROUTE: Table = &[
    ("spec", &[Required]),
    ("", &[Below(PARENTS)]),
    ("spec.rules", &[Required, Items(1, 1)]),
    ("spec.rules[].name", SECTION),
    ("spec.rules[].backendRefs", &[Required, Items(1, 16)]),
    ("spec.rules[].backendRefs[]", &[Below(REFERENCE), Below(BACKEND)]),
];
pub(super) const TLS_ROUTE: Table = &[
    ("spec.hostnames", &[Required, Items(1, 1024)]),
    ("spec.hostnames[]", &[Length(1, 253), Text(&HOSTNAME)]),
    ("", &[Below(FORWARD_ROUTE)]),
];
pub(super) const REFERENCE_GRANT: Table = &[
    ("spec.from", &[Required, Items(1, 16)]),
    ("spec.from[].group", &[Required, Length(0, 253), Text(&GROUP)]),
    ("spec.from[].kind", &[Required, Length(1, 63), Text(&KIND)]),
    ("spec.from[].namespace", &[Required, Length(1, 63), Text(&NAMESPACE)]),
    ("spec.to", &[Required, Items(1, 16)]),
    ("spec.to[].group", &[Required, Length(0, 253), Text(&GROUP)]),
    ("spec.to[].kind", &[Required, Length(1, 63), Text(&KIND)]),
    ("spec.to[].name", &[Length(1, 253)]),
];
pub(super) const BACKEND_TLS_POLICY: Table = &[
    ("spec", &[Required]),
    ("spec.targetRefs", &[Required, Items(1, 16)]),
    ("spec.targetRefs[].group", &[Required, Length(0, 253), Text(&GROUP)]),
    ("spec.targetRefs[].kind", &[Required, Length(1, 63), Text(&KIND)]),
    ("spec.targetRefs[].name", NAME),
    ("spec.targetRefs[].sectionName", SECTION),
    ("spec.validation", &[Required]),
    ("spec.validation.caCertificateRefs", &[Items(0, 8)]),
    ("spec.validation.hostname", &[Required, Length(1, 253), Text(&PRECISE)]),
];

fn is_alphanumeric(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric())
}

fn is_label(text: &str) -> bool {
    let inner = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    !text.is_empty() && text.chars().all(inner) && !text.starts_with('-') && !text.ends_with('-')
}

fn is_subdomain(text: &str) -> bool {
    text.split('.').all(is_label)
}

fn is_origin(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once("://") else { return text == "*" };
    let (host, port) = rest.split_once(':').map_or((rest, None), |(host, port)| (host, Some(port)));
    let is_label = |label: &str| !label.is_empty() && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    let is_host = host == "*" || host.strip_prefix("*.").unwrap_or(host).split('.').all(is_label);
    let is_port = |port: &str| (1..=5).contains(&port.len()) && port.chars().all(|c| c.is_ascii_digit());
    matches!(scheme, "http" | "https") && is_host && port.is_none_or(is_port)
}

fn is_duration(text: &str) -> bool {
    milliseconds(text).is_some()
}

/// How long a duration is (GEP-2257: up to four numbers of up to five digits, each with its unit).
pub(super) fn milliseconds(text: &str) -> Option<u64> {
    let (mut rest, mut parts, mut whole) = (text, 0, 0);
    while !rest.is_empty() {
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let (number, behind) = rest.split_at_checked(digits)?;
        let units = [("ms", 1), ("h", 3_600_000), ("m", 60_000), ("s", 1_000)];
        let (unit, length) = units.into_iter().find(|(unit, _)| behind.starts_with(unit))?;
        whole += number.parse::<u64>().ok().filter(|_| digits <= 5)? * length;
        (rest, parts) = (behind.strip_prefix(unit)?, parts + 1);
    }
    (1..=4).contains(&parts).then_some(whole)
}
