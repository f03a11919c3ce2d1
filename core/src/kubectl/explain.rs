//! `kubectl explain` (pkg/explain/v2): fields and their types. What a field is for stands in the API's own documents, and
//! is left out here.

use super::flags::KubectlFlags;
use super::resource::{self, ResourceType};
use super::{KubectlView, Output, UsageError, kubectl_error, unsupported_error};
use crate::schema::{self, Definition, Struct, Type, TypeShape};

/// What a field's type is made of.
#[derive(Clone, Copy)]
enum FieldType {
    /// Of the built-in kinds.
    Known(Type),
    /// Of a custom resource.
    Defined(&'static Definition),
}

/// A field with its type, and whether it must be there.
type ExplainedField = (String, FieldType, bool);

/// `explain svc.spec.ports`
pub fn explain(view: KubectlView<'_>, flags: &KubectlFlags) -> Result<Output, UsageError> {
    // 1. The kind, in the version asked for.
    let [path] = &flags.words[..] else {
        let hint = "Use \"kubectl api-resources\" for a complete list of supported resources.";
        return Err(kubectl_error(if flags.words.is_empty() {
            format!("error: You must specify the type of resource to explain. {hint}")
        } else {
            "error: We accept only this format: explain RESOURCE".to_owned()
        }));
    };
    let mut parts = path.split('.');
    let resource = resource::resource_by_name(view, parts.next().unwrap_or_default())?;
    let version = flags.value("api-version").unwrap_or(resource.api_version());
    let (group, short_version) = version.split_once('/').map_or(("", version), |(group, version)| (group, version));
    // 2. Group, kind and version.
    let mut text = match group {
        "" => String::new(),
        group => format!("GROUP:      {group}\n"),
    };
    text += &format!("KIND:       {}\nVERSION:    {short_version}\n\n", resource.kind());
    // 3. Down the path, field by field.
    let mut fields = root_fields(view, &resource, version)?;
    let mut last = None;
    for part in parts {
        let found = fields.iter().find(|(name, ..)| name == part).cloned();
        let (name, kind, _) = found.ok_or_else(|| kubectl_error(format!("error: field {part:?} does not exist")))?;
        fields = fields_of(kind);
        last = Some((name, kind));
    }
    if let Some((name, kind)) = last {
        text += &format!("FIELD: {name} <{}>\n\n\n", type_name(kind));
    }
    // 4. What the last one holds, with --recursive to its depth.
    text += "DESCRIPTION:\n    <empty>\n";
    let is_short = flags.is("recursive");
    let depth = flags.value("max-depth").and_then(|depth| depth.parse().ok()).filter(|depth| *depth > 0);
    let lines = field_lines(&fields, 1, if is_short { depth.unwrap_or(MAX_DEPTH) } else { 1 }, is_short);
    text += &if lines.is_empty() { lines } else { format!("FIELDS:\n{lines}") };
    Ok(Output { stdout: Some(text + "\n"), ..Output::default() })
}

/// How deep --recursive goes where nobody says.
const MAX_DEPTH: usize = 12;

fn root_fields(
    view: KubectlView<'_>,
    resource: &ResourceType,
    version: &str,
) -> Result<Vec<ExplainedField>, UsageError> {
    if let Some(kind) = schema::kind(version, resource.kind()) {
        return Ok(fields_of(FieldType::Known(kind.object)));
    }
    let defined = schema::definition(version, resource.kind(), view.manifests.checks.further);
    defined.map(|definition| fields_of(FieldType::Defined(definition))).ok_or_else(|| {
        let plural = resource.plural().split('.').next().unwrap_or_default();
        unsupported_error(format!("kubectl explain {plural}: the fields of {version} aren't known here"))
    })
}

/// The fields of a struct, of what a list or a map is made of.
fn fields_of(kind: FieldType) -> Vec<ExplainedField> {
    match kind {
        FieldType::Known(kind) => match kind.shape() {
            TypeShape::Struct(object) => known_fields(object),
            TypeShape::List(inner) | TypeShape::Map(inner) => fields_of(FieldType::Known(inner)),
            _ => Vec::new(),
        },
        FieldType::Defined(definition) => {
            let inner = definition.items.as_deref().or(definition.additional_properties.as_deref());
            if let Some(inner) = inner {
                return fields_of(FieldType::Defined(inner));
            }
            let all = definition.properties.iter();
            all.map(|(name, field)| (name.clone(), FieldType::Defined(field), definition.required.contains(name)))
                .collect()
        }
    }
}

fn known_fields(object: &'static Struct) -> Vec<ExplainedField> {
    object.fields().map(|(name, kind)| (name.to_owned(), FieldType::Known(kind), false)).collect()
}

/// `[]ServicePort`, `map[string]string` (typeGuess)
fn type_name(kind: FieldType) -> String {
    match kind {
        FieldType::Known(kind) => match kind.shape() {
            TypeShape::String | TypeShape::Time | TypeShape::Bytes => "string".to_owned(),
            TypeShape::Int32 | TypeShape::Int64 => "integer".to_owned(),
            TypeShape::Double => "number".to_owned(),
            TypeShape::Bool => "boolean".to_owned(),
            TypeShape::Quantity => "Quantity".to_owned(),
            TypeShape::IntOrString => "IntOrString".to_owned(),
            TypeShape::Any => "Object".to_owned(),
            TypeShape::List(inner) => format!("[]{}", type_name(FieldType::Known(inner))),
            TypeShape::Map(inner) => format!("map[string]{}", type_name(FieldType::Known(inner))),
            TypeShape::Struct(object) => object.name().to_owned(),
        },
        FieldType::Defined(definition) => match (&definition.items, &definition.additional_properties) {
            (Some(inner), _) => format!("[]{}", type_name(FieldType::Defined(inner))),
            (None, Some(inner)) => format!("map[string]{}", type_name(FieldType::Defined(inner))),
            (None, None) if definition.int_or_string => "IntOrString".to_owned(),
            (None, None) => match definition.kind.as_deref() {
                Some("object") | None => "Object".to_owned(),
                Some(kind) => kind.to_owned(),
            },
        },
    }
}

fn field_lines(fields: &[ExplainedField], level: usize, depth: usize, is_short: bool) -> String {
    let indent = "  ".repeat(level);
    let lines = fields.iter().map(|(name, kind, is_required)| {
        let required = if *is_required { " -required-" } else { "" };
        let line = format!("{indent}{name}\t<{}>{required}\n", type_name(*kind));
        match is_short {
            false => format!("{line}{indent}  <no description>\n\n"),
            true if level < depth => line + &field_lines(&fields_of(*kind), level + 1, depth, is_short),
            true => line,
        }
    });
    lines.collect()
}
