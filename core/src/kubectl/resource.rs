//! The types of objects that kubectl knows here, under all their names.

use std::sync::Arc;

use super::{KubectlView, UsageError, kubectl_error};
use crate::source::ObjectRef;

mod custom;
mod table;

use custom::custom_types;
pub use custom::{CustomType, PrinterColumn};
use table::{BUILT_IN, NAMES, ResourceNames};

/// A type of objects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ResourceType {
    Pods,
    Services,
    Endpoints,
    EndpointSlices,
    Ingresses,
    IngressClasses,
    NetworkPolicies,
    ConfigMaps,
    Nodes,
    Namespaces,
    Deployments,
    ReplicaSets,
    ReplicationControllers,
    StatefulSets,
    DaemonSets,
    /// A type whose objects only stand in the manifests, by its plural.
    Other(&'static str),
    /// The same, of a pasted definition or of an object that stands there.
    Custom(Arc<CustomType>),
}

/// What `all` stands for, in the order in which it is printed (the category of each type's strategy).
const ALL: [ResourceType; 10] = [
    ResourceType::Pods,
    ResourceType::ReplicationControllers,
    ResourceType::Services,
    ResourceType::DaemonSets,
    ResourceType::Deployments,
    ResourceType::ReplicaSets,
    ResourceType::StatefulSets,
    ResourceType::Other("horizontalpodautoscalers.autoscaling"),
    ResourceType::Other("cronjobs.batch"),
    ResourceType::Other("jobs.batch"),
];

/// The types that `kubectl get` understands, for completion.
pub fn resources() -> impl Iterator<Item = &'static str> {
    NAMES.iter().map(|names| short_plural(names.1))
}

fn short_plural(plural: &str) -> &str {
    plural.split('.').next().unwrap_or(plural)
}

impl ResourceType {
    fn names(&self) -> Option<&'static ResourceNames> {
        NAMES.iter().find(|names| names.0 == *self)
    }

    /// `deployments.apps`.
    pub fn plural(&self) -> &str {
        match self {
            Self::Custom(custom) => &custom.plural,
            known => known.names().map_or("", |names| names.1),
        }
    }

    /// `Deployment`.
    pub fn kind(&self) -> &str {
        match self {
            Self::Custom(custom) => &custom.kind,
            known => known.names().map_or("", |names| names.4),
        }
    }

    /// `apps/v1`.
    pub fn api_version(&self) -> &str {
        match self {
            Self::Custom(custom) => &custom.api_version,
            known => known.names().map_or("", |names| names.5),
        }
    }

    /// Names besides the plural and the kind: `deploy`.
    pub fn short_names(&self) -> Vec<&str> {
        match self {
            Self::Custom(custom) => custom.short_names.iter().map(String::as_str).collect(),
            known => known.names().map_or(Vec::new(), |names| names.3.to_vec()),
        }
    }

    /// The kind with its group as `-o name` has it: `service`, `deployment.apps`, `endpointslice.discovery.k8s.io`.
    pub fn singular(&self) -> String {
        let kind = self.kind().to_ascii_lowercase();
        self.plural().split_once('.').map_or_else(|| kind.clone(), |(_, group)| format!("{kind}.{group}"))
    }

    /// Whether its objects live in namespaces.
    pub fn is_namespaced(&self) -> bool {
        match self {
            Self::Custom(custom) => custom.is_namespaced,
            known => known.names().is_none_or(|names| names.6),
        }
    }

    pub fn reference(&self, namespace: &str, name: &str) -> ObjectRef {
        if self.is_namespaced() {
            ObjectRef::namespaced(self.kind(), namespace, name)
        } else {
            ObjectRef::cluster_scoped(self.kind(), name)
        }
    }

    /// Whether a name without group stands for it: plural, singular, short, or its kind in lower case.
    fn is_called(&self, name: &str) -> bool {
        let singular = match self {
            Self::Custom(custom) => custom.singular.as_str(),
            known => known.names().map_or("", |names| names.2),
        };
        short_plural(self.plural()) == name
            || singular == name
            || self.kind().eq_ignore_ascii_case(name)
            || self.short_names().contains(&name)
    }

    fn group(&self) -> &str {
        self.plural().split_once('.').map_or("", |(_, group)| group)
    }

    fn version(&self) -> &str {
        self.api_version().rsplit('/').next().unwrap_or_default()
    }
}

