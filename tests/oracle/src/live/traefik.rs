//! Traefik, started anew for each world: its providers read a Kubernetes API of the laboratory's, its backends tell what they see.

use std::collections::BTreeMap;

use proptest::strategy::{BoxedStrategy, Strategy};
use serde_json::{Value, json};
use whichpod_tests::policies::manifests;
use whichpod_tests::requests::{self, RequestCase};

use super::backends::EchoBackends;
use super::object_server::{ObjectServer, served_kinds};
use super::{AskedCase, LiveComponent};
use crate::asking::{AskedWorld, AskingClient};
use crate::parts::OraclePart;
use crate::parts::controllers::listing;
use crate::parts::requests::{RequestRecord, compare_request, is_by_chance};
use crate::recording::RecordedWorld;
use crate::verdict::{ComparedAnswer, MeasuredVerdict};
use client::{ProxyPorts, ask_often};
use process::TraefikProcess;

mod client;
mod process;

/// Which of its providers are asked.
pub(super) struct TraefikLaboratory {
    part: OraclePart,
    server: ObjectServer,
    backends: EchoBackends,
}

impl TraefikLaboratory {
    pub(super) fn start(part: OraclePart) -> Result<Self, String> {
        TraefikProcess::is_built()?;
        Ok(Self { part, server: ObjectServer::start()?, backends: EchoBackends::default() })
    }
}

impl LiveComponent for TraefikLaboratory {
    type Case = RequestCase;

    fn cases(&self) -> BoxedStrategy<Self::Case> {
        match self.part {
            OraclePart::TraefikGateway => requests::gateway::cases().boxed(),
            OraclePart::TraefikNginxProvider => requests::nginx::cases().boxed(),
            _ => requests::traefik::cases().boxed(),
        }
    }

    fn ask(&mut self, id: &str, case: &Self::Case) -> Result<AskedCase, String> {
        // 1. The world, as the core reads it.
        let mut world = json!({"kind": "world", "id": id, "manifests": manifests(&case.objects)});
        if self.part == OraclePart::TraefikNginxProvider {
            world["as"] = json!("traefik-nginx");
        }
        let recorded: RecordedWorld = read(&world)?;
        let asked = AskedWorld::read(&recorded);
        let objects: Vec<Value> = served_kinds().flat_map(|kind| listing(&asked, kind)).collect();
        // 2. Its pods and Services answer, and Traefik reads the same objects.
        let proxy = proxy_pod(&objects);
        let addresses = backend_addresses(&objects, proxy);
        self.backends.listen(addresses.keys().cloned())?;
        self.server.load(objects.clone());
        let arguments = arguments(self.part, &case.objects, proxy, &self.server.address);
        let _running = TraefikProcess::start(&arguments)?;
        // 3. Every request, before both.
        let ports = ports(self.part, proxy);
        let mut lines = vec![world.clone()];
        let mut answers = Vec::new();
        for (number, run) in case.requests.iter().enumerate() {
            let draws = draws(&asked, run);
            let real = ask_often(run, &ports, draws, &addresses)?;
            let line = json!({"id": format!("{id} #{}", number + 1), "part": self.part.name(), "world": id, "run": run, "real": real});
            let record: RequestRecord = read(&line)?;
            let compared = compare_request(&asked, &record).into_iter().map(|(question, verdict)| {
                let id = line["id"].as_str().unwrap_or_default();
                ComparedAnswer::new(self.part, id, MeasuredVerdict { measure: "", question, verdict })
            });
            answers.extend(compared);
            lines.push(line.clone());
        }
        Ok(AskedCase { lines, answers })
    }

    fn focused(&self, case: &Self::Case, question: &str) -> Option<Self::Case> {
        Some(RequestCase { objects: case.objects.clone(), requests: vec![question.to_owned()] })
    }

    fn reduced(&self, case: &Self::Case, number: usize) -> Option<Self::Case> {
        case.reduced(number)
    }
}

fn read<T: serde::de::DeserializeOwned>(line: &Value) -> Result<T, String> {
    serde_json::from_value(line.clone()).map_err(|error| error.to_string())
}

/// The pod that the core takes for Traefik's.
fn proxy_pod(objects: &[Value]) -> Option<&Value> {
    objects.iter().find(|object| {
        let image = object.pointer("/spec/containers/0/image").and_then(Value::as_str).unwrap_or_default();
        object["kind"] == "Pod"
            && image.rsplit('/').next().is_some_and(|name| name == "traefik" || name.starts_with("traefik:"))
    })
}

