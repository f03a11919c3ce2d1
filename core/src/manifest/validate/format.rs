//! The forms of names, labels, ports and addresses, with the API server's words for what breaks them
//! (apimachinery, pkg/util/validation). Each function gives the objections, none if the value is fine.

use std::net::{IpAddr, Ipv4Addr};

use crate::model::KubernetesVersion;

const DNS1123_LABEL: &str = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
const DNS1123_SUBDOMAIN: &str = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*";
const QUALIFIED_NAME: &str = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]";
const QUALIFIED_NAME_RULE: &str =
    "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";

/// What is said of a CIDR that no network is written as.
pub(super) const HOST_BITS: &str = "must not have bits set beyond the prefix length";

/// A checker of a name's form.
pub(super) type Form = fn(&str) -> Vec<String>;

/// `web`: at most 63 bytes, letters, digits and dashes.
pub(super) fn dns1123_label(value: &str) -> Vec<String> {
    let mut objections = too_long(value, 63);
    if !is_dns1123_label(value) && is_dns1123_subdomain(value) {
        objections.push("must not contain dots".to_owned());
    } else if !is_dns1123_label(value) {
        objections.push(pattern(
            "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character",
            DNS1123_LABEL,
            &["my-name", "123-abc"],
        ));
    }
    objections
}

/// `web.example.com`: labels with dots between, at most 253 bytes.
pub(super) fn dns1123_subdomain(value: &str) -> Vec<String> {
    let mut objections = too_long(value, 253);
    if !is_dns1123_subdomain(value) {
        objections.push(pattern(
            "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
            DNS1123_SUBDOMAIN,
            &["example.com"],
        ));
    }
    objections
}

/// `web`: as [`dns1123_label`], beginning with a letter.
pub(super) fn dns1035_label(value: &str) -> Vec<String> {
    let mut objections = too_long(value, 63);
    if !is_dns1123_label(value) || !value.starts_with(|c: char| c.is_ascii_lowercase()) {
        objections.push(pattern(
            "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character",
            "[a-z]([-a-z0-9]*[a-z0-9])?",
            &["my-name", "abc-123"],
        ));
    }
    objections
}

/// `*.example.com`.
pub(super) fn wildcard_subdomain(value: &str) -> Vec<String> {
    let mut objections = too_long(value, 253);
    if !value.strip_prefix("*.").is_some_and(is_dns1123_subdomain) {
        objections.push(pattern(
            "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character",
            &format!(r"\*\.{DNS1123_SUBDOMAIN}"),
            &["*.example.com"],
        ));
    }
    objections
}

/// `example.com/name` or `name`: label and annotation keys.
pub(super) fn qualified_name(value: &str) -> Vec<String> {
    // 1. The prefix, if there is one.
    let mut objections = Vec::new();
    let name = match value.split('/').collect::<Vec<_>>().as_slice() {
        [name] => *name,
        [prefix, name] => {
            if prefix.is_empty() {
                objections.push("prefix part must be non-empty".to_owned());
            } else {
                objections
                    .extend(dns1123_subdomain(prefix).into_iter().map(|objection| format!("prefix part {objection}")));
            }
            name
        }
        _ => {
            let rule =
                pattern(&format!("a valid label key {QUALIFIED_NAME_RULE}"), QUALIFIED_NAME, &QUALIFIED_EXAMPLES);
            return vec![format!("{rule} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')")];
        }
    };
    // 2. The name behind it: its length, then its letters.
    if name.is_empty() {
        objections.push("name part must be non-empty".to_owned());
    } else {
        objections.extend((name.len() > 63).then(|| "name part must be no more than 63 bytes".to_owned()));
    }
    if !is_qualified(name) {
        objections.push(pattern(&format!("name part {QUALIFIED_NAME_RULE}"), QUALIFIED_NAME, &QUALIFIED_EXAMPLES));
    }
    objections
}

const QUALIFIED_EXAMPLES: [&str; 3] = ["MyName", "my.name", "123-abc"];

/// A label's value: empty, or at most 63 bytes of letters, digits, `-`, `_`, `.`.
pub(super) fn label_value(value: &str) -> Vec<String> {
    let mut objections = Vec::new();
    if value.len() > 63 {
        objections.push("must be no more than 63 bytes".to_owned());
    }
    if !value.is_empty() && !is_qualified(value) {
        objections.push(pattern(
            "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
            "(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?",
            &["MyValue", "my_value", "12345"],
        ));
    }
    objections
}

