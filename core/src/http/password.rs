//! Passwords against their hashes in htpasswd files: SHA-1 and MD5 as Apache and crypt write it. bcrypt isn't computed.

use crate::model::base64;

/// What comes of comparing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordCheck {
    /// It is the password.
    Right,
    /// It isn't.
    Wrong,
    /// The hash isn't computed here.
    Unknown,
}

/// Compares a password with a hash: `{SHA}…`, `$apr1$salt$…`, `$1$salt$…`; `$2y$…` isn't computed, what else stands there
/// is no hash.
pub fn check(password: &str, hash: &str) -> PasswordCheck {
    let is_right = if let Some(sum) = hash.strip_prefix("{SHA}") {
        sum == sha1_base64(password)
    } else if hash.starts_with("$2") {
        return PasswordCheck::Unknown;
    } else {
        let parts: Vec<&str> = hash.splitn(4, '$').collect();
        matches!(parts.as_slice(), ["", magic @ ("apr1" | "1"), salt, _] if md5_crypt(password, salt, magic) == hash)
    };
    if is_right { PasswordCheck::Right } else { PasswordCheck::Wrong }
}

/// The SHA-1 sum of a text, in base64.
pub fn sha1_base64(text: &str) -> String {
    base64::encode_bytes(&sha1(text.as_bytes()))
}

/// A message filled up to whole blocks of 64 bytes, with its length in bits at the end.
fn padded(message: &[u8], big_endian: bool) -> Vec<u8> {
    let bits = (message.len() as u64).wrapping_mul(8);
    let mut padded = message.to_vec();
    padded.push(0x80);
    while padded.len() % 64 != 56 {
        padded.push(0);
    }
    padded.extend(if big_endian { bits.to_be_bytes() } else { bits.to_le_bytes() });
    padded
}

/// SHA-1 (RFC 3174).
pub fn sha1(message: &[u8]) -> [u8; 20] {
    let mut state: [u32; 5] = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476, 0xc3d2_e1f0];
    for block in padded(message, true).chunks_exact(64) {
        let mut words: Vec<u32> = block.chunks_exact(4).map(|four| word(four, true)).collect();
        for at in 16..80 {
            let before = |back: usize| words.get(at - back).copied().unwrap_or_default();
            words.push((before(3) ^ before(8) ^ before(14) ^ before(16)).rotate_left(1));
        }
        let [mut a, mut b, mut c, mut d, mut e] = state;
        for (round, word) in words.iter().enumerate() {
            let (mixed, constant) = match round {
                0..20 => ((b & c) | (!b & d), 0x5a82_7999),
                20..40 => (b ^ c ^ d, 0x6ed9_eba1),
                40..60 => ((b & c) | (b & d) | (c & d), 0x8f1b_bcdc),
                _ => (b ^ c ^ d, 0xca62_c1d6),
            };
            let next = a.rotate_left(5).wrapping_add(mixed).wrapping_add(e).wrapping_add(constant).wrapping_add(*word);
            (e, d, c, b, a) = (d, c, b.rotate_left(30), a, next);
        }
        for (sum, part) in state.iter_mut().zip([a, b, c, d, e]) {
            *sum = sum.wrapping_add(part);
        }
    }
    let mut sum = [0; 20];
    sum.iter_mut().zip(state.iter().flat_map(|word| word.to_be_bytes())).for_each(|(to, from)| *to = from);
    sum
}

fn word(four: &[u8], big_endian: bool) -> u32 {
    let bytes: [u8; 4] = four.try_into().unwrap_or_default();
    if big_endian { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) }
}

/// How far MD5 turns in each round.
const TURNS: [[u32; 4]; 4] = [[7, 12, 17, 22], [5, 9, 14, 20], [4, 11, 16, 23], [6, 10, 15, 21]];

