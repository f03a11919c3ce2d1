//! The cluster as a whole: texts in, objects out.

use super::*;
use crate::source::Sources;

fn build(text: &str) -> Cluster {
    let manifests = Manifests::read(Sources::new([("a.yaml", text)]));
    assert_eq!(manifests.diagnostics, []);
    Cluster::build(&manifests, &SettingOverrides::default())
}

#[test]
fn an_empty_paste_is_a_cluster() {
    let cluster = build("");
    assert_eq!(cluster.nodes.keys().map(|name| &**name).collect::<Vec<_>>(), ["node-1", "node-2", "node-3"]);
    assert_eq!(cluster.nodes["node-1"].pod_cidrs, ["10.244.1.0/24".parse().unwrap()]);
    assert_eq!(
        cluster.services.get("default", "kubernetes").unwrap().cluster_ips,
        ["10.96.0.1".parse::<IpAddr>().unwrap()]
    );
    assert_eq!(cluster.settings.cluster_dns, ["10.96.0.10".parse::<IpAddr>().unwrap()]);
    let slices = cluster.slices_of("kube-system", "kube-dns");
    assert_eq!(slices.iter().map(|slice| slice.endpoints.len()).sum::<usize>(), 1);
    assert_eq!(cluster.diagnostics, []);
}
