//! wget's options (GNU Wget manual, 2 Invoking): those that ask for something, and those that change nothing here.

use super::{WgetOptions, check_wgetrc, unknown_option};
use crate::console::UsageError;
use crate::console::option::{OptionFault, OptionStyle, OptionTable, ToolOption};
use crate::request::AddressFamily;

pub const OPTIONS: OptionTable<WgetOptions> = OptionTable {
    options: &[
        ToolOption::switch("-q --quiet", |wget| wget.quiet = true),
        // -nv, -nc, -nd
        ToolOption::checked("", turn_off).also("-n"),
        ToolOption::switch("-4 --inet4-only", |wget| wget.family = AddressFamily::Ipv4),
        ToolOption::switch("-6 --inet6-only", |wget| wget.family = AddressFamily::Ipv6),
        ToolOption::switch("--no-cache", |wget| {
            wget.headers.extend(["Cache-Control: no-cache".to_owned(), "Pragma: no-cache".to_owned()]);
        }),
        ToolOption::text("--referer", |wget, referer| wget.headers.push(format!("Referer: {referer}"))),
        ToolOption::text("--user --http-user", |wget, user| wget.user = Some(user)),
        ToolOption::text("--password --http-password", |wget, password| wget.password = Some(password)),
        ToolOption::switch("--auth-no-challenge", |wget| wget.unasked = true),
        ToolOption::text("-O --output-document", |wget, file| wget.output = Some(file)),
        ToolOption::text("--header", |wget, header| wget.headers.push(header)),
        ToolOption::text("-U --user-agent", |wget, agent| wget.agent = Some(agent)),
        ToolOption::text("--post-data --body-data", |wget, body| wget.body = Some(body)),
        ToolOption::text("--method", |wget, method| wget.method = Some(method)),
        ToolOption::switch("--no-check-certificate", |wget| wget.unchecked = true),
        ToolOption::text("--ca-certificate", |wget, _| wget.trusts = true),
        ToolOption::switch("--no-verbose", |wget| wget.brief = true),
        ToolOption::switch("-S --server-response", |wget| wget.shows_headers = true),
        ToolOption::text("-P --directory-prefix", |wget, folder| wget.folder = Some(folder)),
        ToolOption::switch("--spider", |wget| wget.spider = true),
        ToolOption::checked("-e --execute", |_, _, line| check_wgetrc(&line)),
        ToolOption::text("--max-redirect", |wget, most| wget.max_redirects = most.parse().ok()),
        // How files are written, how fast and how long is waited, whom it trusts.
        ToolOption::ignored_value("--ca-directory --certificate --connect-timeout"),
        ToolOption::ignored_value(
            "--dns-timeout --limit-rate -o --output-file --private-key --progress -Y --proxy --quota",
        ),
        ToolOption::ignored_value(
            "--read-timeout --retry-on-http-error --secure-protocol -T --timeout -t --tries -w --wait",
        ),
        ToolOption::ignored_value("--waitretry"),
        ToolOption::ignored("-E --adjust-extension --content-disposition --content-on-error -c --continue -d --debug"),
        ToolOption::ignored("-x --force-directories --ignore-length --no-clobber --no-config"),
        ToolOption::ignored(
            "--no-directories --no-dns-cache --no-hsts --no-netrc --no-proxy --no-use-server-timestamps",
        ),
        ToolOption::ignored("--random-wait --retry-connrefused --show-progress"),
        ToolOption::ignored("--trust-server-names -v --verbose"),
    ],
    style: OptionStyle::Gnu,
    refuse: |fault, shown| match fault {
        OptionFault::Unknown | OptionFault::NotModelled => unknown_option(shown),
        OptionFault::NoValue => UsageError::new(2, format!("wget: option requires an argument -- '{shown}'")),
    },
};

/// -n and what it takes away.
fn turn_off(wget: &mut WgetOptions, _: &str, what: String) -> Result<(), UsageError> {
    match what.as_str() {
        "v" => wget.brief = true,
        "c" | "d" => {}
        other => return Err(unknown_option(&format!("-n{other}"))),
    }
    Ok(())
}
