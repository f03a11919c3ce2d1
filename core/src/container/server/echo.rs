//! Servers that tell who they are and what they were asked.

use super::{HandledRequest, ServerAnswer, option_value, tag, variable};
use crate::model::Container;
use crate::packet::host_without_port;

/// The port that a client seems to send from: which it is, nobody can know.
const CLIENT_PORT: u16 = 40000;

fn plain(request: &HandledRequest<'_>, body: String) -> Option<ServerAnswer> {
    Some(ServerAnswer::new(200, "", request.date, "text/plain; charset=utf-8", body))
}

fn client(request: &HandledRequest<'_>) -> String {
    crate::packet::socket_text(request.source, CLIENT_PORT)
}

/// Headers in the order of their names, Host among them if asked for.
fn headers(request: &HandledRequest<'_>) -> Vec<(String, String)> {
    let mut all = request.request.headers.0.clone();
    crate::order::Order::order_by(&mut all[..], |left: &(String, String), right: &(String, String)| {
        left.0.to_lowercase().cmp(&right.0.to_lowercase())
    });
    all
}

/// The request as Go servers dump it.
fn dump(request: &HandledRequest<'_>) -> String {
    let asked = request.request;
    let lines: String = headers(request).iter().map(|(name, value)| format!("{name}: {value}\n")).collect();
    format!("{} {} HTTP/1.1\nHost: {}\n{lines}", asked.method, asked.target(), asked.host)
}

/// traefik/whoami
pub fn whoami(request: &HandledRequest<'_>, container: &Container) -> Option<ServerAnswer> {
    match &*request.request.path {
        "/health" => return plain(request, String::new()),
        "/api" | "/data" | "/echo" | "/bench" | "/upload" => return None,
        _ => {}
    }
    let name = variable(container, "WHOAMI_NAME").or_else(|| option_value(container, "--name"));
    let name = name.map(|name| format!("Name: {name}\n")).unwrap_or_default();
    let addresses = request.pod.addresses.iter().map(|address| format!("IP: {address}\n"));
    let addresses: String =
        ["IP: 127.0.0.1\n".to_owned(), "IP: ::1\n".to_owned()].into_iter().chain(addresses).collect();
    let body = format!(
        "{name}Hostname: {}\n{addresses}RemoteAddr: {}\n{}\n",
        request.hostname(),
        client(request),
        dump(request)
    );
    plain(request, body)
}

/// echoserver 1.4 and 1.10
pub fn echoserver(request: &HandledRequest<'_>, container: &Container) -> Option<ServerAnswer> {
    // 1. The headers in order.
    let asked = request.request;
    let mut fields = headers(request);
    fields.push(("host".to_owned(), asked.host.clone()));
    crate::order::Order::order_by(&mut fields[..], |left: &(String, String), right: &(String, String)| {
        left.0.to_lowercase().cmp(&right.0.to_lowercase())
    });
    // 2. How both versions write them.
    let own_port = request.port;
    let uri = format!("http://{}:{own_port}{}", host_without_port(&asked.host), asked.target());
    let is_old = tag(&container.image).starts_with("1.4");
    let indent = if is_old { "" } else { "\t" };
    let lines: String =
        fields.iter().map(|(name, value)| format!("{indent}{}={value}\n", name.to_lowercase())).collect();
    // 3. A body isn't known.
    if asked.body_length > 0 {
        return None;
    }
    // 4. The page, with the pod's own facts where its variables tell them.
    let query = asked.query.as_deref();
    let body = if is_old {
        format!(
            "CLIENT VALUES:\nclient_address={}\ncommand={}\nreal path={}\nquery={}\nrequest_version=1.1\nrequest_uri={uri}\n\n\
             SERVER VALUES:\nserver_version=nginx: 1.10.0 - lua: 10001\n\nHEADERS RECEIVED:\n{lines}BODY:\n-no body in request-",
            request.source,
            asked.method,
            asked.target(),
            query.unwrap_or("nil")
        )
    } else {
        let field = |name: &str| crate::dns::pod::environment(request.cluster, request.pod).remove(name);
        let known = [
            ("node name", "NODE_NAME"),
            ("pod name", "POD_NAME"),
            ("pod namespace", "POD_NAMESPACE"),
            ("pod IP", "POD_IP"),
        ];
        let pod = match field("POD_NAME") {
            None => "\t-no pod information available-\n".to_owned(),
            Some(_) => {
                let lines =
                    known.iter().map(|(shown, name)| format!("\t{shown}:\t{}\n", field(name).unwrap_or_default()));
                lines.collect()
            }
        };
        format!(
            "\n\nHostname: {}\n\nPod Information:\n{pod}\nServer values:\n\tserver_version=nginx: 1.13.3 - lua: 10008\n\n\
             Request Information:\n\tclient_address={}\n\tmethod={}\n\treal path={}\n\tquery={}\n\trequest_version=1.1\n\
             \trequest_scheme=http\n\trequest_uri={uri}\n\nRequest Headers:\n{lines}\nRequest Body:\n\t-no body in request-\n\n",
            request.hostname(),
            request.source,
            asked.method,
            asked.target(),
            query.unwrap_or_default()
        )
    };
    Some(ServerAnswer::new(200, "echoserver", request.date, "text/plain", body))
}

