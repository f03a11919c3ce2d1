//! Labels, annotations and names that Kubernetes gives a meaning to (kubernetes.io/docs/reference/labels-annotations-taints),
//! where several rooms read them.

/// Whose slice it is.
pub const SERVICE_NAME: &str = "kubernetes.io/service-name";
/// A Service's slices and Endpoints that kube-proxy leaves alone.
pub const HEADLESS: &str = "service.kubernetes.io/headless";
/// A Service that another proxy handles.
pub const SERVICE_PROXY_NAME: &str = "service.kubernetes.io/service-proxy-name";
/// Endpoints that nobody mirrors into slices.
pub const SKIP_MIRROR: &str = "endpointslice.kubernetes.io/skip-mirror";
/// Which controller writes a slice.
pub const SLICE_MANAGED_BY: &str = "endpointslice.kubernetes.io/managed-by";
/// Where a node stands.
pub const ZONE: &str = "topology.kubernetes.io/zone";
/// In which region.
pub const REGION: &str = "topology.kubernetes.io/region";
/// A node's own name.
pub const HOSTNAME: &str = "kubernetes.io/hostname";
/// A node of the control plane.
pub const CONTROL_PLANE: &str = "node-role.kubernetes.io/control-plane";
/// Its older name.
pub const MASTER: &str = "node-role.kubernetes.io/master";
/// A node that load balancers leave out (KEP 1143).
pub const EXCLUDE_FROM_BALANCERS: &str = "node.kubernetes.io/exclude-from-external-load-balancers";
/// What a namespace is called.
pub const NAMESPACE_NAME: &str = "kubernetes.io/metadata.name";
/// The class of an Ingress, before spec.ingressClassName.
pub const INGRESS_CLASS: &str = "kubernetes.io/ingress.class";
/// The class for whoever names none.
pub const DEFAULT_INGRESS_CLASS: &str = "ingressclass.kubernetes.io/is-default-class";
/// The number of a pod of an Indexed Job.
pub const COMPLETION_INDEX: &str = "batch.kubernetes.io/job-completion-index";
