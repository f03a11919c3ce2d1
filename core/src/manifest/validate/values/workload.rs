//! What makes pods: paces of roll-outs, strategies, completions (apps/validation, batch/validation).

use super::super::{ErrorValue, Errors};
use super::Here;
use super::rule::{at_most_everything, int_or_percent, percent};
use crate::model::{Path, values};
use crate::yaml::{Value, YamlNode};

pub(super) fn deployment(here: &Here<'_, '_>, errors: &mut Errors<'_>) {
    let at = here.at.field("strategy");
    let at = at.field("rollingUpdate");
    if let Some(pace) = here.child("strategy").and_then(|strategy| strategy.child("rollingUpdate")) {
        int_or_percent(pace.child("maxUnavailable"), &at.field("maxUnavailable"), errors);
        int_or_percent(pace.child("maxSurge"), &at.field("maxSurge"), errors);
        at_most_everything(pace.child("maxUnavailable"), &at.field("maxUnavailable"), errors);
    }
    let ready = here.number("minReadySeconds").unwrap_or(0);
    let deadline = here.number("progressDeadlineSeconds").unwrap_or(600);
    if deadline >= 0 && deadline <= ready {
        let at = here.at.field("progressDeadlineSeconds");
        errors.invalid(&at, ErrorValue(deadline.to_string()), "must be greater than minReadySeconds");
    }
    no_deadline(here, "ReplicaSet", errors);
}

pub(super) fn replica_set(here: &Here<'_, '_>, errors: &mut Errors<'_>) {
    no_deadline(here, "ReplicaSet", errors);
}

pub(super) fn replication_controller(here: &Here<'_, '_>, errors: &mut Errors<'_>) {
    no_deadline(here, "ReplicationController", errors);
}

/// Pods that are started again have no deadline.
fn no_deadline(here: &Here<'_, '_>, kind: &str, errors: &mut Errors<'_>) {
    let spec = here.child("template").and_then(|template| template.child("spec"));
    if spec.is_some_and(|spec| spec.child("activeDeadlineSeconds").is_some()) {
        let at = here.at.field("template");
        let at = at.field("spec");
        let words = format!("activeDeadlineSeconds in {kind} is not Supported");
        errors.forbidden(&at.field("activeDeadlineSeconds"), &words);
    }
}

pub(super) fn stateful_set(here: &Here<'_, '_>, errors: &mut Errors<'_>) {
    no_deadline(here, "StatefulSet", errors);
    let at = here.at.field("updateStrategy");
    let Some(strategy) = here.inner("updateStrategy", &at) else { return };
    let pace = at.field("rollingUpdate");
    match strategy.text("type") {
        // SetDefaults_StatefulSet.
        "" | "RollingUpdate" => {}
        "OnDelete" if strategy.has("rollingUpdate") => {
            let words = format!("only allowed for updateStrategy '{}'", "RollingUpdate");
            errors.invalid(&pace, ErrorValue::json(&strategy.child("rollingUpdate")), words);
        }
        "OnDelete" => {}
        _ => {
            let value = shown_strategy(&strategy);
            errors.invalid(&at, ErrorValue(value), "must be 'RollingUpdate' or 'OnDelete'");
        }
    }
    if let Some(most) = strategy.child("rollingUpdate").and_then(|pace| pace.child("maxUnavailable")) {
        let at = pace.field("maxUnavailable");
        int_or_percent(Some(most), &at, errors);
        if is_nothing(most) {
            errors.invalid(&at, ErrorValue::json(most), "cannot be 0");
        }
        at_most_everything(Some(most), &at, errors);
    }
}

/// A strategy as Go prints it.
fn shown_strategy(strategy: &Here<'_, '_>) -> String {
    let pace = match strategy.child("rollingUpdate") {
        None => "null".to_owned(),
        Some(pace) => {
            let partition = pace.child("partition").and_then(super::number).unwrap_or(0);
            let most = pace.child("maxUnavailable").map_or("null".to_owned(), |most| ErrorValue::json(most).0);
            format!("{{\"Partition\":{partition},\"MaxUnavailable\":{most}}}")
        }
    };
    format!("{{\"Type\":{:?},\"RollingUpdate\":{pace}}}", strategy.text("type"))
}

