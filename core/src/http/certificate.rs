//! X.509 certificates, as far as choosing one goes: the names they are for, and whether they sign themselves.
//!
//! Validity and chains aren't looked at: there is no clock here, and whom a client trusts nobody has pasted.

use std::net::IpAddr;

use der::asn1::AnyRef;
use der::{Decode, Reader, SliceReader, Tag, TagNumber, Tagged};

use super::host::covers_one_label;
use crate::model::{Secret, Text, base64};

/// The DER of the object identifiers looked for: subjectAltName (RFC 5280, 4.2.1.6) and commonName (X.520).
const SUBJECT_ALT_NAME: &[u8] = &[0x55, 0x1d, 0x11];
const COMMON_NAME: &[u8] = &[0x55, 0x04, 0x03];

/// What a certificate says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Certificate {
    /// The names and addresses it is for; its common name if it has no others.
    pub names: Vec<Text>,
    /// Whether its issuer is its subject.
    pub self_signed: bool,
}

impl Certificate {
    /// The first certificate of a Secret's `tls.crt`, which also needs a `tls.key`. None for anything that isn't one.
    pub fn of_secret(secret: &Secret) -> Option<Self> {
        let key = secret.value("tls.key").filter(|key| !key.is_empty());
        key.and_then(|_| Self::read_pem(&secret.value("tls.crt")?))
    }

    /// The first certificate of a PEM text (RFC 7468).
    pub fn read_pem(text: &str) -> Option<Self> {
        Self::read_der(&first_der(text)?).ok()
    }

    /// Reads Certificate and TBSCertificate (RFC 5280, 4.1) as far as names stand in them.
    fn read_der(bytes: &[u8]) -> der::Result<Self> {
        AnyRef::from_der(bytes)?.sequence(|certificate| {
            let signed = certificate.decode::<AnyRef<'_>>()?;
            let _algorithm = certificate.decode::<AnyRef<'_>>()?;
            let _signature = certificate.decode::<AnyRef<'_>>()?;
            signed.sequence(read_signed)
        })
    }

    /// Whether a client that asks for this host finds it among the names; a wildcard is one label (RFC 9525, 6.3).
    pub fn covers(&self, host: &str) -> bool {
        let host = host.trim_end_matches('.').to_ascii_lowercase();
        self.names.iter().any(|name| covers_one_label(name, &host))
    }
}

/// The text of the first certificate in a PEM text (RFC 7468), without the lines around it.
pub fn first_body(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once("-----BEGIN CERTIFICATE-----")?;
    rest.split_once("-----END CERTIFICATE-----").map(|(body, _)| body)
}

/// Its bytes.
pub fn first_der(text: &str) -> Option<Vec<u8>> {
    base64::decode(first_body(text)?)
}

fn read_signed<'a>(signed: &mut SliceReader<'a>) -> der::Result<Certificate> {
    let mut first = signed.decode::<AnyRef<'a>>()?;
    if is_context(first.tag(), TagNumber::N0) {
        first = signed.decode()?;
    }
    let _serial = first;
    let _algorithm = signed.decode::<AnyRef<'a>>()?;
    let issuer = signed.decode::<AnyRef<'a>>()?;
    let _validity = signed.decode::<AnyRef<'a>>()?;
    let subject = signed.decode::<AnyRef<'a>>()?;
    let _key = signed.decode::<AnyRef<'a>>()?;
    let mut names = Vec::new();
    while !signed.is_finished() {
        let part = signed.decode::<AnyRef<'a>>()?;
        if is_context(part.tag(), TagNumber::N3) {
            let all = AnyRef::from_der(part.value())?.sequence(alternative_names)?;
            names = all.into_iter().filter_map(host_name).collect();
        }
    }
    if names.is_empty() {
        names.extend(subject.sequence(read_common_name)?);
    }
    Ok(Certificate { names, self_signed: issuer == subject })
}

