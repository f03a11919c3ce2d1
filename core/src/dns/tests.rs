//! Lookups in a small cluster made by hand.

use std::sync::Arc;

use super::*;
use crate::cluster::{
    Cluster, Endpoint, EndpointPort, EndpointSlice, Phase, Pod, Service, ServiceKind, ServicePort, UpstreamResolvers,
};
use crate::model;
use crate::packet::{DnsName, DnsRecord, Packet, Protocol, Question, Rcode, RecordData, RecordType};
use crate::request::ClientLibc;
use crate::source::ObjectRef;
use crate::trace::{LookupFailure, PacketDecision};

/// A pod `default/client` 10.244.1.5, a CoreDNS pod, Service web 10.96.0.20:80, headless db with one ready endpoint.
fn cluster() -> Cluster {
    let mut cluster = Cluster::default();
    for namespace in ["default", "kube-system"] {
        cluster.namespaces.insert(namespace.into(), Arc::default());
    }
    for (namespace, name, address) in [("default", "client", "10.244.1.5"), ("kube-system", "coredns-0", "10.244.0.2")]
    {
        cluster.pods.insert(namespace.into(), name.into(), pod(namespace, name, address));
    }
    let web = service("web", ServiceKind::ClusterIp, &["10.96.0.20"]);
    cluster.services.insert("default".into(), "web".into(), web);
    cluster.services.insert("default".into(), "db".into(), service("db", ServiceKind::Headless, &[]));
    cluster.slices.insert(
        "default".into(),
        "db".into(),
        vec![slice("db", &[("10.244.1.7", true), ("10.244.1.8", false)])],
    );
    cluster.services.insert(
        "default".into(),
        "out".into(),
        service("out", ServiceKind::ExternalName("api.example.com".into()), &[]),
    );
    cluster.settings.upstream = UpstreamResolvers::Records(vec![DnsRecord {
        name: DnsName::new("api.example.com"),
        ttl: 300,
        data: RecordData::A("203.0.113.10".parse().unwrap()),
    }]);
    cluster
}

fn pod(namespace: &str, name: &str, address: &str) -> Pod {
    let container =
        model::Container { image: if name == "client" { "debian" } else { "coredns:1" }.into(), ..Default::default() };
    Pod {
        reference: ObjectRef::namespaced("Pod", namespace, name),
        labels: Arc::default(),
        annotations: Arc::default(),
        spec: Arc::new(model::PodSpec { containers: vec![container], ..Default::default() }),
        node: Some("node-1".into()),
        addresses: vec![address.parse().unwrap()],
        phase: Phase::Running,
        ready: true,
        terminating: false,
        owner: None,
        workload: None,
        hostname: None,
        subdomain: None,
        template: None,
        made: false,
        started: None,
        pending_because: None,
        refused_because: None,
        waiting_because: None,
    }
}

fn service(name: &str, kind: ServiceKind, cluster_ips: &[&str]) -> Service {
    Service {
        reference: ObjectRef::namespaced("Service", "default", name),
        object: Arc::default(),
        kind,
        ip_families: Vec::new(),
        cluster_ips: cluster_ips.iter().map(|ip| ip.parse().unwrap()).collect(),
        ports: vec![ServicePort {
            name: "http".into(),
            protocol: Protocol::Tcp,
            port: 80,
            target_port: model::IntOrString::Int(8080),
            node_port: None,
            app_protocol: None,
        }],
        external_ips: Vec::new(),
        load_balancer: Vec::new(),
        health_check_node_port: None,
        internal_traffic_policy: Default::default(),
        external_traffic_policy: Default::default(),
    }
}

fn slice(name: &str, endpoints: &[(&str, bool)]) -> EndpointSlice {
    let endpoint = |(address, ready): &(&str, bool)| Endpoint {
        names: Vec::new(),
        addresses: vec![address.parse().unwrap()],
        ready: Some(*ready),
        serving: None,
        terminating: None,
        hostname: None,
        node: None,
        zone: None,
        zone_hints: Vec::new(),
        node_hints: Vec::new(),
        pod: None,
    };
    EndpointSlice {
        reference: ObjectRef::namespaced("EndpointSlice", "default", name),
        labels: Arc::default(),
        ports: vec![EndpointPort {
            name: Some("http".into()),
            protocol: Protocol::Tcp,
            port: Some(8080),
            app_protocol: None,
        }],
        endpoints: endpoints.iter().map(endpoint).collect(),
        ipv6: false,
    }
}

