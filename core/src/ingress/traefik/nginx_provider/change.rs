//! Middlewares that change a request or an answer: cross-origin requests, and other paths.

use super::path;
use super::serve::StepEnd;
use super::step::{CorsStep, RewriteTarget};
use crate::http::{Dialect, Pattern};
use crate::ingress::verdict::{redirect_response, status_response};
use crate::limits::expands_too_far;
use crate::packet::HttpRequest;
use crate::source::FieldRef;
use crate::trace::{IngressControllerRule, ModelGap};

impl CorsStep {
    /// headers/header.go: a preflight is answered whatever the origin; other answers bear the headers.
    pub fn pass(&self, request: &HttpRequest, headers: &mut Vec<(String, String)>) -> Option<StepEnd> {
        // 1. The origin that is allowed, which is the client's own where a star comes with credentials.
        let origin = request.headers.value("Origin").unwrap_or_default();
        let listed = self.origins.iter().find(|item| *item == origin || *item == "*");
        let matched = listed.map(|item| if item == "*" && self.credentials { origin } else { item.as_str() });
        // 2. The headers that every answer bears.
        let mut own: Vec<(String, String)> = Vec::new();
        let mut add = |name: &str, value: &str| own.push((format!("Access-Control-{name}"), value.to_owned()));
        if let Some(origin) = matched {
            add("Allow-Origin", origin);
        }
        if self.credentials {
            add("Allow-Credentials", "true");
        }
        let hidden = self.credentials && self.exposed.iter().any(|name| name == "*");
        if !self.exposed.is_empty() && !hidden {
            add("Expose-Headers", &self.exposed.join(","));
        }
        // 3. What is no preflight goes on.
        let asked = request.headers.value("Access-Control-Request-Method").filter(|_| request.method == "OPTIONS");
        let Some(method) = asked.filter(|method| !method.is_empty() && !origin.is_empty()) else {
            headers.extend(own);
            return None;
        };
        // 4. A preflight's headers, methods and age.
        let any = |list: &[String]| self.credentials && list.iter().any(|name| name == "*");
        let wanted = request.headers.value("Access-Control-Request-Headers");
        match (any(&self.headers), wanted) {
            (true, Some(wanted)) => add("Allow-Headers", wanted),
            (true, None) => {}
            (false, _) => add("Allow-Headers", &self.headers.join(",")),
        }
        let methods = if any(&self.methods) { method.to_owned() } else { self.methods.join(",") };
        add("Allow-Methods", &methods);
        add("Max-Age", &self.max_age.to_string());
        let mut response = status_response(200);
        response.headers.0 = own;
        Some(StepEnd::Answered(response, IngressControllerRule::CorsPreflight))
    }
}

impl RewriteTarget {
    /// ingressnginx/rewritetarget ServeHTTP.
    pub fn pass(&self, request: &mut HttpRequest, line: &FieldRef) -> Option<StepEnd> {
        // 1. What can't be told: replacements that grow too far, and expressions that aren't supported.
        let unknown = || Some(StepEnd::Unknown(ModelGap::Field(line.clone())));
        let replace = |with: &str| match &self.pattern {
            Some(pattern) => Some(pattern.regex()?.replace_all(&request.path, with).into_owned()),
            None => Some(without_groups(with)),
        };
        if expands_too_far(&request.path, &self.replacement) {
            return unknown();
        }
        let matches = match &self.pattern {
            Some(pattern) => pattern.is_match(&request.path),
            None => Some(true),
        };
        match matches {
            Some(true) => {}
            Some(false) => return None,
            None => return unknown(),
        }
        // 2. The target with its groups filled in.
        let Some(target) = replace(&self.replacement) else { return unknown() };
        if target.is_empty() {
            return Some(StepEnd::Answered(status_response(500), IngressControllerRule::BadPath));
        }
        // 3. A URL is redirected to.
        if self.is_url {
            let query = request.query.as_ref().filter(|_| !target.contains('?'));
            let query = query.map(|query| format!("?{query}")).unwrap_or_default();
            return Some(StepEnd::Answered(
                redirect_response(302, format!("{target}{query}")),
                IngressControllerRule::RewrittenToUrl,
            ));
        }
        // 4. The prefix is told to the backend.
        if let Some(prefix) = self.prefix.as_ref().and_then(|prefix| replace(prefix)) {
            request.headers.set("X-Forwarded-Prefix", &prefix);
        }
        // 5. A path that no server takes is refused; others replace the request's.
        let Some(decoded) = crate::http::path::percent_decode(&target) else {
            return Some(StepEnd::Answered(status_response(500), IngressControllerRule::BadPath));
        };
        // Without a slash in front it makes a request that no server takes.
        if !path::is_clean(&decoded) || !decoded.starts_with('/') {
            return Some(StepEnd::Answered(status_response(400), IngressControllerRule::BadPath));
        }
        request.path = path::request_line(&target)?;
        None
    }
}

/// A target without an expression: its groups are nothing.
fn without_groups(target: &str) -> String {
    let digits = Pattern::new(r"\$[0-9]+", Dialect::Re2, false);
    digits.regex().map_or_else(|| target.to_owned(), |regex| regex.replace_all(target, "").into_owned())
}
