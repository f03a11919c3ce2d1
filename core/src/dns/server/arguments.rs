//! The setup of plugins that change no answer, as far as a mistake keeps CoreDNS from starting (each plugin's setup.go).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use regex_lite::Regex;

use super::super::context::BoundAddress;
use super::super::corefile::{CorefileError, Directive, PluginOption};
use super::super::setup::{atoi, plain_duration};
use crate::duration::{SECOND, parse_duration};

type SetupResult = Result<(), CorefileError>;

/// The plugins that may stand once in a server block.
const ONCE: &[&str] =
    &["ready", "pprof", "prometheus", "errors", "loop", "nsid", "cache", "hosts", "kubernetes", "view", "cancel"];

/// The plugins without arguments of their own.
const BARE: &[&str] = &["any", "debug", "loop", "minimal", "whoami"];

/// Checks all directives of one plugin in a server block.
pub(super) fn check(plugin: &str, directives: &[&Directive]) -> SetupResult {
    for (number, directive) in directives.iter().enumerate() {
        if number > 0 && ONCE.contains(&plugin) {
            return Err(CorefileError::repeated());
        }
        one(plugin, directive)?;
    }
    Ok(())
}

fn one(plugin: &str, directive: &Directive) -> SetupResult {
    if BARE.contains(&plugin) && !directive.args.is_empty() {
        // NextArg takes one word.
        return Err(CorefileError::arguments(directive.line, directive.args.first().unwrap_or(&directive.name)));
    }
    match plugin {
        "any" | "chaos" => match directive.block.first() {
            Some(property) => Err(unknown_property(property)),
            None => Ok(()),
        },
        "bind" => bind(directive),
        "errors" => errors(directive),
        "health" => {
            listens(directive, plain)?;
            each(directive, |property| match property.name.as_str() {
                "lameduck" => lameduck(property),
                _ => Err(unknown_property(property)),
            })
        }
        "loadbalance" => loadbalance(directive),
        "log" => each(directive, |property| match property.name.as_str() {
            "class" => property.some()?.iter().try_for_each(|class| class_of(class)),
            _ => Err(unknown_property(property)),
        }),
        "pprof" => {
            listens(directive, |directive, why| CorefileError::at(directive.line, why))?;
            each(directive, pprof)
        }
        "prometheus" => {
            listens(directive, plain)?;
            each(directive, prometheus)
        }
        "ready" => {
            listens(directive, plain)?;
            each(directive, ready)
        }
        "reload" => reload(directive),
        "root" => directive.head().exactly::<1>().map(|_| ()),
        _ => Ok(()),
    }
}

fn each(directive: &Directive, check: impl Fn(&PluginOption) -> SetupResult) -> SetupResult {
    directive.block.iter().try_for_each(check)
}

fn unknown_property(property: &PluginOption) -> CorefileError {
    CorefileError::at(property.line, format!("unknown property '{}'", property.name))
}

fn plain(_: &Directive, why: String) -> CorefileError {
    CorefileError::plain(why)
}

/// At most one argument, an address with its port (net.SplitHostPort).
fn listens(directive: &Directive, error: impl Fn(&Directive, String) -> CorefileError) -> SetupResult {
    let address = match directive.args.as_slice() {
        [] => return Ok(()),
        [address] => address,
        _ => return Err(directive.head().argument_error()),
    };
    let why = match address.rsplit_once(':') {
        None => Some("missing port in address"),
        Some((host, _)) if host.contains(':') && !(host.starts_with('[') && host.ends_with(']')) => {
            Some("too many colons in address")
        }
        Some(_) => None,
    };
    why.map_or(Ok(()), |why| Err(error(directive, format!("address {address}: {why}"))))
}

/// The interfaces of a pod with a network of its own, as its runtime names them.
const LOOPBACK_INTERFACE: &str = "lo";
const POD_INTERFACE: &str = "eth0";

