//! What can follow in a command line: tools, options, and the names, hosts, ports and namespaces of the cluster at hand.

use super::builtin::xargs;
use super::{COMMANDS, load, machine, text};
use crate::cluster::{Cluster, Service};
use crate::console::option::listed_options;
use crate::console::{self, TOOLS};
use crate::kubectl;
use crate::order::Order;
use crate::packet::Protocol;
use crate::request::RequestClient;

/// As many are offered.
const MOST: usize = 40;

/// Words that can stand where the line ends.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LineCompletion {
    /// How much of the line stays, in bytes: the word that is completed begins there.
    pub start: usize,
    /// Whole words.
    pub words: Vec<String>,
}

/// Completes the last word of a line that a client types.
pub fn complete_line(cluster: &Cluster, client: &RequestClient, line: &str) -> LineCompletion {
    // 1. The last word, and the command that it belongs to.
    let start = line.rfind(char::is_whitespace).map_or(0, |at| at + 1);
    let (before, word) = line.split_at_checked(start).unwrap_or((line, ""));
    let command = before.rsplit(['|', ';', '&', '(']).next().unwrap_or(before);
    let typed: Vec<&str> = command.split_whitespace().collect();
    // 2. What may stand there: commands, flags, or what the tool takes.
    let candidates = match typed.split_first() {
        None => {
            let own = machine::TOOLS.iter().map(|tool| tool.name).chain(load::TOOLS.iter().map(|tool| tool.name));
            let of_text = text::TOOLS.iter().map(|tool| tool.name).chain(["xargs"]);
            let mut all: Vec<&str> =
                TOOLS.iter().map(|tool| tool.name).chain(COMMANDS).chain(own).chain(of_text).collect();
            all.order();
            owned(&all)
        }
        Some((&("kubectl" | "k"), typed)) if word.starts_with('-') => {
            let typed = typed.join(" ");
            let verb = kubectl::flags::verb_names().find(|verb| typed.starts_with(verb));
            kubectl::flags::flags_of(verb.unwrap_or("get"))
        }
        Some((tool, _)) if word.starts_with(['-', '+']) => {
            let of_machine = || machine::TOOLS.iter().find(|one| one.name == *tool).map(|one| (one.options)());
            let of_load = || load::TOOLS.iter().find(|one| one.name == *tool).map(load::LoadTool::listed_options);
            let of_text = || text::TOOLS.iter().find(|one| one.name == *tool).map(text::TextToolEntry::listed_options);
            let of_xargs = || (*tool == "xargs").then(|| listed_options(xargs::OPTIONS));
            let asks = console::find_tool(tool).map(|tool| (tool.options)());
            let own = asks.or_else(of_machine).or_else(of_load).or_else(of_text).or_else(of_xargs);
            owned(&own.unwrap_or_default())
        }
        Some((tool, typed)) => WordCandidates { cluster, namespace: namespace(client), word }.of(tool, typed),
    };
    // 3. Those that begin like it.
    let mut words: Vec<String> = candidates.into_iter().filter(|candidate| candidate.starts_with(word)).collect();
    words.dedup();
    words.truncate(MOST);
    LineCompletion { start, words }
}

/// The client's namespace; None outside the cluster and on nodes, where Services have no names.
fn namespace(client: &RequestClient) -> Option<&str> {
    match client {
        RequestClient::Pod { namespace, .. } | RequestClient::Workload { namespace, .. } => Some(namespace),
        RequestClient::Node(_) | RequestClient::External(_) => None,
    }
}

/// What the words behind a tool are made of.
struct WordCandidates<'c> {
    cluster: &'c Cluster,
    namespace: Option<&'c str>,
    word: &'c str,
}

