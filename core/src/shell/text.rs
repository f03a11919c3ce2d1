//! Tools that read text and write text: what stands behind pipes.

use super::arguments::{NEGATIVE, TextArguments};
use super::stream::{CommandInput, CommandOutput};
use super::{CommandScope, ShellRunner};
use crate::console::option::{ToolOption, listed_options};
use crate::container::FileContent;
use crate::terminal::UsageError;
mod jq;
mod pattern;
mod awk;
mod grep;
mod sed;
mod lines;
mod sort;
mod fields;
mod filters;

/// A text with the name of the file it is from; standard input has none.
pub(super) struct NamedText {
    pub name: String,
    pub text: String,
}

impl NamedText {
    /// All as one; lines stay lines where a text's last one has no end.
    fn joined(texts: &[Self]) -> String {
        let mut all = String::new();
        for text in texts {
            if !all.is_empty() && !all.ends_with('\n') {
                all.push('\n');
            }
            all.push_str(&text.text);
        }
        all
    }
}

/// What a tool prints of texts.
type TextFilter = dyn Fn(&[NamedText]) -> CommandOutput;

/// A tool with its options read.
pub(super) struct TextTool {
    /// The files it reads; none for standard input.
    pub files: Vec<String>,
    /// Whether the files get what it prints (`sed -i`).
    pub in_place: bool,
    /// Whether a folder stands for the files in it (`grep -r`).
    pub recurses: bool,
    /// What it prints.
    pub filter: Box<TextFilter>,
}

impl TextTool {
    /// One that looks at each text by itself.
    fn of_texts(files: Vec<String>, filter: impl Fn(&[NamedText]) -> CommandOutput + 'static) -> Self {
        Self { files, in_place: false, recurses: false, filter: Box::new(filter) }
    }

    /// One that doesn't care where text comes from.
    fn of_text(files: Vec<String>, filter: impl Fn(&str) -> CommandOutput + 'static) -> Self {
        Self::of_texts(files, move |texts| filter(&NamedText::joined(texts)))
    }
}

/// A tool that works on text: its options, and how it is read.
pub struct TextToolEntry {
    /// As it is called.
    pub name: &'static str,
    options: &'static [ToolOption<()>],
    /// The option that a bare number stands for (`head -3`).
    number: Option<&'static str>,
    read: fn(&str, TextArguments) -> Result<TextTool, UsageError>,
}

/// All of them.
pub const TOOLS: [TextToolEntry; 25] = [
    TextToolEntry::new("awk", awk::OPTIONS, awk::read),
    TextToolEntry::new("base64", filters::BASE64, filters::base64),
    TextToolEntry::new("cat", filters::CAT, filters::cat),
    TextToolEntry::new("column", filters::COLUMN, filters::column),
    TextToolEntry::new("cut", fields::CUT, fields::cut),
    TextToolEntry::new("egrep", grep::OPTIONS, grep::read).with_number("-C"),
    TextToolEntry::new("fgrep", grep::OPTIONS, grep::read).with_number("-C"),
    TextToolEntry::new("gawk", awk::OPTIONS, awk::read),
    TextToolEntry::new("grep", grep::OPTIONS, grep::read).with_number("-C"),
    TextToolEntry::new("head", lines::HEAD, lines::head).with_number("-n"),
    TextToolEntry::new("jq", jq::OPTIONS, jq::read),
    TextToolEntry::new("less", filters::PAGER, filters::pager),
    TextToolEntry::new("mawk", awk::OPTIONS, awk::read),
    TextToolEntry::new("more", filters::PAGER, filters::pager),
    TextToolEntry::new("nl", filters::NL, filters::nl),
    TextToolEntry::new("paste", fields::PASTE, fields::paste),
    TextToolEntry::new("rev", &[], filters::rev),
    TextToolEntry::new("sed", sed::OPTIONS, sed::read),
    TextToolEntry::new("seq", filters::SEQ, filters::seq).with_number(NEGATIVE),
    TextToolEntry::new("sort", sort::OPTIONS, sort::read),
    TextToolEntry::new("tac", &[], filters::tac),
    TextToolEntry::new("tail", lines::TAIL, lines::tail).with_number("-n"),
    TextToolEntry::new("tr", fields::TR, fields::tr),
    TextToolEntry::new("uniq", lines::UNIQ, lines::uniq),
    TextToolEntry::new("wc", lines::WC, lines::wc),
];

impl TextToolEntry {
    const fn new(
        name: &'static str,
        options: &'static [ToolOption<()>],
        read: fn(&str, TextArguments) -> Result<TextTool, UsageError>,
    ) -> Self {
        Self { name, options, number: None, read }
    }

    const fn with_number(mut self, option: &'static str) -> Self {
        self.number = Some(option);
        self
    }

    /// The options that are understood, as one types them.
    pub fn listed_options(&self) -> Vec<&'static str> {
        listed_options(self.options)
    }
}

/// Reads a tool's words; None for a command that isn't among them.
fn read(name: &str, args: &[String]) -> Option<Result<TextTool, UsageError>> {
    let entry = TOOLS.iter().find(|entry| entry.name == name)?;
    let arguments = TextArguments::read(name, entry.options, entry.number, args);
    Some(arguments.and_then(|arguments| (entry.read)(name, arguments)))
}

