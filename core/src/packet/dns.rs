//! DNS questions, records and answers (RFC 1035, 2782, 3596).

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};

use serde::{Deserialize, Serialize};

mod line;
mod size;

/// A name without the final dot, case kept; equal and ordered without regard to ASCII case. The root is empty.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct DnsName(String);

/// What is asked.
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    pub name: DnsName,
    pub record_type: RecordType,
}

/// The types that resolvers ask for and that CoreDNS tells apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RecordType {
    /// IPv4 address.
    A,
    /// IPv6 address.
    Aaaa,
    /// Another name.
    Cname,
    /// The name of an address.
    Ptr,
    /// A service's ports.
    Srv,
    /// Text.
    Txt,
    /// Name servers.
    Ns,
    /// Start of authority.
    Soa,
    /// Mail.
    Mx,
    /// Any other, by number (RFC 3597).
    Other(u16),
}

/// A resource record.
#[derive(Clone, Debug, PartialEq)]
pub struct DnsRecord {
    /// Whose.
    pub name: DnsName,
    /// Seconds.
    pub ttl: u32,
    pub data: RecordData,
}

/// What a record says.
#[derive(Clone, Debug, PartialEq)]
pub enum RecordData {
    /// An IPv4 address.
    A(Ipv4Addr),
    /// An IPv6 address.
    Aaaa(Ipv6Addr),
    /// Another name.
    Cname(DnsName),
    /// The name of an address.
    Ptr(DnsName),
    /// A port on a target.
    Srv {
        /// Lower first.
        priority: u16,
        /// Share among equals.
        weight: u16,
        port: u16,
        /// The host.
        target: DnsName,
    },
    /// Text.
    Txt(Vec<String>),
    /// A name server.
    Ns(DnsName),
    /// Start of authority.
    Soa {
        /// The primary server.
        mname: DnsName,
        /// The mailbox.
        rname: DnsName,
        /// Changes with the zone.
        serial: u32,
        /// Seconds.
        refresh: u32,
        /// Seconds.
        retry: u32,
        /// Seconds.
        expire: u32,
        /// Negative answers' TTL.
        minimum: u32,
    },
    /// Mail.
    Mx {
        /// Lower first.
        preference: u16,
        /// The host.
        exchange: DnsName,
    },
    /// Any other type, in its presentation form.
    Other(RecordType, String),
}

/// The response code.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rcode {
    /// NOERROR
    #[default]
    NoError,
    /// FORMERR
    FormErr,
    /// SERVFAIL
    ServFail,
    /// NXDOMAIN
    NxDomain,
    /// NOTIMP
    NotImp,
    Refused,
    /// Any other, by number (IANA's registry): 16 is BADVERS.
    Other(u16),
}

/// A server's answer to one question.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answer {
    /// The response code.
    pub rcode: Rcode,
    /// The flag aa.
    pub authoritative: bool,
    /// The flag ra.
    pub recursion_available: bool,
    /// The flag tc: records are missing that didn't fit into a packet.
    pub truncated: bool,
    /// The answer section.
    pub answers: Vec<DnsRecord>,
    /// The authority section.
    pub authority: Vec<DnsRecord>,
    /// The additional section, without OPT.
    pub additional: Vec<DnsRecord>,
    /// What the OPT record says beyond repeating the client's.
    pub edns: EdnsReply,
    /// Names are compressed although all records fit.
    pub compressed: bool,
    /// The flag rd, where it isn't the question's.
    pub recursion_desired: Option<bool>,
}

/// The server's part of the OPT record (RFC 6891); the rest of it repeats the client's.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EdnsReply {
    /// The buffer that the server takes in place of a larger one of the client.
    pub buffer: Option<u16>,
    /// Whether there is an OPT record for clients without one, too.
    pub always: bool,
    /// Whether the OPT record is a resolver's that was asked in turn: the question's options aren't repeated then.
    pub forwarded: bool,
    /// The flag do, whatever the client's.
    pub dnssec: bool,
    pub options: Vec<EdnsOption>,
}

/// An option of an OPT record.
#[derive(Clone, Debug, PartialEq)]
pub enum EdnsOption {
    /// Why it went wrong, by IANA's number (RFC 8914).
    ExtendedError(u16, String),
    /// Any other, by code.
    Local(u16, Vec<u8>),
}

