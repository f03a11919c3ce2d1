//! What the Kubernetes API has: every built-in kind with its versions, and the name and type of every field.
//!
//! The data (`schema/fields.txt`) is written by `cargo xtask bless schema` from k8s-openapi's schemas, all of Kubernetes 1.35
//! in 12 KB gzip. [`check`] holds a tree against it as the API server's strict decoder does.

use crate::order::Order;
use std::sync::OnceLock;

mod definition;
mod type_names;
mod nearest;
mod time;
mod check;

pub use check::{Finding, TypeNames, check, check_metadata};
pub use definition::{CelRule, Definition, FurtherDefinitions, definition, further_definitions, is_defined_group};
pub use nearest::nearest;
pub use type_names::type_name;

/// A kind in one version.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BuiltInKind {
    /// `apps/v1`.
    pub api_version: &'static str,
    /// `Deployment`.
    pub name: &'static str,
    /// Where its objects live.
    pub scope: Scope,
    /// Its struct.
    pub object: Type,
}

/// Where the objects of a kind live.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// In a namespace.
    Namespaced,
    /// Beside the namespaces.
    Cluster,
    /// In no API server.
    Settings,
}

/// A field's type, as its code in the data: see [`Type::shape`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Type {
    code: &'static str,
    /// Which text of [`TEXTS`] its numbers count in.
    text: usize,
}

/// A type taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TypeShape {
    /// A text.
    String,
    /// 32 bits.
    Int32,
    /// 64 bits.
    Int64,
    /// A number.
    Double,
    /// `true` or `false`.
    Bool,
    /// Bytes in base64.
    Bytes,
    /// An RFC 3339 time.
    Time,
    /// `100m`, `1Gi`, 2.
    Quantity,
    /// A number or a name.
    IntOrString,
    /// Anything.
    Any,
    List(Type),
    /// A map with free keys.
    Map(Type),
    Struct(&'static Struct),
}

/// A struct: its Go name and its fields in alphabetical order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Struct {
    /// With its package: `v1.PodSpec`.
    pub go_name: &'static str,
    /// Its place in `static/schema/descriptions.json`; None for this program's own kinds, which the API doesn't describe.
    pub described: Option<usize>,
    fields: Vec<(&'static str, Type)>,
}

const TEXTS: [&str; 2] = [include_str!("schema/fields.txt"), include_str!("schema/world.txt")];

/// The data, read once.
struct Schema {
    /// By version and name.
    kinds: Vec<BuiltInKind>,
    structs: [Vec<Struct>; 2],
}

/// A kind in a version, if the API server serves it.
pub fn kind(api_version: &str, name: &str) -> Option<&'static BuiltInKind> {
    let kinds = &schema().kinds;
    let position = kinds.binary_search_by(|kind| (kind.api_version, kind.name).cmp(&(api_version, name))).ok()?;
    kinds.get(position)
}

/// All kinds in all versions, by version and kind.
pub fn kinds() -> impl Iterator<Item = &'static BuiltInKind> {
    schema().kinds.iter()
}

fn schema() -> &'static Schema {
    static SCHEMA: OnceLock<Schema> = OnceLock::new();
    SCHEMA.get_or_init(|| {
        let mut kinds = Vec::new();
        let structs = std::array::from_fn(|text| read(TEXTS.get(text).copied().unwrap_or(""), text, &mut kinds));
        kinds.order_by_key(|kind: &BuiltInKind| (kind.api_version, kind.name));
        Schema { kinds, structs }
    })
}

/// Reads one text: lines of kinds, an empty line, lines of structs.
fn read(data: &'static str, text: usize, kinds: &mut Vec<BuiltInKind>) -> Vec<Struct> {
    let (kind_lines, struct_lines) = data.split_once("\n\n").unwrap_or((data, ""));
    for line in kind_lines.lines() {
        let mut words = line.split(' ');
        let mut word = || words.next().unwrap_or("");
        let (api_version, name, scope, code) = (word(), word(), word(), word());
        let scope = match scope {
            "N" => Scope::Namespaced,
            "C" => Scope::Cluster,
            _ => Scope::Settings,
        };
        kinds.push(BuiltInKind { api_version, name, scope, object: Type { code, text } });
    }
    let lines = struct_lines.lines().enumerate();
    lines.map(|(position, line)| read_struct(line, text, (text == 0).then_some(position))).collect()
}

fn read_struct(line: &'static str, text: usize, described: Option<usize>) -> Struct {
    let mut words = line.split(' ');
    let go_name = words.next().unwrap_or("");
    let fields = words.filter_map(|field| field.split_once(':'));
    let mut fields: Vec<_> = fields.map(|(name, code)| (name, Type { code, text })).collect();
    fields.order_by_key(|(name, _)| *name);
    Struct { go_name, described, fields }
}

impl Type {
    /// The type taken apart.
    pub fn shape(self) -> TypeShape {
        let inner = || Type { code: self.code.get(1..).unwrap_or(""), ..self };
        match self.code.as_bytes().first() {
            Some(b's') => TypeShape::String,
            Some(b'i') => TypeShape::Int32,
            Some(b'l') => TypeShape::Int64,
            Some(b'f') => TypeShape::Double,
            Some(b'b') => TypeShape::Bool,
            Some(b'y') => TypeShape::Bytes,
            Some(b't') => TypeShape::Time,
            Some(b'q') => TypeShape::Quantity,
            Some(b'x') => TypeShape::IntOrString,
            Some(b'[') => TypeShape::List(inner()),
            Some(b'{') => TypeShape::Map(inner()),
            _ => self.object().map_or(TypeShape::Any, TypeShape::Struct),
        }
    }

    fn object(self) -> Option<&'static Struct> {
        schema().structs.get(self.text)?.get(self.code.parse::<usize>().ok()?)
    }

    /// As Go writes it: `[]v1.ServicePort`, `map[string]string`.
    pub fn go_name(self) -> String {
        match self.shape() {
            TypeShape::String | TypeShape::Time => "string".to_owned(),
            TypeShape::Int32 => "int32".to_owned(),
            TypeShape::Int64 => "int64".to_owned(),
            TypeShape::Double => "float64".to_owned(),
            TypeShape::Bool => "bool".to_owned(),
            TypeShape::Bytes => "[]uint8".to_owned(),
            TypeShape::Quantity => "resource.Quantity".to_owned(),
            TypeShape::IntOrString => "intstr.IntOrString".to_owned(),
            TypeShape::Any => "interface {}".to_owned(),
            TypeShape::List(element) => format!("[]{}", element.go_name()),
            TypeShape::Map(value) => format!("map[string]{}", value.go_name()),
            TypeShape::Struct(object) => object.go_name.to_owned(),
        }
    }
}

impl Struct {
    pub fn field(&self, name: &str) -> Option<Type> {
        let position = self.fields.binary_search_by_key(&name, |(field, _)| field).ok()?;
        self.fields.get(position).map(|(_, kind)| *kind)
    }

    /// The fields in alphabetical order.
    pub fn fields(&self) -> impl Iterator<Item = (&'static str, Type)> {
        self.fields.iter().copied()
    }

    /// Without its package: `PodSpec`.
    pub fn name(&self) -> &'static str {
        self.go_name.rsplit('.').next().unwrap_or(self.go_name)
    }
}

#[cfg(test)]
mod tests;