fn is_nothing(amount: &YamlNode) -> bool {
    match &amount.value {
        Value::Integer(number) => *number == 0,
        Value::String(text) => percent(text) == Some(0),
        _ => false,
    }
}

pub(super) fn daemon_set(here: &Here<'_, '_>, errors: &mut Errors<'_>) {
    // 1. The strategy.
    no_deadline(here, "DaemonSet", errors);
    let at = here.at.field("updateStrategy");
    let Some(strategy) = here.inner("updateStrategy", &at) else { return };
    let pace = strategy.child("rollingUpdate");
    let (most, surge) =
        (pace.and_then(|pace| pace.child("maxUnavailable")), pace.and_then(|pace| pace.child("maxSurge")));
    match strategy.text("type") {
        "" | "RollingUpdate" => {}
        "OnDelete" => return,
        other => {
            let amount =
                |node: Option<&YamlNode>, unless: &str| node.map_or(unless.to_owned(), |node| ErrorValue::json(node).0);
            let shown = match pace {
                None => "null".to_owned(),
                Some(_) => {
                    format!("{{\"MaxUnavailable\":{},\"MaxSurge\":{}}}", amount(most, "1"), amount(surge, "0"))
                }
            };
            let shown = format!("{{\"Type\":{other:?},\"RollingUpdate\":{shown}}}");
            return errors.unsupported(&at, &shown, &values::UPDATE_STRATEGY.in_messages());
        }
    }
    // 2. Its amounts, each by itself.
    let at = at.field("rollingUpdate");
    int_or_percent(most, &at.field("maxUnavailable"), errors);
    at_most_everything(most, &at.field("maxUnavailable"), errors);
    int_or_percent(surge, &at.field("maxSurge"), errors);
    at_most_everything(surge, &at.field("maxSurge"), errors);
    // 3. Against each other (SetDefaults_DaemonSet: 1 and 0).
    let is_broken = |amount: &YamlNode| amount.text().is_some_and(|text| percent(text).is_none());
    let counts = |amount: &YamlNode| !is_nothing(amount) && !is_broken(amount);
    let (none, surges) = (most.is_some_and(|most| !counts(most)), surge.is_some_and(counts));
    if none && !surges {
        errors.required(&at.field("maxUnavailable"), "cannot be 0 when maxSurge is 0");
    }
    if !none && surges {
        let value = surge.map_or(String::new(), |surge| ErrorValue::json(surge).0);
        errors.invalid(&at.field("maxSurge"), ErrorValue(value), "may not be set when maxUnavailable is non-zero");
    }
}

pub(super) fn job(here: &Here<'_, '_>, errors: &mut Errors<'_>) {
    let indexed = here.text("completionMode") == "Indexed";
    if indexed && !here.has("completions") {
        errors.required(&here.at.field("completions"), "when completion mode is Indexed");
    }
    if let Some(number) = here.number("parallelism").filter(|number| indexed && *number > 100_000) {
        let words = "must be less than or equal to 100000 when completion mode is Indexed";
        errors.invalid(&here.at.field("parallelism"), ErrorValue(number.to_string()), words);
    }
    per_index(here, indexed, errors);
    if let Some(policy) = here.child("successPolicy") {
        if !indexed {
            let value = shown_success(policy);
            errors.invalid(&here.at.field("successPolicy"), value, "requires indexed completion mode");
        }
        success_rules(here, policy, errors);
    }
    let policy = here.child("podReplacementPolicy").and_then(YamlNode::text).map(|text| &**text);
    let at = here.at.field("podReplacementPolicy");
    if !here.has("podFailurePolicy") {
        errors.one_of_if_said(&at, policy, values::POD_REPLACEMENT_POLICY);
    } else if let Some(policy) = policy.filter(|policy| *policy != "Failed") {
        errors.not_supported(&at, policy, &["Failed"]);
    }
    selector(here, errors);
}

