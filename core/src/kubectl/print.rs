//! -o: how objects are printed that aren't in a table (cli-runtime, printers; kubectl, pkg/cmd/get).

use serde_json::{Value, json};

use super::flags::KubectlFlags;
use super::go_template::GoTemplate;
use super::jsonpath::{JsonPathTemplate, escaped, go_text};
use super::table::align_columns;
use super::{NamedFiles, UsageError, kubectl_error};
use crate::yaml;

mod kyaml;
pub mod sort;

/// How to print.
#[derive(Clone, Debug, PartialEq)]
pub enum OutputFormat {
    Table,
    /// A table with more columns.
    Wide,
    /// `pod/web`
    Name,
    /// Indented JSON.
    Json,
    Yaml,
    /// YAML in braces.
    Kyaml,
    /// The template, and how it was written.
    JsonPath(JsonPathTemplate, String),
    /// What a template finds, as a list of JSON.
    JsonPathAsJson(JsonPathTemplate, String),
    /// The template, and how it was written.
    GoTemplate(GoTemplate, String),
    /// Headers, and where the values stand.
    Columns(Vec<(String, JsonPathTemplate)>),
}

/// The formats that are understood, for completion.
pub const FORMATS: [&str; 12] = [
    "wide",
    "name",
    "json",
    "yaml",
    "kyaml",
    "jsonpath=",
    "jsonpath-as-json=",
    "jsonpath-file=",
    "go-template=",
    "go-template-file=",
    "custom-columns=",
    "custom-columns-file=",
];

/// The formats of verbs that print no tables.
const WITHOUT_TABLES: &str = "go-template,go-template-file,json,jsonpath,jsonpath-as-json,jsonpath-file,kyaml,name,template,\
                              templatefile,yaml";

/// What kubectl lists where a format is no format.
const ALL: &str = "custom-columns,custom-columns-file,go-template,go-template-file,json,jsonpath,jsonpath-as-json,\
                   jsonpath-file,kyaml,name,template,templatefile,wide,yaml";

impl OutputFormat {
    /// -o and --template; None without them.
    pub fn of_flags(flags: &KubectlFlags, files: &NamedFiles) -> Result<Option<Self>, UsageError> {
        let text = match (flags.value("output"), flags.value("template")) {
            (None | Some(""), None) => return Ok(None),
            (None | Some(""), Some(_)) => "go-template",
            (Some(text), _) => text,
        };
        let (name, argument) = text.split_once('=').map_or((text, None), |(name, argument)| (name, Some(argument)));
        let argument = argument.or(flags.value("template")).filter(|argument| !argument.is_empty());
        if flags.value("allow-missing-template-keys") == Some("false") {
            return Err(super::flags::unsupported_flag("--allow-missing-template-keys=false"));
        }
        // Verbs that change something print no tables.
        let is_known = WITHOUT_TABLES.split(',').any(|known| known == name);
        if !flags.verb.prints_tables() && !is_known {
            return Err(kubectl_error(format!(
                "error: unable to match a printer suitable for the output format {text:?}, allowed formats are: \
                 {WITHOUT_TABLES}"
            )));
        }
        Self::read(name, argument, files).map(Some)
    }

    fn read(name: &str, argument: Option<&str>, files: &NamedFiles) -> Result<Self, UsageError> {
        let no_template = || kubectl_error("error: template format specified but no template given");
        let template = || argument.map(str::to_owned).ok_or_else(no_template);
        let of_file = |what: &str| {
            let path = argument
                .ok_or_else(|| kubectl_error(format!("error: {what} format specified but no template file given")))?;
            let text = files.get(path).and_then(|texts| texts.first()).map(|(_, text)| text.clone());
            text.ok_or_else(|| {
                kubectl_error(format!(
                    "error: error reading --template {path}, open {path}: no such file or directory\n"
                ))
            })
        };
        match name {
            "wide" => Ok(Self::Wide),
            "name" => Ok(Self::Name),
            "json" => Ok(Self::Json),
            "yaml" => Ok(Self::Yaml),
            "kyaml" => Ok(Self::Kyaml),
            "jsonpath" => template().and_then(json_path).map(|(template, text)| Self::JsonPath(template, text)),
            "jsonpath-as-json" => {
                template().and_then(json_path).map(|(template, text)| Self::JsonPathAsJson(template, text))
            }
            "jsonpath-file" => {
                of_file("template").and_then(json_path).map(|(template, text)| Self::JsonPath(template, text))
            }
            "go-template" | "template" => template().and_then(go_template),
            "go-template-file" | "templatefile" => of_file("template").and_then(go_template),
            "custom-columns" => {
                let none = || kubectl_error("error: custom-columns format specified but no custom columns given");
                parse_columns(argument.ok_or_else(none)?).map(Self::Columns)
            }
            "custom-columns-file" => parse_column_file(&of_file("custom-columns")?).map(Self::Columns),
            _ => Err(kubectl_error(format!(
                "error: unable to match a printer suitable for the output format {name:?}, allowed formats are: {ALL}"
            ))),
        }
    }

