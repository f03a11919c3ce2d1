//! A certificate in openssl's words (RFC 5280): names, times, algorithms.

use std::net::IpAddr;

use der::asn1::AnyRef;
use der::{Decode, Reader, SliceReader, Tag, TagNumber, Tagged};

use crate::http::certificate::{address, alternative_names, first_body, first_der, is_context};
use crate::terminal::clock;

/// Object identifiers, in DER, with openssl's names.
pub const NAMES: [(&[u8], &str); 8] = [
    (&[0x55, 0x04, 0x03], "CN"),
    (&[0x55, 0x04, 0x06], "C"),
    (&[0x55, 0x04, 0x07], "L"),
    (&[0x55, 0x04, 0x08], "ST"),
    (&[0x55, 0x04, 0x0a], "O"),
    (&[0x55, 0x04, 0x0b], "OU"),
    (&[0x55, 0x04, 0x05], "serialNumber"),
    (&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x01], "emailAddress"),
];
const ALGORITHMS: [(&[u8], &str); 9] = [
    (&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01], "rsaEncryption"),
    (&[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01], "id-ecPublicKey"),
    (&[0x2b, 0x65, 0x70], "ED25519"),
    (&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b], "sha256WithRSAEncryption"),
    (&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0c], "sha384WithRSAEncryption"),
    (&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0d], "sha512WithRSAEncryption"),
    (&[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02], "ecdsa-with-SHA256"),
    (&[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x03], "ecdsa-with-SHA384"),
    (&[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x04], "ecdsa-with-SHA512"),
];

/// What a certificate says.
#[derive(Clone, Debug, Default)]
pub struct CertificateText {
    pub serial: String,
    pub subject: String,
    pub issuer: String,
    /// `Jan  1 00:00:00 2026 GMT`
    pub not_before: String,
    pub not_after: String,
    /// The same in seconds.
    pub ends_at: Option<u64>,
    pub key: String,
    pub signature: String,
    /// `DNS:shop.example.com`
    pub names: Vec<String>,
}

/// The first certificate of a text, as it stands there.
pub fn pem(text: &str) -> Option<String> {
    let body = first_body(text)?.trim_end();
    Some(format!("-----BEGIN CERTIFICATE-----{body}\n-----END CERTIFICATE-----\n"))
}

impl CertificateText {
    pub fn read_pem(text: &str) -> Option<Self> {
        read_der(&first_der(text)?).ok()
    }

    /// As x509 prints a part of it.
    pub fn printed(&self, what: &str) -> String {
        let names = || {
            if self.names.is_empty() {
                return "No extensions in certificate\n".to_owned();
            }
            format!("X509v3 Subject Alternative Name: \n    {}\n", self.names.join(", "))
        };
        match what {
            "subject" => format!("subject={}\n", self.subject),
            "issuer" => format!("issuer={}\n", self.issuer),
            "startdate" => format!("notBefore={}\n", self.not_before),
            "enddate" => format!("notAfter={}\n", self.not_after),
            "serial" => format!("serial={}\n", self.serial),
            "names" => names(),
            _ => format!(
                "Certificate:\n    Data:\n        Version: 3 (0x2)\n        Serial Number:\n            {}\n        Signature \
                 Algorithm: {}\n        Issuer: {}\n        Validity\n            Not Before: {}\n            Not After : {}\n        \
                 Subject: {}\n        Subject Public Key Info:\n            Public Key Algorithm: {}\n{}",
                self.serial_with_colons(),
                self.signature,
                self.issuer,
                self.not_before,
                self.not_after,
                self.subject,
                self.key.split(',').next().unwrap_or_default(),
                if self.names.is_empty() {
                    String::new()
                } else {
                    format!(
                        "        X509v3 extensions:\n            X509v3 Subject Alternative Name: \n                {}\n",
                        self.names.join(", ")
                    )
                }
            ),
        }
    }

    fn serial_with_colons(&self) -> String {
        let letters: Vec<char> = self.serial.to_lowercase().chars().collect();
        letters.chunks(2).map(|pair| pair.iter().collect::<String>()).collect::<Vec<_>>().join(":")
    }
}

fn read_der(bytes: &[u8]) -> der::Result<CertificateText> {
    AnyRef::from_der(bytes)?.sequence(|certificate| {
        let signed = certificate.decode::<AnyRef<'_>>()?;
        let algorithm = certificate.decode::<AnyRef<'_>>()?;
        let _signature = certificate.decode::<AnyRef<'_>>()?;
        let mut read = signed.sequence(read_signed)?;
        read.signature = algorithm.sequence(algorithm_name)?;
        Ok(read)
    })
}

