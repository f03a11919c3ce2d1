//! Words that stand for addresses in a command: INGRESS, INGRESS(class), GATEWAY(namespace/name), LB(namespace/name), NODE(name). They are replaced before the
//! command is read, as whole words only.

use super::UsageError;
use crate::cluster::LoadBalancerIngress;
use crate::gateway::Gateway;
use crate::ingress::NoPublicAddress;
use crate::manifest::DEFAULT_NAMESPACE;
use crate::walk::DataPlane;

/// A word of a command with the addresses that it stands for.
pub fn replace(plane: &DataPlane, word: &str) -> Result<String, UsageError> {
    let mut out = String::new();
    let mut rest = word;
    while let Some(found) = next(rest) {
        out.push_str(found.before);
        out.push_str(&resolve_word(plane, &found)?);
        rest = found.after;
    }
    out.push_str(rest);
    Ok(out)
}

struct AddressWord<'l> {
    before: &'l str,
    word: &'static str,
    /// What stands in parentheses behind it.
    argument: Option<&'l str>,
    after: &'l str,
}

impl AddressWord<'_> {
    /// Whether the command names a port of its own behind the word.
    fn has_port(&self) -> bool {
        let rest = self.after.strip_prefix(':');
        rest.is_some_and(|rest| rest.starts_with(|character: char| character.is_ascii_digit()))
    }
}

const WORDS: [&str; 4] = ["INGRESS", "GATEWAY", "NODE", "LB"];

/// The first word of ours, if it stands alone: no letter, digit or underscore beside it, nor a dot, which makes it a part of
/// a name.
fn next(line: &str) -> Option<AddressWord<'_>> {
    let hits = WORDS.iter().flat_map(|word| line.match_indices(word).map(|(at, _)| (at, *word)));
    let alone = |(at, word): &(usize, &'static str)| {
        let before = line.get(..*at).and_then(|text| text.chars().next_back());
        let after = line.get(at + word.len()..).and_then(|text| text.chars().next());
        let joins = |character: Option<char>| character.is_some_and(|it| it.is_alphanumeric() || "_-.".contains(it));
        !joins(before) && !joins(after)
    };
    let (at, word) = hits.filter(alone).min()?;
    let (before, rest) = line.split_at_checked(at)?;
    let rest = rest.strip_prefix(word)?;
    let (argument, after) = match rest.strip_prefix('(').and_then(|rest| rest.split_once(')')) {
        Some((argument, after)) => (Some(argument.trim()), after),
        None => (None, rest),
    };
    Some(AddressWord { before, word, argument, after })
}

fn resolve_word(plane: &DataPlane, found: &AddressWord<'_>) -> Result<String, UsageError> {
    let cluster = &plane.cluster;
    let missing = |what: String| UsageError::new(2, what);
    match (found.word, found.argument) {
        // 1. A node's address.
        ("NODE", Some(name)) => {
            let node =
                cluster.nodes.get(name).ok_or_else(|| missing(format!("NODE({name}): there is no such node")))?;
            let address = node.addresses.first().ok_or_else(|| missing(format!("NODE({name}) has no address")))?;
            Ok(url_address(*address))
        }
        ("NODE", None) => Err(missing("NODE needs the node's name: NODE(node-1)".to_owned())),
        // 2. A load balancer's.
        ("LB", named) => load_balancer(plane, named).map_err(missing),
        // 3. That of the Ingress controller of a class, with a port unless one is written.
        ("INGRESS", class) => match plane.controllers.entrance(cluster, class) {
            Ok(entrance) => Ok(match entrance.port {
                Some(port) if !found.has_port() => crate::packet::socket_text(entrance.address, port),
                _ => url_address(entrance.address),
            }),
            Err(NoPublicAddress::NoController) => Err(missing(match class {
                Some(class) => format!("INGRESS({class}): no controller serves this class"),
                None if !cluster.ingresses.is_empty() => {
                    "INGRESS: no controller here serves the Ingresses' class; ingress-nginx and Traefik are modelled"
                        .to_owned()
                }
                None => "INGRESS: there is no Ingress controller, and no Ingress that asks for one".to_owned(),
            })),
            Err(NoPublicAddress::NotReachable(pod)) => {
                Err(missing(format!("INGRESS: the controller in {} can't be reached from outside", pod.lowercase())))
            }
        },
        // 4. A Gateway's, by name or as the only one.
        (_, Some(named)) => {
            let all = cluster.gateways.values().map(|one| (&*one.metadata.namespace, &*one.metadata.name));
            let (namespace, name) = place_of(named, all);
            let gateway = plane.gateways.find(namespace, name);
            let unknown = || match cluster.gateways.get(namespace, name) {
                Some(gateway) => format!(
                    "GATEWAY({named}): nobody implements its GatewayClass `{}`, so it has no address",
                    gateway.spec.gateway_class_name
                ),
                None => format!("GATEWAY({named}): there is no such Gateway"),
            };
            gateway_address(gateway.ok_or_else(|| missing(unknown()))?)
        }
        (_, None) => match plane.gateways.iter().collect::<Vec<_>>().as_slice() {
            [only] => gateway_address(only),
            [] => Err(missing("GATEWAY: there is no Gateway that anybody implements".to_owned())),
            [_, _, ..] => Err(missing("GATEWAY: there are several, name one: GATEWAY(namespace/name)".to_owned())),
        },
    }
}

fn gateway_address(gateway: &Gateway) -> Result<String, UsageError> {
    let missing = || UsageError::new(2, format!("{} has no address yet", gateway.reference.lowercase()));
    gateway.address.map(url_address).ok_or_else(missing)
}

/// The address of a Service's load balancer.
fn load_balancer(plane: &DataPlane, named: Option<&str>) -> Result<String, String> {
    let named = named.ok_or("LB needs the Service's name: LB(namespace/name)")?;
    let all = plane.cluster.services.values().map(|service| (service.namespace(), service.name()));
    let (namespace, name) = place_of(named, all);
    let service = plane.cluster.services.get(namespace, name);
    let service = service.ok_or_else(|| format!("LB({named}): there is no Service {namespace}/{name}"))?;
    let given = service.load_balancer.iter().find_map(LoadBalancerIngress::address);
    given.map(url_address).ok_or_else(|| format!("LB({named}): no load balancer gives {namespace}/{name} an address"))
}

/// `namespace/name`; a bare name is of the namespace default or, where that hasn't got it, of the only one that has.
fn place_of<'n>(named: &'n str, all: impl Iterator<Item = (&'n str, &'n str)>) -> (&'n str, &'n str) {
    if let Some(place) = named.split_once('/') {
        return place;
    }
    let found: Vec<(&str, &str)> = all.filter(|(_, name)| *name == named).collect();
    match found.as_slice() {
        [only] => *only,
        _ => (DEFAULT_NAMESPACE, named),
    }
}

/// An address as it stands in a URL.
fn url_address(address: std::net::IpAddr) -> String {
    match address {
        std::net::IpAddr::V4(address) => address.to_string(),
        std::net::IpAddr::V6(address) => format!("[{address}]"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_words_only() {
        assert!(next("curl http://NODES/").is_none());
        assert!(next("curl http://my.INGRESS.example/").is_none());
        let found = next("curl http://INGRESS(nginx):80/").unwrap();
        assert_eq!((found.argument, found.after), (Some("nginx"), ":80/"));
        assert_eq!(next("nc NODE(node-1) 80").unwrap().before, "nc ");
    }
}
