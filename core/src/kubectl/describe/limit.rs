//! `kubectl describe` of what limits pods: quotas, ranges, budgets, priority classes (pkg/describe).

use std::collections::BTreeSet;

use serde_json::Value;

use super::super::selector::selector_text;
use super::super::table_row::UNKNOWN;
use super::super::value::{entries, label_line, list, quantity_text, said, selector, word, word_or};
use super::DescribedObject;

/// describeQuota; how much is used isn't counted here.
pub fn quota(described: &DescribedObject<'_>) -> Option<String> {
    let object = &described.object;
    let mut text = said("", object, &[("Name", "/metadata/name"), ("Namespace", "/metadata/namespace")]);
    text += "Resource\tUsed\tHard\n--------\t----\t----\n";
    for (name, hard) in object.pointer("/spec/hard").and_then(Value::as_object).into_iter().flatten() {
        let used = object.pointer("/status/used").and_then(|used| used.get(name));
        let used = used.map_or_else(|| UNKNOWN.to_owned(), quantity_text);
        text += &format!("{name}\t{used}\t{}\n", quantity_text(hard));
    }
    Some(text)
}

/// describeLimitRange
pub fn range(described: &DescribedObject<'_>) -> Option<String> {
    const COLUMNS: [&str; 5] = ["min", "max", "defaultRequest", "default", "maxLimitRequestRatio"];
    let object = &described.object;
    let mut text = said("", object, &[("Name", "/metadata/name"), ("Namespace", "/metadata/namespace")]);
    text += "Type\tResource\tMin\tMax\tDefault Request\tDefault Limit\tMax Limit/Request Ratio\n\
             ----\t--------\t---\t---\t---------------\t-------------\t-----------------------\n";
    for limit in list(object, "/spec/limits") {
        let maps = COLUMNS.iter().filter_map(|column| limit.get(column)?.as_object());
        let resources: BTreeSet<&String> = maps.flat_map(|map| map.keys()).collect();
        for resource in resources {
            let cell = |column: &&str| limit.get(column).and_then(|map| map.get(resource)).map(quantity_text);
            let cells: Vec<String> =
                COLUMNS.iter().map(|column| cell(column).unwrap_or_else(|| "-".to_owned())).collect();
            text += &format!("{}\t{resource}\t{}\n", word(limit, "/type"), cells.join("\t"));
        }
    }
    Some(text)
}

/// describePodDisruptionBudgetV1
pub fn budget(described: &DescribedObject<'_>) -> Option<String> {
    let object = &described.object;
    let mut text = said("", object, &[("Name", "/metadata/name"), ("Namespace", "/metadata/namespace")]);
    text += &match word(object, "/spec/minAvailable") {
        least if least.is_empty() => said("", object, &[("Max unavailable", "/spec/maxUnavailable")]),
        least => format!("Min available:\t{least}\n"),
    };
    let own = object.pointer("/spec/selector").map(|own| selector_text(&selector(own)));
    text += &format!("Selector:\t{}\nStatus:\n", own.unwrap_or_else(|| "<unset>".to_owned()));
    for (title, path) in [
        ("Allowed disruptions", "/status/disruptionsAllowed"),
        ("Current", "/status/currentHealthy"),
        ("Desired", "/status/desiredHealthy"),
        ("Total", "/status/expectedPods"),
    ] {
        text += &format!("    {title}:\t{}\n", word_or(object, path, UNKNOWN));
    }
    Some(text)
}

/// describePriorityClass
pub fn priority(described: &DescribedObject<'_>) -> Option<String> {
    let object = &described.object;
    let mut text = said("", object, &[("Name", "/metadata/name"), ("Value", "/value")]);
    text += &format!("GlobalDefault:\t{}\n", word_or(object, "/globalDefault", "false"));
    text += &format!("PreemptionPolicy:\t{}\n", word_or(object, "/preemptionPolicy", "PreemptLowerPriority"));
    text += &format!("Description:\t{}\n", word(object, "/description"));
    Some(text + &format!("Annotations:\t{}\n", label_line(&entries(object, "/metadata/annotations"))))
}