/// google-samples/hello-app
pub fn hello_app(request: &HandledRequest<'_>, container: &Container) -> Option<ServerAnswer> {
    let version = match tag(&container.image) {
        "2.0" | "v2" => "2.0.0",
        "" | "1.0" | "v1" | "latest" => "1.0.0",
        _ => return None,
    };
    plain(request, format!("Hello, world!\nVersion: {version}\nHostname: {}\n", request.hostname()))
}

/// hashicorp/http-echo: -text, or ECHO_TEXT.
pub fn http_echo(request: &HandledRequest<'_>, container: &Container) -> Option<ServerAnswer> {
    let given = option_value(container, "-text").or_else(|| option_value(container, "--text"));
    let text = given.or_else(|| variable(container, "ECHO_TEXT"))?;
    if request.request.path == "/health" {
        return Some(ServerAnswer::new(
            200,
            "",
            request.date,
            "application/json; charset=utf-8",
            "{\"status\":\"ok\"}\n".to_owned(),
        ));
    }
    let answer = plain(request, format!("{text}\n"))?;
    Some(answer.header("X-App-Name", "http-echo"))
}

/// agnhost: netexec and serve-hostname.
pub fn agnhost(request: &HandledRequest<'_>, container: &Container) -> Option<ServerAnswer> {
    let verb = container
        .command
        .iter()
        .chain(&container.args)
        .find(|word| !word.contains("agnhost") && !word.starts_with('-'))?;
    match (&**verb, &*request.request.path) {
        ("serve-hostname", _) => serve_hostname(request, container),
        ("netexec", "/hostname" | "/hostName") => plain(request, request.hostname()),
        ("netexec", "/clientip") => plain(request, client(request)),
        ("netexec", "/healthz") => plain(request, String::new()),
        ("netexec", "/echo") => {
            let query = request.request.query.as_deref().unwrap_or_default();
            let message = query.split('&').find_map(|pair| pair.strip_prefix("msg="));
            plain(request, message.unwrap_or_default().replace('+', " "))
        }
        _ => None,
    }
}

pub fn serve_hostname(request: &HandledRequest<'_>, _: &Container) -> Option<ServerAnswer> {
    plain(request, request.hostname() + "\n")
}

