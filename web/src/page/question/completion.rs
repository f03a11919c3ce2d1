//! How a half-typed command can go on: tools, then the names, ports and paths that the manifests know. Pure.

use crate::answer::Target;
use whichpod_core::order::Order;

/// As many are offered at once.
const MOST: usize = 8;

/// What the simulator can run.
const TOOLS: [&str; 16] = [
    "curl",
    "wget",
    "nslookup",
    "dig",
    "host",
    "getent hosts",
    "nc",
    "telnet",
    "ping",
    "grpcurl",
    "kubectl get pods",
    "kubectl get services",
    "kubectl get endpoints",
    "hostname",
    "env",
    "cat /etc/resolv.conf",
];

/// A way to go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completion {
    /// The word as it will stand there.
    pub word: String,
    /// What it names.
    pub what: String,
    /// The whole line.
    pub line: String,
}

/// The ways to go on from the caret, those first that begin with what is typed. `namespace` is the client's.
pub fn completions(line: &str, caret: usize, namespace: Option<&str>, targets: &[Target]) -> Vec<Completion> {
    let characters: Vec<char> = line.chars().collect();
    let caret = caret.min(characters.len());
    let (before, after) = characters.split_at(caret);
    let start = before.iter().rposition(|c| c.is_whitespace()).map_or(0, |at| at + 1);
    let (before, word) = before.split_at(start);
    let (before, word, after): (String, String, String) =
        (before.iter().collect(), word.iter().collect(), after.iter().collect());
    // In the middle of a word there is nothing to complete.
    if after.starts_with(|c: char| !c.is_whitespace()) {
        return Vec::new();
    }
    let words = candidates(&before, &word, namespace, targets);
    let typed = word.to_ascii_lowercase();
    let matching = words.into_iter().filter(|(candidate, _)| *candidate != word && candidate.contains(&typed));
    let mut matching: Vec<(String, String)> = matching.collect();
    matching.order_by_key(|(candidate, _)| !candidate.starts_with(&typed));
    matching.dedup();
    let completed = matching.into_iter().take(MOST).map(|(word, what)| {
        let line = format!("{before}{word}{after}");
        Completion { word, what, line }
    });
    completed.collect()
}

/// Words that can stand here, each with what it names.
fn candidates(before: &str, word: &str, namespace: Option<&str>, targets: &[Target]) -> Vec<(String, String)> {
    // 1. The tool itself; no options.
    let words: Vec<&str> = before.split_whitespace().collect();
    let Some(tool) = words.first() else {
        return TOOLS.iter().map(|tool| ((*tool).to_owned(), String::new())).collect();
    };
    if word.starts_with('-') {
        return Vec::new();
    }
    // 2. What targets can be called.
    let all = |forms: fn(&str, &Target) -> Vec<String>| -> Vec<(String, String)> {
        let forms = targets.iter().flat_map(|target| {
            forms(&name(target, namespace), target).into_iter().map(|form| (form, target.what.to_string()))
        });
        forms.collect()
    };
    // 3. Those forms that the tool takes.
    match *tool {
        "curl" | "wget" => {
            let scheme = if word.starts_with("https:") { "https://" } else { "http://" };
            all(urls).into_iter().map(|(url, what)| (format!("{scheme}{url}"), what)).collect()
        }
        "nslookup" | "dig" | "host" | "ping" => all(|name, _| vec![name.to_owned()]),
        "getent" if words.len() > 1 => all(|name, _| vec![name.to_owned()]),
        "grpcurl" => all(|name, target| target.ports.iter().map(|port| format!("{name}:{port}")).collect()),
        "nc" | "telnet" => {
            let server = targets.iter().find(|target| words.last() == Some(&&*name(target, namespace)));
            match server {
                Some(server) => server.ports.iter().map(|port| (port.to_string(), server.what.to_string())).collect(),
                None => all(|name, _| vec![name.to_owned()]),
            }
        }
        _ => Vec::new(),
    }
}

/// The name as the client may write it.
fn name(target: &Target, namespace: Option<&str>) -> String {
    match &target.namespace {
        Some(own) if namespace != Some(own) => format!("{}.{own}", target.name),
        _ => target.name.to_string(),
    }
}

/// A host with each of its ports and paths, without the port that http brings.
fn urls(name: &str, target: &Target) -> Vec<String> {
    let ports = target.ports.iter().map(|port| if *port == 80 { String::new() } else { format!(":{port}") });
    let ports: Vec<String> = if target.ports.is_empty() { vec![String::new()] } else { ports.collect() };
    let paths: Vec<&str> =
        if target.paths.is_empty() { vec!["/"] } else { target.paths.iter().map(|path| &**path).collect() };
    ports.iter().flat_map(|port| paths.iter().map(move |path| format!("{name}{port}{path}"))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_offered_is_understood() {
        for offer in TOOLS {
            let tool = offer.split(' ').next().unwrap_or_default();
            assert!(whichpod_core::console::find_tool(tool).is_some(), "{offer}");
        }
    }

    fn target(name: &str, namespace: Option<&str>, ports: &[u16], paths: &[&str]) -> Target {
        Target {
            name: name.into(),
            namespace: namespace.map(Into::into),
            what: "it".into(),
            ports: ports.to_vec(),
            paths: paths.iter().map(|path| (*path).into()).collect(),
        }
    }

    fn words(line: &str) -> Vec<String> {
        let targets = [
            target("shop.example.com", None, &[], &["/", "/cart"]),
            target("web", Some("default"), &[80, 8080], &[]),
            target("db", Some("data"), &[5432], &[]),
        ];
        let found = completions(line, line.chars().count(), Some("default"), &targets);
        found.into_iter().map(|completion| completion.word).collect()
    }

    #[test]
    fn a_tool_comes_first() {
        assert_eq!(words("ns"), ["nslookup"]);
        assert_eq!(words("kubectl get s"), [] as [&str; 0]);
    }

    #[test]
    fn urls_have_hosts_ports_and_paths() {
        assert_eq!(words("curl shop"), ["http://shop.example.com/", "http://shop.example.com/cart"]);
        assert_eq!(words("curl -v https://shop.example.com/c"), ["https://shop.example.com/cart"]);
        assert_eq!(words("curl web"), ["http://web/", "http://web:8080/"]);
    }

    #[test]
    fn names_have_a_namespace_where_they_need_one() {
        assert_eq!(words("nslookup "), ["shop.example.com", "web", "db.data"]);
        assert_eq!(words("nc -zv web "), ["80", "8080"]);
        assert_eq!(words("nslookup web"), [] as [&str; 0]);
    }

    #[test]
    fn nothing_is_offered_inside_a_word() {
        assert!(completions("curl web", 6, None, &[target("web", None, &[], &[])]).is_empty());
    }
}
