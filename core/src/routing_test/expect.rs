//! What a routing test expects, and how an answer is held against it.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use crate::report::{LandingReport, NO_OUTCOME, RecordReport, Report};

/// The expected facts; each only where it matters.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct CaseExpectation {
    /// `delivered`, `refused` …; of every landing, unless weights say otherwise. `mixed` where they differ, `none` where the
    /// command asks the network nothing.
    pub outcome: Option<String>,
    /// The status that a proxy answers with.
    pub status: Option<u16>,
    /// Where its redirect leads.
    pub location: Option<String>,
    /// Exactly the pods that may answer; a bare name is in namespace default, `*` stands for any letters.
    pub pods: Option<Vec<String>>,
    /// Exactly the workloads whose pods may answer: `deploy/cart`, `shop/cart`, `cart`.
    pub workload: Option<OneOrMany>,
    /// The Service, or several when traffic splits.
    pub service: Option<OneOrMany>,
    /// The rules that matched.
    pub rule: Option<OneOrMany>,
    /// Shares by Service, or by `status 500`.
    pub weights: Option<BTreeMap<String, f64>>,
    /// `client`, `node`, `proxy`, or an address.
    pub source_ip_seen: Option<String>,
    /// The path as the pod sees it.
    pub path_seen: Option<String>,
    /// The host as the pod sees it.
    pub host_seen: Option<String>,
    /// Headers as the pod sees them.
    pub headers_seen: Option<BTreeMap<String, String>>,
    /// Headers that the pod doesn't see.
    pub headers_absent: Option<Vec<String>>,
    /// The port at which the pod is reached, behind targetPort.
    pub pod_port: Option<u16>,
    /// What a proxy goes through.
    pub via: Option<String>,
    /// What a proxy speaks to the backend.
    pub backend_protocol: Option<String>,
    /// The Services that get copies.
    pub mirrored_to: Option<OneOrMany>,
    /// How a cookie begins that is set.
    pub set_cookie: Option<String>,
    /// Headers of the answer.
    pub response_headers: Option<BTreeMap<String, String>>,
    /// gRPC's status.
    pub grpc_status: Option<String>,
    /// `ingress` or `egress`.
    pub denied_at: Option<String>,
    /// Of the DNS answer used.
    pub rcode: Option<String>,
    /// Exactly its records, as `NAME TYPE DATA`, in any order; `*` stands for one word, and a record may be cut short.
    pub answers: Option<Vec<String>>,
    /// Records among the additional ones.
    pub additional: Option<Vec<String>>,
    /// Records among the authority's.
    pub authority: Option<Vec<String>>,
    /// Of every answer record.
    pub ttl: Option<u32>,
    /// What went on the wire, in order.
    pub queries: Option<Vec<String>>,
    /// What the tool prints.
    pub stdout: Option<String>,
    /// How it exits.
    pub exit: Option<i32>,
    /// Address and port that the client connects to.
    pub connect: Option<String>,
    /// /etc/resolv.conf, for `cat /etc/resolv.conf`.
    pub resolv_conf: Option<ExpectedResolvConf>,
    /// Variables, for `env`.
    pub env: Option<BTreeMap<String, String>>,
    /// Variables that aren't there.
    pub env_absent: Option<Vec<String>>,
}

/// One text or several.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(untagged)]
pub enum OneOrMany {
    /// A text by itself.
    One(String),
    /// Several.
    Many(Vec<String>),
}

/// The parts of /etc/resolv.conf; options in any order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct ExpectedResolvConf {
    nameservers: Vec<String>,
    search: Vec<String>,
    options: Vec<String>,
}

impl OneOrMany {
    /// All of them, order and repetitions left aside.
    pub fn to_set(&self) -> BTreeSet<String> {
        match self {
            Self::One(one) => [one.clone()].into(),
            Self::Many(many) => many.iter().cloned().collect(),
        }
    }
}

impl CaseExpectation {
    /// Whether nothing is expected.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// What differs, one line each; nothing if the answer is as expected.
    pub fn differences(&self, report: &Report) -> Vec<String> {
        let mut differences = ExpectationDifferences::default();
        self.landings(report, &mut differences);
        self.weights(report, &mut differences);
        self.seen_by_pods(report, &mut differences);
        self.proxied(report, &mut differences);
        self.names(report, &mut differences);
        self.printed(report, &mut differences);
        differences.0
    }

