//! Servers that posts use, known by their images: what they answer on the port that they listen on, in our own words but for
//! the title by which one knows them. Whatever a container does by a command of its own isn't known.

use std::net::IpAddr;

use super::FileContent;
use crate::cluster::known_server::{self, option_value, variable};
use crate::cluster::{Cluster, Pod};
use crate::model::Container;
use crate::packet::HttpRequest;

mod echo;
mod sample;
mod page;

/// A request as a pod gets it.
pub struct HandledRequest<'r> {
    /// The cluster, for what is mounted.
    pub cluster: &'r Cluster,
    pub pod: &'r Pod,
    /// The port that was connected to.
    pub port: u16,
    /// Who seems to ask.
    pub source: IpAddr,
    pub request: &'r HttpRequest,
    /// Files that commands wrote in the pod.
    pub written: &'r dyn Fn(&str) -> Option<String>,
    /// The moment, as HTTP writes it.
    pub date: &'r str,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerAnswer {
    /// `200`.
    pub status: u16,
    /// Headers in order.
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl ServerAnswer {
    fn new(status: u16, server: &str, date: &str, content_type: &str, body: String) -> Self {
        let mut headers: Vec<(String, String)> = Vec::new();
        let mut add = |name: &str, value: &str| headers.push((name.to_owned(), value.to_owned()));
        if !server.is_empty() {
            add("Server", server);
        }
        add("Date", date);
        add("Content-Type", content_type);
        add("Content-Length", &body.len().to_string());
        Self { status, headers, body }
    }

    fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }
}

/// A server's way to answer; None where that isn't known.
type Handler = fn(&HandledRequest<'_>, &Container) -> Option<ServerAnswer>;

/// How each of the known servers answers.
const HANDLERS: [(&str, Handler); 33] = [
    ("nginx", page::nginx),
    ("nginx-unprivileged", page::nginx),
    ("nginx-slim", page::nginx),
    ("bitnami/nginx", page::nginx),
    ("httpd", page::httpd),
    ("traefik/whoami", echo::whoami),
    ("containous/whoami", echo::whoami),
    ("echoserver", echo::echoserver),
    ("hello-app", echo::hello_app),
    ("http-echo", echo::http_echo),
    ("agnhost", echo::agnhost),
    ("serve_hostname", echo::serve_hostname),
    ("serve-hostname", echo::serve_hostname),
    ("nginxdemos/hello", echo::nginxdemos),
    ("nginx-hello", echo::nginxdemos),
    ("podinfo", echo::podinfo),
    ("kicbase/echo-server", echo::echo_server),
    ("jmalloc/echo-server", echo::echo_server),
    ("kubernetes-bootcamp", echo::bootcamp),
    ("kubia", echo::kubia),
    ("node-hello", echo::node_hello),
    ("hpa-example", echo::hpa_example),
    ("kennethreitz/httpbin", sample::httpbin),
    ("hello-kubernetes", sample::hello_kubernetes),
    ("training/webapp", sample::training_webapp),
    ("tutum/hello-world", sample::hello_world),
    ("dockercloud/hello-world", sample::hello_world),
    ("rancher/hello-world", sample::hello_world),
    ("strm/helloworld-http", sample::helloworld_http),
    ("kuard-amd64", sample::kuard),
    ("gb-frontend", sample::guestbook),
    ("caddy", sample::caddy),
    ("tomcat", sample::tomcat),
];

/// What the pod's server answers; None where no server that is known listens on the port.
pub fn answer(request: &HandledRequest<'_>) -> Option<ServerAnswer> {
    let containers = &request.pod.spec.containers;
    let declares = |container: &&Container| {
        container.ports.iter().any(|port| u16::try_from(port.container_port) == Ok(request.port))
    };
    // Who declares the port has it; else the one whose image listens there.
    let declared = containers.iter().find(declares);
    let listens = |container: &&Container| known_server::port_of(container) == Some(request.port);
    let container = declared.or_else(|| containers.iter().find(listens))?;
    if !known_server::is_own_command(container) {
        return None;
    }
    handler_of(&container.image)?(request, container)
}

/// How the server of an image answers.
fn handler_of(image: &str) -> Option<Handler> {
    let known = known_server::of_image(image)?;
    HANDLERS.iter().find(|(name, _)| *name == known.name).map(|(_, handler)| *handler)
}

fn tag(image: &str) -> &str {
    let image = image.split('@').next().unwrap_or(image);
    image.rsplit_once(':').map(|(_, tag)| tag).filter(|tag| !tag.contains('/')).unwrap_or_default()
}

impl HandledRequest<'_> {
    fn hostname(&self) -> String {
        crate::dns::pod::hostname(self.cluster, self.pod)
    }

    /// A file as the server finds it: written by a command, or mounted. None where what is there isn't known.
    fn file(&self, path: &str, of_image: Option<String>) -> Option<FileContent> {
        if let Some(text) = (self.written)(path) {
            return Some(FileContent::Text(text));
        }
        if super::is_hidden(self.cluster, self.pod, path) {
            return None;
        }
        Some(match super::file(self.cluster, self.pod, path) {
            FileContent::Unknown => of_image.map_or(FileContent::Missing, FileContent::Text),
            known => known,
        })
    }

    /// Whether something is mounted over a path, such as a configuration.
    fn is_mounted(&self, path: &str) -> bool {
        let mounts = self.pod.spec.containers.iter().flat_map(|container| &container.volume_mounts);
        let mut paths = mounts.map(|mount| mount.mount_path.trim_end_matches('/'));
        paths.any(|mounted| {
            mounted == path || mounted.starts_with(&format!("{path}/")) || path.starts_with(&format!("{mounted}/"))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_of_images() {
        assert_eq!((tag("a:5000/b"), tag("a/b:1@sha256:x")), ("", "1"));
    }
}
