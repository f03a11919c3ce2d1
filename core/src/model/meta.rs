//! What all kinds share: metadata, label selectors, numbers or names.

use std::fmt;

use super::{Decode, Fault, Labels, Path, Text};
use crate::yaml::{Value, YamlNode};

object! {
    /// metadata of any object.
    pub struct Metadata {
        /// Unique within kind and namespace.
        pub name: Text = "name",
        /// The prefix of a generated name, where no name is given.
        pub generate_name: Option<Text> = "generateName",
        /// Empty for cluster-scoped objects.
        pub namespace: Text = "namespace",
        pub labels: std::sync::Arc<Labels> = "labels",
        pub annotations: std::sync::Arc<Labels> = "annotations",
        /// RFC 3339, from `kubectl get -o yaml`.
        pub creation_timestamp: Option<Text> = "creationTimestamp",
        /// Set while the object is being deleted.
        pub deletion_timestamp: Option<Text> = "deletionTimestamp",
        /// Who made it.
        pub owner_references: Vec<OwnerReference> = "ownerReferences",
        /// From `kubectl get -o yaml`.
        pub uid: Option<Text> = "uid",
    }

    /// The maker of an object.
    pub struct OwnerReference {
        /// `ReplicaSet`.
        pub kind: Text = "kind",
        /// Its name, in the same namespace.
        pub name: Text = "name",
        /// The one that manages the object.
        pub controller: bool = "controller",
    }

    /// matchLabels and matchExpressions, all of which must hold. An empty selector matches everything.
    pub struct LabelSelector {
        /// Equal values.
        pub match_labels: Labels = "matchLabels",
        /// Set operations.
        pub match_expressions: Vec<SelectorRequirement> = "matchExpressions",
    }

    /// One expression of a selector.
    pub struct SelectorRequirement {
        /// The label.
        pub key: Text = "key",
        /// `In`, `NotIn`, `Exists`, `DoesNotExist`; for nodes also `Gt` and `Lt`.
        pub operator: Text = "operator",
        /// What the operator compares with.
        pub values: Vec<Text> = "values",
    }
}

impl LabelSelector {
    /// Whether labels satisfy every part (apimachinery, labels.Requirement.Matches).
    pub fn matches(&self, labels: &Labels) -> bool {
        let equal = self.match_labels.iter().all(|(key, value)| labels.get(key) == Some(value));
        equal && self.match_expressions.iter().all(|requirement| requirement.matches(labels))
    }

    /// Whether nothing is asked for, so that everything matches.
    pub fn is_empty(&self) -> bool {
        self.match_labels.is_empty() && self.match_expressions.is_empty()
    }
}

impl SelectorRequirement {
    /// Whether labels satisfy it. `NotIn` and `DoesNotExist` hold for an absent label; an unknown operator never holds.
    pub fn matches(&self, labels: &Labels) -> bool {
        let value = labels.get(&self.key);
        match &*self.operator {
            "In" => value.is_some_and(|value| self.values.contains(value)),
            "NotIn" => value.is_none_or(|value| !self.values.contains(value)),
            "Exists" => value.is_some(),
            "DoesNotExist" => value.is_none(),
            "Gt" => self.compares(value, |label, bound| label > bound),
            "Lt" => self.compares(value, |label, bound| label < bound),
            _ => false,
        }
    }

    fn compares(&self, value: Option<&Text>, holds: fn(i64, i64) -> bool) -> bool {
        let label = value.and_then(|value| value.parse().ok());
        let bound = self.values.first().and_then(|value| value.parse().ok());
        label.zip(bound).is_some_and(|(label, bound)| holds(label, bound))
    }
}

/// A port by number or by name (Kubernetes' IntOrString).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum IntOrString {
    /// A number.
    Int(i32),
    /// A name; a quoted number stays a name, as in the API.
    String(Text),
}

impl fmt::Display for IntOrString {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Int(number) => write!(f, "{number}"),
            Self::String(name) => write!(f, "{name}"),
        }
    }
}

impl Decode for IntOrString {
    fn decode(node: &YamlNode, at: &Path<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        match &node.value {
            Value::String(text) => Some(Self::String(text.clone())),
            _ => i32::decode(node, at, faults).map(Self::Int),
        }
    }
}
