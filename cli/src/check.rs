//! `whichpod check`: what is wrong with the manifests.

use std::process::ExitCode;

use whichpod_core::cluster::SettingOverrides;
use whichpod_core::simulation::Simulation;

use crate::arguments::{Check, CheckFormat};
use crate::{Unusable, files, print};

/// Prints the findings; exits 1 if one is an error.
pub fn run(arguments: &Check) -> Result<ExitCode, Unusable> {
    let report = Simulation::new(files::sources(&arguments.files)?, &SettingOverrides::default()).check();
    print(&match arguments.output {
        CheckFormat::Text => report.to_text(),
        CheckFormat::Json => serde_json::to_string_pretty(&report).map_err(|error| Unusable(error.to_string()))? + "\n",
        CheckFormat::Sarif => format!("{:#}\n", report.to_sarif()),
    })?;
    Ok(if report.has_errors() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
