//! The texts of Traefik's own answers, where they don't depend on the moment.

/// Go's http.NotFound, the load balancer's errNoAvailableServer, and status texts from redirects, lists and the proxy.
pub fn of_status(status: u16) -> Option<&'static str> {
    Some(match status {
        301 => "Moved Permanently",
        302 => "Found",
        307 => "Temporary Redirect",
        308 => "Permanent Redirect",
        401 => "401 Unauthorized\n",
        403 => "Forbidden",
        404 => "404 page not found\n",
        502 => "Bad Gateway",
        503 => "no available server\n",
        504 => "Gateway Timeout",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_page_is_as_go_writes_it() {
        assert_eq!(of_status(404), Some("404 page not found\n"));
        assert_eq!(of_status(299), None);
    }
}
