//! What admission asks of pods: limits, quotas, classes, accounts (plugin/pkg/admission).

use super::{Metadata, Quantities, Text};

object! {
    pub struct LimitRange {
        /// Its name.
        pub metadata: Metadata = "metadata",
        pub spec: LimitRangeSpec = "spec",
    }

    pub struct LimitRangeSpec {
        /// One for each type.
        pub limits: Vec<LimitRangeItem> = "limits",
    }

    /// Limits of one type.
    pub struct LimitRangeItem {
        /// `Container`, `Pod`, `PersistentVolumeClaim`.
        pub kind: Text = "type",
        /// The most that may be asked for and used.
        pub max: Quantities = "max",
        /// The least.
        pub min: Quantities = "min",
        /// The limit of containers that have none.
        pub default: Quantities = "default",
        /// What containers ask for that ask for nothing.
        pub default_request: Quantities = "defaultRequest",
    }

    pub struct ResourceQuota {
        /// Its name.
        pub metadata: Metadata = "metadata",
        /// What it holds.
        pub spec: ResourceQuotaSpec = "spec",
    }

    pub struct ResourceQuotaSpec {
        /// How much of each resource there is in the namespace.
        pub hard: Quantities = "hard",
        /// Which pods count; all unless said.
        pub scopes: Vec<Text> = "scopes",
        /// The same, with operators.
        pub scope_selector: Option<crate::yaml::YamlNode> = "scopeSelector",
    }

    pub struct PriorityClass {
        /// Its name.
        pub metadata: Metadata = "metadata",
        /// The higher the more important.
        pub value: i32 = "value",
        /// Whether it is that of pods that name none.
        pub global_default: bool = "globalDefault",
    }

    pub struct RuntimeClass {
        /// Its name.
        pub metadata: Metadata = "metadata",
    }

    pub struct ServiceAccount {
        /// Its name.
        pub metadata: Metadata = "metadata",
    }
}
