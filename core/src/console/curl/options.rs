//! curl's options (src/tool_getparam.c): those that ask for something, those that change nothing here, those not modelled.

use super::{CurlOptions, option_error, option_number, url_encoded};
use crate::console::UsageError;
use crate::console::option::{OptionFault, OptionStyle, OptionTable, ToolOption};
use crate::packet::{HttpVersion, TlsVersion};
use crate::request::AddressFamily;

pub const OPTIONS: OptionTable<CurlOptions> = OptionTable {
    options: &[
        // The request.
        ToolOption::text("-X --request", |curl, method| curl.method = Some(method)),
        ToolOption::text("-H --header", |curl, header| curl.headers.push(header)),
        // A cookie without an equals sign names a file.
        ToolOption::text("-b --cookie", |curl, cookie| curl.cookies.extend(Some(cookie).filter(|it| it.contains('=')))),
        ToolOption::text("--url", |curl, url| curl.urls.push(url)),
        ToolOption::text("--url-query", |curl, query| curl.url_query.push(url_encoded(&query))),
        ToolOption::text("--oauth2-bearer", |curl, token| curl.bearer = Some(token)),
        ToolOption::text("-u --user", |curl, user| curl.user = Some(user)),
        ToolOption::text("-A --user-agent", |curl, agent| curl.agent = Some(agent)),
        ToolOption::text("-e --referer", |curl, referer| curl.referer = Some(referer)),
        ToolOption::checked("-F --form", take_part),
        ToolOption::text("--form-string", |curl, part| {
            curl.data.push(part);
            curl.form = true;
        }),
        ToolOption::checked("-d --data --data-ascii --data-binary", take_data),
        ToolOption::text("--data-raw", |curl, data| curl.data.push(data)),
        ToolOption::text("--data-urlencode", |curl, data| curl.data.push(url_encoded(&data))),
        ToolOption::text("--json", |curl, data| {
            curl.data.push(data);
            curl.json = true;
        }),
        ToolOption::switch("-G --get", |curl| curl.as_query = true),
        ToolOption::switch("-I --head", |curl| curl.head = true),
        ToolOption::switch("--compressed", |curl| curl.compressed = true),
        ToolOption::switch("--path-as-is", |curl| curl.path_as_is = true),
        ToolOption::switch("-g --globoff", |curl| curl.globs_off = true),
        ToolOption::switch("--http2 --http2-prior-knowledge", |curl| curl.version = Some(HttpVersion::Http2)),
        ToolOption::switch("--http1.1", |curl| curl.version = Some(HttpVersion::Http1)),
        ToolOption::switch("-0 --http1.0", |curl| curl.version = Some(HttpVersion::Http10)),
        ToolOption::text("-r --range", |curl, range| curl.headers.push(format!("Range: bytes={range}"))),
        // Nothing has been fetched yet.
        ToolOption::text("-C --continue-at", |curl, from| {
            if !matches!(from.as_str(), "-" | "0") {
                curl.headers.push(format!("Range: bytes={from}-"));
            }
        }),
        // Where it connects, and whom it trusts.
        ToolOption::text("--resolve", |curl, rule| curl.resolve.push(rule)),
        ToolOption::text("--connect-to", |curl, rule| curl.connect_to.push(rule)),
        ToolOption::switch("-L --location --location-trusted", |curl| curl.follow = true),
        ToolOption::checked("--max-redirs", |curl, shown, most| {
            curl.max_redirects = Some(option_number(shown, &most)? as u32);
            Ok(())
        }),
        ToolOption::switch("-4 --ipv4", |curl| curl.family = AddressFamily::Ipv4),
        ToolOption::switch("-6 --ipv6", |curl| curl.family = AddressFamily::Ipv6),
        ToolOption::switch("-k --insecure", |curl| curl.insecure = true),
        ToolOption::text("--cacert", |curl, _| curl.trusts = true),
        ToolOption::text("-E --cert", |curl, _| curl.certified = true),
        // "default" is the newest; whatever else isn't a version curl refuses (tool_getparam.c).
        ToolOption::checked("--tls-max", |curl, shown, version| {
            curl.newest_tls = TlsVersion::parse(&version);
            if curl.newest_tls.is_some() || version == "default" {
                Ok(())
            } else {
                Err(option_error(shown, "is badly used here"))
            }
        }),
        ToolOption::checked("-m --max-time", |curl, shown, seconds| {
            curl.max_time = Some(option_number(shown, &seconds)?);
            Ok(())
        }),
        ToolOption::checked("--connect-timeout", |curl, shown, seconds| {
            curl.connect_timeout = Some(option_number(shown, &seconds)?);
            Ok(())
        }),
        ToolOption::checked("--retry --retry-delay --retry-max-time", |_, shown, number| {
            option_number(shown, &number).map(|_| ())
        }),
        // What it prints.
        ToolOption::switch("-i --include", |curl| curl.include = true),
        ToolOption::text("-D --dump-header", |curl, file| curl.headers_to = Some(file)),
        ToolOption::text("--output-dir", |curl, folder| curl.output_dir = Some(folder)),
        ToolOption::switch("-s --silent", |curl| curl.silent = true),
        ToolOption::switch("-S --show-error", |curl| curl.show_error = true),
        ToolOption::switch("-v --verbose", |curl| curl.verbose = true),
        ToolOption::switch("-# --progress-bar", |curl| curl.draws_bar = true),
        ToolOption::switch("--no-progress-meter", |curl| curl.hides_progress = true),
        ToolOption::switch("-f --fail --fail-with-body", |curl| curl.fail = true),
        ToolOption::text("-o --output", |curl, file| curl.output = Some(file)),
        ToolOption::switch("-O --remote-name --remote-name-all", |curl| curl.remote_name = true),
        ToolOption::text("-w --write-out", |curl, format| curl.write_out = Some(format)),
        // How files are written, how fast and how long is waited, which versions of TLS are offered.
        ToolOption::ignored_value("--alt-svc --capath --cert-type -c --cookie-jar --create-file-mode --crlfile"),
        ToolOption::ignored_value("--expect100-timeout --happy-eyeballs-timeout-ms --hsts --keepalive-cnt"),
        ToolOption::ignored_value("--keepalive-time --key --key-type --limit-rate --max-filesize --noproxy"),
        ToolOption::ignored_value("--parallel-max --pass --rate -Y --speed-limit -y --speed-time"),
        ToolOption::ignored("-a --append --basic --ca-native --create-dirs -q --disable --fail-early"),
        ToolOption::ignored(
            "--ignore-content-length -j --junk-session-cookies -l --list-only -n --netrc --netrc-optional",
        ),
        ToolOption::ignored("--no-alpn -N --no-buffer --no-clobber --no-keepalive --no-sessionid --no-styled-output"),
        ToolOption::ignored("-Z --parallel --parallel-immediate --raw -J --remote-header-name"),
        ToolOption::ignored("-R --remote-time --remove-on-error --retry-all-errors --retry-connrefused"),
        ToolOption::ignored("--ssl-no-revoke --styled-output --suppress-connect-headers --tcp-fastopen --tcp-nodelay"),
        ToolOption::ignored("-1 --tlsv1 --tlsv1.0 --tlsv1.1 --tlsv1.2 --tlsv1.3 -B --use-ascii"),
        // Files to send and to read options from; several requests in one line.
        ToolOption::of_shell("-T --upload-file -K --config", true),
        ToolOption::of_shell("-: --next", false),
        // Here is neither a proxy nor another protocol to send through.
        ToolOption::not_modelled("--ciphers --tls13-ciphers --curves"),
        ToolOption::not_modelled("-x --proxy --preproxy --socks5 --socks5-hostname --interface --unix-socket"),
        ToolOption::not_modelled("--http3 --haproxy-protocol --anyauth --digest --ntlm --negotiate"),
        ToolOption::not_modelled("--dns-servers --doh-url -z --time-cond --post301 --post302 --post303 --proto"),
        ToolOption::not_modelled(
            "--proto-default --request-target --tr-encoding --http0.9 --local-port --pinnedpubkey",
        ),
        ToolOption::not_modelled("--stderr --trace --trace-ascii --help --version -t --telnet-option"),
    ],
    style: OptionStyle::Curl,
    refuse: |fault, shown| match fault {
        OptionFault::Unknown => option_error(shown, "is unknown"),
        OptionFault::NotModelled => option_error(shown, "isn't understood here"),
        OptionFault::NoValue => option_error(shown, "requires parameter"),
    },
};

/// What is sent; there are no files to send.
fn take_data(curl: &mut CurlOptions, shown: &str, data: String) -> Result<(), UsageError> {
    if data.starts_with('@') {
        return Err(UsageError::new(26, format!("curl: {shown} {data}: there are no files here")));
    }
    curl.data.push(data);
    Ok(())
}

/// A part of a form.
fn take_part(curl: &mut CurlOptions, shown: &str, part: String) -> Result<(), UsageError> {
    if part.split_once('=').is_some_and(|(_, content)| content.starts_with(['@', '<'])) {
        return Err(UsageError::new(26, format!("curl: {shown} {part}: there are no files here")));
    }
    curl.data.push(part);
    curl.form = true;
    Ok(())
}
