//! The Kubernetes objects in slim structs: the fields that decide where a request goes, under Kubernetes' own names.
//!
//! [`object!`](crate::model) writes a struct, its reading from the YAML tree and the list of its JSON names, so that a
//! test can hold every field against the real API. Structs carry no places: a decision names an object and a path, and
//! the manifests know where that stands.

use std::collections::BTreeMap;
use std::sync::Arc;

pub use crate::schema::Scope;
use crate::source::FieldPath;
pub use crate::yaml::base64;
use crate::yaml::{self, Value};

/// Reads a value from the tree. A wrong type is noted in the faults and reads as absent.
pub trait Decode: Sized {
    /// The value at `node`, which stands at `at`; None where its type is wrong.
    fn decode(node: &yaml::YamlNode, at: &Path<'_>, faults: &mut Vec<Fault>) -> Option<Self>;

    /// What null stands for in a list: Go's zero value. None where it is left out.
    fn zero() -> Option<Self> {
        None
    }

    /// What is read: the fields of a struct, or a value as a whole.
    fn shape() -> Shape {
        Shape::Value
    }
}

/// What is read of a value.
#[derive(Clone, Copy, Debug)]
pub enum Shape {
    /// The value as a whole.
    Value,
    /// Every element of a list.
    List(fn() -> Shape),
    /// Every entry of a map.
    Map(fn() -> Shape),
    /// The fields of a struct: their JSON names, in the order of the struct.
    Struct(&'static str, Fields),
}

/// The JSON names of a struct's fields, and what is read of each.
pub type Fields = &'static [(&'static str, fn() -> Shape)];

/// A value of the wrong type.
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    /// Where.
    pub path: FieldPath,
    /// What the field takes, as Go names it: `int32`, `string`.
    pub expected: &'static str,
    /// What stands there: `number`, `string`, `object` ….
    pub found: &'static str,
}

/// The way from the root while reading; becomes a [`FieldPath`] only when something is wrong.
#[derive(Clone, Copy, Debug)]
pub enum Path<'a> {
    /// The object.
    Root,
    /// A field or map entry of the parent.
    Key(&'a Path<'a>, &'a str),
    /// An element of the parent.
    Index(&'a Path<'a>, usize),
}

impl Path<'_> {
    /// A field of what stands here.
    pub fn field<'a>(&'a self, name: &'a str) -> Path<'a> {
        Path::Key(self, name)
    }

    /// An element of the list that stands here.
    pub fn index(&self, index: usize) -> Path<'_> {
        Path::Index(self, index)
    }

    /// The path as a value of its own.
    pub fn to_field_path(&self) -> FieldPath {
        match self {
            Self::Root => FieldPath::root(),
            Self::Key(parent, key) => parent.to_field_path().field(key),
            Self::Index(parent, index) => parent.to_field_path().index(*index),
        }
    }

    fn fault(&self, expected: &'static str, node: &yaml::YamlNode) -> Fault {
        Fault { path: self.to_field_path(), expected, found: node.go_type() }
    }
}

