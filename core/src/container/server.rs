//! Servers that posts use, known by their images: what they answer on the port that they listen on, in our own words but for
//! the title by which one knows them. Whatever a container does by a command of its own isn't known.

use std::net::IpAddr;

use super::FileContent;
use crate::cluster::{Cluster, Pod};
use crate::model::{Container, EnvVar};
use crate::packet::HttpRequest;

mod echo;
mod page;

/// A request as a pod gets it.
pub struct HandledRequest<'r> {
    /// The cluster, for what is mounted.
    pub cluster: &'r Cluster,
    /// The pod.
    pub pod: &'r Pod,
    /// The port that was connected to.
    pub port: u16,
    /// Who seems to ask.
    pub source: IpAddr,
    /// What for.
    pub request: &'r HttpRequest,
    /// Files that commands wrote in the pod.
    pub written: &'r dyn Fn(&str) -> Option<String>,
    /// The moment, as HTTP writes it.
    pub date: &'r str,
}

/// What a server answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerAnswer {
    /// `200`.
    pub status: u16,
    /// Headers in order.
    pub headers: Vec<(String, String)>,
    /// The body.
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

/// Images by the end of their name, the port that each listens on, and how it answers.
const SERVERS: [(&str, u16, Handler); 22] = [
    ("nginx", 80, page::nginx),
    ("nginx-unprivileged", 8080, page::nginx),
    ("nginx-slim", 80, page::nginx),
    ("bitnami/nginx", 8080, page::nginx),
    ("httpd", 80, page::httpd),
    ("traefik/whoami", 80, echo::whoami),
    ("containous/whoami", 80, echo::whoami),
    ("echoserver", 8080, echo::echoserver),
    ("hello-app", 8080, echo::hello_app),
    ("http-echo", 5678, echo::http_echo),
    ("agnhost", 8080, echo::agnhost),
    ("serve_hostname", 9376, echo::serve_hostname),
    ("serve-hostname", 9376, echo::serve_hostname),
    ("nginxdemos/hello", 80, echo::nginxdemos),
    ("nginx-hello", 8080, echo::nginxdemos),
    ("podinfo", 9898, echo::podinfo),
    ("kicbase/echo-server", 8080, echo::echo_server),
    ("jmalloc/echo-server", 8080, echo::echo_server),
    ("kubernetes-bootcamp", 8080, echo::bootcamp),
    ("kubia", 8080, echo::kubia),
    ("node-hello", 8080, echo::node_hello),
    ("hpa-example", 80, echo::hpa_example),
];

/// What the pod's server answers; None where no server that is known listens on the port.
pub fn answer(request: &HandledRequest<'_>) -> Option<ServerAnswer> {
    let containers = &request.pod.spec.containers;
    let declares = |container: &&Container| {
        container.ports.iter().any(|port| u16::try_from(port.container_port) == Ok(request.port))
    };
    // Who declares the port has it; else the one whose image listens there.
    let declared = containers.iter().find(declares);
    let mut by_image = containers.iter().filter(|container| {
        server(&container.image).is_some_and(|(_, port, _)| listens_on(container, *port) == request.port)
    });
    let container = declared.or_else(|| by_image.next())?;
    let (_, port, handler) = server(&container.image)?;
    let listens = declared.is_some() || listens_on(container, *port) == request.port;
    if !listens || !is_own_command(container) {
        return None;
    }
    handler(request, container)
}

/// `docker.io/library/nginx:1.25` is nginx.
fn server(image: &str) -> Option<&'static (&'static str, u16, Handler)> {
    let name = repository(image);
    let name = name.strip_prefix("docker.io/").unwrap_or(name);
    let name = name.strip_prefix("library/").unwrap_or(name);
    // The longest ending is the most exact; nginx and httpd are only themselves.
    let fits = |own: &str| match own {
        "nginx" | "httpd" => name == own || name.ends_with(&format!("ecr.aws/docker/library/{own}")),
        own => name == own || name.ends_with(&format!("/{own}")),
    };
    SERVERS.iter().filter(|(own, ..)| fits(own)).max_by_key(|(own, ..)| own.len())
}

/// An image without tag and digest.
fn repository(image: &str) -> &str {
    let image = image.split('@').next().unwrap_or(image);
    match image.rsplit_once(':') {
        Some((name, tag)) if !tag.contains('/') => name,
        _ => image,
    }
}

/// An image's tag.
fn tag(image: &str) -> &str {
    let image = image.split('@').next().unwrap_or(image);
    image.rsplit_once(':').map(|(_, tag)| tag).filter(|tag| !tag.contains('/')).unwrap_or_default()
}

/// The port that arguments or variables choose.
fn listens_on(container: &Container, usual: u16) -> u16 {
    let options = ["--http-port", "--port", "-port", "-listen", "--listen"];
    let given = options.iter().find_map(|option| option_value(container, option));
    let variable = variable(container, "PORT").or_else(|| variable(container, "WHOAMI_PORT_NUMBER"));
    let text = given.or(variable).unwrap_or_default();
    text.rsplit(':').next().and_then(|port| port.parse().ok()).unwrap_or(usual)
}

/// `-text=x`, or `-text x` in two arguments.
fn option_value(container: &Container, option: &str) -> Option<String> {
    let args = container.command.iter().chain(&container.args);
    let mut args = args.map(|arg| &**arg);
    args.clone().find_map(|arg| arg.strip_prefix(option)?.strip_prefix('=')).map(str::to_owned).or_else(|| {
        args.find(|arg| *arg == option)?;
        args.next().map(str::to_owned)
    })
}

fn variable(container: &Container, name: &str) -> Option<String> {
    let named = |variable: &&EnvVar| &*variable.name == name;
    container.env.iter().find(named).and_then(|variable| variable.value.as_ref()).map(ToString::to_string)
}

/// Whether the image's own server runs: no command, or one that names the server.
fn is_own_command(container: &Container) -> bool {
    let Some(command) = container.command.first() else { return true };
    let name = command.rsplit('/').next().unwrap_or(command);
    matches!(
        name,
        "nginx" | "httpd-foreground" | "whoami" | "http-echo" | "agnhost" | "podinfo" | "hello-app" | "echo-server"
    )
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
    fn images_by_their_names() {
        let name = |image: &str| server(image).map(|(name, ..)| *name);
        assert_eq!(name("nginx"), Some("nginx"));
        assert_eq!(name("docker.io/library/nginx:1.25-alpine"), Some("nginx"));
        assert_eq!(name("registry.example:5000/team/nginx:1"), None);
        assert_eq!(name("bitnami/nginx:latest"), Some("bitnami/nginx"));
        assert_eq!(name("registry.k8s.io/e2e-test-images/agnhost:2.39"), Some("agnhost"));
        assert_eq!(name("shop/cart:1"), None);
        assert_eq!((tag("a:5000/b"), tag("a/b:1@sha256:x")), ("", "1"));
    }
}
