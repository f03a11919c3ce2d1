//! kube-apiserver: single documents are created in a dry run, with strict field validation.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};
use std::thread;

use proptest::collection::vec;
use proptest::strategy::{BoxedStrategy, Strategy};
use serde_json::{Value, json};
use whichpod_tests::documents;

use super::control_plane::client::{ApiAnswer, ApiClient};
use super::control_plane::{ControlPlane, ControlPlaneSize, named};
use super::{AskedCase, LiveComponent};
use crate::parts::OraclePart;
use crate::parts::validation::{DocumentRecord, compare_document};
use crate::verdict::ComparedAnswer;

/// Documents that are asked together, and connections that ask them.
const TOGETHER: usize = 32;
const CONNECTIONS: usize = 4;

/// The API server, running.
pub(super) struct ValidationLaboratory {
    clients: Vec<ApiClient>,
    shared: SharedState,
    /// Ends with this value.
    _plane: ControlPlane,
}

/// What the connections have in common.
#[derive(Default)]
struct SharedState {
    /// Those that were made.
    namespaces: Mutex<BTreeSet<String>>,
    /// One Service at a time: it is made in earnest.
    services: Mutex<()>,
}

/// A document that the server took or refused.
struct JudgedDocument {
    record: Value,
    answers: Vec<ComparedAnswer>,
}

impl ValidationLaboratory {
    pub(super) fn start() -> Result<Self, String> {
        let plane = ControlPlane::start(ControlPlaneSize::ApiServer)?;
        let clients = (0..CONNECTIONS).map(|_| plane.client()).collect();
        Ok(Self { clients, shared: SharedState::default(), _plane: plane })
    }
}

impl LiveComponent for ValidationLaboratory {
    type Case = Vec<Value>;

    fn cases(&self) -> BoxedStrategy<Self::Case> {
        vec(documents::documents(), TOGETHER).boxed()
    }

    fn ask(&mut self, id: &str, case: &Self::Case) -> Result<AskedCase, String> {
        let numbered: Vec<(usize, &Value)> = case.iter().enumerate().collect();
        let shared = &self.shared;
        let parts = numbered.chunks(case.len().div_ceil(CONNECTIONS).max(1));
        let judged: Vec<Result<Vec<JudgedDocument>, String>> = thread::scope(|scope| {
            let asking = self.clients.iter_mut().zip(parts).map(|(client, part)| {
                let judge =
                    |(number, document): &(usize, &Value)| shared.judge(client, id, *number, document).transpose();
                scope.spawn(move || part.iter().filter_map(judge).collect())
            });
            let asking: Vec<_> = asking.collect();
            asking
                .into_iter()
                .map(|thread| thread.join().unwrap_or_else(|_| Err("a thread has panicked".to_owned())))
                .collect()
        });
        let judged = judged.into_iter().collect::<Result<Vec<_>, String>>()?;
        let (lines, answers): (Vec<_>, Vec<_>) =
            judged.into_iter().flatten().map(|document| (document.record, document.answers)).unzip();
        Ok(AskedCase { lines, answers: answers.into_iter().flatten().collect() })
    }

    fn focused(&self, case: &Self::Case, question: &str) -> Option<Self::Case> {
        let number: usize = question.strip_prefix("document ")?.parse().ok()?;
        case.get(number).map(|document| vec![document.clone()])
    }

    fn reduced(&self, case: &Self::Case, number: usize) -> Option<Self::Case> {
        documents::reduced(case.first()?, number).map(|document| vec![document])
    }
}

impl SharedState {
    /// None where nothing can be compared: it is there already, or the server hasn't got the kind.
    fn judge(
        &self,
        client: &mut ApiClient,
        id: &str,
        number: usize,
        document: &Value,
    ) -> Result<Option<JudgedDocument>, String> {
        let text = documents::text(document);
        let word = |name: &str| document[name].as_str().unwrap_or_default();
        let Some(resource) = client.resource(word("apiVersion"), word("kind"))? else { return Ok(None) };
        // kubectl asks in the namespace that the object names: of one that can't be, nothing is heard.
        let namespace = &document["metadata"]["namespace"];
        if !namespace.is_null() && !namespace.as_str().is_some_and(is_label) {
            return Ok(None);
        }
        let namespace = namespace.as_str().unwrap_or("default");
        if resource.namespaced {
            self.make_namespace(client, namespace)?;
        }
        let answer = self.create(client, &resource.path(namespace), document, &text)?;
        if answer.status == 409 {
            return Ok(None);
        }
        let id = format!("{id} #{number} {}", documents::title(document));
        let record = json!({"id": id, "part": "validation", "text": text, "v1.37": verdict(&answer)});
        let read: DocumentRecord = serde_json::from_value(record.clone()).map_err(|error| error.to_string())?;
        let answers = compare_document(&read).into_iter().map(|mut measured| {
            measured.question = format!("document {number}");
            ComparedAnswer::new(OraclePart::Validation, &id, measured)
        });
        Ok(Some(JudgedDocument { record, answers: answers.collect() }))
    }

