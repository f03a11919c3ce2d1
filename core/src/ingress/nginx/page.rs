//! The pages that nginx writes itself, byte for byte.

/// The page of a status; None where it isn't known.
pub fn nginx_error_page(status: u16) -> Option<String> {
    status_title(status).map(html_page)
}

/// nginx for plain HTTP on the port for TLS.
pub fn plain_http_to_tls_port() -> String {
    let head = "<html>\r\n<head><title>400 The plain HTTP request was sent to HTTPS port</title></head>\r\n<body>\r\n";
    let words = "<center>The plain HTTP request was sent to HTTPS port</center>\r\n";
    format!(
        "{head}<center><h1>400 Bad Request</h1></center>\r\n{words}<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
    )
}

/// ngx_http_special_response.c, with server_tokens off as the controller sets it.
fn html_page(title: &str) -> String {
    format!(
        "<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n<center><h1>{title}</h1></center>\r\n\
         <hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
    )
}

fn status_title(status: u16) -> Option<&'static str> {
    Some(match status {
        301 => "301 Moved Permanently",
        302 => "302 Found",
        303 => "303 See Other",
        307 => "307 Temporary Redirect",
        308 => "308 Permanent Redirect",
        400 => "400 Bad Request",
        401 => "401 Authorization Required",
        403 => "403 Forbidden",
        404 => "404 Not Found",
        413 => "413 Request Entity Too Large",
        500 => "500 Internal Server Error",
        502 => "502 Bad Gateway",
        503 => "503 Service Temporarily Unavailable",
        504 => "504 Gateway Time-out",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_has_its_title_twice() {
        let page = nginx_error_page(404).unwrap();
        assert!(page.starts_with("<html>\r\n<head><title>404 Not Found</title></head>\r\n"), "{page}");
        assert_eq!(nginx_error_page(299), None);
    }
}