impl WordCandidates<'_> {
    fn of(&self, tool: &str, typed: &[&str]) -> Vec<String> {
        match (tool, typed) {
            ("kubectl" | "k", typed) => self.kubectl(typed),
            ("cat", _) => owned(&["/etc/resolv.conf", "/etc/hosts", "/etc/hostname"]),
            ("curl" | "wget", _) => self.urls(),
            ("dig" | "host", [.., "-t"]) => owned(&["A", "AAAA", "ANY", "CNAME", "NS", "PTR", "SOA", "SRV", "TXT"]),
            ("getent", []) => owned(&["hosts", "ahosts", "ahostsv4", "ahostsv6"]),
            ("nc" | "telnet", [.., name]) if !name.starts_with('-') => self.ports(name),
            ("getent" | "nc" | "telnet" | "dig" | "host" | "nslookup" | "ping", _) => self.names(),
            _ => Vec::new(),
        }
    }

    /// `get`, then a kind, then names.
    fn kubectl(&self, typed: &[&str]) -> Vec<String> {
        match typed {
            [] => kubectl::flags::verb_names().map(str::to_owned).collect(),
            [.., "-n" | "--namespace"] => self.cluster.namespaces.keys().map(ToString::to_string).collect(),
            [.., "-o" | "--output"] => owned(&kubectl::print::FORMATS),
            ["describe"] => kubectl::described_kinds().collect(),
            ["get"] => kubectl::resources().map(str::to_owned).collect(),
            [_, kind, ..] => self.objects(kind, typed),
            _ => Vec::new(),
        }
    }

    /// The names of a kind in the namespace that is asked for.
    fn objects(&self, kind: &str, typed: &[&str]) -> Vec<String> {
        let option = typed.windows(2).find_map(|pair| match pair {
            ["-n" | "--namespace", namespace] => Some(*namespace),
            _ => None,
        });
        let wanted = option.unwrap_or("default");
        let cluster = self.cluster;
        let services = || cluster.services.values().filter(|service| service.namespace() == wanted);
        match kind {
            "po" | "pod" | "pods" => {
                let pods = cluster.pods.values().filter(|pod| pod.namespace() == wanted);
                pods.map(|pod| pod.name().to_owned()).collect()
            }
            "svc" | "service" | "services" | "ep" | "endpoints" => {
                services().map(|service| service.name().to_owned()).collect()
            }
            "no" | "node" | "nodes" => cluster.nodes.keys().map(ToString::to_string).collect(),
            "ing" | "ingress" | "ingresses" => {
                let ingresses = cluster.ingresses.values().map(|ingress| &ingress.metadata);
                let here = ingresses.filter(|metadata| &*metadata.namespace == wanted);
                here.map(|metadata| metadata.name.to_string()).collect()
            }
            _ => Vec::new(),
        }
    }

    /// With the scheme, the port and, for Ingresses, the path.
    fn urls(&self) -> Vec<String> {
        let scheme = if self.word.starts_with("https") { "https://" } else { "http://" };
        let inside = self.services().into_iter().flat_map(|service| {
            let ports = service.ports.iter().filter(|port| port.protocol == Protocol::Tcp);
            let ports = ports.map(|port| if port.port == 80 { String::new() } else { format!(":{}", port.port) });
            let ports: Vec<String> = ports.collect();
            self.forms(service)
                .into_iter()
                .flat_map(move |name| ports.clone().into_iter().map(move |port| format!("{name}{port}/")))
        });
        self.rules().chain(inside).map(|rest| format!("{scheme}{rest}")).collect()
    }

    /// `shop.example.com/cart` for each rule with a host.
    fn rules(&self) -> impl Iterator<Item = String> {
        let rules = self.cluster.ingresses.values().flat_map(|ingress| &ingress.spec.rules);
        rules.filter_map(|rule| Some((rule.host.as_deref()?, rule.http.as_ref()?))).flat_map(|(host, http)| {
            let paths = http.paths.iter().map(|path| path.path.as_deref().unwrap_or("/"));
            paths.map(move |path| format!("{}{path}", host.replacen('*', "a", 1)))
        })
    }

    fn names(&self) -> Vec<String> {
        let hosts = self.cluster.ingresses.values().flat_map(|ingress| &ingress.spec.rules);
        let hosts = hosts.filter_map(|rule| rule.host.as_deref()).map(|host| host.replacen('*', "a", 1));
        let services = self.services().into_iter().flat_map(|service| self.forms(service));
        let mut names: Vec<String> = services.chain(hosts).collect();
        names.order();
        names
    }

    /// The ports of a Service by any of its names.
    fn ports(&self, name: &str) -> Vec<String> {
        let services =
            self.services().into_iter().filter(|service| self.forms(service).iter().any(|form| form == name));
        services.flat_map(|service| service.ports.iter().map(|port| port.port.to_string())).collect()
    }

    /// The Services that have names where the client is; its own namespace's first.
    fn services(&self) -> Vec<&Service> {
        let Some(namespace) = self.namespace else { return Vec::new() };
        let mut services: Vec<&Service> = self.cluster.services.values().collect();
        services.order_by_key(|service| service.namespace() != namespace);
        services
    }

    /// How a Service can be called from here, the shortest first.
    fn forms(&self, service: &Service) -> Vec<String> {
        let (name, namespace) = (service.name(), service.namespace());
        let domain = &self.cluster.settings.cluster_domain;
        let short = (self.namespace == Some(namespace)).then(|| name.to_owned());
        let full = self.word.contains('.').then(|| format!("{name}.{namespace}.svc.{domain}"));
        short.into_iter().chain([format!("{name}.{namespace}")]).chain(full).collect()
    }
}