    /// With the ServiceAccount that a controller would make.
    fn make_namespace(&self, client: &mut ApiClient, name: &str) -> Result<(), String> {
        if !self.namespaces.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned()) {
            return Ok(());
        }
        let mut post = |path: &str, object: Value| client.ask("POST", path, "application/json", &object.to_string());
        post("/api/v1/namespaces", named("v1", "Namespace", name))?;
        let accounts = format!("/api/v1/namespaces/{name}/serviceaccounts");
        post(&accounts, named("v1", "ServiceAccount", "default")).map(|_| ())
    }

    /// A dry run gives no node ports and doesn't look at their range: Services are made in earnest, and deleted again.
    fn create(&self, client: &mut ApiClient, path: &str, document: &Value, text: &str) -> Result<ApiAnswer, String> {
        if document["kind"] != "Service" || document["apiVersion"] != "v1" {
            return client.ask("POST", &format!("{path}?dryRun=All&fieldValidation=Strict"), "application/yaml", text);
        }
        let _alone = self.services.lock().unwrap_or_else(PoisonError::into_inner);
        let path_of_creation = format!("{path}?fieldValidation=Strict");
        let mut answer = client.ask("POST", &path_of_creation, "application/yaml", text)?;
        if release_address(client, &answer)? {
            answer = client.ask("POST", &path_of_creation, "application/yaml", text)?;
        }
        if let Some(name) = answer.json()["metadata"]["name"].as_str().filter(|_| answer.status == 201) {
            let deletion = json!({"kind": "DeleteOptions", "apiVersion": "v1", "gracePeriodSeconds": 0}).to_string();
            client.ask("DELETE", &format!("{path}/{name}"), "application/json", &deletion)?;
        }
        Ok(answer)
    }
}

/// Frees the address that an earlier Service has left behind: a busy server forgets some. Whether there was one.
fn release_address(client: &mut ApiClient, answer: &ApiAnswer) -> Result<bool, String> {
    // 1. The address that is said to be taken.
    let said = answer.json();
    let message = said["message"].as_str().unwrap_or_default();
    let taken =
        message.split_once("failed to allocate IP ").and_then(|(_, rest)| rest.split_once(": provided IP is already"));
    let Some((address, _)) = taken else { return Ok(false) };
    // 2. Unless a Service has it.
    let services = client.get("/api/v1/services")?.json();
    let mut services = services["items"].as_array().into_iter().flatten();
    let has_it =
        |service: &Value| service["spec"]["clusterIPs"].as_array().is_some_and(|all| all.contains(&json!(address)));
    if services.any(has_it) {
        return Ok(false);
    }
    let path = format!("/apis/networking.k8s.io/v1/ipaddresses/{address}");
    Ok(client.ask("DELETE", &path, "application/json", "")?.status == 200)
}

/// Whether it can be a namespace.
fn is_label(name: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    !name.is_empty() && name.len() < 64 && name.chars().all(is_plain) && !name.starts_with('-') && !name.ends_with('-')
}

/// As records have it: one sentence a cause.
fn verdict(answer: &ApiAnswer) -> Value {
    let accepted = answer.status == 201;
    let status = answer.json();
    let errors = if accepted { Vec::new() } else { sentences(answer.status, &status) };
    json!({"accepted": accepted, "errors": errors, "warnings": answer.warnings})
}

fn sentences(status: u16, said: &Value) -> Vec<String> {
    // 1. An invalid object, field by field.
    let causes = said["details"]["causes"].as_array().filter(|causes| status == 422 && !causes.is_empty());
    if let Some(causes) = causes {
        return causes.iter().map(cause).collect();
    }
    // 2. Fields that nobody knows, in one sentence.
    let message = said["message"].as_str().unwrap_or_default();
    let Some((_, fields)) = message.split_once("strict decoding error: ") else { return vec![message.to_owned()] };
    let mut found: Vec<String> = Vec::new();
    for word in fields.split(", ") {
        match found.last_mut() {
            Some(last) if !word.starts_with("unknown field") && !word.starts_with("duplicate field") => {
                *last += &format!(", {word}")
            }
            _ => found.push(format!("strict decoding error: {word}")),
        }
    }
    found
}

fn cause(cause: &Value) -> String {
    let message = cause["message"].as_str().unwrap_or_default();
    match cause["field"].as_str() {
        Some(field) if field != "<nil>" && !field.is_empty() => format!("{field}: {message}"),
        _ => message.to_owned(),
    }
}
