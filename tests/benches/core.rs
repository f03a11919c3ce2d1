//! How fast the core is, for what somebody pastes and at Kubernetes' limits; one file for both runs, natively and as
//! WebAssembly (`cargo xtask bench`), as wasm-bindgen-test has criterion's interface.

#[cfg(not(target_arch = "wasm32"))]
use criterion::Criterion;
use std::hint::black_box;
use std::net::Ipv4Addr;
use std::time::Duration;
#[cfg(not(target_arch = "wasm32"))]
use std::time::Instant;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::{Criterion, Instant, wasm_bindgen_bench};
use whichpod_core::cluster::{Cluster, SettingOverrides};
use whichpod_core::console::client;
use whichpod_core::difference;
use whichpod_core::dns::ClusterDns;
use whichpod_core::dns::name::reverse_name;
use whichpod_core::ingress::{ControllerArrival, Controllers, FurtherControllers};
use whichpod_core::manifest::Manifests;
use whichpod_core::packet::{DnsName, HttpRequest, Packet, Payload, Protocol, Question, RecordType};
use whichpod_core::policy::NetworkPolicies;
use whichpod_core::report::{Report, ReportDetail};
use whichpod_core::service::{KubeProxy, PortMap};
use whichpod_core::simulation::Simulation;
use whichpod_core::source::Sources;
use whichpod_core::trace::{Share, Trail};
use whichpod_core::walk::{PacketNetwork, PacketOrigin, walk_connection};
use whichpod_tests::fleet::{Fleet, LIMITS, USUAL};

#[cfg(target_arch = "wasm32")]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

/// Text to the first answer, as the page's worker goes: read, build, look for problems, ask.
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_bench)]
fn first_answer(criterion: &mut Criterion) {
    first(criterion, "first answer of a usual paste", USUAL);
    few(criterion, |criterion| first(criterion, "first answer at the limits", LIMITS));
}

/// Ten runs, of something that takes seconds.
fn few(criterion: &mut Criterion, bench: impl FnOnce(&mut Criterion)) {
    *criterion = std::mem::take(criterion).sample_size(10).warm_up_time(Duration::from_secs(1));
    bench(criterion);
    *criterion = std::mem::take(criterion).sample_size(100).warm_up_time(Duration::from_secs(3));
}

fn first(criterion: &mut Criterion, name: &str, fleet: Fleet) {
    let text = fleet.manifests();
    let answer = || {
        let simulation = simulation(black_box(&text));
        let findings = simulation.findings();
        (ask(&simulation, INSIDE), findings, simulation)
    };
    criterion.bench_function(name, |bencher| {
        // What was made is put away outside of the time: who waits for an answer doesn't wait for that.
        bencher.iter_custom(|times| (0..times).map(|_| timed(answer)).sum());
    });
}

fn timed<T>(work: impl Fn() -> T) -> Duration {
    let begin = Instant::now();
    let made = black_box(work());
    let taken = begin.elapsed();
    drop(made);
    taken
}

/// One more answer, written as the JSON contract says: from pod to Service, and from outside through an Ingress. Neither
/// may grow with the number of Services.
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_bench)]
fn another_answer(criterion: &mut Criterion) {
    let sizes = [("among 100 Services", Fleet { nodes: 50, workloads: 100, ..LIMITS }), ("at the limits", LIMITS)];
    for (size, fleet) in sizes {
        let simulation = simulation(&fleet.manifests());
        for (way, question) in [("Service", INSIDE), ("Ingress", OUTSIDE)] {
            assert!(ask(&simulation, question).outcome == "delivered", "{way}");
            criterion.bench_function(&format!("another answer {size}: {way}"), |bencher| {
                bencher.iter(|| ask(&simulation, black_box(question)));
            });
        }
    }
}

/// Who asks, and what.
type Asked = (&'static str, &'static str);

const INSIDE: Asked = ("deploy/web-0", "curl http://web-10/");
const OUTSIDE: Asked = ("external", "curl http://web-10.example.com/");

fn simulation(text: &str) -> Simulation {
    Simulation::new(Sources::new([("fleet.yaml", text)]), &SettingOverrides::default())
}

fn ask(simulation: &Simulation, (from, command): Asked) -> Report {
    let client = client::parse(from, "default").expect("a client");
    let run = simulation.run(&client, command, None).expect("a command that can be run");
    let resolution = run.resolution.expect("a command that asks something");
    Report::new(&resolution, &simulation.manifests, ReportDetail { all: true, ..ReportDetail::default() })
}

/// Text to manifests, 100 objects.
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_bench)]
fn read_usual(criterion: &mut Criterion) {
    read(criterion, "read_usual", USUAL);
}

