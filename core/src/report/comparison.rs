//! One question under several Ingress controllers, side by side: what each answer comes to, aspect by aspect.

use serde::{Deserialize, Serialize};

use super::{HopReport, LandingReport, LegReport, Report};
use crate::ingress::IngressImplementation;
use crate::trace::share::percent;

/// `trace --as … --as … -o json` (`whichpod.dev/comparison/v1`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ControllerComparison {
    /// `whichpod.dev/comparison/v1`
    pub schema: String,
    /// The answers, in the order asked for.
    pub answers: Vec<ControllerAnswer>,
    /// What an answer comes to: a line per aspect that some answer has, in the order a reader asks.
    pub aspects: Vec<ComparedAspect>,
    /// Of the answer, where only one was asked for, as `trace -o json` has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,
    /// The landings of the only answer.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub landings: Vec<LandingReport>,
    /// The walk of the only answer.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub legs: Vec<LegReport>,
}

/// The answer under one controller.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ControllerAnswer {
    /// `ingress-nginx`
    #[serde(rename = "as")]
    pub controller: String,
    /// What `trace -o json` prints for it.
    pub answer: Report,
}

/// One line of the table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ComparedAspect {
    /// `outcome`, `pods`, `path` ….
    pub name: String,
    /// Whether the answers differ in it.
    pub differs: bool,
    /// A cell per answer: its lines; none where the answer has nothing of the kind.
    pub values: Vec<Vec<String>>,
}

/// What a cell holds of one landing.
type LandingFacet = fn(&LandingReport) -> Option<String>;

/// What each landing has of its own.
const FACETS: &[(&str, LandingFacet)] = &[
    ("status", |landing| landing.status.map(|status| status.to_string())),
    ("redirects to", |landing| landing.location.clone()),
    ("service", |landing| landing.service.clone().filter(|_| landing.status.is_none())),
    ("pods", pod),
    ("path seen", |landing| landing.path.clone()),
    ("host seen", |landing| landing.host.clone()),
    ("to the pod by", |landing| landing.backend_protocol.clone()),
    ("sets a cookie", |landing| landing.set_cookie.clone()),
    ("rule", |landing| (!landing.rules.is_empty()).then(|| landing.rules.join(", "))),
];

impl ControllerComparison {
    /// Puts answers side by side.
    pub fn new(answers: Vec<(&str, Report)>) -> Self {
        let of = |name: &str, facet: LandingFacet| {
            ComparedAspect::new(name, answers.iter().map(|(_, report)| cell(report, facet)).collect())
        };
        let outcomes = answers.iter().map(|(_, report)| outcomes(report)).collect();
        let mut aspects = vec![ComparedAspect::new("outcome", outcomes)];
        let certificates = answers.iter().map(|(_, report)| certificate(report)).collect();
        aspects.push(ComparedAspect::new("certificate", certificates));
        aspects.extend(FACETS.iter().map(|(name, facet)| of(name, *facet)));
        let because: Vec<Vec<String>> = answers.iter().map(|(_, report)| because(report)).collect();
        aspects.push(ComparedAspect { name: "because".to_owned(), differs: false, values: because });
        aspects.retain(|aspect| aspect.values.iter().any(|lines| !lines.is_empty()));
        let answer = |(name, answer): (&str, Report)| ControllerAnswer { controller: name.to_owned(), answer };
        let only = match answers.as_slice() {
            [(_, only)] => Some(only),
            _ => None,
        };
        Self {
            schema: "whichpod.dev/comparison/v1".to_owned(),
            aspects,
            outcome: only.map(|only| only.outcome.clone()),
            landings: only.map(|only| only.landings.clone()).unwrap_or_default(),
            legs: only.map(|only| only.legs.clone()).unwrap_or_default(),
            answers: answers.into_iter().map(answer).collect(),
        }
    }

    /// The aspects in which the answers differ.
    pub fn differences(&self) -> impl Iterator<Item = &ComparedAspect> {
        self.aspects.iter().filter(|aspect| aspect.differs)
    }
}

impl ComparedAspect {
    fn new(name: &str, values: Vec<Vec<String>>) -> Self {
        let differs = values.windows(2).any(|pair| pair.first() != pair.last());
        Self { name: name.to_owned(), differs, values }
    }
}

/// How the request ends, with shares where it ends in several ways.
fn outcomes(report: &Report) -> Vec<String> {
    let mut shares: Vec<(&str, f64)> = Vec::new();
    for landing in &report.landings {
        match shares.iter_mut().find(|(outcome, _)| *outcome == landing.outcome) {
            Some((_, share)) => *share += landing.share,
            None => shares.push((&landing.outcome, landing.share)),
        }
    }
    match shares.as_slice() {
        [(outcome, _)] => vec![(*outcome).to_owned()],
        several => several.iter().map(|(outcome, share)| format!("{} {outcome}", percent(*share))).collect(),
    }
}

