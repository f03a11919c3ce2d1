//! `whichpod matrix`: who can reach whom.

use std::process::ExitCode;

use serde_json::json;
use whichpod_core::cluster::SettingOverrides;
use whichpod_core::matrix::{self, MatrixError, MatrixSelection};
use whichpod_core::simulation::Simulation;

use crate::arguments::{Matrix, MatrixFormat};
use crate::{Unusable, files, print};

/// Prints every cell.
pub fn run(arguments: &Matrix) -> Result<ExitCode, Unusable> {
    let overrides = SettingOverrides { kube_proxy_mode: arguments.proxy_mode, ..SettingOverrides::default() };
    let simulation = Simulation::new(files::sources(&arguments.files)?, &overrides);
    let (from, to) = (arguments.from.clone(), arguments.to.clone());
    let cells = matrix::matrix(&simulation, &MatrixSelection { from, to, limit: arguments.limit });
    let cells = cells.map_err(|refused| Unusable(sentence(&refused)))?;
    print(&match arguments.output {
        MatrixFormat::Text => matrix::to_text(&cells),
        MatrixFormat::Csv => matrix::to_csv(&cells),
        MatrixFormat::Json => format!("{:#}\n", json!({ "schema": "whichpod.dev/matrix/v1", "cells": cells })),
    })?;
    Ok(ExitCode::SUCCESS)
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