/// The plural of a kind in lower case (apimachinery, UnsafeGuessKindToResource).
pub fn plural_of(kind: &str) -> String {
    if kind.ends_with("endpoints") {
        return kind.to_owned();
    }
    match kind.strip_suffix('y') {
        Some(stem) if !kind.ends_with("gateway") => format!("{stem}ies"),
        _ if kind.ends_with(['s', 'x']) || kind.ends_with("ch") => format!("{kind}es"),
        _ => format!("{kind}s"),
    }
}

/// A built-in kind, or one that plays a part here.
pub fn known_kind(kind: &str) -> Option<ResourceType> {
    NAMES.iter().find(|names| names.4 == kind).map(|names| names.0.clone())
}

/// A type that the cluster keeps, by its plural without group.
pub fn kept_type(plural: &str) -> Option<ResourceType> {
    let mut known = NAMES.iter().filter(|names| !matches!(names.0, ResourceType::Other(_)));
    known.find(|names| short_plural(names.1) == plural).map(|names| names.0.clone())
}

/// Every type that is there: the built-in ones, those of which an object stands in the manifests, those that are defined.
pub fn all_types(view: KubectlView<'_>) -> Vec<ResourceType> {
    let is_there = |kind: &str| {
        let own = view.manifests.objects.iter().map(|object| &object.reference);
        own.chain(view.manifests.seen.iter().map(|seen| &seen.reference)).any(|reference| &*reference.kind == kind)
    };
    let (built_in, others) = NAMES.split_at_checked(BUILT_IN).unwrap_or((&NAMES, &[]));
    let others = others.iter().filter(|names| is_there(names.4));
    let known = built_in.iter().chain(others).map(|names| names.0.clone());
    known.chain(custom_types(view).into_iter().map(|custom| ResourceType::Custom(Arc::new(custom)))).collect()
}

/// A type by any of its names: `deploy`, `deployments.apps`, `deployment.v1.apps` (cli-runtime, Builder.mappingFor; a group
/// may be begun only).
pub fn resource_by_name(view: KubectlView<'_>, name: &str) -> Result<ResourceType, UsageError> {
    let lower = name.to_lowercase();
    let mut parts = lower.splitn(3, '.');
    let (bare, second, third) = (parts.next().unwrap_or_default(), parts.next(), parts.next());
    let known = NAMES.iter().map(|names| names.0.clone());
    let custom = custom_types(view).into_iter().map(|custom| ResourceType::Custom(Arc::new(custom)));
    let candidates: Vec<ResourceType> = known.chain(custom).filter(|kind| kind.is_called(bare)).collect();
    let by_group = |group: &str| {
        let exact = candidates.iter().find(|kind| kind.group() == group);
        exact.or_else(|| candidates.iter().find(|kind| !group.is_empty() && kind.group().starts_with(group))).cloned()
    };
    let group = lower.split_once('.').map(|(_, group)| group);
    let found = match (second, third) {
        (None, _) => candidates.first().cloned(),
        (Some(version), Some(group)) => {
            let versioned = candidates.iter().find(|kind| kind.version() == version && kind.group() == group).cloned();
            versioned.or_else(|| by_group(&format!("{version}.{group}")))
        }
        (Some(group), None) => by_group(group),
    };
    found.ok_or_else(|| {
        let group = group.map(|group| format!(" in group {group:?}")).unwrap_or_default();
        let bare = if group.is_empty() { name } else { bare };
        kubectl_error(format!("error: the server doesn't have a resource type {bare:?}{group}"))
    })
}

/// `svc,ep` or `all`.
pub fn resource_list(view: KubectlView<'_>, names: &str) -> Result<Vec<ResourceType>, UsageError> {
    let mut all = Vec::new();
    for name in names.split(',') {
        match name {
            "all" => all.extend(ALL),
            name => all.push(resource_by_name(view, name)?),
        }
    }
    Ok(all)
}
