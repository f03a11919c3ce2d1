//! On which ports a load balancer listens, and whom it lets in (pkg/ingress/model_build_listener.go,
//! computeIngressListenPortConfigByPort; model_builder.go, mergeListenPortConfigs and buildSSLRedirectConfig).

use std::collections::{BTreeMap, BTreeSet};

use ipnet::IpNet;
use serde_json::Value;

use super::annotations::BuildFault;
use super::groups::GroupMember;
use super::json::JsonObject;
use super::settings::AlbSettings;
use crate::model::Text;
use crate::order::Gather;
use crate::packet::{Scheme, TlsVersion};
use crate::source::FieldRef;

/// A port as Ingresses ask for it.
#[derive(Clone, Debug, PartialEq)]
pub struct ListenerPlan {
    pub scheme: Scheme,
    /// The networks that may connect; none for all.
    pub networks: BTreeSet<IpNet>,
    /// Lists of networks that AWS keeps.
    pub prefix_lists: BTreeSet<Text>,
    /// Where that is said.
    pub access_line: Option<FieldRef>,
    pub tls_policy: Option<(Text, FieldRef)>,
    pub client_certificates: Option<(ClientCertificates, FieldRef)>,
    /// Whether a certificate is named, or a host for which ACM may have one.
    pub has_certificate: bool,
    /// Who asks for the port.
    pub ingress: String,
    line: FieldRef,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClientCertificates {
    /// They don't count.
    Ignored,
    /// One must be shown, which AWS holds against a list of its own.
    Verified,
}

/// Ports with what is said of them.
pub type ListenerPlans = BTreeMap<u16, ListenerPlan>;

impl ListenerPlan {
    /// Whether a client that speaks no newer TLS than this can connect (policies for TLS by their names).
    pub fn takes_tls(&self, newest: TlsVersion) -> bool {
        let policy = self.tls_policy.as_ref().map_or("ELBSecurityPolicy-2016-08", |(policy, _)| &**policy);
        let oldest = match policy {
            name if name.contains("TLS13-1-3") => TlsVersion::Tls13,
            name if name.contains("-1-2") => TlsVersion::Tls12,
            name if name.contains("-1-1") => TlsVersion::Tls11,
            _ => TlsVersion::Tls10,
        };
        newest >= oldest
    }
}

pub fn ports_of_ingress(member: &GroupMember, settings: &AlbSettings) -> Result<ListenerPlans, BuildFault> {
    let annotations = member.annotations();
    let params = &member.params.spec;
    // 1. Certificates that are named, or asked for.
    let named = annotations.list("certificate-arn").is_some_and(|(names, _)| !names.is_empty());
    let created = settings.creates_certificates() && annotations.switch("create-acm-cert").ok().flatten() == Some(true);
    let has_named = !params.certificate_arns.is_empty() || named || created;
    let rules = &member.ingress.spec.rules;
    let has_host = rules.iter().any(|rule| rule.host.as_ref().is_some_and(|host| !host.is_empty()))
        || member.ingress.spec.tls.iter().any(|tls| !tls.hosts.is_empty());
    // 2. Who may connect, and how.
    let (networks, networks_line) = networks(member)?;
    let (prefix_lists, lists_line) = prefix_lists(member);
    let policy = Some(params.ssl_policy.clone()).filter(|policy| !policy.is_empty());
    let policy = policy.zip(member.params.line("sslPolicy"));
    let tls_policy = policy.or_else(|| annotations.text("ssl-policy").map(|(policy, line)| (policy.into(), line)));
    let client_certificates = client_certificates(member)?;
    // 3. The ports.
    let ports = listen_ports(member, has_named)?;
    let line = annotations.line("listen-ports").unwrap_or_else(|| member.reference.field("spec"));
    let plan = |(port, scheme): (u16, Scheme)| {
        let is_tls = scheme == Scheme::Https;
        let plan = ListenerPlan {
            scheme,
            networks: networks.clone(),
            prefix_lists: prefix_lists.clone(),
            access_line: networks_line.clone().or_else(|| lists_line.clone()),
            tls_policy: tls_policy.clone().filter(|_| is_tls),
            client_certificates: client_certificates.get(&port).cloned().filter(|_| is_tls),
            has_certificate: has_named || has_host,
            ingress: member.name(),
            line: line.clone(),
        };
        (port, plan)
    };
    Ok(ports.into_iter().map(plan).into_map())
}

/// `inbound-cidrs`
fn networks(member: &GroupMember) -> Result<(BTreeSet<IpNet>, Option<FieldRef>), BuildFault> {
    let of_class = &member.params.spec.inbound_cidrs;
    let annotations = member.annotations();
    let (texts, line, before): (Vec<&str>, _, _) = if of_class.is_empty() {
        let Some((texts, line)) = annotations.list("inbound-cidrs") else { return Ok(Default::default()) };
        (texts, Some(line), format!("invalid inbound-cidrs settings on Ingress: {}", member.name()))
    } else {
        let texts: Vec<&str> = of_class.iter().map(|text| &**text).collect();
        (texts, member.params.line("inboundCIDRs"), "invalid CIDR in IngressClassParams InboundCIDR".to_owned())
    };
    let mut networks = BTreeSet::new();
    for text in texts {
        match (text.parse::<IpNet>(), &line) {
            (Ok(network), _) => {
                networks.insert(network.trunc());
            }
            (Err(_), Some(line)) => {
                return Err(BuildFault::new(line, format!("{before}: invalid CIDR address: {text}")));
            }
            (Err(_), None) => {}
        }
    }
    Ok((networks, line))
}

/// `security-group-prefix-lists`
fn prefix_lists(member: &GroupMember) -> (BTreeSet<Text>, Option<FieldRef>) {
    let spec = &member.params.spec;
    for (lists, field) in [(&spec.prefix_lists, "prefixListsIDs"), (&spec.prefix_lists_before, "PrefixListsIDs")] {
        if !lists.is_empty() {
            return (lists.iter().cloned().into_set(), member.params.line(field));
        }
    }
    match member.annotations().list("security-group-prefix-lists") {
        Some((lists, line)) => (lists.into_iter().map(Text::from).into_set(), Some(line)),
        None => Default::default(),
    }
}

/// `listen-ports`: 443 for TLS where a certificate is named, else 80 in the clear (computeIngressListenPorts).
fn listen_ports(member: &GroupMember, has_certificate: bool) -> Result<BTreeMap<u16, Scheme>, BuildFault> {
    let annotations = member.annotations();
    let Some((text, line)) = annotations.text("listen-ports") else {
        let usual = if has_certificate { (443, Scheme::Https) } else { (80, Scheme::Http) };
        return Ok([usual].into());
    };
    let fault = |why: String| BuildFault::new(&line, why);
    let unreadable = || fault(format!("failed to parse listen-ports configuration: `{text}`"));
    let value: Value = serde_json::from_str(text).map_err(|_| unreadable())?;
    let entries = value.as_array().ok_or_else(unreadable)?;
    if entries.is_empty() {
        return Err(fault(format!("empty listen-ports configuration: `{text}`")));
    }
    let mut ports = BTreeMap::new();
    for entry in entries {
        for (protocol, port) in entry.as_object().ok_or_else(unreadable)? {
            let port = port.as_i64().and_then(|port| i32::try_from(port).ok()).ok_or_else(unreadable)?;
            let number = u16::try_from(port).ok().filter(|port| *port > 0);
            let number = number.ok_or_else(|| fault(format!("listen port must be within [1, 65535]: {port}")))?;
            let scheme = match protocol.as_str() {
                "HTTP" => Scheme::Http,
                "HTTPS" => Scheme::Https,
                other => return Err(fault(format!("listen protocol must be within [HTTP, HTTPS]: {other}"))),
            };
            ports.insert(number, scheme);
        }
    }
    Ok(ports)
}

/// `mutual-authentication`, by port (parseMtlsConfigEntries, validateMutualAuthenticationConfig).
fn client_certificates(member: &GroupMember) -> Result<BTreeMap<u16, (ClientCertificates, FieldRef)>, BuildFault> {
    let annotations = member.annotations();
    let Some((text, line)) = annotations.text("mutual-authentication") else { return Ok(BTreeMap::new()) };
    let fault = |why: String| BuildFault::new(&line, why);
    let what = "mutualAuthentication configuration from ingress annotation";
    let unreadable = || fault(format!("failed to parse {what}: `{text}`"));
    let value: Value = serde_json::from_str(text).map_err(|_| unreadable())?;
    let entries = value.as_array().ok_or_else(unreadable)?;
    if entries.is_empty() {
        return Err(fault(format!("empty {what}: `{text}`")));
    }
    let mut by_port = BTreeMap::new();
    for entry in entries {
        let entry = JsonObject::of(entry).map_err(|_| unreadable())?;
        let port = entry.number("port").map_err(|_| unreadable())?.unwrap_or_default();
        let mode = entry.required_text("mode").map_err(|_| unreadable())?;
        let store = entry.required_text("trustStore").map_err(|_| unreadable())?;
        let number = u16::try_from(port).ok().filter(|port| *port > 0);
        let number = number.ok_or_else(|| fault(format!("listen port must be within [1, 65535]: {port}")))?;
        let certificates = match (mode, store) {
            ("", _) => return Err(fault(format!("mutualAuthentication mode cannot be empty for port {port}"))),
            ("verify", "") => {
                let why = "trustStore is required when mutualAuthentication mode is verify for port";
                return Err(fault(format!("{why} {port}")));
            }
            ("verify", _) => ClientCertificates::Verified,
            ("off" | "passthrough", "") => ClientCertificates::Ignored,
            ("off" | "passthrough", _) => {
                let why = format!("Mutual Authentication mode {mode} does not support trustStore for port {port}");
                return Err(fault(why));
            }
            (other, _) => {
                let why = "mutualAuthentication mode value must be among [off, passthrough, verify] for port";
                return Err(fault(format!("{why} {port} : {other}")));
            }
        };
        by_port.insert(number, (certificates, line.clone()));
    }
    Ok(by_port)
}

/// What the Ingresses of a group ask for together; they may not contradict one another.
pub fn merge_ports(plans: &[ListenerPlans]) -> Result<ListenerPlans, BuildFault> {
    let mut merged = ListenerPlans::new();
    for (port, plan) in plans.iter().flatten() {
        let Some(known) = merged.get_mut(port) else {
            merged.insert(*port, plan.clone());
            continue;
        };
        merge(known, plan)
            .map_err(|fault| fault.within(&format!("failed to merge listenPort config for port: {port}")))?;
    }
    Ok(merged)
}

fn merge(known: &mut ListenerPlan, plan: &ListenerPlan) -> Result<(), BuildFault> {
    // 1. Protocols.
    let (one, other) = (known.ingress.clone(), &plan.ingress);
    let conflict = |what: &str, line: &FieldRef, left: String, right: String| {
        Err(BuildFault::new(line, format!("conflicting {what}, {one}: {left} | {other}: {right}")))
    };
    let name = |scheme: Scheme| scheme.name().to_uppercase();
    if known.scheme != plan.scheme {
        return conflict("protocol", &plan.line, name(known.scheme), name(plan.scheme));
    }
    // 2. Who may connect.
    let line = plan.access_line.as_ref().unwrap_or(&plan.line);
    let list = |networks: &BTreeSet<IpNet>| {
        let of = |v4: bool| {
            let texts = networks.iter().filter(|network| network.addr().is_ipv4() == v4).map(ToString::to_string);
            format!("[{}]", texts.collect::<Vec<_>>().join(" "))
        };
        format!("{}, {}", of(true), of(false))
    };
    if known.networks.is_empty() {
        known.networks.clone_from(&plan.networks);
    } else if !plan.networks.is_empty() && known.networks != plan.networks {
        return conflict("inbound-cidrs", line, list(&known.networks), list(&plan.networks));
    }
    let texts = |lists: &BTreeSet<Text>| format!("[{}]", lists.iter().map(|one| &**one).collect::<Vec<_>>().join(" "));
    if known.prefix_lists.is_empty() {
        known.prefix_lists.clone_from(&plan.prefix_lists);
    } else if !plan.prefix_lists.is_empty() && known.prefix_lists != plan.prefix_lists {
        return conflict("inbound-prefix-lists", line, texts(&known.prefix_lists), texts(&plan.prefix_lists));
    }
    known.access_line = known.access_line.take().or_else(|| plan.access_line.clone());
    // 3. TLS.
    match (&known.tls_policy, &plan.tls_policy) {
        (None, own) => known.tls_policy.clone_from(own),
        (Some((known, _)), Some((own, line))) if known != own => {
            return conflict("sslPolicy", line, known.to_string(), own.to_string());
        }
        _ => {}
    }
    match (&known.client_certificates, &plan.client_certificates) {
        (None, own) => known.client_certificates.clone_from(own),
        (Some((known, _)), Some((own, line))) if known != own => {
            return conflict("mTLS Attributes", line, format!("{known:?}"), format!("{own:?}"));
        }
        _ => {}
    }
    known.has_certificate |= plan.has_certificate;
    Ok(())
}

/// The port of TLS to which everything in the clear is sent, with the line.
pub fn redirect_port(
    members: &[GroupMember],
    listeners: &ListenerPlans,
) -> Result<Option<(u16, FieldRef)>, BuildFault> {
    // 1. What Ingresses and their classes say.
    let mut ports: BTreeMap<i32, FieldRef> = BTreeMap::new();
    for member in members {
        let of_class = &member.params.spec.ssl_redirect_port;
        if let Some(line) = member.params.line("sslRedirectPort").filter(|_| !of_class.is_empty()) {
            // One that isn't a number switches it off for all.
            let Ok(port) = of_class.parse() else { return Ok(None) };
            ports.insert(port, line);
            continue;
        }
        let annotations = member.annotations();
        let before = format!("ingress: {}", member.name());
        let port = annotations.number("ssl-redirect").map_err(|fault| fault.within(&before))?;
        ports.extend(port.zip(annotations.line("ssl-redirect")));
    }
    let Some((port, line)) = ports.first_key_value() else { return Ok(None) };
    // 2. One for all, and a listener for TLS.
    if ports.len() > 1 {
        let texts: Vec<String> = ports.keys().map(ToString::to_string).collect();
        let why = format!("conflicting sslRedirect port: [{}]", texts.join(" "));
        return Err(BuildFault::new(line, why));
    }
    let number = u16::try_from(*port).ok();
    match number.and_then(|number| Some((number, listeners.get(&number)?))) {
        None => Err(BuildFault::new(line, format!("listener does not exist for SSLRedirect port: {port}"))),
        Some((_, plan)) if plan.scheme != Scheme::Https => {
            Err(BuildFault::new(line, format!("listener protocol non-SSL for SSLRedirect port: {port}")))
        }
        Some((number, _)) => Ok(Some((number, line.clone()))),
    }
}
