//! A control plane of the run's own: etcd, kube-apiserver, and what else a part needs, on loopback. `kubectl proxy` stands before
//! the API server, so that questions go without TLS.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::target;
use client::ApiClient;

pub(super) mod client;
pub(super) mod contents;
mod definitions;

/// Where the API server listens, and what stands before it.
const PORTS: ControlPlanePorts = ControlPlanePorts { server: 16000, etcd: 16001, peer: 16002, proxy: 16003 };

struct ControlPlanePorts {
    server: u16,
    etcd: u16,
    peer: u16,
    proxy: u16,
}

/// Who may do everything, and the name of its token and context.
pub(super) const ADMINISTRATOR: &str = "laboratory";

/// Addresses of Services: kubeadm's.
const SERVICE_NETWORK: &str = "10.96.0.0/12";

/// What is started beside etcd and the API server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ControlPlaneSize {
    /// Nothing.
    ApiServer,
    /// kube-controller-manager and kube-scheduler.
    Whole,
}

/// Running; it ends with this value.
pub(super) struct ControlPlane {
    folder: PathBuf,
    processes: Vec<Child>,
}

const PATIENCE: Duration = Duration::from_secs(120);
const PAUSE: Duration = Duration::from_millis(100);

impl ControlPlane {
    /// Starts it with nothing stored but what every cluster has, and the definitions of custom resources.
    pub(super) fn start(size: ControlPlaneSize) -> Result<Self, String> {
        Self::start_for(size, &[])
    }

    /// The same, with users who may do nothing yet, each with a context of its own, in a namespace perhaps.
    pub(super) fn start_for(size: ControlPlaneSize, users: &[(&str, Option<&str>)]) -> Result<Self, String> {
        // 1. What is needed.
        let programs: &[&str] = match size {
            ControlPlaneSize::ApiServer => &["etcd", "kube-apiserver", "kubectl"],
            ControlPlaneSize::Whole => {
                &["etcd", "kube-apiserver", "kubectl", "kube-controller-manager", "kube-scheduler"]
            }
        };
        if let Some(missing) = programs.iter().find(|name| !program(name).exists()) {
            return Err(format!("{missing} isn't built: `cargo xtask oracle validation` builds it, with Go"));
        }
        let folder = target().join(format!("control-plane-{}", std::process::id()));
        let failed = |error: std::io::Error| format!("{}: {error}", folder.display());
        fs::create_dir_all(&folder).map_err(failed)?;
        let folder = fs::canonicalize(&folder).map_err(failed)?;
        let mut started = Self { folder, processes: Vec::new() };
        // 2. The servers, each as soon as the one before serves.
        started.write_credentials(users)?;
        started.launch("etcd", &etcd_arguments(&started.folder))?;
        started.launch("kube-apiserver", &server_arguments(&started.folder))?;
        let proxy = ["proxy", "--port", &PORTS.proxy.to_string(), "--kubeconfig", &started.path("kubeconfig")];
        let proxy: Vec<String> = proxy.iter().map(|word| (*word).to_owned()).collect();
        started.launch("kubectl", &proxy)?;
        started.wait_until_ready()?;
        // 3. What a cluster has.
        definitions::install(&mut started.client())?;
        if size == ControlPlaneSize::Whole {
            started.launch("kube-controller-manager", &manager_arguments(&started.folder))?;
            started.launch("kube-scheduler", &scheduler_arguments(&started.folder))?;
        }
        Ok(started)
    }

    /// A connection of its own.
    pub(super) fn client(&self) -> ApiClient {
        ApiClient::new(&format!("127.0.0.1:{}", PORTS.proxy))
    }

    /// A file of its own: `kubeconfig` is that of whoever may do everything.
    pub(super) fn path(&self, name: &str) -> String {
        self.folder.join(name).display().to_string()
    }

    fn write_credentials(&self, users: &[(&str, Option<&str>)]) -> Result<(), String> {
        // 1. Everybody's token.
        let write = |name: &str, text: &str| {
            let path = self.folder.join(name);
            fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))
        };
        let limited = users.iter().enumerate().map(|(number, (name, _))| format!("{name},{name},{}\n", number + 2));
        write("tokens", &format!("{ADMINISTRATOR},admin,1,\"system:masters\"\n{}", limited.collect::<String>()))?;
        // 2. A context for each, and the keys of ServiceAccounts.
        let all = || [(ADMINISTRATOR, None)].into_iter().chain(users.iter().copied());
        let contexts = all().map(|(name, namespace)| {
            json!({"name": name, "context": {"cluster": "laboratory", "user": name, "namespace": namespace.unwrap_or_default()}})
        });
        let config = json!({
            "apiVersion": "v1", "kind": "Config", "current-context": ADMINISTRATOR,
            "contexts": contexts.collect::<Vec<_>>(),
            "clusters": [{"name": "laboratory", "cluster": {
                "server": format!("https://127.0.0.1:{}", PORTS.server), "insecure-skip-tls-verify": true,
            }}],
            "users": all().map(|(name, _)| json!({"name": name, "user": {"token": name}})).collect::<Vec<_>>(),
        });
        write("kubeconfig", &config.to_string())?;
        openssl(&["genrsa", "-out", &self.path("sa.key"), "2048"])?;
        openssl(&["rsa", "-in", &self.path("sa.key"), "-pubout", "-out", &self.path("sa.pub")])
    }

    fn launch(&mut self, name: &str, arguments: &[String]) -> Result<(), String> {
        let failed = |error: std::io::Error| format!("{name}: {error}");
        let output = File::create(self.folder.join(format!("{name}.log"))).map_err(failed)?;
        let errors = output.try_clone().map_err(failed)?;
        let mut command = Command::new(program(name));
        command.args(arguments).stdin(Stdio::null()).stdout(output).stderr(errors);
        self.processes.push(command.spawn().map_err(failed)?);
        Ok(())
    }

    fn wait_until_ready(&mut self) -> Result<(), String> {
        let start = Instant::now();
        while start.elapsed() < PATIENCE {
            sleep(PAUSE);
            if let Ok(answer) = self.client().get("/readyz")
                && answer.status == 200
            {
                return Ok(());
            }
            if self.processes.iter_mut().any(|process| process.try_wait().is_ok_and(|ended| ended.is_some())) {
                break;
            }
        }
        let log = fs::read_to_string(self.folder.join("kube-apiserver.log")).unwrap_or_default();
        let last: Vec<&str> = log.lines().rev().take(3).collect();
        Err(format!("the API server isn't ready: {}", last.join("\n")))
    }
}

