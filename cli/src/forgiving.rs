//! What people leave out: the `--` in front of a command, as `kubectl exec` forgives it; `curl` in front of a URL.

use std::ffi::{OsStr, OsString};
use std::path::Path;

use clap::CommandFactory;
use whichpod_core::console::TOOLS;

use crate::arguments::Arguments;

/// Commands of ours that end in a command of others.
const ASKING: [&str; 2] = ["trace", "exec"];

/// Words with which a script begins.
const SHELL_WORDS: [&str; 8] = ["for", "while", "if", "until", "export", "echo", "sh", "bash"];

/// The arguments with `--` in front of the command, where it was left out.
pub fn with_separator(mut arguments: Vec<OsString>) -> Vec<OsString> {
    if let [_, only] = arguments.as_mut_slice()
        && only == "version"
    {
        *only = OsString::from("--version");
    }
    if let Some(place) = place_of_command(&arguments) {
        arguments.insert(place, OsString::from("--"));
    }
    arguments
}

/// Where the command begins; None where that is said, or can't be told.
fn place_of_command(arguments: &[OsString]) -> Option<usize> {
    // 1. Which of our commands it is; one that ends in a command of others, without `--`.
    let ours = arguments.iter().position(|argument| ASKING.iter().any(|name| argument == name))?;
    if arguments.iter().any(|argument| argument == "--") {
        return None;
    }
    let whole = Arguments::command();
    let command = whole.find_subcommand(arguments.get(ours)?)?;
    // 2. The first word that is no option, no option's value, and no path.
    let mut place = ours + 1;
    let mut first_unknown = None;
    while let Some(argument) = arguments.get(place) {
        if takes_next(command, argument) {
            place += 2;
            continue;
        }
        if !argument.to_string_lossy().starts_with('-') {
            if begins_command(argument) {
                return Some(place);
            }
            first_unknown = first_unknown.or((!is_path(argument)).then_some(place));
        }
        place += 1;
    }
    // 3. A word that is neither a tool nor a path begins a command that isn't understood, and is told so.
    first_unknown
}

fn begins_command(word: &OsStr) -> bool {
    let word = word.to_string_lossy();
    let first = word.split_whitespace().next().unwrap_or_default();
    TOOLS.iter().any(|tool| tool.name == first) || SHELL_WORDS.contains(&first) || first.contains("://")
}

fn is_path(word: &OsStr) -> bool {
    let text = word.to_string_lossy();
    Path::new(word).exists() || text.contains(['/', '*']) && !is_host_with_path(&text)
}

/// `shop.example.com/cart`: a host in front of a path, which somebody would have fetched; no file ends so.
fn is_host_with_path(word: &str) -> bool {
    let host = word.split('/').next().unwrap_or_default();
    let is_host = host.contains('.') && !host.starts_with('.') && !host.ends_with('.');
    is_host && ![".yaml", ".yml", ".json"].iter().any(|ending| word.ends_with(ending))
}

/// Whether an option takes the next word as its value.
fn takes_next(command: &clap::Command, argument: &OsStr) -> bool {
    let argument = argument.to_string_lossy();
    let takes = |found: Option<&clap::Arg>| found.is_some_and(|found| found.get_action().takes_values());
    if let Some(long) = argument.strip_prefix("--") {
        let known = command.get_arguments().find(|one| one.get_long() == Some(long));
        return takes(known) || long == "lang";
    }
    match argument.strip_prefix('-').map(|letters| letters.chars().collect::<Vec<_>>()).as_deref() {
        Some([letter]) => takes(command.get_arguments().find(|one| one.get_short() == Some(*letter))),
        _ => false,
    }
}

/// A command as it would be typed: words with spaces or special characters are quoted again; a URL alone is asked for.
pub fn command_line(words: &[String]) -> String {
    let line = match words {
        [line] => line.clone(),
        words => words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" "),
    };
    let first = words.first().map(String::as_str).unwrap_or_default();
    match first.split_once("://") {
        Some(("http" | "https", _)) => format!("curl {line}"),
        Some((scheme @ ("tcp" | "udp"), rest)) => match rest.trim_end_matches('/').rsplit_once(':') {
            Some((host, port)) => format!("nc {} {host} {port}", if scheme == "tcp" { "-zv" } else { "-zuv" }),
            None => line,
        },
        Some((scheme, _)) => match SCHEMES.iter().find(|(name, _)| *name == scheme) {
            Some((_, port)) => nc_of_url(first, *port),
            None => line,
        },
        None => line,
    }
}

fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_./:=,@%+{}[]?*#~^!()".contains(c);
    if !word.is_empty() && word.chars().all(plain) || word == "|" {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

/// Programs that speak a protocol of their own, and the port they ask unless told another.
const CLIENTS: [(&str, u16); 13] = [
    ("psql", 5432),
    ("nmap", 80),
    ("pg_isready", 5432),
    ("mysql", 3306),
    ("mariadb", 3306),
    ("redis-cli", 6379),
    ("valkey-cli", 6379),
    ("mongosh", 27017),
    ("mongo", 27017),
    ("clickhouse-client", 9000),
    ("mosquitto_sub", 1883),
    ("rabbitmqadmin", 15672),
    ("ssh", 22),
];

/// URLs of protocols that aren't spoken here, and the port that is asked where they name none.
const SCHEMES: [(&str, u16); 16] = [
    ("postgres", 5432),
    ("postgresql", 5432),
    ("mysql", 3306),
    ("mariadb", 3306),
    ("mongodb", 27017),
    ("redis", 6379),
    ("rediss", 6379),
    ("valkey", 6379),
    ("amqp", 5672),
    ("amqps", 5671),
    ("mqtt", 1883),
    ("mqtts", 8883),
    ("nats", 4222),
    ("kafka", 9092),
    ("clickhouse", 9000),
    ("ssh", 22),
];

/// `postgres://me:pw@db.shop/x` as the connection that it begins with.
fn nc_of_url(url: &str, port: u16) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?']).next().unwrap_or(rest);
    let place = authority.rsplit('@').next().unwrap_or(authority);
    let place = place.split(',').next().unwrap_or(place);
    let (host, own) = place.rsplit_once(':').unwrap_or((place, ""));
    format!("nc -zv {host} {}", own.parse().unwrap_or(port))
}

