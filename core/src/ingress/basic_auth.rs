//! Passwords of requests against the lines of an htpasswd file, as nginx' auth_basic looks at them.

use crate::http::password::{self, PasswordCheck};
use crate::model::base64;
use crate::packet::Headers;
use crate::source::FieldRef;

/// A file of users, and where it is named.
#[derive(Clone, Debug, PartialEq)]
pub struct PasswordFile {
    /// Names with their hashes.
    pub users: Vec<(String, String)>,
    pub realm: String,
    pub line: FieldRef,
}

/// What the credentials of a request are worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CredentialCheck {
    Accepted,
    Refused,
    /// The hash is of a kind that isn't computed.
    Unknown,
}

/// The users of an htpasswd file, a line each.
pub fn read_users(text: &str) -> Vec<(String, String)> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.filter_map(|line| line.split_once(':')).map(|(name, hash)| (name.to_owned(), hash.to_owned())).collect()
}

impl PasswordFile {
    /// Whether a request shows the credentials of a user in it.
    pub fn check(&self, headers: &Headers) -> CredentialCheck {
        check_credentials(headers, &self.users)
    }
}

/// ngx_http_auth_basic_handler: the user's line, by the credentials sent, then the password against its hash.
pub fn check_credentials(headers: &Headers, users: &[(String, String)]) -> CredentialCheck {
    // 1. The user's line.
    let sent = headers.value("Authorization").and_then(|value| value.strip_prefix("Basic "));
    let credentials = sent.and_then(base64::decode_text);
    let user = credentials.as_deref().and_then(|pair| pair.split_once(':'));
    let listed = user.and_then(|(user, password)| {
        let (_, hash) = users.iter().find(|(name, _)| name == user)?;
        Some((password, hash))
    });
    let Some((password, hash)) = listed else { return CredentialCheck::Refused };
    // 2. In the clear.
    if let Some(plain) = hash.strip_prefix("{PLAIN}") {
        return if plain == password { CredentialCheck::Accepted } else { CredentialCheck::Refused };
    }
    // 3. Hashed; the C library knows further hashes (crypt), which aren't computed here.
    if !["{SHA}", "$apr1$", "$1$"].iter().any(|kind| hash.starts_with(kind)) {
        return CredentialCheck::Unknown;
    }
    match password::check(password, hash) {
        PasswordCheck::Right => CredentialCheck::Accepted,
        PasswordCheck::Wrong => CredentialCheck::Refused,
        PasswordCheck::Unknown => CredentialCheck::Unknown,
    }
}
