//! Samples that posts deploy to have something that answers. Of pages only the title and the first heading are theirs.

use super::{HandledRequest, ServerAnswer, tag, variable};
use crate::model::Container;
use crate::order::Order;

fn page(request: &HandledRequest<'_>, server: &str, title: &str, heading: &str, more: &str) -> Option<ServerAnswer> {
    let body = format!(
        "<!DOCTYPE html>\n<html>\n<head>\n<title>{title}</title>\n</head>\n<body>\n<h1>{heading}</h1>\n{more}</body>\n</html>\n"
    );
    Some(ServerAnswer::new(200, server, request.date, "text/html; charset=utf-8", body))
}

/// kennethreitz/httpbin: what was asked, as JSON; other paths aren't known.
pub fn httpbin(request: &HandledRequest<'_>, _: &Container) -> Option<ServerAnswer> {
    // 1. Headers and arguments.
    let asked = request.request;
    let mut headers: Vec<(String, String)> = asked.headers.0.clone();
    headers.push(("Host".to_owned(), asked.host.clone()));
    headers.order_by(|left, right| left.0.cmp(&right.0));
    let quoted = |text: &str| serde_json::to_string(text).unwrap_or_default();
    let list = |pairs: &[(String, String)]| {
        let lines: Vec<String> =
            pairs.iter().map(|(name, value)| format!("    {}: {}", quoted(name), quoted(value))).collect();
        if lines.is_empty() { "{}".to_owned() } else { format!("{{\n{}\n  }}", lines.join(", \n")) }
    };
    let arguments: Vec<(String, String)> = asked
        .query
        .as_deref()
        .unwrap_or_default()
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    // 2. How an answer looks.
    let json = |status: u16, body: String| {
        let answer = ServerAnswer::new(status, "gunicorn/19.9.0", request.date, "application/json", body);
        let answer = answer.header("Access-Control-Allow-Origin", "*");
        Some(answer.header("Access-Control-Allow-Credentials", "true"))
    };
    // 3. What each path tells.
    let is_get = matches!(asked.method.as_str(), "GET" | "HEAD");
    match asked.path.as_str() {
        "/get" if is_get => json(
            200,
            format!(
                "{{\n  \"args\": {}, \n  \"headers\": {}, \n  \"origin\": {}, \n  \"url\": {}\n}}\n",
                list(&arguments),
                list(&headers),
                quoted(&request.source.to_string()),
                quoted(&format!("http://{}{}", asked.host, asked.target()))
            ),
        ),
        "/headers" if is_get => json(200, format!("{{\n  \"headers\": {}\n}}\n", list(&headers))),
        "/ip" if is_get => json(200, format!("{{\n  \"origin\": {}\n}}\n", quoted(&request.source.to_string()))),
        "/user-agent" if is_get => {
            let agent = asked.headers.value("User-Agent").unwrap_or_default();
            json(200, format!("{{\n  \"user-agent\": {}\n}}\n", quoted(agent)))
        }
        path => {
            let status: u16 = path.strip_prefix("/status/")?.parse().ok()?;
            (status != 418).then(|| {
                ServerAnswer::new(status, "gunicorn/19.9.0", request.date, "text/html; charset=utf-8", String::new())
            })
        }
    }
}

/// paulbouwer/hello-kubernetes
pub fn hello_kubernetes(request: &HandledRequest<'_>, container: &Container) -> Option<ServerAnswer> {
    if request.request.path != "/" {
        return None;
    }
    let message = variable(container, "MESSAGE").unwrap_or_else(|| "Hello world!".to_owned());
    let more = format!("<p>{message}</p>\n<p>pod: {}</p>\n", request.hostname());
    page(request, "", "Hello Kubernetes!", &message, &more)
}

/// The image `training/webapp`.
pub fn training_webapp(request: &HandledRequest<'_>, container: &Container) -> Option<ServerAnswer> {
    let provider = variable(container, "PROVIDER").unwrap_or_else(|| "world".to_owned());
    let is_first = request.request.path == "/";
    is_first.then(|| {
        ServerAnswer::new(200, "Werkzeug", request.date, "text/html; charset=utf-8", format!("Hello {provider}!"))
    })
}

/// tutum/hello-world and its successors
pub fn hello_world(request: &HandledRequest<'_>, _: &Container) -> Option<ServerAnswer> {
    let more = format!("<h3>My hostname is {}</h3>\n", request.hostname());
    page(request, "nginx", "Hello world!", "Hello world!", &more).filter(|_| request.request.path == "/")
}

/// strm/helloworld-http
pub fn helloworld_http(request: &HandledRequest<'_>, _: &Container) -> Option<ServerAnswer> {
    let name = request.hostname();
    let body =
        format!("<html><head><title>HTTP Hello World</title></head><body><h1>Hello from {name}</h1></body></html");
    Some(ServerAnswer::new(200, "", request.date, "text/html", body))
}

/// kuar-demo/kuard
pub fn kuard(request: &HandledRequest<'_>, container: &Container) -> Option<ServerAnswer> {
    match request.request.path.as_str() {
        "/healthy" | "/ready" => {
            Some(ServerAnswer::new(200, "", request.date, "text/plain; charset=utf-8", "ok".to_owned()))
        }
        "/" => {
            let more = format!("<p>{}, of image {}</p>\n", request.hostname(), tag(&container.image));
            page(request, "", "KUAR Demo", "KUAR Demo", &more)
        }
        _ => None,
    }
}

/// The guestbook's frontend
pub fn guestbook(request: &HandledRequest<'_>, _: &Container) -> Option<ServerAnswer> {
    page(request, "Apache", "Guestbook", "Guestbook", "").filter(|_| request.request.path == "/")
}

/// caddy with the image's own configuration
pub fn caddy(request: &HandledRequest<'_>, _: &Container) -> Option<ServerAnswer> {
    if request.is_mounted("/etc/caddy") || request.is_mounted("/usr/share/caddy") || request.request.path != "/" {
        return None;
    }
    page(request, "Caddy", "Caddy works!", "Congratulations!", "")
}

/// tomcat without applications
pub fn tomcat(request: &HandledRequest<'_>, _: &Container) -> Option<ServerAnswer> {
    if request.is_mounted("/usr/local/tomcat") {
        return None;
    }
    let title = "HTTP Status 404 – Not Found";
    let answer = page(request, "", title, title, "")?;
    Some(ServerAnswer { status: 404, ..answer })
}
