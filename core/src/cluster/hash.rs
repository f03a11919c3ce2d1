//! Names and places that a real cluster draws at random, here drawn from what they belong to: the same input gives the
//! same cluster, and an object that is added changes no other.

use crate::order::Order;
use crate::yaml::{Value, YamlNode};

/// The letters and digits of generated names: without vowels and look-alikes (apimachinery, util/rand).
const ALPHABET: &[u8; 27] = b"bcdfghjklmnpqrstvwxz2456789";

/// How many random characters a generated name ends with (apiserver, names.SimpleNameGenerator).
const SUFFIX_LENGTH: usize = 5;

/// The longest base of a generated name: 63 characters with the suffix.
const BASE_LENGTH: usize = 58;

/// FNV-1a over a tree's content, whatever the order of its maps. Null and absent are the same.
pub(super) fn of_tree(node: &YamlNode, ignored: &dyn Fn(&[&str]) -> bool) -> u32 {
    let mut hash = Fnv32::default();
    tree(node, &mut Vec::new(), ignored, &mut hash);
    hash.0
}

/// The number as Kubernetes writes it into names: its decimal digits through the alphabet (apimachinery,
/// rand.SafeEncodeString).
pub(super) fn safe_encode(number: u32) -> String {
    number.to_string().bytes().map(|byte| letter(u64::from(byte))).collect()
}

/// A generated name: the base, cut where it is too long, and five characters drawn from the seed.
pub(crate) fn generated_name(base: &str, seed: &[&str], number: u64) -> String {
    let mut name = String::with_capacity(base.len() + SUFFIX_LENGTH);
    name.extend(base.chars().take(BASE_LENGTH));
    let mut rest = seeded_draw(seed, number);
    for _ in 0..SUFFIX_LENGTH {
        name.push(letter(rest));
        rest /= ALPHABET.len() as u64;
    }
    name
}

/// A number drawn from a seed: evenly spread, always the same.
pub(crate) fn seeded_draw(seed: &[&str], number: u64) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut feed = |byte: u8| hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    for part in seed {
        part.bytes().for_each(&mut feed);
        feed(b'/');
    }
    number.to_le_bytes().into_iter().for_each(&mut feed);
    mix(hash)
}

/// Spreads what differs in few bits (the finalizer of splitmix64).
fn mix(hash: u64) -> u64 {
    let hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    hash ^ (hash >> 31)
}

fn letter(number: u64) -> char {
    let place = (number % ALPHABET.len() as u64) as usize;
    ALPHABET.get(place).map_or('x', |byte| char::from(*byte))
}

struct Fnv32(u32);

impl Default for Fnv32 {
    fn default() -> Self {
        Self(0x811c_9dc5)
    }
}

impl Fnv32 {
    fn feed(&mut self, text: &str) {
        for byte in text.bytes().chain([0]) {
            self.0 = (self.0 ^ u32::from(byte)).wrapping_mul(0x0100_0193);
        }
    }
}

fn tree<'n>(node: &'n YamlNode, path: &mut Vec<&'n str>, ignored: &dyn Fn(&[&str]) -> bool, hash: &mut Fnv32) {
    match &node.value {
        Value::Null => hash.feed("null"),
        Value::Bool(value) => hash.feed(if *value { "true" } else { "false" }),
        Value::Integer(number) => hash.feed(&number.to_string()),
        Value::Float(number) => hash.feed(&number.to_string()),
        Value::String(text) => hash.feed(text),
        Value::Sequence(elements) => {
            hash.feed("[");
            elements.iter().for_each(|element| tree(element, path, ignored, hash));
            hash.feed("]");
        }
        Value::Mapping(entries) => {
            let mut entries: Vec<_> = entries.iter().filter(|entry| entry.value.value != Value::Null).collect();
            entries.order_by(|one, other| one.key.cmp(&other.key));
            hash.feed("{");
            for entry in entries {
                path.push(&entry.key);
                if !ignored(path) {
                    hash.feed(&entry.key);
                    tree(&entry.value, path, ignored, hash);
                }
                path.pop();
            }
            hash.feed("}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_kubernetes_writes_them() {
        // The digits 0-9 fall on these letters, hence the look of real hashes: 7c5ddbdf54.
        assert_eq!(safe_encode(1_234_567_890), "5678".to_owned() + "9bcdf4");
    }

    #[test]
    fn generated_names_fit_into_63_characters() {
        let base = "a".repeat(80);
        assert_eq!(generated_name(&base, &["default", "web"], 0).len(), 63);
        assert_eq!(generated_name("web-", &["default", "web"], 0), generated_name("web-", &["default", "web"], 0));
        assert_ne!(generated_name("web-", &["default", "web"], 0), generated_name("web-", &["default", "web"], 1));
    }

    #[test]
    fn the_order_of_maps_does_not_change_a_tree() {
        let read = |text: &str| crate::yaml::parse(crate::source::FileId(0), text, 0).0.unwrap();
        let hash = |text: &str| of_tree(&read(text), &|_| false);
        assert_eq!(hash("{a: 1, b: {c: x, d: null}}"), hash("{b: {c: x}, a: 1}"));
        assert_ne!(hash("{a: [1, 2]}"), hash("{a: [2, 1]}"));
        let without = |text: &str| of_tree(&read(text), &|path| path == ["b", "c"]);
        assert_eq!(without("{a: 1, b: {c: x}}"), without("{a: 1, b: {}}"));
    }
}
