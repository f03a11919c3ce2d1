//! URLs that stand for several (src/tool_urlglob.c): `{a,b}`, `[1-3]`, `[01-10:2]`, `[a-z]`.

use crate::terminal::UsageError;

/// A URL with what each of its patterns stands for in it.
pub type ExpandedUrl = (String, Vec<String>);

/// How many URLs one may stand for.
const URLS: usize = 2000;

/// All URLs that one stands for, the last pattern the fastest.
pub fn expand_url(text: &str) -> Result<Vec<ExpandedUrl>, UsageError> {
    let mut all: Vec<ExpandedUrl> = vec![(String::new(), Vec::new())];
    let mut rest = text;
    loop {
        // 1. Up to the next pattern, or to the end.
        let Some(at) = rest.find(['{', '[']) else {
            all.iter_mut().for_each(|(url, _)| url.push_str(rest));
            return Ok(all);
        };
        // 2. What stands inside it.
        let (before, behind) = rest.split_at_checked(at).unwrap_or((rest, ""));
        let close = if behind.starts_with('{') { '}' } else { ']' };
        let end = behind.find(close).ok_or_else(|| bad_glob("unmatched brace", text, at))?;
        let inside = behind.get(1..end).unwrap_or_default();
        rest = behind.get(end + 1..).unwrap_or_default();
        if close == '}' && inside.get(1..).is_some_and(|inside| inside.contains(['{', '['])) {
            return Err(bad_glob("nested brace", text, at + 1));
        }
        // 3. Its values: words, a range, or an IPv6 address, which stands for itself.
        let values = match close {
            '}' => inside.split(',').map(str::to_owned).collect(),
            _ if inside.contains(':') && inside.parse::<std::net::Ipv6Addr>().is_ok() => vec![format!("[{inside}]")],
            _ => range(inside).ok_or_else(|| bad_glob("bad range", text, at + 2))?,
        };
        if all.len() * values.len() > URLS {
            return Err(UsageError::new(2, format!("curl: {text} stands for more than {URLS} URLs")));
        }
        // 4. Every URL so far with every value.
        let is_address = close == ']' && values.len() == 1 && values.iter().all(|value| value.starts_with('['));
        let one = |(url, parts): &ExpandedUrl, value: &String| {
            let named = parts.iter().cloned().chain(Some(value.clone()).filter(|_| !is_address));
            (format!("{url}{before}{value}"), named.collect())
        };
        all = all.iter().flat_map(|url| values.iter().map(|value| one(url, value)).collect::<Vec<_>>()).collect();
    }
}

/// `#1` in an output's name is what the first pattern stands for.
pub fn name_output(name: &str, parts: &[String]) -> String {
    let numbered = parts.iter().enumerate().map(|(at, part)| (format!("#{}", at + 1), part));
    numbered.fold(name.to_owned(), |name, (mark, part)| name.replace(&mark, part))
}

fn range(text: &str) -> Option<Vec<String>> {
    let (bounds, step) = text.split_once(':').unwrap_or((text, "1"));
    let (first, last) = bounds.split_once('-')?;
    let step: usize = step.parse().ok().filter(|step| *step > 0)?;
    if let (Ok(from), Ok(to)) = (first.parse::<u32>(), last.parse::<u32>()) {
        let width = if first.starts_with('0') { first.len() } else { 0 };
        return (from <= to)
            .then(|| (from..=to).step_by(step).take(URLS + 1).map(|n| format!("{n:0width$}")).collect());
    }
    let (from, to) = (single(first)?, single(last)?);
    (from <= to && from.is_ascii_alphabetic()).then(|| (from..=to).step_by(step).map(String::from).collect())
}

fn single(text: &str) -> Option<char> {
    let mut letters = text.chars();
    letters.next().filter(|_| letters.next().is_none())
}

fn bad_glob(why: &str, text: &str, position: usize) -> UsageError {
    let mark = " ".repeat(position.saturating_sub(1));
    UsageError::of_tool(3, format!("curl: (3) {why} in URL position {position}:\n{text}\n{mark}^"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns() {
        let urls = |text: &str| expand_url(text).unwrap().into_iter().map(|(url, _)| url).collect::<Vec<_>>();
        assert_eq!(
            urls("http://{a,b}/[08-10]"),
            ["http://a/08", "http://a/09", "http://a/10", "http://b/08", "http://b/09", "http://b/10"]
        );
        assert_eq!(urls("http://[fd00::1]:80/[a-c:2]"), ["http://[fd00::1]:80/a", "http://[fd00::1]:80/c"]);
        assert_eq!(name_output("x_#1_#2", &["a".to_owned(), "b".to_owned()]), "x_a_b");
        assert!(expand_url("http://{a").is_err() && expand_url("http://{a,b[1-2]}").is_err());
    }
}
