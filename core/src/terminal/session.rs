//! What a terminal remembers from one command to the next, and no manifest holds.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use super::ages::ObjectAges;
use crate::request::{RequestClient, RequestHost};
use crate::source::ObjectRef;

/// The home of the machine outside, where relative paths begin.
pub const HOME: &str = "/root";

/// When every session begins: 2026-01-01T00:00:00Z in seconds. Only `sleep` moves the clock.
pub const BEGINNING: u64 = 1_767_225_600;

/// How many files a session holds, and how long they may be together.
const FILES: usize = 500;
const FILE_BYTES: usize = 16 << 20;

/// How many requests are remembered.
const REQUESTS: usize = 10_000;

/// A terminal's memory.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Session {
    /// Shell variables.
    pub variables: BTreeMap<String, String>,
    /// `alias k=kubectl`
    pub aliases: BTreeMap<String, String>,
    /// The namespace that `kubectl config set-context --current` chose.
    pub namespace: Option<String>,
    /// Seconds that have passed since [`BEGINNING`].
    pub seconds: u64,
    /// When objects came.
    pub ages: ObjectAges,
    /// Lines that were run.
    pub history: Vec<String>,
    /// `kubectl port-forward`, by local port.
    pub forwards: BTreeMap<u16, Forward>,
    /// Ports on which `kubectl proxy` serves.
    pub proxies: BTreeSet<u16>,
    /// What the servers of pods were asked here, in order.
    pub served: Vec<ServedRequest>,
    /// How many requests each client has sent: the next draws the next share.
    pub requests: BTreeMap<RequestClient, u32>,
    /// The containers that `kubectl debug` added to pods, by pod, `default/web-1`.
    pub debugged: BTreeMap<String, Vec<DebugContainer>>,
    /// The contexts that `kubectl config` added, and the one that is in use, if it is one of them.
    pub contexts: BTreeMap<String, ConfigContext>,
    pub context: Option<String>,
    /// Clusters and users that were added, with their fields.
    pub config_entries: BTreeMap<(ConfigPart, String), serde_json::Value>,
    /// Pods and nodes whose shell was entered, the innermost last.
    pub inside: Vec<EnteredShell>,
    files: BTreeMap<(String, String), String>,
    folders: BTreeMap<String, String>,
}

/// A context of kubectl's configuration.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConfigContext {
    pub cluster: String,
    pub user: String,
    pub namespace: String,
}

/// A part of kubectl's configuration beside contexts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ConfigPart {
    Clusters,
    Users,
}

/// A container more in a pod that runs.
#[derive(Clone, Debug, PartialEq)]
pub struct DebugContainer {
    /// As the API has it, in `spec.ephemeralContainers`.
    pub object: serde_json::Value,
    pub state: DebugState,
}

/// What a debugging container does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DebugState {
    /// It runs, and nobody waits for it.
    Running,
    /// Its shell was entered.
    Entered,
    /// Its command has ended, with this status.
    Ended(i32),
}

/// A shell that was started in a pod or on a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnteredShell {
    /// Who runs commands there.
    pub client: RequestClient,
    /// The pod to delete once it is left: `kubectl run --rm`.
    pub removes: Option<ObjectRef>,
}

/// A request that came to a pod, as its server writes it down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServedRequest {
    /// The pod, `default/web-1`.
    pub pod: String,
    /// The port that it came to.
    pub port: u16,
    /// Who seems to ask.
    pub source: IpAddr,
    /// `GET / HTTP/1.1`
    pub line: String,
    /// The Host header.
    pub host: String,
    /// The headers that servers write down.
    pub agent: Option<String>,
    pub referer: Option<String>,
    /// X-Forwarded-For.
    pub forwarded_for: Option<String>,
    /// What was answered: the status, and the body's length; None where it isn't known.
    pub answer: Option<(u16, usize)>,
    /// Seconds since [`BEGINNING`].
    pub seconds: u64,
}

/// Where a forwarded port leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forward {
    /// The pod, `default/web-1`.
    pub pod: String,
    pub address: IpAddr,
    /// The pod's port.
    pub port: u16,
}

/// Whose files a client sees: each pod and each node has its own.
pub fn machine(client: &RequestClient) -> String {
    match client {
        RequestClient::External(_) => String::new(),
        RequestClient::Pod { namespace, name } => format!("pod/{namespace}/{name}"),
        RequestClient::Workload { kind, namespace, name } => format!("{kind}/{namespace}/{name}"),
        RequestClient::Node(name) => format!("node/{name}"),
    }
}

impl Session {
    /// The folder that a client works in.
    pub fn folder(&self, client: &RequestClient) -> &str {
        let start = if matches!(client, RequestClient::External(_)) { HOME } else { "/" };
        self.folders.get(&machine(client)).map_or(start, String::as_str)
    }

