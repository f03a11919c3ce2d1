//! What the plugins' setup functions share: zones, numbers and durations, with Go's words for mistakes.

use crate::packet::{DnsName, Rcode};

use super::corefile::{CorefileError, PluginOption};
use super::name::zones_of;

/// The zones of a directive's arguments, without any those of its server block (plugin.OriginsFromArgsOrServerBlock).
pub fn zones_or(args: &[String], server_zones: &[DnsName]) -> Vec<DnsName> {
    let named: Vec<DnsName> = args.iter().flat_map(|zone| zones_of(zone)).collect();
    if args.is_empty() { server_zones.to_vec() } else { named }
}

/// The zones of a `fallthrough` line; none means all (plugin/pkg/fall SetZonesFromArgs).
pub fn fallthrough(property: &PluginOption) -> Vec<DnsName> {
    zones_or(&property.args, &[DnsName::default()])
}

/// A `ttl` line between 0 and a greatest value.
pub fn ttl(property: &PluginOption, greatest: i64) -> Result<u32, CorefileError> {
    let first = property.some()?.first().map(String::as_str).unwrap_or_default();
    let seconds = atoi(first)?;
    let inside = u32::try_from(seconds).ok().filter(|_| seconds <= greatest);
    inside.ok_or_else(|| CorefileError::at(property.line, format!("ttl must be in range [0, {greatest}]: {seconds}")))
}

/// strconv.Atoi.
pub fn atoi(text: &str) -> Result<i64, CorefileError> {
    integer(text, "Atoi", i64::MIN, i64::MAX)
}

/// strconv.ParseInt to 32 bits.
pub fn parse_int(text: &str) -> Result<i64, CorefileError> {
    integer(text, "ParseInt", i64::from(i32::MIN), i64::from(i32::MAX))
}

/// strconv.ParseUint, up to a greatest number.
pub fn parse_uint(text: &str, greatest: i64) -> Result<i64, CorefileError> {
    if text.starts_with(['-', '+']) {
        return Err(CorefileError::plain(format!("strconv.ParseUint: parsing {text:?}: invalid syntax")));
    }
    integer(text, "ParseUint", 0, greatest)
}

fn integer(text: &str, function: &str, least: i64, greatest: i64) -> Result<i64, CorefileError> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let wrong = |why: &str| CorefileError::plain(format!("strconv.{function}: parsing {text:?}: {why}"));
    if digits.is_empty() || !digits.chars().all(|digit| digit.is_ascii_digit()) {
        return Err(wrong("invalid syntax"));
    }
    let number = text.strip_prefix('+').unwrap_or(text).parse::<i64>().ok();
    number.filter(|number| (least..=greatest).contains(number)).ok_or_else(|| wrong("value out of range"))
}

/// A response code by name, in capitals (dns.StringToRcode).
pub fn rcode(text: &str) -> Option<Rcode> {
    Rcode::from_text(text)
}

/// Nanoseconds (Go's time.ParseDuration); what it says of anything else.
pub fn duration(text: &str) -> Result<i128, String> {
    // 1. The sign, and zero, which needs no unit.
    let invalid = || format!("time: invalid duration {text:?}");
    let (negative, unsigned) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if unsigned == "0" {
        return Ok(0);
    }
    if unsigned.is_empty() {
        return Err(invalid());
    }
    let mut total: i128 = 0;
    let mut rest = unsigned;
    while !rest.is_empty() {
        // 2. A number with its unit.
        let (number, after) = split_while(rest, |character| character.is_ascii_digit() || character == '.');
        let (unit, behind) = split_while(after, |character| character != '.' && !character.is_ascii_digit());
        let (whole, part) = number.split_once('.').unwrap_or((number, ""));
        if whole.is_empty() && part.is_empty() || part.contains('.') {
            return Err(invalid());
        }
        if unit.is_empty() {
            return Err(format!("time: missing unit in duration {text:?}"));
        }
        let Some((_, size)) = UNITS.iter().find(|(name, _)| *name == unit) else {
            return Err(format!("time: unknown unit {unit:?} in duration {text:?}"));
        };
        // 3. Added up, with the fraction to the nanosecond.
        let digits: String = part.chars().take(9).collect();
        let fraction = digits.parse::<i128>().unwrap_or(0) * size / 10i128.pow(digits.len() as u32);
        let amount = if whole.is_empty() { Some(0) } else { whole.parse::<i64>().ok() }.ok_or_else(invalid)?;
        total = total.saturating_add(i128::from(amount).saturating_mul(*size)).saturating_add(fraction);
        rest = behind;
    }
    // 4. Nothing that Go can't hold.
    if total > i128::from(i64::MAX) {
        return Err(invalid());
    }
    Ok(if negative { -total } else { total })
}

fn split_while(text: &str, takes: impl Fn(char) -> bool) -> (&str, &str) {
    let end = text.find(|character| !takes(character)).unwrap_or(text.len());
    text.split_at_checked(end).unwrap_or((text, ""))
}

/// Go's units in nanoseconds.
const UNITS: &[(&str, i128)] = &[
    ("ns", 1),
    ("us", 1_000),
    ("µs", 1_000),
    ("μs", 1_000),
    ("ms", 1_000_000),
    ("s", 1_000_000_000),
    ("m", 60_000_000_000),
    ("h", 3_600_000_000_000),
];

/// One second in nanoseconds.
pub const SECOND: i128 = 1_000_000_000;

/// A duration of a property, with Go's bare words for a mistake.
pub fn plain_duration(text: &str) -> Result<i128, CorefileError> {
    duration(text).map_err(CorefileError::plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_gos() {
        assert_eq!(duration("1h30m"), Ok(5400 * SECOND));
        assert_eq!(duration("-1.5s"), Ok(-SECOND * 3 / 2));
        assert_eq!(duration("x"), Err("time: invalid duration \"x\"".to_owned()));
        assert_eq!(duration("5"), Err("time: missing unit in duration \"5\"".to_owned()));
        assert_eq!(duration("1x"), Err("time: unknown unit \"x\" in duration \"1x\"".to_owned()));
    }

    #[test]
    fn numbers_are_gos() {
        let said = |text: &str| atoi(text).unwrap_err().to_string();
        assert_eq!(said("x"), "strconv.Atoi: parsing \"x\": invalid syntax");
        assert_eq!(said("99999999999999999999"), "strconv.Atoi: parsing \"99999999999999999999\": value out of range");
        assert_eq!(parse_uint("-1", 10).unwrap_err().to_string(), "strconv.ParseUint: parsing \"-1\": invalid syntax");
    }
}
