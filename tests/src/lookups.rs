//! Random Corefiles before one cluster, and questions that clients ask there.

use proptest::prelude::*;
use proptest::sample::select;

/// A cluster with a Corefile and what is asked of it.
#[derive(Clone, Debug)]
pub struct LookupCase {
    /// All manifests.
    pub manifests: String,
    /// `NAME TYPE`
    pub questions: Vec<String>,
}

impl LookupCase {
    /// The same without one line, or one block with what stands in it, of the Corefile, which is the last thing in the manifests.
    pub fn reduced(&self, number: usize) -> Option<Self> {
        let lines: Vec<&str> = self.manifests.lines().collect();
        let first = lines.iter().position(|line| *line == COREFILE)? + 2;
        let at = first + number;
        let indent = |line: &str| line.len() - line.trim_start().len();
        let opens = lines.get(at)?.ends_with('{');
        let below = lines.get(at + 1..)?.iter().take_while(|line| indent(line) > indent(lines[at])).count();
        let taken = if opens { below + 2 } else { 1 };
        let kept = lines.iter().enumerate().filter(|(place, _)| !(at..at + taken).contains(place));
        let manifests: String = kept.map(|(_, line)| format!("{line}\n")).collect();
        Some(Self { manifests, questions: self.questions.clone() })
    }
}

/// Before the first server block.
const COREFILE: &str = "  Corefile: |";

/// The pod that asks: in namespace `default`, with this address.
pub const CLIENT: (&str, &str) = ("pod/default/client", "10.244.0.77");

/// The resolver outside the cluster.
pub const UPSTREAM: &str = "192.0.2.53";

/// What it knows.
pub const UPSTREAM_RECORDS: [&str; 12] = [
    "www.example.com. 20 A 198.51.100.80",
    "www.example.com. 20 AAAA 2001:db8:80::80",
    "alias.example.com. 20 CNAME www.example.com.",
    "example.com. 20 A 198.51.100.1",
    "example.com. 300 MX 10 mail.example.com.",
    "example.com. 300 TXT \"v=spf1 -all\"",
    "mail.example.com. 60 A 198.51.100.25",
    "corp.example.org. 20 A 198.51.100.2",
    "x.new.example.org. 20 A 198.51.100.3",
    "far.example.com. 3600 A 198.51.100.4",
    "lb.example.com. 30 A 198.51.100.5",
    "long.example.org. 86400 A 198.51.100.6",
];

