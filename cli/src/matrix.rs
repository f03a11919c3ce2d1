//! `whichpod matrix`: who can reach whom.

use std::process::ExitCode;

use serde_json::json;
use whichpod_core::matrix::{self, MatrixCell, MatrixError, MatrixSelection, ReachCell};
use whichpod_core::simulation::Simulation;

use crate::arguments::{Matrix, MatrixFormat, MatrixRows};
use crate::context::Context;
use crate::{Unusable, print};

mod grid;
mod picture;

/// Prints every cell, or what each workload is open to.
pub fn run(arguments: &Matrix, context: &Context) -> Result<ExitCode, Unusable> {
    let simulation = arguments.input.simulation(&arguments.paths.paths, context)?;
    if arguments.exposure {
        return exposure(arguments, &simulation, context);
    }
    let usual = match arguments.output {
        MatrixFormat::Csv | MatrixFormat::Json => MatrixRows::Pod,
        MatrixFormat::Text | MatrixFormat::Md | MatrixFormat::Dot | MatrixFormat::Svg => MatrixRows::Workload,
    };
    let text = match arguments.by.unwrap_or(usual) {
        MatrixRows::Pod => by_pod(arguments, &cells_by_pod(arguments, &simulation)?)?,
        MatrixRows::Workload => by_workload(arguments, &cells(arguments, &simulation)?, context),
    };
    print(&text)?;
    Ok(ExitCode::SUCCESS)
}

fn cells_by_pod(arguments: &Matrix, simulation: &Simulation) -> Result<Vec<MatrixCell>, Unusable> {
    let cells = matrix::matrix(simulation, &selection(arguments)).map_err(|refused| Unusable(sentence(&refused)))?;
    let focused = |cell: &MatrixCell, name: &str| {
        cell.from.contains(name) || cell.pods.iter().any(|pod| pod.contains(name)) || cell.service.contains(name)
    };
    Ok(cells.into_iter().filter(|cell| arguments.focus.as_deref().is_none_or(|name| focused(cell, name))).collect())
}

fn by_pod(arguments: &Matrix, cells: &[MatrixCell]) -> Result<String, Unusable> {
    Ok(match arguments.output {
        MatrixFormat::Text => matrix::to_text(cells),
        MatrixFormat::Csv => matrix::to_csv(cells),
        MatrixFormat::Json => format!("{:#}\n", json!({ "schema": "whichpod.dev/matrix/v1", "cells": cells })),
        _ => return Err(Unusable("--by pod is printed as text, csv or json".to_owned())),
    })
}

fn cells(arguments: &Matrix, simulation: &Simulation) -> Result<Vec<ReachCell>, Unusable> {
    let cells = matrix::reach(simulation, &selection(arguments)).map_err(|refused| Unusable(sentence(&refused)))?;
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
    let exposures = matrix::exposures(&cells(arguments, simulation)?, &matrix::workloads(simulation));
    print(&match arguments.output {
        MatrixFormat::Text => grid::exposures(&exposures, context),
        MatrixFormat::Md => grid::exposures_markdown(&exposures),
        MatrixFormat::Json => format!("{:#}\n", json!({ "schema": "whichpod.dev/matrix/v1", "exposures": exposures })),
        _ => return Err(Unusable("--exposure is printed as text, md or json".to_owned())),
    })?;
    Ok(ExitCode::SUCCESS)
}

fn selection(arguments: &Matrix) -> MatrixSelection {
    MatrixSelection { from: arguments.from.clone(), to: arguments.to.clone(), limit: arguments.limit }
}

fn sentence(refused: &MatrixError) -> String {
    match refused {
        MatrixError::TooMany { clients, ports, limit } => format!(
            "{clients} clients times {ports} Service ports are more than {limit} cells: choose with --from and --to, or allow \
             more with --limit {}",
            clients.saturating_mul(*ports)
        ),
        MatrixError::NoClient(from) => {
            format!("--from {from}: no client's name contains this; leave it out to see all")
        }
        MatrixError::NoPort(to) => {
            format!("--to {to}: no Service with a port has this in its name; leave it out to see all")
        }
    }
}
