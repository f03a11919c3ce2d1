//! EndpointSlices, and the older Endpoints.

use super::{Metadata, Text};

object! {
    pub struct EndpointSlice {
        /// The label `kubernetes.io/service-name` says whose it is.
        pub metadata: Metadata = "metadata",
        /// `IPv4`, `IPv6`, `FQDN`.
        pub address_type: Text = "addressType",
        pub endpoints: Vec<Endpoint> = "endpoints",
        /// The ports of all of them.
        pub ports: Vec<EndpointPort> = "ports",
    }

    /// One endpoint of a slice.
    pub struct Endpoint {
        /// Its addresses; kube-proxy uses the first.
        pub addresses: Vec<Text> = "addresses",
        /// Its state.
        pub conditions: EndpointConditions = "conditions",
        /// Its own name below the Service's.
        pub hostname: Option<Text> = "hostname",
        pub node_name: Option<Text> = "nodeName",
        pub zone: Option<Text> = "zone",
        /// The zones and nodes it should serve.
        pub hints: Option<EndpointHints> = "hints",
        /// The pod behind it.
        pub target_ref: Option<TargetRef> = "targetRef",
    }

    /// The state of an endpoint; absent values are read differently by each reader.
    pub struct EndpointConditions {
        /// Whether it takes new traffic.
        pub ready: Option<bool> = "ready",
        /// Whether its pod is ready, terminating or not.
        pub serving: Option<bool> = "serving",
        /// Whether its pod is going.
        pub terminating: Option<bool> = "terminating",
    }

    /// The zones and nodes that an endpoint should serve.
    pub struct EndpointHints {
        pub for_zones: Vec<NamedHint> = "forZones",
        pub for_nodes: Vec<NamedHint> = "forNodes",
    }

    /// A zone or a node.
    pub struct NamedHint {
        pub name: Text = "name",
    }

    /// What an endpoint stands for.
    pub struct TargetRef {
        /// `Pod`.
        pub kind: Text = "kind",
        pub namespace: Option<Text> = "namespace",
        pub name: Text = "name",
    }

    /// A port of a slice or of an Endpoints subset.
    pub struct EndpointPort {
        /// The Service port's name.
        pub name: Option<Text> = "name",
        /// The number on the endpoint.
        pub port: Option<i32> = "port",
        /// `TCP` unless said.
        pub protocol: Option<Text> = "protocol",
        /// `kubernetes.io/h2c` ….
        pub app_protocol: Option<Text> = "appProtocol",
    }

    /// Endpoints, which the control plane mirrors into slices for Services without selector.
    pub struct Endpoints {
        /// Named like its Service.
        pub metadata: Metadata = "metadata",
        /// Addresses with the same ports.
        pub subsets: Vec<EndpointSubset> = "subsets",
    }

    /// Addresses with the same ports.
    pub struct EndpointSubset {
        /// Those that are ready.
        pub addresses: Vec<EndpointAddress> = "addresses",
        /// Those that aren't.
        pub not_ready_addresses: Vec<EndpointAddress> = "notReadyAddresses",
        pub ports: Vec<EndpointPort> = "ports",
    }

    pub struct EndpointAddress {
        /// The address.
        pub ip: Text = "ip",
        /// Its own name below the Service's.
        pub hostname: Option<Text> = "hostname",
        pub node_name: Option<Text> = "nodeName",
        /// The pod behind it.
        pub target_ref: Option<TargetRef> = "targetRef",
    }
}