    fn landings(&self, report: &Report, out: &mut ExpectationDifferences) {
        // 1. Outcome and status, unless weights are expected of each.
        let landings = &report.landings;
        if self.weights.is_none() {
            let found = match self.outcome.as_deref() {
                Some("mixed" | NO_OUTCOME) => report.outcome.clone(),
                _ => one_of(landings, |landing| Some(landing.outcome.clone())),
            };
            out.equal("outcome", &self.outcome, &found);
            out.equal(
                "status",
                &self.status.map(|status| status.to_string()),
                &one_of(landings, |landing| landing.status),
            );
        }
        // 2. What all landings share.
        out.equal("location", &self.location, &one_of(landings, |landing| landing.location.clone()));
        out.equal("denied_at", &self.denied_at, &one_of(landings, |landing| landing.denied_at.clone()));
        // 3. Who gets it: pods, workloads, Services.
        if let Some(pods) = &self.pods {
            let expected = pods.iter().map(|pod| with_namespace(pod)).collect();
            let delivered = landings.iter().filter(|landing| landing.outcome == "delivered");
            out.fits("pods", expected, delivered.filter_map(|landing| landing.pod.clone()).collect(), names_pod);
        }
        if let Some(workload) = &self.workload {
            let delivered = landings.iter().filter(|landing| landing.outcome == "delivered");
            let found = delivered.map(|landing| landing.workload.clone().unwrap_or_else(|| "none".to_owned()));
            out.fits("workload", workload.to_set(), found.collect(), names_workload);
        }
        if let Some(service) = &self.service {
            let served = landings.iter().filter(|landing| landing.outcome == "delivered");
            let expected = service.to_set().iter().map(|name| with_namespace(name)).collect();
            out.same_set("service", expected, served.filter_map(|landing| landing.service.clone()).collect());
        }
        // 4. The rules of those kinds that are named.
        if let Some(rule) = &self.rule {
            let expected = rule.to_set();
            let kinds: BTreeSet<&str> = expected.iter().filter_map(|rule| rule.split(' ').next()).collect();
            let rules = landings.iter().flat_map(|landing| landing.rules.iter().cloned());
            let found = rules.filter(|rule| rule.split(' ').next().is_some_and(|kind| kinds.contains(kind)));
            out.same_set("rule", expected.clone(), found.collect());
        }
    }

    fn weights(&self, report: &Report, out: &mut ExpectationDifferences) {
        let Some(weights) = &self.weights else { return };
        let mut found: BTreeMap<String, f64> = BTreeMap::new();
        for landing in &report.landings {
            let key = match (&landing.service, landing.status) {
                (_, Some(status)) => format!("status {status}"),
                (Some(service), None) => service.clone(),
                (None, None) => landing.outcome.clone(),
            };
            *found.entry(key).or_default() += landing.share;
        }
        let round = |weights: &BTreeMap<String, f64>| -> BTreeSet<String> {
            weights.iter().map(|(name, share)| format!("{name} {share:.4}")).collect()
        };
        out.same_set("weights", round(weights), round(&found));
    }

    fn seen_by_pods(&self, report: &Report, out: &mut ExpectationDifferences) {
        // 1. The landings in pods.
        let delivered: Vec<&LandingReport> =
            report.landings.iter().filter(|landing| landing.outcome == "delivered").collect();
        let each = |fact: fn(&LandingReport) -> Option<String>| one_of(delivered.iter().copied(), fact);
        // 2. The client's address, by kind or by itself.
        match self.source_ip_seen.as_deref() {
            Some("client" | "node" | "proxy") => {
                out.equal("source_ip_seen", &self.source_ip_seen, &each(|landing| landing.source_kind.clone()));
            }
            _ => {
                let source = each(|landing| landing.source_ip.map(|source| source.to_string()));
                out.equal("source_ip_seen", &self.source_ip_seen, &source);
            }
        }
        // 3. What was asked of them.
        out.equal("path_seen", &self.path_seen, &each(|landing| landing.path.clone()));
        out.equal("host_seen", &self.host_seen, &each(|landing| landing.host.clone()));
        let port = each(|landing| landing.address.as_ref()?.rsplit_once(':').map(|(_, port)| port.to_owned()));
        out.equal("pod_port", &self.pod_port.map(|port| port.to_string()), &port);
        // 4. Headers that are there, and those that aren't.
        for (name, value) in self.headers_seen.iter().flatten() {
            let found =
                one_of(delivered.iter().copied(), |landing| landing.headers.get(&name.to_ascii_lowercase()).cloned());
            out.equal(&format!("headers_seen {name}"), &Some(value.clone()), &found);
        }
        for name in self.headers_absent.iter().flatten() {
            if delivered.iter().any(|landing| landing.headers.contains_key(&name.to_ascii_lowercase())) {
                out.say(format!("headers_absent: {name} is there"));
            }
        }
    }

