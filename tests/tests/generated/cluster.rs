//! Small clusters made from a few numbers: workloads, Services, policies, Ingresses and a Gateway in some namespaces, and
//! the requests that concern them. Names carry a prefix, so that the same cluster can be had under other names.

use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::sample::select;

/// A cluster as it was drawn.
#[derive(Clone, Debug)]
pub struct GeneratedCluster {
    workloads: Vec<GeneratedWorkload>,
    services: Vec<GeneratedService>,
    policies: Vec<GeneratedPolicy>,
    ingresses: Vec<GeneratedIngress>,
    gateway: bool,
}

/// Pods of one kind.
#[derive(Clone, Debug)]
struct GeneratedWorkload {
    namespace: usize,
    app: usize,
    replicas: usize,
    port: u16,
    kind: &'static str,
}

#[derive(Clone, Debug)]
struct GeneratedService {
    namespace: usize,
    app: usize,
    kind: &'static str,
    target: u16,
}

#[derive(Clone, Debug)]
struct GeneratedPolicy {
    namespace: usize,
    app: Option<usize>,
    direction: &'static str,
    peer: &'static str,
}

#[derive(Clone, Debug)]
struct GeneratedIngress {
    namespace: usize,
    class: &'static str,
    host: usize,
    path: &'static str,
    kind: &'static str,
    app: usize,
}

/// A client and what it types.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct GeneratedQuestion {
    /// `pod/reds/probe`
    pub from: String,
    /// `curl http://svc0.reds/`
    pub command: String,
}

/// What makes pods, or one itself.
const WORKLOADS: [&str; 5] = ["Pod", "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"];

const NAMESPACES: [&str; 3] = ["reds", "blues", "default"];

/// Any of the clusters.
pub fn generated_cluster() -> impl Strategy<Value = GeneratedCluster> {
    let namespace = 0..NAMESPACES.len();
    let port = || select(vec![80u16, 8080]);
    let workload = (namespace.clone(), 0..3usize, 1..4usize, port(), select(WORKLOADS.to_vec()))
        .prop_map(|(namespace, app, replicas, port, kind)| GeneratedWorkload { namespace, app, replicas, port, kind });
    let kinds = vec!["ClusterIP", "NodePort", "LoadBalancer", "None"];
    let service = (namespace.clone(), 0..3usize, select(kinds), port())
        .prop_map(|(namespace, app, kind, target)| GeneratedService { namespace, app, kind, target });
    let peers = vec![
        "",
        "{podSelector: {}}",
        "{namespaceSelector: {}}",
        "{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: PREFIXreds}}}",
        "{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: ingress-nginx}}}",
        "{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: traefik}}}",
        "{ipBlock: {cidr: 10.244.0.0/16}}",
    ];
    let policy = (namespace.clone(), prop::option::of(0..3usize), select(vec!["ingress", "egress"]), select(peers))
        .prop_map(|(namespace, app, direction, peer)| GeneratedPolicy { namespace, app, direction, peer });
    let classes = vec!["nginx", "traefik", "plain"];
    let paths = vec!["/", "/foo", "/foo/", "/foo/bar"];
    let ingress =
        (namespace, select(classes), 0..2usize, select(paths), select(vec!["Prefix", "Exact"]), 0..3usize).prop_map(
            |(namespace, class, host, path, kind, app)| GeneratedIngress { namespace, class, host, path, kind, app },
        );
    let parts = (
        prop::collection::vec(workload, 1..5),
        prop::collection::vec(service, 1..5),
        prop::collection::vec(policy, 0..3),
        prop::collection::vec(ingress, 0..4),
        any::<bool>(),
    );
    parts.prop_map(|(workloads, services, policies, ingresses, gateway)| {
        GeneratedCluster { workloads, services, policies, ingresses, gateway }.without_twins()
    })
}