/// nginxdemos/hello: as a page or, tagged plain-text, as text.
pub fn nginxdemos(request: &HandledRequest<'_>, container: &Container) -> Option<ServerAnswer> {
    let address = request.pod.addresses.first().map(|address| crate::packet::socket_text(*address, request.port));
    let (address, name, uri) = (address?, request.hostname(), request.request.target());
    if tag(&container.image).contains("plain-text") {
        let body = format!("Server address: {address}\nServer name: {name}\nDate: {}\nURI: {uri}\n", request.date);
        return Some(ServerAnswer::new(200, "nginx", request.date, "text/plain", body));
    }
    let body = format!(
        "<!DOCTYPE html>\n<html>\n<head>\n<title>Hello World</title>\n</head>\n<body>\n<p><span>Server&nbsp;address:</span> \
         <span>{address}</span></p>\n<p><span>Server&nbsp;name:</span> <span>{name}</span></p>\n<p><span>Date:</span> \
         <span>{}</span></p>\n<p><span>URI:</span> <span>{uri}</span></p>\n</body>\n</html>\n",
        request.date
    );
    Some(ServerAnswer::new(200, "nginx", request.date, "text/html", body))
}

/// stefanprodan/podinfo: what follows from the pod and its image.
pub fn podinfo(request: &HandledRequest<'_>, container: &Container) -> Option<ServerAnswer> {
    let version = tag(&container.image);
    match &*request.request.path {
        "/healthz" | "/readyz" => {
            let body = "{\n  \"status\": \"OK\"\n}".to_owned();
            Some(ServerAnswer::new(200, "", request.date, "application/json; charset=utf-8", body))
        }
        "/" if !version.is_empty() && version != "latest" => {
            let message = variable(container, "PODINFO_UI_MESSAGE")
                .unwrap_or_else(|| format!("greetings from podinfo v{version}"));
            let color = variable(container, "PODINFO_UI_COLOR").unwrap_or_else(|| "#34577c".to_owned());
            let body = format!(
                "{{\n  \"hostname\": {:?},\n  \"version\": {version:?},\n  \"color\": {color:?},\n  \"message\": {message:?}\n}}",
                request.hostname()
            );
            Some(ServerAnswer::new(200, "", request.date, "application/json; charset=utf-8", body))
        }
        _ => None,
    }
}

/// kicbase/echo-server, jmalloc/echo-server
pub fn echo_server(request: &HandledRequest<'_>, _: &Container) -> Option<ServerAnswer> {
    let asked = request.request;
    let lines: String = headers(request).iter().map(|(name, value)| format!("{name}: {value}\n")).collect();
    let body = format!(
        "Request served by {}\n\n{} {} HTTP/1.1\n\nHost: {}\n{lines}",
        request.hostname(),
        asked.method,
        asked.target(),
        asked.host
    );
    plain(request, body)
}

/// The tutorial's bootcamp
pub fn bootcamp(request: &HandledRequest<'_>, container: &Container) -> Option<ServerAnswer> {
    let version = match tag(&container.image) {
        "v2" => "2",
        "" | "v1" | "latest" => "1",
        _ => return None,
    };
    plain(request, format!("Hello Kubernetes bootcamp! | Running on: {} | v={version}\n", request.hostname()))
}

/// luksa/kubia
pub fn kubia(request: &HandledRequest<'_>, container: &Container) -> Option<ServerAnswer> {
    let version = match tag(&container.image) {
        "" | "latest" => "",
        "v1" => "This is v1 running in pod ",
        "v2" => "This is v2 running in pod ",
        _ => return None,
    };
    if version.is_empty() {
        plain(request, format!("You've hit {}\n", request.hostname()))
    } else {
        plain(request, format!("{version}{}\n", request.hostname()))
    }
}

/// google-samples/node-hello
pub fn node_hello(request: &HandledRequest<'_>, _: &Container) -> Option<ServerAnswer> {
    plain(request, "Hello Kubernetes!".to_owned())
}

/// The example of the autoscaler
pub fn hpa_example(request: &HandledRequest<'_>, _: &Container) -> Option<ServerAnswer> {
    plain(request, "OK!".to_owned())
}
