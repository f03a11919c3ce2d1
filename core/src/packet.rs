//! What travels: a connection's addresses, and the HTTP request or DNS question it carries.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub mod http;
pub mod dns;

pub use dns::{Answer, DnsName, DnsRecord, EdnsOption, EdnsReply, Question, Rcode, RecordData, RecordType};
pub use http::{Headers, HttpRequest, HttpResponse, HttpVersion, Scheme, TlsVersion, host_and_port, host_without_port};

/// The first packet of a connection, as one component sees it. The client's port plays no part and is left out.
#[derive(Clone, Debug, PartialEq)]
pub struct Packet {
    /// TCP, UDP, SCTP, or an echo request.
    pub protocol: Protocol,
    /// Who seems to send it.
    pub source: IpAddr,
    /// Whom it is for.
    pub destination: IpAddr,
    /// The destination's port; 0 for ICMP.
    pub port: u16,
    /// What it carries, for those who look inside.
    pub payload: Payload,
}

/// What a connection carries.
#[derive(Clone, Debug, PartialEq)]
pub enum Payload {
    /// Nothing that anybody looks at.
    Opaque,
    /// An HTTP request, inside TLS if its scheme says so.
    Http(Arc<HttpRequest>),
    /// One question, as a resolver puts it to a server.
    Dns(Question),
}

/// The transport protocols a Service knows, and the one of ping.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "UPPERCASE")]
pub enum Protocol {
    #[default]
    Tcp,
    Udp,
    Sctp,
    /// ICMP and ICMPv6: ping.
    Icmp,
}

impl Protocol {
    /// As the API writes it: `TCP`, `UDP`, `SCTP`; None for anything else.
    pub fn from_api(text: &str) -> Option<Self> {
        match text {
            "TCP" => Some(Self::Tcp),
            "UDP" => Some(Self::Udp),
            "SCTP" => Some(Self::Sctp),
            _ => None,
        }
    }

    /// The API's field: absent is TCP.
    pub fn of_field(field: Option<&str>) -> Option<Self> {
        field.map_or(Some(Self::Tcp), Self::from_api)
    }
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Tcp => "TCP",
            Self::Udp => "UDP",
            Self::Sctp => "SCTP",
            Self::Icmp => "ICMP",
        })
    }
}

impl Packet {
    /// The HTTP request inside, if there is one.
    pub fn http(&self) -> Option<&HttpRequest> {
        match &self.payload {
            Payload::Http(request) => Some(request),
            Payload::Opaque | Payload::Dns(_) => None,
        }
    }

    /// The same packet for another destination (DNAT).
    pub fn to(&self, destination: IpAddr, port: u16) -> Self {
        Self { destination, port, ..self.clone() }
    }

    /// The same packet from another source (SNAT).
    pub fn from(&self, source: IpAddr) -> Self {
        Self { source, ..self.clone() }
    }

    /// `10.96.0.10:80`, with IPv6 addresses in brackets; without a port for ICMP.
    pub fn destination_text(&self) -> String {
        match self.protocol {
            Protocol::Icmp => self.destination.to_string(),
            Protocol::Tcp | Protocol::Udp | Protocol::Sctp => socket_text(self.destination, self.port),
        }
    }
}

/// `10.0.0.1:80` or `[fd00::1]:80`.
pub fn socket_text(address: IpAddr, port: u16) -> String {
    std::net::SocketAddr::new(address, port).to_string()
}
