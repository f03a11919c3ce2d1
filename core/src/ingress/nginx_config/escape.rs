//! How nginx escapes paths and arguments (ngx_string.c, ngx_escape_uri and ngx_unescape_uri).

/// A path that goes on to a backend (NGX_ESCAPE_URI).
pub fn escape_uri(text: &str) -> String {
    escape(text, b"%?#")
}

/// A group that a rewrite fills into arguments or an address (NGX_ESCAPE_ARGS).
pub fn escape_args(text: &str) -> String {
    escape(text, b"%?#&+;")
}

fn escape(text: &str, beside: &[u8]) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            0..=b' ' | b'"' | b'<' | b'>' | b'\\' | b'^' | b'`' | b'{' | b'|' | b'}' | 0x7f.. => {
                escaped.push_str(&format!("%{byte:02X}"));
            }
            byte if beside.contains(&byte) => escaped.push_str(&format!("%{byte:02X}")),
            plain => escaped.push(char::from(plain)),
        }
    }
    escaped
}

/// The address of a redirect: escapes of plain characters are undone, up to the arguments (NGX_UNESCAPE_REDIRECT).
pub fn unescape_redirect(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('%') {
        if let Some((path, arguments)) = before.split_once('?') {
            plain.push_str(path);
            plain.push('?');
            plain.push_str(arguments);
            plain.push('%');
            plain.push_str(behind);
            return plain;
        }
        plain.push_str(before);
        let code = behind.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok());
        rest = match code.filter(|code| (b'&'..0x7f).contains(code)) {
            Some(code) => {
                plain.push(char::from(code));
                let after = behind.get(2..).unwrap_or_default();
                if code == b'?' {
                    plain.push_str(after);
                    return plain;
                }
                after
            }
            None => {
                plain.push('%');
                behind
            }
        };
    }
    plain.push_str(rest);
    plain
}

#[cfg(test)]
mod tests {
    use super::unescape_redirect;

    #[test]
    fn escapes_of_an_address() {
        for (text, plain) in
            [("/a%2Fb%20c", "/a/b%20c"), ("/a?b=%2F", "/a?b=%2F"), ("/a%3Fb%2F", "/a?b%2F"), ("/%zz%4", "/%zz%4")]
        {
            assert_eq!(unescape_redirect(text), plain);
        }
    }
}
