//! Certificates that name whom they are for. Keys and signatures are stand-ins, always the same.

use der::asn1::AnyRef;
use der::{Decode, Reader};

use super::certificate::{NAMES, name};
use crate::model::base64;
use crate::terminal::clock;

const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;
/// ecdsa-with-SHA256, and a point on P-256 as a key.
const ALGORITHM: &[u8] = &[0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02];
const KEY_ALGORITHM: &[u8] =
    &[0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
const SUBJECT_ALT_NAME: &[u8] = &[0x06, 0x03, 0x55, 0x1d, 0x11];

/// What a certificate is to say.
pub struct CertificateRequest<'r> {
    /// `/CN=shop.example.com/O=shop`
    pub subject: &'r str,
    pub issuer: &'r str,
    /// `=DNS:a,DNS:b`
    pub names: &'r str,
    pub from: u64,
    pub days: u64,
}

impl CertificateRequest<'_> {
    /// A certificate in PEM; None for a subject that is none.
    pub fn certificate(&self) -> Option<String> {
        let until = self.from.saturating_add(self.days.saturating_mul(86400));
        let times = [time(self.from), time(until)].concat();
        let mut parts = vec![
            tagged(0xa0, &tagged(0x02, &[2])),
            tagged(0x02, &[0x1d, 0x5a, 0x3c, 0x77]),
            tagged(SEQUENCE, ALGORITHM),
            distinguished_name(self.issuer)?,
            tagged(SEQUENCE, &times),
            distinguished_name(self.subject)?,
            public_key(),
        ];
        let names: Vec<u8> =
            self.names.trim_start_matches(['=', ' ']).split(',').filter_map(alternative_name).flatten().collect();
        if !names.is_empty() {
            let value = tagged(0x04, &tagged(SEQUENCE, &names));
            let extension = tagged(SEQUENCE, &[SUBJECT_ALT_NAME, &value].concat());
            parts.push(tagged(0xa3, &tagged(SEQUENCE, &extension)));
        }
        Some(pem_block("CERTIFICATE", &signed(&parts.concat())))
    }

    /// A request for a certificate in PEM.
    pub fn request_text(&self) -> Option<String> {
        let parts = [tagged(0x02, &[0]), distinguished_name(self.subject)?, public_key(), tagged(0xa0, &[])];
        Some(pem_block("CERTIFICATE REQUEST", &signed(&parts.concat())))
    }
}

/// The subject of a request, as -subj writes it.
pub fn subject_of_request(text: &str) -> Option<String> {
    let (_, rest) = text.split_once("-----BEGIN CERTIFICATE REQUEST-----")?;
    let (body, _) = rest.split_once("-----END CERTIFICATE REQUEST-----")?;
    let bytes = base64::decode(body)?;
    let shown = AnyRef::from_der(&bytes).ok()?.sequence(|request| {
        let inner = request.decode::<AnyRef<'_>>()?;
        request.decode::<AnyRef<'_>>()?;
        request.decode::<AnyRef<'_>>()?;
        inner.sequence(|parts| {
            parts.decode::<AnyRef<'_>>()?;
            let subject = parts.decode::<AnyRef<'_>>()?.sequence(name)?;
            parts.decode::<AnyRef<'_>>()?;
            parts.decode::<AnyRef<'_>>()?;
            Ok(subject)
        })
    });
    Some(shown.ok()?.split(", ").map(|part| format!("/{}", part.replace(" = ", "="))).collect())
}

/// `/CN=a/O=b` as openssl shows it.
pub fn shown_subject(subject: &str) -> String {
    subject
        .split('/')
        .filter(|part| !part.is_empty())
        .map(|part| part.replacen('=', " = ", 1))
        .collect::<Vec<_>>()
        .join(", ")
}

