//! The tools, their schemas, and what each call gives: text for the agent, and the JSON of `-o json` beside it.

use std::path::PathBuf;

use serde_json::{Map, Value, json};
use whichpod_core::call::{self, CallArguments};
use whichpod_core::explain::Language;
use whichpod_core::modelled::{self, Section};
use whichpod_core::report::CheckReport;

use crate::{Unusable, files};

/// The sections that are told when none is named.
const FIRST: [&str; 2] = ["versions", "gaps"];

/// As the protocol lists them.
pub fn list() -> Value {
    json!([
        tool(
            "trace",
            "Where a request lands, with shares, and why",
            "Follows a request (curl, wget, nc, dig, nslookup, ping, grpcurl …) through name lookup, load balancer, kube-proxy, \
             Ingress or Gateway and NetworkPolicy to the pods it lands on. Says which line of the manifests decided, and what isn't known.",
            &["command"],
        ),
        tool(
            "exec",
            "What the tool itself would print",
            "Runs a command against the manifests as a client in the cluster or outside: kubectl get and describe, curl, dig, a small shell. \
             Prints what the real tool would print, with its exit status.",
            &["command"],
        ),
        tool(
            "check",
            "What is wrong with the manifests",
            "What the API server would refuse, selectors without pods, names without objects, rules that never match; each with its line and often a fix.",
            &[],
        ),
        tool(
            "modelled",
            "What is modelled, and what is not",
            "Kinds, fields, annotations, controllers with their versions, tools and options that answers take into account: by section; without \
             one the versions, what isn't modelled, and the sections.",
            &[],
        ),
    ])
}

fn tool(name: &str, title: &str, description: &str, required: &[&str]) -> Value {
    json!({
        "name": name,
        "title": title,
        "description": description,
        "inputSchema": { "type": "object", "properties": properties(name), "required": required, "additionalProperties": false },
        "annotations": { "readOnlyHint": true, "idempotentHint": true, "openWorldHint": false },
    })
}

/// The keys that a tool takes: all, those about manifests, none.
fn properties(tool: &str) -> Value {
    let text = |description: &str| json!({ "type": "string", "description": description });
    let mut properties = Map::new();
    if tool == "modelled" {
        let ids: Vec<&str> = modelled::sections().iter().map(|section| section.id).collect();
        properties.insert("section".into(), json!({ "type": "string", "enum": ids }));
        return Value::Object(properties);
    }
    let paths = "Manifests: files and folders (*.yaml, *.yml, *.json, recursively)";
    properties.insert("paths".into(), json!({ "type": "array", "items": { "type": "string" }, "description": paths }));
    properties.insert("manifests".into(), text("Manifests as text, many documents; beside or instead of `paths`"));
    let detail = "true: the whole answer as structured content, too; for trace with every decision on the way (long)";
    properties.insert("detail".into(), json!({ "type": "boolean", "description": detail }));
    if tool == "check" {
        return Value::Object(properties);
    }
    let command = "What is typed, as one line: curl http://shop.example.com/cart. INGRESS, NODE(name), GATEWAY(namespace/name) stand for addresses";
    let from =
        "Who asks: external (by default), external:ADDRESS, pod/NAME, pod/NAMESPACE/NAME, deploy/NAME, node/NAME";
    properties.insert("command".into(), text(command));
    properties.insert("from".into(), text(from));
    properties.insert("namespace".into(), text("The namespace of names without one"));
    properties.insert("as".into(), text("As if this controller served every Ingress: ingress-nginx, traefik …"));
    properties.insert("proxyMode".into(), json!({ "type": "string", "enum": ["iptables", "nftables", "ipvs"] }));
    Value::Object(properties)
}

/// Text, and the JSON of `-o json` for whoever asked for it.
type ToolAnswer = (String, Option<Value>);

/// An agent's arguments.
struct ToolArguments {
    call: CallArguments,
    detail: bool,
}