fn read_signed<'a>(signed: &mut SliceReader<'a>) -> der::Result<CertificateText> {
    let mut first = signed.decode::<AnyRef<'a>>()?;
    if is_context(first.tag(), TagNumber::N0) {
        first = signed.decode()?;
    }
    let mut read = CertificateText { serial: hex(first.value()), ..CertificateText::default() };
    let _algorithm = signed.decode::<AnyRef<'a>>()?;
    read.issuer = signed.decode::<AnyRef<'a>>()?.sequence(name)?;
    let (before, after) = signed
        .decode::<AnyRef<'a>>()?
        .sequence(|times| Ok((times.decode::<AnyRef<'a>>()?, times.decode::<AnyRef<'a>>()?)))?;
    (read.not_before, read.not_after, read.ends_at) = (moment(before).0, moment(after).0, moment(after).1);
    read.subject = signed.decode::<AnyRef<'a>>()?.sequence(name)?;
    read.key = signed.decode::<AnyRef<'a>>()?.sequence(key)?;
    while !signed.is_finished() {
        let part = signed.decode::<AnyRef<'a>>()?;
        if is_context(part.tag(), TagNumber::N3) {
            let names = AnyRef::from_der(part.value())?.sequence(alternative_names)?;
            read.names = names.into_iter().map(general_name).collect();
        }
    }
    Ok(read)
}

fn known(table: &[(&[u8], &'static str)], identifier: &[u8]) -> String {
    let found = table.iter().find(|(own, _)| *own == identifier);
    found.map_or_else(|| format!("OID {}", hex(identifier)), |(_, name)| (*name).to_owned())
}

fn algorithm_name<'a>(parts: &mut SliceReader<'a>) -> der::Result<String> {
    let identifier = parts.decode::<AnyRef<'a>>()?;
    while !parts.is_finished() {
        parts.decode::<AnyRef<'a>>()?;
    }
    Ok(known(&ALGORITHMS, identifier.value()))
}

/// `O = shop, CN = shop.example.com`
pub fn name<'a>(parts: &mut SliceReader<'a>) -> der::Result<String> {
    let mut all = Vec::new();
    while !parts.is_finished() {
        let set = parts.decode::<AnyRef<'a>>()?;
        let (kind, value) = AnyRef::from_der(set.value())?
            .sequence(|pair| Ok((pair.decode::<AnyRef<'a>>()?, pair.decode::<AnyRef<'a>>()?)))?;
        all.push(format!("{} = {}", known(&NAMES, kind.value()), String::from_utf8_lossy(value.value())));
    }
    Ok(all.join(", "))
}

fn key<'a>(parts: &mut SliceReader<'a>) -> der::Result<String> {
    let algorithm = parts.decode::<AnyRef<'a>>()?.sequence(algorithm_name)?;
    let bits = parts.decode::<AnyRef<'a>>()?.value().len().saturating_sub(1);
    let size = match algorithm.as_str() {
        // A point of the curve, with one byte before it.
        "id-ecPublicKey" => bits.saturating_sub(1) * 4,
        // What stands around the modulus is short.
        "rsaEncryption" => bits.saturating_sub(14) / 128 * 1024,
        _ => 253,
    };
    Ok(format!("{algorithm}, {size} (bit)"))
}

/// UTCTime and GeneralizedTime, as openssl prints them, and in seconds.
fn moment(time: AnyRef<'_>) -> (String, Option<u64>) {
    let text = String::from_utf8_lossy(time.value()).into_owned();
    let text = if time.tag() != Tag::UtcTime {
        text
    } else if text.starts_with(['5', '6', '7', '8', '9']) {
        format!("19{text}")
    } else {
        format!("20{text}")
    };
    let part = |from: usize, to: usize| text.get(from..to).unwrap_or_default();
    let whole =
        format!("{}-{}-{}T{}:{}:{}Z", part(0, 4), part(4, 6), part(6, 8), part(8, 10), part(10, 12), part(12, 14));
    match clock::seconds_of(&whole) {
        Some(seconds) => (clock::formatted(seconds, "%b %e %H:%M:%S %Y GMT"), Some(seconds)),
        None => (text, None),
    }
}

/// A GeneralName as openssl prints it (crypto/x509/v3_san.c, GENERAL_NAME_print).
fn general_name(name: AnyRef<'_>) -> String {
    let text = String::from_utf8_lossy(name.value());
    match name.tag() {
        tag if is_context(tag, TagNumber::N1) => format!("email:{text}"),
        tag if is_context(tag, TagNumber::N2) => format!("DNS:{text}"),
        tag if is_context(tag, TagNumber::N6) => format!("URI:{text}"),
        tag if is_context(tag, TagNumber::N7) => match address(name.value()) {
            Some(IpAddr::V4(address)) => format!("IP Address:{address}"),
            Some(IpAddr::V6(address)) => {
                let parts: Vec<String> = address.segments().iter().map(|part| format!("{part:X}")).collect();
                format!("IP Address:{}", parts.join(":"))
            }
            None => "IP Address:<invalid>".to_owned(),
        },
        _ => "othername:<unsupported>".to_owned(),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02X}")).collect()
}
