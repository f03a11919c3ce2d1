//! curl's transfers: several URLs in a line, files that it sends or reads options from, tries that are made again. Each transfer
//! is a request of the console's curl.

use super::stream::{CommandInput, CommandOutput};
use super::{CommandScope, ShellRunner};
use crate::console::curl::options::OPTIONS;
use crate::console::option::TypedWord;
use crate::container::FileContent;
use crate::terminal::UsageError;
use crate::trace::PacketDecision;

mod glob;

/// How many transfers a line may make.
const TRANSFERS: usize = 2000;

/// Options of the whole line, whichever side of `--next` they stand on.
const OF_ALL: &[&str] = &["-s", "--silent", "-S", "--show-error", "-v", "--verbose", "-#", "--progress-bar"];

/// Options that name a file for what comes back.
const OUTPUTS: &[&str] = &["-o", "--output", "-O", "--remote-name"];

/// What --retry and its like ask for.
#[derive(Default)]
struct RetryPlan {
    times: u32,
    delay: Option<u64>,
    refused_too: bool,
    all_errors: bool,
}

/// A file's text, or why it isn't known.
type FileText = Result<String, UsageError>;

impl ShellRunner<'_> {
    pub(super) fn curl(&mut self, scope: &CommandScope, args: &[String], input: &CommandInput) -> CommandOutput {
        if args.iter().any(|word| word == "--version" || word == "-V") {
            return CommandOutput::text("curl 8.14.1\nProtocols: http https\n");
        }
        let words = OPTIONS.tell_apart(args).map(|words| self.with_files(scope, words, input));
        let words = match words {
            Some(Ok(words)) => words,
            Some(Err(error)) => return self.refuse(error),
            None => return self.one_transfer(scope, args.to_vec()),
        };
        // 1. What is asked for on each side of --next, with what counts for all.
        let is =
            |word: &TypedWord, names: &[&str]| word.option.as_deref().is_some_and(|option| names.contains(&option));
        let of_all: Vec<TypedWord> = words.iter().filter(|word| is(word, OF_ALL)).cloned().collect();
        let groups = words.split(|word| is(word, &["-:", "--next"]));
        // 2. One transfer after the other.
        let stops = words.iter().any(|word| is(word, &["--fail-early"]));
        let mut all = CommandOutput::default();
        let mut count = 0;
        for group in groups {
            let own = group.iter().filter(|word| !is(word, OF_ALL)).chain(&of_all).cloned().collect();
            let transfers = match transfers(own) {
                Ok(transfers) => transfers,
                Err(error) => return self.refuse(error),
            };
            let plan = RetryPlan::of(group);
            for transfer in transfers {
                count += 1;
                if count > TRANSFERS {
                    return self.refuse(UsageError::new(2, format!("curl: more than {TRANSFERS} URLs")));
                }
                all.append(self.with_retries(scope, &transfer, &plan));
                if self.stopped.is_some() || (stops && all.exit != 0) {
                    return all;
                }
            }
        }
        all
    }

    fn one_transfer(&mut self, scope: &CommandScope, args: Vec<String>) -> CommandOutput {
        if let Some(answered) = self.through_api(scope, &args) {
            return answered;
        }
        self.tool(scope, &[vec!["curl".to_owned()], args].concat())
    }

    /// src/tool_operate.c, post_per_transfer
    fn with_retries(&mut self, scope: &CommandScope, args: &[String], plan: &RetryPlan) -> CommandOutput {
        let mut all = CommandOutput::default();
        let mut pause = plan.delay.filter(|delay| *delay > 0).unwrap_or(1);
        for left in (0..=plan.times).rev() {
            let written = self.one_transfer(scope, args.to_vec());
            let status = self.answered_status();
            let why = plan.reason(written.exit, status);
            all.append(written);
            let Some(why) = why.filter(|_| left > 0 && self.stopped.is_none()) else { break };
            if !args.iter().any(|arg| arg == "-s" || arg == "--silent") {
                let text = format!("Problem {why}. Will retry in {pause} seconds. {left} retries left.");
                all.errors.push_str(&warning(&text));
            }
            self.pass_time(pause);
            if plan.delay.is_none_or(|delay| delay == 0) {
                pause = (pause * 2).min(600);
            }
        }
        all
    }

    /// The status of the last answer that a proxy gave itself.
    fn answered_status(&self) -> Option<u16> {
        let landing = self.resolution.as_ref()?.landings.first()?;
        match &landing.trail.last()?.decision {
            PacketDecision::Respond(response) => Some(response.status),
            _ => None,
        }
    }

    /// The words with files' texts instead of their names.
    fn with_files(
        &mut self,
        scope: &CommandScope,
        words: Vec<TypedWord>,
        input: &CommandInput,
    ) -> Result<Vec<TypedWord>, UsageError> {
        let mut all = Vec::new();
        for word in words {
            let (option, value) = (word.option.clone().unwrap_or_default(), word.value.clone().unwrap_or_default());
            let at = value.strip_prefix('@');
            let as_typed =
                |option: &str, value: String| TypedWord { option: Some(option.to_owned()), value: Some(value) };
            match (option.as_str(), at) {
                ("-d" | "--data" | "--data-ascii", Some(path)) => {
                    let text = self.sent_file(scope, &option, path, input)?;
                    all.push(as_typed("--data-raw", text.replace(['\r', '\n'], "")));
                }
                ("--data-binary" | "--json", Some(path)) => {
                    let name = if option == "--json" { "--json" } else { "--data-raw" };
                    all.push(as_typed(name, self.sent_file(scope, &option, path, input)?));
                }
                ("-w" | "--write-out", Some(path)) => {
                    all.push(as_typed("-w", self.sent_file(scope, &option, path, input)?));
                }
                ("-H" | "--header", Some(path)) => {
                    let lines = self.sent_file(scope, &option, path, input)?;
                    all.extend(
                        lines.lines().filter(|line| !line.is_empty()).map(|line| as_typed("-H", line.to_owned())),
                    );
                }
                ("--data-urlencode", _)
                    if value.contains('@') && !value.split('@').next().is_some_and(|name| name.contains('=')) =>
                {
                    let (name, path) = value.split_once('@').unwrap_or_default();
                    let text = self.sent_file(scope, &option, path, input)?;
                    all.push(as_typed("--data-urlencode", format!("{name}={text}")));
                }
                ("-F" | "--form", _) if value.split_once('=').is_some_and(|(_, it)| it.starts_with(['@', '<'])) => {
                    let (name, content) = value.split_once('=').unwrap_or_default();
                    let path = content.get(1..).unwrap_or_default().split(';').next().unwrap_or_default();
                    let text = self.sent_file(scope, &option, path, input)?;
                    all.push(as_typed("--form-string", format!("{name}={text}")));
                }
                ("-K" | "--config", _) => {
                    let text = self.sent_file(scope, &option, &value, input)?;
                    let args = options_of(&text);
                    let wrong =
                        || UsageError::new(2, format!("curl: {value}: an option in this file isn't known here"));
                    let inner = OPTIONS.tell_apart(&args).ok_or_else(wrong)?;
                    if inner.iter().any(|word| matches!(word.option.as_deref(), Some("-K" | "--config"))) {
                        return Err(wrong());
                    }
                    all.extend(self.with_files(scope, inner, input)?);
                }
                ("-T" | "--upload-file", _) => {
                    let path = if value == "." { "-" } else { &value };
                    let text = self.sent_file(scope, &option, path, input)?;
                    all.push(word);
                    all.extend([as_typed("-H", "Content-Type:".to_owned()), as_typed("--data-raw", text)]);
                }
                _ => all.push(word),
            }
        }
        Ok(all)
    }

    /// What a file holds. One that isn't here may well be on the machine of whoever typed this.
    fn sent_file(&mut self, scope: &CommandScope, option: &str, path: &str, input: &CommandInput) -> FileText {
        let content = match (path, input) {
            ("-", CommandInput::Text(text)) => FileContent::Text(text.clone()),
            ("-", CommandInput::Nothing) => FileContent::Text(String::new()),
            ("-", CommandInput::Unknown) => FileContent::Unknown,
            _ => self.read_file(scope, path),
        };
        let refused = |why: String| Err(UsageError::new(26, format!("curl: option {option}: {why}")));
        match content {
            FileContent::Text(text) => Ok(text),
            FileContent::Missing => refused(format!("there is no file {path} here: write it first")),
            FileContent::Unknown => refused(format!("what is in {path} isn't known here")),
        }
    }
}

