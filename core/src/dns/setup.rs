//! What the plugins' setup functions share: zones, numbers and durations, with Go's words for mistakes.

use crate::duration::parse_duration;
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

/// A duration of a property, with Go's bare words for a mistake.
pub fn plain_duration(text: &str) -> Result<i128, CorefileError> {
    parse_duration(text).map_err(CorefileError::plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_gos() {
        let said = |text: &str| atoi(text).unwrap_err().to_string();
        assert_eq!(said("x"), "strconv.Atoi: parsing \"x\": invalid syntax");
        assert_eq!(said("99999999999999999999"), "strconv.Atoi: parsing \"99999999999999999999\": value out of range");
        assert_eq!(parse_uint("-1", 10).unwrap_err().to_string(), "strconv.ParseUint: parsing \"-1\": invalid syntax");
    }
}
