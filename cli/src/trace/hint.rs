//! What somebody is told who asks from where nothing leads: a Service's name from outside is the most common first try.

use whichpod_core::cluster::{Cluster, Service, ServiceKind};
use whichpod_core::console::TOOLS;
use whichpod_core::entrances;
use whichpod_core::explain::Language;
use whichpod_core::manifest::DEFAULT_NAMESPACE;
use whichpod_core::report::{Report, ReportDetail};
use whichpod_core::request::RequestClient;
use whichpod_core::schema::nearest;
use whichpod_core::shell::{load, machine};
use whichpod_core::simulation::Simulation;

use crate::arguments::Question;
use crate::forgiving::{command_line, connection_of, same_by_other};
use crate::text::Style;

/// As many ways in are told.
const WAYS: usize = 2;

/// Sentences that help on.
pub fn hints(simulation: &Simulation, report: &Report, question: &Question, style: Style) -> Vec<String> {
    let cluster = &simulation.plane.cluster;
    let from_outside = question.asker.from.starts_with("external");
    let nowhere = matches!(report.outcome.as_str(), "unresolved" | "unroutable" | "external");
    if !nowhere {
        return without_policies(simulation, style);
    }
    let line = command_line(&question.command);
    let words = || line.split(|c: char| c.is_whitespace() || "/:'\"".contains(c)).filter(|word| !word.is_empty());
    let about = if from_outside {
        let named = words().filter_map(|word| named(cluster, word, &question.asker.namespace)).next();
        named.map(|service| about(simulation, service, style))
    } else {
        let own = own_namespace(simulation, question);
        words().skip(1).filter_map(|word| from_inside(cluster, word, &own, style)).next()
    };
    about.into_iter().chain(without_policies(simulation, style)).collect()
}

/// `web`, `web.shop`, `web.shop.svc`, `web.shop.svc.cluster.local`; without a namespace that of `-n`, else the only one that
/// has such a Service.
fn named<'c>(cluster: &'c Cluster, word: &str, namespace: &str) -> Option<&'c Service> {
    let mut labels = word.trim_end_matches('.').split('.');
    let name = labels.next()?;
    let said = labels.next();
    let is_service_name = labels.next().is_none_or(|label| label == "svc");
    let own = cluster.services.get(said.unwrap_or(namespace), name);
    let found = own.or_else(|| called(cluster, name).next().filter(|_| said.is_none()));
    found.filter(|service| is_service_name && !cluster.is_supplied(&service.reference))
}

/// The pasted Services of that name.
fn called<'c>(cluster: &'c Cluster, name: &str) -> impl Iterator<Item = &'c Service> {
    let pasted = cluster.services.values().filter(|service| !cluster.is_supplied(&service.reference));
    pasted.filter(move |service| service.name() == name)
}

/// The namespace in which a client looks names up.
fn own_namespace(simulation: &Simulation, question: &Question) -> String {
    match super::client_of(simulation, &question.asker) {
        Ok(RequestClient::Pod { namespace, .. } | RequestClient::Workload { namespace, .. }) => namespace.to_string(),
        _ => question.asker.namespace.clone(),
    }
}

/// A bare name that isn't known where it was asked for: a Service of another namespace, or one that is called alike.
fn from_inside(cluster: &Cluster, word: &str, own: &str, style: Style) -> Option<String> {
    // 1. In another namespace.
    let is_bare = !word.contains('.') && !word.starts_with('-') && cluster.services.get(own, word).is_none();
    let elsewhere: Vec<String> =
        called(cluster, word).map(|service| format!("{word}.{}", service.namespace())).collect();
    if is_bare && !elsewhere.is_empty() {
        let names = elsewhere.join(style.say(" or ", " または "));
        return Some(match style.language {
            Language::English => format!("from the namespace {own} that Service is called {names}"),
            Language::Japanese => format!("Namespace {own} からは、その Service の名前は {names}"),
        });
    }
    // 2. Alike.
    let pasted = cluster.services.values().filter(|service| !cluster.is_supplied(&service.reference));
    let names: Vec<&str> = pasted.filter(|service| service.namespace() == own).map(Service::name).collect();
    let first = word.split('.').next().unwrap_or(word);
    if cluster.services.get(own, first).is_some() {
        return None;
    }
    let meant = nearest(first, names.into_iter()).filter(|_| is_bare)?;
    Some(match style.language {
        Language::English => format!("did you mean {meant}? The namespace {own} has such a Service"),
        Language::Japanese => format!("{meant} のことですか? Namespace {own} にはその Service がある"),
    })
}

