//! CoreDNS, started anew for each Corefile, before the core's own objects; a client in the pod's place asks it as dig asks.

use std::fs;
use std::path::PathBuf;

use proptest::strategy::{BoxedStrategy, Strategy};
use serde_json::{Value, json};
use whichpod_tests::lookups::{self, LookupCase};

use super::object_server::ObjectServer;
use super::{AskedCase, LiveComponent, target};
use crate::asking::AskedWorld;
use crate::parts::OraclePart;
use crate::parts::controllers::listing;
use crate::parts::names::{DigRecord, compare_dig};
use crate::recording::RecordedWorld;
use crate::verdict::{ComparedAnswer, MeasuredVerdict};
use process::CoreDnsProcess;
use upstream::UpstreamResolver;
use wire::DnsClient;

mod corefile;
mod process;
mod upstream;
mod wire;

/// What CoreDNS reads of the cluster.
const KINDS: [&str; 5] = ["services", "endpointslices", "pods", "namespaces", "nodes"];

/// CoreDNS with all that stands around it.
pub(super) struct NamesLaboratory {
    server: ObjectServer,
    folder: PathBuf,
    /// That of CoreDNS' pod, as the only interface has it.
    address: String,
    _upstream: UpstreamResolver,
}

impl NamesLaboratory {
    pub(super) fn start() -> Result<Self, String> {
        CoreDnsProcess::is_built()?;
        let folder = target().join(format!("names-{}", std::process::id()));
        let failed = |error: std::io::Error| format!("{}: {error}", folder.display());
        fs::create_dir_all(&folder).map_err(failed)?;
        process::replace_resolv_conf(&folder)?;
        let upstream = UpstreamResolver::start(lookups::UPSTREAM, &lookups::UPSTREAM_RECORDS)?;
        Ok(Self { server: ObjectServer::start()?, folder, address: String::new(), _upstream: upstream })
    }
}

impl Drop for NamesLaboratory {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

impl LiveComponent for NamesLaboratory {
    type Case = LookupCase;

    fn cases(&self) -> BoxedStrategy<Self::Case> {
        lookups::cases().boxed()
    }

    fn ask(&mut self, id: &str, case: &Self::Case) -> Result<AskedCase, String> {
        // 1. The world, as the core reads it.
        let world = json!({"kind": "world", "id": id, "manifests": case.manifests});
        let recorded: RecordedWorld = read(&world)?;
        let asked = AskedWorld::read(&recorded);
        let objects: Vec<Value> = KINDS.iter().flat_map(|kind| listing(&asked, kind)).collect();
        let address = server_address(&objects);
        self.server.load(objects);
        // 2. CoreDNS in its pod's place.
        let written = corefile::for_laboratory(&corefile_of(&asked), &self.server.address);
        process::give_address(&mut self.address, &address)?;
        let running = CoreDnsProcess::start(&self.folder, &written)?;
        let mut lines = vec![world.clone()];
        let mut answers = Vec::new();
        if running.is_none() {
            // Corefiles that stop CoreDNS are another part's.
            return Ok(AskedCase { lines: Vec::new(), answers });
        }
        // 3. Every question, before both.
        let client = DnsClient { source: lookups::CLIENT.1, server: &address };
        for (number, question) in case.questions.iter().enumerate() {
            let Some((name, kind)) = question.split_once(' ') else { continue };
            let real = client.dig(name, kind)?;
            let run = format!("dig {question}");
            let id_of_question = format!("{id} #{}", number + 1);
            let line = json!({"id": id_of_question, "part": "names", "world": id, "from": lookups::CLIENT.0, "run": run, "real": real});
            let record: DigRecord = read(&line)?;
            let compared = compare_dig(&asked, &record).into_iter().map(|(question, verdict)| {
                ComparedAnswer::new(
                    OraclePart::Names,
                    &id_of_question,
                    MeasuredVerdict { measure: "", question, verdict },
                )
            });
            answers.extend(compared);
            lines.push(line);
        }
        Ok(AskedCase { lines, answers })
    }

    fn focused(&self, case: &Self::Case, question: &str) -> Option<Self::Case> {
        let question = question.strip_prefix("dig ")?.to_owned();
        Some(LookupCase { manifests: case.manifests.clone(), questions: vec![question] })
    }

    fn reduced(&self, case: &Self::Case, number: usize) -> Option<Self::Case> {
        case.reduced(number)
    }
}

fn read<T: serde::de::DeserializeOwned>(line: &Value) -> Result<T, String> {
    serde_json::from_value(line.clone()).map_err(|error| error.to_string())
}

/// The address of CoreDNS' first pod.
fn server_address(objects: &[Value]) -> String {
    let is_server = |object: &&Value| object["kind"] == "Pod" && object["metadata"]["labels"]["k8s-app"] == "kube-dns";
    let address = objects.iter().find(is_server).and_then(|pod| pod["status"]["podIP"].as_str());
    address.unwrap_or("10.244.0.2").to_owned()
}

fn corefile_of(asked: &AskedWorld<'_>) -> String {
    let maps = listing(asked, "configmaps");
    let found =
        maps.iter().find(|map| map["metadata"]["name"] == "coredns" && map["metadata"]["namespace"] == "kube-system");
    found.and_then(|map| map["data"]["Corefile"].as_str()).unwrap_or_default().to_owned()
}
