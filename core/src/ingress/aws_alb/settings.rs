//! What the controller is told by its arguments, with its own defaults (pkg/config/ingress_config.go, controller_config.go and
//! feature_gates.go).

use crate::ingress::ControllerPremises;
use crate::ingress::config_value::parse_bool;

/// The arguments that are read.
pub const ARGUMENTS: &[&str] = &[
    "default-load-balancer-scheme",
    "default-target-type",
    "disable-ingress-class-annotation",
    "disable-ingress-group-name-annotation",
    "feature-gates",
    "ingress-class",
    "tolerate-non-existent-backend-action",
    "tolerate-non-existent-backend-service",
    "watch-namespace",
];

/// Its arguments.
#[derive(Clone, Debug)]
pub struct AlbSettings {
    /// Names without dashes, in the order given.
    arguments: Vec<(String, String)>,
}

impl AlbSettings {
    /// Those of a controller as found; the defaults where it stands in the place of another.
    pub fn of(premises: &ControllerPremises<'_>) -> Self {
        let own = premises.ports.is_none();
        Self { arguments: if own { premises.found.arguments.clone() } else { Vec::new() } }
    }

    /// The last value of an argument.
    fn argument(&self, name: &str) -> Option<&str> {
        self.arguments.iter().rev().find(|(given, _)| given == name).map(|(_, value)| value.as_str())
    }

    /// A switch among the arguments.
    fn switch(&self, name: &str, default: bool) -> bool {
        self.argument(name).and_then(parse_bool).unwrap_or(default)
    }

    /// The class that annotations name; with an empty one Ingresses without class are served, too.
    pub fn class(&self) -> &str {
        self.argument("ingress-class").unwrap_or("alb")
    }

    /// Whether it looks into a namespace.
    pub fn watches(&self, namespace: &str) -> bool {
        self.argument("watch-namespace").is_none_or(|only| only.is_empty() || only == namespace)
    }

    pub fn target_type(&self) -> &str {
        self.argument("default-target-type").unwrap_or("instance")
    }

    pub fn scheme(&self) -> &str {
        self.argument("default-load-balancer-scheme").unwrap_or("internal")
    }

    /// Whether a backend that is one missing Service answers 503 instead of breaking the group.
    pub fn tolerates_missing_service(&self) -> bool {
        self.switch("tolerate-non-existent-backend-service", true)
    }

    /// Whether a backend whose action no annotation tells answers 503 instead of breaking the group.
    pub fn tolerates_missing_action(&self) -> bool {
        self.switch("tolerate-non-existent-backend-action", true)
    }

    /// Whether its webhook refuses new Ingresses that name their class by annotation.
    pub fn forbids_class_annotation(&self) -> bool {
        self.switch("disable-ingress-class-annotation", false)
    }

    /// Whether its webhook refuses new Ingresses that name their group by annotation.
    pub fn forbids_group_annotation(&self) -> bool {
        self.switch("disable-ingress-group-name-annotation", false)
    }

    /// Whether it asks ACM for certificates where an annotation wants that.
    pub fn creates_certificates(&self) -> bool {
        self.gate("EnableCertificateManagement", false)
    }

    /// Whether pods may be targets.
    pub fn takes_pods(&self) -> bool {
        self.gate("EnableIPTargetType", true)
    }

    fn gate(&self, name: &str, default: bool) -> bool {
        let gates = self.argument("feature-gates").unwrap_or_default().split(',');
        let mut written = gates.filter_map(|gate| gate.split_once('=')).filter(|(gate, _)| gate.trim() == name);
        written.next_back().and_then(|(_, value)| parse_bool(value.trim())).unwrap_or(default)
    }
}
