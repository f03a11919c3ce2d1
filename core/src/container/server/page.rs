//! Servers of files: nginx and httpd.

use super::{FileContent, HandledRequest, ServerAnswer, tag};
use crate::model::Container;

/// nginx' own first page: its title and heading, the rest in our words.
const NGINX: &str = "<!DOCTYPE html>
<html>
<head>
<title>Welcome to nginx!</title>
</head>
<body>
<h1>Welcome to nginx!</h1>
<p>This is the page that the image of nginx brings along.</p>
</body>
</html>
";

/// httpd's own first page.
const HTTPD: &str = "<html><body><h1>It works!</h1></body></html>\n";

/// nginx with the image's configuration.
pub fn nginx(request: &HandledRequest<'_>, container: &Container) -> Option<ServerAnswer> {
    if request.is_mounted("/etc/nginx/nginx.conf")
        || request.is_mounted("/etc/nginx/conf.d")
        || request.is_mounted("/opt/bitnami/nginx/conf")
    {
        return None;
    }
    let version = tag(&container.image).split('-').next().unwrap_or_default();
    let is_whole = version.split('.').count() == 3 && version.chars().all(|c| c.is_ascii_digit() || c == '.');
    let server = if is_whole { format!("nginx/{version}") } else { "nginx".to_owned() };
    let files = FileServer { root: "/usr/share/nginx/html", index: NGINX, server: &server, page: nginx_page };
    files.answer(request)
}

/// httpd with the image's configuration.
pub fn httpd(request: &HandledRequest<'_>, container: &Container) -> Option<ServerAnswer> {
    if request.is_mounted("/usr/local/apache2/conf") {
        return None;
    }
    let version = tag(&container.image).split('-').next().unwrap_or_default();
    let is_whole = version.split('.').count() == 3;
    let server = if is_whole { format!("Apache/{version} (Unix)") } else { "Apache (Unix)".to_owned() };
    let files = FileServer { root: "/usr/local/apache2/htdocs", index: HTTPD, server: &server, page: httpd_page };
    files.answer(request)
}

struct FileServer<'s> {
    root: &'s str,
    /// What the image has as index.html.
    index: &'s str,
    server: &'s str,
    /// The page of an error.
    page: fn(&str, u16, &str) -> String,
}

impl FileServer<'_> {
    fn answer(&self, request: &HandledRequest<'_>) -> Option<ServerAnswer> {
        // 1. Methods that the server takes.
        let error = |status: u16, reason: &str| {
            let body = (self.page)(self.server, status, reason);
            Some(ServerAnswer::new(status, self.server, request.date, "text/html", body))
        };
        if !["GET", "HEAD"].contains(&request.request.method.as_str()) {
            return error(405, "Not Allowed");
        }
        // 2. Paths whose meaning isn't known.
        let path = &request.request.path;
        if path.contains("..") || path.contains('%') {
            return None;
        }
        // 3. The file: mounted, the image's, or missing.
        let is_folder = path.ends_with('/');
        let file = format!("{}{path}{}", self.root, if is_folder { "index.html" } else { "" });
        let is_index = file == format!("{}/index.html", self.root);
        let of_image = is_index.then(|| self.index.to_owned());
        match request.file(&file, of_image)? {
            FileContent::Text(text) => {
                let answer = ServerAnswer::new(200, self.server, request.date, content_type(&file), text);
                Some(answer.header("Accept-Ranges", "bytes"))
            }
            // The pages for errors that the image has beside the first.
            FileContent::Missing if file.ends_with("/50x.html") => None,
            FileContent::Missing if is_folder && is_index => error(403, "Forbidden"),
            FileContent::Missing => error(404, "Not Found"),
            FileContent::Unknown => None,
        }
    }
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit('.').next() {
        Some("html" | "htm") => "text/html",
        Some("txt") => "text/plain",
        Some("json") => "application/json",
        Some("css") => "text/css",
        Some("js") => "application/javascript",
        Some("xml") => "text/xml",
        Some("png") => "image/png",
        Some("svg") => "image/svg+xml",
        _ => "application/octet-stream",
    }
}

fn nginx_page(server: &str, status: u16, reason: &str) -> String {
    let title = format!("{status} {reason}");
    format!(
        "<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n<center><h1>{title}</h1></center>\r\n\
         <hr><center>{server}</center>\r\n</body>\r\n</html>\r\n"
    )
}

fn httpd_page(_: &str, status: u16, reason: &str) -> String {
    format!("<html><head>\n<title>{status} {reason}</title>\n</head><body>\n<h1>{reason}</h1>\n</body></html>\n")
}