/// Why a command isn't understood, with what asks the same.
pub fn refusal(simulation: &Simulation, line: &str, message: &str) -> String {
    // 1. Tools of other protocols, other HTTP clients.
    if let Some(connection) = connection_of(line) {
        return format!("{}; `{connection}` makes the same connection", without_list(message));
    }
    if let Some(same) = same_by_other(line) {
        return format!("{}; `{same}` asks the same", without_list(message));
    }
    let cluster = &simulation.plane.cluster;
    if let Some(there_are) = addresses(simulation, message) {
        return format!("{message}; {there_are}");
    }
    let Some((said, _)) = message.split_once(" is not available here. Available: ") else { return message.to_owned() };
    // 2. A Service or a host, which somebody would have fetched.
    let word = line.split_whitespace().next().unwrap_or_default();
    let (name, port) = word.split_once(':').unwrap_or((word, ""));
    let host = name.split('/').next().unwrap_or(name);
    if host.contains('.') || named(cluster, host, DEFAULT_NAMESPACE).is_some() {
        let port = if port.is_empty() { "PORT" } else { port };
        return format!("{said} is no tool: `curl http://{word}`, `nslookup {host}` or `nc -zv {host} {port}` ask it");
    }
    // 3. Anything else: the tools that there are.
    let all = TOOLS.iter().map(|tool| tool.name).chain(load::TOOLS.iter().map(|tool| tool.name));
    let all = all.chain(["openssl", "traceroute", "tracepath"]).chain(machine::TOOLS.iter().map(|tool| tool.name));
    let all: Vec<&str> = all.collect();
    let meant = nearest(word, all.iter().copied()).map(|meant| format!("; did you mean {meant}?")).unwrap_or_default();
    format!(
        "{said} is not available here{meant}; there are {}, and a shell's usual words (whichpod modelled lists all)",
        all.join(", ")
    )
}

/// The addresses that a word could stand for, where it stands for none.
fn addresses(simulation: &Simulation, message: &str) -> Option<String> {
    let cluster = &simulation.plane.cluster;
    let about = |word: &str| message.strip_prefix(word).is_some_and(|rest| rest.starts_with(['(', ':', ' ']));
    let listed = |word: &str, names: Vec<String>, none: &str| {
        let more = if names.len() > LISTED { format!(" and {} more", names.len() - LISTED) } else { String::new() };
        let names: Vec<String> = names.into_iter().take(LISTED).map(|name| format!("{word}({name})")).collect();
        if names.is_empty() { none.to_owned() } else { format!("there are {}{more}", names.join(", ")) }
    };
    if about("NODE") {
        let names = cluster.nodes.keys().map(|name| name.to_string()).collect();
        return Some(listed("NODE", names, "there are no nodes"));
    }
    if about("GATEWAY") {
        let names = cluster
            .gateways
            .values()
            .map(|gateway| format!("{}/{}", gateway.metadata.namespace, gateway.metadata.name));
        return Some(listed("GATEWAY", names.collect(), "no Gateway is in these manifests"));
    }
    if about("INGRESS") {
        let names = cluster.ingress_classes.keys().map(|name| name.to_string()).collect();
        return Some(listed("INGRESS", names, "there is no IngressClass"));
    }
    let balanced = cluster.services.values().filter(|service| service.kind == ServiceKind::LoadBalancer);
    let balanced: Vec<&Service> = balanced.filter(|service| !cluster.is_supplied(&service.reference)).collect();
    if about("LB") && message.contains("no load balancer gives") {
        let node = cluster.nodes.keys().next()?;
        let named = |service: &&&Service| message.contains(&format!("gives {} ", service.reference.qualified_name()));
        let number =
            balanced.iter().find(named).and_then(|service| service.ports.iter().find_map(|port| port.node_port));
        let by_node = number.map(|number| format!("; NODE({node}):{number} leads to it")).unwrap_or_default();
        return Some(format!(
            "nothing in these manifests hands addresses out: add status.loadBalancer or MetalLB's pool, or say --cluster \
             cloud{by_node}"
        ));
    }
    about("LB").then(|| {
        let names = balanced.iter().map(|service| service.reference.qualified_name()).collect();
        listed("LB", names, "no Service here is of type LoadBalancer")
    })
}

/// As many names are listed.
const LISTED: usize = 8;

fn without_list(message: &str) -> &str {
    message.split(". Available: ").next().unwrap_or(message)
}

fn about(simulation: &Simulation, service: &Service, style: Style) -> String {
    let cluster = &simulation.plane.cluster;
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
        .take(TRIED)
        .map(|entrance| entrance.command)
        .filter(|command| lands_on(simulation, command, service))
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

/// As many entrances of a Service are tried.
const TRIED: usize = 32;

/// Whether a request from outside lands on the Service, or on none: a policy may stand before it.
fn lands_on(simulation: &Simulation, command: &str, service: &Service) -> bool {
    let Ok(run) = simulation.run(&RequestClient::External(None), command, None) else { return false };
    let report = simulation.report(&run, ReportDetail::default());
    let mut served = report.landings.iter().filter_map(|landing| landing.service.as_ref()).peekable();
    served.peek().is_none() || served.any(|name| *name == service.reference.qualified_name())
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