impl GeneratedCluster {
    /// Objects of one name would be one object.
    fn without_twins(mut self) -> Self {
        let mut seen = BTreeSet::new();
        self.workloads.retain(|it| seen.insert((it.namespace, it.app)));
        let mut seen = BTreeSet::new();
        self.services.retain(|it| seen.insert((it.namespace, it.app)));
        // The path of a host belongs to one Ingress.
        let mut seen = BTreeSet::new();
        self.ingresses.retain(|it| seen.insert((it.host, it.path)));
        self
    }

    /// The documents; every name of the user's own begins with a prefix.
    pub fn documents(&self, prefix: &str) -> Vec<String> {
        let mut documents: Vec<String> =
            self.used().map(|namespace| probe(prefix, &named(prefix, namespace))).collect();
        documents.extend(self.workloads.iter().flat_map(|it| workload(prefix, it)));
        documents.extend(self.services.iter().map(|it| service(prefix, it)));
        documents.extend(self.policies.iter().enumerate().map(|(number, it)| policy(prefix, number, it)));
        documents.extend(self.ingresses.iter().enumerate().map(|(number, it)| ingress(prefix, number, it)));
        documents.push(
            "apiVersion: networking.k8s.io/v1\nkind: IngressClass\nmetadata: {name: plain}\nspec: {controller: \
             example.com/ingress}\n"
                .to_owned(),
        );
        if self.gateway {
            documents.extend(self.services.first().into_iter().flat_map(|it| gateway(prefix, it)));
        }
        documents
    }

    /// The namespaces that are used, without those that every cluster has.
    pub fn namespaces(&self, prefix: &str) -> Vec<String> {
        let own = self.used().map(|namespace| named(prefix, namespace)).filter(|name| name != "default");
        own.chain(["ingress-nginx".to_owned(), "traefik".to_owned()]).collect()
    }

    /// Who asks for what.
    pub fn questions(&self, prefix: &str) -> Vec<GeneratedQuestion> {
        let mut questions = BTreeSet::new();
        for from in self.used().map(|namespace| format!("pod/{}/{prefix}probe", named(prefix, namespace))) {
            for service in &self.services {
                let namespace = named(prefix, service.namespace);
                let command = format!("curl http://{prefix}svc{}.{namespace}/", service.app);
                questions.insert(GeneratedQuestion { from: from.clone(), command });
            }
        }
        for ingress in &self.ingresses {
            for path in ["/", "/foo", "/foo/bar", "/other"] {
                let class = ingress.class;
                let command = format!("curl -H 'Host: host{}.test' 'http://INGRESS({class}){path}'", ingress.host);
                questions.insert(GeneratedQuestion { from: "external".to_owned(), command });
            }
        }
        if self.gateway {
            let namespace = self.services.first().map_or(2, |service| service.namespace);
            let command = format!("curl http://GATEWAY({}/{prefix}gw)/", named(prefix, namespace));
            questions.insert(GeneratedQuestion { from: "external".to_owned(), command });
        }
        questions.into_iter().collect()
    }

    fn used(&self) -> impl Iterator<Item = usize> {
        let workloads = self.workloads.iter().map(|it| it.namespace);
        let services = self.services.iter().map(|it| it.namespace);
        let others = self.ingresses.iter().map(|it| it.namespace).chain(self.policies.iter().map(|it| it.namespace));
        workloads.chain(services).chain(others).collect::<BTreeSet<_>>().into_iter()
    }
}

/// A namespace's name; `default` stays.
fn named(prefix: &str, namespace: usize) -> String {
    match NAMESPACES.get(namespace) {
        Some(&"default") | None => "default".to_owned(),
        Some(name) => format!("{prefix}{name}"),
    }
}

fn probe(prefix: &str, namespace: &str) -> String {
    format!(
        "apiVersion: v1\nkind: Pod\nmetadata: {{name: {prefix}probe, namespace: {namespace}, labels: {{role: probe}}}}\nspec: \
         {{containers: [{{name: c, image: debian}}]}}\n"
    )
}

