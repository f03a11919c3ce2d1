//! `whichpod matrix`: who can reach whom.

use std::process::ExitCode;

use serde_json::json;
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
    let text = match arguments.by.unwrap_or(usual) {
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
    Ok(cells.into_iter().filter(|cell| arguments.focus.as_deref().is_none_or(|name| focused(cell, name))).collect())
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
    Ok(cells.into_iter().filter(|cell| arguments.focus.as_deref().is_none_or(|name| focused(cell, name))).collect())
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
    MatrixSelection { from: arguments.from.clone(), to: arguments.to.clone(), limit: arguments.limit }
}

fn sentence(refused: &MatrixError, simulation: &Simulation) -> String {
    match refused {
        MatrixError::TooMany { clients, ports, limit } => format!(
            "{clients} clients times {ports} Service ports are more than {limit} cells: choose with --from and --to, or allow \
             more with --limit {}",
            clients.saturating_mul(*ports)
        ),
        MatrixError::NoClient(from) => {
            let names = matrix::client_names(simulation);
            let more = if names.len() > LISTED { format!(" and {} more", names.len() - LISTED) } else { String::new() };
            let names: Vec<String> = names.into_iter().take(LISTED).collect();
            format!("--from {from}: no client is called so; there are {}{more}", names.join(", "))
        }
        MatrixError::NoPort(to) => {
            format!("--to {to}: no Service with a port has this in its name; leave it out to see all")
        }
    }
}
