//! A CronJob's schedule, as robfig/cron v3 reads it (parser.go, ParseStandard), in its words; the API server shows them.

use super::Errors;
use crate::duration::parse_duration;
use crate::model::Path;

/// A field of a schedule: its numbers and their names.
struct Bounds {
    least: u64,
    most: u64,
    names: &'static [&'static str],
}

/// Minute, hour, day of the month, month, day of the week.
const FIELDS: [Bounds; 5] = [
    Bounds { least: 0, most: 59, names: &[] },
    Bounds { least: 0, most: 23, names: &[] },
    Bounds { least: 1, most: 31, names: &[] },
    Bounds {
        least: 1,
        most: 12,
        names: &["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"],
    },
    Bounds { least: 0, most: 6, names: &["sun", "mon", "tue", "wed", "thu", "fri", "sat"] },
];

const DESCRIPTORS: [&str; 7] = ["@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"];

/// spec.schedule (pkg/apis/batch/validation, validateScheduleFormat). A time zone belongs into a field of its own.
pub(super) fn schedule(schedule: &str, at: &Path<'_>, errors: &mut Errors<'_>) {
    if schedule.is_empty() {
        errors.required(at, "");
        return;
    }
    let has_zone = schedule.starts_with("TZ=") || schedule.starts_with("CRON_TZ=");
    let rest = if has_zone { schedule.split_once(' ').map_or("", |(_, rest)| rest.trim()) } else { schedule };
    if let Some(objection) = objection(rest) {
        errors.invalid(at, schedule, objection);
    }
    if schedule.contains("TZ") {
        errors.invalid(at, schedule, "cannot use TZ or CRON_TZ in schedule, use timeZone field instead");
    }
}

/// Why a schedule isn't one; None if it is.
fn objection(schedule: &str) -> Option<String> {
    if schedule.starts_with('@') {
        return descriptor_objection(schedule);
    }
    let fields: Vec<&str> = schedule.split_whitespace().collect();
    if fields.len() != FIELDS.len() {
        let (wanted, found) = (FIELDS.len(), fields.len());
        return Some(format!("expected exactly {wanted} fields, found {found}: [{}]", fields.join(" ")));
    }
    let ranges = fields.iter().zip(&FIELDS).flat_map(|(field, bounds)| {
        let parts = field.split(',').filter(|part| !part.is_empty());
        parts.map(move |part| (part, bounds))
    });
    ranges.map(|(part, bounds)| range(part, bounds)).find_map(Result::err)
}

/// `@hourly`, `@every 90m`.
fn descriptor_objection(schedule: &str) -> Option<String> {
    if DESCRIPTORS.contains(&schedule) {
        return None;
    }
    match schedule.strip_prefix("@every ") {
        Some(text) => parse_duration(text).err().map(|why| format!("failed to parse duration {schedule}: {why}")),
        None => Some(format!("unrecognized descriptor: {schedule}")),
    }
}

/// `*`, `5`, `1-5`, `*/15`, `mon-fri/2`.
fn range(text: &str, bounds: &Bounds) -> Result<(), String> {
    // 1. Range and step.
    let parts: Vec<&str> = text.split('/').collect();
    let (ends, step) = match parts.as_slice() {
        [ends] => (*ends, None),
        [ends, step] => (*ends, Some(*step)),
        _ => return Err(format!("too many slashes: {text}")),
    };
    // 2. From where to where.
    let ends: Vec<&str> = ends.split('-').collect();
    let (start, end) = match ends.as_slice() {
        ["*" | "?", ..] => (bounds.least, bounds.most),
        [one] => {
            let one = number_or_name(one, bounds)?;
            (one, if step.is_some() { bounds.most } else { one })
        }
        [start, end] => (number_or_name(start, bounds)?, number_or_name(end, bounds)?),
        _ => return Err(format!("too many hyphens: {text}")),
    };
    // 3. Whether it lies within the field's bounds.
    let step = step.map_or(Ok(1), number)?;
    match () {
        () if start < bounds.least => {
            Err(format!("beginning of range ({start}) below minimum ({}): {text}", bounds.least))
        }
        () if end > bounds.most => Err(format!("end of range ({end}) above maximum ({}): {text}", bounds.most)),
        () if start > end => Err(format!("beginning of range ({start}) beyond end of range ({end}): {text}")),
        () if step == 0 => Err(format!("step of range should be a positive number: {text}")),
        () => Ok(()),
    }
}

fn number_or_name(text: &str, bounds: &Bounds) -> Result<u64, String> {
    let lower = text.to_lowercase();
    match bounds.names.iter().position(|name| *name == lower) {
        Some(position) => Ok(position as u64 + bounds.least),
        None => number(text),
    }
}

/// Go's strconv.Atoi, and no negative number.
fn number(text: &str) -> Result<u64, String> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(format!("failed to parse int from {text}: strconv.Atoi: parsing {text:?}: invalid syntax"));
    }
    match text.parse::<i64>() {
        Ok(number) if number < 0 => Err(format!("negative number ({number}) not allowed: {text}")),
        Ok(number) => Ok(number.unsigned_abs()),
        Err(_) => Err(format!("failed to parse int from {text}: strconv.Atoi: parsing {text:?}: value out of range")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schedules_that_run() {
        for schedule in
            ["*/5 * * * *", "0 0 1,15 jan-MAR ?", "10-20/2 3 * * sun", "@hourly", "@every 1h30m", "5/10 * * * *"]
        {
            assert_eq!(objection(schedule), None, "{schedule}");
        }
    }

    #[test]
    fn schedules_that_do_not() {
        for (schedule, words) in [
            ("* * * *", "expected exactly 5 fields, found 4: [* * * *]"),
            ("60 * * * *", "end of range (60) above maximum (59): 60"),
            ("* * 0 * *", "beginning of range (0) below minimum (1): 0"),
            ("5-1 * * * *", "beginning of range (5) beyond end of range (1): 5-1"),
            ("*/0 * * * *", "step of range should be a positive number: */0"),
            ("x * * * *", "failed to parse int from x: strconv.Atoi: parsing \"x\": invalid syntax"),
            ("1/2/3 * * * *", "too many slashes: 1/2/3"),
            ("1-2-3 * * * *", "too many hyphens: 1-2-3"),
            ("@never", "unrecognized descriptor: @never"),
            ("@every day", "failed to parse duration @every day: time: invalid duration \"day\""),
        ] {
            assert_eq!(objection(schedule).as_deref(), Some(words), "{schedule}");
        }
    }
}
