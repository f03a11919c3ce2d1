//! Landings against what the laboratory's backends and clients saw.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use whichpod_core::report::LandingReport;

use super::{RealAnswer, backends, outcomes};
use crate::verdict::Difference;

/// Headers of answers that differ with every run, or that the laboratory makes.
pub const RESPONSE: [&str; 10] = [
    "x-echo",
    "date",
    "content-length",
    "content-type",
    "connection",
    "vary",
    "server",
    "transfer-encoding",
    "keep-alive",
    "location",
];

/// Headers of answers that only say more than we say of any answer.
const SELDOM_SAID: [&str; 3] = ["www-authenticate", "x-content-type-options", "retry-after"];

/// Likewise towards the backend.
const REQUEST: [&str; 11] = [
    "x-forwarded-server",
    "x-request-id",
    "x-real-ip",
    "accept-encoding",
    "user-agent",
    "content-length",
    "content-type",
    "traceparent",
    "tracestate",
    "x-scheme",
    "connection",
];

const REQUEST_NGINX: [&str; 8] = [
    "x-request-id",
    "x-forwarded-scheme",
    "accept-encoding",
    "user-agent",
    "content-length",
    "content-type",
    "connection",
    "x-original-forwarded-for",
];

const REQUEST_ENVOY: [&str; 6] = [
    "x-forwarded-host",
    "x-forwarded-port",
    "x-envoy-internal",
    "x-envoy-external-address",
    "x-envoy-expected-rq-timeout-ms",
    "x-envoy-attempt-count",
];

/// How unlikely it must be that a backend wasn't met, to be a difference.
const CHANCE: f64 = 1e-3;

/// All landings together.
pub(super) struct OutcomeOfAll<'l> {
    landings: &'l [LandingReport],
    shares: BTreeMap<String, f64>,
    statuses: BTreeSet<u16>,
}

impl<'l> OutcomeOfAll<'l> {
    pub(super) fn new(landings: &'l [LandingReport]) -> Self {
        let responded = landings.iter().filter(|landing| landing.outcome == "responded");
        Self {
            landings,
            shares: backends(landings),
            statuses: responded.filter_map(|landing| landing.status).collect(),
        }
    }

    /// Whether backends and statuses are those that were met.
    pub(super) fn agrees(&self, real: &RealAnswer) -> bool {
        self.backends_agree(real) && self.statuses_agree(real)
    }

    fn backends_agree(&self, real: &RealAnswer) -> bool {
        let delivered = self.landings.iter().filter(|landing| landing.outcome == "delivered");
        if let Some(service) = &real.service {
            let services: BTreeSet<_> = delivered.map(|landing| landing.service.as_deref()).collect();
            // Asked seldom, one of several may be missed.
            let is_missable = services.len() == 1 || real.draws.unwrap_or(1) < 8;
            return is_missable && services.contains(&Some(service.as_str()));
        }
        let there: BTreeSet<&str> = real.pods.iter().map(String::as_str).collect();
        if self.shares.is_empty() && !there.is_empty() {
            return false;
        }
        let addresses: BTreeSet<&str> = delivered.filter_map(|landing| landing.address.as_deref()).collect();
        let draws = f64::from(real.draws.unwrap_or(1));
        let may_be_missed = |share: &f64| (1.0 - share).powf(draws) > CHANCE;
        let missed = self.shares.iter().filter(|(backend, _)| !there.contains(backend.as_str()));
        let are_named = there.iter().all(|backend| self.shares.contains_key(*backend));
        are_named && missed.map(|(_, share)| share).all(may_be_missed) || addresses == there
    }

    fn statuses_agree(&self, real: &RealAnswer) -> bool {
        let there: BTreeSet<Option<u16>> = real.status.iter().flatten().copied().collect();
        if there == BTreeSet::from([None]) {
            return self.statuses.is_empty() && self.curl_agrees(real.curl);
        }
        let there: BTreeSet<u16> = there.into_iter().flatten().collect();
        // Where pods answer, too, which of both is met is chance.
        let may_be_missed = real.draws.unwrap_or(1) < 8 && there.is_subset(&self.statuses);
        let is_met = !there.is_empty() || !real.pods.is_empty();
        (self.statuses == there || may_be_missed && is_met)
            && (real.service.is_none() || !there.is_empty() || self.statuses.is_empty())
    }

