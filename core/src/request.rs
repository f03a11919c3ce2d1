//! The question: who asks, and for what.

use std::net::IpAddr;
use std::sync::Arc;

use crate::model::Text;
use crate::packet::{HttpRequest, Protocol, RecordType};

/// One question to the cluster. Made from a command line by [`crate::console`].
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// Who asks.
    pub from: Client,
    /// What for.
    pub ask: Ask,
    /// Whose rules programs such as curl look names up by.
    pub libc: Libc,
}

/// Who asks.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Client {
    /// A machine outside; None is the World's client.
    External(Option<IpAddr>),
    /// A process in a pod.
    Pod {
        /// Its namespace.
        namespace: Text,
        /// Its name.
        name: Text,
    },
    /// The first pod of a workload, as `kubectl exec deploy/web` takes it.
    Workload {
        /// The kind: `Deployment`, `StatefulSet` ….
        kind: Text,
        /// Its namespace.
        namespace: Text,
        /// Its name.
        name: Text,
    },
    /// A process on a node.
    Node(Text),
}

/// What is asked for.
#[derive(Clone, Debug, PartialEq)]
pub enum Ask {
    /// An HTTP request: curl, wget, grpcurl.
    Http(HttpAsk),
    /// A connection, or a datagram that wants an answer: nc, telnet.
    Connect {
        /// TCP, UDP or SCTP.
        protocol: Protocol,
        /// To whom.
        host: Host,
        /// Which port.
        port: u16,
    },
    /// An echo request.
    Ping(Host),
    /// DNS questions: dig, nslookup, host, getent.
    Lookup(LookupAsk),
}

/// An HTTP request and whom it is sent to.
#[derive(Clone, Debug, PartialEq)]
pub struct HttpAsk {
    /// Whom to connect to: the URL's host, or what --resolve and --connect-to make of it.
    pub host: Host,
    /// The port to connect to.
    pub port: u16,
    /// What is sent.
    pub request: Arc<HttpRequest>,
    /// Whether redirects are followed, and how many at most.
    pub follow: u32,
}

/// A name or an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Host {
    /// An address.
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
    pub server: Option<Host>,
    /// dig's +search; None is the tool's default.
    pub search: Option<bool>,
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

/// The C libraries whose resolvers differ.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Libc {
    /// GNU.
    #[default]
    Glibc,
    /// Alpine's.
    Musl,
    /// BusyBox built with glibc or uClibc: programs resolve as glibc does, nslookup is BusyBox' own.
    Busybox,
}

impl Libc {
    /// Reads `glibc`, `musl`, `busybox`.
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "glibc" => Some(Self::Glibc),
            "musl" => Some(Self::Musl),
            "busybox" => Some(Self::Busybox),
            _ => None,
        }
    }
}

impl Host {
    /// Reads an address (IPv6 with or without brackets) or takes the text as a name.
    pub fn new(text: &str) -> Self {
        let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
        bare.parse().map_or_else(|_| Self::Name(text.to_owned()), Self::Address)
    }
}
