//! What somebody is told who asks from where nothing leads: a Service's name from outside is the most common first try.

use whichpod_core::cluster::{Cluster, Service, ServiceKind};
use whichpod_core::entrances;
use whichpod_core::explain::Language;
use whichpod_core::report::Report;
use whichpod_core::simulation::Simulation;

use crate::arguments::Question;
use crate::forgiving::command_line;
use crate::text::Style;

/// As many ways in are told.
const WAYS: usize = 2;

/// Sentences that help on.
pub fn hints(simulation: &Simulation, report: &Report, question: &Question, style: Style) -> Vec<String> {
    let cluster = &simulation.plane.cluster;
    let from_outside = question.asker.from.starts_with("external");
    let nowhere = matches!(report.outcome.as_str(), "unresolved" | "unroutable" | "external");
    if !from_outside || !nowhere {
        return without_policies(simulation, style);
    }
    let line = command_line(&question.command);
    let words = line.split(|c: char| c.is_whitespace() || "/:'\"".contains(c)).filter(|word| !word.is_empty());
    let named = words.filter_map(|word| named(cluster, word, &question.asker.namespace)).next();
    let about = named.map(|service| about(cluster, service, style));
    about.into_iter().chain(without_policies(simulation, style)).collect()
}

/// `web`, `web.shop`, `web.shop.svc`, `web.shop.svc.cluster.local`.
fn named<'c>(cluster: &'c Cluster, word: &str, namespace: &str) -> Option<&'c Service> {
    let mut labels = word.trim_end_matches('.').split('.');
    let name = labels.next()?;
    let namespace = labels.next().unwrap_or(namespace);
    let is_service_name = labels.next().is_none_or(|label| label == "svc");
    cluster.services.get(namespace, name).filter(|service| is_service_name && !cluster.is_supplied(&service.reference))
}

fn about(cluster: &Cluster, service: &Service, style: Style) -> String {
    // 1. Who could ask from inside.
    let whole = service.reference.qualified_name();
    let callers = super::asker::names(cluster);
    let caller =
        callers.iter().find(|name| name.starts_with("deploy/") || name.starts_with("pod/")).or(callers.first());
    let from_inside = style.say("; from inside: --from", "; 内部からは: --from");
    let inside = caller.map(|caller| format!("{from_inside} {caller}")).unwrap_or_default();
    // 2. What leads to it from outside.
    let ways = entrances::entrances(cluster).into_iter().filter(|entrance| entrance.from == "external");
    let ways: Vec<String> = ways
        .filter(|entrance| entrance.object == service.reference || leads_to(cluster, entrance, service))
        .map(|entrance| entrance.command)
        .take(WAYS)
        .collect();
    let outside = match ways.as_slice() {
        [] => style.say("; from outside nothing leads to it", "; 外部から届く経路はない").to_owned(),
        ways => {
            format!("{} {}", style.say("; from outside:", "; 外部からは:"), ways.join(style.say(", or ", " または ")))
        }
    };
    // 3. Both in a sentence.
    let kind = kind(service);
    match style.language {
        Language::English => format!(
            "{whole} is a Service of these manifests ({kind}), known by that name only inside the cluster{inside}{outside}"
        ),
        Language::Japanese => {
            format!(
                "{whole} はこのマニフェストの Service ({kind}) で、その名前はクラスター内でのみ使える{inside}{outside}"
            )
        }
    }
}

/// As spec.type has it, or `headless`.
fn kind(service: &Service) -> &'static str {
    match service.kind {
        ServiceKind::Headless => "headless",
        ServiceKind::ExternalName(_) => "ExternalName",
        ServiceKind::ClusterIp => "ClusterIP",
        ServiceKind::NodePort => "NodePort",
        ServiceKind::LoadBalancer => "LoadBalancer",
    }
}

/// Whether the object of an entrance names the Service as a backend.
fn leads_to(cluster: &Cluster, entrance: &entrances::Entrance, service: &Service) -> bool {
    let (namespace, name) = (service.namespace(), service.name());
    if entrance.object.namespace.as_deref() != Some(namespace) {
        return false;
    }
    let ingress =
        cluster.ingresses.get(namespace, &entrance.object.name).filter(|_| &*entrance.object.kind == "Ingress");
    let backends = ingress.iter().flat_map(|ingress| &ingress.spec.rules).filter_map(|rule| rule.http.as_ref());
    let mut backends = backends.flat_map(|http| &http.paths).filter_map(|path| path.backend.service.as_ref());
    let route =
        cluster.http_routes.get(namespace, &entrance.object.name).filter(|_| &*entrance.object.kind == "HTTPRoute");
    let mut references = route.iter().flat_map(|route| &route.spec.rules).flat_map(|rule| &rule.backend_refs);
    backends.any(|backend| *backend.name == *name) || references.any(|backend| *backend.name == *name)
}

/// Objects as a cluster gives them, and no policy among them: somebody forgot to ask for those.
fn without_policies(simulation: &Simulation, style: Style) -> Vec<String> {
    let objects = &simulation.manifests.objects;
    let live = |object: &&whichpod_core::manifest::Object| {
        object.node.child("metadata").is_some_and(|metadata| metadata.child("uid").is_some())
    };
    let has = |kind: &str| objects.iter().any(|object| &*object.reference.kind == kind);
    let all_fetched = simulation.manifests.sources.iter().any(|(_, file)| file.name.starts_with("live:"));
    if all_fetched || has("NetworkPolicy") || objects.iter().filter(live).count() < 2 || !has("Pod") {
        return Vec::new();
    }
    let said = style.say(
        "these are objects of a live cluster, and no NetworkPolicy is among them: `whichpod export` asks for every kind that plays a part",
        "これは実クラスターのオブジェクトだが、NetworkPolicy が含まれていない: `whichpod export` は関係するすべての種類を取得する",
    );
    vec![said.to_owned()]
}
