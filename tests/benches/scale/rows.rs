//! What a cluster can have many of, and what is asked then.

use std::fmt::Write;

/// A kind of manifests, and what is done with them.
pub struct Row {
    /// In words.
    pub what: &'static str,
    /// The manifests with so many of it.
    pub manifests: fn(usize) -> String,
    /// What is done.
    pub deed: Deed,
    /// The greatest size that makes sense.
    pub most: usize,
}

/// What is done with the manifests.
pub enum Deed {
    /// What is wrong with them.
    Check,
    /// Where a command lands; `{last}` is the number of the last thing.
    Ask(&'static str, &'static str),
    /// What a command prints, made for a size.
    Run(&'static str, fn(usize) -> String),
    /// Who reaches whom.
    Matrix,
}

const CLIENT: &str = "pod/default/client";
const OUTSIDE: &str = "external";

const fn row(what: &'static str, manifests: fn(usize) -> String, deed: Deed) -> Row {
    Row { what, manifests, deed, most: 30_000 }
}

const fn up_to(most: usize, row: Row) -> Row {
    Row { most, ..row }
}

pub const ROWS: &[Row] = &[
    row("Services without pods: check", services, Deed::Check),
    row("Services with a pod each: check", services_with_pods, Deed::Check),
    row("Services with a pod each: ask", services_with_pods, Deed::Ask(CLIENT, "curl http://s{last}/")),
    row("Deployments with a Service each: check", deployments, Deed::Check),
    row("replicas of one Service: ask", replicas, Deed::Ask(CLIENT, "curl http://x/")),
    row("replicas: kubectl get pods", replicas, Deed::Run(CLIENT, |_| "kubectl get pods -o wide".to_owned())),
    row("replicas: kubectl describe service", replicas, Deed::Run(CLIENT, |_| "kubectl describe service x".to_owned())),
    row("pasted pods: kubectl get -o yaml", pods, Deed::Run(CLIENT, |_| "kubectl get pods -o yaml".to_owned())),
    row(
        "pasted pods: kubectl get --sort-by",
        pods,
        Deed::Run(CLIENT, |_| "kubectl get pods --sort-by=.metadata.name".to_owned()),
    ),
    row("pasted pods: kubectl label --all", pods, Deed::Run(CLIENT, |_| "kubectl label pods --all a=b".to_owned())),
    row("pasted pods: kubectl delete --all", pods, Deed::Run(CLIENT, |_| "kubectl delete pods --all".to_owned())),
    up_to(
        1_000,
        row(
            "changes joined by &&",
            services,
            Deed::Run(CLIENT, |size| {
                let changes: Vec<String> = (0..size).map(|at| format!("kubectl label service s{at} a=b")).collect();
                changes.join(" && ")
            }),
        ),
    ),
    row("nodes, a NodePort: ask", nodes, Deed::Ask(OUTSIDE, "curl http://10.1.0.1:30080/")),
    row("topology spread, one Deployment: check", spread, Deed::Check),
    row("topology spread, Deployments of one label: check", spread_shared, Deed::Check),
    row("anti-affinity, as many nodes: check", anti_affinity, Deed::Check),
    row("DaemonSet on every node: check", daemon_set, Deed::Check),
    row("Ingresses, a host each: ask", ingress_hosts, Deed::Ask(OUTSIDE, "curl http://h{last}.example.com/")),
    row("paths of one host (nginx): check", ingress_paths, Deed::Check),
    row("paths of one host (nginx): ask", ingress_paths, Deed::Ask(OUTSIDE, "curl http://h.example.com/p{last}/x")),
    row(
        "paths of one host, regex (nginx): ask",
        ingress_regex,
        Deed::Ask(OUTSIDE, "curl http://h.example.com/p{last}/x"),
    ),
    row(
        "Ingresses of one host (nginx): ask",
        ingresses_of_host,
        Deed::Ask(OUTSIDE, "curl http://h.example.com/p{last}"),
    ),
    row(
        "Ingresses of one host (Traefik): ask",
        ingresses_of_traefik,
        Deed::Ask(OUTSIDE, "curl http://h.example.com/p{last}"),
    ),
    row("IngressRoutes, a host each: ask", ingress_routes, Deed::Ask(OUTSIDE, "curl http://h{last}.example.com/")),
    row("Middlewares with their routes: check", middlewares, Deed::Check),
    row("HTTPRoutes of one Gateway: check", http_routes, Deed::Check),
    row("HTTPRoutes of one Gateway: ask", http_routes, Deed::Ask(OUTSIDE, "curl http://h{last}.example.com/")),
    row("Gateways with a route each: check", gateways, Deed::Check),
    row("ReferenceGrants with their routes: check", reference_grants, Deed::Check),
    row("NetworkPolicies of one pod: ask", policies_of_one, Deed::Ask(CLIENT, "curl http://x/")),
    row("NetworkPolicies of a pod each: ask", policies_each, Deed::Ask(CLIENT, "curl http://x/")),
    row("NetworkPolicies of all pods of a Service: ask", policies_of_all, Deed::Ask(CLIENT, "curl http://x/")),
    row("peers of one NetworkPolicy: ask", policy_peers, Deed::Ask(CLIENT, "curl http://x/")),
    row("ports of one Service: check", service_ports, Deed::Check),
    row("endpoints in slices of 100: ask", endpoint_slices, Deed::Ask(CLIENT, "curl http://x/")),
    row("pods of a headless Service: nslookup", headless, Deed::Ask(CLIENT, "nslookup x")),
    row("pods of a headless Service: ask", headless, Deed::Ask(CLIENT, "curl http://x/")),
    row("addresses of a name outside: ask", outside_addresses, Deed::Ask(OUTSIDE, "curl http://a.example.com/")),
    row("CNAMEs in a row: ask", cnames, Deed::Ask(OUTSIDE, "curl http://a0.example.com/")),
    row("LoadBalancers of one pool (MetalLB): check", load_balancers, Deed::Check),
    row("pools of MetalLB, as many Services: check", pools, Deed::Check),
    row("server blocks of a Corefile: ask", server_blocks, Deed::Ask(CLIENT, "nslookup x")),
    row("findings on one long line: check", findings_on_a_line, Deed::Check),
    row("findings, a line each: check", findings, Deed::Check),
    row("the same object again and again: check", duplicates, Deed::Check),
    row("namespaces: check", namespaces, Deed::Check),
    row("ConfigMaps: check", config_maps, Deed::Check),
    row("StatefulSets with headless Services: check", stateful_sets, Deed::Check),
    row("CronJobs: check", cron_jobs, Deed::Check),
    up_to(3_000, row("pods of a policy-heavy matrix", matrix_pods, Deed::Matrix)),
];

/// Documents, one for each number.
fn each(count: usize, document: impl Fn(usize) -> String) -> String {
    let mut text = String::new();
    for at in 0..count {
        let _ = writeln!(text, "{}\n---", document(at));
    }
    text
}

const BASE: &str = "{apiVersion: v1, kind: Pod, metadata: {name: client}, spec: {containers: [{name: c, image: alpine}]}}\n---\n\
    {apiVersion: v1, kind: Pod, metadata: {name: p, labels: {app: x}}, spec: {containers: [{name: c, image: nginx, ports: [{containerPort: 80}]}]}}\n---\n\
    {apiVersion: v1, kind: Service, metadata: {name: x}, spec: {selector: {app: x}, ports: [{port: 80}]}}\n---\n";

fn pod(name: &str, app: &str) -> String {
    format!(
        "{{apiVersion: v1, kind: Pod, metadata: {{name: {name}, labels: {{app: {app}}}}}, spec: {{containers: [{{name: c, \
         image: nginx, ports: [{{containerPort: 80}}]}}]}}}}"
    )
}

fn service(name: &str, app: &str, more: &str) -> String {
    format!(
        "{{apiVersion: v1, kind: Service, metadata: {{name: {name}}}, spec: {{selector: {{app: {app}}}, ports: [{{port: 80}}]{more}}}}}"
    )
}

fn deployment(name: &str, app: &str, replicas: usize, more: &str) -> String {
    format!(
        "{{apiVersion: apps/v1, kind: Deployment, metadata: {{name: {name}}}, spec: {{replicas: {replicas}, selector: {{matchLabels: \
         {{app: {app}}}}}, template: {{metadata: {{labels: {{app: {app}}}}}, spec: {{containers: [{{name: c, image: nginx, ports: \
         [{{containerPort: 80}}]}}]{more}}}}}}}}}"
    )
}

fn node(at: usize) -> String {
    format!(
        "{{apiVersion: v1, kind: Node, metadata: {{name: n{at}, labels: {{kubernetes.io/hostname: n{at}, zone: z{}}}}}, status: \
         {{addresses: [{{type: InternalIP, address: 10.1.{}.{}}}]}}}}",
        at % 3,
        at / 250,
        at % 250 + 1
    )
}

fn services(count: usize) -> String {
    BASE.to_owned() + &each(count, |at| service(&format!("s{at}"), &format!("a{at}"), ""))
}

fn services_with_pods(count: usize) -> String {
    let each_pod = each(count, |at| pod(&format!("p{at}"), &format!("a{at}")));
    services(count) + &each_pod
}

fn deployments(count: usize) -> String {
    BASE.to_owned()
        + &each(count, |at| deployment(&format!("d{at}"), &format!("a{at}"), 1, ""))
        + &each(count, |at| service(&format!("s{at}"), &format!("a{at}"), ""))
}

fn replicas(count: usize) -> String {
    let nodes = each(count / 50 + 1, node);
    BASE.to_owned() + &nodes + &deployment("x", "x", count, "") + "\n---\n"
}

fn pods(count: usize) -> String {
    BASE.to_owned() + &each(count, |at| pod(&format!("p{at}"), "x"))
}

fn nodes(count: usize) -> String {
    BASE.to_owned()
        + &each(count, node)
        + &service("np", "x", ", type: NodePort").replace("{port: 80}", "{port: 80, nodePort: 30080}")
}

fn spread(count: usize) -> String {
    let spread = ", topologySpreadConstraints: [{maxSkew: 1, topologyKey: kubernetes.io/hostname, whenUnsatisfiable: \
                  DoNotSchedule, labelSelector: {matchLabels: {app: x}}}]";
    BASE.to_owned() + &each(count / 10 + 1, node) + &deployment("x", "x", count, spread)
}

fn spread_shared(count: usize) -> String {
    let spread = ", topologySpreadConstraints: [{maxSkew: 1, topologyKey: kubernetes.io/hostname, whenUnsatisfiable: \
                  DoNotSchedule, labelSelector: {matchLabels: {app: x}}}]";
    BASE.to_owned() + &each(100, node) + &each(count, |at| deployment(&format!("d{at}"), "x", 1, spread))
}

fn anti_affinity(count: usize) -> String {
    let apart = ", affinity: {podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: \
                 kubernetes.io/hostname, labelSelector: {matchLabels: {app: x}}}]}}";
    BASE.to_owned() + &each(count, node) + &deployment("x", "x", count, apart)
}

fn daemon_set(count: usize) -> String {
    let set = deployment("x", "x", 1, "").replace("Deployment", "DaemonSet").replace("replicas: 1, ", "");
    BASE.to_owned() + &each(count, node) + &set
}

fn ingress(name: &str, class: &str, host: &str, paths: &str, annotations: &str) -> String {
    format!(
        "{{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {{name: {name}{annotations}}}, spec: {{ingressClassName: {class}, \
         rules: [{{host: {host}, http: {{paths: [{paths}]}}}}]}}}}"
    )
}

fn path(at: usize, kind: &str) -> String {
    format!("{{path: /p{at}, pathType: {kind}, backend: {{service: {{name: x, port: {{number: 80}}}}}}}}")
}

fn ingress_hosts(count: usize) -> String {
    let root = path(0, "Prefix").replace("/p0", "/");
    BASE.to_owned() + &each(count, |at| ingress(&format!("i{at}"), "nginx", &format!("h{at}.example.com"), &root, ""))
}

fn paths(count: usize, kind: &str) -> String {
    (0..count).map(|at| path(at, kind)).collect::<Vec<_>>().join(", ")
}

fn ingress_paths(count: usize) -> String {
    BASE.to_owned() + &ingress("i", "nginx", "h.example.com", &paths(count, "Prefix"), "")
}

fn ingress_regex(count: usize) -> String {
    let annotations = ", annotations: {nginx.ingress.kubernetes.io/use-regex: 'true'}";
    BASE.to_owned() + &ingress("i", "nginx", "h.example.com", &paths(count, "ImplementationSpecific"), annotations)
}

fn ingresses_of_host(count: usize) -> String {
    BASE.to_owned() + &each(count, |at| ingress(&format!("i{at}"), "nginx", "h.example.com", &path(at, "Prefix"), ""))
}

fn ingresses_of_traefik(count: usize) -> String {
    ingresses_of_host(count).replace("ingressClassName: nginx", "ingressClassName: traefik")
}

fn route(name: &str, host: &str, middleware: Option<&str>) -> String {
    let middlewares = middleware.map_or_else(String::new, |name| format!(", middlewares: [{{name: {name}}}]"));
    format!(
        "{{apiVersion: traefik.io/v1alpha1, kind: IngressRoute, metadata: {{name: {name}}}, spec: {{routes: [{{kind: Rule, match: \
         'Host(`{host}`)', services: [{{name: x, port: 80}}]{middlewares}}}]}}}}"
    )
}

fn ingress_routes(count: usize) -> String {
    BASE.to_owned() + &each(count, |at| route(&format!("r{at}"), &format!("h{at}.example.com"), None))
}

fn middlewares(count: usize) -> String {
    let middleware = |at: usize| {
        format!(
            "{{apiVersion: traefik.io/v1alpha1, kind: Middleware, metadata: {{name: m{at}}}, spec: {{addPrefix: {{prefix: /a}}}}}}"
        )
    };
    let routes = each(count, |at| route(&format!("r{at}"), &format!("h{at}.example.com"), Some(&format!("m{at}"))));
    BASE.to_owned() + &each(count, middleware) + &routes
}

const GATEWAY_CLASS: &str = "{apiVersion: gateway.networking.k8s.io/v1, kind: GatewayClass, metadata: {name: c}, spec: {controllerName: example.com/c}}\n---\n";

fn gateway(name: &str) -> String {
    format!(
        "{{apiVersion: gateway.networking.k8s.io/v1, kind: Gateway, metadata: {{name: {name}}}, spec: {{gatewayClassName: c, \
         listeners: [{{name: http, port: 80, protocol: HTTP}}]}}}}"
    )
}

fn http_route(at: usize, gateway: &str, backend: &str) -> String {
    format!(
        "{{apiVersion: gateway.networking.k8s.io/v1, kind: HTTPRoute, metadata: {{name: r{at}}}, spec: {{parentRefs: [{{name: \
         {gateway}}}], hostnames: [h{at}.example.com], rules: [{{backendRefs: [{backend}]}}]}}}}"
    )
}

fn http_routes(count: usize) -> String {
    let routes = each(count, |at| http_route(at, "gw", "{name: x, port: 80}"));
    BASE.to_owned() + GATEWAY_CLASS + &gateway("gw") + "\n---\n" + &routes
}

fn gateways(count: usize) -> String {
    let each_gateway = each(count, |at| gateway(&format!("gw{at}")));
    let routes = each(count, |at| http_route(at, &format!("gw{at}"), "{name: x, port: 80}"));
    BASE.to_owned() + GATEWAY_CLASS + &each_gateway + &routes
}

fn reference_grants(count: usize) -> String {
    let grant = |at: usize| {
        format!(
            "{{apiVersion: gateway.networking.k8s.io/v1beta1, kind: ReferenceGrant, metadata: {{name: g{at}, namespace: other}}, spec: \
             {{from: [{{group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: default}}], to: [{{group: '', kind: Service, \
             name: s{at}}}]}}}}"
        )
    };
    let routes = each(count, |at| http_route(at, "gw", &format!("{{name: s{at}, namespace: other, port: 80}}")));
    BASE.to_owned() + GATEWAY_CLASS + &gateway("gw") + "\n---\n" + &each(count, grant) + &routes
}

fn policy(at: usize, app: &str, from: &str) -> String {
    format!(
        "{{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {{name: np{at}}}, spec: {{podSelector: {{matchLabels: {{app: \
         {app}}}}}, ingress: [{{from: [{from}]}}]}}}}"
    )
}

fn policies_of_one(count: usize) -> String {
    BASE.to_owned()
        + &each(count, |at| policy(at, "x", &format!("{{podSelector: {{matchLabels: {{client: c{at}}}}}}}")))
}

fn policies_each(count: usize) -> String {
    let policies = each(count, |at| policy(at, &format!("a{at}"), "{podSelector: {}}"));
    BASE.to_owned() + &each(count, |at| pod(&format!("p{at}"), &format!("a{at}"))) + &policies
}

fn policies_of_all(count: usize) -> String {
    let policies =
        each(count / 10, |at| policy(at, "x", &format!("{{podSelector: {{matchLabels: {{client: c{at}}}}}}}")));
    BASE.to_owned() + &each(count / 10, |at| pod(&format!("p{at}"), "x")) + &policies
}

fn policy_peers(count: usize) -> String {
    let peers: Vec<String> =
        (0..count).map(|at| format!("{{podSelector: {{matchLabels: {{client: c{at}}}}}}}")).collect();
    BASE.to_owned() + &policy(0, "x", &peers.join(", "))
}

fn service_ports(count: usize) -> String {
    let ports: Vec<String> = (0..count).map(|at| format!("{{name: p{at}, port: {}}}", at + 1)).collect();
    BASE.to_owned() + &service("many", "x", "").replace("{port: 80}", &ports.join(", "))
}

fn endpoint_slices(count: usize) -> String {
    let slice = |at: usize| {
        let endpoints: Vec<String> =
            (0..100).map(|within| format!("{{addresses: [10.{}.{}.{within}]}}", 200 + at / 250, at % 250)).collect();
        format!(
            "{{apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, metadata: {{name: e{at}, labels: {{kubernetes.io/service-name: \
             x}}}}, addressType: IPv4, ports: [{{name: '', port: 80}}], endpoints: [{}]}}",
            endpoints.join(", ")
        )
    };
    let plain = BASE.replace("selector: {app: x}, ", "");
    plain + &each(count / 100 + 1, slice)
}

fn headless(count: usize) -> String {
    let base = BASE.replace("ports: [{port: 80}]}}", "ports: [{port: 80}], clusterIP: None}}");
    base + &each(count, |at| pod(&format!("p{at}"), "x"))
}

fn world(upstream: &str) -> String {
    format!("apiVersion: whichpod.dev/v1\nkind: World\nspec:\n  upstream:\n{upstream}")
}

fn outside_addresses(count: usize) -> String {
    let record = |at: usize| format!("  - a.example.com. 300 IN A 198.18.{}.{}\n", at / 250, at % 250);
    BASE.to_owned() + &world(&(0..count).map(record).collect::<String>())
}

fn cnames(count: usize) -> String {
    let record = |at: usize| format!("  - a{at}.example.com. 300 IN CNAME a{}.example.com.\n", at + 1);
    let names: String = (0..count).map(record).collect();
    BASE.to_owned() + &world(&format!("{names}  - a{count}.example.com. 300 IN A 198.51.100.1\n"))
}

fn pool(name: &str, addresses: &str) -> String {
    format!(
        "{{apiVersion: metallb.io/v1beta1, kind: IPAddressPool, metadata: {{name: {name}, namespace: metallb-system}}, spec: {{addresses: \
         [{addresses}]}}}}"
    )
}

fn balanced(count: usize) -> String {
    each(count, |at| service(&format!("s{at}"), "x", ", type: LoadBalancer"))
}

fn load_balancers(count: usize) -> String {
    BASE.to_owned() + &pool("a", "172.20.0.0/16") + "\n---\n" + &balanced(count)
}

fn pools(count: usize) -> String {
    let pools = each(count, |at| {
        pool(&format!("a{at}"), &format!("172.{}.{}.{}/32", 20 + at / 62_500, at / 250 % 250, at % 250))
    });
    BASE.to_owned() + &pools + &balanced(count)
}

fn server_blocks(count: usize) -> String {
    let blocks: String = (0..count).map(|at| format!("    z{at}.example.com:53 {{\n      errors\n    }}\n")).collect();
    BASE.to_owned()
        + "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: coredns, namespace: kube-system}\ndata:\n  Corefile: |\n    .:53 {\n      \
           kubernetes cluster.local\n    }\n"
        + &blocks
}

fn findings_on_a_line(count: usize) -> String {
    let items: Vec<String> = (0..count).map(|at| service(&format!("s{at}"), &format!("a{at}"), ", prot: 1")).collect();
    format!("{{apiVersion: v1, kind: List, items: [{}]}}", items.join(", "))
}

fn findings(count: usize) -> String {
    BASE.to_owned() + &each(count, |at| service(&format!("s{at}"), &format!("a{at}"), ", prot: 1"))
}

fn duplicates(count: usize) -> String {
    BASE.to_owned() + &each(count, |_| service("s", "x", ""))
}

fn namespaces(count: usize) -> String {
    BASE.to_owned() + &each(count, |at| format!("{{apiVersion: v1, kind: Namespace, metadata: {{name: n{at}}}}}"))
}

fn config_maps(count: usize) -> String {
    BASE.to_owned()
        + &each(count, |at| format!("{{apiVersion: v1, kind: ConfigMap, metadata: {{name: c{at}}}, data: {{a: b}}}}"))
}

fn stateful_sets(count: usize) -> String {
    let set = |at: usize| {
        let set = deployment(&format!("d{at}"), &format!("a{at}"), 3, "").replace("Deployment", "StatefulSet");
        set.replace("spec: {replicas", &format!("spec: {{serviceName: s{at}, replicas"))
    };
    let headless = |at: usize| service(&format!("s{at}"), &format!("a{at}"), ", clusterIP: None");
    BASE.to_owned() + &each(count, set) + &each(count, headless)
}

fn cron_jobs(count: usize) -> String {
    let job = |at: usize| {
        format!(
            "{{apiVersion: batch/v1, kind: CronJob, metadata: {{name: c{at}}}, spec: {{schedule: '* * * * *', jobTemplate: {{spec: {{template: \
             {{spec: {{restartPolicy: Never, containers: [{{name: c, image: busybox}}]}}}}}}}}}}}}"
        )
    };
    BASE.to_owned() + &each(count, job)
}

fn matrix_pods(count: usize) -> String {
    let policies = each(count / 10, |at| {
        policy(at, &format!("a{at}"), &format!("{{podSelector: {{matchLabels: {{app: a{}}}}}}}", at + 1))
    });
    let workloads = each(count / 10, |at| deployment(&format!("d{at}"), &format!("a{at}"), 2, ""));
    let targets = each(count / 10, |at| service(&format!("s{at}"), &format!("a{at}"), ""));
    BASE.to_owned() + &policies + &workloads + &targets
}
