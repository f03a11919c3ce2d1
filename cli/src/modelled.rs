//! `whichpod modelled`: what is modelled, and what is not.

use std::process::ExitCode;

use whichpod_core::modelled::{sections, to_json, to_text};

use crate::arguments::{Modelled, ModelledFormat};
use crate::context::Context;
use crate::{Unusable, print};

/// Prints the list.
pub fn run(arguments: &Modelled, context: &Context) -> Result<ExitCode, Unusable> {
    print(&match arguments.output {
        ModelledFormat::Text => to_text(&sections(), arguments.language.unwrap_or(context.language)),
        ModelledFormat::Json => format!("{:#}\n", to_json(&sections())),
    })?;
    Ok(ExitCode::SUCCESS)
}