/// The addresses that a `bind` names, those of `except` left out (plugin/bind/setup.go, listIP). In its node's network
/// a pod has interfaces that nobody knows.
pub(super) fn bound_addresses(
    directive: &Directive,
    in_node_network: bool,
) -> Result<Vec<BoundAddress>, CorefileError> {
    let excepted = directive.block.iter().flat_map(|property| &property.args);
    let excepted = list_addresses(excepted, in_node_network)?;
    let mut bound = list_addresses(directive.args.iter(), in_node_network)?;
    bound.retain(|address| !excepted.contains(address));
    Ok(bound)
}

fn list_addresses<'w>(
    words: impl Iterator<Item = &'w String>,
    in_node_network: bool,
) -> Result<Vec<BoundAddress>, CorefileError> {
    let mut addresses = Vec::new();
    for word in words {
        match word.parse::<IpAddr>() {
            Ok(address) => addresses.push(BoundAddress::Address(address)),
            Err(_) if word == LOOPBACK_INTERFACE => {
                addresses.push(BoundAddress::Address(Ipv4Addr::LOCALHOST.into()));
                addresses.push(BoundAddress::Address(Ipv6Addr::LOCALHOST.into()));
            }
            Err(_) if word == POD_INTERFACE || in_node_network => addresses.push(BoundAddress::Pod),
            Err(_) => {
                let message = format!("not a valid IP address or interface name: {word:?}");
                return Err(CorefileError::plain(message));
            }
        }
    }
    Ok(addresses)
}

fn bind(directive: &Directive) -> SetupResult {
    if directive.args.is_empty() {
        return Err(CorefileError::plain("at least one address or interface name is expected"));
    }
    each(directive, |property| match (property.name.as_str(), property.args.is_empty()) {
        ("except", true) => {
            Err(CorefileError::plain("at least one address or interface must be given to except subdirective"))
        }
        ("except", false) => Ok(()),
        (other, _) => Err(CorefileError::plain(format!("invalid option {other:?}"))),
    })
}

fn lameduck(property: &PluginOption) -> SetupResult {
    let [text] = property.exactly()?;
    let wrong = |why| CorefileError::plain(format!("unable to parse lameduck duration value: '{text}' : {why}"));
    parse_duration(text).map(|_| ()).map_err(wrong)
}

fn errors(directive: &Directive) -> SetupResult {
    match directive.args.as_slice() {
        [] => {}
        [only] if only == "stdout" => {}
        [other] => return Err(CorefileError::at(directive.line, format!("invalid log file: {other}"))),
        _ => return Err(directive.head().argument_error()),
    }
    each(directive, |property| match property.name.as_str() {
        "stacktrace" => Ok(()),
        "consolidate" => consolidate(property),
        other => {
            let message = format!("Syntax error: Unexpected token '{other}', expecting 'Unknown field {other}'");
            Err(CorefileError { plugin: None, line: Some(property.line), message })
        }
    })
}

/// `consolidate DURATION REGEXP [LEVEL] [show_first]`
fn consolidate(property: &PluginOption) -> SetupResult {
    let error = |message: String| CorefileError::at(property.line, message);
    let [period, pattern, options @ ..] = property.args.as_slice() else { return Err(property.argument_error()) };
    if options.len() > 2 {
        return Err(property.argument_error());
    }
    parse_duration(period).map_err(error)?;
    Regex::new(pattern).map_err(|_| error(format!("error parsing regexp: {pattern}")))?;
    let (mut level, mut shows_first) = (false, false);
    for option in options {
        match option.as_str() {
            "warning" | "error" | "info" | "debug" if level => {
                return Err(error("multiple log levels specified in consolidate".to_owned()));
            }
            "warning" | "error" | "info" | "debug" if shows_first => {
                return Err(error("log level must come before show_first in consolidate".to_owned()));
            }
            "warning" | "error" | "info" | "debug" => level = true,
            "show_first" => shows_first = true,
            other => return Err(error(format!("unknown option in consolidate: {other}"))),
        }
    }
    Ok(())
}

