//! Names of the chains that kube-proxy makes for each port of a Service and each endpoint.

use sha2::{Digest, Sha256};

use crate::packet::Protocol;

/// RFC 4648, section 6.
const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// The name that iptables sees: a prefix, and the first 16 letters of a hash (pkg/proxy/iptables, portProtoHash and
/// servicePortEndpointChainName).
pub fn hashed(prefix: &str, port_name: &str, protocol: Protocol, endpoint: &str) -> String {
    format!("{prefix}{}", hash(&format!("{port_name}{}{endpoint}", lower(protocol)), 16))
}

/// The first letters of a SHA-256 in base 32.
pub fn hash(text: &str, length: usize) -> String {
    let digest = Sha256::digest(text.as_bytes());
    let mut name = String::new();
    let (mut bits, mut count) = (0u32, 0);
    for byte in digest {
        bits = (bits << 8) | u32::from(byte);
        count += 8;
        while count >= 5 && name.len() < length {
            count -= 5;
            let letter = ALPHABET.get(((bits >> count) & 31) as usize).copied().unwrap_or(b'A');
            name.push(char::from(letter));
        }
    }
    name
}

/// `tcp`
pub fn lower(protocol: Protocol) -> String {
    protocol.to_string().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_chain_of_the_api_server_is_the_same_in_every_cluster() {
        assert_eq!(hashed("KUBE-SVC-", "default/kubernetes:https", Protocol::Tcp, ""), "KUBE-SVC-NPX46M4PTMTKRN6Y");
        assert_eq!(hashed("KUBE-SVC-", "kube-system/kube-dns:dns", Protocol::Udp, ""), "KUBE-SVC-TCOU7JCQXEZGVUNU");
        assert_eq!(hashed("KUBE-SVC-", "kube-system/kube-dns:dns-tcp", Protocol::Tcp, ""), "KUBE-SVC-ERIFXISQEP7F7OF4");
    }
}
