//! Labels, annotations and taints that Kubernetes or a controller gives a meaning to, each once
//! (kubernetes.io/docs/reference/labels-annotations-taints). Those of ingress-nginx and Traefik stand in their rooms' tables.

// Services and their slices.

/// On a slice: its Service.
pub const SERVICE_NAME: &str = "kubernetes.io/service-name";
/// On a slice: the controller that writes it.
pub const SLICE_MANAGED_BY: &str = "endpointslice.kubernetes.io/managed-by";
/// Who writes the slices of a Service with a selector.
pub const SLICE_CONTROLLER: &str = "endpointslice-controller.k8s.io";
/// Who mirrors Endpoints into slices.
pub const SLICE_MIRRORING: &str = "endpointslicemirroring-controller.k8s.io";
/// On Endpoints: the controller that writes them.
pub const ENDPOINTS_MANAGED_BY: &str = "endpoints.kubernetes.io/managed-by";
/// On slices and Endpoints of a headless Service, which kube-proxy leaves alone.
pub const HEADLESS: &str = "service.kubernetes.io/headless";
/// On a Service that another proxy handles.
pub const SERVICE_PROXY_NAME: &str = "service.kubernetes.io/service-proxy-name";
/// On Endpoints that nobody mirrors into slices.
pub const SKIP_MIRROR: &str = "endpointslice.kubernetes.io/skip-mirror";
/// On Endpoints that only elect a leader.
pub const LEADER: &str = "control-plane.alpha.kubernetes.io/leader";
/// On a Service: whether endpoints get hints by the nodes' sizes.
pub const TOPOLOGY_MODE: &str = "service.kubernetes.io/topology-mode";
/// Its older name.
pub const TOPOLOGY_AWARE_HINTS: &str = "service.kubernetes.io/topology-aware-hints";

// Nodes.

/// A node's own name.
pub const HOSTNAME: &str = "kubernetes.io/hostname";
/// Its operating system.
pub const OS: &str = "kubernetes.io/os";
/// Its processor's architecture.
pub const ARCH: &str = "kubernetes.io/arch";
/// The kind of machine, as the cloud or k3s writes it.
pub const INSTANCE_TYPE: &str = "node.kubernetes.io/instance-type";
/// The zone in which it stands.
pub const ZONE: &str = "topology.kubernetes.io/zone";
pub const REGION: &str = "topology.kubernetes.io/region";
pub const CONTROL_PLANE: &str = "node-role.kubernetes.io/control-plane";
/// Its older name.
pub const MASTER: &str = "node-role.kubernetes.io/master";
/// A node that clouds' balancers leave out (KEP 1143), and MetalLB's speakers unless they run with --ignore-exclude-lb.
pub const EXCLUDE_FROM_BALANCERS: &str = "node.kubernetes.io/exclude-from-external-load-balancers";
/// The taint of a cordoned node.
pub const UNSCHEDULABLE: &str = "node.kubernetes.io/unschedulable";
/// The taint of a node that isn't ready.
pub const NOT_READY: &str = "node.kubernetes.io/not-ready";
/// The taint of a node that isn't heard of.
pub const UNREACHABLE: &str = "node.kubernetes.io/unreachable";
/// The taint of a node whose network isn't set up.
pub const NETWORK_UNAVAILABLE: &str = "node.kubernetes.io/network-unavailable";

// Namespaces.

/// A namespace's name, as its label.
pub const NAMESPACE_NAME: &str = "kubernetes.io/metadata.name";
/// Which pods the namespace takes.
pub const ENFORCE: &str = "pod-security.kubernetes.io/enforce";
/// By the rules of which version.
pub const ENFORCE_VERSION: &str = "pod-security.kubernetes.io/enforce-version";

// Workloads and their pods.

/// The number of a Deployment's template.
pub const REVISION: &str = "deployment.kubernetes.io/revision";
/// Why a template was changed.
pub const CHANGE_CAUSE: &str = "kubernetes.io/change-cause";
/// When `kubectl rollout restart` was typed.
pub const RESTARTED_AT: &str = "kubectl.kubernetes.io/restartedAt";
/// A pod's Job.
pub const JOB_NAME: &str = "batch.kubernetes.io/job-name";
/// The same by its UID.
pub const JOB_CONTROLLER_UID: &str = "batch.kubernetes.io/controller-uid";
/// The number of a pod of an Indexed Job.
pub const COMPLETION_INDEX: &str = "batch.kubernetes.io/job-completion-index";
/// A StatefulSet's pod's own name.
pub const POD_NAME: &str = "statefulset.kubernetes.io/pod-name";
/// Its number.
pub const POD_INDEX: &str = "apps.kubernetes.io/pod-index";
/// What a LimitRange has set of a pod.
pub const LIMIT_RANGER: &str = "kubernetes.io/limit-ranger";
/// The container that `kubectl exec` takes.
pub const DEFAULT_CONTAINER: &str = "kubectl.kubernetes.io/default-container";
/// The object as it was last applied; kubectl keeps it for itself (describe.go, skipAnnotations).
pub const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";
/// On a Secret: whose token it is.
pub const SERVICE_ACCOUNT_NAME: &str = "kubernetes.io/service-account.name";

// Ingress and Gateway.

/// The class of an Ingress, before `spec.ingressClassName`.
pub const INGRESS_CLASS: &str = "kubernetes.io/ingress.class";
/// On the class of Ingresses that name none.
pub const DEFAULT_INGRESS_CLASS: &str = "ingressclass.kubernetes.io/is-default-class";
/// On what a controller makes for a Gateway.
pub const GATEWAY_NAME: &str = "gateway.networking.k8s.io/gateway-name";
/// The same, by Envoy Gateway: the Gateway's namespace.
pub const OWNING_GATEWAY_NAMESPACE: &str = "gateway.envoyproxy.io/owning-gateway-namespace";
/// And its name.
pub const OWNING_GATEWAY_NAME: &str = "gateway.envoyproxy.io/owning-gateway-name";
/// What an object belongs to.
pub const APP_NAME: &str = "app.kubernetes.io/name";
pub const APP_COMPONENT: &str = "app.kubernetes.io/component";
/// By what it is made.
pub const APP_MANAGED_BY: &str = "app.kubernetes.io/managed-by";

// k3s' load balancer.

/// On nodes that it uses.
pub const ENABLE_LB: &str = "svccontroller.k3s.cattle.io/enablelb";
/// On nodes and Services that belong together.
pub const LB_POOL: &str = "svccontroller.k3s.cattle.io/lbpool";
