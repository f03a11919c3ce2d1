//! Names held against a resolver's library, and laws of CoreDNS over generated Corefiles and questions: nothing panics,
//! the same question gives the same answer, what a Corefile says wrong is said with a line that it has.

#![cfg(not(target_arch = "wasm32"))]

use std::net::IpAddr;

use hickory_proto::rr::Name;
use proptest::prelude::*;
use whichpod_core::cluster::{Cluster, Overrides};
use whichpod_core::dns::Dns;
use whichpod_core::dns::name::{join, reverse_name, reversed_address};
use whichpod_core::manifest::Manifests;
use whichpod_core::packet::{DnsName, Question, Rcode, RecordType};
use whichpod_core::source::Sources;
use whichpod_tests::cases::cases;

/// What Corefiles are made of.
const PIECES: &[&str] = &[
    ".:53",
    "cluster.local",
    " {\n",
    "}\n",
    "\n",
    " ",
    "errors",
    "kubernetes cluster.local in-addr.arpa",
    "pods insecure",
    "pods verified",
    "ttl 30",
    "ttl x",
    "fallthrough",
    "forward . /etc/resolv.conf",
    "forward . 192.0.2.1",
    "except a.example",
    "rewrite name a.example web.default.svc.cluster.local",
    "rewrite name regex (.*)\\.x {1}.y",
    "answer auto",
    "rewrite stop",
    "hosts",
    "192.0.2.9 a.example",
    "template IN A x",
    "answer \"{{ .Name }} 60 IN A 192.0.2.7\"",
    "match ^(?P<a>.*)$",
    "k8s_external x.example",
    "headless",
    "autopath @kubernetes",
    "cache 30",
    "loop",
    "reload",
    "loadbalance",
    "import a",
    "(a)",
    "# c",
    "\"q",
    "\\",
    "acl",
    "file db x.example",
    "foo",
    ",",
    "10.0.0.0/7",
    "fd00::/13",
];

fn label() -> impl Strategy<Value = String> {
    "[a-zA-Z0-9_-]{1,12}"
}

fn name() -> impl Strategy<Value = String> {
    prop::collection::vec(label(), 1..6).prop_map(|labels| labels.join("."))
}

fn hickory(name: &str) -> Name {
    let mut made = Name::from_labels(name.split('.').map(str::as_bytes)).expect("a name");
    made.set_fqdn(true);
    made
}

fn corefile() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(PIECES), 0..24).prop_map(|pieces| pieces.concat())
}

/// A cluster with a Service, its pod, and this Corefile.
fn cluster(corefile: &str) -> Cluster {
    let quoted = serde_yaml::to_string(corefile).expect("a text");
    let text = format!(
        "apiVersion: v1\nkind: Service\nmetadata: {{name: web}}\nspec: {{selector: {{app: web}}, ports: [{{port: 80}}]}}\n---\n\
         apiVersion: v1\nkind: Pod\nmetadata: {{name: web, labels: {{app: web}}}}\nspec: {{containers: [{{name: c, image: c}}]}}\n---\n\
         apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: coredns, namespace: kube-system}}\ndata:\n  Corefile: {}\n",
        quoted.trim_end().replace('\n', "\n    ")
    );
    Cluster::build(&Manifests::read(Sources::new([("a.yaml", text.as_str())])), &Overrides::default())
}

proptest! {
    #![proptest_config(cases(256))]

    #[test]
    fn names_compare_without_case(one in name(), other in name()) {
        prop_assert_eq!(DnsName::new(&one) == DnsName::new(&other), hickory(&one) == hickory(&other));
        prop_assert_eq!(DnsName::new(&one), DnsName::new(one.to_ascii_uppercase()));
        let ours: Vec<Vec<u8>> = DnsName::new(&one).labels().map(|label| label.as_bytes().to_vec()).collect();
        prop_assert_eq!(ours, hickory(&one).iter().map(<[u8]>::to_vec).collect::<Vec<_>>());
    }

    #[test]
    fn zones_hold_what_lies_below(left in name(), zone in name(), other in name()) {
        let below = join(&left, &DnsName::new(zone.to_ascii_uppercase()));
        prop_assert_eq!(below.within(&DnsName::new(&zone)), Some(left.as_str()));
        let theirs = hickory(&other).zone_of(&hickory(below.as_str()));
        prop_assert_eq!(below.within(&DnsName::new(&other)).is_some(), theirs);
    }

    #[test]
    fn reverse_names_are_the_resolvers(bits in any::<u128>(), v4 in any::<bool>()) {
        let address: IpAddr = if v4 { IpAddr::from((bits as u32).to_be_bytes()) } else { IpAddr::from(bits.to_be_bytes()) };
        let ours = reverse_name(address);
        prop_assert_eq!(ours.to_string(), Name::from(address).to_ascii());
        prop_assert_eq!(reversed_address(&ours), Some(address));
    }

    #[test]
    fn any_corefile_answers_or_says_why(corefile in corefile(), asked in name(), kind in 0u16..300) {
        let cluster = cluster(&corefile);
        let dns = Dns::read(&cluster);
        if let Some(line) = dns.broken.as_ref().and_then(|error| error.line) {
            prop_assert!(line >= 1 && line <= corefile.lines().count().max(1) + 1);
        }
        for name in [asked.as_str(), "web.default.svc.cluster.local", "1.0.96.10.in-addr.arpa", "a.example"] {
            let question = Question { name: DnsName::new(name), record_type: RecordType::from_number(kind) };
            let first = dns.answer(&cluster, None, &[], &question);
            prop_assert_eq!(&first, &dns.answer(&cluster, None, &[], &question));
            prop_assert!(first.answer.rcode != Rcode::NxDomain || first.answer.answers.is_empty());
        }
    }
}
