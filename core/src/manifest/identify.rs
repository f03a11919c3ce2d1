//! Which object a tree is: apiVersion, kind, namespace and name, and whether an API server of today knows such a thing.

use std::collections::BTreeMap;

use super::versions::{self, Served};
use crate::diagnostic::{Diagnostic, Fix, Problem};
use crate::model::{self, Text};
use crate::schema::{self, Scope};
use crate::source::{FieldPath, ObjectRef, Span};
use crate::yaml::{Value, YamlNode};

/// The namespace of an object that names none.
pub const DEFAULT_NAMESPACE: &str = "default";

/// An object's name in every sense.
pub(super) struct Identity {
    pub reference: ObjectRef,
    pub api_version: Text,
    /// None for kinds that play no part.
    pub model: Option<&'static model::Kind>,
    /// None for kinds whose fields we don't know.
    pub schema: Option<&'static schema::BuiltInKind>,
    /// It has no name: the API server says so among all else that is wrong with it.
    pub nameless: Option<IdentityError>,
}

/// What a typed list says of its items: a `PodList` of `v1` holds Pods of `v1` (apimachinery, unstructuredJSONScheme).
#[derive(Default)]
pub(super) struct ListKind {
    api_version: Option<Text>,
    kind: Option<Text>,
}

/// What is wrong, where.
pub(super) type IdentityError = Box<Diagnostic>;

/// Whether a tree is a list of objects: it has `items` that are a list.
pub(super) fn items(node: &YamlNode) -> Option<ListKind> {
    let kind = node.child("kind")?.text()?;
    let item_kind = kind.strip_suffix("List")?;
    matches!(node.child("items")?.value, Value::Sequence(_)).then(|| ListKind {
        api_version: node.child("apiVersion").and_then(YamlNode::text).cloned(),
        kind: (!item_kind.is_empty()).then(|| item_kind.into()),
    })
}

/// How many names were generated with a prefix so far: what makes them differ, whatever stands between.
pub(super) type GeneratedNames = BTreeMap<Text, usize>;

/// Finds out which object a tree is.
pub(super) fn identify(
    node: &YamlNode,
    list: &ListKind,
    generated: &mut GeneratedNames,
) -> Result<Identity, IdentityError> {
    if !matches!(node.value, Value::Mapping(_)) {
        return Err(refuse(node.span, Problem::NotAnObject { found: node.go_type() }));
    }
    let kind = field(node, "kind", list.kind.as_ref(), Problem::MissingKind)?;
    let api_version = field(node, "apiVersion", list.api_version.as_ref(), Problem::MissingApiVersion)?;
    let group = api_version.rsplit_once('/').map_or("", |(group, _)| group);
    // Traefik 2 knew its kinds under another group, which 3 doesn't read any more.
    let group = if group == model::LEGACY_TRAEFIK { "traefik.io" } else { group };
    let model = model::KINDS.iter().find(|model| model.group == group && model.name == &*kind);
    let (schema, scope) = match versions::served(&api_version, &kind) {
        Served::Built(schema) => (Some(schema), Some(schema.scope)),
        Served::Known(scope) => (None, Some(scope)),
        Served::Custom => (None, model.map(|model| model.scope)),
        Served::No { instead } => return Err(not_served(node, kind, api_version, instead)),
    };
    if let (Some(metadata), false) = (node.child("metadata"), scope == Some(Scope::Settings)) {
        is_map(metadata, &kind, &api_version, schema.is_some())?;
    }
    let reference =
        reference(node, kind, scope, generated).map_err(|refusal| not_decoded(refusal, node, &api_version, schema))?;
    let is_named = !reference.name.is_empty() || matches!(scope, None | Some(Scope::Settings));
    let place = || node.child("metadata").map_or_else(|| first_line(node), |metadata| metadata.span);
    let nameless = (!is_named).then(|| refuse(place(), Problem::MissingName));
    Ok(Identity { reference, api_version, model, schema, nameless })
}

/// metadata is decoded before anything is asked of it.
fn is_map(metadata: &YamlNode, kind: &str, api_version: &str, is_built_in: bool) -> Result<(), IdentityError> {
    if matches!(metadata.value, Value::Mapping(_)) {
        return Ok(());
    }
    let found = metadata.go_type();
    let what = if is_built_in { format!("struct field {kind}.metadata") } else { "value".to_owned() };
    let words = format!("json: cannot unmarshal {found} into Go {what} of type v1.ObjectMeta");
    let message = not_handled(kind, api_version, &words);
    Err(refuse(metadata.span, Problem::WrongType { message }))
}

/// As the API server says it of an object that it can't decode; of custom resources metadata is decoded by itself.
fn not_decoded(
    mut refusal: IdentityError,
    node: &YamlNode,
    api_version: &str,
    schema: Option<&'static schema::BuiltInKind>,
) -> IdentityError {
    if let (Problem::WrongType { message }, Some(kind)) =
        (&mut refusal.problem, node.child("kind").and_then(YamlNode::text))
    {
        let words =
            if schema.is_some() { message.clone() } else { message.replace("ObjectMeta.metadata.", "ObjectMeta.") };
        *message = not_handled(kind, api_version, &words);
    }
    refusal
}

