//! What was copied from a post into the lines that were typed there: prompts dropped, and with them the output between.

use super::parser;
use super::syntax::SyntaxError;

/// The signs that end a prompt.
const PROMPTS: [&str; 5] = ["$ ", "❯ ", "➜ ", "% ", "> "];

/// The lines to run. Where the first that is no comment has a prompt, those without one are the output of what stands before them, unless
/// that goes on there. `is_command` tells commands from comments behind `# `.
pub fn typed_lines(pasted: &str, is_command: &dyn Fn(&str) -> bool) -> String {
    let text = pasted.replace("\r\n", "\n");
    let is_said = |line: &&str| line.trim().is_empty() || line.trim_start().starts_with('#');
    let first = text.lines().find(|line| !is_said(line) || without_prompt(line, is_command).is_some());
    if without_prompt(first.unwrap_or_default(), is_command).is_none() {
        return text;
    }
    let mut commands: Vec<String> = Vec::new();
    for line in text.lines() {
        let goes_on = commands.last().is_some_and(|command| is_incomplete(command));
        let prompted = without_prompt(line, is_command);
        match (goes_on, prompted, commands.last_mut()) {
            // Inside quotes, a here-document or a loop, everything belongs to it, but the sign of a line that goes on.
            (true, _, Some(command)) => {
                command.push('\n');
                command.push_str(line.strip_prefix("> ").unwrap_or(line));
            }
            (_, Some(typed), _) => commands.push(typed.to_owned()),
            _ => {}
        }
    }
    commands.join("\n")
}

/// Whether a command goes on in the next line.
pub fn is_incomplete(command: &str) -> bool {
    command.ends_with('\\') || matches!(parser::parse_script(command), Err(SyntaxError::Incomplete(_)))
}

/// A line without its prompt; None if it has none.
fn without_prompt<'l>(line: &'l str, is_command: &dyn Fn(&str) -> bool) -> Option<&'l str> {
    let line = line.trim_start();
    let mut rest = line;
    // `user@host:~$ `, `[root@host ~]# `, `root@pod:/# `
    if let Some((before, after)) = line.split_once(['$', '#', '%', '❯', '➜']) {
        let of_host = before.contains('@') || before.ends_with(['~', '/', ']']);
        if of_host && !before.contains(['|', '=', '"', '\'']) && after.starts_with(' ') {
            return Some(after.trim_start());
        }
    }
    if let Some(typed) = behind_named_prompt(line, is_command) {
        return Some(typed);
    }
    if let Some(sign) = PROMPTS.iter().find(|sign| rest.starts_with(**sign)) {
        rest = rest.get(sign.len()..).unwrap_or_default();
        return Some(rest.trim_start());
    }
    let root = line.strip_prefix("# ").map(str::trim_start);
    root.filter(|rest| is_command(rest.split_whitespace().next().unwrap_or_default()))
}

/// Behind `controlplane $ `, `PS C:\k8s> `, `➜  ~ `, `➜  app git:(main) ✗ `, where what follows is a command.
fn behind_named_prompt<'l>(line: &'l str, is_command: &dyn Fn(&str) -> bool) -> Option<&'l str> {
    // 1. What a prompt may consist of, word by word: an arrow, a folder or a machine, a branch, a sign.
    let mut rest = line.trim_start();
    let mut is_prompt = false;
    for _ in 0..4 {
        let (word, behind) = rest.split_once(' ')?;
        let is_first = rest.len() == line.len();
        let is_sign = matches!(word, "$" | "#" | "%" | ">" | "❯" | "✗");
        let is_arrow = matches!(word, "➜" | "PS");
        let of_powershell = line.starts_with("PS ") && word.ends_with('>');
        let is_branch = word.starts_with("git:(") || word.starts_with('(');
        let of_machine =
            is_first && ["$ ", "# ", "% "].iter().any(|sign| behind.starts_with(sign)) && !is_command(word);
        if !(is_sign || is_arrow || is_branch || of_machine || of_powershell || (is_prompt && !is_command(word))) {
            break;
        }
        // 2. Signs that begin a line are told elsewhere.
        if is_first && !is_arrow && !of_machine {
            return None;
        }
        (is_prompt, rest) = (true, behind.trim_start());
    }
    // 3. A command stands behind it.
    (is_prompt && is_command(rest.split_whitespace().next()?)).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> String {
        typed_lines(text, &|word| ["kubectl", "curl", "k"].contains(&word))
    }

    #[test]
    fn prompts_and_output_are_dropped() {
        assert_eq!(read("$ kubectl get po\nNAME READY\nweb 1/1\n$ curl x\n"), "kubectl get po\ncurl x");
        assert_eq!(read("# kubectl get po\n# the pods\n# curl x"), "kubectl get po\ncurl x");
        assert_eq!(read("root@master:~# curl x"), "curl x");
        assert_eq!(read("[root@master ~]# curl x"), "curl x");
        assert_eq!(read("user@host:/tmp$ curl x\nok"), "curl x");
        assert_eq!(read("❯ curl x"), "curl x");
        assert_eq!(read("controlplane $ k get po\nweb 1/1\nnode01 $ curl x"), "k get po\ncurl x");
        assert_eq!(read("PS C:\\k8s> kubectl get po"), "kubectl get po");
        assert_eq!(read("➜  ~ kubectl get po\n➜  app git:(main) ✗ curl x"), "kubectl get po\ncurl x");
        assert_eq!(read("echo $ curl"), "echo $ curl");
        assert_eq!(read("# a comment\ncurl x"), "# a comment\ncurl x");
        assert_eq!(read("curl x\ncurl y"), "curl x\ncurl y");
        assert_eq!(read("# first this\n$ curl x\nok\n$ curl y"), "curl x\ncurl y");
    }

    #[test]
    fn what_goes_on_stays_whole() {
        assert_eq!(read("$ cat <<EOF | k apply -f -\n> a: b\n> EOF\ncreated"), "cat <<EOF | k apply -f -\na: b\nEOF");
        assert_eq!(read("$ curl \\\n  x\nok"), "curl \\\n  x");
    }
}
