//! What changes how many pods a workload wants.

use super::{Metadata, Text};

object! {
    /// A HorizontalPodAutoscaler, of which only the bounds hold without metrics.
    pub struct HorizontalPodAutoscaler {
        /// Its name.
        pub metadata: Metadata = "metadata",
        /// What it scales.
        pub spec: HorizontalPodAutoscalerSpec = "spec",
    }

    pub struct HorizontalPodAutoscalerSpec {
        /// The workload.
        pub scale_target_ref: ScaleTargetRef = "scaleTargetRef",
        /// The fewest pods; 1 unless said.
        pub min_replicas: Option<i32> = "minReplicas",
        /// The most.
        pub max_replicas: i32 = "maxReplicas",
    }

    /// A workload that is scaled.
    pub struct ScaleTargetRef {
        /// `apps/v1`.
        pub api_version: Text = "apiVersion",
        /// `Deployment`.
        pub kind: Text = "kind",
        /// Its name, in the same namespace.
        pub name: Text = "name",
    }
}