    /// curl exits 7 where it was refused, 28 where nobody answered, otherwise where it was cut off.
    fn curl_agrees(&self, curl: Option<i32>) -> bool {
        let kinds = outcomes(self.landings);
        match curl {
            None => true,
            Some(28) => !kinds.contains("refused") && !kinds.contains("reset") && !kinds.contains("closed"),
            Some(exit) => (exit == 7) == kinds.contains("refused"),
        }
    }

    /// For people.
    pub(super) fn shown(&self) -> String {
        let others = outcomes(self.landings).into_iter().filter(|kind| !matches!(*kind, "delivered" | "responded"));
        let statuses = self.statuses.iter().map(u16::to_string);
        let words = self.shares.keys().cloned().chain(statuses).chain(others.map(str::to_owned));
        words.collect::<Vec<_>>().join(" ")
    }
}

/// What differs in the details of the first landing.
pub(super) fn differences(landing: &LandingReport, real: &RealAnswer, part: &str) -> Vec<Difference> {
    let mut differences = Vec::new();
    if landing.outcome == "responded" && real.pods.is_empty() && real.service.is_none() {
        let ours = landing.location.clone().filter(|location| !location.is_empty());
        if let Some(location) = real.location.as_ref().filter(|location| **location != ours) {
            differences.push(Difference::of_values("location", &ours, location));
        }
    }
    if landing.outcome == "delivered" {
        differences.extend(at_backend(landing, real, part));
    }
    differences.extend(in_response(landing, real));
    differences
}

fn at_backend(landing: &LandingReport, real: &RealAnswer, part: &str) -> Vec<Difference> {
    let mut differences = Vec::new();
    for (aspect, ours, real) in [("path", &landing.path, &real.path), ("host", &landing.host, &real.host)] {
        if ours.is_some() && real.is_some() && ours != real {
            differences.push(Difference::of_values(aspect, ours, real));
        }
    }
    let protocol = landing.backend_protocol.as_deref().unwrap_or_default().to_lowercase();
    let tls = matches!(protocol.as_str(), "https" | "grpcs" | "h2" | "tls");
    if let Some(real) = real.tls.filter(|real| *real != tls) {
        differences.push(Difference::of_values(
            "scheme",
            &landing.backend_protocol,
            &if real { "TLS" } else { "plain" },
        ));
    }
    let headers = real.headers.iter().flat_map(|real| {
        let names: BTreeSet<&String> = real.keys().chain(landing.headers.keys()).collect();
        let compared = names.into_iter().filter(|name| !is_ignored(name, part));
        compared.filter_map(|name| {
            let (ours, real) = (landing.headers.get(name), real.get(name));
            (ours != real).then(|| Difference::of_values(format!("header {name}"), &ours, &real))
        })
    });
    differences.extend(headers);
    differences
}

fn is_ignored(name: &str, part: &str) -> bool {
    let further: &[&str] = match part {
        "ingress-nginx" => return REQUEST_NGINX.contains(&name),
        "envoy-gateway" => &REQUEST_ENVOY,
        "traefik-gateway" | "traefik-nginx-provider" => &["x-forwarded-for"],
        _ => &[],
    };
    REQUEST.contains(&name) || further.contains(&name)
}

fn in_response(landing: &LandingReport, real: &RealAnswer) -> Vec<Difference> {
    let Some(real) = &real.response else { return Vec::new() };
    let added = landing.response_headers.iter().map(|(name, value)| (name.to_lowercase(), value.as_str()));
    let mut ours: BTreeMap<String, &str> = added.collect();
    if let Some(cookie) = &landing.set_cookie {
        ours.entry("set-cookie".into()).or_insert(cookie);
    }
    let names: BTreeSet<&String> = ours.keys().chain(real.keys()).collect();
    let compared = names.into_iter().filter(|name| !RESPONSE.contains(&name.as_str()));
    let differ = compared.filter_map(|name| {
        let (ours, real) = (ours.get(name).copied(), real.get(name));
        if SELDOM_SAID.contains(&name.as_str()) && ours.is_none() || same_header(name, ours, real) {
            return None;
        }
        Some(Difference::of_values(format!("response {name}"), &ours, &real))
    });
    differ.collect()
}

/// Of a cookie only whether there is one.
fn same_header(name: &str, ours: Option<&str>, real: Option<&Value>) -> bool {
    if name == "set-cookie" {
        return ours.is_some_and(|ours| !ours.is_empty()) == real.is_some_and(|real| *real != Value::Bool(false));
    }
    ours == real.and_then(Value::as_str)
}