impl EdnsReply {
    /// The buffer of the reply's OPT record for a client that offers one; None without such a record.
    pub fn buffer_for(&self, offered: Option<u16>) -> Option<u16> {
        let offered = offered.or(self.always.then_some(Self::OWN_BUFFER))?;
        Some(self.buffer.map_or(offered, |most| offered.min(most)))
    }

    /// What CoreDNS' plugins write into an OPT record that they add.
    const OWN_BUFFER: u16 = 4096;
}

impl DnsName {
    /// Takes a name with or without final dot.
    pub fn new(text: impl AsRef<str>) -> Self {
        let text = text.as_ref();
        Self(text.strip_suffix('.').unwrap_or(text).to_owned())
    }

    /// Without final dot.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// From left to right; none for the root.
    pub fn labels(&self) -> impl DoubleEndedIterator<Item = &str> {
        self.0.split('.').filter(|label| !label.is_empty())
    }

    /// The part left of a zone, if the name lies in it: `web.default` of `web.default.svc` in `svc`, empty for the zone.
    pub fn within(&self, zone: &DnsName) -> Option<&str> {
        if zone.0.is_empty() {
            return Some(&self.0);
        }
        let split = self.0.len().checked_sub(zone.0.len())?;
        let (left, right) = self.0.split_at_checked(split)?;
        let below = left.strip_suffix('.').or(left.is_empty().then_some(""))?;
        right.eq_ignore_ascii_case(&zone.0).then_some(below)
    }
}

impl PartialEq for DnsName {
    fn eq(&self, other: &Self) -> bool {
        self.0.eq_ignore_ascii_case(&other.0)
    }
}

impl Eq for DnsName {}

impl PartialOrd for DnsName {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for DnsName {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.to_ascii_lowercase().cmp(&other.0.to_ascii_lowercase())
    }
}

impl fmt::Display for DnsName {
    /// With final dot, as in zone files.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.", self.0)
    }
}

/// Types that CoreDNS doesn't tell apart but people ask for (IANA's registry).
const OTHER_TYPES: &[(&str, u16)] = &[
    ("HINFO", 13),
    ("LOC", 29),
    ("NAPTR", 35),
    ("DNAME", 39),
    ("DS", 43),
    ("SSHFP", 44),
    ("RRSIG", 46),
    ("NSEC", 47),
    ("DNSKEY", 48),
    ("TLSA", 52),
    ("SVCB", 64),
    ("HTTPS", 65),
    ("SPF", 99),
    ("IXFR", 251),
    ("AXFR", 252),
    ("ANY", 255),
    ("CAA", 257),
];

impl RecordType {
    /// Reads a type's name, in any case: `A`, `srv`, `TYPE65`. None for anything else.
    pub fn from_text(text: &str) -> Option<Self> {
        let upper = text.to_ascii_uppercase();
        Some(match upper.as_str() {
            "A" => Self::A,
            "AAAA" => Self::Aaaa,
            "CNAME" => Self::Cname,
            "PTR" => Self::Ptr,
            "SRV" => Self::Srv,
            "TXT" => Self::Txt,
            "NS" => Self::Ns,
            "SOA" => Self::Soa,
            "MX" => Self::Mx,
            other => match OTHER_TYPES.iter().find(|(name, _)| *name == other) {
                Some((_, number)) => Self::Other(*number),
                None => Self::from_number(other.strip_prefix("TYPE")?.parse().ok()?),
            },
        })
    }

    /// The type of a number in IANA's registry.
    pub fn from_number(number: u16) -> Self {
        match number {
            1 => Self::A,
            2 => Self::Ns,
            5 => Self::Cname,
            6 => Self::Soa,
            12 => Self::Ptr,
            15 => Self::Mx,
            16 => Self::Txt,
            28 => Self::Aaaa,
            33 => Self::Srv,
            other => Self::Other(other),
        }
    }
}

impl fmt::Display for RecordType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self {
            Self::A => "A",
            Self::Aaaa => "AAAA",
            Self::Cname => "CNAME",
            Self::Ptr => "PTR",
            Self::Srv => "SRV",
            Self::Txt => "TXT",
            Self::Ns => "NS",
            Self::Soa => "SOA",
            Self::Mx => "MX",
            Self::Other(number) => match OTHER_TYPES.iter().find(|(_, other)| other == number) {
                Some((name, _)) => name,
                None => return write!(f, "TYPE{number}"),
            },
        };
        f.write_str(name)
    }
}

