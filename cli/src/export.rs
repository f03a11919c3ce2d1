//! `whichpod export`: the live cluster as manifests, for the page, for later, for somebody else.

use std::io::IsTerminal;
use std::process::ExitCode;

use serde_json::Value;
use whichpod_core::yaml;

use crate::arguments::{Export, Input};
use crate::{Unusable, complain, live, print, print_as_is};

/// Prints every object as YAML.
pub fn run(arguments: &Export) -> Result<ExitCode, Unusable> {
    let (context, with_secrets) = (arguments.context.clone(), arguments.with_secrets);
    let texts = live::fetch(&Input { context, with_secrets, live: true, ..Input::default() })?;
    texts.notes.iter().for_each(|note| complain(&format!("whichpod: {note}")));
    let mut documents = Vec::new();
    for (name, text) in &texts.files {
        let list: Value = serde_json::from_str(text).map_err(|error| Unusable(format!("{name}: {error}")))?;
        documents.extend(list.get("items").and_then(Value::as_array).into_iter().flatten().map(yaml::write));
    }
    let text = documents.join("---\n");
    if std::io::stdout().is_terminal() {
        print(&text)?
    } else {
        print_as_is(&text)?
    }
    Ok(ExitCode::SUCCESS)
}
