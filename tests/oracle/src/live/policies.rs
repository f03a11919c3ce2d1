//! kube-network-policies: its evaluation, packet by packet, without a network.

use std::collections::BTreeMap;

use proptest::strategy::{BoxedStrategy, Strategy};
use serde_json::{Value, json};
use whichpod_tests::policies;

use super::engine::EngineProcess;
use super::{AskedCase, LiveComponent};
use crate::asking::AskedWorld;
use crate::parts::OraclePart;
use crate::parts::controllers::listing;
use crate::parts::data_plane::{PolicyRecord, compare_policies};
use crate::recording::RecordedWorld;
use crate::verdict::{ComparedAnswer, MeasuredVerdict};

/// The engine, running.
pub(super) struct PolicyEngine {
    process: EngineProcess,
}

impl PolicyEngine {
    pub(super) fn start() -> Result<Self, String> {
        Ok(Self { process: EngineProcess::start("policies")? })
    }
}

impl LiveComponent for PolicyEngine {
    type Case = Vec<Value>;

    fn cases(&self) -> BoxedStrategy<Self::Case> {
        policies::policies().boxed()
    }

    fn ask(&mut self, id: &str, case: &Self::Case) -> Result<AskedCase, String> {
        // 1. The world, as the core reads it; the engine gets the objects with the API server's defaults.
        let objects = [policies::surroundings().as_slice(), case].concat();
        let world = json!({"kind": "world", "id": id, "manifests": policies::manifests(&objects)});
        let recorded: RecordedWorld = read(&world)?;
        let asked = AskedWorld::read(&recorded);
        let pods = listing(&asked, "pods");
        let addresses = addresses(&pods);
        // 2. Every pod to every other, on every port.
        let pairs = addresses.keys().flat_map(|from| addresses.keys().map(move |to| (from, to)));
        let pairs: Vec<(&String, &String)> = pairs.filter(|(from, to)| from != to).collect();
        let packets = pairs.iter().flat_map(|(from, to)| {
            let packet = |(protocol, port)| json!({"source": addresses[*from], "target": addresses[*to], "protocol": protocol, "port": port});
            policies::PORTS.map(packet)
        });
        let policies = listing(&asked, "networkpolicies").into_iter().map(without_empty_lists);
        let question = json!({
            "pods": pods,
            "namespaces": listing(&asked, "namespaces"),
            "policies": policies.collect::<Vec<_>>(),
            "packets": packets.collect::<Vec<_>>(),
        });
        let digits = self.process.ask(&question.to_string())?;
        // 3. As a record.
        let mut real: BTreeMap<&String, BTreeMap<&String, &str>> = BTreeMap::new();
        for (at, (from, to)) in pairs.iter().enumerate() {
            let digits = digits.get(at * policies::PORTS.len()..(at + 1) * policies::PORTS.len());
            real.entry(from).or_default().insert(to, digits.ok_or("the engine's answer is short")?);
        }
        let ports = policies::PORTS.map(|(protocol, port)| format!("{port}/{protocol}"));
        let line = json!({"id": id, "part": "policies", "world": id, "ports": ports, "real": real});
        let record: PolicyRecord = read(&line)?;
        let answers = compare_policies(&asked, &record).into_iter().map(|(question, verdict)| {
            ComparedAnswer::new(OraclePart::Policies, id, MeasuredVerdict { measure: "", question, verdict })
        });
        let answers = answers.collect();
        Ok(AskedCase { lines: vec![world, line], answers })
    }
}

/// The API server stores no empty list of rules, and the engine takes one for "allow all".
fn without_empty_lists(mut policy: Value) -> Value {
    if let Some(spec) = policy["spec"].as_object_mut() {
        spec.retain(|_, value| value.as_array().is_none_or(|list| !list.is_empty()));
    }
    policy
}

fn read<T: serde::de::DeserializeOwned>(line: &Value) -> Result<T, String> {
    serde_json::from_value(line.clone()).map_err(|error| error.to_string())
}

/// `namespace/name` to address, of the pods asked about.
fn addresses(pods: &[Value]) -> BTreeMap<String, String> {
    let pasted = pods.iter().filter(|pod| pod["metadata"]["namespace"] != "kube-system");
    let address = |pod: &Value| {
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let (namespace, name) = (text(&pod["metadata"]["namespace"])?, text(&pod["metadata"]["name"])?);
        Some((format!("{namespace}/{name}"), text(&pod["status"]["podIP"])?))
    };
    pasted.filter_map(address).collect()
}
