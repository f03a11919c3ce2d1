//! The options that each tool understands, for completion and for the page that says what is modelled. The tools' own
//! files read them; the test below holds this list against those.

/// Tools with their options, as one types them.
pub const OPTIONS: &[(&str, &[&str])] = &[
    ("curl", CURL),
    ("dig", DIG),
    ("grpcurl", GRPCURL),
    ("host", &["-4", "-6", "-N", "-R", "-T", "-U", "-W", "-c", "-p", "-r", "-t", "-w"]),
    (
        "hostname",
        &["-I", "-d", "-f", "-i", "-s", "--all-ip-addresses", "--domain", "--fqdn", "--ip-address", "--short"],
    ),
    ("kubectl", &["-A", "-l", "-n", "-o", "--all-namespaces", "--namespace", "--no-headers", "--output", "--selector"]),
    ("nc", &["-4", "-6", "-N", "-n", "-u", "-v", "-w", "-z", "--sctp", "--udp", "--verbose", "--wait", "--zero"]),
    ("nslookup", &["-class=", "-norecurse", "-nosearch", "-port=", "-retry=", "-search", "-timeout=", "-type=", "-vc"]),
    ("ping", &["-4", "-6", "-W", "-c", "-i", "-n", "-q", "-s", "-w"]),
    ("wget", WGET),
];

const CURL: &[&str] = &[
    "-#",
    "-0",
    "-1",
    "-4",
    "-6",
    "-A",
    "-E",
    "-F",
    "-G",
    "-H",
    "-I",
    "-L",
    "-N",
    "-O",
    "-S",
    "-X",
    "-b",
    "-c",
    "-d",
    "-e",
    "-f",
    "-g",
    "-i",
    "-k",
    "-m",
    "-o",
    "-s",
    "-u",
    "-v",
    "-w",
    "--cacert",
    "--cert",
    "--compressed",
    "--connect-timeout",
    "--connect-to",
    "--cookie",
    "--cookie-jar",
    "--data",
    "--data-ascii",
    "--data-binary",
    "--data-raw",
    "--data-urlencode",
    "--fail",
    "--fail-with-body",
    "--form",
    "--form-string",
    "--get",
    "--globoff",
    "--head",
    "--header",
    "--http1.0",
    "--http1.1",
    "--http2",
    "--http2-prior-knowledge",
    "--include",
    "--insecure",
    "--ipv4",
    "--ipv6",
    "--json",
    "--key",
    "--location",
    "--location-trusted",
    "--max-redirs",
    "--max-time",
    "--no-buffer",
    "--no-progress-meter",
    "--noproxy",
    "--oauth2-bearer",
    "--output",
    "--path-as-is",
    "--progress-bar",
    "--referer",
    "--remote-name",
    "--request",
    "--resolve",
    "--retry",
    "--retry-all-errors",
    "--retry-connrefused",
    "--retry-delay",
    "--retry-max-time",
    "--show-error",
    "--silent",
    "--tlsv1.2",
    "--tlsv1.3",
    "--url",
    "--user",
    "--user-agent",
    "--verbose",
    "--write-out",
];

const DIG: &[&str] = &[
    "-4",
    "-6",
    "-c",
    "-m",
    "-p",
    "-q",
    "-r",
    "-t",
    "-u",
    "-x",
    "+additional",
    "+all",
    "+answer",
    "+authority",
    "+bufsize=",
    "+class",
    "+cmd",
    "+comments",
    "+cookie",
    "+edns",
    "+noall",
    "+nosearch",
    "+question",
    "+recurse",
    "+search",
    "+short",
    "+stats",
    "+tcp",
    "+time=",
    "+tries=",
    "+ttlid",
];

const GRPCURL: &[&str] = &[
    "-H",
    "-authority",
    "-connect-timeout",
    "-d",
    "-emit-defaults",
    "-format",
    "-import-path",
    "-insecure",
    "-max-time",
    "-plaintext",
    "-proto",
    "-protoset",
    "-rpc-header",
    "-servername",
    "-v",
    "-vv",
];

const WGET: &[&str] = &[
    "-O",
    "-S",
    "-T",
    "-U",
    "-q",
    "-t",
    "--connect-timeout",
    "--dns-timeout",
    "--header",
    "--inet4-only",
    "--inet6-only",
    "--max-redirect",
    "--method",
    "--no-check-certificate",
    "--no-proxy",
    "--no-verbose",
    "--output-document",
    "--post-data",
    "--quiet",
    "--read-timeout",
    "--server-response",
    "--spider",
    "--timeout",
    "--tries",
    "--user-agent",
];

/// The options of one tool; none for those that take none.
pub fn of(tool: &str) -> &'static [&'static str] {
    OPTIONS.iter().find(|(name, _)| *name == tool).map_or(&[], |(_, options)| options)
}

#[cfg(test)]
mod tests {
    use super::super::{TOOLS, tool};
    use super::*;
    use crate::request::Libc;

    /// What stands behind the options of a command that is whole.
    fn rest(tool: &str) -> &'static [&'static str] {
        match tool {
            "curl" | "wget" => &["http://a/"],
            "grpcurl" => &["a:80", "b.C/D"],
            "hostname" => &[],
            "kubectl" => &["get", "pods"],
            "nc" => &["a", "80"],
            _ => &["a"],
        }
    }

    /// Whether the tool takes it, with or without a value.
    fn is_taken(name: &str, option: &str) -> bool {
        const VALUES: [&str; 10] = ["", "wide", "1", "53", "IN", "A", "a", "192.0.2.1", "a:80:192.0.2.1", "a:80:b:80"];
        VALUES.iter().any(|value| {
            let (first, second) = match option.strip_suffix('=') {
                Some(_) => (format!("{option}{value}"), None),
                None => (option.to_owned(), (!value.is_empty()).then(|| (*value).to_owned())),
            };
            let rest = rest(name).iter().map(ToString::to_string);
            let (before, after): (Vec<String>, Vec<String>) =
                if name == "kubectl" { (rest.collect(), Vec::new()) } else { (Vec::new(), rest.collect()) };
            // A name may be an option's value already: `dig -q a`.
            [after.clone(), Vec::new()].into_iter().any(|after| {
                let words = [name.to_owned()].into_iter().chain(before.clone());
                let words: Vec<String> = words.chain([first.clone()]).chain(second.clone()).chain(after).collect();
                tool(&words, Libc::Glibc).is_ok()
            })
        })
    }

    #[test]
    fn tools_take_the_options_that_are_listed() {
        for (name, options) in OPTIONS {
            assert!(TOOLS.contains(name), "{name}");
            for option in *options {
                assert!(is_taken(name, option), "{name} {option}");
            }
            // BIND's nslookup complains and goes on without it.
            assert_eq!(is_taken(name, "--no-such-option"), *name == "nslookup", "{name}");
        }
    }
}
