//! Questions as dig sends them, and messages as dig prints them, as far as that is compared.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream, UdpSocket};
use std::str::FromStr;
use std::time::Duration;

use hickory_proto::op::{Edns, Message, MessageType, OpCode, Query};
use hickory_proto::rr::rdata::opt::EdnsOption;
use hickory_proto::rr::{DNSClass, Name, RData, Record, RecordType};
use serde_json::{Value, json};
use socket2::{Domain, Socket, Type};

/// A client in a pod's place.
pub(super) struct DnsClient<'c> {
    /// The pod's address.
    pub source: &'c str,
    /// CoreDNS'.
    pub server: &'c str,
}

const PATIENCE: Duration = Duration::from_secs(3);

/// What dig offers: 1232 bytes, and a cookie.
const PAYLOAD: u16 = 1232;
const COOKIE: u16 = 10;

impl DnsClient<'_> {
    /// One question, over UDP and if the answer is cut short over TCP; the answer as recordings have it.
    pub(super) fn dig(&self, name: &str, kind: &str) -> Result<Value, String> {
        let query = query(name, kind)?;
        let mut warnings: Vec<&str> = Vec::new();
        // dig asks for everything over TCP.
        let answer = if kind == "ANY" { Some(self.over_tcp(&query)?) } else { self.over_udp(&query)? };
        let Some(mut bytes) = answer else {
            return Ok(
                json!({"other": [format!(";; communications error to {}", self.server), ";; no servers could be reached"]}),
            );
        };
        let mut message = Message::from_vec(&bytes).map_err(|error| format!("{name} {kind}: {error}"))?;
        if message.truncated() {
            warnings.push(";; Truncated, retrying in TCP mode.");
            bytes = self.over_tcp(&query)?;
            message = Message::from_vec(&bytes).map_err(|error| format!("{name} {kind}: {error}"))?;
        }
        if message.recursion_desired() && !message.recursion_available() {
            warnings.push(";; WARNING: recursion requested but not available");
        }
        Ok(shown(&message, bytes.len(), &warnings))
    }

    /// None where nobody answers.
    fn over_udp(&self, query: &[u8]) -> Result<Option<Vec<u8>>, String> {
        let failed = |error: std::io::Error| format!("asking {}: {error}", self.server);
        let socket = UdpSocket::bind((self.source, 0)).map_err(failed)?;
        socket.set_read_timeout(Some(PATIENCE)).map_err(failed)?;
        socket.send_to(query, (self.server, 53)).map_err(failed)?;
        let mut bytes = vec![0; 65535];
        match socket.recv(&mut bytes) {
            Ok(length) => {
                bytes.truncate(length);
                Ok(Some(bytes))
            }
            Err(_) => Ok(None),
        }
    }

    fn over_tcp(&self, query: &[u8]) -> Result<Vec<u8>, String> {
        let failed = |error: std::io::Error| format!("asking {} over TCP: {error}", self.server);
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None).map_err(failed)?;
        let address = |text: String| text.parse::<SocketAddr>().map_err(|_| format!("{text}: not an address"));
        socket.bind(&address(format!("{}:0", self.source))?.into()).map_err(failed)?;
        socket.connect_timeout(&address(format!("{}:53", self.server))?.into(), PATIENCE).map_err(failed)?;
        let mut stream: TcpStream = socket.into();
        stream.set_read_timeout(Some(PATIENCE)).map_err(failed)?;
        let length = u16::try_from(query.len()).unwrap_or(u16::MAX).to_be_bytes();
        stream.write_all(&[length.as_slice(), query].concat()).map_err(failed)?;
        let mut length = [0; 2];
        stream.read_exact(&mut length).map_err(failed)?;
        let mut bytes = vec![0; usize::from(u16::from_be_bytes(length))];
        stream.read_exact(&mut bytes).map_err(failed)?;
        Ok(bytes)
    }
}

