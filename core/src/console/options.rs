//! The options that each tool understands, for completion and for the page that says what is modelled. The tools' own
//! files read them; the test below holds this list against those.

/// Tools with their options, as one types them.
pub const OPTIONS: &[(&str, &[&str])] = &[
    ("curl", CURL),
    ("dig", DIG),
    ("getent", &["-i", "--no-idn"]),
    ("grpcurl", GRPCURL),
    ("host", &["-4", "-N", "-R", "-T", "-U", "-W", "-c", "-p", "-r", "-t", "-w"]),
    (
        "hostname",
        &[
            "-I",
            "-d",
            "-f",
            "-i",
            "-s",
            "--all-ip-addresses",
            "--domain",
            "--fqdn",
            "--ip-address",
            "--long",
            "--short",
        ],
    ),
    (
        "nc",
        &[
            "-4",
            "-6",
            "-C",
            "-N",
            "-d",
            "-i",
            "-n",
            "-p",
            "-q",
            "-t",
            "-u",
            "-v",
            "-w",
            "-z",
            "--recv-only",
            "--sctp",
            "--send-only",
            "--udp",
            "--verbose",
            "--wait",
            "--zero",
        ],
    ),
    ("nslookup", &["-class=", "-norecurse", "-nosearch", "-port=", "-retry=", "-search", "-timeout=", "-type=", "-vc"]),
    (
        "ping",
        &[
            "-4", "-6", "-A", "-D", "-O", "-Q", "-U", "-W", "-a", "-c", "-f", "-i", "-l", "-n", "-p", "-q", "-s", "-v",
            "-w",
        ],
    ),
    ("telnet", &["-4", "-6", "-E", "-K", "--ipv4", "--ipv6", "--no-escape", "--no-login"]),
    ("wget", WGET),
];

const CURL: &[&str] = &[
    "-#",
    "-0",
    "-1",
    "-4",
    "-6",
    "-A",
    "-B",
    "-C",
    "-D",
    "-E",
    "-F",
    "-G",
    "-H",
    "-I",
    "-J",
    "-L",
    "-N",
    "-O",
    "-R",
    "-S",
    "-X",
    "-Y",
    "-Z",
    "-a",
    "-b",
    "-c",
    "-d",
    "-e",
    "-f",
    "-g",
    "-i",
    "-j",
    "-k",
    "-l",
    "-m",
    "-n",
    "-o",
    "-q",
    "-r",
    "-s",
    "-u",
    "-v",
    "-w",
    "-y",
    "--alt-svc",
    "--append",
    "--basic",
    "--ca-native",
    "--cacert",
    "--capath",
    "--cert",
    "--cert-type",
    "--ciphers",
    "--compressed",
    "--connect-timeout",
    "--connect-to",
    "--continue-at",
    "--cookie",
    "--cookie-jar",
    "--create-dirs",
    "--create-file-mode",
    "--crlfile",
    "--curves",
    "--data",
    "--data-ascii",
    "--data-binary",
    "--data-raw",
    "--data-urlencode",
    "--disable",
    "--dump-header",
    "--expect100-timeout",
    "--fail",
    "--fail-early",
    "--fail-with-body",
    "--form",
    "--form-string",
    "--get",
    "--globoff",
    "--happy-eyeballs-timeout-ms",
    "--head",
    "--header",
    "--hsts",
    "--http1.0",
    "--http1.1",
    "--http2",
    "--http2-prior-knowledge",
    "--ignore-content-length",
    "--include",
    "--insecure",
    "--ipv4",
    "--ipv6",
    "--json",
    "--junk-session-cookies",
    "--keepalive-cnt",
    "--keepalive-time",
    "--key",
    "--key-type",
    "--limit-rate",
    "--list-only",
    "--location",
    "--location-trusted",
    "--max-filesize",
    "--max-redirs",
    "--max-time",
    "--netrc",
    "--netrc-optional",
    "--no-alpn",
    "--no-buffer",
    "--no-clobber",
    "--no-keepalive",
    "--no-progress-meter",
    "--no-sessionid",
    "--no-styled-output",
    "--noproxy",
    "--oauth2-bearer",
    "--output",
    "--output-dir",
    "--parallel",
    "--parallel-immediate",
    "--parallel-max",
    "--pass",
    "--path-as-is",
    "--progress-bar",
    "--range",
    "--rate",
    "--raw",
    "--referer",
    "--remote-header-name",
    "--remote-name",
    "--remote-name-all",
    "--remote-time",
    "--remove-on-error",
    "--request",
    "--resolve",
    "--retry",
    "--retry-all-errors",
    "--retry-connrefused",
    "--retry-delay",
    "--retry-max-time",
    "--show-error",
    "--silent",
    "--speed-limit",
    "--speed-time",
    "--ssl-no-revoke",
    "--styled-output",
    "--suppress-connect-headers",
    "--tcp-fastopen",
    "--tcp-nodelay",
    "--tls-max",
    "--tls13-ciphers",
    "--tlsv1",
    "--tlsv1.2",
    "--tlsv1.3",
    "--url",
    "--url-query",
    "--use-ascii",
    "--user",
    "--user-agent",
    "--verbose",
    "--write-out",
];

