//! Objects as they come from the documents: identified, held against the schema, given defaults, validated, kept.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::identify::{self, Identity, ListKind, not_handled};
use super::{Checks, Manifests, Object, Seen, copied, default, documents, validate};
use crate::diagnostic::{Diagnostic, Fix, MAX_FINDINGS, Problem};
use crate::model::{self, Body, Fault, KubernetesVersion, Text};
use crate::order::Gather;
use crate::schema::{self, Finding, TypeShape};
use crate::source::{FileId, ObjectRef, Sources, Span};
use crate::yaml::{Reader, Value, YamlNode};

/// Reads all texts; the sources themselves are the caller's.
pub(super) fn read(sources: &Sources, checks: Checks) -> Manifests {
    let version = version(sources);
    let mut reading = ManifestReader { version, checks, ..ManifestReader::default() };
    let mut reader = Reader::default();
    for (id, file) in sources.iter() {
        reading.file(&mut reader, id, &file.text);
    }
    reading.finish()
}

/// The version of Kubernetes that World says, wherever it stands: it decides how everything is read.
fn version(sources: &Sources) -> KubernetesVersion {
    const KEY: &str = "kubernetesVersion";
    let texts = sources.iter().filter(|(_, file)| file.text.contains(KEY));
    let documents = texts.flat_map(|(id, file)| documents::split(&file.text).map(move |(_, text)| (id, text)));
    let mut said = documents.filter(|(_, text)| text.contains(KEY)).filter_map(|(id, text)| {
        let (node, _) = Reader::default().read(id, text, 0);
        let node =
            node.filter(|node| node.child("kind").and_then(YamlNode::text).is_some_and(|kind| &**kind == "World"))?;
        KubernetesVersion::read(node.child("spec")?.child(KEY)?)
    });
    said.next().unwrap_or_default()
}

/// Objects as they come.
#[derive(Default)]
struct ManifestReader<'t> {
    /// The file being read.
    text: &'t str,
    version: KubernetesVersion,
    checks: Checks,
    objects: Vec<Option<Object>>,
    seen: Vec<Seen>,
    diagnostics: Vec<Diagnostic>,
    /// How many findings were left out.
    omitted: usize,
    index: BTreeMap<ObjectRef, usize>,
    order: usize,
    generated: identify::GeneratedNames,
}

impl<'t> ManifestReader<'t> {
    fn file(&mut self, reader: &mut Reader, file: FileId, text: &'t str) {
        self.text = text;
        self.say(copied::findings(file, text));
        for (offset, document) in documents::split(text) {
            let (node, mut diagnostics) = reader.read(file, document, offset as u32);
            let templated = document.contains("{{") && document.contains("}}");
            for diagnostic in diagnostics.iter_mut().filter(|_| templated) {
                if let Problem::Syntax { is_template, .. } = &mut diagnostic.problem {
                    *is_template = true;
                }
            }
            let first = self.diagnostics.len();
            self.say(diagnostics);
            if let Some(node) = node {
                self.document(node, first);
            }
        }
    }

    /// Takes a document's object, or the objects of a list. `first` is its first diagnostic, for which no object was
    /// known yet.
    fn document(&mut self, node: YamlNode, first: usize) {
        match identify::items(&node) {
            Some(list) => {
                let YamlNode { value: Value::Mapping(entries), .. } = node else { return };
                let items = entries.into_iter().find(|entry| &*entry.key == "items");
                if let Some(Value::Sequence(items)) = items.map(|entry| entry.value.value) {
                    for item in items {
                        self.object(item, &list);
                    }
                }
            }
            None => {
                let reference = self.object(node, &ListKind::default());
                for diagnostic in self.diagnostics.iter_mut().skip(first) {
                    diagnostic.object = diagnostic.object.take().or_else(|| reference.clone());
                }
            }
        }
    }

