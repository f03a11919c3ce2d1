//! CustomResourceDefinitions, as `cargo xtask oracle` has laid them out of the modules that ship them.

use std::fs;
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde::Deserialize;
use serde_json::Value;

use super::client::ApiClient;
use crate::live::target;

const PATH: &str = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
const PATIENCE: Duration = Duration::from_secs(30);
const PAUSE: Duration = Duration::from_millis(100);

/// Installs all, and waits until they are served.
pub(super) fn install(client: &mut ApiClient) -> Result<(), String> {
    let folder = target().join("definitions");
    let failed = |error: std::io::Error| format!("{}: {error}", folder.display());
    let entries = fs::read_dir(&folder).map_err(failed)?;
    let mut files: Vec<_> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    files.sort();
    for file in files {
        let text = fs::read_to_string(&file).map_err(failed)?;
        for document in serde_yaml::Deserializer::from_str(&text) {
            let document = Value::deserialize(document).map_err(|error| format!("{}: {error}", file.display()))?;
            if document["kind"] != "CustomResourceDefinition" {
                continue;
            }
            let answer = client.ask("POST", PATH, "application/json", &document.to_string())?;
            if answer.status != 201 && answer.status != 409 {
                let said = answer.json()["message"].as_str().unwrap_or_default().to_owned();
                return Err(format!("{}: {said}", file.display()));
            }
        }
    }
    wait_until_served(client)
}

fn wait_until_served(client: &mut ApiClient) -> Result<(), String> {
    let start = Instant::now();
    while start.elapsed() < PATIENCE {
        let listed = client.get(PATH)?.json();
        let is_served = |definition: &Value| {
            let conditions = definition["status"]["conditions"].as_array();
            conditions
                .into_iter()
                .flatten()
                .any(|condition| condition["type"] == "Established" && condition["status"] == "True")
        };
        if listed["items"].as_array().into_iter().flatten().all(is_served) {
            return Ok(());
        }
        sleep(PAUSE);
    }
    Err("the definitions of custom resources aren't served after 30 s".to_owned())
}
