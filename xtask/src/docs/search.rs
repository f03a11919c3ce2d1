//! What the book's search looks through: each section of each page as plain text. Words are found as parts of the text, so that Japanese, which
//! has no spaces, is found as English is.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::json;

use crate::project::Done;

/// A script that sets the index: a page opened from the disk may load scripts, but not fetch files.
pub fn index(source: &Path) -> Done<String> {
    let mut sections = Vec::new();
    for path in pages(source)? {
        let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        let page = path.strip_prefix(source).unwrap_or(&path).with_extension("html");
        let page = page.to_string_lossy().replace('\\', "/");
        sections.extend(split(&text).into_iter().map(|(heading, text)| json!([page, heading, text])));
    }
    Ok(format!("window.bookIndex = {};\n", json!(sections)))
}

fn pages(folder: &Path) -> Done<Vec<PathBuf>> {
    let failed = |error: std::io::Error| format!("{}: {error}", folder.display());
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path.is_dir() {
            found.extend(pages(&path)?);
        } else if path.extension().is_some_and(|extension| extension == "md") && !path.ends_with("SUMMARY.md") {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// Headings with the text below each; Markdown's marks are left out.
fn split(text: &str) -> Vec<(String, String)> {
    let mut sections: Vec<(String, String)> = Vec::new();
    let mut is_code = false;
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            is_code = !is_code;
            continue;
        }
        if let Some(heading) = line.strip_prefix('#').filter(|_| !is_code) {
            sections.push((plain(heading.trim_start_matches('#')), String::new()));
        } else if let Some((_, text)) = sections.last_mut() {
            text.push_str(&plain(line));
            text.push(' ');
        }
    }
    sections
}

fn plain(line: &str) -> String {
    let mut text = String::new();
    let mut rest = line.trim();
    // [words](address) is the words.
    while let Some((before, after)) = rest.split_once("](") {
        text.push_str(&before.replacen('[', "", 1));
        rest = after.split_once(')').map_or("", |(_, after)| after);
    }
    text.push_str(rest);
    text.replace(['`', '*', '|'], " ").split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn sections_are_plain_text() {
        let sections = split("# One\n\na [b](c.md) `d`\n\n```sh\n# not a heading\n```\n## 二\n\n| x | y |\n");
        let told = |heading: &str, text: &str| (heading.to_owned(), text.to_owned());
        assert_eq!(sections.len(), 2);
        assert_eq!(sections[0], told("One", " a b d  # not a heading "));
        assert_eq!(sections[1].0, "二");
    }
}
