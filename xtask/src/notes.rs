//! `cargo xtask notes`: what CHANGELOG.md says of the version in Cargo.toml. A release without such a section is refused.

use std::fs;

use crate::project::{Done, at};

/// Prints the section.
pub fn print() -> Done {
    let path = at("CHANGELOG.md");
    let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    println!("{}", section(&text, env!("CARGO_PKG_VERSION"))?);
    Ok(())
}

/// Between `## [VERSION] - DATE` and the next version.
fn section<'a>(text: &'a str, version: &str) -> Done<&'a str> {
    let heading = format!("## [{version}] - ");
    let mut sections = text.split("\n## [").skip(1);
    let wanted = sections.find(|section| section.starts_with(&heading[4..]));
    let wanted = wanted.and_then(|section| section.split_once('\n')).map(|(_, notes)| notes.trim());
    wanted
        .filter(|notes| !notes.is_empty())
        .ok_or_else(|| format!("CHANGELOG.md has no section `{heading}DATE`: rename [Unreleased], begin a new one"))
}

#[cfg(test)]
mod tests {
    use super::section;

    #[test]
    fn a_versions_section_is_found() {
        let text =
            "# C\n\n## [Unreleased]\n\n- x\n\n## [0.2.0] - 2026-01-02\n\n- y\n\n## [0.1.0] - 2026-01-01\n\n- z\n";
        assert_eq!(section(text, "0.2.0"), Ok("- y"));
        assert_eq!(section(text, "0.1.0"), Ok("- z"));
        assert!(section(text, "0.1").is_err() && section(text, "0.3.0").is_err());
    }
}