fn per_index(here: &Here<'_, '_>, indexed: bool, errors: &mut Errors<'_>) {
    let (limit, most) = (here.number("backoffLimitPerIndex"), here.number("maxFailedIndexes"));
    if let Some(limit) = limit.filter(|_| !indexed) {
        let at = here.at.field("backoffLimitPerIndex");
        errors.invalid(&at, ErrorValue(limit.to_string()), "requires indexed completion mode");
    }
    if most.is_some() && limit.is_none() {
        errors.required(&here.at.field("backoffLimitPerIndex"), "when maxFailedIndexes is specified");
    }
    let completions = here.number("completions");
    if let (Some(most), Some(all)) = (most, completions)
        && indexed
        && most > all
    {
        let at = here.at.field("maxFailedIndexes");
        errors.invalid(&at, ErrorValue(most.to_string()), "must be less than or equal to completions");
    }
}

/// A Job has its own selector unless somebody takes that over (validateJobSpec).
fn selector(here: &Here<'_, '_>, errors: &mut Errors<'_>) {
    if here.is("manualSelector") && !here.has("selector") {
        errors.required(&here.at.field("selector"), "");
    }
}

/// A success policy as Go prints it.
fn shown_success(policy: &YamlNode) -> ErrorValue {
    let rules = policy.child("rules").map_or(&[][..], YamlNode::elements).iter().map(|rule| {
        let shown = |field: &str| rule.child(field).map_or("null".to_owned(), |node| ErrorValue::json(node).0);
        format!("{{\"SucceededIndexes\":{},\"SucceededCount\":{}}}", shown("succeededIndexes"), shown("succeededCount"))
    });
    ErrorValue(format!("{{\"Rules\":[{}]}}", rules.collect::<Vec<_>>().join(",")))
}

/// validateSuccessPolicyRule.
fn success_rules(here: &Here<'_, '_>, policy: &YamlNode, errors: &mut Errors<'_>) {
    let at = here.at.field("successPolicy");
    let at = at.field("rules");
    let completions = here.number("completions").unwrap_or(0);
    for (index, rule) in policy.child("rules").map_or(&[][..], YamlNode::elements).iter().enumerate() {
        let at = at.index(index);
        // 1. One of both must be there.
        let (count, indexes) = (rule.child("succeededCount").and_then(super::number), rule.child("succeededIndexes"));
        let indexes = indexes.and_then(YamlNode::text);
        if count.is_none() && indexes.is_none() {
            errors.required(&at, "at least one of succeededCount or succeededIndexes must be specified");
        }
        // 2. How many indexes are meant.
        let total = match indexes.map(|text| count_indexes(text, completions)) {
            None => completions,
            Some(Ok(total)) => total,
            Some(Err(words)) => {
                let text = indexes.map_or("", |text| text);
                let words = format!("error parsing succeededIndexes: {words}");
                errors.invalid(&at.field("succeededIndexes"), text, words);
                0
            }
        };
        // 3. No more successes than those.
        if let Some(count) = count.filter(|count| *count > total) {
            let named = match indexes {
                Some(_) => "the number of indexes in the specified succeededIndexes field",
                None => "the number of specified completions",
            };
            let words = format!("must be less than or equal to {total} ({named})");
            errors.invalid(&at.field("succeededCount"), ErrorValue(count.to_string()), words);
        }
    }
}

