//! Every pod: HTTP/1 servers on pods' own addresses that tell what they saw. Those once started go on listening.

use std::collections::BTreeSet;
use std::io::BufReader;
use std::net::{TcpListener, TcpStream};
use std::thread;

use serde_json::{Map, Value, json};

use super::http::{HttpRequest, respond};

/// The header of its answers that names the address asked.
pub(super) const MARK: &str = "x-echo";

/// The addresses that are served.
#[derive(Default)]
pub(super) struct EchoBackends {
    listening: BTreeSet<String>,
}

impl EchoBackends {
    /// Listens on these, too: `10.244.1.2:8080`.
    pub(super) fn listen(&mut self, addresses: impl IntoIterator<Item = String>) -> Result<(), String> {
        for address in addresses {
            if !self.listening.insert(address.clone()) {
                continue;
            }
            let listener = TcpListener::bind(&address).map_err(|error| format!("{address}: {error}"))?;
            thread::spawn(move || {
                for stream in listener.incoming().flatten() {
                    let address = address.clone();
                    thread::spawn(move || serve(stream, &address));
                }
            });
        }
        Ok(())
    }
}

fn serve(stream: TcpStream, address: &str) {
    let Ok(mut output) = stream.try_clone() else { return };
    let mut input = BufReader::new(stream);
    while let Some(request) = HttpRequest::read(&mut input) {
        // As servers do: nothing but a path is asked for.
        if !request.target.starts_with('/') {
            let _ = respond(&mut output, 400, &[("Connection", "close")], "");
            return;
        }
        let headers = [(MARK, address), ("Content-Type", "application/json")];
        let body = if request.method == "HEAD" { String::new() } else { seen(&request).to_string() };
        if respond(&mut output, 200, &headers, &body).is_none() {
            return;
        }
    }
}

/// Path, Host and the other headers; several of one name in one line.
fn seen(request: &HttpRequest) -> Value {
    let mut headers = Map::new();
    for (name, value) in request.headers.iter().filter(|(name, _)| name != "host") {
        let before = headers.get(name).and_then(Value::as_str).map(|before| format!("{before}, "));
        headers.insert(name.clone(), json!(before.unwrap_or_default() + value));
    }
    json!({"path": request.target, "host": request.header("host").unwrap_or_default(), "headers": headers})
}
