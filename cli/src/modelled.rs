//! `whichpod modelled`: what is modelled, and what is not.

use std::process::ExitCode;

use whichpod_core::modelled::{sections, to_json, to_text};

use crate::arguments::{Modelled, ModelledFormat};
use crate::{Unusable, print};

/// Prints the list.
pub fn run(arguments: &Modelled) -> Result<ExitCode, Unusable> {
    print(&match arguments.output {
        ModelledFormat::Text => to_text(&sections(), arguments.language),
        ModelledFormat::Json => format!("{:#}\n", to_json(&sections())),
    })?;
    Ok(ExitCode::SUCCESS)
}