    pub fn is_table(&self) -> bool {
        matches!(self, Self::Table | Self::Wide)
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
            Self::Kyaml => Ok(kyaml::kyaml_text(&whole)),
            Self::JsonPath(template, text) => template.print(&whole).map_err(|why| json_path_error(text, &why, &whole)),
            Self::JsonPathAsJson(template, text) => {
                let found = template.find(&whole).map_err(|why| json_path_error(text, &why, &whole))?;
                let found: Vec<Value> = found.into_iter().flatten().cloned().collect();
                Ok(json_text(&Value::Array(found)))
            }
            Self::GoTemplate(template, text) => template
                .print(&whole)
                .map_err(|why| kubectl_error(format!("error: error executing template {text:?}: {why}"))),
            _ => Ok(yaml::write(&whole)),
        }
    }
}

fn json_path_error(text: &str, why: &str, object: &Value) -> UsageError {
    let object = go_syntax(object);
    kubectl_error(format!(
        "error: error executing jsonpath {text:?}: Error executing template: {why}. Printing more information for debugging the \
         template:\n\ttemplate was:\n\t\t{text}\n\tobject given to jsonpath engine was:\n\t\t{object}\n\n"
    ))
}

/// `%#v` of what Go reads from JSON.
fn go_syntax(value: &Value) -> String {
    match value {
        Value::Null => "interface {}(nil)".to_owned(),
        Value::Object(fields) => {
            let fields: Vec<String> =
                fields.iter().map(|(key, value)| format!("{key:?}:{}", go_syntax(value))).collect();
            format!("map[string]interface {{}}{{{}}}", fields.join(", "))
        }
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(go_syntax).collect();
            format!("[]interface {{}}{{{}}}", items.join(", "))
        }
        other => other.to_string(),
    }
}

fn json_path(text: String) -> Result<(JsonPathTemplate, String), UsageError> {
    let wrong = |why| kubectl_error(format!("error: error parsing jsonpath {text}, {why}"));
    Ok((JsonPathTemplate::parse(&text).map_err(wrong)?, text))
}

fn go_template(text: String) -> Result<OutputFormat, UsageError> {
    let wrong = |why| kubectl_error(format!("error: error parsing template {text}, {why}"));
    Ok(OutputFormat::GoTemplate(GoTemplate::parse(&text).map_err(wrong)?, text))
}

/// A line of headers, a line of paths (NewCustomColumnsPrinterFromTemplate).
fn parse_column_file(text: &str) -> Result<Vec<(String, JsonPathTemplate)>, UsageError> {
    let mut lines = text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
    let (headers, paths) = (lines.next().unwrap_or_default(), lines.next().unwrap_or_default());
    if headers.len() != paths.len() {
        return Err(kubectl_error(format!(
            "error: number of headers ({}) and field specifications ({}) don't match",
            headers.len(),
            paths.len()
        )));
    }
    let pairs = headers.into_iter().zip(paths).map(|(header, path)| {
        let template = relaxed_jsonpath(path).and_then(|path| JsonPathTemplate::parse(&path));
        Ok((header.to_owned(), template.map_err(|why| kubectl_error(format!("error: {why}")))?))
    });
    pairs.collect()
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
