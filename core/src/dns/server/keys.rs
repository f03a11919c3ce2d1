//! The keys of server blocks: `.:53`, `dns://example.org`, `10.0.0.0/8` (plugin/normalize.go SplitHostPort).

use std::collections::BTreeSet;

use crate::packet::DnsName;

use super::super::corefile::CorefileError;
use super::super::name::{is_domain_name, zones_of};

/// What a key says.
#[derive(Clone, Debug)]
pub(super) struct ServerKey {
    /// Several where a CIDR is split.
    pub zones: Vec<DnsName>,
    /// The port; 0 for one that there isn't.
    pub port: u16,
    /// The port as it was written.
    written: Option<i64>,
    /// Whether it speaks plain DNS.
    pub plain: bool,
}

/// The schemes other than `dns`, with their ports.
const TRANSPORTS: &[(&str, u16)] =
    &[("tls", 853), ("quic", 853), ("grpc", 443), ("https3", 443), ("https", 443), ("unix", 53)];

pub(super) fn read(key: &str) -> Result<ServerKey, CorefileError> {
    let other =
        TRANSPORTS.iter().find_map(|(scheme, port)| Some((key.strip_prefix(scheme)?.strip_prefix("://")?, *port)));
    let plain = other.is_none();
    let (text, usual) = other.unwrap_or((key.strip_prefix("dns://").unwrap_or(key), 53));
    let wrong = |why: String| CorefileError::plain(format!("error inspecting server blocks: {why}"));
    // 1. What stands behind the last colon is the port, if it is a number.
    let (host, written) = match text.rsplit_once(':') {
        Some((_, "")) => return Err(wrong(format!("expecting data after last colon: {text:?}"))),
        Some((host, number)) => match number.parse::<i64>() {
            Ok(port) => (host, Some(port)),
            Err(_) => (text, None),
        },
        None => (text, None),
    };
    // 2. The rest must be a name or a range.
    if host.len() > 255 {
        return Err(wrong(format!("specified zone is too long: {} > 255", host.len())));
    }
    if !is_domain_name(host) {
        return Err(wrong(format!("zone is not a valid domain name: {host}")));
    }
    let port = written.map_or(Some(usual), |port| u16::try_from(port).ok());
    Ok(ServerKey { zones: zones_of(host), port: port.unwrap_or_default(), written, plain })
}

/// A zone can be served once per port (validateZonesAndListeningAddresses).
pub(super) fn check_zones_once<'k>(blocks: impl Iterator<Item = &'k [ServerKey]>) -> Result<(), CorefileError> {
    let mut served = BTreeSet::new();
    for key in blocks.flatten().filter(|key| key.plain) {
        for zone in &key.zones {
            if !served.insert((key.port, zone.as_str().to_ascii_lowercase())) {
                let message = format!("cannot serve dns://{zone}:{} - it is already defined", key.port);
                return Err(CorefileError::plain(message));
            }
        }
    }
    Ok(())
}

/// What the system says to ports that there aren't.
pub(super) fn check_ports<'k>(blocks: impl Iterator<Item = &'k [ServerKey]>) -> Result<(), CorefileError> {
    let written = blocks.flatten().filter_map(|key| key.written);
    let mut wrong = written.filter(|port| u16::try_from(*port).is_err());
    let message = wrong.next().map(|port| format!("listen tcp: address {port}: invalid port"));
    message.map_or(Ok(()), |message| Err(CorefileError::plain(message)))
}
