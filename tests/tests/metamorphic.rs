//! Laws over generated clusters: what must not change an answer, and what may only change it in one direction.

#![cfg(not(target_arch = "wasm32"))]

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use whichpod_core::cluster::SettingOverrides;
use whichpod_core::console::client;
use whichpod_core::matrix::{MatrixSelection, matrix};
use whichpod_core::report::{Report, ReportDetail};
use whichpod_core::simulation::Simulation;
use whichpod_core::source::Sources;
use whichpod_core::trace::{Resolution, Share};
use whichpod_tests::cases::cases;

#[path = "generated/cluster.rs"]
mod generated;

use generated::{GeneratedCluster, GeneratedQuestion, generated_cluster};

fn simulation(documents: &[String]) -> Simulation {
    Simulation::new(Sources::new([("any.yaml", documents.join("---\n"))]), &SettingOverrides::default())
}

fn answer(simulation: &Simulation, question: &GeneratedQuestion) -> Option<(Option<Resolution>, Report)> {
    let run = simulation.run(&client::parse(&question.from, "default").ok()?, &question.command, None).ok()?;
    let report = simulation.report(&run, ReportDetail { all: true, ..ReportDetail::default() });
    Some((run.resolution, report))
}

/// What a client sees of an answer: where it lands, how often, as whom, and what the tool prints.
fn seen(simulation: &Simulation, question: &GeneratedQuestion) -> Option<BTreeSet<String>> {
    let (_, report) = answer(simulation, question)?;
    let landings = report.landings.iter().map(|landing| {
        format!(
            "{:?} {} {:?} {:?} {:?} {:?} {:?} {:?}",
            landing.fraction,
            landing.outcome,
            landing.pod,
            landing.status,
            landing.path,
            landing.host,
            landing.source_ip,
            landing.headers
        )
    });
    Some(landings.collect())
}

fn answers(simulation: &Simulation, questions: &[GeneratedQuestion]) -> Vec<Option<BTreeSet<String>>> {
    questions.iter().map(|question| seen(simulation, question)).collect()
}

/// The answers to all questions stay the same when documents are put before or behind those of the cluster.
fn stay_the_same(cluster: &GeneratedCluster, added: &[String]) -> Result<(), TestCaseError> {
    let (documents, questions) = (cluster.documents(""), cluster.questions(""));
    let given = answers(&simulation(&documents), &questions);
    for changed in [[added, &documents].concat(), [&documents, added].concat()] {
        let changed = answers(&simulation(&changed), &questions);
        for ((question, given), changed) in questions.iter().zip(&given).zip(changed) {
            prop_assert_eq!(given, &changed, "{:?}", question);
        }
    }
    Ok(())
}

/// Objects in a namespace of their own, which nobody asks for.
const UNRELATED: &[&str] = &[
    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c, namespace: elsewhere}\n",
    "apiVersion: v1\nkind: Secret\nmetadata: {name: s, namespace: elsewhere}\n",
    "apiVersion: v1\nkind: Service\nmetadata: {name: zz, namespace: elsewhere}\nspec: {selector: {app: zz}, ports: [{port: 80}]}\n",
    "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: deny, namespace: elsewhere}\nspec: {podSelector: {}}\n",
    "apiVersion: v1\nkind: Namespace\nmetadata: {name: elsewhere}\n",
    "apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: cj, namespace: elsewhere}\nspec: {schedule: '0 3 * * *', jobTemplate: \
     {spec: {template: {spec: {restartPolicy: Never, containers: [{name: c, image: nginx}]}}}}}\n",
    "apiVersion: example.com/v1\nkind: Thing\nmetadata: {name: t, namespace: elsewhere}\n",
];

