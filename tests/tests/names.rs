//! Names held against a resolver's library, and laws of CoreDNS over generated Corefiles and questions: nothing panics,
//! the same question gives the same answer, what a Corefile says wrong is said with a line that it has.

#![cfg(not(target_arch = "wasm32"))]

use std::net::IpAddr;

use hickory_proto::op::{Message, Query};
use hickory_proto::rr::rdata::{A, CNAME, MX};
use hickory_proto::rr::{self, Name};
use proptest::prelude::*;
use whichpod_core::cluster::{Cluster, SettingOverrides};
use whichpod_core::dns::ClusterDns;
use whichpod_core::dns::name::{fits_a_question, join, reverse_name, reversed_address};
use whichpod_core::manifest::Manifests;
use whichpod_core::packet::{Answer, DnsName, DnsRecord, Question, Rcode, RecordData, RecordType};
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
    Cluster::build(&Manifests::read(Sources::new([("a.yaml", text.as_str())])), &SettingOverrides::default())
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
    fn a_final_dot_changes_nothing_about_a_name(one in name()) {
        let absolute = format!("{one}.");
        prop_assert_eq!(DnsName::new(&absolute), DnsName::new(&one));
        // hickory escapes a hyphen in front.
        prop_assert_eq!(DnsName::new(&one).to_string(), hickory(&one).to_ascii().replace('\\', ""));
    }

    #[test]
    fn names_are_as_long_as_the_resolvers(labels in prop::collection::vec("[a-z0-9-]{0,70}", 1..8)) {
        let name = labels.join(".");
        // A final dot is no label.
        prop_assume!(!name.is_empty() && !name.ends_with('.'));
        let theirs = Name::from_labels(labels.iter().map(std::string::String::as_bytes)).is_ok();
        prop_assert_eq!(fits_a_question(&DnsName::new(&name)), theirs, "{}", name);
    }

    #[test]
    fn messages_are_as_long_as_the_resolvers(asked in name(), records in prop::collection::vec((name(), name(), 0u8..3), 0..40)) {
        let question = Question { name: DnsName::new(&asked), record_type: RecordType::A };
        let mut theirs = Message::new();
        theirs.add_query(Query::query(hickory(&asked), rr::RecordType::A));
        let mut ours = Answer { truncated: true, ..Answer::default() };
        for (owner, target, kind) in &records {
            // Of one case: endings are compared exactly.
            let (owner, target) = (owner.to_lowercase(), target.to_lowercase());
            let (data, data_theirs) = match kind {
                0 => (RecordData::A([10, 0, 0, 1].into()), rr::RData::A(A::new(10, 0, 0, 1))),
                1 => (RecordData::Cname(DnsName::new(&target)), rr::RData::CNAME(CNAME(hickory(&target)))),
                _ => (
                    RecordData::Mx { preference: 1, exchange: DnsName::new(&target) },
                    rr::RData::MX(MX::new(1, hickory(&target))),
                ),
            };
            ours.answers.push(DnsRecord { name: DnsName::new(&owner), ttl: 30, data });
            theirs.add_answer(rr::Record::from_rdata(hickory(&owner), 30, data_theirs));
        }
        let bytes = theirs.to_vec().expect("a message").len();
        prop_assert_eq!(ours.bytes(&question, false, true), bytes);
    }

    #[test]
    fn what_is_cut_fits(addresses in 0usize..200, limit in 512usize..4096) {
        let name = DnsName::new("web.default.svc.cluster.local");
        let question = Question { name: name.clone(), record_type: RecordType::A };
        let record = |last: usize| DnsRecord { name: name.clone(), ttl: 30, data: RecordData::A([10, 0, 0, last as u8].into()) };
        let whole = Answer { answers: (0..addresses).map(record).collect(), ..Answer::default() };
        let cut = whole.clone().cut_to(&question, limit, true);
        prop_assert!(cut.truncated == (cut.answers.len() < addresses));
        prop_assert!(!cut.truncated || cut.bytes(&question, true, true) <= limit);
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
        let dns = ClusterDns::read(&cluster);
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