impl fmt::Display for Rcode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoError => "NOERROR",
            Self::FormErr => "FORMERR",
            Self::ServFail => "SERVFAIL",
            Self::NxDomain => "NXDOMAIN",
            Self::NotImp => "NOTIMP",
            Self::Refused => "REFUSED",
            Self::Other(number) => match OTHER_CODES.iter().find(|(_, code)| code == number) {
                Some((name, _)) => name,
                None => return write!(f, "RESERVED{number}"),
            },
        })
    }
}

/// Response codes that resolvers don't tell apart (miekg/dns StringToRcode).
const OTHER_CODES: &[(&str, u16)] = &[
    ("YXDOMAIN", 6),
    ("YXRRSET", 7),
    ("NXRRSET", 8),
    ("NOTAUTH", 9),
    ("NOTZONE", 10),
    ("DSOTYPENI", 11),
    ("BADVERS", 16),
    ("BADSIG", 16),
    ("BADKEY", 17),
    ("BADTIME", 18),
    ("BADMODE", 19),
    ("BADNAME", 20),
    ("BADALG", 21),
    ("BADTRUNC", 22),
    ("BADCOOKIE", 23),
];

impl Rcode {
    /// The version of EDNS isn't known (RFC 6891).
    pub const BAD_VERSION: Self = Self::Other(16);

    /// By its name in capitals.
    pub fn from_text(text: &str) -> Option<Self> {
        Some(match text {
            "NOERROR" => Self::NoError,
            "FORMERR" => Self::FormErr,
            "SERVFAIL" => Self::ServFail,
            "NXDOMAIN" => Self::NxDomain,
            "NOTIMP" | "NOTIMPL" => Self::NotImp,
            "REFUSED" => Self::Refused,
            other => Self::Other(OTHER_CODES.iter().find(|(name, _)| *name == other)?.1),
        })
    }

    /// The code of a number in IANA's registry.
    pub fn from_number(number: u16) -> Self {
        let own = [Self::NoError, Self::FormErr, Self::ServFail, Self::NxDomain, Self::NotImp, Self::Refused];
        own.into_iter().find(|code| code.number() == number).unwrap_or(Self::Other(number))
    }

    pub fn number(self) -> u16 {
        match self {
            Self::NoError => 0,
            Self::FormErr => 1,
            Self::ServFail => 2,
            Self::NxDomain => 3,
            Self::NotImp => 4,
            Self::Refused => 5,
            Self::Other(number) => number,
        }
    }
}

impl RecordData {
    pub fn record_type(&self) -> RecordType {
        match self {
            Self::A(_) => RecordType::A,
            Self::Aaaa(_) => RecordType::Aaaa,
            Self::Cname(_) => RecordType::Cname,
            Self::Ptr(_) => RecordType::Ptr,
            Self::Srv { .. } => RecordType::Srv,
            Self::Txt(_) => RecordType::Txt,
            Self::Ns(_) => RecordType::Ns,
            Self::Soa { .. } => RecordType::Soa,
            Self::Mx { .. } => RecordType::Mx,
            Self::Other(kind, _) => *kind,
        }
    }
}

impl fmt::Display for RecordData {
    /// The presentation form, as dig prints it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::A(address) => write!(f, "{address}"),
            Self::Aaaa(address) => write!(f, "{address}"),
            Self::Cname(name) | Self::Ptr(name) | Self::Ns(name) => write!(f, "{name}"),
            Self::Srv { priority, weight, port, target } => write!(f, "{priority} {weight} {port} {target}"),
            Self::Txt(texts) => {
                let quoted: Vec<String> = texts.iter().map(|text| format!("{text:?}")).collect();
                f.write_str(&quoted.join(" "))
            }
            Self::Soa { mname, rname, serial, refresh, retry, expire, minimum } => {
                write!(f, "{mname} {rname} {serial} {refresh} {retry} {expire} {minimum}")
            }
            Self::Mx { preference, exchange } => write!(f, "{preference} {exchange}"),
            Self::Other(_, text) => f.write_str(text),
        }
    }
}
