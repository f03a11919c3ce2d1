//! `whichpod modelled`: what is modelled, and what is not.

use std::process::ExitCode;

use whichpod_core::explain;
use whichpod_core::modelled::{sections, to_json, to_text};

use crate::arguments::{Language, Modelled, ModelledFormat};
use crate::print;

/// Prints the list.
pub fn run(arguments: &Modelled) -> ExitCode {
    let language = match arguments.language {
        Language::En => explain::Language::English,
        Language::Ja => explain::Language::Japanese,
    };
    print(&match arguments.output {
        ModelledFormat::Text => to_text(&sections(), language),
        ModelledFormat::Json => format!("{:#}\n", to_json(&sections())),
    });
    ExitCode::SUCCESS
}
