//! xargs: words of its input as arguments of another command.

use super::super::arguments::TextArguments;
use super::super::stream::{CommandInput, CommandOutput};
use super::super::{CommandScope, ShellRunner};
use crate::console::option::ToolOption;

pub const OPTIONS: &[ToolOption<()>] = &[
    ToolOption::by_name("-0 --null", false),
    ToolOption::by_name("-d --delimiter", true),
    ToolOption::by_name("-I --replace", true),
    ToolOption::by_name("-i", false),
    ToolOption::by_name("-L --max-lines", true),
    ToolOption::by_name("-n --max-args", true),
    ToolOption::by_name("-r --no-run-if-empty", false),
    ToolOption::ignored("-p -t --interactive --verbose"),
    ToolOption::ignored_value("-P -s --max-chars --max-procs"),
];

/// Where the command begins: behind the options and their values.
fn command_place(args: &[String]) -> usize {
    let takes_value = |arg: &str| {
        let taking = ["-d", "-I", "-L", "-n", "-P", "-s"];
        taking.contains(&arg) || ["--max-args", "--max-lines", "--max-procs", "--delimiter"].contains(&arg)
    };
    let mut at = 0;
    while let Some(arg) = args.get(at).filter(|arg| arg.starts_with('-') && arg.len() > 1) {
        at += if takes_value(arg) { 2 } else { 1 };
    }
    at.min(args.len())
}

/// Words between blanks, their quotes taken off.
fn words_of(text: &str) -> Vec<String> {
    text.split_whitespace().map(|word| word.trim_matches(['"', '\'']).to_owned()).collect()
}

impl ShellRunner<'_> {
    /// xargs: words of the input behind the command, all at once, or with -n so many, with -I one line each.
    pub(in crate::shell) fn xargs(
        &mut self,
        scope: &mut CommandScope,
        args: &[String],
        input: &CommandInput,
    ) -> CommandOutput {
        // 1. The input.
        let CommandInput::Text(text) = input else {
            return if *input == CommandInput::Unknown { CommandOutput::unknown() } else { CommandOutput::status(0) };
        };
        // 2. Options, and the command behind them, which has its own.
        let end = command_place(args);
        let (own, command) = args.split_at_checked(end).unwrap_or((args, &[]));
        let arguments = match TextArguments::read("xargs", OPTIONS, None, own) {
            Ok(arguments) => arguments,
            Err(error) => return self.refuse(error),
        };
        let count = |spellings: &[&str]| arguments.value(spellings).and_then(|text| text.parse::<usize>().ok());
        let most = count(&["-n", "--max-args"]);
        let most_lines = count(&["-L", "--max-lines"]);
        let usual = arguments.has(&["-i"]).then_some("{}");
        let replaced = arguments.value(&["-I", "--replace"]).or(usual).map(str::to_owned);
        let none_without = arguments.has(&["-r", "--no-run-if-empty"]);
        let separator = arguments.value(&["-d", "--delimiter"]).map(crate::shell::echo::unescaped);
        let separator = if arguments.has(&["-0", "--null"]) { Some("\0".to_owned()) } else { separator };
        let command = if command.is_empty() { vec!["echo".to_owned()] } else { command.to_vec() };
        // 3. The calls: line by line, so many words each, or all at once.
        let words: Vec<String> = match &separator {
            // Without the line's end taken off: it is a part of the last word.
            Some(separator) => {
                let text = text.strip_suffix(separator.as_str()).unwrap_or(text);
                text.split(separator.as_str()).map(str::to_owned).collect()
            }
            None => words_of(text),
        };
        let calls: Vec<Vec<String>> = match (&replaced, most) {
            (Some(mark), _) => {
                let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
                lines.map(|line| command.iter().map(|word| word.replace(mark.as_str(), line)).collect()).collect()
            }
            (None, None) if most_lines.is_some() => {
                let lines: Vec<Vec<String>> = text.lines().map(words_of).filter(|words| !words.is_empty()).collect();
                let chunks = lines.chunks(most_lines.unwrap_or(1).max(1));
                chunks.map(|chunk| command.iter().chain(chunk.iter().flatten()).cloned().collect()).collect()
            }
            (None, most) if !words.is_empty() => {
                let chunks = words.chunks(most.unwrap_or(words.len()).max(1));
                chunks.map(|chunk| command.iter().chain(chunk).cloned().collect()).collect()
            }
            (None, _) if none_without => Vec::new(),
            (None, _) => vec![command],
        };
        // 4. One after the other.
        let mut all = CommandOutput::default();
        for call in calls {
            all.append(self.words(scope, &call, &CommandInput::Nothing));
            if self.stopped.is_some() {
                break;
            }
        }
        // xargs says 123 where a command failed.
        if all.exit != 0 {
            all.exit = 123;
        }
        all
    }
}
