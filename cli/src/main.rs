//! The command line: reads files, asks the simulator, prints. All decisions are the library's.

use std::io::{ErrorKind, IsTerminal, Write};
use std::process::ExitCode;

use clap::{CommandFactory, Parser};

mod arguments;
mod check;
mod compare;
mod completion;
mod context;
mod diff;
mod entrances;
mod exec;
mod export;
mod files;
mod forgiving;
mod harmless;
mod input;
mod live;
mod matrix;
mod mcp;
mod modelled;
mod rollout;
mod schema;
mod shell;
mod test;
mod text;
mod trace;

use arguments::{Arguments, Command};
use context::Context;

/// Exit status 2 with one line on standard error: unusable arguments or input.
#[derive(Debug)]
struct Unusable(String);

/// The name under which kubectl finds it as a plugin.
const PLUGIN: &str = "kubectl-whichpod";

fn main() -> ExitCode {
    clap_complete::CompleteEnv::with_factory(Arguments::command).complete();
    let words: Vec<_> = std::env::args_os().collect();
    let is_plugin = words.first().is_some_and(|program| program.to_string_lossy().contains(PLUGIN));
    let arguments = match Arguments::try_parse_from(forgiving::with_separator(words)) {
        Ok(arguments) => arguments,
        Err(refusal) => return refused(&refusal),
    };
    match run(&arguments, is_plugin) {
        Ok(code) => code,
        Err(Unusable(message)) => {
            complain(&format!("whichpod: {message}"));
            ExitCode::from(2)
        }
    }
}

fn run(arguments: &Arguments, is_plugin: bool) -> Result<ExitCode, Unusable> {
    let context = Context::new(arguments.lang, arguments.color, is_plugin)?;
    match &arguments.command {
        Command::Trace(trace) => trace::run(trace, &context),
        Command::Exec(exec) => exec::run(exec, &context),
        Command::Shell(shell) => shell::run(shell, &context),
        Command::Check(check) => check::run(check, &context),
        Command::Diff(diff) => diff::run(diff, &context),
        Command::Matrix(matrix) => matrix::run(matrix, &context),
        Command::Entrances(entrances) => entrances::run(entrances, &context),
        Command::Test(test) => test::run(test, &context),
        Command::Export(export) => export::run(export),
        Command::Mcp => mcp::run(),
        Command::Modelled(modelled) => modelled::run(modelled, &context),
        Command::Schema(schema) => schema::run(schema),
        Command::Completion(completion) => completion::run(completion),
        Command::Man(man) => manual(man.command.as_deref()),
    }
}

/// Help, the version, or what is wrong with the arguments, as clap prints it; its colours only where a terminal shows them
/// and nothing else that a terminal obeys is in it.
fn refused(refusal: &clap::Error) -> ExitCode {
    let text = refusal.render().to_string();
    let code = ExitCode::from(u8::try_from(refusal.exit_code()).unwrap_or(2));
    if refusal.use_stderr() {
        if std::io::stderr().is_terminal() && harmless::written_out(&text, false) == text {
            refusal.exit();
        }
        complain(text.trim_end_matches('\n'));
        return code;
    }
    if std::io::stdout().is_terminal() {
        refusal.exit();
    }
    match print(&text) {
        Ok(()) => code,
        Err(Unusable(message)) => {
            complain(&format!("whichpod: {message}"));
            ExitCode::from(2)
        }
    }
}

/// The manual page, with a part for each command; or that of one command.
fn manual(name: Option<&str>) -> Result<ExitCode, Unusable> {
    let mut page = Vec::new();
    let mut command = Arguments::command();
    command.build();
    let broken = |error: std::io::Error| Unusable(error.to_string());
    if let Some(name) = name {
        let name = name.strip_prefix("whichpod-").unwrap_or(name);
        let names: Vec<&str> = command.get_subcommands().map(clap::Command::get_name).collect();
        let Some(part) = command.find_subcommand(name) else {
            return Err(Unusable(format!("man {name}: no such command; there are {}", names.join(", "))));
        };
        let part = part.clone().display_name(format!("whichpod-{name}"));
        let source = format!("whichpod {}", env!("CARGO_PKG_VERSION"));
        clap_mangen::Man::new(part).source(source).render(&mut page).map_err(broken)?;
        print(&String::from_utf8_lossy(&page))?;
        return Ok(ExitCode::SUCCESS);
    }
    clap_mangen::Man::new(command.clone()).render(&mut page).map_err(broken)?;
    for part in command.get_subcommands().filter(|part| part.get_name() != "help") {
        let part = clap_mangen::Man::new(part.clone());
        page.extend(format!(".SH {}\n", part_title(&part)).into_bytes());
        part.render_description_section(&mut page).map_err(broken)?;
        part.render_options_section(&mut page).map_err(broken)?;
    }
    print(&String::from_utf8_lossy(&page))?;
    Ok(ExitCode::SUCCESS)
}

fn part_title(part: &clap_mangen::Man) -> String {
    part.get_filename().trim_end_matches(".1").to_uppercase()
}

/// Prints to standard output what doesn't touch the terminal. A reader that closes early is no failure of ours and changes no
/// verdict; anything else that keeps the answer from being written does.
fn print(text: &str) -> Result<(), Unusable> {
    print_as_is(&harmless::written_out(text, false))
}

/// The same with colours of our own.
fn print_styled(text: &str, colour: bool) -> Result<(), Unusable> {
    print_as_is(&harmless::written_out(text, colour))
}

/// The same for texts that go on as they are, into files.
fn print_as_is(text: &str) -> Result<(), Unusable> {
    let mut stdout = std::io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(Unusable(format!("standard output can't be written: {error}")))
        }
        _ => Ok(()),
    }
}

/// Prints a line to standard error; where that can't be written, there is nobody left to tell.
fn complain(line: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{}", harmless::written_out(line, false));
}