/// Objects that the API server refuses.
const REFUSED: &[&str] = &[
    "apiVersion: v1\nkind: Service\nmetadata: {name: svc0}\nspec: {selector: {app: none}, ports: [{port: 99999}]}\n",
    "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: deny}\nspec: {podSelector: {}, policyTypes: [Sideways]}\n",
    "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: all}\nspec: {ingressClassName: nginx, rules: [{http: {paths: \
     [{path: no-slash, pathType: Prefix, backend: {service: {name: svc0, port: {number: 80}}}}]}}]}\n",
    "apiVersion: v1\nkind: Service\nmetadata: {name: zz}\nspec: {type: NodePort, selector: {app: app0}, ports: [{port: 80, nodePort: 80}]}\n",
    "apiVersion: v1\nkind: Service\nmetadata: {name: zz}\nspec: {type: LoadBalancer, selecter: {app: app0}, ports: [{port: 80}]}\n",
    "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: zz}\nspec: {selector: {matchLabels: {app: app0}}, template: {metadata: \
     {labels: {app: app1}}, spec: {containers: [{name: c, image: nginx}]}}}\n",
    "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: zz}\nspec: {replicas: -1, selector: {matchLabels: {app: app0}}, \
     template: {metadata: {labels: {app: app0}}, spec: {containers: [{name: c, image: nginx}]}}}\n",
    "apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: zz}\nspec: {selector: {matchLabels: {app: app0}}, template: {metadata: \
     {labels: {app: app0}}, spec: {containers: [{name: c, image: nginx, ports: [{containerPort: 0}]}]}}}\n",
    "apiVersion: v1\nkind: Endpoints\nmetadata: {name: svc0}\nsubsets: [{addresses: [{ip: 127.0.0.1}], ports: [{port: 80}]}]\n",
    "apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: {name: zz, labels: {kubernetes.io/service-name: svc0}}\n\
     addressType: IPv4\nports: [{port: 80}]\nendpoints: [{addresses: [name.test]}]\n",
    "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: deny}\nspec: {podSelector: {}, ingress: [{from: [{ipBlock: \
     {cidr: 10.0.0.0/40}}]}]}\n",
    "apiVersion: networking.k8s.io/v1\nkind: IngressClass\nmetadata: {name: Plain, annotations: \
     {ingressclass.kubernetes.io/is-default-class: 'true'}}\nspec: {controller: example.com/ingress}\n",
    "apiVersion: v1\nkind: Namespace\nmetadata: {name: reds, labels: {'a b': c}}\n",
    "apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata: {name: zz}\nspec: {parentRefs: [{name: gw}], rules: \
     [{matches: [{path: {type: Prefix, value: /}}], backendRefs: [{name: svc1, port: 80}]}]}\n",
    "apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\nmetadata: {name: gw}\nspec: {gatewayClassName: class, listeners: \
     [{name: http, port: 99999, protocol: HTTP}]}\n",
    "apiVersion: traefik.io/v1alpha1\nkind: IngressRoute\nmetadata: {name: zz}\nspec: {routes: [{kind: Rules, match: \
     'PathPrefix(`/`)', services: [{name: svc1, port: 80}]}]}\n",
    "apiVersion: v1\nkind: Pod\nmetadata: {name: Big, labels: {app: app0}}\nspec: {containers: [{name: c, image: nginx}]}\n",
];

/// What is printed and read again.
const PRINTED: [&str; 15] = [
    "nodes",
    "ns",
    "deployments",
    "replicasets",
    "statefulsets",
    "daemonsets",
    "pods",
    "svc",
    "endpointslices",
    "networkpolicies",
    "ingressclasses",
    "ingresses",
    "gatewayclasses",
    "gateways",
    "httproutes",
];

