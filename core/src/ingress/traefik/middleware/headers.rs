//! Headers middlewares: hosts that may be asked for, cross-origin requests, headers for servers and clients
//! (pkg/middlewares/headers, unrolled/secure).

use crate::http::Pattern;
use crate::ingress::verdict::status_response;
use crate::model::middleware::MiddlewareHeaders;
use crate::packet::{Headers, HttpRequest, HttpResponse};

/// Headers whose text is their value.
type TextHeader = (fn(&MiddlewareHeaders) -> &str, &'static str);

const TEXTS: &[TextHeader] = &[
    (|it| &it.content_security_policy, "Content-Security-Policy"),
    (|it| &it.content_security_policy_report_only, "Content-Security-Policy-Report-Only"),
    (|it| &it.referrer_policy, "Referrer-Policy"),
    (|it| &it.permissions_policy, "Permissions-Policy"),
];

/// Whether anything is said that Traefik reads.
pub fn is_configured(it: &MiddlewareHeaders) -> bool {
    let custom = !it.custom_request_headers.is_empty() || !it.custom_response_headers.is_empty();
    custom || is_cross_origin(it) || is_secure(it)
}

fn is_cross_origin(it: &MiddlewareHeaders) -> bool {
    let lists = [
        &it.access_control_allow_headers,
        &it.access_control_allow_methods,
        &it.access_control_allow_origin_list,
        &it.access_control_allow_origin_list_regex,
        &it.access_control_expose_headers,
    ];
    let age = it.access_control_max_age.is_some();
    lists.iter().any(|list| !list.is_empty()) || it.access_control_allow_credentials || age || it.add_vary_header
}

fn is_secure(it: &MiddlewareHeaders) -> bool {
    let switches = [
        it.sts_include_subdomains,
        it.sts_preload,
        it.force_sts_header,
        it.frame_deny,
        it.content_type_nosniff,
        it.browser_xss_filter,
        it.is_development,
    ];
    let texts = [&it.custom_frame_options_value, &it.custom_browser_xss_value, &it.public_key];
    let legacy = [it.ssl_redirect, it.ssl_temporary_redirect, it.ssl_force_host];
    let lists = !it.allowed_hosts.is_empty() || !it.hosts_proxy_headers.is_empty() || !it.ssl_proxy_headers.is_empty();
    lists
        || it.sts_seconds.is_some()
        || switches.contains(&true)
        || texts.iter().any(|text| !text.is_empty())
        || TEXTS.iter().any(|(text, _)| !text(it).is_empty())
        || legacy.contains(&Some(true))
        || [&it.ssl_host, &it.feature_policy].iter().any(|text| text.as_ref().is_some_and(|text| !text.is_empty()))
}

/// Whether allowedHosts leaves the host out.
pub fn refuses_host(it: &MiddlewareHeaders, request: &HttpRequest) -> bool {
    let mut told = it.hosts_proxy_headers.iter().filter_map(|name| request.headers.value(name));
    let host = told.find(|host| !host.is_empty()).unwrap_or(&request.host);
    let is_allowed = it.allowed_hosts.iter().any(|allowed| allowed.eq_ignore_ascii_case(host));
    !it.allowed_hosts.is_empty() && !it.is_development && !is_allowed
}

/// The answer to a preflight (processCorsHeaders).
pub fn preflight(it: &MiddlewareHeaders, patterns: &[Pattern], request: &HttpRequest) -> Option<HttpResponse> {
    // 1. Whether it is a preflight that this middleware answers.
    let text = |name: &str| request.headers.value(name).filter(|value| !value.is_empty());
    let method = text("Access-Control-Request-Method")?;
    let origin = text("Origin").filter(|_| is_cross_origin(it) && request.method == "OPTIONS")?;
    let mut response = status_response(200);
    let mut set = |name: &str, value: &str| response.headers.set(name, value);
    // 2. Headers and methods: with credentials a star becomes what was asked for.
    let credentials = it.access_control_allow_credentials;
    if credentials {
        set("Access-Control-Allow-Credentials", "true");
    }
    let any = |list: &[crate::model::Text]| credentials && list.iter().any(|value| &**value == "*");
    if any(&it.access_control_allow_headers) {
        if let Some(wanted) = text("Access-Control-Request-Headers") {
            set("Access-Control-Allow-Headers", wanted);
        }
    } else if !it.access_control_allow_headers.is_empty() {
        set("Access-Control-Allow-Headers", &it.access_control_allow_headers.join(","));
    }
    if any(&it.access_control_allow_methods) {
        set("Access-Control-Allow-Methods", method);
    } else if !it.access_control_allow_methods.is_empty() {
        set("Access-Control-Allow-Methods", &it.access_control_allow_methods.join(","));
    }
    // 3. Origin, age and exposed headers, as configured.
    if let Some(allowed) = allowed_origin(it, patterns, origin) {
        set("Access-Control-Allow-Origin", &allowed);
    }
    if let Some(age) = it.access_control_max_age {
        set("Access-Control-Max-Age", &age.to_string());
    }
    if let Some(exposed) = exposed_headers(it) {
        set("Access-Control-Expose-Headers", &exposed);
    }
    Some(response)
}

fn allowed_origin(it: &MiddlewareHeaders, patterns: &[Pattern], origin: &str) -> Option<String> {
    let listed = it.access_control_allow_origin_list.iter().find(|&item| &**item == origin || &**item == "*");
    if let Some(listed) = listed {
        let is_any = &**listed == "*" && it.access_control_allow_credentials;
        return Some(if is_any { origin.to_owned() } else { listed.to_string() });
    }
    patterns.iter().any(|pattern| pattern.is_match(origin) == Some(true)).then(|| origin.to_owned())
}

fn exposed_headers(it: &MiddlewareHeaders) -> Option<String> {
    let list = &it.access_control_expose_headers;
    let any = it.access_control_allow_credentials && list.iter().any(|value| &**value == "*");
    (!list.is_empty() && !any).then(|| list.join(","))
}

/// The headers that servers get: an empty value takes one away; Host is the request's own host.
pub fn change_request(it: &MiddlewareHeaders, request: &mut HttpRequest) {
    for (name, value) in &it.custom_request_headers {
        match (name.eq_ignore_ascii_case("host"), value.is_empty()) {
            (_, true) => request.headers.remove(name),
            (true, false) => request.host = value.to_string(),
            (false, false) => request.headers.set(name, value),
        }
    }
}

/// The headers of answers; an empty value takes one away. The inner secure headers come before the outer custom ones.
pub fn of_answer(
    it: &MiddlewareHeaders,
    patterns: &[Pattern],
    request: &HttpRequest,
    is_tls: bool,
) -> Vec<(String, String)> {
    let mut headers = secure_headers(it, request, is_tls);
    let custom = it.custom_response_headers.iter();
    headers.extend(custom.map(|(name, value)| (name.to_string(), value.to_string())));
    let origin = request.headers.value("Origin").unwrap_or_default();
    let mut add = |name: &str, value: String| headers.push((name.to_owned(), value));
    if let Some(allowed) = allowed_origin(it, patterns, origin) {
        add("Access-Control-Allow-Origin", allowed);
    }
    if it.access_control_allow_credentials {
        add("Access-Control-Allow-Credentials", "true".to_owned());
    }
    if let Some(exposed) = exposed_headers(it) {
        add("Access-Control-Expose-Headers", exposed);
    }
    headers
}

fn secure_headers(it: &MiddlewareHeaders, request: &HttpRequest, is_tls: bool) -> Vec<(String, String)> {
    let told_tls = it.ssl_proxy_headers.iter().any(|(name, value)| request.headers.value(name) == Some(value));
    let ssl = is_tls || told_tls;
    let mut headers: Vec<(&str, String)> = Vec::new();
    let custom = |value: &str| Some(value.to_owned()).filter(|value| !value.is_empty());
    if let Some(age) = it.sts_seconds.filter(|age| *age != 0 && (ssl || it.force_sts_header) && !it.is_development) {
        let below = if it.sts_include_subdomains { "; includeSubDomains" } else { "" };
        let preload = if it.sts_preload { "; preload" } else { "" };
        headers.push(("Strict-Transport-Security", format!("max-age={age}{below}{preload}")));
    }
    let frame = it.frame_deny.then(|| "DENY".to_owned());
    headers.extend(custom(&it.custom_frame_options_value).or(frame).map(|value| ("X-Frame-Options", value)));
    headers.extend(it.content_type_nosniff.then(|| ("X-Content-Type-Options", "nosniff".to_owned())));
    let filter = it.browser_xss_filter.then(|| "1; mode=block".to_owned());
    headers.extend(custom(&it.custom_browser_xss_value).or(filter).map(|value| ("X-Xss-Protection", value)));
    let pins = custom(&it.public_key).filter(|_| ssl && !it.is_development);
    headers.extend(pins.map(|value| ("Public-Key-Pins", value)));
    headers.extend(TEXTS.iter().filter_map(|(text, name)| Some((*name, custom(text(it))?))));
    headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// Headers put on an answer by one middleware after another, the innermost first.
pub fn put_on(answer: &mut Headers, layer: &[(String, String)]) {
    for (name, value) in layer {
        if value.is_empty() { answer.remove(name) } else { answer.set(name, value) }
    }
}
