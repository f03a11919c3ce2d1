//! Servers that are known by their images, and the port on which each listens.

use crate::model::{Container, EnvVar};

/// A server with the end of its image's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KnownServer {
    /// `nginx`, `traefik/whoami`
    pub name: &'static str,
    /// The port on which it listens unless told otherwise.
    pub port: u16,
}

/// All of them.
pub const KNOWN_SERVERS: [KnownServer; 41] = [
    known("nginx", 80),
    known("nginx-unprivileged", 8080),
    known("nginx-slim", 80),
    known("bitnami/nginx", 8080),
    known("httpd", 80),
    known("traefik/whoami", 80),
    known("containous/whoami", 80),
    known("echoserver", 8080),
    known("hello-app", 8080),
    known("http-echo", 5678),
    known("agnhost", 8080),
    known("serve_hostname", 9376),
    known("serve-hostname", 9376),
    known("nginxdemos/hello", 80),
    known("nginx-hello", 8080),
    known("podinfo", 9898),
    known("kicbase/echo-server", 8080),
    known("jmalloc/echo-server", 8080),
    known("kubernetes-bootcamp", 8080),
    known("kubia", 8080),
    known("node-hello", 8080),
    known("hpa-example", 80),
    known("kennethreitz/httpbin", 80),
    known("mccutchen/go-httpbin", 8080),
    known("hello-kubernetes", 8080),
    known("training/webapp", 5000),
    known("tutum/hello-world", 80),
    known("dockercloud/hello-world", 80),
    known("rancher/hello-world", 80),
    known("strm/helloworld-http", 80),
    known("kuard-amd64", 8080),
    known("gb-frontend", 80),
    known("caddy", 80),
    known("tomcat", 8080),
    known("ealen/echo-server", 80),
    known("docker/getting-started", 80),
    known("redis", 6379),
    known("postgres", 5432),
    known("mysql", 3306),
    known("mongo", 27017),
    known("memcached", 11211),
];

const fn known(name: &'static str, port: u16) -> KnownServer {
    KnownServer { name, port }
}

/// The server of an image: that of `docker.io/library/nginx:1.25` is nginx.
pub fn of_image(image: &str) -> Option<&'static KnownServer> {
    let name = repository(image);
    let name = name.strip_prefix("docker.io/").unwrap_or(name);
    let name = name.strip_prefix("library/").unwrap_or(name);
    // The longest ending is the most exact; nginx and httpd are only themselves.
    let fits = |own: &str| match own {
        "nginx" | "httpd" | "caddy" | "tomcat" => {
            name == own || name.ends_with(&format!("ecr.aws/docker/library/{own}"))
        }
        own => name == own || name.ends_with(&format!("/{own}")),
    };
    KNOWN_SERVERS.iter().filter(|known| fits(known.name)).max_by_key(|known| known.name.len())
}

/// An image without tag and digest.
fn repository(image: &str) -> &str {
    let image = image.split('@').next().unwrap_or(image);
    match image.rsplit_once(':') {
        Some((name, tag)) if !tag.contains('/') => name,
        _ => image,
    }
}

/// The port of a container's own server; None where its image isn't known, or something else runs in it.
pub fn port_of(container: &Container) -> Option<u16> {
    let known = of_image(&container.image)?;
    is_own_command(container).then(|| chosen_port(container, known.port))
}

/// Whether it can be told on which port a container listens: a known server without a configuration of somebody's own.
pub fn is_port_known(container: &Container) -> bool {
    let is_configured = container.volume_mounts.iter().any(|mount| mount.mount_path.starts_with("/etc/"));
    port_of(container).is_some() && !is_configured
}

/// The port that arguments or variables choose.
fn chosen_port(container: &Container, usual: u16) -> u16 {
    let options = ["--http-port", "--port", "-port", "-listen", "--listen"];
    let given = options.iter().find_map(|option| option_value(container, option));
    let variable = variable(container, "PORT").or_else(|| variable(container, "WHOAMI_PORT_NUMBER"));
    let text = given.or(variable).unwrap_or_default();
    text.rsplit(':').next().and_then(|port| port.parse().ok()).unwrap_or(usual)
}

/// `-text=x`, or `-text x` in two arguments.
pub fn option_value(container: &Container, option: &str) -> Option<String> {
    let args = container.command.iter().chain(&container.args);
    let mut args = args.map(|arg| &**arg);
    args.clone().find_map(|arg| arg.strip_prefix(option)?.strip_prefix('=')).map(str::to_owned).or_else(|| {
        args.find(|arg| *arg == option)?;
        args.next().map(str::to_owned)
    })
}

/// The value of a variable that is written out.
pub fn variable(container: &Container, name: &str) -> Option<String> {
    let named = |variable: &&EnvVar| &*variable.name == name;
    container.env.iter().find(named).and_then(|variable| variable.value.as_ref()).map(ToString::to_string)
}

/// Whether the image's own server runs: no command, or one that names the server.
pub fn is_own_command(container: &Container) -> bool {
    let Some(command) = container.command.first() else { return true };
    let name = command.rsplit('/').next().unwrap_or(command);
    matches!(
        name,
        "nginx" | "httpd-foreground" | "whoami" | "http-echo" | "agnhost" | "podinfo" | "hello-app" | "echo-server"
    )
}

/// The status with which a container's own server answers a GET on its port; None where that isn't known: an image that isn't,
/// a port that isn't its own, files or arguments of somebody's own.
pub fn status_of(container: &Container, port: u16, path: &str) -> Option<u16> {
    let known = of_image(&container.image)?;
    if port_of(container) != Some(port) || path.contains('%') || path.contains("..") || path.contains("//") {
        return None;
    }
    match known.name {
        "nginx" | "nginx-unprivileged" | "nginx-slim" | "httpd" => {
            let is_as_made = container.volume_mounts.is_empty() && container.args.is_empty();
            let is_index = matches!(path, "/" | "/index.html");
            // The page for errors that nginx' image has beside the first.
            let is_kept = is_as_made && path != "/50x.html";
            is_kept.then_some(if is_index { 200 } else { 404 })
        }
        "traefik/whoami" | "containous/whoami" => {
            let own = ["/api", "/bench", "/data", "/echo", "/health", "/upload"];
            (!own.contains(&path)).then_some(200)
        }
        "http-echo" => match option_value(container, "-status-code") {
            Some(given) => given.parse().ok(),
            None => Some(200),
        },
        "echoserver" => Some(200),
        "kennethreitz/httpbin" => match path.strip_prefix("/status/") {
            // Of 401 the headers matter, too.
            Some(code) => code.parse().ok().filter(|code| (200..600).contains(code) && *code != 401),
            None => matches!(path, "/get" | "/headers" | "/ip" | "/user-agent").then_some(200),
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_by_their_names() {
        let name = |image: &str| of_image(image).map(|known| known.name);
        assert_eq!(name("nginx"), Some("nginx"));
        assert_eq!(name("docker.io/library/nginx:1.25-alpine"), Some("nginx"));
        assert_eq!(name("registry.example:5000/team/nginx:1"), None);
        assert_eq!(name("bitnami/nginx:latest"), Some("bitnami/nginx"));
        assert_eq!(name("registry.k8s.io/e2e-test-images/agnhost:2.39"), Some("agnhost"));
        assert_eq!(name("shop/cart:1"), None);
    }
}
