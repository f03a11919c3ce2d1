//! The question: who asks, and for what.

#![warn(missing_docs)]

use std::net::IpAddr;
use std::sync::Arc;

use crate::model::Text;
use crate::packet::{HttpRequest, Protocol, RecordType};

/// One question to the cluster. Made from a command line by [`crate::console`].
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// Who asks.
    pub from: RequestClient,
    /// A URL, a name, a connection.
    pub ask: Ask,
    /// Whose rules programs such as curl look names up by.
    pub libc: ClientLibc,
}

/// Who asks.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RequestClient {
    /// A machine outside; None is the World's client.
    External(Option<IpAddr>),
    /// A process in a pod.
    Pod {
        /// `metadata.namespace`.
        namespace: Text,
        /// `metadata.name`.
        name: Text,
    },
    /// The first pod of a workload, as `kubectl exec deploy/web` takes it.
    Workload {
        /// The kind: `Deployment`, `StatefulSet` ….
        kind: Text,
        /// `metadata.namespace`.
        namespace: Text,
        /// `metadata.name`.
        name: Text,
    },
    /// A process on a node.
    Node(Text),
}

/// A request without the one who sends it.
#[derive(Clone, Debug, PartialEq)]
pub enum Ask {
    /// An HTTP request: curl, wget, grpcurl.
    Http(HttpAsk),
    /// A connection, or a datagram that wants an answer: nc, telnet.
    Connect {
        /// TCP, UDP or SCTP.
        protocol: Protocol,
        /// To whom.
        host: RequestHost,
        /// By which of its addresses.
        family: AddressFamily,
        /// From 1 to 65535.
        port: u16,
    },
    /// An echo request.
    Ping {
        /// To whom.
        host: RequestHost,
        /// By which of its addresses.
        family: AddressFamily,
    },
    /// DNS questions: dig, nslookup, host, getent.
    Lookup(LookupAsk),
}

/// An HTTP request and whom it is sent to.
#[derive(Clone, Debug, PartialEq)]
pub struct HttpAsk {
    /// Whom to connect to: the URL's host, or what --resolve and --connect-to make of it.
    pub host: RequestHost,
    /// By which of its addresses.
    pub family: AddressFamily,
    /// The port to connect to.
    pub port: u16,
    /// What is sent.
    pub request: Arc<HttpRequest>,
    /// Whether redirects are followed, and how many at most.
    pub follow: u32,
}

/// Which addresses of a name a program wants (AF_UNSPEC, and AF_INET and AF_INET6, as `-4` and `-6` say).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AddressFamily {
    /// Those of both families.
    #[default]
    Any,
    /// IPv4 addresses.
    Ipv4,
    /// IPv6 addresses.
    Ipv6,
}

impl AddressFamily {
    /// Whether an address belongs to the family.
    pub fn has(self, address: IpAddr) -> bool {
        match self {
            Self::Any => true,
            Self::Ipv4 => address.is_ipv4(),
            Self::Ipv6 => address.is_ipv6(),
        }
    }

    /// Whether records of a type give addresses of it.
    pub fn asks(self, record_type: RecordType) -> bool {
        match record_type {
            RecordType::A => self != Self::Ipv6,
            RecordType::Aaaa => self != Self::Ipv4,
            _ => false,
        }
    }
}

/// A name or an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RequestHost {
    /// No name is looked up.
    Address(IpAddr),
    /// A name, as typed, with its final dot if there is one.
    Name(String),
}

/// DNS questions as a tool asks them.
#[derive(Clone, Debug, PartialEq)]
pub struct LookupAsk {
    /// Who asks: tools search differently.
    pub tool: LookupTool,
    /// The name as typed (of -x, the reverse name).
    pub name: String,
    /// The types asked, in order; empty for the tool's own choice.
    pub types: Vec<RecordType>,
    /// The server to ask instead of resolv.conf's.
    pub server: Option<RequestHost>,
    /// dig's +search; None is the tool's default.
    pub search: Option<bool>,
    /// The search list instead of resolv.conf's.
    pub domains: Option<Vec<String>>,
    /// The ndots instead of resolv.conf's.
    pub ndots: Option<usize>,
    /// How the questions are sent.
    pub transport: TransportAsk,
}

