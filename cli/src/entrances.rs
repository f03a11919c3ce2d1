//! `whichpod entrances`: every way in, tried once.

use std::process::ExitCode;

use serde_json::json;
use whichpod_core::entrances;

use crate::arguments::{Entrances, EntrancesFormat};
use crate::context::Context;
use crate::{Unusable, print};

/// Prints what comes of each entrance, the failures first.
pub fn run(arguments: &Entrances, context: &Context) -> Result<ExitCode, Unusable> {
    let simulation = arguments.input.simulation(&arguments.paths.paths, context)?;
    let reports = entrances::report(&simulation, context.language);
    print(&match arguments.output {
        EntrancesFormat::Text => entrances::to_text(&reports, context.language),
        EntrancesFormat::Md => entrances::to_markdown(&reports),
        EntrancesFormat::Json => {
            format!("{:#}\n", json!({ "schema": "whichpod.dev/entrances/v1", "entrances": reports }))
        }
    })?;
    Ok(ExitCode::SUCCESS)
}
