//! `whichpod mcp`: the tools trace, check, exec and modelled for agents, over the Model Context Protocol on standard input and output.
//!
//! https://modelcontextprotocol.io/specification/2025-06-18: JSON-RPC 2.0, one message a line. Nothing is kept between calls, nothing is
//! written, no connection is opened.

mod tools;

use std::io::{BufRead, Write};
use std::process::ExitCode;

use serde_json::{Value, json};

use crate::Unusable;

/// The versions of the protocol that are spoken, newest first. What is used here is the same in all.
const VERSIONS: [&str; 3] = ["2025-06-18", "2025-03-26", "2024-11-05"];

/// What an agent is told at the beginning.
const INSTRUCTIONS: &str = "Answers where a request to Kubernetes lands, and why, from manifests alone; no cluster is asked and nothing is changed. \
    Give `paths` of files or folders, or `manifests` as text. An outcome `unknown` names what isn't known; say so rather than guess.";

// JSON-RPC 2.0, section 5.1.
const PARSE_ERROR: i32 = -32700;
const INVALID_REQUEST: i32 = -32600;
const METHOD_NOT_FOUND: i32 = -32601;
const INVALID_PARAMS: i32 = -32602;

/// Answers until standard input ends.
pub fn run() -> Result<ExitCode, Unusable> {
    let failed = |error: std::io::Error| Unusable(format!("the connection to the agent broke: {error}"));
    let mut stdout = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        if let Some(answer) = answer(&line.map_err(failed)?) {
            writeln!(stdout, "{answer}").and_then(|()| stdout.flush()).map_err(failed)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// What is said to a line; nothing to a notification, or to an empty line.
fn answer(line: &str) -> Option<Value> {
    if line.trim().is_empty() {
        return None;
    }
    let Ok(message) = serde_json::from_str::<Value>(line) else {
        return Some(error(&Value::Null, PARSE_ERROR, "this line is no JSON"));
    };
    let (method, id) = (message["method"].as_str(), message.get("id"));
    match (method, id) {
        // Answers to what we ask; we ask nothing.
        (None, _) if message.get("result").or(message.get("error")).is_some() => None,
        (None, id) => Some(error(id.unwrap_or(&Value::Null), INVALID_REQUEST, "a request has a method")),
        (Some(_), None) => None,
        (Some(method), Some(id)) => Some(match reply(method, &message["params"]) {
            Ok(result) => json!({ "jsonrpc": "2.0", "id": id, "result": result }),
            Err((code, message)) => error(id, code, &message),
        }),
    }
}

fn reply(method: &str, params: &Value) -> Result<Value, (i32, String)> {
    match method {
        "initialize" => Ok(initialized(params)),
        "ping" => Ok(json!({})),
        "tools/list" => Ok(json!({ "tools": tools::list() })),
        "tools/call" => {
            let name = params["name"].as_str().unwrap_or_default();
            tools::call(name, &params["arguments"]).ok_or((INVALID_PARAMS, format!("there is no tool `{name}`")))
        }
        _ => Err((METHOD_NOT_FOUND, format!("there is no method `{method}`"))),
    }
}

/// The version that the agent asked for, if it is spoken here; else the newest.
fn initialized(params: &Value) -> Value {
    let asked = VERSIONS.iter().find(|version| params["protocolVersion"] == **version);
    json!({
        "protocolVersion": asked.unwrap_or(&VERSIONS[0]),
        "capabilities": { "tools": {} },
        "serverInfo": { "name": "whichpod", "title": "whichpod", "version": env!("CARGO_PKG_VERSION") },
        "instructions": INSTRUCTIONS,
    })
}

fn error(id: &Value, code: i32, message: &str) -> Value {
    json!({ "jsonrpc": "2.0", "id": id, "error": { "code": code, "message": message } })
}
