//! grpcurl: a call of one gRPC method.

use std::sync::Arc;

use super::option::{OptionFault, OptionStyle, OptionTable, ToolOption};
use super::url::{self, ParsedUrl};
use super::{Output, UsageError};
use crate::packet::{Headers, HttpRequest, HttpVersion, Scheme};
use crate::request::{AddressFamily, Ask, HttpAsk, RequestHost};
use crate::trace::{Outcome, PacketDecision, Resolution};

/// gRPC's status codes by number.
const CODES: [&str; 17] = [
    "OK",
    "Canceled",
    "Unknown",
    "InvalidArgument",
    "DeadlineExceeded",
    "NotFound",
    "AlreadyExists",
    "PermissionDenied",
    "ResourceExhausted",
    "FailedPrecondition",
    "Aborted",
    "OutOfRange",
    "Unimplemented",
    "Internal",
    "Unavailable",
    "DataLoss",
    "Unauthenticated",
];

/// `grpcurl -plaintext web:80 package.Service/Method`.
#[derive(Clone, Debug, PartialEq)]
pub struct GrpcurlCommand {
    ask: HttpAsk,
    address: String,
}

/// The options while they are read.
#[derive(Default)]
pub struct GrpcurlOptions {
    headers: Headers,
    plaintext: bool,
    authority: Option<String>,
    server_name: Option<String>,
    data: Option<String>,
    /// Whether -cert gives it a certificate to show.
    certified: bool,
}

pub const OPTIONS: OptionTable<GrpcurlOptions> = OptionTable {
    options: &[
        ToolOption::switch("-plaintext", |call| call.plaintext = true),
        ToolOption::text("-H -rpc-header", |call, header| {
            let (name, value) = header.split_once(':').unwrap_or((&header, ""));
            call.headers.add(name.trim(), value.trim());
        }),
        ToolOption::text("-authority", |call, authority| call.authority = Some(authority)),
        ToolOption::text("-servername", |call, name| call.server_name = Some(name)),
        ToolOption::text("-d", |call, data| call.data = Some(data)),
        ToolOption::text("-cert", |call, _| call.certified = true),
        // How long is waited, whom it trusts, and how messages are written.
        ToolOption::ignored_value("-max-time -connect-timeout -proto -import-path -protoset -format -cacert -key"),
        ToolOption::ignored("-insecure -v -vv -emit-defaults"),
    ],
    style: OptionStyle::Go,
    refuse: |fault, shown| match fault {
        OptionFault::NoValue => UsageError::new(2, format!("flag needs an argument: {shown}")),
        OptionFault::Unknown | OptionFault::NotModelled => {
            UsageError::new(2, format!("flag provided but not defined: {shown}"))
        }
    },
};

/// Reads the arguments behind `grpcurl`; Go's flags take one dash or two.
pub fn parse_grpcurl(args: &[String]) -> Result<GrpcurlCommand, UsageError> {
    // 1. Options, address and method.
    let mut options = GrpcurlOptions::default();
    let positional = OPTIONS.read(args, &mut options)?;
    let GrpcurlOptions { mut headers, plaintext, authority, server_name, data, certified } = options;
    let [address, method] = positional.as_slice() else {
        return Err(UsageError::new(2, "usage: grpcurl [flags] host:port package.Service/Method"));
    };
    // 2. Host and port; service and method.
    let url = url::parse_url(address, false)
        .map_err(|_| UsageError::new(2, format!("grpcurl: `{address}` is no host:port")))?;
    let port = url.port.ok_or_else(|| UsageError::new(2, format!("grpcurl: `{address}` has no port")))?;
    let (service, method) = method
        .rsplit_once(['/', '.'])
        .ok_or_else(|| UsageError::new(2, format!("grpcurl: `{method}` is no package.Service/Method")))?;
    // 3. The request.
    headers.add("Content-Type", "application/grpc");
    headers.add("TE", "trailers");
    let scheme = if plaintext { Scheme::Http } else { Scheme::Https };
    let host = authority.unwrap_or_else(|| address.clone());
    let by_host = ParsedUrl { scheme, ..url.clone() }.server_name();
    let request = HttpRequest {
        scheme,
        method: "POST".to_owned(),
        host,
        path: format!("/{service}/{method}"),
        query: None,
        headers,
        server_name: server_name.filter(|_| !plaintext).or(by_host),
        client_certificate: certified,
        newest_tls: None,
        version: HttpVersion::Grpc,
        body_length: data.unwrap_or_default().len() as u64,
    };
    // 4. Where it goes.
    let ask = HttpAsk {
        host: RequestHost::new(&url.host),
        family: AddressFamily::Any,
        port,
        request: Arc::new(request),
        follow: 0,
    };
    Ok(GrpcurlCommand { ask, address: address.clone() })
}

impl GrpcurlCommand {
    pub fn ask(&self) -> Ask {
        Ask::Http(self.ask.clone())
    }

    /// What it prints: a status other than OK ends it with 64 and the code (grpcurl.go, statusCodeOffset).
    pub fn output(&self, resolution: &Resolution) -> Output {
        let failed = |why: &str| Output {
            stdout: Some(String::new()),
            stderr: format!("Failed to dial target host \"{}\": {why}\n", self.address),
            exit: 1,
        };
        match resolution.outcome() {
            Some(Outcome::Unresolved) => failed("name resolver error: produced zero addresses"),
            Some(Outcome::Refused) => failed("connection refused"),
            Some(Outcome::Unroutable) => failed("no route to host"),
            Some(Outcome::Dropped) => failed("context deadline exceeded"),
            Some(Outcome::Responded) => match status(resolution) {
                Some(name) => {
                    let code = CODES.iter().position(|code| *code == name).unwrap_or(2);
                    Output {
                        stdout: Some(String::new()),
                        stderr: format!("ERROR:\n  Code: {name}\n"),
                        exit: 64 + code as i32,
                    }
                }
                None => Output::default(),
            },
            Some(Outcome::Delivered | Outcome::TlsFailed | Outcome::External | Outcome::Unknown) | None => {
                Output::default()
            }
        }
    }
}

/// gRPC's status: the proxy's own, or what the HTTP status stands for (grpc: http-grpc-status-mapping).
fn status(resolution: &Resolution) -> Option<String> {
    let mut decisions = resolution.landings.iter().filter_map(|landing| landing.trail.last());
    decisions.find_map(|hop| match &hop.decision {
        PacketDecision::Respond(response) => Some(response.grpc_status.clone().unwrap_or_else(|| {
            let name = match response.status {
                400 => "Internal",
                401 => "Unauthenticated",
                403 => "PermissionDenied",
                404 => "Unimplemented",
                429 | 502 | 503 | 504 => "Unavailable",
                _ => "Unknown",
            };
            name.to_owned()
        })),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call() {
        let line = "-plaintext -H foo:bar -authority foo.com 10.0.0.1:80 pkg.v1.Echo/Say";
        let call = parse_grpcurl(&line.split(' ').map(str::to_owned).collect::<Vec<_>>()).unwrap();
        let request = &call.ask.request;
        assert_eq!((&*request.host, &*request.path), ("foo.com", "/pkg.v1.Echo/Say"));
        assert_eq!((request.version, request.headers.value("foo")), (HttpVersion::Grpc, Some("bar")));
    }

    #[test]
    fn an_unknown_flag_is_named() {
        let error = parse_grpcurl(&["-keepalive".to_owned(), "a:80".to_owned(), "b/c".to_owned()]).unwrap_err();
        assert_eq!(error.message, "flag provided but not defined: -keepalive");
    }
}