/// Text to manifests, at Kubernetes' limits. Ten runs: each takes seconds.
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_bench)]
fn read_limits(criterion: &mut Criterion) {
    few(criterion, |criterion| read(criterion, "read_limits", LIMITS));
}

fn read(criterion: &mut Criterion, name: &str, fleet: Fleet) {
    let text = fleet.manifests();
    criterion.bench_function(name, |bencher| {
        bencher.iter(|| Manifests::read(Sources::new([("fleet.yaml", black_box(text.as_str()))])));
    });
}

/// What the controllers make of manifests that are read, and kube-proxy's tables, at the limits.
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_bench)]
fn build(criterion: &mut Criterion) {
    let text = LIMITS.manifests();
    let manifests = Manifests::read(Sources::new([("fleet.yaml", text.as_str())]));
    few(criterion, |criterion| {
        criterion.bench_function("building at the limits", |bencher| {
            bencher.iter(|| {
                let cluster = Cluster::build(black_box(&manifests), &SettingOverrides::default());
                let kube_proxy = KubeProxy::read(&cluster);
                (cluster, kube_proxy)
            });
        });
    });
}

/// A pod's packet to a ClusterIP, to every end, among few Services and at Kubernetes' limits: the time must not grow with
/// the number of Services.
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_bench)]
fn connect_to_a_service(criterion: &mut Criterion) {
    let few = Fleet { workloads: 100, ..LIMITS };
    connect_to(criterion, "connect among 100 Services", few);
    connect_to(criterion, "connect among 10,000 Services", LIMITS);
}

fn connect_to(criterion: &mut Criterion, name: &str, fleet: Fleet) {
    let text = fleet.manifests();
    let manifests = Manifests::read(Sources::new([("fleet.yaml", text.as_str())]));
    let cluster = Cluster::build(&manifests, &SettingOverrides::default());
    let (kube_proxy, port_map, policies) =
        (KubeProxy::read(&cluster), PortMap::read(&cluster), NetworkPolicies::read(&cluster));
    let controllers = Controllers::default();
    let network = PacketNetwork {
        cluster: &cluster,
        kube_proxy: &kube_proxy,
        port_map: &port_map,
        policies: &policies,
        controllers: &controllers,
    };
    let client = cluster.pods.values().find(|pod| !pod.addresses.is_empty()).expect("a pod");
    let service = cluster.services.get("default", "web-77").expect("a Service");
    let packet = Packet {
        protocol: Protocol::Tcp,
        source: client.addresses[0],
        destination: service.cluster_ips[0],
        port: 80,
        payload: Payload::Opaque,
    };
    let landings = walk_connection(&network, PacketOrigin::Pod(client), packet.clone(), Share::ONE, Trail::default());
    assert_eq!(landings.len(), fleet.replicas, "every pod of the Service is a landing");
    criterion.bench_function(name, |bencher| {
        bencher.iter(|| {
            walk_connection(
                &network,
                PacketOrigin::Pod(client),
                black_box(packet.clone()),
                Share::ONE,
                Trail::default(),
            )
        });
    });
    criterion.bench_function(&name.replace("connect", "kube-proxy's tables"), |bencher| {
        bencher.iter(|| KubeProxy::read(black_box(&cluster)));
    });
}

/// One answer of CoreDNS to a Service's name, a missing name and an address, among few Services and at Kubernetes' limits:
/// the time must not grow with the number of Services.
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_bench)]
fn answer_a_question(criterion: &mut Criterion) {
    answer(criterion, "an answer among 100 Services", Fleet { workloads: 100, ..LIMITS });
    answer(criterion, "an answer among 10,000 Services", LIMITS);
}

fn answer(criterion: &mut Criterion, name: &str, fleet: Fleet) {
    let text = fleet.manifests();
    let manifests = Manifests::read(Sources::new([("fleet.yaml", text.as_str())]));
    let cluster = Cluster::build(&manifests, &SettingOverrides::default());
    let dns = ClusterDns::read(&cluster);
    let service = cluster.services.get("default", "web-77").expect("a Service");
    let question = |name: DnsName, record_type| Question { name, record_type };
    let questions = [
        ("a Service", question(DnsName::new("web-77.default.svc.cluster.local"), RecordType::A)),
        ("its ports", question(DnsName::new("_http._tcp.web-77.default.svc.cluster.local"), RecordType::Srv)),
        ("no Service", question(DnsName::new("nosuch.default.svc.cluster.local"), RecordType::A)),
        ("an address", question(reverse_name(service.cluster_ips[0]), RecordType::Ptr)),
    ];
    for (what, question) in questions {
        criterion.bench_function(&format!("{name}: {what}"), |bencher| {
            bencher.iter(|| dns.answer(&cluster, None, &[], black_box(&question)));
        });
    }
}

