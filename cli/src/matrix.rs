//! `whichpod matrix`: who can reach whom.

use std::process::ExitCode;

use serde_json::json;
use whichpod_core::entrances::{self, EntranceKind};
use whichpod_core::matrix::{self, MatrixCell, MatrixError, MatrixSelection, ReachCell};
use whichpod_core::simulation::Simulation;

use crate::arguments::{Matrix, MatrixFormat, MatrixRows};
use crate::context::Context;
use crate::{Unusable, print, print_styled};

mod grid;
mod picture;
mod policies;

/// As many clients are named where one isn't found.
const LISTED: usize = 8;

/// Prints every cell, or what each workload is open to.
pub fn run(arguments: &Matrix, context: &Context) -> Result<ExitCode, Unusable> {
    let simulation = arguments.input.simulation(&arguments.paths.paths, context)?;
    if arguments.exposure {
        return exposure(arguments, &simulation, context);
    }
    if arguments.policies {
        print(&policies::text(&matrix::policy_rules(&simulation), arguments, context)?)?;
        return Ok(ExitCode::SUCCESS);
    }
    let usual = match arguments.output {
        MatrixFormat::Csv | MatrixFormat::Json => MatrixRows::Pod,
        MatrixFormat::Text | MatrixFormat::Md | MatrixFormat::Dot | MatrixFormat::Svg => MatrixRows::Workload,
    };
    let both = arguments.output == MatrixFormat::Json && arguments.by.is_none();
    let text = match arguments.by.unwrap_or(usual) {
        _ if both => {
            let (pods, reach) = (cells_by_pod(arguments, &simulation), cells(arguments, &simulation, context)?);
            // A host is a target of workloads' rows only.
            let pods = pods.unwrap_or_default();
            format!("{:#}\n", json!({ "schema": "whichpod.dev/matrix/v1", "cells": pods, "reach": reach }))
        }
        MatrixRows::Pod => by_pod(arguments, &cells_by_pod(arguments, &simulation)?)?,
        MatrixRows::Workload => by_workload(arguments, &cells(arguments, &simulation, context)?, context),
    };
    print_styled(&text, context.colour)?;
    Ok(ExitCode::SUCCESS)
}

fn cells_by_pod(arguments: &Matrix, simulation: &Simulation) -> Result<Vec<MatrixCell>, Unusable> {
    let cells = matrix::matrix(simulation, &selection(arguments))
        .map_err(|refused| Unusable(sentence(&refused, simulation)))?;
    let focused = |cell: &MatrixCell, name: &str| {
        cell.from.contains(name) || cell.pods.iter().any(|pod| pod.contains(name)) || cell.service.contains(name)
    };
    let reached = |cell: &MatrixCell, name: &str| cell.pods.iter().any(|pod| pod.contains(name));
    // Pods carry their workload's name in front of their own.
    let (focus, workload) = (focus(arguments).map(|name| bare(&name).to_owned()), to_workload(arguments));
    let left = cells.into_iter().filter(|cell| focus.as_deref().is_none_or(|name| focused(cell, name)));
    let left: Vec<MatrixCell> =
        left.filter(|cell| workload.as_deref().is_none_or(|name| reached(cell, bare(name)))).collect();
    let asked = focus.is_some() || workload.is_some();
    if left.is_empty() && asked { Err(nothing_meant(arguments, simulation)) } else { Ok(left) }
}

/// The workload in focus, as cells name it.
fn focus(arguments: &Matrix) -> Option<String> {
    arguments.focus.as_deref().map(|text| whole_kind(text).unwrap_or_else(|| without_service(text).to_owned()))
}

/// The workload that `--to` names, if it names one.
fn to_workload(arguments: &Matrix) -> Option<String> {
    arguments.to.as_deref().and_then(whole_kind)
}

/// A name without kind and namespace.
fn bare(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}

/// `deploy/web`, `deployment.apps/shop/web` with the kind as cells write it, or only the part that surely stands there; None
/// for what names no workload's kind.
fn whole_kind(text: &str) -> Option<String> {
    let (kind, name) = text.split_once('/')?;
    let kind = match kind.split('.').next().unwrap_or(kind) {
        "deploy" | "deployment" | "deployments" => "deployment",
        "sts" | "statefulset" | "statefulsets" => "statefulset",
        "ds" | "daemonset" | "daemonsets" => "daemonset",
        "job" | "jobs" => "job",
        "po" | "pod" | "pods" => "pod",
        "no" | "node" | "nodes" => "node",
        _ => return None,
    };
    let namespaced = if name.contains('/') || kind == "node" { name.to_owned() } else { format!("default/{name}") };
    Some(format!("{kind}/{namespaced}"))
}

/// `svc/web` as cells name a Service.
fn without_service(text: &str) -> &str {
    ["svc/", "service/", "services/"].iter().find_map(|prefix| text.strip_prefix(prefix)).unwrap_or(text)
}

/// Nothing is left of the cells: what there is.
fn nothing_meant(arguments: &Matrix, simulation: &Simulation) -> Unusable {
    match (&arguments.focus, &arguments.to) {
        (Some(focus), _) => Unusable(format!(
            "--focus {focus}: nobody is called so; there are {}",
            few(matrix::client_names(simulation))
        )),
        (None, Some(to)) => Unusable(sentence(&MatrixError::NoPort(to.clone()), simulation)),
        (None, None) => Unusable("nothing to ask: no Service with a port, no host".to_owned()),
    }
}

