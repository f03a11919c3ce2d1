//! Questions and answers as JSON, for programs that embed the simulator: the npm package, and agents.

#![warn(missing_docs)]

mod brief;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::cluster::SettingOverrides;
use crate::console::{CommandRun, client};
use crate::ingress::IngressImplementation;
use crate::modelled;
use crate::report::{CheckReport, Report, ReportDetail};
use crate::simulation::Simulation;
use crate::source::Sources;
use crate::tally::RequestSeries;

pub use brief::brief;

/// What a caller says. Only the manifests are needed to check them.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct CallArguments {
    /// Texts by file name.
    pub files: BTreeMap<String, String>,
    /// What is typed.
    pub command: String,
    /// Who asks; outside unless said.
    pub from: Option<String>,
    /// The namespace of names without one.
    pub namespace: Option<String>,
    /// The controller that serves every Ingress.
    #[serde(rename = "as")]
    pub controller: Option<String>,
    /// kube-proxy's mode.
    pub proxy_mode: Option<String>,
    /// The client's C library.
    pub libc: Option<String>,
    /// The requests to tally.
    pub repeat: Option<u32>,
    /// All walks rather than the first landing's.
    pub all: bool,
}

/// What a tool prints, and how it exits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ExecutedCommand {
    /// Null where it is a server's own, or isn't modelled.
    pub stdout: Option<String>,
    /// What it says beside.
    pub stderr: String,
    /// How it exits.
    pub exit: i32,
    /// What is to be known about the output.
    pub notes: Vec<String>,
}

/// Calls `trace`, `exec`, `check` or `modelled` with JSON: `{"answer": …}`, or `{"error": "…"}` with a sentence that says why not.
pub fn call(function: &str, arguments: &str) -> String {
    let answer = match serde_json::from_str(arguments) {
        Ok(arguments) => answer(function, &arguments),
        Err(error) => Err(error.to_string()),
    };
    match answer {
        Ok(answer) => json!({ "answer": answer }).to_string(),
        Err(error) => json!({ "error": error }).to_string(),
    }
}

fn answer(function: &str, arguments: &CallArguments) -> Result<Value, String> {
    let written = match function {
        "trace" => serde_json::to_value(trace(arguments)?.1),
        "exec" => serde_json::to_value(exec(arguments)?),
        "check" => serde_json::to_value(check(arguments)),
        "modelled" => Ok(modelled::to_json(&modelled::sections())),
        _ => return Err(format!("there is no function `{function}`")),
    };
    written.map_err(|error| error.to_string())
}

/// Where the request lands: in short, and whole.
///
/// # Errors
///
/// A question that can't be asked, in a sentence.
pub fn trace(arguments: &CallArguments) -> Result<(String, Report), String> {
    let simulation = simulation(arguments)?;
    let run = run(arguments, &simulation)?;
    let repeat = arguments.repeat.map(|requests| RequestSeries { requests, one_connection: false });
    let report = simulation.report(&run, ReportDetail { all: arguments.all, repeat, ..ReportDetail::default() });
    Ok((brief(&report), report))
}

/// What the tool itself prints; also where it refuses an option.
///
/// # Errors
///
/// A question that can't be asked, in a sentence.
pub fn exec(arguments: &CallArguments) -> Result<ExecutedCommand, String> {
    let simulation = simulation(arguments)?;
    let run = run(arguments, &simulation)?;
    Ok(ExecutedCommand {
        stdout: run.output.stdout,
        stderr: run.output.stderr,
        exit: run.output.exit,
        notes: run.notes,
    })
}

/// What is wrong with the manifests.
pub fn check(arguments: &CallArguments) -> CheckReport {
    Simulation::new(sources(arguments), &SettingOverrides::default()).check()
}

fn sources(arguments: &CallArguments) -> Sources {
    Sources::new(arguments.files.iter().map(|(name, text)| (name.as_str(), text.as_str())))
}

fn simulation(arguments: &CallArguments) -> Result<Simulation, String> {
    let named = |what: &str, name: &str| format!("`{name}` is no {what}");
    let kube_proxy_mode = arguments.proxy_mode.as_deref();
    let kube_proxy_mode =
        kube_proxy_mode.map(|name| name.parse().map_err(|_| named("mode of kube-proxy", name))).transpose()?;
    let serve_as = arguments.controller.as_deref();
    let serve_as = serve_as.map(|name| {
        IngressImplementation::from_name(name).ok_or_else(|| named("Ingress controller that is modelled", name))
    });
    let overrides =
        SettingOverrides { kube_proxy_mode, serve_as: serve_as.transpose()?, ..SettingOverrides::default() };
    Ok(Simulation::new(sources(arguments), &overrides))
}

fn run(arguments: &CallArguments, simulation: &Simulation) -> Result<CommandRun, String> {
    let from = arguments.from.as_deref().unwrap_or("external");
    let namespace = arguments.namespace.as_deref().unwrap_or("default");
    let client = client::parse(from, namespace).map_err(|error| error.message)?;
    let libc = arguments.libc.as_deref();
    let libc = libc.map(|name| name.parse().map_err(|_| format!("`{name}` is no C library that is known")));
    simulation.run(&client, &arguments.command, libc.transpose()?).map_err(|error| error.message)
}

#[cfg(test)]
mod tests {
    use super::call;
    use serde_json::{Value, json};

    const POD: &str = "apiVersion: v1
kind: Pod
metadata: {name: web-1, labels: {app: web}}
spec: {containers: [{name: web, image: nginx, ports: [{containerPort: 80}]}]}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80}]}
";

    fn called(function: &str, mut arguments: Value) -> Value {
        arguments["files"] = json!({ "a.yaml": POD });
        serde_json::from_str(&call(function, &arguments.to_string())).unwrap()
    }

    #[test]
    fn answers_are_those_of_the_command_line() {
        let told = called("trace", json!({ "command": "curl http://web/", "from": "pod/web-1" }));
        assert_eq!(told["answer"]["landings"][0]["pod"], "default/web-1");
        let told = called("exec", json!({ "command": "kubectl get pods -o name" }));
        assert_eq!(told["answer"]["stdout"], "pod/web-1\n");
        assert_eq!(called("check", json!({}))["answer"]["diagnostics"], json!([]));
        assert_eq!(called("modelled", json!({}))["answer"]["schema"], "whichpod.dev/modelled/v1");
    }

    #[test]
    fn what_cannot_be_asked_says_why() {
        for (arguments, expected) in [
            (json!({ "command": "curl http://web/", "from": "somewhere" }), "no client"),
            (json!({ "command": "curl http://web/", "as": "haproxy-of-old" }), "no Ingress controller"),
            (json!({ "command": "curl http://web/", "proxyMode": "userspace" }), "no mode"),
            (json!({ "command": "curl http://web/", "libc": "dietlibc" }), "no C library"),
            (json!({ "command": "curl http://web/", "form": "external" }), "unknown field"),
            (json!({ "command": "frobnicate" }), "frobnicate"),
        ] {
            let told = called("trace", arguments);
            assert!(told["error"].as_str().is_some_and(|error| error.contains(expected)), "{expected}: {told}");
        }
        assert!(call("fly", "{}").contains("no function") && call("check", "[").contains("error"));
    }
}