    fn proxied(&self, report: &Report, out: &mut ExpectationDifferences) {
        let landings = &report.landings;
        out.equal("via", &self.via, &one_of(landings, |landing| landing.via.clone()));
        out.equal(
            "backend_protocol",
            &self.backend_protocol,
            &one_of(landings, |landing| landing.backend_protocol.clone()),
        );
        out.equal("grpc_status", &self.grpc_status, &one_of(landings, |landing| landing.grpc_status.clone()));
        if let Some(mirrors) = &self.mirrored_to {
            let found = landings.iter().flat_map(|landing| landing.mirrored_to.keys().cloned()).collect();
            out.same_set("mirrored_to", mirrors.to_set(), found);
        }
        if let Some(cookie) = &self.set_cookie {
            let sets = |landing: &LandingReport| landing.set_cookie.as_ref().is_some_and(|set| set.starts_with(cookie));
            if !landings.iter().all(sets) || landings.is_empty() {
                out.say(format!("set_cookie: expected one that begins with {cookie}"));
            }
        }
        for (name, value) in self.response_headers.iter().flatten() {
            let found = one_of(landings, |landing| landing.response_headers.get(&name.to_ascii_lowercase()).cloned());
            out.equal(&format!("response_headers {name}"), &Some(value.clone()), &found);
        }
    }

    fn names(&self, report: &Report, out: &mut ExpectationDifferences) {
        // 1. Code and connection.
        let dns = report.dns.as_ref();
        let records =
            |section: fn(&crate::report::DnsReport) -> &Vec<RecordReport>| dns.map_or(&[][..], |dns| section(dns));
        out.equal(
            "rcode",
            &self.rcode,
            &dns.and_then(|dns| dns.rcode.clone()).unwrap_or_else(|| "no answer".to_owned()),
        );
        out.connects(self.connect.as_ref(), report.connect.as_ref());
        // 2. The answers, all of them; of other sections those that are named.
        if let Some(expected) = &self.answers {
            let found = records(|dns| &dns.answers);
            out.records("answers", expected, found);
            for extra in found.iter().filter(|record| !expected.iter().any(|line| matches(line, record))) {
                out.say(format!("answers: {} wasn't expected", line(extra)));
            }
        }
        out.records("additional", self.additional.iter().flatten(), records(|dns| &dns.additional));
        out.records("authority", self.authority.iter().flatten(), records(|dns| &dns.authority));
        // 3. The TTL and the queries.
        let ttl = one_of(records(|dns| &dns.answers), |record| Some(record.ttl));
        out.equal("ttl", &self.ttl.map(|ttl| ttl.to_string()), &ttl);
        if let Some(queries) = &self.queries {
            let found = dns.map_or(&[][..], |dns| &dns.queries);
            if queries != found {
                out.say(format!("queries: expected {queries:?}, found {found:?}"));
            }
        }
    }

    fn printed(&self, report: &Report, out: &mut ExpectationDifferences) {
        let stdout = report.stdout.clone().unwrap_or_else(|| "not determined".to_owned());
        out.equal("stdout", &self.stdout, &stdout);
        out.equal(
            "exit",
            &self.exit.map(|exit| exit.to_string()),
            &report.exit.map_or("none".to_owned(), |exit| exit.to_string()),
        );
        if let Some(expected) = &self.resolv_conf {
            expected.compare(&stdout, out);
        }
        let variables: BTreeMap<&str, &str> = stdout.lines().filter_map(|line| line.split_once('=')).collect();
        for (name, value) in self.env.iter().flatten() {
            let found = variables.get(name.as_str()).map_or("unset".to_owned(), ToString::to_string);
            out.equal(&format!("env {name}"), &Some(value.clone()), &found);
        }
        for name in self.env_absent.iter().flatten().filter(|name| variables.contains_key(name.as_str())) {
            out.say(format!("env_absent: {name} is set"));
        }
    }
}

impl ExpectedResolvConf {
    fn compare(&self, file: &str, out: &mut ExpectationDifferences) {
        let words = |keyword: &str| -> Vec<String> {
            let lines = file.lines().filter_map(|line| line.strip_prefix(keyword));
            lines.flat_map(|line| line.split_whitespace().map(str::to_owned)).collect()
        };
        let compare = |out: &mut ExpectationDifferences, name: &str, expected: &[String], found: Vec<String>| {
            if expected != found {
                out.say(format!("resolv_conf {name}: expected {expected:?}, found {found:?}"));
            }
        };
        compare(out, "nameservers", &self.nameservers, words("nameserver "));
        compare(out, "search", &self.search, words("search "));
        out.same_set(
            "resolv_conf options",
            self.options.iter().cloned().collect(),
            words("options ").into_iter().collect(),
        );
    }
}