/// The connection that such a program would make, as a command that is understood.
pub fn connection_of(line: &str) -> Option<String> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let (tool, port) = CLIENTS.iter().find(|(tool, _)| words.first() == Some(tool))?;
    let after = |names: &[&str]| {
        let place = words.iter().position(|word| names.contains(word))?;
        words.get(place + 1).copied()
    };
    let port = after(&["-p", "-P", "--port"]).and_then(|port| port.parse().ok()).unwrap_or(*port);
    let bare = ["ssh", "mongosh", "mongo", "nmap"].contains(tool);
    // A URL holds user, host and port; else the option says the host, or the last word where the tool takes it so.
    if let Some(url) = words.iter().find(|word| word.contains("://")) {
        return Some(nc_of_url(url, port));
    }
    let host = after(&["-h", "--host"]).or_else(|| words.last().filter(|_| bare && words.len() > 1).copied())?;
    let host = host.rsplit('@').next().unwrap_or(host);
    Some(format!("nc -zv {host} {port}"))
}

/// What asks the same by a tool that is understood: another HTTP client's request, another way to trace a route.
pub fn same_by_other(line: &str) -> Option<String> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let (tool, rest) = words.split_first()?;
    match *tool {
        "http" | "https" | "xh" | "httpie" => {
            let methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
            let method = rest.iter().find(|word| methods.contains(word)).filter(|method| **method != "GET");
            let target = rest.iter().find(|word| !word.starts_with('-') && !methods.contains(word))?;
            let scheme = if *tool == "https" { "https" } else { "http" };
            let url = if target.contains("://") { (*target).to_owned() } else { format!("{scheme}://{target}") };
            let url = url.replacen("://:", "://localhost:", 1);
            Some(method.map_or_else(|| format!("curl {url}"), |method| format!("curl -X {method} {url}")))
        }
        "mtr" => Some(format!("traceroute {}", rest.iter().rfind(|word| !word.starts_with('-'))?)),
        "lynx" | "aria2c" | "axel" => Some(format!("curl {}", rest.iter().rfind(|word| !word.starts_with('-'))?)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn separated(line: &str) -> String {
        let words = line.split(' ').map(OsString::from).collect();
        let words = with_separator(words).into_iter().map(|word| word.to_string_lossy().into_owned());
        words.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_command_needs_no_separator() {
        for (typed, meant) in [
            ("whichpod trace -f x curl http://y", "whichpod trace -f x -- curl http://y"),
            (
                "whichpod trace -f x --from pod/a -o json curl -k y",
                "whichpod trace -f x --from pod/a -o json -- curl -k y",
            ),
            ("whichpod trace k8s/ http://web", "whichpod trace k8s/ -- http://web"),
            ("whichpod exec -v psql -h web", "whichpod exec -v -- psql -h web"),
            ("whichpod --lang ja trace -f curl dig web", "whichpod --lang ja trace -f curl -- dig web"),
            ("whichpod trace -f x -- curl y", "whichpod trace -f x -- curl y"),
            ("whichpod check k8s/", "whichpod check k8s/"),
            ("whichpod version", "whichpod --version"),
        ] {
            assert_eq!(separated(typed), meant);
        }
    }

    #[test]
    fn a_url_alone_is_asked_for() {
        let line = |words: &[&str]| command_line(&words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>());
        assert_eq!(line(&["http://web/"]), "curl http://web/");
        assert_eq!(line(&["tcp://db:5432"]), "nc -zv db 5432");
        assert_eq!(line(&["mongodb://me:x@db.shop/a"]), "nc -zv db.shop 27017");
        assert_eq!(line(&["redis://cache:6380"]), "nc -zv cache 6380");
        assert_eq!(line(&["sh", "-c", "curl a | head"]), "sh -c 'curl a | head'");
    }

    #[test]
    fn other_clients_are_told_what_asks_the_same() {
        assert_eq!(connection_of("psql -h web -p 5433").as_deref(), Some("nc -zv web 5433"));
        assert_eq!(connection_of("redis-cli -h cache").as_deref(), Some("nc -zv cache 6379"));
        assert_eq!(connection_of("mongosh mongodb://me:x@db.shop:27018/a").as_deref(), Some("nc -zv db.shop 27018"));
        assert_eq!(connection_of("psql postgres://db/a").as_deref(), Some("nc -zv db 5432"));
        assert_eq!(connection_of("ssh me@bastion").as_deref(), Some("nc -zv bastion 22"));
        assert_eq!(connection_of("traceroute web"), None);
        assert_eq!(same_by_other("http POST web/cart").as_deref(), Some("curl -X POST http://web/cart"));
        assert_eq!(same_by_other("mtr -n web").as_deref(), Some("traceroute web"));
    }
}