/// `1,3-5` (validateIndexesFormat): how many, or what is wrong.
fn count_indexes(text: &str, completions: i64) -> Result<i64, String> {
    if text.is_empty() {
        return Ok(0);
    }
    let mut before: Option<i64> = None;
    let mut total = 0;
    for interval in text.split(',') {
        // 1. An interval has at most two parts.
        let parts: Vec<&str> = interval.split('-').collect();
        if parts.len() > 2 {
            return Err(format!(
                "the fragment {interval:?} violates the requirement that an index interval can have at most two parts separated by '-'"
            ));
        }
        let index = |part: &str| -> Result<i64, String> {
            let number: i64 =
                part.parse().map_err(|_| format!("cannot convert string to integer for index: {part:?}"))?;
            if number >= completions {
                return Err(format!("too large index: {part:?}"));
            }
            Ok(number)
        };
        // 2. Both in order, and behind the interval before.
        let first = index(parts.first().copied().unwrap_or(""))?;
        if let Some(last) = before.filter(|last| first <= *last) {
            return Err(format!("non-increasing order, previous: {last}, current: {first}"));
        }
        let last = parts.get(1).map_or(Ok(first), |part| index(part))?;
        if parts.len() == 2 && last <= first {
            return Err(format!("non-increasing order, previous: {first}, current: {last}"));
        }
        // 3. How many it holds.
        total += last - first + 1;
        before = Some(last);
    }
    Ok(total)
}

pub(super) fn cron_job(here: &Here<'_, '_>, errors: &mut Errors<'_>) {
    let at = here.at.field("timeZone");
    if let Some(zone) = here.child("timeZone").and_then(YamlNode::text) {
        time_zone(zone, &at, errors);
    }
    let job = here.child("jobTemplate").and_then(|template| template.child("spec"));
    if job.is_some_and(|job| job.child("manualSelector").is_some()) {
        let at = here.at.field("jobTemplate");
        let at = at.field("spec");
        let value = job.and_then(|job| job.child("manualSelector"));
        if value.is_some_and(|value| value.value == Value::Bool(true)) {
            errors.not_supported(&at.field("manualSelector"), "true", &["nil", "false"]);
        }
    }
}

/// validateTimeZone, as far as a name shows it: the zones themselves aren't listed here.
fn time_zone(zone: &str, at: &Path<'_>, errors: &mut Errors<'_>) {
    if zone.is_empty() {
        errors.invalid(at, zone, "timeZone must be nil or non-empty string");
    } else if zone.eq_ignore_ascii_case("local") {
        let words = "timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones";
        errors.invalid(at, zone, words);
    } else if !looks_like_a_zone(zone) {
        errors.invalid(at, zone, format!("unknown time zone {zone}"));
    }
}

/// `Europe/Berlin`, `UTC`, `Etc/GMT+1`: an area with a capital and a place, or one of the words that stand alone.
fn looks_like_a_zone(zone: &str) -> bool {
    const AREAS: &[&str] = &[
        "Africa",
        "America",
        "Antarctica",
        "Arctic",
        "Asia",
        "Atlantic",
        "Australia",
        "Brazil",
        "Canada",
        "Chile",
        "Etc",
        "Europe",
        "Indian",
        "Mexico",
        "Pacific",
        "US",
    ];
    const ALONE: &[&str] = &[
        "CET",
        "CST6CDT",
        "Cuba",
        "EET",
        "EST",
        "EST5EDT",
        "Egypt",
        "Eire",
        "GB",
        "GB-Eire",
        "GMT",
        "GMT+0",
        "GMT-0",
        "GMT0",
        "Greenwich",
        "HST",
        "Hongkong",
        "Iceland",
        "Iran",
        "Israel",
        "Jamaica",
        "Japan",
        "Kwajalein",
        "Libya",
        "MET",
        "MST",
        "MST7MDT",
        "NZ",
        "NZ-CHAT",
        "Navajo",
        "PRC",
        "PST8PDT",
        "Poland",
        "Portugal",
        "ROC",
        "ROK",
        "Singapore",
        "Turkey",
        "UCT",
        "UTC",
        "Universal",
        "W-SU",
        "WET",
        "Zulu",
    ];
    match zone.split_once('/') {
        None => ALONE.contains(&zone),
        Some((area, place)) => {
            let is_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '+' | '/');
            AREAS.contains(&area) && place.starts_with(|c: char| c.is_ascii_uppercase()) && place.chars().all(is_word)
        }
    }
}