proptest! {
    #![proptest_config(cases(48))]

    #[test]
    fn declaring_namespaces_changes_nothing(cluster in generated_cluster()) {
        let names = cluster.namespaces("");
        let declared: Vec<String> =
            names.iter().map(|name| format!("apiVersion: v1\nkind: Namespace\nmetadata: {{name: {name}}}\n")).collect();
        stay_the_same(&cluster, &declared)?;
    }

    #[test]
    fn unrelated_and_refused_objects_change_nothing(cluster in generated_cluster()) {
        let added: Vec<String> = UNRELATED.iter().map(ToString::to_string).collect();
        stay_the_same(&cluster, &added)?;
        // A refused Service beside one of its name would be the change of one, which keeps what it was.
        let twin = cluster.documents("").iter().any(|document| document.contains("name: svc0, namespace: default"));
        let refused = REFUSED.iter().filter(|refused| !(twin && refused.contains("name: svc0}")));
        stay_the_same(&cluster, &refused.map(ToString::to_string).collect::<Vec<_>>())?;
    }

    #[test]
    fn order_and_files_change_nothing((cluster, order) in generated_cluster().prop_flat_map(|cluster| {
        let documents = cluster.documents("");
        (Just(cluster), Just(documents).prop_shuffle())
    })) {
        let questions = cluster.questions("");
        let given = answers(&simulation(&cluster.documents("")), &questions);
        let files = order.iter().enumerate().map(|(number, text)| (format!("{number}.yaml"), text.clone()));
        let split = Simulation::new(Sources::new(files), &SettingOverrides::default());
        prop_assert_eq!(&given, &answers(&simulation(&order), &questions));
        prop_assert_eq!(&given, &answers(&split, &questions));
    }

    /// Every answer has landings, whose shares make one; none of them is nothing.
    #[test]
    fn shares_make_one(cluster in generated_cluster()) {
        let simulation = simulation(&cluster.documents(""));
        for question in cluster.questions("") {
            let Some((Some(resolution), _)) = answer(&simulation, &question) else { continue };
            let shares = || resolution.landings.iter().map(|landing| landing.share);
            prop_assert_eq!(Share::sum(shares()), Share::ONE, "{:?}", question);
            prop_assert!(shares().all(|share| !share.is_zero()), "{:?}", question);
        }
    }

    /// With other names, whose order is the same, requests end in the same ways.
    #[test]
    fn other_names_change_nothing(cluster in generated_cluster()) {
        let ends = |prefix: &str| {
            let simulation = simulation(&cluster.documents(prefix));
            let of = |question: &GeneratedQuestion| {
                let (_, report) = answer(&simulation, question)?;
                let mut ends: BTreeMap<(String, Option<u16>, Option<String>), Share> = BTreeMap::new();
                for landing in &report.landings {
                    let (part, whole) = landing.fraction.unwrap_or((0, 1));
                    let share = Share::of(part, whole);
                    let app = landing.service.as_ref().map(|service| service.replace(prefix, ""));
                    let end = ends.entry((landing.outcome.clone(), landing.status, app)).or_insert(Share::ZERO);
                    *end = end.plus(share);
                }
                Some(ends)
            };
            let bare = |question: &GeneratedQuestion| (question.from.replace(prefix, ""), question.command.replace(prefix, ""));
            cluster.questions(prefix).iter().map(|question| (bare(question), of(question))).collect::<BTreeMap<_, _>>()
        };
        prop_assert_eq!(ends(""), ends("qq"));
    }

    /// One more rule that allows takes nothing away.
    #[test]
    fn a_rule_that_allows_takes_nothing_away(cluster in generated_cluster()) {
        let allow = |namespace: &str| {
            format!(
                "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {{name: zz-allow, namespace: {namespace}}}\nspec: \
                 {{podSelector: {{matchLabels: {{app: app0}}}}, policyTypes: [], ingress: [{{}}]}}\n"
            )
        };
        // Without types a policy isolates for ingress, so it is added only where another one does already.
        let documents = cluster.documents("");
        let isolated = |namespace: &str| documents.iter().any(|document| {
            document.contains("kind: NetworkPolicy")
                && document.contains(&format!("namespace: {namespace}}}"))
                && document.contains("podSelector: {}")
                && document.contains("policyTypes: [Ingress]")
        });
        let added: Vec<String> = ["reds", "blues", "default"].into_iter().filter(|it| isolated(it)).map(allow).collect();
        let (before, after) = (simulation(&documents), simulation(&[documents.clone(), added].concat()));
        for question in cluster.questions("") {
            let arrives = |simulation: &Simulation| {
                let (resolution, _) = answer(simulation, &question)?;
                Some(resolution?.share_of(whichpod_core::trace::Outcome::Delivered))
            };
            prop_assert!(arrives(&after) >= arrives(&before), "{:?}", question);
        }
    }

    /// What kubectl prints makes the same cluster.
    #[test]
    fn printed_objects_make_the_same_cluster(cluster in generated_cluster()) {
        let given = simulation(&cluster.documents(""));
        let printed = PRINTED.map(|kind| {
            let command = format!("kubectl get {kind} -A -o yaml");
            answer(&given, &GeneratedQuestion { from: "external".to_owned(), command })
                .and_then(|(_, report)| report.stdout)
                .unwrap_or_default()
        });
        let printed = simulation(&printed);
        for question in cluster.questions("") {
            prop_assert_eq!(seen(&given, &question), seen(&printed, &question), "{:?}", question);
        }
    }

    /// The matrix says of each client and port what a trace says.
    #[test]
    fn the_matrix_agrees_with_traces(cluster in generated_cluster()) {
        let simulation = simulation(&cluster.documents(""));
        let cells = matrix(&simulation, &MatrixSelection { from: None, to: None, limit: 10_000 });
        for cell in cells.unwrap_or_default() {
            // A name may need a DNS server that a policy forbids.
            let Some((address, port)) = cell.address.as_deref().and_then(|it| it.rsplit_once(':')) else { continue };
            // The name of a headless Service leads to all of its pods, one address to one.
            if address.starts_with("10.244.") {
                continue;
            }
            let command = format!("nc -z {address} {port}");
            let Some((_, report)) = answer(&simulation, &GeneratedQuestion { from: cell.from.clone(), command }) else {
                continue;
            };
            prop_assert_eq!(&report.outcome, &cell.outcome, "{} to {}", cell.from, cell.service);
            let pods: BTreeSet<String> = report.landings.iter().filter_map(|landing| landing.pod.clone()).collect();
            prop_assert_eq!(pods, cell.pods, "{} to {}", cell.from, cell.service);
        }
    }
}
