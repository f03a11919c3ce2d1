//! Base64 (RFC 4648) with padding, as Secrets and `Authorization: Basic` have it.

use base64ct::{Base64, Encoding};

/// Text as base64.
pub fn encode(text: &str) -> String {
    encode_bytes(text.as_bytes())
}

/// Bytes as base64.
pub fn encode_bytes(bytes: &[u8]) -> String {
    Base64::encode_string(bytes)
}

/// The bytes; line breaks may stand anywhere. None for anything that isn't base64.
pub fn decode(text: &str) -> Option<Vec<u8>> {
    let bare: String = text.chars().filter(|character| !character.is_ascii_whitespace()).collect();
    Base64::decode_vec(&bare).ok()
}

/// The same where it is text.
pub fn decode_text(text: &str) -> Option<String> {
    String::from_utf8(decode(text)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back() {
        assert_eq!(encode("user:pass"), "dXNlcjpwYXNz");
        assert_eq!(decode_text("dXNlc\njpwYXNz").as_deref(), Some("user:pass"));
        assert_eq!((encode("a").as_str(), decode("YQ"), decode("a b?")), ("YQ==", None, None));
    }
}