fn not_served(node: &YamlNode, kind: Text, api_version: Text, instead: Option<Text>) -> IdentityError {
    let written = node.child("apiVersion").filter(|node| node.text().is_some()).map(|node| node.span);
    let fix = written.zip(instead.as_ref()).map(|(span, version)| Fix { span, replacement: version.to_string() });
    let fix = fix.or_else(|| meant(node, &kind, &api_version));
    let at = node.span_of(&FieldPath::root().field("apiVersion"));
    Box::new(Diagnostic { fix, ..Diagnostic::at(at, Problem::NoMatches { kind, api_version, instead }) })
}

/// The kind of this version whose name is nearest to what stands there.
fn meant(node: &YamlNode, kind: &str, api_version: &str) -> Option<Fix> {
    let written = node.child("kind").filter(|node| node.text().is_some())?;
    let nearest = schema::nearest(kind, versions::kinds(api_version))?;
    Some(Fix { span: written.span, replacement: nearest.to_owned() })
}

/// The scope of a custom resource is known to its definition only; what names a namespace has one.
fn reference(
    node: &YamlNode,
    kind: Text,
    scope: Option<Scope>,
    generated: &mut GeneratedNames,
) -> Result<ObjectRef, IdentityError> {
    let (name, namespace) = match scope {
        Some(Scope::Settings) => (kind.to_lowercase().into(), None),
        Some(Scope::Namespaced) => {
            (name(node, generated)?, Some(namespace(node)?.unwrap_or_else(|| DEFAULT_NAMESPACE.into())))
        }
        Some(Scope::Cluster) => (name(node, generated)?, None),
        None => (text(node, "name")?.unwrap_or_default(), namespace(node)?),
    };
    Ok(ObjectRef { kind, namespace, name })
}

/// Empty if it has none.
fn name(node: &YamlNode, generated: &mut GeneratedNames) -> Result<Text, IdentityError> {
    if let Some(name) = text(node, "name")?.filter(|name| !name.is_empty()) {
        return Ok(name);
    }
    match text(node, "generateName")?.filter(|prefix| !prefix.is_empty()) {
        Some(prefix) => {
            let count = generated.entry(prefix.clone()).or_default();
            *count += 1;
            Ok(format!("{prefix}{}", random_suffix(*count)).into())
        }
        None => Ok(Text::default()),
    }
}

fn namespace(node: &YamlNode) -> Result<Option<Text>, IdentityError> {
    Ok(text(node, "namespace")?.filter(|namespace| !namespace.is_empty()))
}

/// A text of metadata; another type is refused with the words of Go's decoder.
fn text(node: &YamlNode, key: &str) -> Result<Option<Text>, IdentityError> {
    let Some(value) = node.child("metadata").and_then(|metadata| metadata.child(key)) else { return Ok(None) };
    let words = || {
        format!(
            "json: cannot unmarshal {} into Go struct field ObjectMeta.metadata.{key} of type string",
            value.go_type()
        )
    };
    value.text().cloned().map(Some).ok_or_else(|| refuse(value.span, Problem::WrongType { message: words() }))
}

fn field(node: &YamlNode, key: &str, inferred: Option<&Text>, missing: Problem) -> Result<Text, IdentityError> {
    let Some(value) = node.child(key) else {
        return inferred.cloned().ok_or_else(|| refuse(first_line(node), missing));
    };
    match value.text() {
        Some(text) if !text.is_empty() => Ok(text.clone()),
        Some(_) => Err(refuse(value.span, missing)),
        None => Err(refuse(value.span, Problem::WrongType { message: type_meta_words(value, key) })),
    }
}

/// kubectl looks at apiVersion and kind before anything else (apimachinery, json.SimpleMetaFactory.Interpret).
fn type_meta_words(value: &YamlNode, key: &str) -> String {
    let found = value.go_type();
    format!(
        "couldn't get version/kind; json parse error: json: cannot unmarshal {found} into Go struct field .{key} of type string"
    )
}

/// The first entry stands for an object of which nothing else is known.
fn first_line(node: &YamlNode) -> Span {
    node.entries().first().map_or(node.span, |entry| entry.key_span.to(entry.value.span))
}

fn refuse(at: Span, problem: Problem) -> IdentityError {
    Box::new(Diagnostic::at(at, problem))
}

/// Five characters of the alphabet that the API server uses for generated names (apimachinery, rand.String).
fn random_suffix(order: usize) -> String {
    const ALPHABET: &[u8] = b"bcdfghjklmnpqrstvwxz2456789";
    let mut number = (order as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20;
    let mut suffix = String::new();
    for _ in 0..5 {
        let letter = ALPHABET.get((number % ALPHABET.len() as u64) as usize).copied().unwrap_or(b'x');
        suffix.push(char::from(letter));
        number /= ALPHABET.len() as u64;
    }
    suffix
}

/// What the API server says of an object that it can't decode.
pub(super) fn not_handled(kind: &str, api_version: &str, words: &str) -> String {
    let version = api_version.rsplit('/').next().unwrap_or(api_version);
    format!("{kind} in version {version:?} cannot be handled as a {kind}: {words}")
}