/// The status of a tool that lacks a file, and how it calls it.
fn missing_file(tool: &str, path: &str) -> (i32, String) {
    match tool {
        "awk" | "gawk" | "mawk" => (2, format!("cannot open file `{path}' for reading")),
        "egrep" | "fgrep" | "grep" | "sed" => {
            (2, if tool == "sed" { format!("can't read {path}") } else { path.to_owned() })
        }
        "head" | "tail" => (1, format!("cannot open '{path}' for reading")),
        "jq" => (2, format!("error: Could not open file {path}")),
        "rev" => (1, format!("cannot open {path}")),
        "sort" => (2, format!("cannot read: {path}")),
        "tac" => (1, format!("failed to open '{path}' for reading")),
        _ => (1, path.to_owned()),
    }
}

fn joined(lines: impl IntoIterator<Item = impl std::fmt::Display>) -> String {
    lines.into_iter().map(|line| format!("{line}\n")).collect()
}

impl ShellRunner<'_> {
    /// Files, and those in folders.
    fn searched_files(&self, scope: &CommandScope, usual: &[&str], typed: &[String]) -> Vec<String> {
        let mut files = Vec::new();
        for path in typed.iter().map(String::as_str).chain(usual.iter().copied()) {
            let is_here = path.trim_end_matches('/') == ".";
            let prefix = if is_here { String::new() } else { format!("{}/", path.trim_end_matches('/')) };
            let own = self.names_of_files(scope).into_iter().map(|name| name.trim_start_matches("./").to_owned());
            let below: Vec<String> = own.filter(|name| name.starts_with(&prefix)).collect();
            if below.is_empty() {
                files.push(path.to_owned());
            } else {
                let shown =
                    if is_here && !typed.is_empty() { format!("{path}/").replace("//", "/") } else { String::new() };
                files.extend(below.into_iter().map(|name| format!("{shown}{name}")));
            }
        }
        files
    }

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
        let mut files = tool.files.clone();
        if tool.recurses {
            files = self.searched_files(scope, if files.is_empty() { &["."] } else { &[] }, &files);
        }
        for path in &files {
            let content = match (path.as_str(), input) {
                ("-", CommandInput::Text(text)) => FileContent::Text(text.clone()),
                _ => self.read_file(scope, path),
            };
            match content {
                FileContent::Text(text) => texts.push(NamedText { name: path.clone(), text }),
                FileContent::Unknown => return Some(CommandOutput::unknown()),
                FileContent::Missing => {
                    let (status, words) = missing_file(name, path);
                    missing
                        .append(CommandOutput::failure(status, format!("{name}: {words}: No such file or directory")));
                }
            }
        }
        // 3. Without files, the input.
        if files.is_empty() && !tool.recurses {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn run(line: &str, text: &str) -> String {
        let mut words = line.split('|').map(str::to_owned);
        let name = words.next().unwrap();
        let args: Vec<String> = words.collect();
        let tool = read(&name, &args).unwrap().unwrap();
        (tool.filter)(&[NamedText { name: String::new(), text: text.to_owned() }]).text
    }

    #[test]
    fn as_the_tools_print() {
        const TEXT: &str = "b 10\na 9\nb 10\n";
        for (line, expected) in [
            ("head|-1", "b 10\n"),
            ("head|-n|-1", "b 10\na 9\n"),
            ("head|-c|3", "b 1"),
            ("tail|-n|+2", "a 9\nb 10\n"),
            ("tail|-c3", "10\n"),
            ("wc|-l", "3\n"),
            ("wc|-lw", "      3       6\n"),
            ("wc", "      3       6      14\n"),
            ("sort", "a 9\nb 10\nb 10\n"),
            ("sort|-u|-r", "b 10\na 9\n"),
            ("sort|-k2|-n", "a 9\nb 10\nb 10\n"),
            ("sort|-k2,2nr|-k1,1", "b 10\nb 10\na 9\n"),
            ("uniq|-c", "      1 b 10\n      1 a 9\n      1 b 10\n"),
            ("cut|-d| |-f2", "10\n9\n10\n"),
            ("cut|-d| |--complement|-f2", "b\na\nb\n"),
            ("cut|-c1", "b\na\nb\n"),
            ("tr|a-z|A-Z", "B 10\nA 9\nB 10\n"),
            ("tr|-d|\\n", "b 10a 9b 10"),
            ("seq|3", "1\n2\n3\n"),
            ("seq|-w|9|10", "09\n10\n"),
            ("seq|-s,|3", "1,2,3\n"),
            ("base64", "YiAxMAphIDkKYiAxMAo=\n"),
            ("paste|-sd,|-", "b 10,a 9,b 10\n"),
            ("column|-t", "b  10\na  9\nb  10\n"),
            ("nl", "     1\tb 10\n     2\ta 9\n     3\tb 10\n"),
        ] {
            assert_eq!(run(line, TEXT), expected, "{line}");
        }
        assert_eq!(run("base64|-d", "YWI="), "ab");
        assert_eq!(run("tr|-s| ", "a   b"), "a b");
        assert_eq!(run("tr|-s|[:space:]|\\n", "a   b"), "a\nb");
        assert_eq!(run("tr|-cd|a-z", "a 1 b"), "ab");
        assert_eq!(run("sort|-V", "v1.10\nv1.9\n"), "v1.9\nv1.10\n");
        assert_eq!(run("sort|-h", "1Gi\n900Mi\n"), "900Mi\n1Gi\n");
        assert_eq!(run("sort|-t:|-k2,2", "a:z\nb:y\n"), "b:y\na:z\n");
    }
}
