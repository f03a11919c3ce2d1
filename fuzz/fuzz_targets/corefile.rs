//! Any text as a Corefile, any text as a name: CoreDNS refuses or answers, and never panics. The first line is the name,
//! the first byte of it the type; the rest is the Corefile.

#![no_main]

use std::sync::Arc;

use libfuzzer_sys::fuzz_target;
use whichpod_core::cluster::Cluster;
use whichpod_core::dns::ClusterDns;
use whichpod_core::model::ConfigMap;
use whichpod_core::packet::{DnsName, Question, RecordType};

fuzz_target!(|text: &str| {
    let (name, corefile) = text.split_once('\n').unwrap_or((text, ""));
    let record_type = RecordType::from_number(name.bytes().next().unwrap_or_default().into());
    let mut cluster = Cluster::default();
    cluster.namespaces.insert("default".into(), Arc::default());
    let mut config_map = ConfigMap::default();
    config_map.data.insert("Corefile".into(), corefile.into());
    cluster.config_maps.insert("kube-system".into(), "coredns".into(), Arc::new(config_map));
    let dns = ClusterDns::read(&cluster);
    dns.answer(&cluster, None, &[], &Question { name: DnsName::new(name), record_type });
});