#[derive(Default)]
struct ExpectationDifferences(Vec<String>);

impl ExpectationDifferences {
    fn say(&mut self, difference: String) {
        self.0.push(difference);
    }

    fn equal(&mut self, what: &str, expected: &Option<String>, found: &str) {
        if let Some(expected) = expected.as_ref().filter(|expected| *expected != found) {
            self.say(format!("{what}: expected {expected}, found {found}"));
        }
    }

    fn connects(&mut self, expected: Option<&String>, found: Option<&String>) {
        let found = found.map_or("nothing", String::as_str);
        self.equal("connect", &expected.cloned(), found);
    }

    fn same_set(&mut self, what: &str, expected: BTreeSet<String>, found: BTreeSet<String>) {
        if expected != found {
            self.say(format!("{what}: expected {expected:?}, found {found:?}"));
        }
    }

    /// Each that was found is named, and each name finds something.
    fn fits(&mut self, what: &str, expected: BTreeSet<String>, found: BTreeSet<String>, names: fn(&str, &str) -> bool) {
        let named = found.iter().all(|found| expected.iter().any(|expected| names(expected, found)));
        let used = expected.iter().all(|expected| found.iter().any(|found| names(expected, found)));
        if !named || !used {
            self.say(format!("{what}: expected {expected:?}, found {found:?}"));
        }
    }

    fn records<'a>(&mut self, what: &str, expected: impl IntoIterator<Item = &'a String>, found: &[RecordReport]) {
        for wanted in expected {
            if !found.iter().any(|record| matches(wanted, record)) {
                let found: Vec<String> = found.iter().map(line).collect();
                self.say(format!("{what}: {wanted} is missing among {found:?}"));
            }
        }
    }
}

fn with_namespace(name: &str) -> String {
    if name.contains('/') { name.to_owned() } else { format!("default/{name}") }
}

/// `*` stands for any letters.
fn names_pod(expected: &str, found: &str) -> bool {
    let mut parts = expected.split('*');
    let Some(mut rest) = parts.next().and_then(|first| found.strip_prefix(first)) else { return false };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else { return rest.is_empty() };
    for part in middle {
        let Some((_, after)) = rest.split_once(part) else { return false };
        rest = after;
    }
    rest.ends_with(last)
}

/// `deploy/cart`, `deployment/shop/cart`, `shop/cart` or `cart`, of `deployment/shop/cart`.
fn names_workload(expected: &str, found: &str) -> bool {
    const SHORT: [(&str, &str); 5] = [
        ("deploy", "deployment"),
        ("sts", "statefulset"),
        ("ds", "daemonset"),
        ("rs", "replicaset"),
        ("rc", "replicationcontroller"),
    ];
    let Some((kind, whole)) = found.split_once('/') else { return expected == found };
    let mut parts: Vec<&str> = expected.split('/').collect();
    let first = parts.first().copied().unwrap_or_default().to_ascii_lowercase();
    let long = SHORT.iter().find(|(short, _)| *short == first).map_or(first.as_str(), |(_, long)| long);
    let long = long.strip_suffix('s').filter(|bare| *bare == kind).unwrap_or(long);
    if parts.len() > 1 && long == kind {
        parts.remove(0);
    }
    with_namespace(&parts.join("/")) == whole
}

/// The one value of all, or all different ones.
fn one_of<'a, T: 'a, V: ToString>(items: impl IntoIterator<Item = &'a T>, fact: impl Fn(&T) -> Option<V>) -> String {
    let values = items.into_iter().map(|item| fact(item).map_or("none".to_owned(), |value| value.to_string()));
    let values: BTreeSet<String> = values.collect();
    if values.is_empty() { "none".to_owned() } else { values.into_iter().collect::<Vec<_>>().join(" and ") }
}

fn line(record: &RecordReport) -> String {
    format!("{} {} {}", record.name, record.kind, record.data)
}

/// Whether a record is the one expected: word by word, `*` for any, as far as the expectation goes.
fn matches(expected: &str, record: &RecordReport) -> bool {
    let line = line(record);
    let mut found = line.split_whitespace();
    expected.split_whitespace().all(|word| found.next().is_some_and(|found| word == "*" || word == found))
}
