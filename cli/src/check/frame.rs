//! Findings with the lines that they are about, file by file.

use std::collections::BTreeMap;
use std::ops::Range;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use whichpod_core::report::{CheckReport, DiagnosticReport};
use whichpod_core::source::{SourceFile, Sources};

use crate::text::Style;

/// As many lines stand around the one that is meant.
const AROUND: usize = 1;

/// All findings: those without a place, then file by file.
pub fn text(report: &CheckReport, sources: &Sources, style: Style) -> String {
    let renderer = if style.colour { Renderer::styled() } else { Renderer::plain() }.decor_style(DecorStyle::Unicode);
    let mut in_order: Vec<&DiagnosticReport> = report.diagnostics.iter().collect();
    in_order.sort_by(|one, other| (&one.file, one.line).cmp(&(&other.file, other.line)));
    let files: Files = sources.iter().map(|(_, file)| (&*file.name, file)).collect();
    in_order.into_iter().map(|finding| format!("{}\n\n", framed(finding, &files, &renderer))).collect()
}

/// The files by their names.
type Files<'s> = BTreeMap<&'s str, &'s SourceFile>;

fn framed(finding: &DiagnosticReport, files: &Files, renderer: &Renderer) -> String {
    let level = match finding.severity.as_str() {
        "error" => Level::ERROR,
        "warning" => Level::WARNING,
        _ => Level::NOTE,
    };
    let object = finding.object.as_ref().map(|object| format!("{object}: ")).unwrap_or_default();
    let message = format!("{object}{}", finding.message);
    let title = level.primary_title(&message).id(&finding.code);
    let help = finding.help.as_ref().map(|help| Level::HELP.message(help));
    let excerpt = Excerpt::of(finding, files);
    let group = match &excerpt {
        Some(excerpt) => title.element(
            Snippet::source(&excerpt.text)
                .path(&excerpt.file)
                .line_start(excerpt.first)
                .annotation(AnnotationKind::Primary.span(excerpt.span.clone())),
        ),
        None => title.elements(None::<annotate_snippets::Message<'_>>),
    };
    renderer.render(&[group.elements(help)])
}

/// Some lines of a file, and what of them is meant.
struct Excerpt {
    file: String,
    first: usize,
    text: String,
    span: Range<usize>,
}

impl Excerpt {
    fn of(finding: &DiagnosticReport, files: &Files) -> Option<Self> {
        let (file, line, column) = (finding.file.as_ref()?, finding.line? as usize, finding.column? as usize);
        let source = files.get(file.as_str())?;
        let line_in_text = if crate::files::is_corefile(file) { line + 5 } else { line };
        let column = if crate::files::is_corefile(file) { column + 4 } else { column };
        let first = line_in_text.saturating_sub(AROUND).max(1);
        let lines: Vec<&str> = source.text_from(first as u32).lines().take(line_in_text - first + 1 + AROUND).collect();
        let before: usize = lines.iter().take(line_in_text - first).map(|line| line.len() + 1).sum();
        let meant = lines.get(line_in_text - first)?;
        let start = before + bytes(meant, column);
        // What goes over several lines is shown by its first.
        let end = if finding.end_line == finding.line {
            before + bytes(meant, finding.end_column? as usize + if crate::files::is_corefile(file) { 4 } else { 0 })
        } else {
            before + meant.trim_end().len()
        };
        let span = start..end.max(start + usize::from(start < before + meant.len()));
        let first = if crate::files::is_corefile(file) { first.saturating_sub(5).max(1) } else { first };
        Some(Self { file: file.clone(), first, text: lines.join("\n"), span })
    }
}

/// The byte of a column, from 1.
fn bytes(line: &str, column: usize) -> usize {
    line.char_indices().nth(column.saturating_sub(1)).map_or(line.len(), |(at, _)| at)
}
