//! As much of HTTP/1 as the laboratory's own servers and questions take.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;

/// A request as it came.
#[derive(Debug)]
pub(super) struct HttpRequest {
    pub method: String,
    /// Path and query.
    pub target: String,
    /// In their order, names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl HttpRequest {
    /// The next request of a connection; None where it ends, or isn't HTTP.
    pub(super) fn read(stream: &mut BufReader<TcpStream>) -> Option<Self> {
        let first = line(stream)?;
        let mut words = first.split(' ');
        let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
        let mut headers = Vec::new();
        loop {
            let line = line(stream)?;
            if line.is_empty() {
                break;
            }
            let (name, value) = line.split_once(':')?;
            headers.push((name.to_lowercase(), value.trim().to_owned()));
        }
        let mut request = Self { method, target, headers, body: Vec::new() };
        request.body = vec![0; request.header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0)];
        stream.read_exact(&mut request.body).ok()?;
        Some(request)
    }

    /// The first value.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }
}

/// Without its end; bytes that aren't UTF-8 are replaced.
fn line(stream: &mut BufReader<TcpStream>) -> Option<String> {
    let mut bytes = Vec::new();
    stream.read_until(b'\n', &mut bytes).ok()?;
    let line = String::from_utf8_lossy(bytes.strip_suffix(b"\n")?).into_owned();
    Some(line.trim_end_matches('\r').to_owned())
}

/// Sends a whole answer; None where nobody listens any more.
pub(super) fn respond(stream: &mut impl Write, status: u16, headers: &[(&str, &str)], body: &str) -> Option<()> {
    let mut head = format!("HTTP/1.1 {status} Laboratory\r\nContent-Length: {}\r\n", body.len());
    for (name, value) in headers {
        head += &format!("{name}: {value}\r\n");
    }
    stream.write_all((head + "\r\n" + body).as_bytes()).ok()
}

/// The body of a page on this machine.
pub(super) fn get(address: &str, path: &str) -> Option<String> {
    let mut stream = TcpStream::connect(address).ok()?;
    write!(stream, "GET {path} HTTP/1.0\r\nHost: {address}\r\n\r\n").ok()?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).ok()?;
    String::from_utf8_lossy(&answer).split_once("\r\n\r\n").map(|(_, body)| body.to_owned())
}