/// MD5 (RFC 1321).
fn md5(message: &[u8]) -> [u8; 16] {
    let mut state: [u32; 4] = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476];
    for block in padded(message, false).chunks_exact(64) {
        let words: Vec<u32> = block.chunks_exact(4).map(|four| word(four, false)).collect();
        let [mut a, mut b, mut c, mut d] = state;
        for step in 0..64usize {
            let (mixed, index) = match step / 16 {
                0 => ((b & c) | (!b & d), step),
                1 => ((d & b) | (!d & c), 5 * step + 1),
                2 => (b ^ c ^ d, 3 * step + 5),
                _ => (c ^ (b | !d), 7 * step),
            };
            // floor(2^32 * |sin(step + 1)|)
            let constant = (f64::sin(step as f64 + 1.0).abs() * 4_294_967_296.0) as u32;
            let turn = TURNS.get(step / 16).and_then(|turns| turns.get(step % 4)).copied().unwrap_or_default();
            let word = words.get(index % 16).copied().unwrap_or_default();
            let sum = a.wrapping_add(mixed).wrapping_add(constant).wrapping_add(word);
            (a, d, c, b) = (d, c, b, b.wrapping_add(sum.rotate_left(turn)));
        }
        for (sum, part) in state.iter_mut().zip([a, b, c, d]) {
            *sum = sum.wrapping_add(part);
        }
    }
    let mut sum = [0; 16];
    sum.iter_mut().zip(state.iter().flat_map(|word| word.to_le_bytes())).for_each(|(to, from)| *to = from);
    sum
}

/// crypt's MD5, and Apache's variant of it (apr_md5.c apr_md5_encode): 1000 rounds over password and salt.
fn md5_crypt(password: &str, salt: &str, magic: &str) -> String {
    let salt: String = salt.chars().take(8).collect();
    let (secret, salt_bytes) = (password.as_bytes(), salt.as_bytes());
    // 1. The password, the salt and the password between, as often as the password is long.
    let inner = md5(&[secret, salt_bytes, secret].concat());
    let mut start = [secret, b"$", magic.as_bytes(), b"$", salt_bytes].concat();
    start.extend(inner.iter().cycle().take(secret.len()));
    // 2. For each bit of the length a zero or the first letter.
    let mut length = secret.len();
    while length > 0 {
        start.push(if length & 1 == 1 { 0 } else { secret.first().copied().unwrap_or_default() });
        length >>= 1;
    }
    let mut sum = md5(&start);
    // 3. A thousand rounds.
    for round in 0..1000 {
        let odd = round % 2 == 1;
        let mut message = if odd { secret.to_vec() } else { sum.to_vec() };
        if round % 3 != 0 {
            message.extend(salt_bytes);
        }
        if round % 7 != 0 {
            message.extend(secret);
        }
        if odd {
            message.extend(sum);
        } else {
            message.extend(secret);
        }
        sum = md5(&message);
    }
    format!("${magic}${salt}${}", crypt_letters(&sum))
}

/// crypt's own base64, three bytes at a time in its own order.
fn crypt_letters(sum: &[u8; 16]) -> String {
    const LETTERS: &[u8] = b"./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    const ORDER: [[usize; 3]; 5] = [[0, 6, 12], [1, 7, 13], [2, 8, 14], [3, 9, 15], [4, 10, 5]];
    let byte = |at: usize| u32::from(sum.get(at).copied().unwrap_or_default());
    let letters = |mut value: u32, count: usize| {
        let mut text = String::new();
        for _ in 0..count {
            text.extend(LETTERS.get((value & 0x3f) as usize).map(|letter| char::from(*letter)));
            value >>= 6;
        }
        text
    };
    let groups = ORDER
        .iter()
        .map(|[first, second, third]| letters((byte(*first) << 16) | (byte(*second) << 8) | byte(*third), 4));
    groups.collect::<String>() + &letters(byte(11), 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums() {
        let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        assert_eq!(hex(&sha1(b"abc")), "a9993e364706816aba3e25717850c26c9cd0d89d");
        assert_eq!(hex(&md5(b"abc")), "900150983cd24fb0d6963f7d28e17f72");
        assert_eq!(hex(&md5(b"")), "d41d8cd98f00b204e9800998ecf8427e");
    }

    #[test]
    fn hashes_of_htpasswd() {
        for (password, hash, expected) in [
            ("password", "{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=", PasswordCheck::Right),
            ("wrong", "{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=", PasswordCheck::Wrong),
            ("myPassword", "$apr1$qHDFfhPC$nITSVHgYbDAK1Y0acGRnY0", PasswordCheck::Right),
            ("other", "$apr1$qHDFfhPC$nITSVHgYbDAK1Y0acGRnY0", PasswordCheck::Wrong),
            ("x", "$2y$05$c4WoMPo3SXsafkva.HHa6uXQZWr7oboPiC2bT/r7q1BB8I2s0BRqC", PasswordCheck::Unknown),
            ("x", "x", PasswordCheck::Wrong),
        ] {
            assert_eq!(check(password, hash), expected, "{hash}");
        }
    }
}