fn query(name: &str, kind: &str) -> Result<Vec<u8>, String> {
    let wrong = |error: hickory_proto::ProtoError| format!("{name} {kind}: {error}");
    let (asked, record_type) = (Name::from_ascii(name).map_err(wrong)?, RecordType::from_str(kind).map_err(wrong)?);
    let mut question = Query::query(asked, record_type);
    question.set_query_class(DNSClass::IN);
    let mut edns = Edns::new();
    edns.set_max_payload(PAYLOAD).set_version(0);
    edns.options_mut().insert(EdnsOption::Unknown(COOKIE, vec![1, 2, 3, 4, 5, 6, 7, 8]));
    let mut message = Message::new();
    message.set_id(4711).set_message_type(MessageType::Query).set_op_code(OpCode::Query);
    message.set_recursion_desired(true).set_authentic_data(true).add_query(question).set_edns(edns);
    message.to_vec().map_err(wrong)
}

fn shown(message: &Message, size: usize, warnings: &[&str]) -> Value {
    // 1. Code, flags and size.
    let flags = [
        ("qr", message.message_type() == MessageType::Response),
        ("aa", message.authoritative()),
        ("tc", message.truncated()),
        ("rd", message.recursion_desired()),
        ("ra", message.recursion_available()),
        ("ad", message.authentic_data()),
        ("cd", message.checking_disabled()),
    ];
    let flags: Vec<&str> = flags.into_iter().filter(|(_, is_set)| *is_set).map(|(flag, _)| flag).collect();
    let mut all = json!({"status": status(message), "flags": flags.join(" "), "size": size});
    // 2. The sections' records, in order.
    let sections =
        [("ANSWER", message.answers()), ("AUTHORITY", message.name_servers()), ("ADDITIONAL", message.additionals())];
    for (name, records) in sections {
        let mut lines: Vec<String> =
            records.iter().filter(|record| record.record_type() != RecordType::OPT).map(line).collect();
        lines.sort();
        if !lines.is_empty() {
            all[name] = json!(lines);
        }
    }
    // 3. EDNS and warnings.
    if let Some(edns) = message.extensions() {
        let secure = if edns.flags().dnssec_ok { " do" } else { "" };
        all["edns"] = json!(format!("version: {}, flags:{secure}; udp: {}", edns.version(), edns.max_payload()));
    }
    if !warnings.is_empty() {
        all["other"] = json!(warnings);
    }
    all
}

/// As dig names codes.
fn status(message: &Message) -> String {
    let code = u16::from(message.response_code());
    let names = ["NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED"];
    let known = names.get(usize::from(code)).map(|name| (*name).to_owned());
    known.unwrap_or_else(|| if code == 16 { "BADVERS".to_owned() } else { format!("RESERVED{code}") })
}

fn line(record: &Record) -> String {
    let data = match record.data() {
        RData::A(address) => address.to_string(),
        RData::AAAA(address) => address.to_string(),
        RData::CNAME(name) => name.0.to_ascii(),
        RData::NS(name) => name.0.to_ascii(),
        RData::PTR(name) => name.0.to_ascii(),
        RData::MX(exchange) => format!("{} {}", exchange.preference(), exchange.exchange().to_ascii()),
        RData::SRV(service) => {
            format!("{} {} {} {}", service.priority(), service.weight(), service.port(), service.target().to_ascii())
        }
        RData::SOA(zone) => {
            let times = format!("{} {} {} {}", zone.refresh(), zone.retry(), zone.expire(), zone.minimum());
            format!("{} {} SERIAL {times}", zone.mname().to_ascii(), zone.rname().to_ascii())
        }
        RData::TXT(text) => {
            let parts = text.txt_data().iter().map(|part| format!("\"{}\"", String::from_utf8_lossy(part)));
            parts.collect::<Vec<_>>().join(" ")
        }
        RData::HINFO(info) => {
            format!("\"{}\" \"{}\"", String::from_utf8_lossy(info.cpu()), String::from_utf8_lossy(info.os()))
        }
        other => other.to_string(),
    };
    format!("{} {} {} {} {data}", record.name().to_ascii(), record.ttl(), record.dns_class(), record.record_type())
}
