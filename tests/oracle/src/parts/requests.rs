//! Proxies: where a request lands, what the backend sees, what the client gets back.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use whichpod_core::report::{LandingReport, Report};

use crate::asking::{self, AskedWorld, AskingClient};
use crate::recording::RecordedQuestion;
use crate::verdict::{Difference, Verdict};

pub mod landing;

/// A line of curl, and what came of it.
#[derive(Debug, Deserialize)]
pub struct RequestRecord {
    id: String,
    part: String,
    world: String,
    from: Option<String>,
    #[serde(default)]
    run: String,
    real: RealAnswer,
}

/// Only what is there is compared.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RealAnswer {
    /// Every backend seen in all draws; an address where there is no pod.
    #[serde(default)]
    pods: Vec<String>,
    /// A cluster IP was asked: any pod of it.
    service: Option<String>,
    draws: Option<u32>,
    /// None among them: no HTTP answer at all.
    status: Option<Vec<Option<u16>>>,
    /// curl's exit status where there was no answer.
    curl: Option<i32>,
    #[serde(default, deserialize_with = "present")]
    location: Option<Option<String>>,
    path: Option<String>,
    host: Option<String>,
    tls: Option<bool>,
    headers: Option<BTreeMap<String, String>>,
    response: Option<BTreeMap<String, serde_json::Value>>,
    /// The proxy loads no configuration any more, with these words.
    refuses_configuration: Option<String>,
}

/// Tells a null from what is absent.
fn present<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Option<String>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// An Ingress, and what the admission webhook said of it.
#[derive(Debug, Deserialize)]
pub struct WebhookRecord {
    id: String,
    world: String,
    object: String,
    real: RealAdmission,
}

#[derive(Debug, Deserialize)]
struct RealAdmission {
    allowed: bool,
    message: Option<String>,
}

impl RecordedQuestion for RequestRecord {
    fn id(&self) -> &str {
        &self.id
    }

    fn world(&self) -> Option<&str> {
        Some(&self.world)
    }
}

impl RecordedQuestion for WebhookRecord {
    fn id(&self) -> &str {
        &self.id
    }

    fn world(&self) -> Option<&str> {
        Some(&self.world)
    }
}

/// Compares one request.
pub fn compare_request(world: &AskedWorld<'_>, record: &RequestRecord) -> Vec<(String, Verdict)> {
    if let Some(words) = &record.real.refuses_configuration {
        return vec![("check".to_owned(), refused_configuration(world, words))];
    }
    let asking = AskingClient { from: record.from.as_deref(), libc: None };
    let verdict = match world.trace(asking, &record.run) {
        Ok(report) => compare_report(&report, record),
        Err(message) => Verdict::Unknown(message),
    };
    vec![(record.run.clone(), verdict)]
}

fn refused_configuration(world: &AskedWorld<'_>, words: &str) -> Verdict {
    let report = world.simulation.check();
    if report.diagnostics.iter().any(|found| found.message.contains(words)) {
        return Verdict::Equal;
    }
    Verdict::Different(vec![Difference::new("configuration refused there", "not said", words)])
}

fn compare_report(report: &Report, record: &RequestRecord) -> Verdict {
    if report.landings.iter().any(|landing| landing.outcome == "unknown") {
        let hops = report.legs.iter().flat_map(|leg| &leg.hops);
        let why = hops.filter(|hop| hop.decision == "unknown").map(|hop| hop.text.clone()).next();
        return Verdict::Unknown(why.unwrap_or_default());
    }
    let outcome = landing::OutcomeOfAll::new(&report.landings);
    if !outcome.agrees(&record.real) {
        return Verdict::Different(vec![Difference::new("outcome", outcome.shown(), shown(&record.real))]);
    }
    // The first answer is of one of the ways.
    let mut details = report.landings.iter().map(|way| landing::differences(way, &record.real, &record.part));
    let first = details.next().unwrap_or_default();
    let agrees = !first.is_empty() && details.any(|details| details.is_empty());
    Verdict::of(if agrees { Vec::new() } else { first })
}

/// Whether it is decided when the proxy loads its configuration.
pub(crate) fn is_by_chance(report: &Report) -> bool {
    let mut causes = report.legs.iter().flat_map(|leg| &leg.hops).flat_map(|hop| hop.because.iter());
    causes.any(|cause| cause.text.as_ref().is_some_and(|text| text.contains("by chance")))
}

fn shown(real: &RealAnswer) -> String {
    let status = real.status.iter().flatten().map(|status| status.map_or("none".into(), |status| status.to_string()));
    let service = real.service.iter().map(|service| format!("Service {service}"));
    real.pods.iter().cloned().chain(service).chain(status).collect::<Vec<_>>().join(" ")
}

/// Compares the webhook's words: `kubectl apply` would print them, so an error or a warning of ours may hold them.
pub fn compare_webhook(world: &AskedWorld<'_>, record: &WebhookRecord) -> Vec<(String, Verdict)> {
    let text = format!("{}---\n{}\n", world.recorded.manifests, record.object);
    let report = asking::check(&text);
    let said: Vec<String> = report.diagnostics.iter().map(|found| squeezed(&found.message)).collect();
    let words = squeezed(record.real.message.as_deref().unwrap_or_default());
    let difference = if record.real.allowed {
        let ours: Vec<&String> =
            said.iter().filter(|said| said.contains("admission") || said.contains("webhook")).collect();
        (!ours.is_empty()).then(|| Difference::of_values("refused here, allowed there", &ours, &""))
    } else {
        let is_said = said.iter().any(|said| said.contains(&words));
        (!is_said).then(|| Difference::new("refusal not said", said.join("\n"), words.clone()))
    };
    vec![("check".to_owned(), Verdict::of(difference.into_iter().collect()))]
}

fn squeezed(text: &str) -> String {
    text.split(char::is_whitespace).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// The backends that we name, with their shares.
fn backends(landings: &[LandingReport]) -> BTreeMap<String, f64> {
    let mut shares = BTreeMap::new();
    for landing in landings.iter().filter(|landing| landing.outcome == "delivered") {
        let backend = landing.pod.clone().or_else(|| landing.address.clone()).unwrap_or_default();
        *shares.entry(backend).or_default() += landing.share;
    }
    shares
}

/// The outcomes, once each.
fn outcomes(landings: &[LandingReport]) -> BTreeSet<&str> {
    landings.iter().map(|landing| landing.outcome.as_str()).collect()
}
