//! Services and the cluster around them: kube-proxy's modes, kinds of clusters, the annotations that are read.

use strum::VariantArray;

use super::{ModelledEntry, ModelledGroup, NOT_MODELLED, Section};
use crate::cluster::{
    KubeProxyMode, METALLB_PREFIXES, MetalLbAnnotation, POLICY_AGENTS, Preset, ReplacementProgram, TOPOLOGY_MODE,
};
use crate::explain::BilingualText;

/// What decides about Services.
pub(super) fn section() -> Section {
    let modes = KubeProxyMode::VARIANTS.iter().map(<&str>::from);
    let presets = Preset::ALL.into_iter().map(Preset::name);
    let metallb = MetalLbAnnotation::VARIANTS.iter().map(<&str>::from);
    Section {
        id: "services",
        title: BilingualText::new("Services and clusters", "Service とクラスター"),
        about: BilingualText::new(
            "What kube-proxy and load balancers do with a Service, in the kind of cluster that was chosen.",
            "選んだ種類のクラスターで、kube-proxy とロードバランサーが Service をどう扱うかです。",
        ),
        groups: vec![
            ModelledGroup::of_names(BilingualText::new("Modes of kube-proxy", "kube-proxy のモード"), modes),
            ModelledGroup::of_names(
                BilingualText::new("In kube-proxy's place", "kube-proxy の代わりをするもの"),
                ReplacementProgram::ALL.into_iter().map(ReplacementProgram::name),
            ),
            ModelledGroup::of_names(BilingualText::new("Kinds of clusters", "クラスターの種類"), presets),
            ModelledGroup::of_names(
                BilingualText::new(
                    "Images that tell whether policies are enforced",
                    "ポリシーが適用されるかどうかを示すイメージ",
                ),
                POLICY_AGENTS.iter().map(|(image, _)| image.trim_end_matches([':', '-'])),
            ),
            ModelledGroup::of_names(
                BilingualText::new("MetalLB's annotations of a Service", "MetalLB の Service アノテーション"),
                metallb,
            )
            .behind(METALLB_PREFIXES.join(", ")),
            ModelledGroup::of(NOT_MODELLED, TOPOLOGY_MODE.into_iter().map(ModelledEntry::name).collect()),
        ],
    }
}
