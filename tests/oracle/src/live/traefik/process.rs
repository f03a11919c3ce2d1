//! A running Traefik. It is ready when every router that a provider has read stands in its running configuration.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::live::http;
use crate::live::target;

/// Its own API, for the laboratory only.
const API: &str = "127.0.0.1:9099";

/// What the laboratory adds: it tells what it does, and asks nobody outside.
const LABORATORY: [&str; 8] = [
    "--api=true",
    "--api.insecure=true",
    "--entryPoints.traefik.address=127.0.0.1:9099",
    "--log.level=DEBUG",
    "--log.nocolor=true",
    "--global.checknewversion=false",
    "--global.sendanonymoususage=false",
    "--providers.providersthrottleduration=10ms",
];

/// A provider's argument, and its name in the log.
const PROVIDERS: [(&str, &str); 4] = [
    ("kubernetesingress", "kubernetes"),
    ("kubernetescrd", "kubernetescrd"),
    ("kubernetesgateway", "kubernetesgateway"),
    ("kubernetesingressnginx", "kubernetesingressnginx"),
];

const PATIENCE: Duration = Duration::from_secs(20);

/// A router whose entry points don't exist never appears.
const SETTLED: Duration = Duration::from_secs(3);

const PAUSE: Duration = Duration::from_millis(20);

/// Ends with this value.
pub(super) struct TraefikProcess {
    child: Child,
    log: PathBuf,
}

impl TraefikProcess {
    pub(super) fn is_built() -> Result<(), String> {
        let missing = || "Traefik isn't built: `cargo xtask oracle traefik` builds it, with Go".to_owned();
        program().exists().then_some(()).ok_or_else(missing)
    }

    /// Starts it and waits until it serves.
    pub(super) fn start(arguments: &[String]) -> Result<Self, String> {
        let failed = |error: std::io::Error| format!("{}: {error}", program().display());
        let log = target().join(format!("traefik-{}.log", std::process::id()));
        let output = File::create(&log).map_err(failed)?;
        let errors = output.try_clone().map_err(failed)?;
        let mut command = Command::new(program());
        command.args(arguments.iter().filter(|argument| !is_of_laboratory(argument))).args(LABORATORY);
        command.env_remove("KUBERNETES_SERVICE_HOST").env_remove("KUBERNETES_SERVICE_PORT");
        let child = command.stdin(Stdio::null()).stdout(output).stderr(errors).spawn().map_err(failed)?;
        let mut started = Self { child, log };
        started.wait_until_ready(&wanted_providers(arguments))?;
        Ok(started)
    }

    fn wait_until_ready(&mut self, wanted: &BTreeSet<&str>) -> Result<(), String> {
        let start = Instant::now();
        let mut complete: Option<Instant> = None;
        while start.elapsed() < PATIENCE {
            sleep(PAUSE);
            let text = fs::read_to_string(&self.log).unwrap_or_default();
            if self.child.try_wait().is_ok_and(|ended| ended.is_some()) {
                return Err(format!("Traefik has ended: {}", text.lines().last().unwrap_or_default()));
            }
            let (told, routers) = told_by_providers(&text);
            if !wanted.iter().all(|provider| told.contains(*provider)) {
                continue;
            }
            let since = *complete.get_or_insert_with(Instant::now);
            if routers.is_subset(&running_routers()) || since.elapsed() > SETTLED {
                sleep(3 * PAUSE);
                return Ok(());
            }
        }
        Err("Traefik isn't ready after 20 s".to_owned())
    }
}

impl Drop for TraefikProcess {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = fs::remove_file(&self.log);
    }
}

fn program() -> PathBuf {
    target().join("bin/traefik")
}

fn is_of_laboratory(argument: &str) -> bool {
    let name = |argument: &str| argument.split('=').next().unwrap_or_default().to_lowercase();
    LABORATORY.iter().any(|own| name(own) == name(argument))
}

fn wanted_providers(arguments: &[String]) -> BTreeSet<&'static str> {
    let is_on = |name: &str| {
        arguments.iter().any(|argument| argument.to_lowercase().starts_with(&format!("--providers.{name}.endpoint=")))
    };
    PROVIDERS.iter().filter(|(name, _)| is_on(name)).map(|(_, told)| *told).collect()
}

/// The providers that have spoken, and the routers that they have read last.
fn told_by_providers(log: &str) -> (BTreeSet<String>, BTreeSet<String>) {
    let mut routers = BTreeMap::<String, BTreeSet<String>>::new();
    for line in log.lines() {
        let Some((before, provider)) = line.rsplit_once(" providerName=") else { continue };
        let provider = provider.split(' ').next().unwrap_or_default().to_owned();
        if before.contains("Skipping empty configuration") || before.contains("No configuration found") {
            routers.entry(provider).or_default();
        } else if let Some((_, text)) = before.split_once("Configuration received config=") {
            routers.insert(provider.clone(), read_routers(text, &provider));
        }
    }
    (routers.keys().cloned().collect(), routers.into_values().flatten().collect())
}

fn read_routers(configuration: &str, provider: &str) -> BTreeSet<String> {
    let Ok(read) = serde_json::from_str::<Value>(configuration) else { return BTreeSet::new() };
    let of = |protocol: &str| {
        let routers = read[protocol]["routers"].as_object().into_iter().flatten();
        routers.map(|(name, _)| format!("{protocol} {name}@{provider}")).collect::<Vec<_>>()
    };
    ["http", "tcp", "udp"].iter().flat_map(|protocol| of(protocol)).collect()
}

fn running_routers() -> BTreeSet<String> {
    let page = http::get(API, "/api/rawdata").unwrap_or_default();
    let read: Value = serde_json::from_str(&page).unwrap_or_default();
    let of = |key: &str, protocol: &str| {
        let routers = read[key].as_object().into_iter().flatten();
        routers.map(|(name, _)| format!("{protocol} {name}")).collect::<Vec<_>>()
    };
    [("routers", "http"), ("tcpRouters", "tcp"), ("udpRouters", "udp")]
        .iter()
        .flat_map(|(key, protocol)| of(key, protocol))
        .collect()
}
