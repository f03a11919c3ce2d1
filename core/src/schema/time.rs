//! Times as Go's decoder reads them (metav1.Time: time.Parse with RFC 3339; metav1.MicroTime with six digits behind the
//! second), and its words where it can't.

const LAYOUT: &str = "2006-01-02T15:04:05Z07:00";
const MICRO_LAYOUT: &str = "2006-01-02T15:04:05.000000Z07:00";

/// The fields that are a metav1.MicroTime.
const MICRO: [&str; 5] = ["acquireTime", "renewTime", "eventTime", "lastObservedTime", "pingTime"];

/// The parts of the layout: what stands there, its least and greatest value, and what Go calls it where it is beyond them.
const PARTS: [(&str, u32, u32, &str); 6] = [
    ("2006", 0, 9999, "year"),
    ("01", 1, 12, "month"),
    ("02", 0, 99, "day"),
    ("15", 0, 23, "hour"),
    ("04", 0, 59, "minute"),
    ("05", 0, 59, "second"),
];

/// What stands before each part.
const SEPARATORS: [&str; 6] = ["", "-", "-", "T", ":", ":"];

/// What Go says of a text that is no time, in a field of this name.
pub(super) fn time_objection(text: &str, field: &str) -> Option<String> {
    let words = |why: String| format!("parsing time {text:?}{why}");
    let layout = if MICRO.contains(&field) { MICRO_LAYOUT } else { LAYOUT };
    read_time(text, layout).err().map(words)
}

/// In Go's order: each part in turn, the zone, what is left over, and at the end whether the month has such a day.
fn read_time(text: &str, whole: &str) -> Result<(), String> {
    let no_match = |rest: &str, part: &str| no_match(rest, part, whole);
    let mut rest = text;
    let mut date = [0; 6];
    for ((separator, (layout, least, most, name)), place) in SEPARATORS.iter().zip(PARTS).zip(&mut date) {
        rest = rest.strip_prefix(separator).ok_or_else(|| no_match(rest, separator))?;
        let width = if layout == "15" && !starts_with_digits(rest, 2) { 1 } else { layout.len() };
        let digits = rest.get(..width).filter(|_| starts_with_digits(rest, width));
        *place = digits.and_then(|digits| digits.parse().ok()).ok_or_else(|| no_match(rest, layout))?;
        rest = rest.get(width..).unwrap_or_default();
        if !(least..=most).contains(place) {
            return Err(format!(": {name} out of range"));
        }
    }
    let fraction = rest.strip_prefix(['.', ',']);
    if whole == MICRO_LAYOUT {
        let digits = fraction.filter(|fraction| starts_with_digits(fraction, 6));
        rest = digits.and_then(|digits| digits.get(6..)).ok_or_else(|| no_match(rest, ".000000"))?;
    } else if let Some(fraction) = fraction.filter(|fraction| starts_with_digits(fraction, 1)) {
        rest = fraction.trim_start_matches(|letter: char| letter.is_ascii_digit());
    }
    let left = read_zone(rest, whole)?;
    if !left.is_empty() {
        return Err(format!(": extra text: {left:?}"));
    }
    let [year, month, day, ..] = date;
    if (1..=days_of(year, month)).contains(&day) { Ok(()) } else { Err(": day out of range".to_owned()) }
}

/// `Z`, `+09:00`: gives what stands behind.
fn read_zone<'t>(text: &'t str, whole: &str) -> Result<&'t str, String> {
    if let Some(left) = text.strip_prefix('Z') {
        return Ok(left);
    }
    let wrong = || no_match(text, "Z07:00", whole);
    let zone = text.strip_prefix(['+', '-']).ok_or_else(wrong)?;
    let (hour, minute) = zone.get(..5).and_then(|zone| zone.split_once(':')).ok_or_else(wrong)?;
    if !starts_with_digits(hour, 2) || !starts_with_digits(minute, 2) {
        return Err(wrong());
    }
    match (hour > "24", minute > "60") {
        (true, _) => Err(": time zone offset hour out of range".to_owned()),
        (_, true) => Err(": time zone offset minute out of range".to_owned()),
        _ => Ok(zone.get(5..).unwrap_or_default()),
    }
}

fn no_match(rest: &str, part: &str, whole: &str) -> String {
    format!(" as {whole:?}: cannot parse {rest:?} as {part:?}")
}

fn starts_with_digits(text: &str, count: usize) -> bool {
    text.as_bytes().get(..count).is_some_and(|digits| digits.iter().all(u8::is_ascii_digit))
}

fn days_of(year: u32, month: u32) -> u32 {
    match month {
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::time_objection;

    #[test]
    fn micro_times_have_six_digits() {
        assert_eq!(time_objection("2026-01-01T00:00:00.000000Z", "renewTime"), None);
        let words = "parsing time \"2026-01-01T00:00:00Z\" as \"2006-01-02T15:04:05.000000Z07:00\": cannot parse \"Z\" as \".000000\"";
        assert_eq!(time_objection("2026-01-01T00:00:00Z", "renewTime").as_deref(), Some(words));
    }

    /// Each with what Go 1.26 says.
    #[test]
    fn what_go_says() {
        let layout = "as \"2006-01-02T15:04:05Z07:00\": cannot parse";
        for (text, words) in [
            ("yesterday", format!(" {layout} \"yesterday\" as \"2006\"")),
            ("99999-99-99", format!(" {layout} \"9-99-99\" as \"-\"")),
            ("2020-01-01", format!(" {layout} \"\" as \"T\"")),
            ("2020-1-1T00:00:00Z", format!(" {layout} \"1-1T00:00:00Z\" as \"01\"")),
            ("2020-01-01T00:00:00+0900", format!(" {layout} \"+0900\" as \"Z07:00\"")),
            ("2020-01-01T00:00:00.Z", format!(" {layout} \".Z\" as \"Z07:00\"")),
            ("2020-13-01T00:00:00Z", ": month out of range".to_owned()),
            ("2020-02-30T00:00:00Z", ": day out of range".to_owned()),
            ("2020-01-01T00:00:00Zx", ": extra text: \"x\"".to_owned()),
            ("2020-01-01T00:00:00+99:00", ": time zone offset hour out of range".to_owned()),
        ] {
            assert_eq!(time_objection(text, "creationTimestamp"), Some(format!("parsing time {text:?}{words}")));
        }
        for text in ["2020-01-01T1:00:00Z", "2024-02-29T00:00:00.123Z", "2020-01-01T00:00:00,5+09:00"] {
            assert_eq!(time_objection(text, "creationTimestamp"), None, "{text}");
        }
    }
}
