//! How much harm an annotation can do.

/// How much harm an annotation can do (internal/ingress/annotations/parser AnnotationRisk); above the ConfigMap's
/// annotations-risk-level it drops the Ingress.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, strum::EnumString)]
#[strum(ascii_case_insensitive)]
pub enum AnnotationRisk {
    Low,
    Medium,
    High,
    Critical,
}
