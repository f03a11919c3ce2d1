//! What the laboratory changes in a Corefile: the API server is its own.

/// The Corefile with that.
pub(super) fn for_laboratory(text: &str, server: &str) -> String {
    let endpoint = format!("        endpoint http://{server}");
    let mut lines = Vec::new();
    for line in text.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        let opens = words.last() == Some(&"{");
        let is_kubernetes = words.first() == Some(&"kubernetes");
        if is_kubernetes && !opens {
            lines.push(format!("{line} {{\n{endpoint}\n    }}"))
        } else {
            lines.push(line.to_owned())
        }
        if is_kubernetes && opens {
            lines.push(endpoint.clone());
        }
    }
    lines.join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    use super::for_laboratory;

    #[test]
    fn kubernetes_gets_its_address() {
        let text = ".:53 {\n    kubernetes cluster.local {\n        pods verified\n    }\n    whoami\n}\ncorp {\n    kubernetes corp\n}\n";
        let changed = for_laboratory(text, "127.0.0.1:1");
        assert_eq!(changed.matches("endpoint http://127.0.0.1:1").count(), 2);
        assert!(changed.contains("    kubernetes cluster.local {\n        endpoint"));
        assert!(changed.contains("    kubernetes corp {\n        endpoint"));
    }
}
