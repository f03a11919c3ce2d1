//! Questions to an API server over plain HTTP/1.1, one connection for many.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::Value;

/// A connection, made when it is first needed.
pub(in crate::live) struct ApiClient {
    address: String,
    stream: Option<BufReader<TcpStream>>,
    /// By API version and kind.
    resources: BTreeMap<String, BTreeMap<String, ApiResource>>,
}

/// Where objects of a kind are kept.
#[derive(Clone, Debug)]
pub(in crate::live) struct ApiResource {
    root: String,
    plural: String,
    pub namespaced: bool,
}

/// What came back.
#[derive(Debug)]
pub(in crate::live) struct ApiAnswer {
    pub status: u16,
    /// Without the number and the agent before them.
    pub warnings: Vec<String>,
    pub body: Vec<u8>,
}

impl ApiAnswer {
    /// The body, read; null where it is no JSON.
    pub(in crate::live) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}

const PATIENCE: Duration = Duration::from_secs(60);

impl ApiClient {
    pub(in crate::live) fn new(address: &str) -> Self {
        Self { address: address.to_owned(), stream: None, resources: BTreeMap::new() }
    }

    pub(in crate::live) fn get(&mut self, path: &str) -> Result<ApiAnswer, String> {
        self.ask("GET", path, "application/json", "")
    }

    /// A question with a body of that type. A connection that the server has closed is made anew, once.
    pub(in crate::live) fn ask(
        &mut self,
        method: &str,
        path: &str,
        content: &str,
        body: &str,
    ) -> Result<ApiAnswer, String> {
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nAccept: application/json\r\nContent-Type: {content}\r\nContent-Length: {}\r\n\r\n{body}",
            self.address,
            body.len()
        );
        let is_new = self.stream.is_none();
        match self.exchange(&request) {
            Err(_) if !is_new => self.exchange(&request),
            answer => answer,
        }
        .map_err(|error| format!("{method} {path}: {error}"))
    }

    fn exchange(&mut self, request: &str) -> std::io::Result<ApiAnswer> {
        let mut stream = match self.stream.take() {
            Some(stream) => stream,
            None => {
                let stream = TcpStream::connect(&self.address)?;
                stream.set_read_timeout(Some(PATIENCE))?;
                stream.set_nodelay(true)?;
                BufReader::new(stream)
            }
        };
        stream.get_mut().write_all(request.as_bytes())?;
        let answer = read_answer(&mut stream)?;
        self.stream = Some(stream);
        Ok(answer)
    }

    /// Where the kind is kept; None where the server hasn't got it.
    pub(in crate::live) fn resource(&mut self, api_version: &str, kind: &str) -> Result<Option<ApiResource>, String> {
        if !self.resources.contains_key(api_version) {
            let root = if api_version.contains('/') { "/apis/" } else { "/api/" };
            let answer = self.get(&format!("{root}{api_version}"))?;
            let listed = answer.json();
            let listed = listed["resources"].as_array().into_iter().flatten();
            let resource = |listed: &Value| {
                let plural = listed["name"].as_str().filter(|name| !name.contains('/'))?.to_owned();
                let namespaced = listed["namespaced"] == true;
                let root = format!("{root}{api_version}");
                Some((listed["kind"].as_str()?.to_owned(), ApiResource { root, plural, namespaced }))
            };
            self.resources.insert(api_version.to_owned(), listed.filter_map(resource).collect());
        }
        Ok(self.resources.get(api_version).and_then(|kinds| kinds.get(kind)).cloned())
    }
}

impl ApiResource {
    /// The path of the kind's objects.
    pub(in crate::live) fn path(&self, namespace: &str) -> String {
        let Self { root, plural, namespaced } = self;
        if *namespaced { format!("{root}/namespaces/{namespace}/{plural}") } else { format!("{root}/{plural}") }
    }

    /// The path of those of all namespaces.
    pub(in crate::live) fn everywhere(&self) -> String {
        format!("{}/{}", self.root, self.plural)
    }
}

fn invalid(what: &str) -> std::io::Error {
    std::io::Error::new(std::io::ErrorKind::InvalidData, what.to_owned())
}

fn read_answer(stream: &mut BufReader<TcpStream>) -> std::io::Result<ApiAnswer> {
    let first = read_line(stream)?;
    let status = first.split(' ').nth(1).and_then(|word| word.parse().ok()).ok_or_else(|| invalid("no status"))?;
    let (mut length, mut is_chunked, mut warnings) = (0, false, Vec::new());
    loop {
        let line = read_line(stream)?;
        let Some((name, value)) = line.split_once(':') else { break };
        let value = value.trim();
        match name.to_lowercase().as_str() {
            "content-length" => length = value.parse().map_err(|_| invalid("no length"))?,
            "transfer-encoding" => is_chunked = value == "chunked",
            "warning" => warnings.push(warning(value)),
            _ => {}
        }
    }
    let body = if is_chunked { read_chunks(stream)? } else { read_bytes(stream, length)? };
    Ok(ApiAnswer { status, warnings, body })
}

fn read_line(stream: &mut BufReader<TcpStream>) -> std::io::Result<String> {
    let mut line = String::new();
    if stream.read_line(&mut line)? == 0 {
        return Err(std::io::ErrorKind::UnexpectedEof.into());
    }
    Ok(line.trim_end().to_owned())
}

fn read_bytes(stream: &mut BufReader<TcpStream>, length: usize) -> std::io::Result<Vec<u8>> {
    let mut bytes = vec![0; length];
    stream.read_exact(&mut bytes)?;
    Ok(bytes)
}

fn read_chunks(stream: &mut BufReader<TcpStream>) -> std::io::Result<Vec<u8>> {
    let mut all = Vec::new();
    loop {
        let size = usize::from_str_radix(&read_line(stream)?, 16).map_err(|_| invalid("no size"))?;
        all.extend(read_bytes(stream, size)?);
        read_line(stream)?;
        if size == 0 {
            return Ok(all);
        }
    }
}

/// `299 - "text"`.
fn warning(value: &str) -> String {
    let text = value.strip_prefix("299 - \"").and_then(|text| text.strip_suffix('"')).unwrap_or(value);
    text.replace("\\\"", "\"").replace("\\\\", "\\")
}
