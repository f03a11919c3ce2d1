//! The command line before a live cluster: a cluster is put into a real API server and asked by `kubectl whichpod`, by
//! `whichpod trace --live` and of what `whichpod export` writes. Each must say what is said of the very files, and what the case
//! expects; whoever may not list a kind is told so, and what depends on it is unknown.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde::Deserialize;
use serde_json::{Value, json};
use whichpod_core::report::Report;
use whichpod_core::routing_test::RequestCase;

use super::control_plane::client::ApiClient;
use super::control_plane::{ADMINISTRATOR, ControlPlane, ControlPlaneSize, program};
use super::network;
use crate::parts::OraclePart;

/// What is put into the server, and what is asked.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ClusterCases {
    manifests: String,
    requests: Vec<RequestCase>,
    users: Vec<LimitedUser>,
}

/// Somebody who may not list everything.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LimitedUser {
    name: String,
    /// Where it may list everything, if nowhere else.
    namespace: Option<String>,
    may_not_list: BTreeSet<String>,
    /// Options besides.
    #[serde(default)]
    with: Vec<String>,
    /// What must stand on standard error.
    told: Vec<String>,
    requests: Vec<RequestCase>,
}

/// The questions that were put, and what was wrong.
#[derive(Debug, Default)]
pub struct ClusterRun {
    /// How many answers were compared.
    pub answers: usize,
    /// Those that aren't as they should be.
    pub faults: Vec<String>,
}

/// Puts all questions.
pub fn run() -> Result<ClusterRun, String> {
    // 1. The server, with the cluster in it.
    network::enter(&[OraclePart::Validation])?;
    let cases = read()?;
    let users: Vec<(&str, Option<&str>)> =
        cases.users.iter().map(|user| (user.name.as_str(), user.namespace.as_deref())).collect();
    let plane = ControlPlane::start_for(ControlPlaneSize::ApiServer, &users)?;
    let mut client = plane.client();
    put(&mut client, &cases.manifests)?;
    let asking = CommandLine::new(&plane)?;
    let listed = asking.resources()?;
    cases.users.iter().try_for_each(|user| allow(&mut client, user, &listed))?;
    // 2. Whoever may do everything: the plugin, the program, the export, the files.
    fs::write(asking.path("cluster.yaml"), &cases.manifests).map_err(|error| error.to_string())?;
    let export = asking.output(ADMINISTRATOR, &["whichpod"], &["export"])?;
    fs::write(asking.path("export.yaml"), &export.stdout).map_err(|error| error.to_string())?;
    let mut run = ClusterRun::default();
    let ways: [(&str, &[&str], &[&str]); 4] = [
        ("the files", &["whichpod"], &["-f", "cluster.yaml"]),
        ("the export", &["whichpod"], &["-f", "export.yaml"]),
        ("--live", &["whichpod"], &["--live"]),
        ("kubectl whichpod", &["kubectl", "whichpod"], &[]),
    ];
    for case in &cases.requests {
        let mut first: Option<Report> = None;
        for (way, program, options) in ways {
            let (report, _) = asking.ask(ADMINISTRATOR, program, options, case)?;
            run.judge(way, case, &report);
            let told = first.get_or_insert_with(|| report.clone());
            run.compare(way, case, told, &report);
        }
    }
    // 3. Those who may not.
    for user in &cases.users {
        for case in &user.requests {
            let options: Vec<&str> = ["--live"].into_iter().chain(user.with.iter().map(String::as_str)).collect();
            let (report, said) = asking.ask(&user.name, &["whichpod"], &options, case)?;
            run.judge(&user.name, case, &report);
            let untold = user.told.iter().filter(|words| !said.contains(*words));
            run.faults.extend(untold.map(|words| format!("{}: {}: isn't told {words:?}: {said}", user.name, case.run)));
        }
    }
    Ok(run)
}

fn read() -> Result<ClusterCases, String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("cluster.yaml");
    let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    serde_yaml::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))
}

impl ClusterRun {
    /// What the case expects.
    fn judge(&mut self, way: &str, case: &RequestCase, report: &Report) {
        self.answers += 1;
        let differences = case.expect.differences(report);
        self.faults.extend(differences.into_iter().map(|what| format!("{way}: {}: {what}", case.run)));
    }

    /// What was said of the files.
    fn compare(&mut self, way: &str, case: &RequestCase, told: &Report, report: &Report) {
        let facts = |report: &Report| json!([report.outcome, report.summary, report.why, report.landings, report.exit]);
        let (expected, found) = (facts(told), facts(report));
        if expected != found {
            self.faults.push(format!("{way}: {}: {found}\n  of the files: {expected}", case.run));
        }
    }
}

/// The programs, each in a folder of its own.
struct CommandLine {
    folder: PathBuf,
    /// Where kubectl, whichpod and the plugin are.
    programs: PathBuf,
}

