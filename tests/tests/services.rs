//! On random clusters the core and a naive second reading of the catalogue agree: where every connection can end, with
//! which share, and as whom the endpoint sees the caller.

#![cfg(not(target_family = "wasm"))]

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::test_runner::TestCaseError;
use whichpod_core::cluster::{Cluster, SettingOverrides};
use whichpod_core::ingress::Controllers;
use whichpod_core::manifest::Manifests;
use whichpod_core::packet::{Packet, Payload, Protocol};
use whichpod_core::policy::NetworkPolicies;
use whichpod_core::service::{KubeProxy, PortMap};
use whichpod_core::source::Sources;
use whichpod_core::trace::{Landing, PacketDecision, Share, Trail};
use whichpod_core::walk::{PacketNetwork, PacketOrigin, walk_connection};
use whichpod_tests::cases::cases;
use whichpod_tests::services::naive::{End, Ends, ends};
use whichpod_tests::services::world::{self, Caller, Target, World, questions, worlds};

proptest! {
    #![proptest_config(cases(128))]

    #[test]
    fn both_readings_agree(world in worlds()) {
        let manifests = Manifests::read(Sources::new([("world.yaml", world.manifests())]));
        let cluster = Cluster::build(&manifests, &SettingOverrides::default());
        for (caller, target) in questions(&world) {
            let (naive, ours) = (ends(&world, caller, target), answer(&cluster, &world, caller, target)?);
            prop_assert!(close(&naive, &ours), "{caller:?} {target:?}\nnaive {naive:#?}\nours {ours:#?}\n{}", world.manifests());
        }
    }
}

/// Equal but for rounding.
fn close(one: &Ends, other: &Ends) -> bool {
    one.keys().eq(other.keys()) && one.iter().all(|(end, share)| (share - other[end]).abs() < 1e-9)
}

/// The core's answer in the naive reading's words.
fn answer(cluster: &Cluster, world: &World, caller: Caller, target: Target) -> Result<Ends, TestCaseError> {
    let kube_proxy = KubeProxy::read(cluster);
    let port_map = PortMap::read(cluster);
    let policies = NetworkPolicies::read(cluster);
    let controllers = Controllers::default();
    let network = PacketNetwork {
        cluster,
        kube_proxy: &kube_proxy,
        port_map: &port_map,
        policies: &policies,
        controllers: &controllers,
    };
    let pod = |name: &str| cluster.pods.get("default", name).map(PacketOrigin::Pod);
    let origin = match caller {
        Caller::Pod(node) => pod(&format!("client-{node}")),
        Caller::Endpoint(place) => pod(&format!("web-{place}")),
        Caller::Node(node) => cluster.nodes.get(&*format!("n{node}")).map(PacketOrigin::Node),
        Caller::Outside => Some(PacketOrigin::Outside),
    };
    let origin = origin.ok_or_else(|| TestCaseError::fail(format!("nobody is {caller:?}")))?;
    let landings = walk_connection(&network, origin, packet(world, caller, target), Share::ONE, Trail::default());
    prop_assert_eq!(Share::sum(landings.iter().map(|landing| landing.share)), Share::ONE);
    let mut ends = BTreeMap::new();
    for landing in &landings {
        prop_assert!(landing.trail.legs().iter().all(whichpod_core::trace::ConnectionHops::joins));
        *ends.entry(end(landing)?).or_default() += landing.share.to_f64();
    }
    Ok(ends)
}

fn packet(world: &World, caller: Caller, target: Target) -> Packet {
    let source = match caller {
        Caller::Pod(node) => World::client_address(node),
        Caller::Endpoint(place) => world.endpoint_address(place),
        Caller::Node(_) if target == Target::Loopback => "127.0.0.1".to_owned(),
        Caller::Node(node) => World::node_address(node),
        Caller::Outside => world::OUTSIDE.to_owned(),
    };
    let (destination, port) = match target {
        Target::ClusterIp => (world::CLUSTER_IP.to_owned(), world::PORT),
        Target::ClusterIpOtherPort => (world::CLUSTER_IP.to_owned(), world::PORT + 1),
        Target::FreeClusterIp => (world::FREE_CLUSTER_IP.to_owned(), world::PORT),
        Target::NodePort(node) => (World::node_address(node), world::NODE_PORT),
        Target::Loopback => ("127.0.0.1".to_owned(), world::NODE_PORT),
        Target::ExternalIp => (world::EXTERNAL_IP.to_owned(), world::PORT),
        Target::LoadBalancer => (world::BALANCER_IP.to_owned(), world::PORT),
    };
    Packet {
        protocol: Protocol::Tcp,
        source: source.parse().expect("an address"),
        destination: destination.parse().expect("an address"),
        port,
        payload: Payload::Opaque,
    }
}

fn end(landing: &Landing) -> Result<End, TestCaseError> {
    let last = landing.trail.last().ok_or_else(|| TestCaseError::fail("a landing without hop"))?;
    match &last.decision {
        PacketDecision::Deliver(delivery) => {
            let pod = delivery.pod.as_ref().and_then(|pod| pod.name.strip_prefix("web-")?.parse().ok());
            let pod = pod.ok_or_else(|| TestCaseError::fail(format!("delivered to {delivery:?}")))?;
            Ok(End::Delivered(pod, last.before.source.to_string()))
        }
        PacketDecision::Refuse => Ok(End::Refused),
        PacketDecision::Drop => Ok(End::Dropped),
        PacketDecision::Unroutable => Ok(End::Unroutable),
        PacketDecision::Leave => Ok(End::Gone),
        other => Err(TestCaseError::fail(format!("ends with {other:?}"))),
    }
}