/// A key in PEM that is none.
pub fn key_text() -> String {
    let key =
        tagged(SEQUENCE, &[tagged(0x02, &[0]), tagged(SEQUENCE, KEY_ALGORITHM), tagged(0x04, &[0x5a; 32])].concat());
    pem_block("PRIVATE KEY", &key)
}

fn tagged(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len();
    let head = match length {
        0..=0x7f => vec![tag, length as u8],
        0x80..=0xff => vec![tag, 0x81, length as u8],
        _ => vec![tag, 0x82, (length >> 8) as u8, (length & 0xff) as u8],
    };
    [head, content.to_vec()].concat()
}

fn signed(parts: &[u8]) -> Vec<u8> {
    let signature = tagged(0x03, &[&[0_u8][..], &[0x5a; 64]].concat());
    tagged(SEQUENCE, &[tagged(SEQUENCE, parts), tagged(SEQUENCE, ALGORITHM), signature].concat())
}

fn public_key() -> Vec<u8> {
    let point = tagged(0x03, &[&[0_u8, 4][..], &[0x5a; 64]].concat());
    tagged(SEQUENCE, &[tagged(SEQUENCE, KEY_ALGORITHM), point].concat())
}

/// GeneralizedTime; openssl writes UTCTime before 2050, which says the same.
fn time(seconds: u64) -> Vec<u8> {
    tagged(0x18, clock::formatted(seconds, "%Y%m%d%H%M%SZ").as_bytes())
}

fn distinguished_name(subject: &str) -> Option<Vec<u8>> {
    let parts = subject.strip_prefix('/')?.split('/').filter(|part| !part.is_empty()).map(|part| {
        let (kind, value) = part.split_once('=')?;
        let (identifier, _) = NAMES.iter().find(|(_, name)| *name == kind)?;
        let pair = [tagged(0x06, identifier), tagged(0x0c, value.as_bytes())].concat();
        Some(tagged(SET, &tagged(SEQUENCE, &pair)))
    });
    Some(tagged(SEQUENCE, &parts.collect::<Option<Vec<_>>>()?.concat()))
}

fn alternative_name(text: &str) -> Option<Vec<u8>> {
    match text.trim().split_once(':')? {
        ("DNS", name) => Some(tagged(0x82, name.as_bytes())),
        ("IP", address) => Some(tagged(0x87, &address.parse::<std::net::Ipv4Addr>().ok()?.octets())),
        _ => None,
    }
}

fn pem_block(title: &str, bytes: &[u8]) -> String {
    let text = base64::encode_bytes(bytes);
    let letters: Vec<char> = text.chars().collect();
    let lines: String = letters.chunks(64).map(|line| line.iter().collect::<String>() + "\n").collect();
    format!("-----BEGIN {title}-----\n{lines}-----END {title}-----\n")
}

#[cfg(test)]
mod tests {
    use super::super::certificate::CertificateText;
    use super::*;

    #[test]
    fn what_is_written_can_be_read() {
        let request = CertificateRequest {
            subject: "/CN=shop.example.com/O=shop",
            issuer: "/CN=shop.example.com/O=shop",
            names: "=DNS:shop.example.com,IP:192.0.2.80",
            from: 1_767_225_600,
            days: 365,
        };
        let read = CertificateText::read_pem(&request.certificate().unwrap()).unwrap();
        assert_eq!((&*read.subject, &*read.not_after), ("CN = shop.example.com, O = shop", "Jan  1 00:00:00 2027 GMT"));
        assert_eq!(read.names, ["DNS:shop.example.com", "IP Address:192.0.2.80"]);
        assert_eq!((&*read.key, &*read.signature), ("id-ecPublicKey, 256 (bit)", "ecdsa-with-SHA256"));
        let known = crate::http::certificate::Certificate::read_pem(&request.certificate().unwrap()).unwrap();
        assert!(known.self_signed && known.covers("shop.example.com"));
        assert_eq!(subject_of_request(&request.request_text().unwrap()).as_deref(), Some(request.subject));
    }
}
