//! The resolver outside the cluster: it knows a list of records, follows aliases, and says NXDOMAIN to the rest.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::str::FromStr;
use std::sync::Arc;
use std::thread;

use hickory_proto::op::{Message, MessageType, ResponseCode};
use hickory_proto::rr::rdata::{A, AAAA, CNAME, MX, TXT};
use hickory_proto::rr::{Name, RData, Record, RecordType};
use socket2::{Domain, Socket, Type};

type KnownRecords = BTreeMap<String, Vec<Record>>;

/// Its threads end with the run.
pub(super) struct UpstreamResolver;

impl UpstreamResolver {
    /// Listens on port 53 of an address.
    pub(super) fn start(address: &str, records: &[&str]) -> Result<Self, String> {
        let failed = |error: std::io::Error| format!("the resolver outside at {address}: {error}");
        let known = Arc::new(known(records)?);
        let socket: UdpSocket = bound(address, Type::DGRAM).map_err(failed)?.into();
        let listening = bound(address, Type::STREAM).map_err(failed)?;
        listening.listen(64).map_err(failed)?;
        let listener: TcpListener = listening.into();
        let over_udp = Arc::clone(&known);
        thread::spawn(move || serve_datagrams(&socket, &over_udp));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let known = Arc::clone(&known);
                thread::spawn(move || serve_stream(stream, &known));
            }
        });
        Ok(Self)
    }
}

/// Beside CoreDNS, which listens on port 53 of every address.
fn bound(address: &str, kind: Type) -> std::io::Result<Socket> {
    let socket = Socket::new(Domain::IPV4, kind, None)?;
    socket.set_reuse_port(true)?;
    let address: SocketAddr = format!("{address}:53").parse().map_err(std::io::Error::other)?;
    socket.bind(&address.into())?;
    Ok(socket)
}

fn known(records: &[&str]) -> Result<KnownRecords, String> {
    let mut known = KnownRecords::new();
    for line in records {
        let record = record(line).ok_or_else(|| format!("not a record: {line}"))?;
        known.entry(record.name().to_lowercase().to_string()).or_default().push(record);
    }
    Ok(known)
}

/// `NAME TTL TYPE DATA`
fn record(line: &str) -> Option<Record> {
    let mut words = line.splitn(4, ' ');
    let name = Name::from_ascii(words.next()?).ok()?;
    let ttl = words.next()?.parse().ok()?;
    let (kind, data) = (words.next()?, words.next()?);
    let data = match kind {
        "A" => RData::A(A::from_str(data).ok()?),
        "AAAA" => RData::AAAA(AAAA::from_str(data).ok()?),
        "CNAME" => RData::CNAME(CNAME(Name::from_ascii(data).ok()?)),
        "MX" => {
            let (preference, exchange) = data.split_once(' ')?;
            RData::MX(MX::new(preference.parse().ok()?, Name::from_ascii(exchange).ok()?))
        }
        "TXT" => RData::TXT(TXT::new(vec![data.trim_matches('"').to_owned()])),
        _ => return None,
    };
    Some(Record::from_rdata(name, ttl, data))
}

fn serve_datagrams(socket: &UdpSocket, known: &KnownRecords) {
    let mut bytes = [0; 65535];
    while let Ok((length, client)) = socket.recv_from(&mut bytes) {
        if let Some(reply) = bytes.get(..length).and_then(|bytes| answer(bytes, known)) {
            let _ = socket.send_to(&reply, client);
        }
    }
}

fn serve_stream(mut stream: TcpStream, known: &KnownRecords) {
    let mut length = [0; 2];
    while stream.read_exact(&mut length).is_ok() {
        let mut bytes = vec![0; usize::from(u16::from_be_bytes(length))];
        if stream.read_exact(&mut bytes).is_err() {
            return;
        }
        let Some(reply) = answer(&bytes, known) else { return };
        let length = u16::try_from(reply.len()).unwrap_or(u16::MAX).to_be_bytes();
        if stream.write_all(&[length.as_slice(), &reply].concat()).is_err() {
            return;
        }
    }
}

fn answer(bytes: &[u8], known: &KnownRecords) -> Option<Vec<u8>> {
    // 1. The reply's head, as the query asks for it.
    let query = Message::from_vec(bytes).ok()?;
    let question = query.queries().first()?.clone();
    let mut reply = Message::new();
    reply.set_id(query.id()).set_message_type(MessageType::Response).set_op_code(query.op_code());
    reply.set_recursion_desired(query.recursion_desired()).set_recursion_available(true);
    reply.set_checking_disabled(query.checking_disabled()).add_query(question.clone());
    // 2. EDNS, if the query has it.
    if let Some(options) = query.extensions() {
        let mut edns = hickory_proto::op::Edns::new();
        edns.set_max_payload(options.max_payload().min(1232)).set_version(0);
        edns.set_dnssec_ok(options.flags().dnssec_ok);
        reply.set_edns(edns);
    }
    // 3. The name's records, along its aliases.
    let mut name = question.name().clone();
    for _ in 0..16 {
        let Some(records) = known.get(&name.to_lowercase().to_string()) else {
            let is_above =
                known.values().flatten().any(|record| name.to_lowercase().zone_of(&record.name().to_lowercase()));
            reply.set_response_code(if is_above { ResponseCode::NoError } else { ResponseCode::NXDomain });
            break;
        };
        let of_kind = |kind: RecordType| records.iter().filter(move |record| record.record_type() == kind);
        let wanted: Vec<&Record> = of_kind(question.query_type()).collect();
        let alias = of_kind(RecordType::CNAME).next().filter(|_| wanted.is_empty());
        let named =
            |record: &Record, name: &Name| Record::from_rdata(name.clone(), record.ttl(), record.data().clone());
        reply.add_answers(wanted.into_iter().map(|record| named(record, &name)));
        let Some(alias) = alias else { break };
        reply.add_answer(named(alias, &name));
        let RData::CNAME(CNAME(next)) = alias.data() else { break };
        name = next.clone();
    }
    // 4. As bytes.
    reply.to_vec().ok()
}
