//! Moments as tools print them, by a clock that only `sleep` moves.

const DAYS: [&str; 7] = ["Thursday", "Friday", "Saturday", "Sunday", "Monday", "Tuesday", "Wednesday"];
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// A moment in UTC.
struct UtcTime {
    year: u64,
    month: u64,
    day: u64,
    weekday: &'static str,
    second_of_day: u64,
    seconds: u64,
}

/// A moment by the signs of `date +FORMAT`.
pub fn formatted(seconds: u64, format: &str) -> String {
    UtcTime::of(seconds).format(format)
}

/// The seconds of `2026-01-01T00:00:00Z`; None for another form.
pub fn seconds_of(text: &str) -> Option<u64> {
    let (date, time) = text.strip_suffix('Z')?.split_once('T')?;
    let numbers =
        |text: &str, sign: char| text.split(sign).map(|part| part.parse::<u64>().ok()).collect::<Option<Vec<_>>>();
    let (date, time) = (numbers(date, '-')?, numbers(time, ':')?);
    let ([year, month, day], [hour, minute, second]) = (&date[..], &time[..]) else { return None };
    if !(1970..=9999).contains(year) || !(1..=12).contains(month) {
        return None;
    }
    // Years that begin in March, as in `UtcTime::of`.
    let (year, month) = if *month > 2 { (*year, month - 3) } else { (year - 1, month + 9) };
    let days = year * 365 + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day;
    Some(days.checked_sub(719_469)? * 86400 + hour * 3600 + minute * 60 + second)
}

/// `Thu, 01 Jan 2026 00:00:00 GMT`
pub fn http_date(seconds: u64) -> String {
    formatted(seconds, "%a, %d %b %Y %H:%M:%S GMT")
}

impl UtcTime {
    /// Days since 1970-01-01 as a date (the proleptic Gregorian calendar, in years that begin in March).
    fn of(seconds: u64) -> Self {
        let days = seconds / 86400;
        let shifted = days + 719_468;
        let era = shifted / 146_097;
        let day_of_era = shifted % 146_097;
        let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * month + 2) / 5 + 1;
        let month = if month < 10 { month + 3 } else { month - 9 };
        let year = year_of_era + era * 400 + u64::from(month <= 2);
        let weekday = DAYS.get((days % 7) as usize).copied().unwrap_or_default();
        Self { year, month, day, weekday, second_of_day: seconds % 86400, seconds }
    }

    fn format(&self, format: &str) -> String {
        let (hour, minute, second) = (self.second_of_day / 3600, self.second_of_day / 60 % 60, self.second_of_day % 60);
        let month = MONTHS.get((self.month as usize).saturating_sub(1)).copied().unwrap_or_default();
        let short = |name: &str| name.chars().take(3).collect::<String>();
        let mut text = String::new();
        let mut characters = format.chars();
        while let Some(character) = characters.next() {
            if character != '%' {
                text.push(character);
                continue;
            }
            text.push_str(&match characters.next() {
                Some('Y') => self.year.to_string(),
                Some('m') => format!("{:02}", self.month),
                Some('d') => format!("{:02}", self.day),
                Some('e') => format!("{:2}", self.day),
                Some('H') => format!("{hour:02}"),
                Some('M') => format!("{minute:02}"),
                Some('S') => format!("{second:02}"),
                Some('N') => "000000000".to_owned(),
                Some('s') => self.seconds.to_string(),
                Some('F') => format!("{}-{:02}-{:02}", self.year, self.month, self.day),
                Some('T') => format!("{hour:02}:{minute:02}:{second:02}"),
                Some('a') => short(self.weekday),
                Some('A') => self.weekday.to_owned(),
                Some('b') => short(month),
                Some('B') => month.to_owned(),
                Some('Z') => "UTC".to_owned(),
                Some('z') => "+0000".to_owned(),
                Some('%') => "%".to_owned(),
                Some('n') => "\n".to_owned(),
                Some(other) => format!("%{other}"),
                None => "%".to_owned(),
            });
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fixed_moment() {
        assert_eq!(formatted(1_767_225_600, "%a %b %e %T UTC %Y"), "Thu Jan  1 00:00:00 UTC 2026");
        assert_eq!(formatted(1_709_210_096, "%FT%TZ"), "2024-02-29T12:34:56Z");
        assert_eq!(seconds_of("2024-02-29T12:34:56Z"), Some(1_709_210_096));
        assert_eq!(http_date(1_767_225_661), "Thu, 01 Jan 2026 00:01:01 GMT");
    }
}
