//! `whichpod entrances`: every way in, tried once.

use std::process::ExitCode;

use serde_json::json;
use whichpod_core::cluster::SettingOverrides;
use whichpod_core::entrances;
use whichpod_core::simulation::Simulation;

use crate::arguments::{Entrances, EntrancesFormat};
use crate::{Unusable, files, print};

/// Prints what comes of each entrance, the failures first.
pub fn run(arguments: &Entrances) -> Result<ExitCode, Unusable> {
    let overrides = SettingOverrides { kube_proxy_mode: arguments.proxy_mode, ..SettingOverrides::default() };
    let simulation = Simulation::new(files::sources(&arguments.files)?, &overrides);
    let reports = entrances::report(&simulation);
    print(&match arguments.output {
        EntrancesFormat::Text => entrances::to_text(&reports),
        EntrancesFormat::Md => entrances::to_markdown(&reports),
        EntrancesFormat::Json => {
            format!("{:#}\n", json!({ "schema": "whichpod.dev/entrances/v1", "entrances": reports }))
        }
    })?;
    Ok(ExitCode::SUCCESS)
}