impl LookupAsk {
    /// What a tool asks without any options, for no name yet.
    pub fn new(tool: LookupTool) -> Self {
        Self {
            tool,
            name: String::new(),
            types: Vec::new(),
            server: None,
            search: None,
            domains: None,
            ndots: None,
            transport: TransportAsk::PLAIN,
        }
    }
}

/// How questions are sent, and what is done about an answer that doesn't fit into a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TransportAsk {
    /// Whether they carry EDNS (RFC 6891).
    pub edns: bool,
    /// The bytes of an answer over UDP that are offered with it.
    pub buffer: u16,
    /// Over TCP from the beginning.
    pub tcp: bool,
    /// Whether a truncated answer is asked for again over TCP; else what came is used.
    pub retries: bool,
    /// How often BIND's tools send a question that nobody answers, unless it is their own number.
    pub tries: Option<u8>,
    /// The server's port: 53 unless said.
    pub port: u16,
}

impl TransportAsk {
    /// As the C libraries ask, and the tools unless told otherwise: over UDP, without EDNS.
    pub const PLAIN: Self = Self { edns: false, buffer: 512, tcp: false, retries: true, tries: None, port: 53 };

    /// The bytes of an answer over UDP that fit: without EDNS, and at least, 512 (RFC 1035 4.2.1, RFC 6891 6.2.5).
    pub fn room(self) -> usize {
        if self.edns { usize::from(self.buffer.max(512)) } else { 512 }
    }
}

/// The tools that ask DNS.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LookupTool {
    /// BIND's dig.
    Dig,
    /// BIND's nslookup.
    Nslookup,
    /// BusyBox' nslookup.
    BusyboxNslookup,
    /// BIND's host.
    Host,
    /// glibc's getent hosts.
    GetentHosts,
    /// glibc's getent ahosts.
    GetentAhosts,
    /// glibc's getent ahostsv4.
    GetentAhostsV4,
    /// glibc's getent ahostsv6.
    GetentAhostsV6,
}

impl LookupTool {
    /// Whether it asks as programs do, through the C library.
    pub fn asks_by_libc(self) -> bool {
        matches!(self, Self::GetentHosts | Self::GetentAhosts | Self::GetentAhostsV4 | Self::GetentAhostsV6)
    }
}

/// The C libraries whose resolvers differ.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    strum::EnumString,
    strum::IntoStaticStr,
    strum::VariantArray,
)]
#[strum(serialize_all = "lowercase")]
pub enum ClientLibc {
    /// GNU.
    #[default]
    Glibc,
    /// Alpine's.
    Musl,
    /// BusyBox built with glibc or uClibc: programs resolve as glibc does, nslookup is BusyBox' own.
    Busybox,
}

impl ClientLibc {
    /// The one in an image, as far as its name tells; glibc otherwise.
    pub fn of_image(image: &str) -> Self {
        match () {
            () if image.contains("alpine") || image.contains("curlimages/curl") => Self::Musl,
            () if image.contains("busybox") && image.contains("musl") => Self::Musl,
            () if image.contains("busybox") => Self::Busybox,
            () => Self::Glibc,
        }
    }

    /// Reads `glibc`, `musl`, `busybox`.
    pub fn from_name(name: &str) -> Option<Self> {
        name.parse().ok()
    }
}

impl RequestHost {
    /// Reads an address (IPv6 with or without brackets) or takes the text as a name.
    pub fn new(text: &str) -> Self {
        let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
        bare.parse().map_or_else(|_| Self::Name(text.to_owned()), Self::Address)
    }

    /// Whether it can be reached by addresses of a family at all: an address of the other can't.
    pub fn is_of(&self, family: AddressFamily) -> bool {
        match self {
            Self::Address(address) => family.has(*address),
            Self::Name(_) => true,
        }
    }
}