    fn object(&mut self, node: YamlNode, list: &ListKind) -> Option<ObjectRef> {
        // 1. Which object it is.
        self.order += 1;
        let identity = match identify::identify(&node, list, &mut self.generated) {
            Ok(identity) => identity,
            Err(refusal) => {
                self.say([*refusal]);
                return None;
            }
        };
        let Identity { reference, api_version, model, schema, nameless } = identity;
        if let Some(refusal) = nameless {
            self.nameless(*refusal, &node, &reference, (&api_version, model, schema));
            return None;
        }
        // 2. Whether it decodes, by its kind's schema or its own definition.
        let fits = match schema {
            Some(schema) => self.fits(schema::check(&node, schema, self.checks.names), &reference, &api_version),
            None if is_custom(&api_version) => {
                self.fits(schema::check_metadata(&node, self.checks.names), &reference, &api_version)
                    && !self.refused_by_definition(&node, &reference, &api_version)
            }
            None => true,
        };
        // 3. One that doesn't is only seen.
        if !fits {
            self.warn(schema.is_some(), &node, &reference, true);
            if model.is_none() {
                self.seen.push(seen(&reference, api_version, &node));
            }
            return Some(reference);
        }
        // 4. Its values: checked here for kinds that aren't modelled, else with its model.
        match model {
            None => {
                let errors = match schema {
                    Some(schema) => self.values(schema, &node, &reference, &[]),
                    None if is_custom(&api_version) => validate::custom_metadata(&node, &reference, self.version),
                    None => Vec::new(),
                };
                self.say(errors);
                self.seen.push(seen(&reference, api_version, &node));
            }
            Some(model) => self.modelled(node, model, schema, (&reference, api_version)),
        }
        Some(reference)
    }

    /// What else the API server says of an object without a name; none is kept.
    fn nameless(
        &mut self,
        refusal: Diagnostic,
        node: &YamlNode,
        reference: &ObjectRef,
        (api_version, model, schema): (&Text, Option<&'static model::Kind>, Option<&'static schema::BuiltInKind>),
    ) {
        let first = self.diagnostics.len();
        self.say([refusal]);
        let fits = match schema {
            Some(schema) => self.fits(schema::check(node, schema, self.checks.names), reference, api_version),
            None => {
                !is_custom(api_version)
                    || self.fits(schema::check_metadata(node, self.checks.names), reference, api_version)
                        && !self.refused_by_definition(node, reference, api_version)
            }
        };
        if fits {
            let body = model.and_then(|model| self.body(node, model, reference).0);
            let mut errors =
                body.map(|body| validate::validate(&body, node, reference, self.version)).unwrap_or_default();
            if let Some(schema) = schema {
                errors.extend(self.values(schema, node, reference, &errors));
            }
            self.say(errors);
        }
        self.warn(schema.is_some(), node, reference, true);
        for diagnostic in self.diagnostics.iter_mut().skip(first) {
            diagnostic.object = None;
        }
    }

    /// An object of a kind that plays a part: kept, unless the API server refuses it.
    fn modelled(
        &mut self,
        node: YamlNode,
        model: &model::Kind,
        schema: Option<&'static schema::BuiltInKind>,
        (reference, api_version): (&ObjectRef, Text),
    ) {
        let (body, faults) = self.body(&node, model, reference);
        let is_custom = schema.is_none() && is_custom(&api_version);
        // Definitions have said of wrong types what the API server says.
        let is_held = is_custom && self.checks.custom.is_some();
        let refused = is_custom && !is_held && faults.iter().any(|fault| !is_metadata(fault));
        if schema.is_none() && !is_held {
            self.say(faults.into_iter().map(|fault| wrong_type(&node, reference, fault, is_custom)));
        }
        let Some(body) = body.filter(|_| !refused) else { return };
        let mut errors = validate::validate(&body, &node, reference, self.version);
        if let Some(schema) = schema {
            errors.extend(self.values(schema, &node, reference, &errors));
        }
        let is_refused = !errors.is_empty();
        self.say(errors);
        self.warn(schema.is_some(), &node, reference, is_refused);
        if !is_refused {
            let node = Arc::new(node);
            self.keep(Object { reference: reference.clone(), api_version, node, order: self.order, body });
        }
    }