const CLUSTER: &str = r#"apiVersion: v1
kind: Namespace
metadata: {name: prod, labels: {tier: gold}}
---
apiVersion: v1
kind: Namespace
metadata: {name: empty}
---
apiVersion: v1
kind: Node
metadata: {name: node-a, labels: {kubernetes.io/hostname: node-a, topology.kubernetes.io/zone: za}}
status: {addresses: [{type: InternalIP, address: 172.18.0.3}], conditions: [{type: Ready, status: "True"}]}
---
apiVersion: v1
kind: Pod
metadata: {name: client, labels: {app: client}}
spec: {nodeName: node-a, containers: [{name: c, image: debian}]}
status: {phase: Running, podIP: 10.244.0.77, podIPs: [{ip: 10.244.0.77}], conditions: [{type: Ready, status: "True"}]}
---
apiVersion: v1
kind: Pod
metadata: {name: named, labels: {app: named}}
spec: {hostname: h1, subdomain: hl, nodeName: node-a, containers: [{name: c, image: nginx, ports: [{name: http, containerPort: 8080}]}]}
status: {phase: Running, podIP: 10.244.0.78, podIPs: [{ip: 10.244.0.78}], conditions: [{type: Ready, status: "True"}]}
---
apiVersion: v1
kind: Pod
metadata: {name: unready, labels: {app: unready}}
spec: {nodeName: node-a, containers: [{name: c, image: nginx}]}
status: {phase: Running, podIP: 10.244.0.79, podIPs: [{ip: 10.244.0.79}], conditions: [{type: Ready, status: "False"}]}
---
apiVersion: v1
kind: Service
metadata: {name: web, labels: {exposed: "yes"}}
spec: {clusterIP: 10.96.1.1, selector: {app: client}, ports: [{name: http, port: 80}, {name: dns, port: 53, protocol: UDP}]}
---
apiVersion: v1
kind: Service
metadata: {name: one}
spec: {clusterIP: 10.96.1.2, selector: {app: client}, ports: [{port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: hl}
spec: {clusterIP: None, selector: {app: named}, ports: [{name: http, port: 80, targetPort: http}]}
---
apiVersion: v1
kind: Service
metadata: {name: hlnoport}
spec: {clusterIP: None, selector: {app: client}}
---
apiVersion: v1
kind: Service
metadata: {name: unready}
spec: {clusterIP: None, selector: {app: unready}, ports: [{name: http, port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: early}
spec: {clusterIP: None, publishNotReadyAddresses: true, selector: {app: unready}, ports: [{name: http, port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: noep}
spec: {clusterIP: 10.96.1.3, selector: {app: nobody}, ports: [{name: http, port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: ext}
spec: {type: ExternalName, externalName: www.example.com}
---
apiVersion: v1
kind: Service
metadata: {name: gone}
spec: {type: ExternalName, externalName: gone.example.com}
---
apiVersion: v1
kind: Service
metadata: {name: inner}
spec: {type: ExternalName, externalName: web.default.svc.cluster.local}
---
apiVersion: v1
kind: Service
metadata: {name: lb}
spec: {type: LoadBalancer, clusterIP: 10.96.1.4, selector: {app: client}, ports: [{name: http, port: 80, nodePort: 30082}]}
status: {loadBalancer: {ingress: [{ip: 203.0.113.10}, {ip: 203.0.113.11}]}}
---
apiVersion: v1
kind: Service
metadata: {name: lbhost}
spec: {type: LoadBalancer, clusterIP: 10.96.1.5, selector: {app: client}, ports: [{port: 443, nodePort: 30084}]}
status: {loadBalancer: {ingress: [{hostname: lb.example.com}]}}
---
apiVersion: v1
kind: Service
metadata: {name: dual}
spec: {ipFamilyPolicy: RequireDualStack, ipFamilies: [IPv4, IPv6], clusterIP: 10.96.1.6, clusterIPs: [10.96.1.6, "fd00:10:96::6"], selector: {app: client}, ports: [{name: http, port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: db, namespace: prod}
spec: {clusterIP: None, ports: [{name: pg, port: 5432}]}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: db-1, namespace: prod, labels: {kubernetes.io/service-name: db}}
addressType: IPv4
ports: [{name: pg, port: 5432, protocol: TCP}]
endpoints:
- {addresses: [10.20.0.1], hostname: db-0, conditions: {ready: true}}
- {addresses: [10.20.0.2], conditions: {ready: true}}
- {addresses: [10.20.0.3], conditions: {ready: false}}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: db-6, namespace: prod, labels: {kubernetes.io/service-name: db}}
addressType: IPv6
ports: [{name: pg, port: 5432, protocol: TCP}]
endpoints:
- {addresses: ["fd00:20::1"], hostname: db-0, conditions: {ready: true}}
---
"#;

/// What is asked; every name of the cluster, neighbours of it, and of the world outside.
const NAMES: [&str; 95] = [
    "web.default.svc.cluster.local.",
    "WEB.default.svc.cluster.local.",
    "one.default.svc.cluster.local.",
    "hl.default.svc.cluster.local.",
    "hlnoport.default.svc.cluster.local.",
    "unready.default.svc.cluster.local.",
    "early.default.svc.cluster.local.",
    "noep.default.svc.cluster.local.",
    "ext.default.svc.cluster.local.",
    "gone.default.svc.cluster.local.",
    "inner.default.svc.cluster.local.",
    "lb.default.svc.cluster.local.",
    "lbhost.default.svc.cluster.local.",
    "dual.default.svc.cluster.local.",
    "db.prod.svc.cluster.local.",
    "kubernetes.default.svc.cluster.local.",
    "kube-dns.kube-system.svc.cluster.local.",
    "nosuch.default.svc.cluster.local.",
    "web.prod.svc.cluster.local.",
    "web.nons.svc.cluster.local.",
    "web.empty.svc.cluster.local.",
    "_http._tcp.web.default.svc.cluster.local.",
    "_dns._udp.web.default.svc.cluster.local.",
    "_http._udp.web.default.svc.cluster.local.",
    "http.tcp.web.default.svc.cluster.local.",
    "_http._tcp.hl.default.svc.cluster.local.",
    "_pg._tcp.db.prod.svc.cluster.local.",
    "h1.hl.default.svc.cluster.local.",
    "H1.hl.default.svc.cluster.local.",
    "db-0.db.prod.svc.cluster.local.",
    "10-20-0-2.db.prod.svc.cluster.local.",
    "10-20-0-3.db.prod.svc.cluster.local.",
    "10-244-0-78.hl.default.svc.cluster.local.",
    "_pg._tcp.db-0.db.prod.svc.cluster.local.",
    "x.web.default.svc.cluster.local.",
    "a.b.web.default.svc.cluster.local.",
    "a.b.c.web.default.svc.cluster.local.",
    "*.default.svc.cluster.local.",
    "*.web.default.svc.cluster.local.",
    "any.default.svc.cluster.local.",
    "default.svc.cluster.local.",
    "prod.svc.cluster.local.",
    "nons.svc.cluster.local.",
    "svc.cluster.local.",
    "pod.cluster.local.",
    "cluster.local.",
    "dns-version.cluster.local.",
    "ns.dns.cluster.local.",
    "dns.cluster.local.",
    "foo.cluster.local.",
    "a.b.foo.cluster.local.",
    "10-244-0-77.default.pod.cluster.local.",
    "10-244-0-77.prod.pod.cluster.local.",
    "10-1-2-3.default.pod.cluster.local.",
    "10-1-2-3.nons.pod.cluster.local.",
    "256-1-1-1.default.pod.cluster.local.",
    "2001-db8--1.default.pod.cluster.local.",
    "client.default.pod.cluster.local.",
    "default.pod.cluster.local.",
    "a.10-1-2-3.default.pod.cluster.local.",
    "www.example.com.",
    "alias.example.com.",
    "example.com.",
    "gone.example.com.",
    "mail.example.com.",
    "corp.example.org.",
    "x.new.example.org.",
    "web.new.example.org.",
    "example.org.",
    "long.example.org.",
    "far.example.com.",
    "com.",
    ".",
    "web.corp.",
    "foo.corp.",
    "a.foo.corp.",
    "WEB.Corp.",
    "corp.",
    "ip-10-1-2-3.corp.",
    "ip-10-1-2-300.corp.",
    "other.",
    "lb.default.ext.example.",
    "lbhost.default.ext.example.",
    "web.default.ext.example.",
    "ext.example.",
    "default.ext.example.",
    "_http._tcp.lb.default.ext.example.",
    "www.example.com.default.svc.cluster.local.",
    "web.corp.default.svc.cluster.local.",
    "www.example.com.svc.cluster.local.",
    "1.1.96.10.in-addr.arpa.",
    "77.0.244.10.in-addr.arpa.",
    "1.0.20.10.in-addr.arpa.",
    "9.2.0.192.in-addr.arpa.",
    "99.99.96.10.in-addr.arpa.",
];

const FURTHER_NAMES: [&str; 8] = [
    "10.in-addr.arpa.",
    "in-addr.arpa.",
    "x.10.in-addr.arpa.",
    "300.1.96.10.in-addr.arpa.",
    "6.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.6.9.0.0.0.1.0.0.0.0.d.f.ip6.arpa.",
    "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.2.0.0.0.0.d.f.ip6.arpa.",
    "ip6.arpa.",
    "web.default.svc.corp.",
];

const TYPES: [&str; 18] = [
    "A", "A", "A", "A", "AAAA", "AAAA", "SRV", "SRV", "TXT", "NS", "SOA", "CNAME", "PTR", "PTR", "MX", "ANY", "HTTPS",
    "CAA",
];

const ZONES: [&str; 5] = [
    "cluster.local in-addr.arpa ip6.arpa",
    "cluster.local in-addr.arpa ip6.arpa",
    "cluster.local",
    "cluster.local 10.96.0.0/12",
    "cluster.local corp in-addr.arpa ip6.arpa",
];

const KUBERNETES: [&str; 19] = [
    "pods insecure",
    "pods verified",
    "pods disabled",
    "ttl 30",
    "ttl 0",
    "ttl 3600",
    "fallthrough",
    "fallthrough in-addr.arpa ip6.arpa",
    "fallthrough cluster.local",
    "noendpoints",
    "endpoint_pod_names",
    "namespaces default kube-system",
    "namespace_labels tier=gold",
    "labels exposed=yes",
    "ignore empty_service",
    "ignore empty_service\n        pods verified",
    "apex",
    "pods insecure\n        endpoint_pod_names",
    "fallthrough example.com",
];

const FORWARDS: [&str; 7] = [
    "forward . /etc/resolv.conf",
    "forward . /etc/resolv.conf",
    "forward . 192.0.2.53 {\n        max_concurrent 1000\n    }",
    "forward example.com 192.0.2.53",
    "forward . 192.0.2.53 {\n        except example.org corp\n    }",
    "forward . 192.0.2.53 {\n        force_tcp\n    }",
    "",
];

const PLUGINS: [&str; 66] = [
    "cache 30",
    "cache",
    "cache 5",
    "cache 30 {\n        disable success cluster.local\n        disable denial cluster.local\n    }",
    "cache 10 {\n        success 5000 8 6\n        denial 2500 7\n    }",
    "cache 60 example.com",
    "loadbalance",
    "loadbalance round_robin",
    "minimal",
    "any",
    "whoami",
    "dns64",
    "dns64 {\n        allow_ipv4\n    }",
    "bufsize 512",
    "bufsize",
    "nsid x",
    "chaos CoreDNS-x",
    "local",
    "header {\n        response set aa\n    }",
    "header {\n        response clear ra\n    }",
    "cancel 1s",
    "metadata",
    "log",
    "errors",
    "loop",
    "reload",
    "autopath @kubernetes",
    "k8s_external ext.example",
    "k8s_external ext.example {\n        ttl 77\n        apex dns1\n    }",
    "k8s_external ext.example {\n        headless\n    }",
    "rewrite name web.corp web.default.svc.cluster.local",
    "rewrite name exact foo.corp ext.default.svc.cluster.local",
    "rewrite stop name prefix web.corp web",
    "rewrite name suffix .corp .default.svc.cluster.local",
    "rewrite stop {\n        name suffix .corp .default.svc.cluster.local answer auto\n    }",
    "rewrite name substring corp example",
    "rewrite name regex (.*)\\.corp {1}.default.svc.cluster.local",
    "rewrite stop {\n        name regex (.*)\\.corp$ {1}.default.svc.cluster.local\n        answer name (.*)\\.default\\.svc\\.cluster\\.local {1}.corp\n    }",
    "rewrite stop {\n        name suffix .new.example.org .example.com\n        answer name auto\n        answer value (.*)\\.example\\.com {1}.new.example.org\n    }",
    "rewrite type AAAA A",
    "rewrite type ANY HINFO",
    "rewrite ttl suffix .cluster.local 60-90",
    "rewrite ttl regex (.*) 25-",
    "rewrite ttl exact www.example.com 7",
    "rewrite rcode exact gone.example.com NXDOMAIN NOERROR",
    "rewrite rcode substring nosuch NXDOMAIN SERVFAIL",
    "rewrite cname exact www.example.com. example.com.",
    "rewrite continue name suffix .corp .new.example.org\n    rewrite stop name suffix .new.example.org .default.svc.cluster.local",
    "template IN A corp {\n        match ^ip-(?P<a>[0-9]*)-(?P<b>[0-9]*)-(?P<c>[0-9]*)-(?P<d>[0-9]*)[.]corp[.]$\n        answer \"{{ .Name }} 60 IN A {{ .Group.a }}.{{ .Group.b }}.{{ .Group.c }}.{{ .Group.d }}\"\n        fallthrough\n    }",
    "template IN A corp {\n        match ^db[.]corp[.]$\n        answer \"{{ .Name }} 60 IN A 192.0.2.8\"\n    }",
    "template ANY ANY corp {\n        rcode NXDOMAIN\n    }",
    "template ANY ANY corp {\n        rcode NXDOMAIN\n        authority \"corp. 60 IN SOA ns.corp. hm.corp. (1 60 60 60 60)\"\n    }",
    "template ANY ANY example.com.default.svc.cluster.local {\n        rcode NXDOMAIN\n        authority \"{{ .Zone }} 60 IN SOA ns.corp. hm.corp. 1 60 60 60 60\"\n    }",
    "template IN ANY corp {\n        match (.*)\n        answer \"{{ .Name }} 5 IN CNAME web.default.svc.cluster.local.\"\n    }",
    "template IN SRV corp {\n        answer \"{{ .Name }} 5 IN SRV 0 1 80 x.corp.\"\n        additional \"x.corp. 5 IN A 192.0.2.8\"\n    }",
    "template ANY HTTPS . {\n        rcode NOERROR\n    }",
    "template IN AAAA . {\n        rcode NOERROR\n    }",
    "hosts {\n        192.0.2.9 foo.corp WEB.corp\n        192.0.2.10 foo.corp\n        2001:db8::9 foo.corp\n        fallthrough\n    }",
    "hosts {\n        192.0.2.9 foo.corp www.example.com\n        ttl 42\n        fallthrough example.com\n    }",
    "hosts {\n        192.0.2.9 foo.corp\n        no_reverse\n        fallthrough\n    }",
    "hosts {\n        192.0.2.9 foo.corp\n    }",
    "hosts example.com {\n        192.0.2.9 www.example.com\n        fallthrough\n    }",
    "acl corp {\n        block type A net *\n    }",
    "acl {\n        filter type AAAA net 10.244.0.0/16\n        allow\n    }",
    "acl example.com {\n        drop net 10.9.0.0/16\n    }",
    "ready",
];

/// Beside the first server block.
const BLOCKS: [&str; 6] = [
    "corp:53 {\n    forward . 192.0.2.53\n}\n",
    "corp:53 {\n    whoami\n}\n",
    "example.org:53 {\n    forward . 192.0.2.53\n    cache 5\n}\n",
    "example.com:53 {\n    template IN A . {\n        answer \"{{ .Name }} 9 IN A 192.0.2.99\"\n    }\n}\n",
    "default.svc.cluster.local:53 {\n    kubernetes cluster.local {\n        pods insecure\n    }\n}\n",
    "in-addr.arpa:53 {\n    forward . 192.0.2.53\n}\n",
];

fn text(choices: &[&'static str]) -> impl Strategy<Value = &'static str> + use<> {
    select(choices.to_vec())
}

/// One plugin stands at most once in a block, but for a few.
fn without_repetition(lines: Vec<&'static str>) -> Vec<&'static str> {
    let name = |line: &str| line.split_whitespace().next().unwrap_or_default().to_owned();
    let may_repeat = |line: &str| matches!(name(line).as_str(), "rewrite" | "template");
    let mut kept: Vec<&'static str> = Vec::new();
    for line in lines {
        let is_there = kept.iter().any(|kept| name(kept) == name(line));
        if !is_there || may_repeat(line) && !kept.contains(&line) {
            kept.push(line);
        }
    }
    kept
}

fn corefile() -> impl Strategy<Value = String> {
    let kubernetes = (text(&ZONES), prop::collection::vec(text(&KUBERNETES), 0..4)).prop_map(|(zones, options)| {
        let options = without_repetition(options);
        let lines: String = options.iter().map(|option| format!("        {option}\n")).collect();
        format!("    kubernetes {zones} {{\n{lines}    }}\n")
    });
    let plugins = prop_oneof![
        prop::collection::vec(text(&PLUGINS), 0..2),
        prop::collection::vec(text(&PLUGINS), 1..4),
        prop::collection::vec(text(&PLUGINS), 3..6),
    ];
    let blocks = prop_oneof![3 => Just(Vec::new()), 1 => prop::collection::vec(text(&BLOCKS), 1..3)];
    let kubernetes = prop_oneof![15 => kubernetes, 1 => Just(String::new())];
    (kubernetes, text(&FORWARDS), plugins, blocks).prop_map(|(kubernetes, forward, plugins, mut blocks)| {
        let lines = without_repetition(
            plugins.into_iter().chain([forward].into_iter().filter(|forward| !forward.is_empty())).collect(),
        );
        let lines: String = lines.iter().map(|line| format!("    {line}\n")).collect();
        blocks.sort();
        blocks.dedup_by_key(|block| block.split(':').next().unwrap_or_default());
        format!(".:53 {{\n{kubernetes}{lines}}}\n{}", blocks.concat())
    })
}

fn questions() -> impl Strategy<Value = Vec<String>> {
    let names: Vec<&'static str> = NAMES.into_iter().chain(FURTHER_NAMES).collect();
    let one = (select(names), text(&TYPES)).prop_map(|(name, kind)| format!("{name} {kind}"));
    // Caches answer in the case of the first question: each is asked once.
    prop::collection::vec(one, 90..140).prop_map(|questions| {
        let mut kept: Vec<String> = Vec::new();
        for question in questions {
            if !kept.iter().any(|kept| kept.eq_ignore_ascii_case(&question)) {
                kept.push(question);
            }
        }
        kept
    })
}

fn manifests(corefile: &str) -> String {
    let indented = |text: &str, by: &str| text.lines().map(|line| format!("{by}{line}\n")).collect::<String>();
    let records: String = UPSTREAM_RECORDS.iter().map(|record| format!("  - '{record}'\n")).collect();
    format!(
        "{CLUSTER}apiVersion: whichpod.dev/v1\nkind: World\nspec:\n  nodeResolvConf: |\n    nameserver {UPSTREAM}\n  upstream:\n{records}---\n\
         apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: coredns, namespace: kube-system}}\ndata:\n  Corefile: |\n{}",
        indented(corefile, "    ")
    )
}

/// A Corefile and a hundred questions.
pub fn cases() -> impl Strategy<Value = LookupCase> {
    (corefile(), questions())
        .prop_map(|(corefile, questions)| LookupCase { manifests: manifests(&corefile), questions })
}