/// Calls a tool; None if there is none of this name. What a tool refuses is a result that the agent reads, as the protocol wants it.
pub fn call(name: &str, arguments: &Value) -> Option<Value> {
    let told = match name {
        "modelled" => modelled(arguments).map(|text| (text, None)),
        "trace" | "exec" | "check" => {
            read(arguments).and_then(|arguments| told(name, &arguments.call, arguments.detail))
        }
        _ => return None,
    };
    Some(match told {
        Ok((text, None)) => json!({ "content": [{ "type": "text", "text": text }] }),
        Ok((text, Some(whole))) => json!({ "content": [{ "type": "text", "text": text }], "structuredContent": whole }),
        Err(problem) => json!({ "content": [{ "type": "text", "text": problem }], "isError": true }),
    })
}

/// The text for the agent, and the whole answer where it was asked for.
fn told(name: &str, arguments: &CallArguments, detail: bool) -> Result<ToolAnswer, String> {
    let whole = |answer: serde_json::Result<Value>| {
        answer.map(|answer| detail.then_some(answer)).map_err(|error| error.to_string())
    };
    match name {
        "trace" => {
            let (text, report) = call::trace(arguments)?;
            Ok((text, whole(serde_json::to_value(report))?))
        }
        "exec" => {
            let run = call::exec(arguments)?;
            let stdout = run.stdout.as_deref().unwrap_or("(the output is a server's own, or isn't modelled)\n");
            let notes: String = run.notes.iter().map(|note| format!("note: {note}\n")).collect();
            let text = format!("{stdout}{}exit status {}\n{notes}", run.stderr, run.exit);
            Ok((text, whole(serde_json::to_value(run))?))
        }
        _ => {
            let report = call::check(arguments);
            Ok((findings(&report), whole(serde_json::to_value(report))?))
        }
    }
}

fn findings(report: &CheckReport) -> String {
    if report.diagnostics.is_empty() { "nothing found\n".to_owned() } else { report.to_text() }
}

/// A section, or what sections there are, with what isn't modelled: the whole is long.
fn modelled(arguments: &Value) -> Result<String, String> {
    let all = modelled::sections();
    let Some(wanted) = arguments.get("section") else {
        let ids: Vec<&str> = all.iter().map(|section| section.id).collect();
        let open: Vec<Section> = all.iter().filter(|section| FIRST.contains(&section.id)).cloned().collect();
        return Ok(format!("{}sections: {}\n", modelled::to_text(&open, Language::English), ids.join(", ")));
    };
    let section: Vec<Section> = all.iter().filter(|section| *wanted == section.id).cloned().collect();
    if section.is_empty() {
        return Err(format!("there is no section {wanted}"));
    }
    Ok(modelled::to_text(&section, Language::English))
}

/// The agent's arguments as the core takes them: files are read here.
fn read(arguments: &Value) -> Result<ToolArguments, String> {
    let mut object = arguments.as_object().cloned().unwrap_or_default();
    let detail = object.remove("detail").is_some_and(|detail| detail == true);
    let paths = object.remove("paths").unwrap_or(json!([]));
    let paths: Vec<PathBuf> = serde_json::from_value(paths).map_err(|_| "`paths` is a list of texts".to_owned())?;
    let manifests = object.remove("manifests");
    if object.contains_key("files") {
        return Err("unknown field `files`: give `paths` or `manifests`".to_owned());
    }
    let mut call: CallArguments = serde_json::from_value(Value::Object(object)).map_err(|error| error.to_string())?;
    if let Some(manifests) = manifests {
        let text = manifests.as_str().ok_or("`manifests` is a text")?;
        call.files.insert("manifests".to_owned(), text.to_owned());
    }
    call.files.extend(files::read_all(&paths, &[]).map_err(|Unusable(message)| message)?.files);
    if call.files.is_empty() {
        return Err("give manifests: `paths` of files or folders, or `manifests` as text".to_owned());
    }
    Ok(ToolArguments { call, detail })
}