/// The different values of all landings, in their order.
fn cell(report: &Report, facet: LandingFacet) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for line in report.landings.iter().filter_map(facet) {
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    lines
}

/// `33.3 % default/web-1`; where it leaves the cluster, the address.
fn pod(landing: &LandingReport) -> Option<String> {
    let whom = landing.pod.as_ref().or(landing.address.as_ref())?;
    Some(format!("{} {whom}", percent(landing.share)))
}

/// The rules by which the controller decided, in words. They differ by nature, so they count as no difference.
fn because(report: &Report) -> Vec<String> {
    let decided = controllers_hops(report).find(|hop| hop.decision != "pass");
    let causes = decided.map(|hop| &*hop.because).unwrap_or_default();
    causes.iter().filter_map(|cause| cause.text.as_deref()).map(str::to_owned).collect()
}

/// The certificate shown in the TLS handshake, which is a hop of its own.
fn certificate(report: &Report) -> Vec<String> {
    let shown = controllers_hops(report).find(|hop| hop.decision == "pass");
    let chosen = shown.and_then(|hop| hop.candidates.iter().find(|candidate| candidate.fate == "chosen"));
    chosen.map(|candidate| candidate.what.clone()).into_iter().collect()
}

fn controllers_hops(report: &Report) -> impl Iterator<Item = &HopReport> {
    let hops = report.legs.iter().flat_map(|leg| &leg.hops).map(|hop| &**hop);
    hops.filter(|hop| IngressImplementation::ALL.iter().any(|one| one.facts().component == hop.component))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::SettingOverrides;
    use crate::report::ReportDetail;
    use crate::request::RequestClient;
    use crate::simulation::Simulation;
    use crate::source::Sources;

    const SHOP: &str = "apiVersion: networking.k8s.io/v1\nkind: IngressClass\nmetadata: {name: nginx}\n\
        spec: {controller: k8s.io/ingress-nginx}\n---\napiVersion: v1\nkind: Service\nmetadata: {name: web}\n\
        spec: {selector: {app: web}, ports: [{port: 80}]}\n---\napiVersion: v1\nkind: Pod\n\
        metadata: {name: web, labels: {app: web}}\nspec: {containers: [{name: web, image: web}]}\n---\n\
        apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: shop}\nspec:\n  ingressClassName: nginx\n  rules:\n\
        \x20 - http: {paths: [{path: /cart, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}\n";

    fn compare(command: &str) -> ControllerComparison {
        let simulation = Simulation::new(Sources::new([("shop.yaml", SHOP)]), &SettingOverrides::default());
        let mut answers = Vec::new();
        for implementation in [IngressImplementation::IngressNginx, IngressImplementation::Traefik] {
            let simulation = simulation.serve_as(implementation);
            let run = simulation.run(&RequestClient::External(None), command, None).unwrap();
            answers.push((implementation.name(), simulation.report(&run, ReportDetail::default())));
        }
        ControllerComparison::new(answers)
    }

    #[test]
    fn the_same_answer_differs_in_nothing() {
        let comparison = compare("curl http://INGRESS/cart");
        assert_eq!(comparison.differences().count(), 0, "{:?}", comparison.aspects);
        let pods = comparison.aspects.iter().find(|aspect| aspect.name == "pods").unwrap();
        assert_eq!(pods.values, [["100 % default/web"], ["100 % default/web"]]);
    }

    #[test]
    fn a_controller_chooses_a_rule_and_then_an_endpoint() {
        let simulation = Simulation::new(Sources::new([("shop.yaml", SHOP)]), &SettingOverrides::default());
        let run = simulation.run(&RequestClient::External(None), "curl http://INGRESS/cart", None).unwrap();
        let report = simulation.report(&run, ReportDetail::default());
        let hop = controllers_hops(&report).next().unwrap();
        let chosen = hop.candidates.iter().filter(|candidate| candidate.fate == "chosen");
        let chosen: Vec<&str> = chosen.map(|candidate| &*candidate.what).collect();
        assert_eq!(chosen.len(), 2, "{chosen:?}");
        assert!(chosen[0].starts_with("ingress default/shop"), "{chosen:?}");
    }

    #[test]
    fn a_prefix_is_of_elements_or_of_characters() {
        let comparison = compare("curl http://INGRESS/cartoon");
        let outcome = comparison.differences().find(|aspect| aspect.name == "outcome").unwrap();
        assert_eq!(outcome.values, [["responded"], ["delivered"]]);
    }
}
