//! Services.

use super::{IntOrString, Labels, Metadata, PodCondition, Text};

object! {
    pub struct Service {
        /// Its name and labels.
        pub metadata: Metadata = "metadata",
        /// What it wants.
        pub spec: ServiceSpec = "spec",
        /// What a load balancer has given it.
        pub status: ServiceStatus = "status",
    }

    pub struct ServiceSpec {
        /// `ClusterIP` unless said, `NodePort`, `LoadBalancer`, `ExternalName`.
        pub kind: Option<Text> = "type",
        /// Which pods; None leaves the endpoints to somebody else.
        pub selector: Option<Labels> = "selector",
        pub ports: Vec<ServicePort> = "ports",
        /// The address; `None` makes it headless.
        pub cluster_ip: Option<Text> = "clusterIP",
        /// The addresses, at most one per family.
        pub cluster_ips: Vec<Text> = "clusterIPs",
        /// `IPv4`, `IPv6`.
        pub ip_families: Vec<Text> = "ipFamilies",
        /// `SingleStack`, `PreferDualStack`, `RequireDualStack`.
        pub ip_family_policy: Option<Text> = "ipFamilyPolicy",
        /// Addresses of the nodes' network that lead here too.
        pub external_ips: Vec<Text> = "externalIPs",
        /// The name that an ExternalName Service stands for.
        pub external_name: Option<Text> = "externalName",
        /// `Cluster` unless said, or `Local`: for ClusterIP traffic.
        pub internal_traffic_policy: Option<Text> = "internalTrafficPolicy",
        /// `Cluster` unless said, or `Local`: for node ports, load balancers and external addresses.
        pub external_traffic_policy: Option<Text> = "externalTrafficPolicy",
        /// `PreferClose`, `PreferSameZone`, `PreferSameNode`.
        pub traffic_distribution: Option<Text> = "trafficDistribution",
        /// `None` unless said, or `ClientIP`.
        pub session_affinity: Option<Text> = "sessionAffinity",
        /// How long an affinity lasts.
        pub session_affinity_config: Option<SessionAffinityConfig> = "sessionAffinityConfig",
        /// Whether names and slices hold pods that aren't ready.
        pub publish_not_ready_addresses: bool = "publishNotReadyAddresses",
        /// The address asked of the load balancer.
        pub load_balancer_ip: Option<Text> = "loadBalancerIP",
        /// Who may use the load balancer.
        pub load_balancer_source_ranges: Vec<Text> = "loadBalancerSourceRanges",
        /// Which load balancer implementation.
        pub load_balancer_class: Option<Text> = "loadBalancerClass",
        /// Whether a load balancer gets node ports; true unless said.
        pub allocate_load_balancer_node_ports: Option<bool> = "allocateLoadBalancerNodePorts",
        /// Where a load balancer asks which nodes have endpoints.
        pub health_check_node_port: Option<i32> = "healthCheckNodePort",
    }

    pub struct ServicePort {
        /// Needed when there are several.
        pub name: Option<Text> = "name",
        /// `TCP` unless said, `UDP`, `SCTP`.
        pub protocol: Option<Text> = "protocol",
        /// `kubernetes.io/h2c`, `http` ….
        pub app_protocol: Option<Text> = "appProtocol",
        /// The number that clients use.
        pub port: i32 = "port",
        /// The pods' port; the same number unless said.
        pub target_port: Option<IntOrString> = "targetPort",
        /// The number on every node.
        pub node_port: Option<i32> = "nodePort",
    }

    /// How long an affinity lasts.
    pub struct SessionAffinityConfig {
        pub client_ip: Option<ClientIpConfig> = "clientIP",
    }

    /// How long a ClientIP affinity lasts.
    pub struct ClientIpConfig {
        /// 10800 unless said.
        pub timeout_seconds: Option<i32> = "timeoutSeconds",
    }

    pub struct ServiceStatus {
        /// What the balancer gave.
        pub load_balancer: LoadBalancerStatus = "loadBalancer",
        pub conditions: Vec<PodCondition> = "conditions",
    }

    /// What a load balancer has given to a Service, an Ingress or a Gateway.
    pub struct LoadBalancerStatus {
        /// The entrances.
        pub ingress: Vec<LoadBalancerIngress> = "ingress",
    }

    /// One entrance of a load balancer.
    pub struct LoadBalancerIngress {
        /// Its address.
        pub ip: Option<Text> = "ip",
        /// Or its name.
        pub hostname: Option<Text> = "hostname",
        /// `VIP` unless said: packets keep the address as destination. `Proxy`: they don't.
        pub ip_mode: Option<Text> = "ipMode",
    }
}

impl ServiceSpec {
    /// Whether it is only a name for another name.
    pub fn is_external_name(&self) -> bool {
        self.kind.as_deref() == Some("ExternalName")
    }

    /// Whether it has no address of its own on purpose.
    pub fn is_headless(&self) -> bool {
        self.cluster_ip.as_deref() == Some("None")
    }
}