const DIG: &[&str] = &[
    "-4",
    "-c",
    "-m",
    "-p",
    "-q",
    "-r",
    "-t",
    "-u",
    "-x",
    "+additional",
    "+adflag",
    "+all",
    "+answer",
    "+authority",
    "+badcookie",
    "+besteffort",
    "+bufsize=",
    "+cd",
    "+cdflag",
    "+class",
    "+cmd",
    "+comments",
    "+cookie",
    "+crypto",
    "+defname",
    "+dnssec",
    "+do",
    "+domain=",
    "+edns",
    "+ednsnegotiation",
    "+ednsopt=",
    "+fail",
    "+idnin",
    "+idnout",
    "+ignore",
    "+keepopen",
    "+ndots=",
    "+noall",
    "+nosearch",
    "+onesoa",
    "+question",
    "+rdflag",
    "+recurse",
    "+retry=",
    "+rrcomments",
    "+search",
    "+short",
    "+split",
    "+stats",
    "+tcp",
    "+time=",
    "+tries=",
    "+ttlid",
    "+ttlunits",
    "+unexpected",
    "+vc",
];

const GRPCURL: &[&str] = &[
    "-H",
    "-authority",
    "-cacert",
    "-cert",
    "-connect-timeout",
    "-d",
    "-emit-defaults",
    "-format",
    "-import-path",
    "-insecure",
    "-key",
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
    "-4",
    "-6",
    "-E",
    "-O",
    "-P",
    "-S",
    "-T",
    "-U",
    "-Y",
    "-c",
    "-d",
    "-e",
    "-o",
    "-q",
    "-t",
    "-v",
    "-w",
    "-x",
    "--adjust-extension",
    "--auth-no-challenge",
    "--body-data",
    "--ca-certificate",
    "--ca-directory",
    "--certificate",
    "--connect-timeout",
    "--content-disposition",
    "--content-on-error",
    "--continue",
    "--debug",
    "--directory-prefix",
    "--dns-timeout",
    "--execute",
    "--force-directories",
    "--header",
    "--http-password",
    "--http-user",
    "--ignore-length",
    "--inet4-only",
    "--inet6-only",
    "--limit-rate",
    "--max-redirect",
    "--method",
    "--no-cache",
    "--no-check-certificate",
    "--no-clobber",
    "--no-config",
    "--no-directories",
    "--no-dns-cache",
    "--no-hsts",
    "--no-netrc",
    "--no-proxy",
    "--no-use-server-timestamps",
    "--no-verbose",
    "--output-document",
    "--output-file",
    "--password",
    "--post-data",
    "--private-key",
    "--progress",
    "--proxy",
    "--quiet",
    "--quota",
    "--random-wait",
    "--read-timeout",
    "--referer",
    "--retry-connrefused",
    "--retry-on-http-error",
    "--secure-protocol",
    "--server-response",
    "--show-progress",
    "--spider",
    "--timeout",
    "--tries",
    "--trust-server-names",
    "--user",
    "--user-agent",
    "--verbose",
    "--wait",
    "--waitretry",
];

