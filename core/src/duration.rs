//! Durations as Go reads them, which Corefiles, Traefik's options, CEL and schedules are written in.

/// Nanoseconds (Go's time.ParseDuration); what it says of anything else.
pub fn parse_duration(text: &str) -> Result<i128, String> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_gos() {
        assert_eq!(parse_duration("1h30m"), Ok(5400 * SECOND));
        assert_eq!(parse_duration("-1.5s"), Ok(-SECOND * 3 / 2));
        assert_eq!(parse_duration("x"), Err("time: invalid duration \"x\"".to_owned()));
        assert_eq!(parse_duration("5"), Err("time: missing unit in duration \"5\"".to_owned()));
        assert_eq!(parse_duration("1x"), Err("time: unknown unit \"x\" in duration \"1x\"".to_owned()));
    }
}
