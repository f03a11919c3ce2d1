//! `whichpod schema`: the JSON Schema of a format, from the types that read and write it.

use std::process::ExitCode;

use serde_json::{Value, json};
use whichpod_core::json_schema;

use crate::arguments::Schema;
use crate::{Unusable, print};

/// The formats.
pub const NAMES: [&str; 11] = [
    "routing-tests",
    "world",
    "trace",
    "check",
    "comparison",
    "rollout",
    "matrix",
    "diff",
    "entrances",
    "test",
    "modelled",
];

/// Prints the schema.
pub fn run(arguments: &Schema) -> Result<ExitCode, Unusable> {
    let schema: Option<Value> = json_schema::schema(&arguments.name);
    let mut schema = schema.ok_or_else(|| Unusable("no such format".to_owned()))?;
    let properties = schema.get_mut("properties").and_then(Value::as_object_mut).filter(|_| arguments.name == "trace");
    if let Some(properties) = properties {
        // The command line's own: what --why-not asks for.
        let about = "With `--why-not`: why the request doesn't land on that pod.";
        properties.insert("whyNot".to_owned(), json!({ "type": "string", "description": about }));
    }
    print(&format!("{schema:#}\n"))?;
    Ok(ExitCode::SUCCESS)
}