fn owned(words: &[&str]) -> Vec<String> {
    words.iter().map(ToString::to_string).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::SettingOverrides;
    use crate::manifest::Manifests;
    use crate::source::Sources;

    const MANIFESTS: &str = "
kind: Service
apiVersion: v1
metadata: {name: web, namespace: shop}
spec: {selector: {app: web}, ports: [{port: 8080}]}
---
kind: Ingress
apiVersion: networking.k8s.io/v1
metadata: {name: web, namespace: shop}
spec:
  rules:
  - host: shop.example.com
    http: {paths: [{path: /cart, pathType: Prefix, backend: {service: {name: web, port: {number: 8080}}}}]}
";

    fn completed(client: &RequestClient, line: &str) -> Vec<String> {
        let manifests = Manifests::read(Sources::new([("a.yaml", MANIFESTS)]));
        complete_line(&Cluster::build(&manifests, &SettingOverrides::default()), client, line).words
    }

    fn pod(namespace: &str) -> RequestClient {
        RequestClient::Pod { namespace: namespace.into(), name: "client".into() }
    }

    #[test]
    fn each_word_is_completed_as_its_place_asks() {
        let outside = RequestClient::External(None);
        for (line, expected) in [
            ("nsl", "nslookup"),
            ("curl --conn", "--connect-timeout"),
            ("curl -v http://sh", "http://shop.example.com/cart"),
            ("kubectl g", "get"),
            ("kubectl scale deploy web --rep", "--replicas"),
            ("kubectl get svc -n s", "shop"),
            ("kubectl get svc -n shop w", "web"),
            ("env | gre", "grep"),
        ] {
            assert_eq!(completed(&outside, line).first().map(String::as_str), Some(expected), "{line}");
        }
        assert_eq!(completed(&outside, "frobnicate "), Vec::<String>::new());
    }

    #[test]
    fn services_are_called_as_they_can_be_called_from_here() {
        assert_eq!(completed(&pod("shop"), "nslookup w"), ["web", "web.shop"]);
        assert_eq!(completed(&pod("default"), "nslookup w"), ["web.shop"]);
        assert_eq!(completed(&pod("default"), "dig web.shop.s"), ["web.shop.svc.cluster.local"]);
        assert_eq!(completed(&pod("shop"), "nc web "), ["8080"]);
        assert_eq!(completed(&pod("shop"), "curl http://web:"), ["http://web:8080/"]);
        assert_eq!(completed(&RequestClient::External(None), "nslookup w"), Vec::<String>::new());
    }
}
