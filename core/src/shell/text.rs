//! Tools that read text and write text: what stands behind pipes.

use super::stream::{CommandInput, CommandOutput};
use super::{CommandScope, ShellRunner};
use crate::container::FileContent;
use crate::terminal::UsageError;

mod jq;
mod lines;
mod pattern;
mod awk;
mod grep;
mod sed;

/// A text with the name of the file it is from; standard input has none.
pub(super) struct NamedText {
    pub name: String,
    pub text: String,
}

/// What a tool prints of texts.
type TextFilter = dyn Fn(&[NamedText]) -> CommandOutput;

/// A tool with its options read.
pub(super) struct TextTool {
    /// The files it reads; none for standard input.
    pub files: Vec<String>,
    /// Whether the files get what it prints (`sed -i`).
    pub in_place: bool,
    /// What it prints.
    pub filter: Box<TextFilter>,
}

impl TextTool {
    /// One that doesn't care where text comes from.
    fn of_text(files: Vec<String>, filter: impl Fn(&str) -> CommandOutput + 'static) -> Self {
        let joined = move |texts: &[NamedText]| {
            let all: String = texts.iter().map(|text| text.text.as_str()).collect();
            filter(&all)
        };
        Self { files, in_place: false, filter: Box::new(joined) }
    }
}

/// Reads a tool's words; None for a command that isn't among them.
fn read(name: &str, args: &[String]) -> Option<Result<TextTool, UsageError>> {
    Some(match name {
        "grep" | "egrep" | "fgrep" => grep::read(name, args),
        "awk" | "gawk" | "mawk" => awk::read(args),
        "sed" => sed::read(args),
        "jq" => jq::read(args),
        "head" => lines::head(args),
        "tail" => lines::tail(args),
        "wc" => lines::wc(args),
        "sort" => lines::sort(args),
        "uniq" => lines::uniq(args),
        "cut" => lines::cut(args),
        "tr" => lines::tr(args),
        "tac" | "rev" | "nl" | "column" | "base64" | "md5sum" | "sha256sum" | "seq" => lines::other_tools(name, args),
        _ => return None,
    })
}

impl ShellRunner<'_> {
    /// None for a command that isn't about text.
    pub(super) fn text_tool(
        &mut self,
        scope: &CommandScope,
        name: &str,
        args: &[String],
        input: &CommandInput,
    ) -> Option<CommandOutput> {
        // 1. The tool with its options and files.
        let tool = match read(name, args)? {
            Ok(tool) => tool,
            Err(error) => return Some(self.refuse(error)),
        };
        // 2. The files' texts, and which aren't there.
        let mut texts = Vec::new();
        let mut missing = CommandOutput::default();
        for path in &tool.files {
            let content = match (path.as_str(), input) {
                ("-", CommandInput::Text(text)) => FileContent::Text(text.clone()),
                _ => self.read_file(scope, path),
            };
            match content {
                FileContent::Text(text) => texts.push(NamedText { name: path.clone(), text }),
                FileContent::Unknown => return Some(CommandOutput::unknown()),
                FileContent::Missing => {
                    missing.append(CommandOutput::failure(2, format!("{name}: {path}: No such file or directory")));
                }
            }
        }
        // 3. Without files, the input.
        if tool.files.is_empty() {
            match input {
                CommandInput::Text(text) => texts.push(NamedText { name: String::new(), text: text.clone() }),
                CommandInput::Nothing => texts.push(NamedText { name: String::new(), text: String::new() }),
                CommandInput::Unknown => return Some(CommandOutput::unknown()),
            }
        }
        // 4. Written back into the files.
        if tool.in_place {
            for text in texts {
                let (name, written) = (text.name.clone(), (tool.filter)(&[text]));
                if let Err(refused) = self.write_file(scope, &name, written.text, false, false) {
                    return Some(refused);
                }
            }
            return Some(missing);
        }
        // 5. Or printed, behind what is missing.
        let mut written = (tool.filter)(&texts);
        written.errors.insert_str(0, &missing.errors);
        if missing.exit != 0 {
            written.exit = missing.exit;
        }
        Some(written)
    }
}