/// The options of one tool; none for those that take none.
pub fn tool_options(tool: &str) -> &'static [&'static str] {
    OPTIONS.iter().find(|(name, _)| *name == tool).map_or(&[], |(_, options)| options)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::{TOOLS, parse_tool};
    use super::*;
    use crate::request::ClientLibc;

    /// What stands behind the options of a command that is whole.
    fn rest(tool: &str) -> &'static [&'static str] {
        match tool {
            "curl" | "wget" => &["http://a/"],
            "getent" => &["hosts", "a"],
            "grpcurl" => &["a:80", "b.C/D"],
            "hostname" => &[],
            "nc" => &["a", "80"],
            _ => &["a"],
        }
    }

    /// Whether the tool takes it, with or without a value.
    fn is_taken(name: &str, option: &str) -> bool {
        const VALUES: [&str; 11] =
            ["", "robots=off", "wide", "1", "53", "IN", "A", "a", "192.0.2.1", "a:80:192.0.2.1", "a:80:b:80"];
        VALUES.iter().any(|value| {
            let (first, second) = match option.strip_suffix('=') {
                Some(_) => (format!("{option}{value}"), None),
                None => (option.to_owned(), (!value.is_empty()).then(|| (*value).to_owned())),
            };
            let rest = rest(name).iter().map(ToString::to_string);
            let after: Vec<String> = rest.collect();
            // A name may be an option's value already: `dig -q a`.
            [after.clone(), Vec::new()].into_iter().any(|after| {
                let words = [name.to_owned()].into_iter();
                let words: Vec<String> = words.chain([first.clone()]).chain(second.clone()).chain(after).collect();
                parse_tool(&words, ClientLibc::Glibc).is_ok()
            })
        })
    }

    /// The tools' files, where the names of their options stand.
    const FILES: &[(&str, &str)] = &[
        ("cat", include_str!("cat.rs")),
        ("curl", include_str!("curl.rs")),
        ("dig", include_str!("dig/options.rs")),
        ("env", include_str!("env.rs")),
        ("getent", include_str!("getent.rs")),
        ("grpcurl", include_str!("grpcurl.rs")),
        ("host", include_str!("host.rs")),
        ("hostname", include_str!("hostname.rs")),
        ("nc", include_str!("nc.rs")),
        ("ping", include_str!("ping.rs")),
        ("printenv", include_str!("env.rs")),
        ("telnet", include_str!("telnet.rs")),
        ("wget", include_str!("wget.rs")),
    ];

    /// Every letter, and every word in quotes, written as the tool's options are.
    fn possible(tool: &str, file: &str) -> Vec<String> {
        let words = file.split('"').skip(1).step_by(2).map(|word| word.trim_start_matches('-'));
        let is_name =
            |word: &&str| word.len() > 1 && word.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.'));
        let long = words.filter(is_name).flat_map(|word| match tool {
            "dig" => vec![format!("+{word}"), format!("+{word}=")],
            "grpcurl" => vec![format!("-{word}")],
            _ => vec![format!("--{word}")],
        });
        let letters = ('!'..='~').filter(|letter| *letter != '-').map(|letter| format!("-{letter}"));
        letters.chain(long).collect()
    }

    /// Whether an option is listed, with a value or without; dig's old name for one is not.
    fn is_listed(tool: &str, option: &str) -> bool {
        let bare = option.trim_end_matches('=');
        let spellings = [bare.to_owned(), format!("{bare}=")];
        spellings.iter().any(|option| tool_options(tool).contains(&option.as_str())) || bare == "+timeout"
    }

    #[test]
    fn tools_take_no_option_that_is_not_listed() {
        let unlisted = FILES.iter().flat_map(|(tool, file)| {
            let taken = possible(tool, file).into_iter().filter(|option| is_taken(tool, option));
            taken.filter(|option| !is_listed(tool, option)).map(move |option| format!("{tool} {option}"))
        });
        let unlisted: BTreeSet<String> = unlisted.collect();
        assert!(unlisted.is_empty(), "{unlisted:?}");
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