/// ingress-nginx and Traefik with 10,000 hosts of ten paths each: the match alone, and the whole judgement with its
/// reasons.
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_bench)]
fn match_an_ingress(criterion: &mut Criterion) {
    for (class, controller, port) in
        [("nginx", "k8s.io/ingress-nginx", 80), ("traefik", "traefik.io/ingress-controller", 8000)]
    {
        let text = ingresses(class, controller);
        let manifests = Manifests::read(Sources::new([("ingresses.yaml", text.as_str())]));
        let cluster = Cluster::build(&manifests, &SettingOverrides::default());
        let controllers = Controllers::read(&cluster, None, FurtherControllers::ALL);
        let controller = controllers.iter().next().expect("a supplied controller");
        let request = HttpRequest {
            method: "GET".into(),
            host: "h7777.example".into(),
            path: "/p5/x".into(),
            ..HttpRequest::default()
        };
        if let Some(nginx) = controller.nginx() {
            criterion.bench_function("a match among 100,000 paths: nginx", |bencher| {
                bencher.iter(|| nginx.location(black_box(&request.host), black_box(&request.path)));
            });
        }
        let pod = controller.pods.first().expect("a pod");
        let arrival = ControllerArrival { pod, port, client: Ipv4Addr::new(203, 0, 113, 50).into(), request: &request };
        criterion.bench_function(&format!("a judgement among 100,000 paths: {class}"), |bencher| {
            bencher.iter(|| controller.judge(&cluster, black_box(&arrival)));
        });
    }
}

/// `whichpod diff` of a thousand hosts of twenty paths each, one of which changes: both sets are read, the requests derived,
/// asked of both, and compared.
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_bench)]
fn which_requests_change(criterion: &mut Criterion) {
    let old = ingresses_of("nginx", "k8s.io/ingress-nginx", 1000, 20);
    let new = old.replacen("{path: /p7, pathType: Prefix", "{path: /p7, pathType: Exact", 1);
    few(criterion, |criterion| {
        criterion.bench_function("which requests change among 1,000 hosts of 20 paths", |bencher| {
            bencher.iter(|| {
                let (old, new) = (simulation(black_box(&old)), simulation(black_box(&new)));
                let clusters = [&old.plane.cluster, &new.plane.cluster];
                let requests = difference::derive_requests(&clusters, difference::DEFAULT_LIMIT);
                let report = difference::compare(("old", &old), ("new", &new), &requests);
                assert!(report.changed > 0 && report.requests >= 20_000, "{} of {}", report.changed, report.requests);
                report
            });
        });
    });
}

/// A class, a Service with a pod, and 10,000 Ingresses with ten paths each.
fn ingresses(class: &str, controller: &str) -> String {
    ingresses_of(class, controller, 10_000, 10)
}

fn ingresses_of(class: &str, controller: &str, hosts: usize, paths: usize) -> String {
    let mut text = format!(
        "apiVersion: networking.k8s.io/v1\nkind: IngressClass\nmetadata: {{name: {class}}}\nspec: {{controller: {controller}}}\n\
         ---\napiVersion: v1\nkind: Service\nmetadata: {{name: web}}\nspec: {{selector: {{app: web}}, ports: [{{port: 80}}]}}\n\
         ---\napiVersion: v1\nkind: Pod\nmetadata: {{name: web, labels: {{app: web}}}}\nspec: {{containers: [{{name: web, image: web}}]}}\n"
    );
    for host in 0..hosts {
        text.push_str(&format!(
            "---\napiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {{name: i{host}}}\nspec:\n  \
             ingressClassName: {class}\n  rules:\n  - host: h{host}.example\n    http:\n      paths:\n"
        ));
        for path in 0..paths {
            text.push_str(&format!(
                "      - {{path: /p{path}, pathType: Prefix, backend: {{service: {{name: web, port: {{number: 80}}}}}}}}\n"
            ));
        }
    }
    text
}

#[cfg(not(target_arch = "wasm32"))]
criterion::criterion_group!(
    benches,
    first_answer,
    another_answer,
    read_usual,
    read_limits,
    build,
    connect_to_a_service,
    answer_a_question,
    match_an_ingress,
    which_requests_change
);
#[cfg(not(target_arch = "wasm32"))]
criterion::criterion_main!(benches);

#[cfg(target_arch = "wasm32")]
fn main() {}
