//! JSON Schemas of the formats, from the types that read and write them: for editors, and for those who read answers.

use serde_json::{Value, json};

use crate::difference::DifferenceReport;
use crate::entrances::EntranceReport;
use crate::matrix::{Exposure, MatrixCell, PolicyRuleReport, ReachCell};
use crate::model::{Decode, Shape, World};
use crate::report::{CheckReport, ControllerComparison, Report, RolloutReport};
use crate::routing_test::{Case, TestReport};

/// What `matrix -o json` prints: one of the lists, as the options say.
#[derive(schemars::JsonSchema)]
#[expect(dead_code, reason = "only its shape is wanted")]
struct MatrixDocument {
    /// `whichpod.dev/matrix/v1`
    schema: String,
    /// By pod.
    cells: Option<Vec<MatrixCell>>,
    /// By workload.
    reach: Option<Vec<ReachCell>>,
    /// With `--exposure`.
    exposures: Option<Vec<Exposure>>,
    /// With `--policies`.
    policies: Option<Vec<PolicyRuleReport>>,
}

/// What `entrances -o json` prints.
#[derive(schemars::JsonSchema)]
#[expect(dead_code, reason = "only its shape is wanted")]
struct EntrancesDocument {
    /// `whichpod.dev/entrances/v1`
    schema: String,
    /// The failures first.
    entrances: Vec<EntranceReport>,
}

/// What `modelled -o json` prints.
#[derive(schemars::JsonSchema)]
#[expect(dead_code, reason = "only its shape is wanted")]
struct ModelledDocument {
    /// `whichpod.dev/modelled/v1`
    schema: String,
    /// What is modelled, and what is not.
    sections: Vec<ModelledPart>,
}

/// A section of that list.
#[derive(schemars::JsonSchema)]
#[expect(dead_code, reason = "only its shape is wanted")]
struct ModelledPart {
    /// Of its place on the page.
    id: String,
    /// Its heading.
    title: WordsDocument,
    /// What it is about.
    about: WordsDocument,
    /// Entries that have something in common.
    groups: Vec<ModelledGroupDocument>,
}

/// Entries that have something in common.
#[derive(schemars::JsonSchema)]
#[expect(dead_code, reason = "only its shape is wanted")]
struct ModelledGroupDocument {
    /// What they have in common.
    title: LabelDocument,
    /// Where it is from: an API version, a prefix; empty for none.
    detail: String,
    /// What is modelled, or isn't.
    entries: Vec<ModelledEntryDocument>,
}

/// One thing that is modelled, or isn't.
#[derive(schemars::JsonSchema)]
#[expect(dead_code, reason = "only its shape is wanted")]
struct ModelledEntryDocument {
    /// What it is called.
    label: LabelDocument,
    /// What is to be said about it.
    note: Option<WordsDocument>,
    /// Where it is documented.
    documentation: Option<String>,
}

/// A name, the same in every language, or words.
#[derive(schemars::JsonSchema)]
#[expect(dead_code, reason = "only its shape is wanted")]
#[serde(untagged)]
enum LabelDocument {
    Name(String),
    Words(WordsDocument),
}

/// In both languages.
#[derive(schemars::JsonSchema)]
#[expect(dead_code, reason = "only its shape is wanted")]
struct WordsDocument {
    /// English.
    en: String,
    /// Japanese.
    ja: String,
}

/// As deep as World goes.
const DEPTH: usize = 8;

/// The schema of a format; None for one that isn't known.
pub fn schema(name: &str) -> Option<Value> {
    Some(match name {
        "routing-tests" => schemars::schema_for!(Vec<Case>).to_value(),
        "world" => world(),
        "trace" => schemars::schema_for!(Report).to_value(),
        "check" => schemars::schema_for!(CheckReport).to_value(),
        "comparison" => schemars::schema_for!(ControllerComparison).to_value(),
        "rollout" => schemars::schema_for!(RolloutReport).to_value(),
        "matrix" => schemars::schema_for!(MatrixDocument).to_value(),
        "entrances" => schemars::schema_for!(EntrancesDocument).to_value(),
        "test" => schemars::schema_for!(TestReport).to_value(),
        "modelled" => schemars::schema_for!(ModelledDocument).to_value(),
        "diff" => schemars::schema_for!(DifferenceReport).to_value(),
        _ => return None,
    })
}

/// World's, from the struct that it is read into.
fn world() -> Value {
    let mut schema = of_shape(World::shape(), DEPTH);
    if let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) {
        properties.insert("apiVersion".to_owned(), json!({ "const": "whichpod.dev/v1" }));
        properties.insert("kind".to_owned(), json!({ "const": "World" }));
        properties.insert("metadata".to_owned(), json!({ "type": "object" }));
    }
    if let Some(schema) = schema.as_object_mut() {
        schema.insert("$schema".to_owned(), json!("https://json-schema.org/draft/2020-12/schema"));
        schema.insert("title".to_owned(), json!("World"));
    }
    schema
}

fn of_shape(shape: Shape, depth: usize) -> Value {
    let Some(depth) = depth.checked_sub(1) else { return json!({}) };
    match shape {
        Shape::Value => json!({}),
        Shape::List(element) => json!({ "type": "array", "items": of_shape(element(), depth) }),
        Shape::Map(value) => json!({ "type": "object", "additionalProperties": of_shape(value(), depth) }),
        Shape::Struct(_, fields) => {
            let fields = fields.iter().map(|(name, shape)| ((*name).to_owned(), of_shape(shape(), depth)));
            json!({ "type": "object", "additionalProperties": false, "properties": fields.collect::<serde_json::Map<_, _>>() })
        }
    }
}