impl CommandLine {
    fn new(plane: &ControlPlane) -> Result<Self, String> {
        let failed = |error: std::io::Error| error.to_string();
        let own = std::env::current_exe().map_err(failed)?;
        let whichpod = own.with_file_name("whichpod");
        if !whichpod.exists() {
            return Err("whichpod isn't built: cargo build -p whichpod".to_owned());
        }
        let folder = PathBuf::from(plane.path("asking"));
        let programs = folder.join("programs");
        fs::create_dir_all(&programs).map_err(failed)?;
        // Settings above the folder are somebody else's.
        fs::write(folder.join(".whichpod.yaml"), "").map_err(failed)?;
        fs::copy(plane.path("kubeconfig"), folder.join("kubeconfig")).map_err(failed)?;
        let kubectl = fs::canonicalize(program("kubectl")).map_err(failed)?;
        for (name, target) in [("kubectl", &kubectl), ("whichpod", &whichpod), ("kubectl-whichpod", &whichpod)] {
            link(target, &programs.join(name)).map_err(failed)?;
        }
        Ok(Self { folder, programs })
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// With kubectl's own configuration, whose current context is the user's.
    fn output(&self, user: &str, program: &[&str], arguments: &[&str]) -> Result<Output, String> {
        let (name, words) = program.split_first().ok_or("no program")?;
        let kubectl = self.programs.join("kubectl");
        let chosen = Command::new(&kubectl)
            .args(["config", "use-context", user])
            .env("KUBECONFIG", self.path("kubeconfig"))
            .output();
        chosen.map_err(|error| format!("kubectl: {error}"))?;
        let path = format!("{}:{}", self.programs.display(), std::env::var("PATH").unwrap_or_default());
        let mut command = Command::new(self.programs.join(name));
        command.args(words).args(arguments).current_dir(&self.folder);
        command.env("PATH", path).env("KUBECONFIG", self.path("kubeconfig")).env("LC_ALL", "C.UTF-8");
        command.output().map_err(|error| format!("{name}: {error}"))
    }

    /// A question, and what stands on standard error.
    fn ask(
        &self,
        user: &str,
        program: &[&str],
        options: &[&str],
        case: &RequestCase,
    ) -> Result<(Report, String), String> {
        let question = ["--from", case.from.as_str(), "-o", "json", "--", case.run.as_str()];
        let arguments: Vec<&str> = ["trace"].iter().chain(options).chain(&question).copied().collect();
        let output = self.output(user, program, &arguments)?;
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let report = serde_json::from_slice(&output.stdout);
        report.map(|report| (report, said.clone())).map_err(|error| format!("{arguments:?} as {user}: {error}: {said}"))
    }

    /// Every kind that can be listed, as kubectl names it.
    fn resources(&self) -> Result<BTreeSet<String>, String> {
        let output = self.output(ADMINISTRATOR, &["kubectl"], &["api-resources", "--verbs=list", "-o", "name"])?;
        Ok(String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect())
    }
}

#[cfg(unix)]
fn link(target: &Path, name: &Path) -> std::io::Result<()> {
    std::os::unix::fs::symlink(target, name)
}

#[cfg(not(unix))]
fn link(target: &Path, name: &Path) -> std::io::Result<()> {
    fs::copy(target, name).map(|_| ())
}

/// Creates every object but World; status is a part of its own. Namespaces that nobody declares have a ServiceAccount too, as
/// a controller would have made it.
fn put(client: &mut ApiClient, manifests: &str) -> Result<(), String> {
    let mut with_account = BTreeSet::new();
    for document in serde_yaml::Deserializer::from_str(manifests) {
        // 1. The object, without what World says.
        let object = Value::deserialize(document).map_err(|error| error.to_string())?;
        let word = |name: &str| object[name].as_str().unwrap_or_default();
        if word("kind") == "World" {
            continue;
        }
        let name = object["metadata"]["name"].as_str().unwrap_or_default();
        let Some(resource) = client.resource(word("apiVersion"), word("kind"))? else {
            return Err(format!("the server has no {}", word("kind")));
        };
        let namespace = object["metadata"]["namespace"].as_str().unwrap_or("default");
        if resource.namespaced && with_account.insert(namespace.to_owned()) {
            let account = json!({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "default"}});
            create(client, &format!("/api/v1/namespaces/{namespace}/serviceaccounts"), &account)?;
        }
        // 2. Created, and its status.
        let path = resource.path(namespace);
        create(client, &path, &object)?;
        if !object["status"].is_null() {
            let status = json!({"status": object["status"]}).to_string();
            let at = format!("{path}/{name}/status");
            let answer = client.ask("PATCH", &at, "application/merge-patch+json", &status)?;
            if answer.status != 200 {
                return Err(format!("{at}: {}", answer.json()["message"]));
            }
        }
    }
    Ok(())
}

fn create(client: &mut ApiClient, path: &str, object: &Value) -> Result<(), String> {
    let answer = client.ask("POST", path, "application/json", &object.to_string())?;
    match answer.status {
        // What every cluster has.
        201 | 409 => Ok(()),
        _ => Err(format!("{path}: {}", answer.json()["message"])),
    }
}

/// Lets a user list every kind but those that it may not; of one namespace if it is said so.
fn allow(client: &mut ApiClient, user: &LimitedUser, listed: &BTreeSet<String>) -> Result<(), String> {
    let rules = listed.iter().filter(|name| !user.may_not_list.contains(*name)).map(|name| {
        let (resource, group) = name.split_once('.').unwrap_or((name, ""));
        json!({"apiGroups": [group], "resources": [resource], "verbs": ["list", "get"]})
    });
    let rules: Vec<Value> = rules.collect();
    let (scope, root) = match &user.namespace {
        Some(namespace) => ("", format!("/apis/rbac.authorization.k8s.io/v1/namespaces/{namespace}/")),
        None => ("Cluster", "/apis/rbac.authorization.k8s.io/v1/".to_owned()),
    };
    let plural = |what: &str| format!("{root}{}", format!("{scope}{what}").to_lowercase());
    let object = |kind: &str| json!({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": format!("{scope}{kind}"), "metadata": {"name": user.name}});
    let mut role = object("Role");
    role["rules"] = json!(rules);
    create(client, &plural("Roles"), &role)?;
    let mut binding = object("RoleBinding");
    binding["roleRef"] =
        json!({"apiGroup": "rbac.authorization.k8s.io", "kind": format!("{scope}Role"), "name": user.name});
    binding["subjects"] = json!([{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": user.name}]);
    create(client, &plural("RoleBindings"), &binding)
}