/// Everything for the cluster's DNS address reaches the CoreDNS pod; the rest is outside.
fn route(_: DnsClient<'_>, packet: &Packet) -> PacketRoute {
    let end = match packet.destination.to_string().as_str() {
        "10.96.0.10" => RouteEnd::Pod {
            pod: ObjectRef::namespaced("Pod", "kube-system", "coredns-0"),
            source: packet.source,
            port: 53,
        },
        _ => RouteEnd::Outside,
    };
    PacketRoute { hops: Vec::new(), end }
}

fn lookup(name: &str, libc: ClientLibc) -> WalkedLookup {
    let cluster = cluster();
    let client = cluster.pods.get("default", "client").unwrap();
    lookup_host(&ClusterDns::read(&cluster), &cluster, DnsClient::Pod(client), name, (libc, Default::default()), &route)
}

fn names(walked: &WalkedLookup) -> Vec<String> {
    let mut names: Vec<String> = walked.lookup.queries.iter().map(|query| query.question.name.to_string()).collect();
    names.dedup();
    names
}

fn answer(name: &str, record_type: RecordType) -> DnsReply {
    let cluster = cluster();
    ClusterDns::read(&cluster).answer(&cluster, None, &[], &Question { name: DnsName::new(name), record_type })
}

fn data(reply: &DnsReply) -> Vec<String> {
    reply.answer.answers.iter().map(|record| format!("{} {}", record.name, record.data)).collect()
}

#[test]
fn a_short_name_finds_its_service() {
    let walked = lookup("web", ClientLibc::Glibc);
    assert_eq!(walked.lookup.result, Ok(vec!["10.96.0.20".parse().unwrap()]));
    assert_eq!(names(&walked), ["web.default.svc.cluster.local."]);
    assert!(matches!(walked.hops.last().unwrap().decision, PacketDecision::Resolved(_)));
    assert_eq!(walked.hops.first().unwrap().candidates.len(), 4);
}

#[test]
fn glibc_walks_on_and_musl_stops() {
    assert_eq!(names(&lookup("kube-system", ClientLibc::Glibc)).len(), 4);
    let musl = lookup("kube-system", ClientLibc::Musl);
    assert_eq!(names(&musl), ["kube-system.default.svc.cluster.local.", "kube-system.svc.cluster.local."]);
    assert_eq!(musl.lookup.result, Err(LookupFailure::NoData));
}

#[test]
fn a_full_name_costs_three_failing_lookups() {
    let walked = lookup("web.default.svc.cluster.local", ClientLibc::Glibc);
    assert_eq!(walked.lookup.queries.len(), 8);
    assert_eq!(walked.lookup.used, [6, 7]);
}

#[test]
fn services_endpoints_and_aliases() {
    assert_eq!(
        data(&answer("db.default.svc.cluster.local", RecordType::A)),
        ["db.default.svc.cluster.local. 10.244.1.7"]
    );
    let srv = answer("_http._tcp.db.default.svc.cluster.local", RecordType::Srv);
    let target = "10-244-1-7.db.default.svc.cluster.local.";
    assert_eq!(data(&srv), [format!("_http._tcp.db.default.svc.cluster.local. 0 100 8080 {target}")]);
    assert_eq!(srv.answer.additional.len(), 1);
    assert_eq!(answer("10-244-1-8.db.default.svc.cluster.local", RecordType::A).answer.rcode, Rcode::NxDomain);
    let alias = answer("out.default.svc.cluster.local", RecordType::A);
    assert_eq!(data(&alias), ["out.default.svc.cluster.local. api.example.com.", "api.example.com. 203.0.113.10"]);
}

#[test]
fn names_without_records_differ_from_names_that_dont_exist() {
    let rcode = |name: &str, record_type| answer(name, record_type).answer.rcode;
    assert_eq!(rcode("web.default.svc.cluster.local", RecordType::Aaaa), Rcode::NoError);
    assert_eq!(rcode("default.svc.cluster.local", RecordType::A), Rcode::NoError);
    assert_eq!(rcode("nosuch.default.svc.cluster.local", RecordType::A), Rcode::NxDomain);
    assert_eq!(rcode("nosuch.default.svc.cluster.local", RecordType::Soa), Rcode::NoError);
    assert_eq!(rcode("default.svc.cluster.local", RecordType::Txt), Rcode::NxDomain);
}
