//! The rules of all policies as a table: tier, priority, whom they are about, and what one means for another.

use std::collections::BTreeSet;
use std::fmt::Write;

use serde_json::json;
use whichpod_core::matrix::PolicyRuleReport;

use super::grid::{new_table, quoted};
use crate::Unusable;
use crate::arguments::{Matrix, MatrixFormat};
use crate::context::Context;

/// As wide as the table gets where no terminal says.
const WIDEST: usize = 140;
const HEADER: [&str; 7] = ["tier", "policy", "rule", "about", "peers", "ports", "relations"];

/// In the form asked for; only the rules of one workload where one is in focus.
pub fn text(rules: &[PolicyRuleReport], arguments: &Matrix, context: &Context) -> Result<String, Unusable> {
    let concerns = |rule: &&PolicyRuleReport| {
        let focus = arguments.focus.as_deref().unwrap_or_default();
        rule.subjects.iter().chain(&rule.peers).chain([&rule.policy]).any(|name| name.contains(focus))
    };
    let rules: Vec<&PolicyRuleReport> = rules.iter().filter(concerns).collect();
    if rules.is_empty() && arguments.output != MatrixFormat::Json {
        return Ok("no policy is among these manifests: everybody reaches everybody\n".to_owned());
    }
    Ok(match arguments.output {
        MatrixFormat::Text => table(&rules, context),
        MatrixFormat::Md => markdown(&rules),
        MatrixFormat::Csv => csv(&rules),
        MatrixFormat::Json => format!("{:#}\n", json!({ "schema": "whichpod.dev/matrix/v1", "policies": rules })),
        MatrixFormat::Dot | MatrixFormat::Svg => {
            return Err(Unusable("--policies is printed as text, md, csv or json".to_owned()));
        }
    })
}

/// The cells of a row.
fn cells(rule: &PolicyRuleReport, between: &str) -> [String; 7] {
    let joined = |names: &BTreeSet<String>, none: &str| {
        if names.is_empty() { none.to_owned() } else { names.iter().cloned().collect::<Vec<_>>().join(between) }
    };
    let tier = rule.priority.map_or_else(|| rule.tier.clone(), |priority| format!("{} {priority}", rule.tier));
    [
        tier,
        rule.policy.clone(),
        format!("{} {}", rule.rule, rule.action),
        joined(&rule.subjects, "nobody"),
        joined(&rule.peers, "nobody"),
        joined(&rule.ports, "all"),
        rule.relations.join(between),
    ]
}

fn table(rules: &[&PolicyRuleReport], context: &Context) -> String {
    let mut table = new_table(context.width.unwrap_or(WIDEST));
    table.set_header(HEADER);
    for rule in rules {
        table.add_row(cells(rule, "\n"));
    }
    format!("{}\n", table.trim_fmt())
}

fn markdown(rules: &[&PolicyRuleReport]) -> String {
    let mut out = format!("| {} |\n|{}\n", HEADER.join(" | "), "---|".repeat(HEADER.len()));
    for rule in rules {
        let _ = writeln!(out, "| {} |", cells(rule, "<br>").join(" | "));
    }
    out
}

fn csv(rules: &[&PolicyRuleReport]) -> String {
    let mut out = "tier,policy,rule,about,peers,ports,relations\n".to_owned();
    for rule in rules {
        let _ = writeln!(out, "{}", cells(rule, " ").map(|cell| quoted(&cell)).join(","));
    }
    out
}
