//! The arguments of plugins that change no answer, as far as a mistake in them keeps CoreDNS from starting.

use super::super::corefile::{CorefileError, Directive};

/// How many words may follow a plugin's name, and which properties its block may have; None: any.
struct Shape {
    plugin: &'static str,
    most: usize,
    properties: Option<&'static [&'static str]>,
}

/// From each plugin's setup.go.
const SHAPES: &[Shape] = &[
    Shape { plugin: "loop", most: 0, properties: Some(&[]) },
    Shape { plugin: "ready", most: 1, properties: Some(&["monitor"]) },
    Shape { plugin: "health", most: 1, properties: Some(&["lameduck"]) },
    Shape { plugin: "pprof", most: 1, properties: Some(&["block"]) },
    Shape { plugin: "prometheus", most: 1, properties: Some(&["runtime_metrics"]) },
    Shape { plugin: "errors", most: 1, properties: Some(&["stacktrace", "consolidate", "show_first"]) },
    Shape { plugin: "reload", most: 2, properties: Some(&[]) },
    Shape { plugin: "debug", most: 0, properties: Some(&[]) },
    Shape { plugin: "cache", most: usize::MAX, properties: Some(CACHE) },
    Shape { plugin: "log", most: usize::MAX, properties: Some(&["class"]) },
];

const CACHE: &[&str] = &["success", "denial", "prefetch", "serve_stale", "servfail", "disable", "keepttl"];

/// The policies that loadbalance knows (loadbalance/setup.go).
const POLICIES: &[&str] = &["round_robin", "weighted"];

/// Checks one directive.
pub(super) fn check(directive: &Directive) -> Result<(), CorefileError> {
    if directive.name == "loadbalance" {
        return policy(directive);
    }
    let Some(shape) = SHAPES.iter().find(|shape| shape.plugin == directive.name) else { return Ok(()) };
    if directive.args.len() > shape.most {
        return Err(directive.head().argument_error());
    }
    let known = |name: &str| shape.properties.is_none_or(|known| known.contains(&name));
    match directive.block.iter().find(|property| !known(&property.name)) {
        Some(property) if directive.name == "errors" => {
            Err(CorefileError::at(property.line, format!("unknown option: {}", property.name)))
        }
        Some(property) => Err(property.argument_error()),
        None => Ok(()),
    }
}

fn policy(directive: &Directive) -> Result<(), CorefileError> {
    match directive.args.first() {
        Some(policy) if !POLICIES.contains(&policy.as_str()) => {
            let message = format!("unknown policy: {policy}");
            Err(CorefileError { plugin: None, line: None, message })
        }
        _ => Ok(()),
    }
}