    /// `cd`
    pub fn enter(&mut self, client: &RequestClient, folder: &str) {
        let path = self.absolute(client, if folder.is_empty() { "~" } else { folder });
        self.folders.insert(machine(client), path);
    }

    /// A path in full, `.` and `..` resolved.
    pub fn absolute(&self, client: &RequestClient, path: &str) -> String {
        let home = if matches!(client, RequestClient::External(_)) { HOME } else { "/root" };
        let whole = match path.strip_prefix('~') {
            Some(rest) if rest.is_empty() || rest.starts_with('/') => format!("{home}{rest}"),
            _ if path.starts_with('/') => path.to_owned(),
            _ => format!("{}/{path}", self.folder(client)),
        };
        let mut parts: Vec<&str> = Vec::new();
        for part in whole.split('/') {
            match part {
                "" | "." => {}
                ".." => {
                    parts.pop();
                }
                part => parts.push(part),
            }
        }
        format!("/{}", parts.join("/"))
    }

    /// A file that a command wrote.
    pub fn file(&self, client: &RequestClient, path: &str) -> Option<&str> {
        self.files.get(&(machine(client), self.absolute(client, path))).map(String::as_str)
    }

    /// A file of a pod by its name, for the server that runs there.
    pub fn file_of_pod(&self, namespace: &str, name: &str, path: &str) -> Option<&str> {
        self.files.get(&(format!("pod/{namespace}/{name}"), path.to_owned())).map(String::as_str)
    }

    /// Writes a file; false where there is no room for it.
    pub fn write(&mut self, client: &RequestClient, path: &str, text: String) -> bool {
        let used: usize = self.files.values().map(String::len).sum();
        if self.files.len() >= FILES || used + text.len() > FILE_BYTES {
            return false;
        }
        self.files.insert((machine(client), self.absolute(client, path)), text);
        true
    }

    /// Removes a file; whether it was there.
    pub fn remove(&mut self, client: &RequestClient, path: &str) -> bool {
        self.files.remove(&(machine(client), self.absolute(client, path))).is_some()
    }

    /// The paths of a client's files under a folder.
    pub fn paths(&self, client: &RequestClient, folder: &str) -> Vec<&str> {
        let (own, folder) = (machine(client), self.absolute(client, folder));
        let prefix = if folder == "/" { folder } else { format!("{folder}/") };
        let all = self.files.keys().filter(|(machine, path)| *machine == own && path.starts_with(&prefix));
        all.map(|(_, path)| path.as_str()).collect()
    }

    /// Notes what a pod was asked.
    pub fn note_request(&mut self, served: ServedRequest) {
        if self.served.len() < REQUESTS {
            self.served.push(served);
        }
    }

    /// A pod is gone, and its files with it.
    pub fn forget_pod(&mut self, qualified_name: &str) {
        let gone = format!("pod/{qualified_name}");
        self.files.retain(|(machine, _), _| *machine != gone);
        self.debugged.remove(qualified_name);
        self.forwards.retain(|_, forward| forward.pod != qualified_name);
        self.served.retain(|served| served.pod != qualified_name);
    }

    /// The debugging container whose shell was entered in a pod ends.
    pub fn end_debug(&mut self, qualified_name: &str, status: i32) {
        let mut all = self.debugged.get_mut(qualified_name).into_iter().flatten();
        let entered = all.rfind(|container| container.state == DebugState::Entered);
        entered.into_iter().for_each(|container| container.state = DebugState::Ended(status));
    }

    /// The namespace of names without one.
    pub fn namespace(&self) -> &str {
        self.namespace.as_deref().unwrap_or("default")
    }

    /// Where a connection from the machine outside to itself is forwarded to.
    pub fn forwarded(&self, client: &RequestClient, host: &RequestHost, port: u16) -> Option<&Forward> {
        let is_local = match host {
            RequestHost::Address(address) => address.is_loopback(),
            RequestHost::Name(name) => name == "localhost",
        };
        self.forwards.get(&port).filter(|_| is_local && matches!(client, RequestClient::External(_)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_each_machine_s_own() {
        let (outside, pod) =
            (RequestClient::External(None), RequestClient::Pod { namespace: "a".into(), name: "b".into() });
        let mut session = Session::default();
        assert!(session.write(&outside, "x/../y", "1".into()));
        assert_eq!((session.file(&outside, "y"), session.file(&pod, "y")), (Some("1"), None));
        assert!(session.write(&pod, "/y", "2".into()));
        assert_eq!(session.file_of_pod("a", "b", "/y"), Some("2"));
        session.forget_pod("a/b");
        assert_eq!(session.file(&pod, "y"), None);
    }
}