/// The first names, and how many more.
fn few(names: Vec<String>) -> String {
    let more = if names.len() > LISTED { format!(" and {} more", names.len() - LISTED) } else { String::new() };
    let names: Vec<String> = names.into_iter().take(LISTED).collect();
    format!("{}{more}", names.join(", "))
}

fn by_pod(arguments: &Matrix, cells: &[MatrixCell]) -> Result<String, Unusable> {
    Ok(match arguments.output {
        MatrixFormat::Text => matrix::to_text(cells),
        MatrixFormat::Csv => matrix::to_csv(cells),
        MatrixFormat::Md => grid::pods_markdown(cells),
        MatrixFormat::Json => format!("{:#}\n", json!({ "schema": "whichpod.dev/matrix/v1", "cells": cells })),
        MatrixFormat::Dot | MatrixFormat::Svg => {
            return Err(Unusable(
                "--by pod is printed as text, md, csv or json; dot and svg are of workloads".to_owned(),
            ));
        }
    })
}

fn cells(arguments: &Matrix, simulation: &Simulation, context: &Context) -> Result<Vec<ReachCell>, Unusable> {
    let cells = matrix::reach(simulation, &selection(arguments), context.language);
    let cells = cells.map_err(|refused| Unusable(sentence(&refused, simulation)))?;
    let focused = |cell: &ReachCell, name: &str| {
        cell.from.contains(name) || cell.workloads.iter().any(|to| to.contains(name)) || cell.to.contains(name)
    };
    // A kind with a bare name is the workload of any namespace that alone has it.
    let names: Vec<String> = matrix::client_names(simulation);
    let known = |name: String| {
        let kind = name.split('/').next().unwrap_or_default().to_owned();
        let alike = || names.iter().find(|one| one.starts_with(&kind) && bare(one) == bare(&name));
        if names.contains(&name) { name.clone() } else { alike().cloned().unwrap_or(name) }
    };
    let (focus, workload) = (focus(arguments).map(known), to_workload(arguments).map(known));
    let left = cells.into_iter().filter(|cell| focus.as_deref().is_none_or(|name| focused(cell, name)));
    let left: Vec<ReachCell> =
        left.filter(|cell| workload.as_deref().is_none_or(|name| cell.workloads.contains(name))).collect();
    let asked = focus.is_some() || workload.is_some();
    if left.is_empty() && asked { Err(nothing_meant(arguments, simulation)) } else { Ok(left) }
}

fn by_workload(arguments: &Matrix, cells: &[ReachCell], context: &Context) -> String {
    match arguments.output {
        MatrixFormat::Text => grid::text(cells, context),
        MatrixFormat::Md => grid::markdown(cells),
        MatrixFormat::Dot => picture::dot(cells),
        MatrixFormat::Svg => picture::svg(cells),
        MatrixFormat::Csv => grid::csv(cells),
        MatrixFormat::Json => format!("{:#}\n", json!({ "schema": "whichpod.dev/matrix/v1", "reach": cells })),
    }
}

fn exposure(arguments: &Matrix, simulation: &Simulation, context: &Context) -> Result<ExitCode, Unusable> {
    let exposures = matrix::exposures(&cells(arguments, simulation, context)?, &matrix::workloads(simulation));
    print(&match arguments.output {
        MatrixFormat::Text => grid::exposures(&exposures, context),
        MatrixFormat::Md => grid::exposures_markdown(&exposures),
        MatrixFormat::Csv => grid::exposures_csv(&exposures),
        MatrixFormat::Json => format!("{:#}\n", json!({ "schema": "whichpod.dev/matrix/v1", "exposures": exposures })),
        _ => return Err(Unusable("--exposure is printed as text, md, csv or json".to_owned())),
    })?;
    Ok(ExitCode::SUCCESS)
}

fn selection(arguments: &Matrix) -> MatrixSelection {
    let to =
        arguments.to.as_deref().filter(|_| to_workload(arguments).is_none()).map(|to| without_service(to).to_owned());
    MatrixSelection {
        from: arguments.from.as_deref().map(|from| without_service(from).to_owned()),
        to,
        limit: arguments.limit,
    }
}

fn sentence(refused: &MatrixError, simulation: &Simulation) -> String {
    match refused {
        MatrixError::TooMany { clients, ports, limit } => format!(
            "{clients} clients times {ports} Service ports are more than {limit} cells: choose with --from and --to, or allow \
             more with --limit {}",
            clients.saturating_mul(*ports)
        ),
        MatrixError::NoClient(from) => {
            format!("--from {from}: no client is called so; there are {}", few(matrix::client_names(simulation)))
        }
        MatrixError::NoPort(to) => {
            let there_are = few(target_names(simulation));
            format!(
                "--to {to}: no Service with a port, no host and no workload has this in its name; there are {there_are}"
            )
        }
    }
}

/// What can be asked for: Services with their ports, hosts and paths.
pub fn target_names(simulation: &Simulation) -> Vec<String> {
    let cluster = &simulation.plane.cluster;
    let pasted = cluster.services.values().filter(|service| !cluster.is_supplied(&service.reference));
    let ports = pasted.flat_map(|service| {
        let name = service.reference.qualified_name();
        service.ports.iter().map(move |port| format!("{name}:{}", port.port))
    });
    let urls = entrances::every_entrance(cluster)
        .filter(|entrance| matches!(entrance.kind, EntranceKind::Ingress | EntranceKind::Route))
        .filter_map(|entrance| entrance.command.split(' ').find(|word| word.contains("://")).map(str::to_owned));
    let mut names: Vec<String> = ports.chain(urls).collect();
    names.dedup();
    names
}
