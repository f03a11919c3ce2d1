//! Policies of kinds that a network plugin brings. What they decide isn't modelled, but where they may decide is known.

use crate::manifest::Seen;
use crate::model::Text;
use crate::source::ObjectRef;

/// Group, kind, and whether it holds in its own namespace alone (Cilium, Calico and Antrea: the definitions of these kinds).
const KINDS: [(&str, &str, bool); 8] = [
    ("cilium.io", "CiliumNetworkPolicy", true),
    ("cilium.io", "CiliumClusterwideNetworkPolicy", false),
    ("projectcalico.org", "NetworkPolicy", true),
    ("projectcalico.org", "GlobalNetworkPolicy", false),
    ("crd.projectcalico.org", "NetworkPolicy", true),
    ("crd.projectcalico.org", "GlobalNetworkPolicy", false),
    ("crd.antrea.io", "NetworkPolicy", true),
    ("crd.antrea.io", "ClusterNetworkPolicy", false),
];

/// A policy that only its network plugin understands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PluginPolicy {
    pub reference: ObjectRef,
    /// Whose pods it may be about; None: everybody's.
    namespace: Option<Text>,
}

impl PluginPolicy {
    /// From an object that nothing else reads; None if it is no such policy.
    pub fn read(seen: &Seen) -> Option<Self> {
        let (group, _) = seen.api_version.split_once('/')?;
        let (_, _, is_namespaced) =
            KINDS.iter().find(|(known, kind, _)| *known == group && *kind == &*seen.reference.kind)?;
        let own = || seen.reference.namespace.clone().unwrap_or_else(|| "default".into());
        Some(Self { reference: seen.reference.clone(), namespace: is_namespaced.then(own) })
    }

    /// Whether it may decide about pods of a namespace.
    pub fn may_hold_in(&self, namespace: &str) -> bool {
        self.namespace.as_deref().is_none_or(|own| own == namespace)
    }
}
