//! curl, whose requests go to the laboratory's Traefik, and what came back.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::{Map, Value, json};

use crate::asking::shell_words;
use crate::live::backends::MARK;
use crate::parts::requests::landing::RESPONSE;

/// A port that clients ask, and the address that answers.
pub(super) struct ProxyPorts(pub(super) [(u16, String); 2]);

/// The client's address in the world outside.
const CLIENT: &str = "203.0.113.50";

/// What stands for the proxy's address: never connected to.
const PROXY: &str = "192.0.2.80";

/// One answer.
struct ClientAnswer {
    exit: i32,
    status: Option<u16>,
    /// Several of one name in one line.
    headers: BTreeMap<String, String>,
    body: String,
}

/// Asks so often, and tells all answers as recordings have them.
pub(super) fn ask_often(
    run: &str,
    ports: &ProxyPorts,
    draws: usize,
    backends: &BTreeMap<String, String>,
) -> Result<Value, String> {
    // 1. The answers, and who gave them.
    let answers = (0..draws).map(|_| ask(run, ports)).collect::<Result<Vec<ClientAnswer>, String>>()?;
    let marks: BTreeSet<&str> =
        answers.iter().filter_map(|answer| answer.headers.get(MARK)).map(String::as_str).collect();
    let named: BTreeSet<&str> = marks.into_iter().map(|mark| backends.get(mark).map_or(mark, String::as_str)).collect();
    let statuses: BTreeSet<Option<u16>> =
        answers.iter().filter(|answer| !answer.headers.contains_key(MARK)).map(|answer| answer.status).collect();
    let Some(first) = answers.first() else { return Err("nothing was asked".into()) };
    // 2. Pods, or the one Service whose address was asked.
    let mut real = json!({"draws": draws});
    let services: BTreeSet<&str> = named.iter().filter_map(|name| name.strip_prefix("service:")).collect();
    match services.first() {
        Some(service) if services.len() == named.len() => real["service"] = json!(service),
        _ if !named.is_empty() => real["pods"] = json!(named),
        _ => {}
    }
    // 3. What the proxy answered by itself.
    if !statuses.is_empty() {
        real["status"] = json!(statuses);
    }
    // 4. The first answer as it looked.
    if first.status.is_none() {
        real["curl"] = json!(first.exit);
    } else {
        real["response"] = response(first);
    }
    // 5. What its backend saw, or where it leads.
    if first.headers.contains_key(MARK) {
        add_seen(&mut real, first);
    } else if first.status.is_some() {
        real["location"] = json!(first.headers.get("location"));
    }
    Ok(real)
}

/// What the backend saw of the first request; nothing of HEAD, whose answer has no body.
fn add_seen(real: &mut Value, first: &ClientAnswer) {
    let Ok(Value::Object(seen)) = serde_json::from_str::<Value>(&first.body) else { return };
    for (name, value) in seen {
        real[name] = value;
    }
    real["tls"] = json!(false);
}

fn response(answer: &ClientAnswer) -> Value {
    let told = answer.headers.iter().filter(|(name, _)| !RESPONSE.contains(&name.as_str()));
    let told = told.map(|(name, value)| (name.clone(), if name == "set-cookie" { json!(true) } else { json!(value) }));
    Value::Object(told.collect::<Map<_, _>>())
}

fn ask(run: &str, ports: &ProxyPorts) -> Result<ClientAnswer, String> {
    let words = shell_words(run)
        .into_iter()
        .skip(1)
        .map(|word| word.replace("GATEWAY(default/gw)", PROXY).replace("INGRESS", PROXY));
    let mut curl = Command::new("curl");
    curl.args([
        "--silent",
        "--globoff",
        "--include",
        "--http1.1",
        "--max-time",
        "6",
        "--noproxy",
        "*",
        "--interface",
        CLIENT,
    ]);
    for (port, address) in &ports.0 {
        curl.args(["--connect-to", &format!(":{port}:{address}")]);
    }
    let output = curl.args(words).output().map_err(|error| format!("curl: {error}"))?;
    let (status, headers, body) = parsed(&String::from_utf8_lossy(&output.stdout));
    Ok(ClientAnswer { exit: output.status.code().unwrap_or(-1), status, headers, body })
}

/// The last head of a text of curl's, and what follows it.
fn parsed(text: &str) -> (Option<u16>, BTreeMap<String, String>, String) {
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((text, ""));
    let mut lines = head.split("\r\n");
    let status = lines.next().and_then(|line| line.split(' ').nth(1)?.parse().ok());
    if status.is_some_and(|status: u16| status < 200) {
        return parsed(body);
    }
    let mut headers = BTreeMap::<String, String>::new();
    for (name, value) in lines.filter_map(|line| line.split_once(':')) {
        let several = headers.remove(&name.to_lowercase()).map(|before| before + ", ").unwrap_or_default();
        headers.insert(name.to_lowercase(), several + value.trim());
    }
    (status, headers, body.to_owned())
}
