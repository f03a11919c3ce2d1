//! -o: how objects are printed that aren't in a table (cli-runtime, printers; kubectl, pkg/cmd/get).

use serde_json::{Value, json};

use super::jsonpath::{JsonPathTemplate, escaped, go_text};
use super::table::align_columns;
use super::{UsageError, kubectl_error, unsupported_error};
use crate::yaml;

pub mod sort;

/// How to print.
#[derive(Clone, Debug, PartialEq)]
pub enum OutputFormat {
    /// As a table.
    Table,
    /// A table with more columns.
    Wide,
    /// `pod/web`
    Name,
    /// Indented JSON.
    Json,
    /// YAML.
    Yaml,
    /// The template, and how it was written.
    JsonPath(JsonPathTemplate, String),
    /// Headers, and where the values stand.
    Columns(Vec<(String, JsonPathTemplate)>),
}

/// Formats that kubectl has besides.
const NOT_HERE: [&str; 8] = [
    "custom-columns-file",
    "go-template",
    "go-template-file",
    "jsonpath-as-json",
    "jsonpath-file",
    "kyaml",
    "template",
    "templatefile",
];

/// The formats that are understood, for completion.
pub const FORMATS: [&str; 6] = ["wide", "name", "json", "yaml", "jsonpath=", "custom-columns="];

impl OutputFormat {
    /// What stands behind -o.
    pub fn parse(text: &str) -> Result<Self, UsageError> {
        let (name, argument) = text.split_once('=').map_or((text, ""), |(name, argument)| (name, argument));
        Ok(match name {
            "wide" => Self::Wide,
            "name" => Self::Name,
            "json" => Self::Json,
            "yaml" => Self::Yaml,
            "jsonpath" if argument.is_empty() => {
                return Err(kubectl_error("error: template format specified but no template given"));
            }
            "jsonpath" => {
                let wrong = |why| kubectl_error(format!("error: error parsing jsonpath {argument}, {why}"));
                Self::JsonPath(JsonPathTemplate::parse(argument).map_err(wrong)?, argument.to_owned())
            }
            "custom-columns" => Self::Columns(parse_columns(argument)?),
            _ if NOT_HERE.contains(&name) => {
                return Err(unsupported_error(format!(
                    "kubectl -o {name} isn't understood here: {} are",
                    FORMATS.join(", ")
                )));
            }
            _ => {
                let all = "custom-columns,custom-columns-file,go-template,go-template-file,json,jsonpath,\
                           jsonpath-as-json,jsonpath-file,kyaml,name,template,templatefile,wide,yaml";
                return Err(kubectl_error(format!(
                    "error: unable to match a printer suitable for the output format {name:?}, allowed formats are: {all}"
                )));
            }
        })
    }

    /// One object, or a list of them, as text.
    pub fn print(&self, objects: Vec<Value>, single: bool, headers: bool) -> Result<String, UsageError> {
        if let Self::Columns(columns) = self {
            return columns_table(columns, &objects, headers);
        }
        let mut objects = objects.into_iter();
        let whole = match objects.next() {
            Some(object) if single => object,
            first => {
                let items: Vec<Value> = first.into_iter().chain(objects).collect();
                json!({"apiVersion": "v1", "items": items, "kind": "List", "metadata": {"resourceVersion": ""}})
            }
        };
        match self {
            Self::Json => Ok(json_text(&whole)),
            Self::JsonPath(template, text) => template.print(&whole).map_err(|why| {
                kubectl_error(format!(
                    "error: error executing jsonpath {text:?}: Error executing template: {why}. Printing more \
                     information for debugging the template:\n\ttemplate was:\n\t\t{text}"
                ))
            }),
            _ => Ok(yaml::write(&whole)),
        }
    }
}

/// Indented by four blanks.
fn json_text(value: &Value) -> String {
    let mut text = Vec::new();
    let indented = serde_json::ser::PrettyFormatter::with_indent(b"    ");
    let mut serializer = serde_json::Serializer::with_formatter(&mut text, indented);
    // Writing JSON into memory doesn't fail.
    let _ = serde::Serialize::serialize(value, &mut serializer);
    format!("{}\n", escaped(&String::from_utf8_lossy(&text)))
}

/// `NAME:.metadata.name,IP:.status.podIP`
fn parse_columns(text: &str) -> Result<Vec<(String, JsonPathTemplate)>, UsageError> {
    if text.is_empty() {
        return Err(kubectl_error("error: custom-columns format specified but no custom columns given"));
    }
    let column = |part: &str| {
        let (header, path) = part.split_once(':').ok_or_else(|| {
            kubectl_error(format!("error: unexpected custom-columns spec: {part}, expected <header>:<json-path-expr>"))
        })?;
        let template = relaxed_jsonpath(path).and_then(|path| JsonPathTemplate::parse(&path));
        Ok((header.to_owned(), template.map_err(|why| kubectl_error(format!("error: {why}")))?))
    };
    text.split(',').map(column).collect()
}

/// A path without braces or the first point is one all the same (RelaxedJSONPathExpression).
pub fn relaxed_jsonpath(path: &str) -> Result<String, String> {
    let inside = path.strip_prefix('{').and_then(|path| path.strip_suffix('}')).unwrap_or(path);
    let bare = inside.strip_prefix('.').unwrap_or(inside);
    match path.is_empty() {
        true => Ok(String::new()),
        false if bare.is_empty() || bare.contains(['{', '}']) => {
            Err("unexpected path string, expected a 'name1.name2' \
             or '.name1.name2' or '{name1.name2}' or '{.name1.name2}'"
                .to_owned())
        }
        false => Ok(format!("{{.{bare}}}")),
    }
}

fn columns_table(
    columns: &[(String, JsonPathTemplate)],
    objects: &[Value],
    headers: bool,
) -> Result<String, UsageError> {
    let mut rows = Vec::new();
    if headers {
        rows.push(columns.iter().map(|(header, _)| header.clone()).collect());
    }
    for object in objects {
        let cells = columns
            .iter()
            .map(|(_, template)| column_cell(template, object).map_err(|why| kubectl_error(format!("error: {why}"))));
        rows.push(cells.collect::<Result<Vec<_>, _>>()?);
    }
    Ok(align_columns(&rows, 6, 3))
}

fn column_cell(template: &JsonPathTemplate, object: &Value) -> Result<String, String> {
    let found = template.find(object)?;
    let none = found.first().is_none_or(Vec::is_empty).then(|| "<none>".to_owned());
    let values = found.iter().flatten().map(|value| go_text(value));
    Ok(none.into_iter().chain(values).collect::<Vec<_>>().join(","))
}
