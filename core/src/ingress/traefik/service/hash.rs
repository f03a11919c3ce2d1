//! The server that a client's address chooses (loadbalancer/hrw).

/// The place of the highest score; None where there is nobody.
pub fn highest(client: &str, names: &[(String, u64)]) -> Option<usize> {
    let scores = names.iter().enumerate().filter(|(_, (_, weight))| *weight > 0).map(|(at, (name, weight))| {
        let sum = fnv1a(format!("{client}{name}").as_bytes());
        let score = sum as f64 / 2f64.powi(64);
        (at, *weight as f64 / -score.ln())
    });
    scores
        .fold(None, |best: Option<(usize, f64)>, (at, score)| match best {
            Some((_, highest)) if highest >= score => best,
            _ => Some((at, score)),
        })
        .map(|(at, _)| at)
}

/// FNV-1a with 64 bits.
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |sum, byte| (sum ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_client_always_gets_the_same() {
        assert_eq!(fnv1a(b"a"), 0xaf63_dc4c_8601_ec8c);
        let names = [("http://10.0.0.1:80".to_owned(), 1), ("http://10.0.0.2:80".to_owned(), 0)];
        assert_eq!(highest("10.0.0.9", &names), Some(0));
        assert_eq!(highest("10.0.0.9", &[]), None);
    }
}
