//! The lines that known servers write of requests, and what a container says that is told to say something.

use crate::cluster::Pod;
use crate::cluster::known_server;
use crate::model::Container;
use crate::terminal::clock;
use crate::terminal::session::{BEGINNING, ServedRequest};

/// How a server writes a request down; None where a part of the line isn't known.
type LineWriter = fn(&ServedRequest) -> Option<String>;

/// Servers by their images.
const WRITERS: [(&str, LineWriter); 13] = [
    ("nginx", nginx),
    ("nginx-unprivileged", nginx),
    ("nginx-slim", nginx),
    ("nginxdemos/hello", nginx),
    ("nginx-hello", nginx),
    ("bitnami/nginx", combined),
    ("echoserver", combined),
    ("httpd", common),
    ("hello-app", hello_app),
    ("kubia", kubia),
    ("traefik/whoami", silent),
    ("containous/whoami", silent),
    ("serve_hostname", silent),
];

/// What a container has written, as far as requests of this session go; None where it isn't known.
pub fn container_lines(pod: &Pod, container: &Container, served: &[ServedRequest]) -> Option<Vec<String>> {
    if let Some(said) = echoed(container) {
        return Some(vec![said]);
    }
    if !known_server::is_own_command(container) {
        return None;
    }
    let is_configured = container.volume_mounts.iter().any(|mount| mount.mount_path.starts_with("/etc/nginx"));
    let known = known_server::of_image(&container.image).filter(|_| !is_configured)?;
    let (_, writer) = WRITERS.iter().find(|(name, _)| *name == known.name)?;
    let port = known_server::port_of(container)?;
    let name = pod.reference.qualified_name();
    let own = served.iter().filter(|request| request.pod == name && request.port == port);
    own.map(writer).filter(|line| line.as_deref() != Some("")).collect()
}

/// `echo TEXT` as the whole command.
fn echoed(container: &Container) -> Option<String> {
    let words: Vec<&str> = container.command.iter().chain(&container.args).map(|word| &**word).collect();
    match &words[..] {
        ["echo" | "/bin/echo", said @ ..] if !said.iter().any(|word| word.contains('$')) => Some(said.join(" ")),
        ["sh" | "/bin/sh" | "bash" | "/bin/bash", "-c", line] => {
            let said = line.trim().strip_prefix("echo ")?.split(['&', ';']).next()?.trim();
            let is_plain = !said.contains(['$', '`', '>', '|', '\\', '(']);
            is_plain.then(|| said.trim_matches(['"', '\'']).to_owned())
        }
        _ => None,
    }
}

/// The log format that the image of nginx brings: combined, and X-Forwarded-For.
fn nginx(request: &ServedRequest) -> Option<String> {
    let forwarded_for = request.forwarded_for.as_deref().unwrap_or("-");
    Some(format!("{} \"{forwarded_for}\"", combined(request)?))
}

fn combined(request: &ServedRequest) -> Option<String> {
    let or_dash = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
    Some(format!("{} \"{}\" \"{}\"", common(request)?, or_dash(&request.referer), or_dash(&request.agent)))
}

fn common(request: &ServedRequest) -> Option<String> {
    let (status, length) = request.answer?;
    let time = clock::formatted(BEGINNING + request.seconds, "%d/%b/%Y:%H:%M:%S %z");
    Some(format!("{} - - [{time}] \"{}\" {status} {length}", request.source, request.line))
}

fn hello_app(request: &ServedRequest) -> Option<String> {
    let path = request.line.split(' ').nth(1)?.split('?').next()?;
    let time = clock::formatted(BEGINNING + request.seconds, "%Y/%m/%d %T");
    Some(format!("{time} Serving request: {path}"))
}

fn kubia(request: &ServedRequest) -> Option<String> {
    Some(format!("Received request from ::ffff:{}", request.source))
}

/// Says nothing of requests unless told to.
fn silent(_: &ServedRequest) -> Option<String> {
    Some(String::new())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_nginx() {
        let request = ServedRequest {
            pod: "default/web".to_owned(),
            port: 80,
            source: [10, 244, 0, 7].into(),
            line: "GET / HTTP/1.1".to_owned(),
            host: "web".to_owned(),
            agent: Some("curl/8.14.1".to_owned()),
            referer: None,
            forwarded_for: None,
            answer: Some((200, 615)),
            seconds: 61,
        };
        let line = "10.244.0.7 - - [01/Jan/2026:00:01:01 +0000] \"GET / HTTP/1.1\" 200 615 \"-\" \"curl/8.14.1\" \"-\"";
        assert_eq!(nginx(&request).as_deref(), Some(line));
    }
}