/// `IP:port` to the pod, or `service:` and the Service whose address it is.
fn backend_addresses(objects: &[Value], proxy: Option<&Value>) -> BTreeMap<String, String> {
    // 1. Which pod is the proxy itself.
    let of_kind = |kind: &'static str| objects.iter().filter(move |object| object["kind"] == kind);
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let whole =
        |object: &Value| format!("{}/{}", text(&object["metadata"]["namespace"]), text(&object["metadata"]["name"]));
    let own = proxy.map(whole).unwrap_or_default();
    // 2. The Services' own addresses.
    let mut addresses = BTreeMap::new();
    for service in of_kind("Service").filter(|service| service["metadata"]["namespace"] == "default") {
        let address = text(&service["spec"]["clusterIP"]);
        for port in service["spec"]["ports"].as_array().into_iter().flatten() {
            if !matches!(address.as_str(), "" | "None") && service["metadata"]["name"] != "kubernetes" {
                addresses.insert(with_port(&address, &port["port"]), format!("service:{}", whole(service)));
            }
        }
    }
    // 3. The pods behind them, but for the proxy and the system's.
    for slice in of_kind("EndpointSlice") {
        let ports: Vec<&Value> =
            slice["ports"].as_array().into_iter().flatten().filter(|port| port["protocol"] != "UDP").collect();
        for endpoint in slice["endpoints"].as_array().into_iter().flatten() {
            let target = &endpoint["targetRef"];
            let pod = format!("{}/{}", text(&target["namespace"]), text(&target["name"]));
            if target["kind"] != "Pod" || pod == own || target["namespace"] == "kube-system" {
                continue;
            }
            for address in endpoint["addresses"].as_array().into_iter().flatten() {
                addresses.extend(ports.iter().map(|port| (with_port(&text(address), &port["port"]), pod.clone())));
            }
        }
    }
    addresses
}

fn with_port(address: &str, port: &Value) -> String {
    if address.contains(':') { format!("[{address}]:{port}") } else { format!("{address}:{port}") }
}

/// Where its entry points listen.
fn own_address(part: OraclePart, proxy: Option<&Value>) -> String {
    let address = proxy.and_then(|pod| pod["status"]["podIP"].as_str()).filter(|_| part == OraclePart::Traefik);
    address.unwrap_or("127.0.0.1").to_owned()
}

/// What a client asks, and where that is in the laboratory.
fn ports(part: OraclePart, proxy: Option<&Value>) -> ProxyPorts {
    let address = own_address(part, proxy);
    match part {
        OraclePart::TraefikGateway => ProxyPorts([(80, format!("{address}:80")), (443, format!("{address}:443"))]),
        _ => ProxyPorts([(80, format!("{address}:8000")), (443, format!("{address}:8443"))]),
    }
}

/// As its pod has them, with World's settings, and such as the laboratory needs.
fn arguments(part: OraclePart, objects: &[Value], proxy: Option<&Value>, server: &str) -> Vec<String> {
    // 1. Settings by name, the later one in place of the earlier.
    let address = own_address(part, proxy);
    let mut settings = BTreeMap::<String, (String, String)>::new();
    let mut set = |name: &str, value: &str| {
        settings.insert(name.to_lowercase(), (name.to_owned(), value.to_owned()));
    };
    // 2. What the part runs with; Traefik itself with its pod's arguments and World's settings.
    match part {
        OraclePart::TraefikGateway => {
            set("entryPoints.p80.address", &format!("{address}:80"));
            set("providers.kubernetesgateway", "true");
            set("providers.kubernetesgateway.experimentalchannel", "true");
        }
        OraclePart::TraefikNginxProvider => {
            set("entryPoints.web.address", &format!("{address}:8000"));
            set("entryPoints.websecure.address", &format!("{address}:8443"));
            set("entryPoints.websecure.http.tls", "true");
            set("providers.kubernetesingressnginx", "true");
            set("providers.kubernetesingressnginx.httpentrypoint", "web");
            set("providers.kubernetesingressnginx.httpsentrypoint", "websecure");
        }
        _ => {
            let own = proxy.and_then(|pod| pod.pointer("/spec/containers/0/args")).and_then(Value::as_array);
            for argument in own.into_iter().flatten().filter_map(Value::as_str) {
                let (name, value) = argument
                    .trim_start_matches('-')
                    .split_once('=')
                    .unwrap_or((argument.trim_start_matches('-'), "true"));
                set(name, value);
            }
            let worlds = objects.iter().filter_map(|object| object.pointer("/spec/controllers/traefik")?.as_object());
            for (name, value) in worlds.flatten() {
                set(name, value.as_str().unwrap_or_default());
            }
        }
    }
    // 3. As arguments: listening on its own address, with our server for objects.
    let mut all: Vec<String> = Vec::new();
    for (key, (name, value)) in &settings {
        let listens = key.starts_with("entrypoints.") && key.ends_with(".address") && value.starts_with(':');
        let value = if listens { format!("{address}{value}") } else { value.clone() };
        all.push(format!("--{name}={value}"));
        let is_provider = key.strip_prefix("providers.").is_some_and(|name| !name.contains('.')) && value != "false";
        all.extend(is_provider.then(|| format!("--{name}.endpoint=http://{server}")));
    }
    all
}

/// More requests where several ends are told; one where it is decided when Traefik loads.
fn draws(asked: &AskedWorld<'_>, run: &str) -> usize {
    let Ok(report) = asked.trace(AskingClient::default(), run) else { return 1 };
    match report.landings.len() {
        0 | 1 => 1,
        _ if is_by_chance(&report) => 1,
        several => (6 * several).min(40),
    }
}
