//! `whichpod mcp`, spoken to as an agent does: lines in, lines out.

use std::io::Write;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

const MANIFESTS: &str = "apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}
---
apiVersion: v1
kind: Pod
metadata: {name: web-1, labels: {app: web}}
spec: {containers: [{name: web, image: web, ports: [{containerPort: 8080}]}]}
";

/// Says these lines and gives what is answered.
fn spoken(lines: &[String]) -> Vec<Value> {
    let mut whichpod = Command::new(env!("CARGO_BIN_EXE_whichpod"));
    let mut child = whichpod.arg("mcp").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("it starts");
    let mut stdin = child.stdin.take().expect("its input");
    lines.iter().for_each(|line| writeln!(stdin, "{line}").expect("it reads"));
    drop(stdin);
    let output = child.wait_with_output().expect("it ends with its input");
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).expect("text");
    text.lines().map(|line| serde_json::from_str(line).expect("each line is JSON")).collect()
}

fn request(id: u32, method: &str, params: Value) -> String {
    json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }).to_string()
}

/// One tool's result.
fn called(tool: &str, arguments: Value) -> Value {
    let call = request(1, "tools/call", json!({ "name": tool, "arguments": arguments }));
    let [answer] = spoken(&[call]).try_into().expect("one answer");
    answer["result"].clone()
}

fn text(result: &Value) -> &str {
    result["content"][0]["text"].as_str().expect("a text")
}

#[test]
fn a_session_begins_lists_and_calls() {
    let begin =
        json!({ "protocolVersion": "2025-03-26", "capabilities": {}, "clientInfo": { "name": "t", "version": "1" } });
    let trace = json!({ "manifests": MANIFESTS, "command": "curl http://web/", "from": "pod/web-1" });
    let told = spoken(&[
        request(1, "initialize", begin),
        json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }).to_string(),
        request(2, "tools/list", json!({})),
        request(3, "tools/call", json!({ "name": "trace", "arguments": trace })),
        request(4, "ping", json!({})),
    ]);
    assert_eq!(told.iter().map(|answer| &answer["id"]).collect::<Vec<_>>(), [1, 2, 3, 4]);
    assert_eq!(told[0]["result"]["protocolVersion"], "2025-03-26");
    assert_eq!(told[0]["result"]["serverInfo"]["name"], "whichpod");
    let tools = told[1]["result"]["tools"].as_array().expect("tools");
    assert_eq!(tools.iter().map(|tool| &tool["name"]).collect::<Vec<_>>(), ["trace", "exec", "check", "modelled"]);
    assert!(tools.iter().all(|tool| tool["inputSchema"]["type"] == "object"));
    assert!(text(&told[2]["result"]).starts_with("outcome: delivered\n"), "{}", told[2]);
    assert_eq!(told[3]["result"], json!({}));
}

#[test]
fn every_key_of_a_schema_is_taken() {
    let [listed] = spoken(&[request(1, "tools/list", json!({}))]).try_into().expect("one answer");
    for tool in listed["result"]["tools"].as_array().expect("tools") {
        let mut arguments = json!({});
        for (key, schema) in tool["inputSchema"]["properties"].as_object().expect("properties") {
            arguments[key] = match (key.as_str(), schema["type"].as_str()) {
                ("manifests", _) => json!(MANIFESTS),
                ("command", _) => json!("curl http://web/"),
                ("as", _) => json!("traefik"),
                ("from", _) => json!("pod/web-1"),
                ("proxyMode" | "section", _) => schema["enum"][0].clone(),
                (_, Some("array")) => json!([]),
                (_, Some("boolean")) => json!(true),
                _ => json!("default"),
            };
        }
        let result = called(tool["name"].as_str().expect("a name"), arguments);
        assert_ne!(result["isError"], true, "{result}");
    }
}

#[test]
fn answers_are_short_unless_all_is_wanted() {
    let arguments = json!({ "manifests": MANIFESTS, "command": "curl http://web/", "from": "pod/web-1" });
    let short = called("trace", arguments.clone());
    assert!(text(&short).contains("default/web-1") && text(&short).contains("manifests:4"), "{short}");
    assert!(text(&short).lines().count() < 12 && short.get("structuredContent").is_none(), "{short}");
    let mut arguments = arguments;
    arguments["detail"] = json!(true);
    let whole = called("trace", arguments);
    assert_eq!(whole["structuredContent"]["schema"], "whichpod.dev/trace/v1");
}

#[test]
fn tools_print_what_the_commands_print() {
    let pods = called("exec", json!({ "manifests": MANIFESTS, "command": "kubectl get pods -o name" }));
    assert_eq!(text(&pods), "pod/web-1\nexit status 0\n");
    assert_eq!(text(&called("check", json!({ "manifests": MANIFESTS }))), "nothing found\n");
    let wrong = called("check", json!({ "manifests": MANIFESTS.replace("app: web}, ports", "app: wbe}, ports") }));
    assert!(text(&wrong).contains("selects-nothing"), "{wrong}");
    let first = called("modelled", json!({}));
    assert!(text(&first).contains("CoreDNS") && text(&first).len() < 5000, "{first}");
    assert!(text(&called("modelled", json!({ "section": "dns" }))).contains("autopath"));
    assert_eq!(called("modelled", json!({ "section": "weather" }))["isError"], true);
}

#[test]
fn what_cannot_be_asked_is_a_result_that_says_why() {
    for (arguments, expected) in [
        (json!({ "command": "curl http://web/" }), "give manifests"),
        (json!({ "manifests": MANIFESTS, "command": "frobnicate" }), "frobnicate"),
        (json!({ "manifests": MANIFESTS, "command": "curl http://web/", "form": "pod/web-1" }), "form"),
        (json!({ "paths": ["no/such/file.yaml"], "command": "curl http://web/" }), "no/such/file.yaml"),
    ] {
        let result = called("trace", arguments);
        assert_eq!(result["isError"], true);
        assert!(text(&result).contains(expected), "{expected}: {result}");
    }
}

#[test]
fn files_are_read() {
    let shop = concat!(env!("CARGO_MANIFEST_DIR"), "/../static/examples/shop.yaml");
    let result = called("trace", json!({ "paths": [shop], "command": "curl http://shop.example.com/cart" }));
    assert!(text(&result).contains("default/cart-"), "{result}");
}

#[test]
fn mistakes_in_the_protocol_are_errors() {
    let told = spoken(&[
        "{".to_owned(),
        String::new(),
        "[]".to_owned(),
        request(7, "resources/list", json!({})),
        request(8, "tools/call", json!({ "name": "delete" })),
        json!({ "jsonrpc": "2.0", "id": 9, "result": {} }).to_string(),
    ]);
    let codes: Vec<_> = told.iter().map(|answer| answer["error"]["code"].as_i64()).collect();
    assert_eq!(codes, [-32700, -32600, -32601, -32602].map(Some));
    assert_eq!(told[2]["id"], 7);
}
