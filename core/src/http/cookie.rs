//! Cookies of a request.

use crate::packet::Headers;

/// The value of a cookie, if the request has it.
pub fn value<'h>(headers: &'h Headers, name: &str) -> Option<&'h str> {
    pairs(headers).find(|(key, _)| *key == name).map(|(_, value)| value)
}

/// The same, whatever case the name is in (nginx' `$cookie_name`).
pub fn value_ignoring_case<'h>(headers: &'h Headers, name: &str) -> Option<&'h str> {
    pairs(headers).find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

fn pairs(headers: &Headers) -> impl Iterator<Item = (&str, &str)> {
    let cookies = headers.0.iter().filter(|(key, _)| key.eq_ignore_ascii_case("cookie"));
    cookies.flat_map(|(_, value)| value.split(';')).filter_map(|pair| pair.trim().split_once('='))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_in_one_header() {
        let headers = Headers(vec![("Cookie".into(), "a=1; b=2".into())]);
        assert_eq!(value(&headers, "b"), Some("2"));
        assert_eq!(value(&headers, "c"), None);
    }
}