/// Writes a struct of the model: `field: Type = "jsonName"`. Absent and null fields take the type's default, and what is
/// the default is not written back.
macro_rules! object {
    ($($(#[$about:meta])* pub struct $name:ident { $($(#[$doc:meta])* pub $field:ident: $kind:ty = $json:literal,)* })*) => {$(
        $(#[$about])*
        #[derive(Clone, Debug, Default, PartialEq)]
        pub struct $name {
            $($(#[$doc])* pub $field: $kind,)*
        }

        impl $name {
            /// The JSON names of the fields read, with the Rust type each is read into.
            pub const FIELDS: &'static [(&'static str, &'static str)] = &[$(($json, stringify!($kind)),)*];
        }

        impl $crate::model::Decode for $name {
            fn decode(
                node: &$crate::yaml::YamlNode,
                at: &$crate::model::Path<'_>,
                faults: &mut Vec<$crate::model::Fault>,
            ) -> Option<Self> {
                let mut object = Self::default();
                $crate::model::each_field(node, at, faults, stringify!($name), |key, node, at, faults| match key {
                    $($json => if let Some(value) = $crate::model::Decode::decode(node, at, faults) {
                        object.$field = value;
                    },)*
                    _ => {}
                })?;
                Some(object)
            }

            fn zero() -> Option<Self> {
                Some(Self::default())
            }

            fn shape() -> $crate::model::Shape {
                $crate::model::Shape::Struct(
                    stringify!($name),
                    &[$(($json, <$kind as $crate::model::Decode>::shape),)*],
                )
            }
        }

        impl $crate::model::Encode for $name {
            fn encode(&self) -> serde_json::Value {
                $crate::model::encode_fields(&[$(($json, &self.$field),)*])
            }

            fn is_unsaid(&self) -> bool {
                $crate::model::are_unsaid(&[$(($json, &self.$field),)*])
            }
        }
    )*};
}

/// Calls `read` for every entry of a map that isn't null; None, with a fault, if `node` is no map.
pub(crate) fn each_field(
    node: &yaml::YamlNode,
    at: &Path<'_>,
    faults: &mut Vec<Fault>,
    expected: &'static str,
    mut read: impl FnMut(&str, &yaml::YamlNode, &Path<'_>, &mut Vec<Fault>),
) -> Option<()> {
    let Value::Mapping(entries) = &node.value else {
        faults.push(at.fault(expected, node));
        return None;
    };
    for entry in entries.iter().filter(|entry| entry.value.value != Value::Null) {
        read(&entry.key, &entry.value, &Path::Key(at, &entry.key), faults);
    }
    Some(())
}

/// Lists the kinds that play a part: variant, group, kind, whether namespaced. The served versions of a kind are the
/// business of [`crate::manifest`].
macro_rules! kinds {
    ($($variant:ident: $group:literal $kind:literal $scope:ident,)*) => {
        /// An object of a kind that plays a part.
        #[derive(Clone, Debug, PartialEq)]
        pub enum Body { $(
            #[doc = concat!("`", $kind, "`")]
            $variant(Arc<$variant>),
        )* }

        /// The kinds that play a part.
        pub const KINDS: &[Kind] = &[$(Kind { group: $group, name: $kind, scope: Scope::$scope, decode: |node, faults| {
            $variant::decode(node, &Path::Root, faults).map(|object| Body::$variant(Arc::new(object)))
        } },)*];

        /// What is read of each kind.
        pub fn shapes() -> Vec<(Kind, Shape)> {
            let shapes = [$($variant::shape(),)*];
            KINDS.iter().copied().zip(shapes).collect()
        }

        impl Body {
            /// metadata; None for [`Scope::Settings`], which have none that matters.
            pub fn metadata(&self) -> Option<&Metadata> {
                match self { $(Self::$variant(object) => kinds!(@metadata $scope object),)* }
            }

            /// metadata, to fill in what the API server fills in.
            pub(crate) fn metadata_mut(&mut self) -> Option<&mut Metadata> {
                match self { $(Self::$variant(object) => kinds!(@metadata_mut $scope object),)* }
            }
        }
    };
    (@metadata Settings $object:ident) => {{ let _ = $object; None }};
    (@metadata $scope:ident $object:ident) => { Some(&$object.metadata) };
    (@metadata_mut Settings $object:ident) => {{ let _ = $object; None }};
    (@metadata_mut $scope:ident $object:ident) => { Some(&mut Arc::make_mut($object).metadata) };
}

/// A kind that plays a part.
#[derive(Clone, Copy, Debug)]
pub struct Kind {
    /// The API group; empty for the core group.
    pub group: &'static str,
    /// The kind.
    pub name: &'static str,
    /// Whether its objects live in a namespace.
    pub scope: Scope,
    /// Reads an object of it.
    pub decode: fn(&yaml::YamlNode, &mut Vec<Fault>) -> Option<Body>,
}

kinds! {
    Namespace: "" "Namespace" Cluster,
    Node: "" "Node" Cluster,
    Pod: "" "Pod" Namespaced,
    ReplicationController: "" "ReplicationController" Namespaced,
    ReplicaSet: "apps" "ReplicaSet" Namespaced,
    Deployment: "apps" "Deployment" Namespaced,
    StatefulSet: "apps" "StatefulSet" Namespaced,
    DaemonSet: "apps" "DaemonSet" Namespaced,
    Job: "batch" "Job" Namespaced,
    CronJob: "batch" "CronJob" Namespaced,
    LimitRange: "" "LimitRange" Namespaced,
    ResourceQuota: "" "ResourceQuota" Namespaced,
    ServiceAccount: "" "ServiceAccount" Namespaced,
    PriorityClass: "scheduling.k8s.io" "PriorityClass" Cluster,
    RuntimeClass: "node.k8s.io" "RuntimeClass" Cluster,
    HorizontalPodAutoscaler: "autoscaling" "HorizontalPodAutoscaler" Namespaced,
    Service: "" "Service" Namespaced,
    Endpoints: "" "Endpoints" Namespaced,
    EndpointSlice: "discovery.k8s.io" "EndpointSlice" Namespaced,
    ConfigMap: "" "ConfigMap" Namespaced,
    Secret: "" "Secret" Namespaced,
    IngressClass: "networking.k8s.io" "IngressClass" Cluster,
    Ingress: "networking.k8s.io" "Ingress" Namespaced,
    NetworkPolicy: "networking.k8s.io" "NetworkPolicy" Namespaced,
    GatewayClass: "gateway.networking.k8s.io" "GatewayClass" Cluster,
    Gateway: "gateway.networking.k8s.io" "Gateway" Namespaced,
    ListenerSet: "gateway.networking.k8s.io" "ListenerSet" Namespaced,
    HttpRoute: "gateway.networking.k8s.io" "HTTPRoute" Namespaced,
    GrpcRoute: "gateway.networking.k8s.io" "GRPCRoute" Namespaced,
    TlsRoute: "gateway.networking.k8s.io" "TLSRoute" Namespaced,
    TcpRoute: "gateway.networking.k8s.io" "TCPRoute" Namespaced,
    UdpRoute: "gateway.networking.k8s.io" "UDPRoute" Namespaced,
    ReferenceGrant: "gateway.networking.k8s.io" "ReferenceGrant" Namespaced,
    BackendTlsPolicy: "gateway.networking.k8s.io" "BackendTLSPolicy" Namespaced,
    ClientTrafficPolicy: "gateway.envoyproxy.io" "ClientTrafficPolicy" Namespaced,
    BackendTrafficPolicy: "gateway.envoyproxy.io" "BackendTrafficPolicy" Namespaced,
    SecurityPolicy: "gateway.envoyproxy.io" "SecurityPolicy" Namespaced,
    EnvoyExtensionPolicy: "gateway.envoyproxy.io" "EnvoyExtensionPolicy" Namespaced,
    EnvoyPatchPolicy: "gateway.envoyproxy.io" "EnvoyPatchPolicy" Namespaced,
    EnvoyProxy: "gateway.envoyproxy.io" "EnvoyProxy" Namespaced,
    HttpRouteFilter: "gateway.envoyproxy.io" "HTTPRouteFilter" Namespaced,
    EnvoyBackend: "gateway.envoyproxy.io" "Backend" Namespaced,
    F5VirtualServer: "k8s.nginx.org" "VirtualServer" Namespaced,
    VirtualServerRoute: "k8s.nginx.org" "VirtualServerRoute" Namespaced,
    TransportServer: "k8s.nginx.org" "TransportServer" Namespaced,
    GlobalConfiguration: "k8s.nginx.org" "GlobalConfiguration" Namespaced,
    F5Policy: "k8s.nginx.org" "Policy" Namespaced,
    IngressClassParams: "elbv2.k8s.aws" "IngressClassParams" Cluster,
    IssuedCertificate: "cert-manager.io" "Certificate" Namespaced,
    IngressRoute: "traefik.io" "IngressRoute" Namespaced,
    IngressRouteTcp: "traefik.io" "IngressRouteTCP" Namespaced,
    Middleware: "traefik.io" "Middleware" Namespaced,
    TraefikService: "traefik.io" "TraefikService" Namespaced,
    MiddlewareTcp: "traefik.io" "MiddlewareTCP" Namespaced,
    ServersTransport: "traefik.io" "ServersTransport" Namespaced,
    TlsOption: "traefik.io" "TLSOption" Namespaced,
    TlsStore: "traefik.io" "TLSStore" Namespaced,
    ClusterNetworkPolicy: "policy.networking.k8s.io" "ClusterNetworkPolicy" Cluster,
    AdminNetworkPolicy: "policy.networking.k8s.io" "AdminNetworkPolicy" Cluster,
    BaselineAdminNetworkPolicy: "policy.networking.k8s.io" "BaselineAdminNetworkPolicy" Cluster,
    IpAddressPool: "metallb.io" "IPAddressPool" Namespaced,
    L2Advertisement: "metallb.io" "L2Advertisement" Namespaced,
    BgpAdvertisement: "metallb.io" "BGPAdvertisement" Namespaced,
    ClusterConfiguration: "kubeadm.k8s.io" "ClusterConfiguration" Settings,
    KubeProxyConfiguration: "kubeproxy.config.k8s.io" "KubeProxyConfiguration" Settings,
    KubeletConfiguration: "kubelet.config.k8s.io" "KubeletConfiguration" Settings,
    World: "whichpod.dev" "World" Settings,
}

mod encode;
pub mod admission;
pub mod autoscaling;
pub mod security;
pub mod quantity;
pub mod meta;
mod selector;
pub mod pod;
pub mod workload;
pub mod service;
pub mod traefik;
pub mod endpoints;
pub mod envoy;
pub mod f5_nginx;
pub mod aws;
pub mod ingress;
pub mod gateway;
pub mod route;
pub mod network_policy;
pub mod node;
pub mod metallb;
pub mod cert_manager;
pub mod config;
pub mod world;
pub mod well_known;
pub mod values;

pub use admission::*;
pub use autoscaling::*;
pub use aws::*;
pub use cert_manager::*;
pub use config::*;
pub use encode::Encode;
pub(crate) use encode::{are_unsaid, encode_fields};
pub use endpoints::*;
pub use envoy::*;
pub use f5_nginx::*;
pub use gateway::*;
pub use ingress::*;
pub use meta::*;
pub use metallb::*;
pub use network_policy::*;
pub use node::*;
pub use pod::*;
pub use quantity::*;
pub use route::*;
pub use security::*;
pub use service::*;
pub use traefik::*;
pub use workload::*;
pub use world::*;

/// A shared text; cloning costs nothing.
pub type Text = Arc<str>;

/// Labels or annotations.
pub type Labels = BTreeMap<Text, Text>;

impl Decode for Text {
    fn decode(node: &yaml::YamlNode, at: &Path<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let text = node.text().cloned();
        if text.is_none() {
            faults.push(at.fault("string", node));
        }
        text
    }

    fn zero() -> Option<Self> {
        Some("".into())
    }
}

impl Decode for bool {
    fn decode(node: &yaml::YamlNode, at: &Path<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let value = match node.value {
            Value::Bool(value) => Some(value),
            _ => node.letter(),
        };
        if value.is_none() {
            faults.push(at.fault("bool", node));
        }
        value
    }
}

impl Decode for i32 {
    fn decode(node: &yaml::YamlNode, at: &Path<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let number = match node.value {
            Value::Integer(number) => i32::try_from(number).ok(),
            _ => None,
        };
        if number.is_none() {
            faults.push(at.fault("int32", node));
        }
        number
    }
}

impl Decode for i64 {
    fn decode(node: &yaml::YamlNode, at: &Path<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        match node.value {
            Value::Integer(number) => Some(number),
            _ => {
                faults.push(at.fault("int64", node));
                None
            }
        }
    }
}

impl Decode for yaml::YamlNode {
    /// The tree itself, for parts that are read later.
    fn decode(node: &yaml::YamlNode, _: &Path<'_>, _: &mut Vec<Fault>) -> Option<Self> {
        Some(node.clone())
    }
}

impl<T: Decode> Decode for Option<T> {
    fn decode(node: &yaml::YamlNode, at: &Path<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        T::decode(node, at, faults).map(Some)
    }

    fn shape() -> Shape {
        T::shape()
    }
}

impl<T: Decode> Decode for Arc<T> {
    fn decode(node: &yaml::YamlNode, at: &Path<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        T::decode(node, at, faults).map(Arc::new)
    }

    fn shape() -> Shape {
        T::shape()
    }
}

impl<T: Decode> Decode for Vec<T> {
    fn decode(node: &yaml::YamlNode, at: &Path<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let Value::Sequence(elements) = &node.value else {
            faults.push(at.fault("[]", node));
            return None;
        };
        let numbered = elements.iter().enumerate();
        Some(
            numbered
                .filter_map(|(index, node)| match &node.value {
                    Value::Null => T::zero(),
                    _ => T::decode(node, &Path::Index(at, index), faults),
                })
                .collect(),
        )
    }

    fn shape() -> Shape {
        Shape::List(T::shape)
    }
}

impl<T: Decode> Decode for BTreeMap<Text, T> {
    fn decode(node: &yaml::YamlNode, at: &Path<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let mut map = Self::new();
        each_field(node, at, faults, "map", |key, node, at, faults| {
            if let Some(value) = T::decode(node, at, faults) {
                map.insert(key.into(), value);
            }
        })?;
        Some(map)
    }

    fn shape() -> Shape {
        Shape::Map(T::shape)
    }
}

#[cfg(test)]
mod tests;