/// The GeneralNames of a certificate's Extensions (RFC 5280, 4.2.1.6): each tag says of which kind a name is.
pub fn alternative_names<'a>(extensions: &mut SliceReader<'a>) -> der::Result<Vec<AnyRef<'a>>> {
    let mut found = Vec::new();
    while !extensions.is_finished() {
        // 1. An extension: its kind, whether it is critical, its value.
        let (kind, value) = extensions.decode::<AnyRef<'a>>()?.sequence(|extension| {
            let kind = extension.decode::<AnyRef<'a>>()?;
            let mut value = extension.decode::<AnyRef<'a>>()?;
            if value.tag() == Tag::Boolean {
                value = extension.decode()?;
            }
            Ok((kind, value))
        })?;
        // 2. The names in it.
        if kind.value() == SUBJECT_ALT_NAME {
            found = AnyRef::from_der(value.value())?.sequence(|names| {
                let mut all = Vec::new();
                while !names.is_finished() {
                    all.push(names.decode::<AnyRef<'a>>()?);
                }
                Ok(all)
            })?;
        }
    }
    Ok(found)
}

/// dNSName and iPAddress; others name no host.
fn host_name(name: AnyRef<'_>) -> Option<Text> {
    match name.tag() {
        tag if is_context(tag, TagNumber::N2) => Some(text(name.value())),
        tag if is_context(tag, TagNumber::N7) => address(name.value()).map(|address| address.to_string().into()),
        _ => None,
    }
}

fn read_common_name<'a>(subject: &mut SliceReader<'a>) -> der::Result<Option<Text>> {
    let mut found = None;
    while !subject.is_finished() {
        let set = subject.decode::<AnyRef<'a>>()?;
        let (kind, value) = AnyRef::from_der(set.value())?
            .sequence(|pair| Ok((pair.decode::<AnyRef<'a>>()?, pair.decode::<AnyRef<'a>>()?)))?;
        if kind.value() == COMMON_NAME {
            found = Some(text(value.value()));
        }
    }
    Ok(found)
}

/// Whether a tag is this one of the context (`[2]`).
pub fn is_context(tag: Tag, wanted: TagNumber) -> bool {
    matches!(tag, Tag::ContextSpecific { number, .. } if number == wanted)
}

fn text(bytes: &[u8]) -> Text {
    String::from_utf8_lossy(bytes).to_ascii_lowercase().into()
}