    /// What the API server says of an object of a built-in kind beside its errors.
    fn warn(&mut self, is_built_in: bool, node: &YamlNode, reference: &ObjectRef, is_refused: bool) {
        if let Some(check) = self.checks.warnings.filter(|_| is_built_in) {
            self.say(check(node, reference, self.version, is_refused));
        }
    }

    /// Holds a custom resource against its definition; unknown fields alone don't keep it away.
    fn refused_by_definition(&mut self, node: &YamlNode, reference: &ObjectRef, api_version: &Text) -> bool {
        let Some(check) = self.checks.custom else { return false };
        let (found, refused) = check(node, api_version, reference, self.version, self.checks.further);
        self.say(found);
        if refused {
            self.say(validate::custom_metadata(node, reference, self.version));
        }
        refused
    }

    /// What else the API server says of the values of a built-in kind.
    fn values(
        &self,
        kind: &'static schema::BuiltInKind,
        node: &YamlNode,
        reference: &ObjectRef,
        before: &[Diagnostic],
    ) -> Vec<Diagnostic> {
        self.checks.values.map(|check| check(kind, node, reference, self.version, before)).unwrap_or_default()
    }

    /// Holds the tree against the API's fields; false if the API server couldn't decode it. An unknown field is an
    /// error too, but the object is used without it.
    fn fits(&mut self, findings: Vec<Finding>, reference: &ObjectRef, api_version: &str) -> bool {
        let mut fits = true;
        for finding in findings {
            let diagnostic = match finding {
                Finding::UnknownField { path, key, nearest } => Diagnostic {
                    fix: nearest.map(|name| Fix { span: key, replacement: name.to_owned() }),
                    ..Diagnostic::at(key, Problem::UnknownField { nearest }).field(path)
                },
                Finding::WrongType { path, value, expected, message, refused } => {
                    fits &= !refused;
                    let message = not_handled(&reference.kind, api_version, &message);
                    let fix = match expected {
                        TypeShape::String => self.quoted(value),
                        TypeShape::Int32 | TypeShape::Int64 | TypeShape::Double | TypeShape::Bool => {
                            self.unquoted(value, expected)
                        }
                        _ => None,
                    };
                    Diagnostic { fix, ..Diagnostic::at(value, Problem::WrongType { message }).field(path) }
                }
            };
            self.say([diagnostic.of(reference)]);
        }
        fits
    }

    /// Puts quotes around a number or a word that YAML reads as something else than text.
    fn quoted(&self, value: Span) -> Option<Fix> {
        let text = self.text.get(value.start as usize..value.end as usize)?;
        let plain =
            !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._+-".contains(&byte));
        plain.then(|| Fix { span: value, replacement: format!("\"{text}\"") })
    }

