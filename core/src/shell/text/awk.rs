//! awk: patterns, fields, variables and arrays, the functions on texts and numbers. What it would write into files or run as
//! commands isn't understood.

use super::super::stream::CommandOutput;
use super::{NamedText, TextTool};
use crate::console::option::ToolOption;
use crate::shell::arguments::TextArguments;
use crate::terminal::UsageError;
use run::{AwkMachine, AwkOperand};

mod syntax;
mod parser;
mod value;
mod run;

pub const OPTIONS: &[ToolOption<()>] =
    &[ToolOption::by_name("-F --field-separator", true), ToolOption::by_name("-v --assign", true)];

/// Reads the words behind `awk`.
pub fn read(_: &str, arguments: TextArguments) -> Result<TextTool, UsageError> {
    // 1. Variables, separators, the program and files.
    let unescaped = crate::shell::echo::unescaped;
    let pairs = arguments.values(&["-v", "--assign"]).into_iter().filter_map(|pair| pair.split_once('='));
    let variables: Vec<_> = pairs.map(|(name, value)| (name.to_owned(), unescaped(value))).collect();
    let separators = arguments.values(&["-F", "--field-separator"]);
    let separators: Vec<_> = separators.into_iter().map(|text| ("FS".to_owned(), unescaped(text))).collect();
    let mut words = arguments.words().into_iter();
    let program = words.next();
    let (mut files, mut assigned) = (Vec::new(), Vec::new());
    for word in words {
        match assignment(&word) {
            Some((name, value)) => assigned.push((files.len(), name.to_owned(), unescaped(value))),
            None => files.push(word),
        }
    }
    // 2. The program's rules.
    let Some(program) = program else {
        return Err(UsageError::of_tool(2, "usage: awk [-F fs][-v var=value][prog | -f progfile][file ...]"));
    };
    let rules = parser::parse_program(&program)
        .map_err(|what| UsageError::new(2, format!("awk: `{what}` in `{program}` isn't understood here")))?;
    // 3. What is set before the first line.
    let variables: Vec<(String, String)> = variables.into_iter().chain(separators).collect();
    // 4. A machine for each run.
    let names = files.clone();
    let filter = move |texts: &[NamedText]| {
        let mut machine = AwkMachine::new(&rules, &variables);
        let ran = machine.run(&in_turn(&names, texts, &assigned));
        let mut written = CommandOutput { exit: machine.status, ..CommandOutput::text(machine.out) };
        if let Err(why) = ran {
            written.append(CommandOutput::failure(2, format!("awk: {why}")));
        }
        written
    };
    Ok(TextTool::of_texts(files, filter))
}

/// `name=value`, which is no file (POSIX, awk, Operands).
fn assignment(word: &str) -> Option<(&str, &str)> {
    let (name, value) = word.split_once('=')?;
    let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    is_name.then_some((name, value))
}

/// What a program meets, in this order: texts, and variables that are set between them. `assigned` says behind how many of
/// the files that were named.
fn in_turn<'t>(
    names: &[String],
    texts: &'t [NamedText],
    assigned: &'t [(usize, String, String)],
) -> Vec<AwkOperand<'t>> {
    let (mut all, mut texts, mut assigned) = (Vec::new(), texts.iter().peekable(), assigned.iter().peekable());
    for place in 0..=names.len() {
        while let Some((_, name, value)) = assigned.next_if(|(behind, ..)| *behind == place) {
            all.push(AwkOperand::Variable(name, value));
        }
        // A file that isn't there has no text; standard input has no name.
        all.extend(texts.next_if(|text| names.get(place).is_none_or(|name| *name == text.name)).map(AwkOperand::Text));
    }
    all
}

#[cfg(test)]
mod tests {
    fn run_on(args: &[&str], text: &str) -> Option<String> {
        let args: Vec<String> = args.iter().map(ToString::to_string).collect();
        let tool = super::super::read("awk", &args)?.ok()?;
        Some((tool.filter)(&[super::super::NamedText { name: String::new(), text: text.to_owned() }]).text)
    }

    #[test]
    fn as_posts_use_it() {
        const TEXT: &str = "NAME READY IP\nweb-1 1/1 10.0.0.1\nweb-2 0/1 10.0.0.2\n";
        let of = |program: &str| run_on(&[program], TEXT);
        assert_eq!(of("{print $1}").as_deref(), Some("NAME\nweb-1\nweb-2\n"));
        assert_eq!(of("NR>1 {print $1, $NF}").as_deref(), Some("web-1 10.0.0.1\nweb-2 10.0.0.2\n"));
        assert_eq!(of("/web/{print $1\":\"$3}").as_deref(), Some("web-1:10.0.0.1\nweb-2:10.0.0.2\n"));
        assert_eq!(of("$2==\"1/1\"").as_deref(), Some("web-1 1/1 10.0.0.1\n"));
        assert_eq!(of("NR!=1 && $2 != \"1/1\" {print $1; exit}").as_deref(), Some("web-2\n"));
        assert_eq!(of("{n++} END {print n}").as_deref(), Some("3\n"));
        assert_eq!(of("{printf \"%s,\", $1}").as_deref(), Some("NAME,web-1,web-2,"));
        assert_eq!(run_on(&["-F:", "{print $2}"], "a:b:c\n").as_deref(), Some("b\n"));
        assert_eq!(run_on(&["-F", "/", "{ print $(NF-1) }"], "a/b/c\n").as_deref(), Some("b\n"));
        assert_eq!(of("{x = substr($1, 2, 3)} END {print x, length(x), NR}").as_deref(), Some("eb- 3 3\n"));
        assert_eq!(
            of("BEGIN {FS=\"[. ]\"; print \"start\"} NR > 1 {sum += $NF; a[$2]++} END {for (k in a) print k, a[k]; print sum / 2}").as_deref(),
            Some("start\n0/1 1\n1/1 1\n1.5\n")
        );
        assert_eq!(
            of("NR==2,NR==3 {printf \"%-6s|%03d|%.1f\\n\", $1, NR, NR / 4}").as_deref(),
            Some("web-1 |002|0.5\nweb-2 |003|0.8\n")
        );
        assert_eq!(
            of("NR>1 {gsub(/[0-9]+/, \"<&>\", $1); print $1 \" \" ($2 ~ /^1/ ? \"up\" : \"down\")}").as_deref(),
            Some("web-<1> up\nweb-<2> down\n")
        );
        assert_eq!(of("!seen[substr($1,1,3)]++ {print $1}").as_deref(), Some("NAME\nweb-1\n"));
        assert_eq!(
            of("{n = split($0, p, \" \"); if (n > 2 && NR != 1) {print p[3]; next} else print \"head\"}").as_deref(),
            Some("head\n10.0.0.1\n10.0.0.2\n")
        );
        assert_eq!(
            of("END {i = 3; while (i-- > 0) s = s i; print s, toupper(\"x\"), index(\"abc\", \"c\")}").as_deref(),
            Some("210 X 3\n")
        );
        assert_eq!(of("NR==2 {$2=\"\"; print; exit 3}").as_deref(), Some("web-1  10.0.0.1\n"));
        assert_eq!(of("BEGIN {print 1 / 3, 10 % 3, 2 ^ 3, -1, 1e3, \"a\" > \"file\"}"), None);
        assert_eq!(of("{system(\"x\")}"), None);
        assert_eq!(run_on(&["-v", "n=2", "NR==n {print $1}"], TEXT).as_deref(), Some("web-1\n"));
    }
}
