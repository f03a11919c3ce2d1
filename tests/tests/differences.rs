//! Two sets of manifests by request: `tests/cases/diff`.

use std::collections::BTreeMap;

use serde::Deserialize;
use whichpod_core::cluster::SettingOverrides;
use whichpod_core::difference::{self, AnnotationFate, DifferenceReport, IngressFate, ProbeSide};
use whichpod_core::explain::Language;
use whichpod_core::ingress::IngressImplementation;
use whichpod_core::simulation::Simulation;
use whichpod_core::source::Sources;

#[derive(Deserialize)]
struct PairFile {
    bases: BTreeMap<String, String>,
    pairs: Vec<Pair>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Pair {
    id: String,
    /// Where somebody tells that it happened.
    source: Option<String>,
    base: String,
    /// What stands in the base, and what stands there in the new set.
    edits: Vec<(String, String)>,
    changes: Vec<PlantedChange>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PlantedChange {
    kind: String,
    /// A part of the request.
    run: String,
    #[serde(default)]
    before: String,
    #[serde(default)]
    after: String,
}

#[derive(Deserialize)]
struct AnnotationFile {
    bases: BTreeMap<String, String>,
    cases: Vec<AnnotationCase>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AnnotationCase {
    id: String,
    base: String,
    /// The new set, where it isn't the same under another controller.
    new: Option<String>,
    #[serde(default, rename = "as")]
    controllers: Vec<String>,
    ingresses: BTreeMap<String, ExpectedIngress>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpectedIngress {
    /// Whether something lands differently for no annotation.
    others: bool,
    annotations: BTreeMap<String, ExpectedFate>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpectedFate {
    outcome: String,
    run: Option<String>,
    before: Option<String>,
    without: Option<String>,
    after: Option<String>,
}

fn file() -> PairFile {
    serde_yaml::from_str(include_str!("../cases/diff/pairs.yaml")).expect("the pairs")
}

fn simulation(text: &str) -> Simulation {
    Simulation::new(Sources::new([("set.yaml", text)]), &SettingOverrides::default())
}

fn compare(old: &Simulation, new: &Simulation) -> DifferenceReport {
    let requests = difference::derive_requests(&[&old.plane.cluster, &new.plane.cluster], difference::DEFAULT_LIMIT);
    difference::compare(("old", old), ("new", new), &requests)
}

#[test]
fn every_planted_change_is_found() {
    let file = file();
    let mut failures = Vec::new();
    for pair in &file.pairs {
        let old = &file.bases[&pair.base];
        let new = pair.edits.iter().fold(old.clone(), |text, (from, to)| {
            assert!(text.contains(from), "{}: nothing to edit: {from}", pair.id);
            text.replacen(from, to, 1)
        });
        let report = compare(&simulation(old), &simulation(&new));
        for planted in &pair.changes {
            let is_found = report.groups.iter().any(|group| {
                let kind = serde_json::to_value(group.kind).expect("a word");
                let fits = kind == planted.kind.as_str()
                    && group.before.contains(&planted.before)
                    && group.after.contains(&planted.after);
                let asked = group.requests.iter().map(ToString::to_string);
                let mut requests = asked.chain([group.example.command.clone()]);
                fits && requests.any(|request| request.contains(&planted.run))
            });
            if !is_found {
                failures.push(format!(
                    "{}: {} {} isn't found in\n{}",
                    pair.id,
                    planted.kind,
                    planted.run,
                    difference::to_text(&report)
                ));
            }
        }
        if pair.changes.is_empty() && report.changed > 0 {
            failures.push(format!("{}: nothing changed, and yet\n{}", pair.id, difference::to_text(&report)));
        }
    }
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
    let reported = file.pairs.iter().filter(|pair| pair.source.as_deref().is_some_and(|it| it.starts_with("https://")));
    let reported = reported.filter(|pair| !pair.changes.is_empty()).count();
    assert!(reported >= 30, "{reported} pairs that somebody reported");
}

/// A thousand hosts of twenty paths: a change of one of them is found, and so is one of what lies around its path.
#[test]
fn one_change_among_many_rules_is_found() {
    let rule = |host: usize, kind: &str| {
        let paths: String = (0..4)
            .map(|path| {
                format!("      - {{path: /p{path}, pathType: {kind}, backend: {{service: {{name: web, port: {{number: 80}}}}}}}}\n")
            })
            .collect();
        format!(
            "---\napiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {{name: i{host}}}\nspec:\n  ingressClassName: nginx\n  rules:\n  - host: h{host}.example.com\n    http:\n      paths:\n{paths}"
        )
    };
    let base = "apiVersion: networking.k8s.io/v1\nkind: IngressClass\nmetadata: {name: nginx}\nspec: {controller: k8s.io/ingress-nginx}\n\
        ---\napiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {selector: {app: web}, ports: [{port: 80}]}\n\
        ---\napiVersion: v1\nkind: Pod\nmetadata: {name: web, labels: {app: web}}\nspec: {containers: [{name: web, image: web}]}\n";
    let set = |changed: Option<usize>| {
        let rules = (0..60).map(|host| rule(host, if changed == Some(host) { "Exact" } else { "Prefix" }));
        simulation(&rules.fold(base.to_owned(), |text, rule| text + &rule))
    };
    let (old, new) = (set(None), set(Some(33)));
    let requests = difference::derive_requests(&[&old.plane.cluster, &new.plane.cluster], 500);
    assert!(requests.requests.len() <= 500 && !requests.not_asked.is_empty());
    let report = difference::compare(("old", &old), ("new", &new), &requests);
    let found = report.groups.iter().flat_map(|group| &group.requests);
    assert!(
        found.clone().any(|request| request.command.contains("h33.example.com/p3/deeper")),
        "{}",
        difference::to_text(&report)
    );
}

#[test]
fn another_order_changes_nothing() {
    for (name, base) in file().bases {
        let mut documents: Vec<&str> = base.split("---\n").collect();
        documents.reverse();
        let report = compare(&simulation(&base), &simulation(&documents.join("\n---\n")));
        assert!(report.changed == 0 && report.requests > 5, "{name}:\n{}", difference::to_text(&report));
    }
}

#[test]
fn one_set_under_two_controllers() {
    let set = simulation(&file().bases["ingress"]);
    let (nginx, traefik) =
        (set.serve_as(IngressImplementation::IngressNginx), set.serve_as(IngressImplementation::Traefik));
    let report = compare(&nginx, &traefik);
    // Traefik's prefix is one of characters.
    let words = difference::to_text(&report);
    assert!(
        report.groups.iter().any(|group| group.requests.iter().any(|request| request.command.contains("/cartx"))),
        "{words}"
    );
    assert_eq!(compare(&nginx, &nginx).changed, 0);
}

/// What a report says of an Ingress, where it isn't what is expected.
fn contradiction(fate: &IngressFate, expected: &ExpectedIngress) -> Option<String> {
    let name = |name: &str| name.rsplit('/').next().unwrap_or_default().to_owned();
    let told: Vec<String> = fate.annotations.iter().map(|fate| name(&fate.name)).collect();
    if told != expected.annotations.keys().cloned().collect::<Vec<_>>() || (fate.others > 0) != expected.others {
        return Some(format!("{told:?}, others {}", fate.others));
    }
    let is_wrong = |fate: &AnnotationFate, expected: &ExpectedFate| {
        let outcome = serde_json::to_value(fate.outcome).expect("a word");
        let example = fate.example.as_ref();
        let holds = |part: &Option<String>, whole: Option<&str>| {
            part.as_ref().is_none_or(|part| whole.is_some_and(|whole| whole.contains(part.as_str())))
        };
        outcome != expected.outcome.as_str()
            || !holds(&expected.run, example.map(|example| example.command.as_str()))
            || !holds(&expected.before, example.map(|example| example.before.as_str()))
            || !holds(&expected.without, example.and_then(|example| example.without.as_deref()))
            || !holds(&expected.after, example.map(|example| example.after.as_str()))
    };
    let wrong = fate.annotations.iter().zip(expected.annotations.values());
    wrong.into_iter().find(|(fate, expected)| is_wrong(fate, expected)).map(|(fate, _)| format!("{fate:?}"))
}

#[test]
fn what_becomes_of_annotations_is_told() {
    let text = include_str!("../cases/diff/annotations.yaml");
    let AnnotationFile { bases, cases } = serde_yaml::from_str(text).expect("the cases");
    let mut failures = Vec::new();
    for case in &cases {
        let base = simulation(&bases[&case.base]);
        let served = case.controllers.iter().map(|name| {
            base.serve_as(IngressImplementation::from_name(name).unwrap_or_else(|| panic!("{}: {name}", case.id)))
        });
        let sets: Vec<Simulation> = match &case.new {
            Some(new) => vec![base.clone(), simulation(&bases[new])],
            None => served.collect(),
        };
        let [old, new] = sets.as_slice() else { panic!("{}: two sets", case.id) };
        let requests =
            difference::derive_requests(&[&old.plane.cluster, &new.plane.cluster], difference::DEFAULT_LIMIT);
        let answers = [old, new].map(|set| ProbeSide::new(set).answers(&requests.requests));
        let limit = difference::ANNOTATION_LIMIT;
        let report =
            difference::compare_answers(("old", old), ("new", new), &requests, answers, Language::English, limit);
        for (name, expected) in &case.ingresses {
            let fate = report.ingresses.iter().find(|fate| fate.ingress == *name);
            let wrong = fate.map_or_else(|| Some("isn't told of".to_owned()), |fate| contradiction(fate, expected));
            failures.extend(wrong.map(|wrong| format!("{}: {name}: {wrong}", case.id)));
        }
    }
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}
