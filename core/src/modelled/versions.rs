//! Which versions are followed where they differ.

use super::{Label, ModelledEntry, ModelledGroup, Section};
use crate::explain::BilingualText;

/// A component, its version, and its release notes.
const FOLLOWED: &[(&str, &str, &str)] = &[
    ("Kubernetes", "1.35", "https://kubernetes.io/releases/"),
    ("CoreDNS", "1.15", "https://github.com/coredns/coredns/releases"),
    ("ingress-nginx", "1.15", "https://github.com/kubernetes/ingress-nginx/releases"),
    ("Traefik", "3.7", "https://github.com/traefik/traefik/releases"),
    ("Gateway API", "1.7", "https://github.com/kubernetes-sigs/gateway-api/releases"),
    ("MetalLB", "0.15", "https://metallb.io/release-notes/"),
];

/// The components with their versions.
pub(super) fn section() -> Section {
    let entries = FOLLOWED.iter().map(|(name, version, documentation)| ModelledEntry {
        label: Label::Name(format!("{name} {version}")),
        note: None,
        documentation: Some(documentation),
    });
    Section {
        id: "versions",
        title: BilingualText::new("Versions", "バージョン"),
        about: BilingualText::new(
            "Where versions differ, these are followed, unless a pod's image says otherwise.",
            "バージョンによって動作が違うところでは、Pod のイメージが別のバージョンを示さない限り、次のものに従います。",
        ),
        groups: vec![ModelledGroup::of(BilingualText::new("Followed", "従うバージョン"), entries.collect())],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The pods that are supplied, and the schema's source, are of the versions named.
    #[test]
    fn what_is_supplied_is_of_these_versions() {
        let version = |name: &str| FOLLOWED.iter().find(|followed| followed.0 == name).unwrap().1;
        let nginx = include_str!("../cluster/supplied/ingress-nginx.yaml");
        assert!(nginx.contains(&format!("controller:v{}.", version("ingress-nginx"))));
        let traefik = include_str!("../cluster/supplied/traefik.yaml");
        assert!(traefik.contains(&format!("traefik:v{}.", version("Traefik"))));
        let schema = include_str!("../../../xtask/Cargo.toml");
        assert!(schema.contains(&format!("v{}", version("Kubernetes").replace('.', "_"))));
    }
}