/// `web` as a Service's name: since 1.36 it may begin with a digit (RelaxedServiceNameValidation).
pub(super) fn service_name(version: KubernetesVersion) -> Form {
    if version >= KubernetesVersion::V1_37 { dns1123_label } else { dns1035_label }
}

/// A search domain: labels may begin with an underscore and hold some (RelaxedDNSSearchValidation).
pub(super) fn search_domain(value: &str) -> Vec<String> {
    let mut objections = too_long(value, 253);
    let is_label = |label: &str| {
        let label = label.strip_prefix('_').unwrap_or(label);
        let inner = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_');
        let edge = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
        label.chars().all(inner) && label.starts_with(edge) && label.ends_with(edge)
    };
    if !value.split('.').all(is_label) {
        objections.push(pattern(
            "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', and must start and end with an alphanumeric character",
            r"_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?(\._?[a-z0-9]([-_a-z0-9]*[a-z0-9])?)*",
            &["example.com"],
        ));
    }
    objections
}

/// A key of a ConfigMap or Secret.
pub(super) fn config_key(value: &str) -> Vec<String> {
    let mut objections = too_long(value, 253);
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    if value.is_empty() || !value.bytes().all(allowed) {
        objections.push(pattern(
            "a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
            "[-._a-zA-Z0-9]+",
            &["key.name", "KEY_NAME", "key-name"],
        ));
    }
    match value {
        "." => objections.push("must not be '.'".to_owned()),
        ".." => objections.push("must not be '..'".to_owned()),
        _ if value.starts_with("..") => objections.push("must not start with '..'".to_owned()),
        _ => {}
    }
    objections
}

/// `http`: the name of a container's port (RFC 6335, lower case).
pub(super) fn port_name(value: &str) -> Vec<String> {
    let mut objections = too_long(value, 15);
    let mut object = |holds: bool, words: &str| {
        if !holds {
            objections.push(words.to_owned());
        }
    };
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    object(
        !value.is_empty() && value.chars().all(allowed),
        "must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)",
    );
    object(value.contains(|c: char| c.is_ascii_lowercase()), "must contain at least one letter (a-z)");
    object(!value.contains("--"), "must not contain consecutive hyphens");
    object(!value.starts_with('-') && !value.ends_with('-'), "must not begin or end with a hyphen");
    objections
}

/// 1 to 65535.
pub(super) fn port_number(value: i32) -> Vec<String> {
    if (1..=65535).contains(&value) { Vec::new() } else { vec!["must be between 1 and 65535, inclusive".to_owned()] }
}

/// An address of either family.
pub(super) fn ip(value: &str) -> Vec<String> {
    match parse_ip(value) {
        Some(_) => Vec::new(),
        None => vec!["must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)".to_owned()],
    }
}

/// As Go's old net.ParseIP, which Kubernetes keeps: leading zeros are decimal (k8s.io/utils/net, ParseIPSloppy).
pub(super) fn parse_ip(value: &str) -> Option<IpAddr> {
    value.parse().ok().or_else(|| {
        let octets: Vec<u8> = value.split('.').map(digits).collect::<Option<_>>()?;
        <[u8; 4]>::try_from(octets).ok().map(|octets| IpAddr::V4(Ipv4Addr::from(octets)))
    })
}

/// An address and a prefix length; host bits may be set (ParseCIDRSloppy).
pub(super) fn parse_cidr(value: &str) -> Option<(IpAddr, u8)> {
    let (address, length) = value.split_once('/')?;
    let address = parse_ip(address)?;
    let length: u8 = digits(length)?;
    let limit = if address.is_ipv4() { 32 } else { 128 };
    (length <= limit).then_some((address, length))
}

/// A network; since 1.36 of one form only (StrictIPCIDRValidation).
pub(super) fn cidr(value: &str, version: KubernetesVersion) -> Vec<String> {
    let Some((address, length)) = parse_cidr(value) else {
        return vec!["must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)".to_owned()];
    };
    let written = value.split_once('/').map_or("", |(address, _)| address);
    let mut objections = loose(written, version);
    let network = ipnet::IpNet::new(address, length).ok();
    let has_host_bits = network.is_some_and(|network| network.network() != address);
    if version >= KubernetesVersion::V1_37 && has_host_bits {
        objections.push(HOST_BITS.to_owned());
    }
    objections
}