impl Drop for ControlPlane {
    fn drop(&mut self) {
        for process in self.processes.iter_mut().rev() {
            // It may have ended by itself.
            let _ = process.kill();
            let _ = process.wait();
        }
        let _ = fs::remove_dir_all(&self.folder);
    }
}

pub(super) fn program(name: &str) -> PathBuf {
    target().join("bin").join(name)
}

fn openssl(arguments: &[&str]) -> Result<(), String> {
    let made = Command::new("openssl").args(arguments).output().map_err(|error| format!("openssl: {error}"))?;
    if made.status.success() { Ok(()) } else { Err(format!("openssl: {}", String::from_utf8_lossy(&made.stderr))) }
}

/// `--name=value`.
fn flags(pairs: &[(&str, String)]) -> Vec<String> {
    pairs.iter().map(|(name, value)| format!("--{name}={value}")).collect()
}

fn etcd_arguments(folder: &Path) -> Vec<String> {
    let (client, peer) = (format!("http://127.0.0.1:{}", PORTS.etcd), format!("http://127.0.0.1:{}", PORTS.peer));
    flags(&[
        ("data-dir", folder.join("etcd").display().to_string()),
        ("listen-client-urls", client.clone()),
        ("advertise-client-urls", client),
        ("listen-peer-urls", peer.clone()),
        ("initial-advertise-peer-urls", peer.clone()),
        ("initial-cluster", format!("default={peer}")),
        ("unsafe-no-fsync", "true".to_owned()),
    ])
}

fn server_arguments(folder: &Path) -> Vec<String> {
    let path = |name: &str| folder.join(name).display().to_string();
    flags(&[
        ("etcd-servers", format!("http://127.0.0.1:{}", PORTS.etcd)),
        ("bind-address", "127.0.0.1".to_owned()),
        ("secure-port", PORTS.server.to_string()),
        // Loopback is refused here, and nobody connects to it.
        ("advertise-address", "172.18.0.2".to_owned()),
        ("cert-dir", path("certs")),
        ("token-auth-file", path("tokens")),
        ("authorization-mode", "RBAC".to_owned()),
        ("allow-privileged", "true".to_owned()),
        ("service-cluster-ip-range", SERVICE_NETWORK.to_owned()),
        ("service-account-issuer", "https://kubernetes.default.svc.cluster.local".to_owned()),
        ("service-account-key-file", path("sa.pub")),
        ("service-account-signing-key-file", path("sa.key")),
        ("max-requests-inflight", "3000".to_owned()),
        ("max-mutating-requests-inflight", "1000".to_owned()),
    ])
}

fn manager_arguments(folder: &Path) -> Vec<String> {
    let path = |name: &str| folder.join(name).display().to_string();
    flags(&[
        ("kubeconfig", path("kubeconfig")),
        ("service-account-private-key-file", path("sa.key")),
        ("root-ca-file", path("certs/apiserver.crt")),
        ("allocate-node-cidrs", "true".to_owned()),
        ("cluster-cidr", "10.244.0.0/16".to_owned()),
        ("service-cluster-ip-range", SERVICE_NETWORK.to_owned()),
        ("leader-elect", "false".to_owned()),
        ("secure-port", "0".to_owned()),
        // Nobody sends heartbeats.
        ("node-monitor-grace-period", "24h".to_owned()),
        ("node-startup-grace-period", "24h".to_owned()),
        ("kube-api-qps", "1000".to_owned()),
        ("kube-api-burst", "1000".to_owned()),
        ("concurrent-deployment-syncs", "10".to_owned()),
        ("concurrent-replicaset-syncs", "10".to_owned()),
    ])
}

fn scheduler_arguments(folder: &Path) -> Vec<String> {
    flags(&[
        ("kubeconfig", folder.join("kubeconfig").display().to_string()),
        ("leader-elect", "false".to_owned()),
        ("secure-port", "0".to_owned()),
        ("kube-api-qps", "1000".to_owned()),
        ("kube-api-burst", "1000".to_owned()),
    ])
}

/// An object with nothing but a name.
pub(super) fn named(api_version: &str, kind: &str, name: &str) -> Value {
    json!({"apiVersion": api_version, "kind": kind, "metadata": {"name": name}})
}
