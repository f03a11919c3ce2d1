//! How much of something: `500m`, `1Gi`.

use std::collections::BTreeMap;

use super::{Decode, Fault, Path, Text};
use crate::yaml::{Value, YamlNode, float_text};

/// Quantities by the resource's name: `cpu`, `memory`, `example.com/gpu`.
pub type Quantities = BTreeMap<Text, Quantity>;

const NANO: i128 = 1_000_000_000;

/// A quantity (apimachinery, resource.Quantity), rounded up to nanos as there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quantity {
    /// How much, in thousand-millionths.
    pub nano: i128,
    /// Whether it was written with `Ki`, `Mi` … and is printed so.
    binary: bool,
}

impl Quantity {
    /// A scalar; None for what is no quantity.
    pub fn read(node: &YamlNode) -> Option<Self> {
        match &node.value {
            Value::Integer(number) => Self::parse(&number.to_string()),
            Value::Float(number) => Self::parse(&float_text(*number)),
            Value::String(text) => Self::parse(text),
            _ => None,
        }
    }

    /// None for what is no quantity, and for what no cluster has: more than 2^63 of something.
    pub fn parse(text: &str) -> Option<Self> {
        let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
        let suffix = unsigned.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
        let digits = unsigned.strip_suffix(suffix)?;
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let (factor, binary) = factor(suffix)?;
        let scaled = |digits: &str, places: u32| -> Option<i128> {
            let number: i128 = if digits.is_empty() { 0 } else { digits.parse().ok()? };
            let unit = 10_i128.checked_pow(places)?;
            let product = number.checked_mul(factor)?;
            Some(product / unit + i128::from(product % unit != 0))
        };
        let nano = scaled(whole, 0)?.checked_add(scaled(fraction, u32::try_from(fraction.len()).ok()?)?)?;
        let fits = nano / NANO <= i128::from(i64::MAX);
        let nano = if text.starts_with('-') { -nano } else { nano };
        fits.then_some(Self { nano, binary })
    }

    /// Another amount in the same notation.
    pub fn with_nano(self, nano: i128) -> Self {
        Self { nano, ..self }
    }

    /// Whether nothing is left behind the point.
    pub fn is_whole(&self) -> bool {
        self.nano % NANO == 0
    }

    /// The canonical form: the largest suffix that leaves a whole number (Quantity.CanonicalizeBytes).
    pub fn text(&self) -> String {
        const BINARY: [&str; 7] = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];
        const DECIMAL: [&str; 10] = ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"];
        let is_binary = self.binary && self.nano % NANO == 0 && (self.nano / NANO).abs() >= 1024;
        let (mut number, base, suffixes): (i128, i128, &[&str]) =
            if is_binary { (self.nano / NANO, 1024, &BINARY) } else { (self.nano, 1000, &DECIMAL) };
        if number == 0 {
            return "0".to_owned();
        }
        let mut suffixes = suffixes.iter().peekable();
        let mut suffix = suffixes.next().copied().unwrap_or("");
        while number % base == 0 && suffixes.peek().is_some() {
            number /= base;
            suffix = suffixes.next().copied().unwrap_or("");
        }
        format!("{number}{suffix}")
    }
}

impl Decode for Quantity {
    fn decode(node: &YamlNode, at: &Path<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let quantity = Self::read(node);
        if quantity.is_none() {
            faults.push(at.fault("string", node));
        }
        quantity
    }
}

/// A suffix in nanos, and whether it is binary.
fn factor(suffix: &str) -> Option<(i128, bool)> {
    let binary = |power: u32| 1024_i128.checked_pow(power).and_then(|factor| factor.checked_mul(NANO));
    let decimal = |power: i32| 10_i128.checked_pow(u32::try_from(power + 9).ok()?);
    let factor = match suffix {
        "Ki" => binary(1),
        "Mi" => binary(2),
        "Gi" => binary(3),
        "Ti" => binary(4),
        "Pi" => binary(5),
        "Ei" => binary(6),
        "n" => decimal(-9),
        "u" => decimal(-6),
        "m" => decimal(-3),
        "" => decimal(0),
        "k" => decimal(3),
        "M" => decimal(6),
        "G" => decimal(9),
        "T" => decimal(12),
        "P" => decimal(15),
        "E" => decimal(18),
        exponent => decimal(exponent.strip_prefix(['e', 'E'])?.parse().ok().filter(|power| (-9..=18).contains(power))?),
    };
    Some((factor?, suffix.ends_with('i')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_print_canonically() {
        for (written, printed) in [
            ("0.5", "500m"),
            ("1000m", "1"),
            ("1024Mi", "1Gi"),
            ("1.5Gi", "1536Mi"),
            ("128974848", "128974848"),
            ("2000k", "2M"),
            ("1e3", "1k"),
            ("-1", "-1"),
            ("0Mi", "0"),
            ("512", "512"),
        ] {
            assert_eq!(Quantity::parse(written).unwrap().text(), printed, "{written}");
        }
        assert_eq!(Quantity::parse("1e99"), None);
        assert_eq!(Quantity::parse("99999999999999999999E"), None);
    }
}