impl RetryPlan {
    fn of(words: &[TypedWord]) -> Self {
        let mut plan = Self::default();
        for word in words {
            let value = word.value.as_deref().and_then(|value| value.parse::<f64>().ok()).unwrap_or_default();
            match word.option.as_deref() {
                Some("--retry") => plan.times = value.min(100.0) as u32,
                Some("--retry-delay") => plan.delay = Some(value as u64),
                Some("--retry-connrefused") => plan.refused_too = true,
                Some("--retry-all-errors") => plan.all_errors = true,
                _ => {}
            }
        }
        plan
    }

    /// Why it is tried again; None where it isn't.
    fn reason(&self, exit: i32, status: Option<u16>) -> Option<&'static str> {
        match (exit, status) {
            (6 | 28, _) => Some(": timeout"),
            (7, _) if self.refused_too => Some(": connection refused"),
            (0 | 22, Some(408 | 429 | 500 | 502 | 503 | 504)) => Some(": HTTP error"),
            (exit, _) if exit != 0 && self.all_errors => Some("(retrying all errors)"),
            _ => None,
        }
    }
}

/// The words of each transfer: a URL and the file for it, in the order in which both stand (src/tool_getparam.c, `getout`).
fn transfers(words: Vec<TypedWord>) -> Result<Vec<Vec<String>>, UsageError> {
    // 1. URLs, outputs and uploads apart from what counts for all.
    let (mut urls, mut outputs, mut uploads, mut shared) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let (mut keeps_globs, mut all_to_files, mut has_method) = (false, false, false);
    for TypedWord { option, value } in words {
        match option.as_deref() {
            None | Some("--url") => urls.push(value.unwrap_or_default()),
            Some("-T" | "--upload-file") => uploads.push(value.unwrap_or_default()),
            Some(option) if OUTPUTS.contains(&option) => outputs.push(value),
            Some(option) => {
                keeps_globs |= matches!(option, "-g" | "--globoff");
                all_to_files |= option == "--remote-name-all";
                has_method |= matches!(option, "-X" | "--request");
                shared.push(option.to_owned());
                shared.extend(value);
            }
        }
    }
    // 2. An upload is a PUT.
    if !uploads.is_empty() && !has_method {
        shared.extend(["-X".to_owned(), "PUT".to_owned()]);
    }
    shared.retain(|word| word != "--remote-name-all");
    // 3. Each URL takes its output and its upload, in order.
    let mut outputs = outputs.into_iter();
    let mut uploads = uploads.into_iter();
    let mut all = Vec::new();
    for url in &urls {
        let output = outputs.next();
        let url = match uploads.next() {
            Some(file) if url.ends_with('/') => format!("{url}{}", file.rsplit('/').next().unwrap_or_default()),
            Some(_) | None => url.clone(),
        };
        // 4. A URL with patterns is several transfers.
        for (url, parts) in if keeps_globs { vec![(url, Vec::new())] } else { glob::expand_url(&url)? } {
            let mut transfer = shared.clone();
            match &output {
                Some(Some(file)) => transfer.extend(["-o".to_owned(), glob::name_output(file, &parts)]),
                Some(None) => transfer.push("-O".to_owned()),
                None if all_to_files => transfer.push("-O".to_owned()),
                None => {}
            }
            transfer.extend(["-g".to_owned(), "--url".to_owned(), url]);
            all.push(transfer);
            if all.len() > TRANSFERS {
                return Err(UsageError::new(2, format!("curl: more than {TRANSFERS} URLs")));
            }
        }
    }
    // Without a URL curl complains by itself.
    Ok(if all.is_empty() { vec![shared] } else { all })
}

