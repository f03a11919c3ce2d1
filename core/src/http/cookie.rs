//! Cookies of a request.

use crate::packet::Headers;

/// The value of a cookie, if the request has it.
pub fn value<'h>(headers: &'h Headers, name: &str) -> Option<&'h str> {
    let cookies = headers.0.iter().filter(|(key, _)| key.eq_ignore_ascii_case("cookie"));
    let mut pairs = cookies.flat_map(|(_, value)| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(key, _)| *key == name).map(|(_, value)| value)
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