    /// Takes the quotes off a number, or off `true` and `false`.
    fn unquoted(&self, value: Span, expected: TypeShape) -> Option<Fix> {
        let text = self.text.get(value.start as usize..value.end as usize)?;
        let inside = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
        let inside = inside.or_else(|| text.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')))?;
        let fits = match expected {
            TypeShape::Bool => matches!(inside, "true" | "false"),
            TypeShape::Double => inside.parse::<f64>().is_ok_and(f64::is_finite),
            _ => inside.parse::<i64>().is_ok(),
        };
        fits.then(|| Fix { span: value, replacement: inside.to_owned() })
    }

    /// The slim struct, None if it cannot be read; and the values of the wrong type, of which a schema may have told.
    fn body(&mut self, node: &YamlNode, model: &model::Kind, reference: &ObjectRef) -> (Option<Body>, Vec<Fault>) {
        let mut faults = Vec::new();
        let mut body = (model.decode)(node, &mut faults);
        if let Some(metadata) = body.as_mut().and_then(Body::metadata_mut) {
            metadata.name = reference.name.clone();
            metadata.namespace = reference.namespace.clone().unwrap_or_default();
        }
        if let Some(body) = &mut body {
            default::apply(body);
        }
        (body, faults)
    }

    /// Of two objects with one name the later counts, as with `kubectl apply`.
    fn keep(&mut self, object: Object) {
        let position = self.objects.len();
        if let Some(earlier) = self.index.insert(object.reference.clone(), position) {
            let replaced = self.objects.get_mut(earlier).and_then(Option::take);
            let problem = Problem::SameObjectTwice { earlier: replaced.map(|object| object.node.span) };
            self.say([Diagnostic::at(object.node.span, problem).of(&object.reference)]);
        }
        self.objects.push(Some(object));
    }

    /// Keeps what was found, up to a limit: a text that is no manifest at all has something wrong in every line.
    fn say(&mut self, found: impl IntoIterator<Item = Diagnostic>) {
        for diagnostic in found {
            if self.diagnostics.len() < MAX_FINDINGS {
                self.diagnostics.push(diagnostic);
            } else {
                self.omitted += 1;
            }
        }
    }

    fn finish(mut self) -> Manifests {
        if let Some(last) = self.diagnostics.last().filter(|_| self.omitted > 0) {
            let problem = Problem::TooManyFindings { omitted: self.omitted };
            self.diagnostics.push(Diagnostic { problem, object: None, field: None, fix: None, ..last.clone() });
        }
        let objects: Vec<Object> = self.objects.into_iter().flatten().collect();
        let index = objects.iter().enumerate().map(|(at, object)| (object.reference.clone(), at)).into_map();
        Manifests {
            sources: Sources::default(),
            objects,
            seen: self.seen,
            diagnostics: self.diagnostics,
            index,
            checks: self.checks,
        }
    }
}

/// An object that plays no part, but for the Secret of a Certificate.
fn seen(reference: &ObjectRef, api_version: Text, node: &YamlNode) -> Seen {
    let target = || node.child("spec").and_then(|spec| spec.child("target")?.child("name")?.text().cloned());
    let makes_secret = match (&*reference.kind, api_version.split('/').next()) {
        ("SealedSecret", Some("bitnami.com")) => Some(reference.name.clone()),
        ("ExternalSecret", Some("external-secrets.io")) => target().or_else(|| Some(reference.name.clone())),
        _ => None,
    };
    Seen { reference: reference.clone(), api_version, span: node.span, makes_secret }
}

/// Whether a version is one of custom resources, which the API server holds against the schema of their definition; files
/// of settings are read by programs.
fn is_custom(api_version: &str) -> bool {
    schema::is_defined_group(api_version.split('/').next().unwrap_or_default())
}

fn is_metadata(fault: &Fault) -> bool {
    fault.path.to_string().starts_with("metadata")
}

/// In the words of Go's JSON decoder, or of the schema that a custom resource is held against (kube-openapi, InvalidType).
fn wrong_type(node: &YamlNode, reference: &ObjectRef, fault: Fault, is_custom: bool) -> Diagnostic {
    let by_schema = is_custom && !is_metadata(&fault);
    let Fault { path, expected, found } = fault;
    let problem = if by_schema {
        let (expected, found) = (json_type(expected), json_type(found));
        let detail = format!("{path} in body must be of type {expected}: {found:?}");
        Problem::Invalid { message: format!("{path}: Invalid value: {found:?}: {detail}") }
    } else {
        let message = format!("json: cannot unmarshal {found} into Go struct field {path} of type {expected}");
        Problem::WrongType { message }
    };
    Diagnostic::at(node.span_of(&path), problem).field(path).of(reference)
}

/// What JSON Schema calls a type of Go.
fn json_type(go: &'static str) -> &'static str {
    match go {
        "int32" | "int64" | "number" => "integer",
        "bool" => "boolean",
        "string" => "string",
        "array" => "array",
        _ if go.starts_with("[]") => "array",
        _ => "object",
    }
}