/// An address of either family; since 1.36 of one form only (StrictIPCIDRValidation).
pub(super) fn strict_ip(value: &str, version: KubernetesVersion) -> Vec<String> {
    let mut objections = ip(value);
    if objections.is_empty() {
        objections.extend(loose(value, version));
    }
    objections
}

/// Forms that Go once took and 1.36 doesn't take any more.
fn loose(address: &str, version: KubernetesVersion) -> Vec<String> {
    let mut objections = Vec::new();
    let has_zeros = |part: &str| part.len() > 1 && part.starts_with('0');
    if version >= KubernetesVersion::V1_37 {
        if !address.contains(':') && address.split('.').any(has_zeros) {
            objections.push("must not have leading 0s".to_owned());
        }
        if address.to_lowercase().starts_with("::ffff:") && address.contains('.') {
            objections.push("must not be an IPv4-mapped IPv6 address".to_owned());
        }
    }
    objections
}

/// Addresses that no endpoint and no external address may have (ValidateNonSpecialIP).
pub(super) fn special_ip(value: &str) -> Vec<String> {
    let Some(address) = parse_ip(value) else { return vec!["must be a valid IP address".to_owned()] };
    let (link_local, link_local_multicast) = match address {
        IpAddr::V4(address) => (address.is_link_local(), address.octets().starts_with(&[224, 0, 0])),
        IpAddr::V6(address) => (
            address.segments().first().is_some_and(|first| first & 0xffc0 == 0xfe80),
            address.segments().first().is_some_and(|first| first & 0xff0f == 0xff02),
        ),
    };
    let rules = [
        (address.is_unspecified(), format!("may not be unspecified ({value})")),
        (address.is_loopback(), "may not be in the loopback range (127.0.0.0/8, ::1/128)".to_owned()),
        (link_local, "may not be in the link-local range (169.254.0.0/16, fe80::/10)".to_owned()),
        (link_local_multicast, "may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)".to_owned()),
    ];
    rules.into_iter().filter(|(broken, _)| *broken).map(|(_, words)| words).collect()
}

/// Digits only; Rust would take a sign too.
fn digits(text: &str) -> Option<u8> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

fn too_long(value: &str, limit: usize) -> Vec<String> {
    if value.len() > limit { vec![format!("must be no more than {limit} characters")] } else { Vec::new() }
}

/// apimachinery's RegexError.
fn pattern(rule: &str, regex: &str, examples: &[&str]) -> String {
    let examples: Vec<String> = examples.iter().map(|example| format!("'{example}', ")).collect();
    format!("{rule} (e.g. {}regex used for validation is '{regex}')", examples.join(" or "))
}

fn is_dns1123_label(value: &str) -> bool {
    let inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    !value.is_empty() && value.bytes().all(inner) && !value.starts_with('-') && !value.ends_with('-')
}

fn is_dns1123_subdomain(value: &str) -> bool {
    value.split('.').all(is_dns1123_label)
}

fn is_qualified(value: &str) -> bool {
    let inner = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    let edge = |c: char| c.is_ascii_alphanumeric();
    value.bytes().all(inner) && value.starts_with(edge) && value.ends_with(edge)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objections_have_the_api_servers_words() {
        assert_eq!(
            dns1035_label("1web"),
            [
                "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')"
            ]
        );
        assert_eq!(
            qualified_name("a b"),
            [
                "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
            ]
        );
        assert_eq!(dns1123_label(&"a".repeat(64)), ["must be no more than 63 characters"]);
        assert_eq!(port_name("8080"), ["must contain at least one letter (a-z)"]);
        assert!(port_name("http-alt").is_empty());
    }

    #[test]
    fn addresses_may_have_leading_zeros() {
        assert_eq!(parse_ip("010.0.0.1"), Some(IpAddr::from([10, 0, 0, 1])));
        assert!(parse_ip("10.0.0").is_none() && parse_ip("10.0.0.256").is_none());
        assert_eq!(special_ip("169.254.0.1").len(), 1);
        assert!(special_ip("10.0.0.1").is_empty());
        assert_eq!(parse_cidr("10.0.0.1/33"), None);
    }
}
