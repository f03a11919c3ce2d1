//! Findings that nobody wants to see: by --select and --ignore, by the project's settings, by an annotation of the object,
//! by a comment at the line.

use ignore::gitignore::{Gitignore, GitignoreBuilder};
use whichpod_core::diagnostic::Diagnostic;
use whichpod_core::simulation::Simulation;

use crate::arguments::Check;
use crate::context::Context;

/// The annotation: codes with commas, or `all`.
const ANNOTATION: &str = "whichpod.dev/ignore";
/// The comment, at the end of the line or on the one above: `# whichpod: ignore=code,code` (a space will do), or
/// without codes.
const COMMENT: &str = "# whichpod: ignore";

/// What is left to say.
pub fn left(found: Vec<Diagnostic>, simulation: &Simulation, arguments: &Check, context: &Context) -> Vec<Diagnostic> {
    let settings = &context.settings;
    let by_file: Vec<(Option<Gitignore>, &Vec<String>)> =
        settings.per_file_ignores.iter().map(|(glob, codes)| (matcher(glob, context), codes)).collect();
    let is_silenced = |finding: &Diagnostic| {
        let code = finding.problem.code();
        let has = |codes: &[String]| codes.iter().any(|one| one == code);
        let chosen = arguments.select.is_empty() || has(&arguments.select);
        let in_file = |file: &str| {
            by_file.iter().any(|(glob, codes)| {
                has(codes) && glob.as_ref().is_some_and(|glob| glob.matched(file, false).is_ignore())
            })
        };
        !chosen
            || has(&arguments.ignore)
            || has(&settings.ignore)
            || file_of(finding, simulation).is_some_and(|file| in_file(&file))
            || by_annotation(finding, code, simulation)
            || by_comment(finding, code, simulation)
    };
    found.into_iter().filter(|finding| !is_silenced(finding)).collect()
}

fn matcher(glob: &str, context: &Context) -> Option<Gitignore> {
    let mut builder = GitignoreBuilder::new(&context.settings.folder);
    builder.add_line(None, glob).ok()?;
    builder.build().ok()
}

fn file_of(finding: &Diagnostic, simulation: &Simulation) -> Option<String> {
    let manifests = &simulation.manifests;
    let span = manifests.place(finding)?;
    manifests.sources.file(span.file).map(|file| file.name.to_string())
}

/// `whichpod.dev/ignore: selects-nothing`, on the object.
fn by_annotation(finding: &Diagnostic, code: &str, simulation: &Simulation) -> bool {
    let Some(object) = finding.object.as_ref().and_then(|object| simulation.manifests.find(object)) else {
        return false;
    };
    let annotations = object.node.child("metadata").and_then(|metadata| metadata.child("annotations"));
    let said = annotations.and_then(|annotations| annotations.child(ANNOTATION)).and_then(|value| value.text());
    said.is_some_and(|said| names(said, code))
}

fn names(list: &str, code: &str) -> bool {
    list.split([',', ' ']).map(str::trim).any(|word| word == code || word == "all")
}

/// A comment at the line, or alone on the one above.
fn by_comment(finding: &Diagnostic, code: &str, simulation: &Simulation) -> bool {
    let manifests = &simulation.manifests;
    let Some(place) = manifests.place(finding) else { return false };
    let (Some(at), Some(file)) = (manifests.sources.locate(place), manifests.sources.file(place.file)) else {
        return false;
    };
    let own = file.text_from(at.line).lines().next();
    let above = file.text_from(at.line.saturating_sub(1)).lines().next();
    let above = above.filter(|above| above.trim_start().starts_with('#'));
    own.into_iter().chain(above).any(|text| silences(text, code))
}

fn silences(line: &str, code: &str) -> bool {
    let Some((_, after)) = line.split_once(COMMENT) else { return false };
    match after.strip_prefix(['=', ':', ' ']).filter(|codes| !codes.trim().is_empty()) {
        Some(codes) => names(codes.split('#').next().unwrap_or_default(), code),
        None => after.trim().is_empty(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comment_names_codes_or_all() {
        assert!(silences("port: 1 # whichpod: ignore=a,b", "b"));
        assert!(silences("port: 1 # whichpod: ignore", "b"));
        assert!(silences("port: 1 # whichpod: ignore a, b", "b"));
        assert!(!silences("port: 1 # whichpod: ignore a", "b"));
        assert!(!silences("port: 1 # whichpod: ignore=a", "b"));
        assert!(!silences("port: 1 # whichpod: ignored", "b"));
    }
}