/// A file of options (src/tool_parsecfg.c): `name value`, `name = value`, `--name "value"`, one a line.
fn options_of(text: &str) -> Vec<String> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let words = lines.flat_map(|line| {
        let end = line.find(|c: char| c.is_whitespace() || c == '=' || c == ':').unwrap_or(line.len());
        let (name, rest) = line.split_at_checked(end).unwrap_or((line, ""));
        let name = if name.starts_with('-') { name.to_owned() } else { format!("--{name}") };
        let rest = rest.trim_start().trim_start_matches(['=', ':']).trim();
        let value = match rest.strip_prefix('"') {
            Some(quoted) => quoted.split('"').next().unwrap_or_default().to_owned(),
            None => rest.split_whitespace().next().unwrap_or_default().to_owned(),
        };
        let is_quoted = rest.starts_with('"');
        [Some(name), Some(value).filter(|value| is_quoted || !value.is_empty())].into_iter().flatten()
    });
    words.collect()
}

/// src/tool_msgs.c, voutf: lines of 79 columns, broken behind a blank.
fn warning(text: &str) -> String {
    const PREFIX: &str = "Warning: ";
    let width = 79 - PREFIX.len();
    let mut said = String::new();
    let mut rest = text;
    while rest.len() > width {
        let cut = rest.get(..width).and_then(|line| line.rfind(' ')).map_or(width, |at| at + 1);
        let (line, behind) = rest.split_at_checked(cut).unwrap_or((rest, ""));
        said.push_str(&format!("{PREFIX}{line}\n"));
        rest = behind;
    }
    said + PREFIX + rest + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_options() {
        let words = options_of("# comment\nurl = \"http://web/\"\n-H: \"X-A: 1\"\nsilent\nmax-time 3\n");
        assert_eq!(words, ["--url", "http://web/", "-H", "X-A: 1", "--silent", "--max-time", "3"]);
    }

    #[test]
    fn warnings_are_broken_as_curl_does() {
        let text = warning("Problem : connection refused. Will retry in 1 seconds. 10 retries left.");
        assert_eq!(
            text,
            "Warning: Problem : connection refused. Will retry in 1 seconds. 10 retries \nWarning: left.\n"
        );
    }
}