/// The address in an iPAddress.
pub fn address(bytes: &[u8]) -> Option<IpAddr> {
    let four = <[u8; 4]>::try_from(bytes).map(IpAddr::from);
    four.or_else(|_| <[u8; 16]>::try_from(bytes).map(IpAddr::from)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    // openssl req -x509 -newkey ec … -subj /CN=shop.example.com -addext subjectAltName=DNS:…,DNS:*.…,IP:192.0.2.80
    const WITH_NAMES: &str = "-----BEGIN CERTIFICATE-----
MIIBxTCCAWygAwIBAgIUcbh3vHlWI/JsTyBpGUq5SOsQQPYwCgYIKoZIzj0EAwIw
GzEZMBcGA1UEAwwQc2hvcC5leGFtcGxlLmNvbTAgFw0yNjExMjEwNzUzMjJaGA8y
MTI2MTAyODA3NTMyMlowGzEZMBcGA1UEAwwQc2hvcC5leGFtcGxlLmNvbTBZMBMG
ByqGSM49AgEGCCqGSM49AwEHA0IABALE4dmKuPqHXjpGga2Ny2mm3ht3KPloHae0
Nr2Fk5/YGGSfEQRk3+6ixMLS8TmTld6foShnrxjl90hgZihmVBWjgYswgYgwHQYD
VR0OBBYEFKjuTUwTpMufdLgj/ridnOHNvaIKMB8GA1UdIwQYMBaAFKjuTUwTpMuf
dLgj/ridnOHNvaIKMA8GA1UdEwEB/wQFMAMBAf8wNQYDVR0RBC4wLIIQc2hvcC5l
eGFtcGxlLmNvbYISKi5zaG9wLmV4YW1wbGUuY29thwTAAAJQMAoGCCqGSM49BAMC
A0cAMEQCIArrKG7c7MOhM9Oe2Up+vsS9++8VUL0FBkJX594rUYwdAiA6fdqNO1tu
Ji2+ur1dk3nLcYDF4eKwB0Bd9Z8yN6KHqw==
-----END CERTIFICATE-----
";
    // The same without subjectAltName, of /CN=Old.example.com/O=x.
    const COMMON_NAME_ONLY: &str = "-----BEGIN CERTIFICATE-----
MIIBpDCCAUmgAwIBAgIUdjgTa48glpf1HivznvKGAuzVaQkwCgYIKoZIzj0EAwIw
JjEYMBYGA1UEAwwPT2xkLmV4YW1wbGUuY29tMQowCAYDVQQKDAF4MCAXDTI2MTEy
MTA3NTMyMloYDzIxMjYxMDI4MDc1MzIyWjAmMRgwFgYDVQQDDA9PbGQuZXhhbXBs
ZS5jb20xCjAIBgNVBAoMAXgwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAATvtIqb
8Na7OuPXZMr1SQjZalvsW7V3L1/4Ht4zdDleRI6hpDN0FMljLwfcKJbLpj1PcpD0
vsZyOfAG+CnaWm+Mo1MwUTAdBgNVHQ4EFgQUtMmevWS3jTH9ZkzwWXTx3/osAxkw
HwYDVR0jBBgwFoAUtMmevWS3jTH9ZkzwWXTx3/osAxkwDwYDVR0TAQH/BAUwAwEB
/zAKBggqhkjOPQQDAgNJADBGAiEApuGVhT0Regqn9VfrxK4zYOLqmAkUJx/OVNnB
M3ouytECIQDxQIfZgO10Fc1Ek+jyKu3QmGFsE3MTqCCHhlsXgMURjw==
-----END CERTIFICATE-----
";
    // Signed by the first.
    const SIGNED: &str = "-----BEGIN CERTIFICATE-----
MIIBlzCCAT2gAwIBAgIULQjceUCSwxnzw8rvAn5Br9MidTgwCgYIKoZIzj0EAwIw
GzEZMBcGA1UEAwwQc2hvcC5leGFtcGxlLmNvbTAgFw0yNjExMjEwNzUzMjJaGA8y
MTI2MTAyODA3NTMyMlowGjEYMBYGA1UEAwwPd3d3LmV4YW1wbGUub3JnMFkwEwYH
KoZIzj0CAQYIKoZIzj0DAQcDQgAEMGeGiVzkeGh3n6Rp9V3jsvYXBCltlcM55L3H
+ZFusz4DwpARAywPSSoaregvNfs7J3yxvtrHpIR304awnAj1waNeMFwwGgYDVR0R
BBMwEYIPd3d3LmV4YW1wbGUub3JnMB0GA1UdDgQWBBTgisja6xVeCC89ftmHSKbM
/24DBjAfBgNVHSMEGDAWgBSo7k1ME6TLn3S4I/64nZzhzb2iCjAKBggqhkjOPQQD
AgNIADBFAiEA8X08izgaVwy759mGhnXC8mq9I6dPWubXSBzs7NfDqMcCIGDFonoh
NyisNAeT5IDeaqbHO+fwXBIEaBlhNaFZd5gn
-----END CERTIFICATE-----
";

    fn names(pem: &str) -> Vec<String> {
        Certificate::read_pem(pem).unwrap().names.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn names_and_addresses() {
        assert_eq!(names(WITH_NAMES), ["shop.example.com", "*.shop.example.com", "192.0.2.80"]);
        assert_eq!(names(COMMON_NAME_ONLY), ["old.example.com"]);
    }

    #[test]
    fn a_wildcard_covers_one_label() {
        let certificate = Certificate::read_pem(WITH_NAMES).unwrap();
        for (host, covered) in [
            ("Shop.example.com", true),
            ("a.shop.example.com.", true),
            ("a.b.shop.example.com", false),
            ("example.com", false),
        ] {
            assert_eq!(certificate.covers(host), covered, "{host}");
        }
    }

    #[test]
    fn who_signed() {
        assert!(Certificate::read_pem(WITH_NAMES).unwrap().self_signed);
        assert!(!Certificate::read_pem(SIGNED).unwrap().self_signed);
    }

    #[test]
    fn nonsense_is_no_certificate() {
        let cut: String =
            WITH_NAMES.lines().filter(|line| !line.starts_with("Nr2F")).map(|line| format!("{line}\n")).collect();
        for text in ["", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----", cut.as_str()] {
            assert_eq!(Certificate::read_pem(text), None, "{text}");
        }
    }
}
