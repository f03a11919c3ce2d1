//! `whichpod schema`: the JSON Schema of a format, from the types that read and write it.

use std::process::ExitCode;

use serde_json::Value;
use whichpod_core::json_schema;

use crate::arguments::Schema;
use crate::{Unusable, print};

/// The formats.
pub const NAMES: [&str; 10] =
    ["routing-tests", "world", "trace", "check", "comparison", "rollout", "matrix", "diff", "entrances", "test"];

/// Prints the schema.
pub fn run(arguments: &Schema) -> Result<ExitCode, Unusable> {
    let schema: Option<Value> = json_schema::schema(&arguments.name);
    let schema = schema.ok_or_else(|| Unusable("no such format".to_owned()))?;
    print(&format!("{schema:#}\n"))?;
    Ok(ExitCode::SUCCESS)
}