/// response.ClassFromString
fn class_of(class: &str) -> SetupResult {
    match class {
        "all" | "success" | "denial" | "error" => Ok(()),
        other => Err(CorefileError::plain(format!("invalid Class: {other}"))),
    }
}

fn loadbalance(directive: &Directive) -> SetupResult {
    let error = |message: &str| CorefileError::at(directive.line, message);
    match directive.args.as_slice() {
        [] => {}
        [policy] if policy == "round_robin" => {}
        [policy, ..] if policy == "round_robin" => return Err(error("unknown property for round_robin")),
        [policy] if policy == "weighted" => return Err(error("missing weight file argument")),
        [policy, _] if policy == "weighted" => return each(directive, weighted),
        [policy, ..] if policy == "weighted" => return Err(error("unexpected argument(s)")),
        [policy, ..] => return Err(CorefileError::plain(format!("unknown policy: {policy}"))),
    }
    each(directive, |property| match property.name.as_str() {
        "prefer" => property.args.iter().try_for_each(|range| {
            let wrong = |_| {
                let message = format!("invalid CIDR {range:?}: invalid CIDR address: {range}");
                CorefileError::at(property.line, message)
            };
            range.parse::<ipnet::IpNet>().map(|_| ()).map_err(wrong)
        }),
        _ => Err(unknown_property(property)),
    })
}

fn weighted(property: &PluginOption) -> SetupResult {
    let error = |message: String| CorefileError::at(property.line, message);
    match (property.name.as_str(), property.args.as_slice()) {
        ("reload", []) => Err(error("reload duration value is missing".to_owned())),
        ("reload", [text]) => {
            parse_duration(text).map(|_| ()).map_err(|_| error(format!("invalid reload duration '{text}'")))
        }
        ("reload", _) => Err(error("unexpected argument".to_owned())),
        _ => Err(unknown_property(property)),
    }
}

fn pprof(property: &PluginOption) -> SetupResult {
    match (property.name.as_str(), property.args.as_slice()) {
        ("block", []) => Ok(()),
        ("block", [rate]) => {
            let message = format!("property 'block' invalid integer value '{rate}'");
            atoi(rate).map(|_| ()).map_err(|_| CorefileError::at(property.line, message))
        }
        ("block", _) => Err(property.argument_error()),
        _ => Err(unknown_property(property)),
    }
}

fn prometheus(property: &PluginOption) -> SetupResult {
    match property.name.as_str() {
        "runtime_metrics" => property.exactly::<0>().map(|_| ()),
        "tls" => property.exactly::<1>().map(|_| ()),
        other => Err(CorefileError::at(property.line, format!("unknown option: {other}"))),
    }
}

fn ready(property: &PluginOption) -> SetupResult {
    if property.name != "monitor" {
        return Err(unknown_property(property));
    }
    let [kind] = property.exactly()?;
    match kind.as_str() {
        "until-ready" | "continuously" => Ok(()),
        other => Err(CorefileError::at(property.line, format!("monitor type '{other}' not supported"))),
    }
}

/// `reload [INTERVAL [JITTER]]`
fn reload(directive: &Directive) -> SetupResult {
    let args = directive.args.as_slice();
    if args.len() > 2 {
        return Err(directive.head().argument_error());
    }
    let interval = args.first().map_or(Ok(30 * SECOND), |text| plain_duration(text))?;
    if interval < 2 * SECOND {
        return Err(CorefileError::plain("interval value must be greater or equal to 2s"));
    }
    let jitter = args.get(1).map_or(Ok(0), |text| plain_duration(text))?;
    if jitter != 0 && jitter < SECOND {
        return Err(CorefileError::plain("jitter value must be 0 or greater or equal to 1s"));
    }
    Ok(())
}