fn workload(prefix: &str, it: &GeneratedWorkload) -> Vec<String> {
    let (namespace, app, port) = (named(prefix, it.namespace), it.app, it.port);
    let spec = format!("{{containers: [{{name: c, image: nginx, ports: [{{containerPort: {port}}}]}}]}}");
    if it.kind != "Pod" {
        let replicas = match it.kind {
            "DaemonSet" => String::new(),
            "StatefulSet" => format!("replicas: {}, serviceName: {prefix}svc{app}, ", it.replicas),
            _ => format!("replicas: {}, ", it.replicas),
        };
        return vec![format!(
            "apiVersion: apps/v1\nkind: {}\nmetadata: {{name: {prefix}app{app}, namespace: {namespace}}}\nspec: {{{replicas}selector: \
             {{matchLabels: {{app: app{app}}}}}, template: {{metadata: {{labels: {{app: app{app}}}}}, spec: {spec}}}}}\n",
            it.kind
        )];
    }
    let pod = |number: usize| {
        format!(
            "apiVersion: v1\nkind: Pod\nmetadata: {{name: {prefix}app{app}-{number}, namespace: {namespace}, labels: {{app: \
             app{app}}}}}\nspec: {spec}\n"
        )
    };
    (0..it.replicas).map(pod).collect()
}

fn service(prefix: &str, it: &GeneratedService) -> String {
    let kind = match it.kind {
        "None" => "clusterIP: None".to_owned(),
        kind => format!("type: {kind}"),
    };
    format!(
        "apiVersion: v1\nkind: Service\nmetadata: {{name: {prefix}svc{app}, namespace: {}}}\nspec: {{{kind}, selector: {{app: \
         app{app}}}, ports: [{{port: 80, targetPort: {}}}]}}\n",
        named(prefix, it.namespace),
        it.target,
        app = it.app
    )
}

fn policy(prefix: &str, number: usize, it: &GeneratedPolicy) -> String {
    let selected = it.app.map_or_else(String::new, |app| format!("matchLabels: {{app: app{app}}}"));
    let (kind, side) = match it.direction {
        "ingress" => ("Ingress", "from"),
        _ => ("Egress", "to"),
    };
    let rules = match it.peer {
        "" => "[]".to_owned(),
        peer => format!("[{{{side}: [{}]}}]", peer.replace("PREFIX", prefix)),
    };
    format!(
        "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {{name: {prefix}policy{number}, namespace: \
         {}}}\nspec: {{podSelector: {{{selected}}}, policyTypes: [{kind}], {}: {rules}}}\n",
        named(prefix, it.namespace),
        it.direction
    )
}

fn ingress(prefix: &str, number: usize, it: &GeneratedIngress) -> String {
    format!(
        "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {{name: {prefix}ing{number}, namespace: {}}}\nspec:\n  \
         ingressClassName: {}\n  rules:\n  - host: host{}.test\n    http: {{paths: [{{path: {}, pathType: {}, backend: \
         {{service: {{name: {prefix}svc{}, port: {{number: 80}}}}}}}}]}}\n",
        named(prefix, it.namespace),
        it.class,
        it.host,
        it.path,
        it.kind,
        it.app
    )
}

fn gateway(prefix: &str, it: &GeneratedService) -> Vec<String> {
    let namespace = named(prefix, it.namespace);
    vec![
        "apiVersion: gateway.networking.k8s.io/v1\nkind: GatewayClass\nmetadata: {name: class}\nspec: {controllerName: \
         example.com/gateway}\n"
            .to_owned(),
        format!(
            "apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\nmetadata: {{name: {prefix}gw, namespace: \
             {namespace}}}\nspec: {{gatewayClassName: class, listeners: [{{name: http, port: 80, protocol: HTTP}}]}}\n"
        ),
        format!(
            "apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata: {{name: {prefix}route, namespace: \
             {namespace}}}\nspec: {{parentRefs: [{{name: {prefix}gw}}], rules: [{{backendRefs: [{{name: {prefix}svc{}, port: \
             80}}]}}]}}\n",
            it.app
        ),
    ]
}
