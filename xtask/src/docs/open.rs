//! A link below each example that opens the page with the same manifests and the same request: what `trace -o link` prints. The case
//! stands in the link itself, so nothing need be published.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use super::{BookLanguage, write_text};
use crate::project::{Done, at};

/// Adds the links to every page below a folder; `depth` is how far the page stands below the site's top.
pub fn add_links(language: &BookLanguage, folder: &Path, depth: usize) -> Done {
    let failed = |error: std::io::Error| format!("{}: {error}", folder.display());
    for entry in fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path.is_dir() {
            add_links(language, &path, depth + 1)?;
        } else if path.extension().is_some_and(|extension| extension == "md") {
            let text = fs::read_to_string(&path).map_err(failed)?;
            write_text(&path, &with_links(language, &text, &"../".repeat(depth))?)?;
        }
    }
    Ok(())
}

/// The page with a line behind each block of commands.
fn with_links(language: &BookLanguage, text: &str, up: &str) -> Done<String> {
    // 1. An empty folder for the page's files.
    let folder = at("target/docs/example");
    let _ = fs::remove_dir_all(&folder);
    let (mut page, mut requests, mut file) = (String::new(), None::<Vec<String>>, None::<(String, String)>);
    for line in text.lines() {
        let _ = writeln!(page, "{line}");
        // 2. A file's text is kept for the commands behind it.
        let is_end = line.trim() == "```";
        if let Some(name) = line.trim().strip_prefix("```yaml,file=") {
            file = Some((name.to_owned(), String::new()));
        } else if line.trim_start().starts_with("```console") {
            requests = Some(Vec::new());
        } else if let Some((name, content)) = file.take_if(|_| is_end) {
            write_text(&folder.join(name), &content)?;
        } else if let Some((_, content)) = &mut file {
            let _ = writeln!(content, "{line}");
        // 3. Behind a block of commands, a link for each.
        } else if let Some(asked) = requests.take_if(|_| is_end) {
            let indent = &line[..line.len() - line.trim_start().len()];
            for (number, request) in asked.iter().enumerate() {
                if number == 0 {
                    page.push('\n');
                }
                let link = link(request, &folder, up)?;
                let _ = writeln!(page, "{indent}[{}]({link})", label(language, request, asked.len()));
            }
        // 4. A command inside a block.
        } else if let (Some(asked), Some(command)) = (&mut requests, line.trim_start().strip_prefix("$ ")) {
            asked.extend(request(command));
        }
    }
    Ok(page)
}

/// `Open in the page`, and of several which.
fn label(language: &BookLanguage, request: &str, count: usize) -> String {
    let command = request.split(" -- ").nth(1).unwrap_or_default().replace('\'', "");
    if count == 1 { language.words.open.to_owned() } else { format!("{}: `{command}`<br>", language.words.open) }
}

/// The command as one that prints a link, if it asks the network.
fn request(command: &str) -> Option<String> {
    let asked = command.strip_prefix("whichpod trace ").or(command.strip_prefix("whichpod exec "))?;
    let (options, request) = asked.split_once(" -- ")?;
    let mut words = options.replace("-o agent", "");
    // The page compares by itself.
    while let Some(at) = words.find("--as ") {
        let rest = &words[at + 5..];
        let end = rest.find(' ').unwrap_or(rest.len());
        words = format!("{}{}", &words[..at], &rest[end..]);
    }
    Some(format!("{words} -- {request}"))
}

fn link(request: &str, folder: &Path, up: &str) -> Done<String> {
    let program = at("target/debug/whichpod");
    let line = format!("'{}' trace -o link --page '{up}index.html' {request}", program.display());
    let output = Command::new("sh").arg("-c").arg(&line).current_dir(folder).output();
    let output = output.map_err(|error| format!("sh: {error}"))?;
    if !output.status.success() {
        return Err(format!("{line}: {}", String::from_utf8_lossy(&output.stderr)));
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::request;

    #[test]
    fn requests_are_asked_without_forms_and_controllers() {
        let asked = request("whichpod trace -f a.yaml --as traefik --as ingress-nginx -- curl http://a/");
        assert_eq!(asked.as_deref(), Some("-f a.yaml   -- curl http://a/"));
        let asked = request("whichpod exec -f a.yaml --from pod/a -- curl http://a/");
        assert_eq!(asked.as_deref(), Some("-f a.yaml --from pod/a -- curl http://a/"));
        assert_eq!(request("whichpod test a.yaml"), None);
    }
}
