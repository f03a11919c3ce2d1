//! Answers as text for people: where it lands and why in a few lines; the walk, each step with its reason and its line, for
//! those who ask for it.

use std::fmt::Write;

use whichpod_core::explain::{BilingualText, Language};
use whichpod_core::report::{CandidateReport, CauseReport, HopReport, LandingReport, LegReport, Report};
use whichpod_core::trace::share::percent;

use crate::context::Context;

/// How many candidates of a hop are listed before the rest is counted.
const CANDIDATES: usize = 12;
/// As many landings are listed, and as many lines of what a tool prints, where the walk isn't asked for.
const LANDINGS: usize = 6;
const PRINTED: usize = 12;

/// How an answer is put.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    /// In which language.
    pub language: Language,
    /// With colours.
    pub colour: bool,
}

impl Style {
    /// As what surrounds a command asks for.
    pub fn of(context: &Context) -> Self {
        Self { language: context.language, colour: context.colour }
    }

    /// A text in bold.
    pub fn bold(self, text: &str) -> String {
        if self.colour { format!("\x1b[1m{text}\x1b[0m") } else { text.to_owned() }
    }

    /// A text that steps back.
    pub fn faint(self, text: &str) -> String {
        if self.colour { format!("\x1b[2m{text}\x1b[0m") } else { text.to_owned() }
    }

    /// A text in the colour of how a request ends.
    fn coloured(self, outcome: &str, text: &str) -> String {
        let code = match outcome {
            "delivered" | "responded" => "32",
            "unknown" | "external" | "mixed" => "33",
            _ => "31",
        };
        if self.colour { format!("\x1b[1;{code}m{text}\x1b[0m") } else { text.to_owned() }
    }

    /// In the language of the answer.
    pub fn say(self, english: &'static str, japanese: &'static str) -> &'static str {
        BilingualText::new(english, japanese).of(self.language)
    }
}

/// The question, the answer in a sentence, why, and the lines that decided it.
pub fn answer(report: &Report, command: &str, from: &str, style: Style) -> String {
    let mut out = format!("{}\n", style.faint(&format!("{from} $ {command}")));
    if !report.summary.is_empty() {
        let _ = writeln!(out, "{}", style.coloured(&report.outcome, &report.summary));
    }
    if !report.why.is_empty() {
        let _ = writeln!(out, "  {} {}", style.say("because", "理由:"), report.why);
    }
    for answer in answers_of_servers(report) {
        let _ = writeln!(out, "  {answer}");
    }
    for cause in report.decided_by.iter().filter(|cause| cause.file.is_some()) {
        let _ = writeln!(out, "    {}", style.faint(&place_text(cause)));
    }
    if let Some(trusting) = &report.if_trusted {
        let _ = writeln!(out, "  {} {trusting}", style.say("without the check (-k):", "検査しない場合 (-k):"));
    }
    landings(&mut out, report, style);
    printed(&mut out, report, style);
    out
}

/// What a DNS server answers to one that asked for nothing else.
fn answers_of_servers(report: &Report) -> Vec<&str> {
    let only_a_lookup = report.legs.iter().all(|leg| &*leg.purpose == "resolve") && report.why.is_empty();
    let hops = report.legs.iter().flat_map(|leg| &leg.hops).filter(|hop| only_a_lookup && &*hop.decision == "answer");
    hops.map(|hop| &*hop.text).collect()
}

/// `k8s/shop.yaml:12  ingress default/shop spec.rules[0]`
fn place_text(cause: &CauseReport) -> String {
    let (object, field) = (cause.object.as_deref().unwrap_or_default(), cause.field.as_deref().unwrap_or_default());
    match (&cause.file, cause.line) {
        (Some(file), Some(line)) => format!("{file}:{line}  {object} {field}"),
        _ => format!("{object} {field}"),
    }
}

/// A line for each end, and what pods see, once where it is the same for all.
fn landings(out: &mut String, report: &Report, style: Style) {
    // 1. What all pods see alike.
    if report.landings.is_empty() {
        return;
    }
    out.push('\n');
    let seen_by_all = report.landings.first().map(|first| seen(first, style)).filter(|first| {
        report.landings.len() > 1 && report.landings.iter().all(|landing| seen(landing, style) == *first)
    });
    // 2. A line for each end, as many as are shown.
    for landing in report.landings.iter().take(LANDINGS) {
        let _ = writeln!(out, "{}", landing_line(landing, style));
        let own = if seen_by_all.is_some() { Vec::new() } else { seen(landing, style) };
        own.iter().for_each(|line| {
            let _ = writeln!(out, "          {line}");
        });
    }
    // 3. How many more there are, and what holds for each.
    let more = report.landings.len().saturating_sub(LANDINGS);
    if more > 0 {
        let _ = writeln!(
            out,
            "          {}",
            match style.language {
                Language::English => format!("… and {more} more (-v lists them)"),
                Language::Japanese => format!("… ほか {more} 件 (-v で表示)"),
            }
        );
    }
    for line in seen_by_all.unwrap_or_default() {
        let _ = writeln!(out, "          {} {line}", style.say("each", "それぞれ"));
    }
}

/// What the tool prints, and what isn't known.
fn printed(out: &mut String, report: &Report, style: Style) {
    let stdout = report.stdout.as_deref().unwrap_or_default().trim_end();
    // A proxy's page says in HTML what is said above.
    let is_page = stdout.starts_with("<html") || stdout.starts_with("<!DOCTYPE");
    if !(stdout.is_empty() || is_page && report.outcome == "responded") {
        let lines: Vec<&str> = stdout.lines().collect();
        let _ = writeln!(out, "\n{}", lines.iter().take(PRINTED).copied().collect::<Vec<_>>().join("\n"));
        if lines.len() > PRINTED {
            let more = lines.len() - PRINTED;
            let _ = match style.language {
                Language::English => writeln!(out, "… and {more} lines more (whichpod exec prints all)"),
                Language::Japanese => writeln!(out, "… ほか {more} 行 (whichpod exec ですべて表示)"),
            };
        }
    }
    if !report.stderr.is_empty() {
        let _ = writeln!(out, "\n{}", report.stderr.lines().next().unwrap_or_default());
    }
    for gap in &report.not_modelled {
        let _ = writeln!(out, "\n{} {gap}", style.say("not modelled:", "モデル化されていない:"));
    }
}

/// Every decision on the way, of the walks asked for.
pub fn walks(report: &Report, style: Style) -> String {
    let mut out = String::new();
    let queries = report.dns.as_ref().map_or(0, |dns| dns.query_count);
    if report.walks.is_empty() {
        walk(&mut out, &report.legs, queries, style);
    }
    for (landing, legs) in report.landings.iter().zip(&report.walks) {
        let _ = writeln!(out, "\n── {}", landing_line(landing, style).trim_start());
        walk(&mut out, legs, queries, style);
    }
    out
}

/// ` 33.3 %  pod default/web-1  10.244.1.10:8080 on node-1`
pub fn landing_line(landing: &LandingReport, style: Style) -> String {
    let share = percent(landing.share);
    let by_proxy = style.say("answered by the proxy:", "プロキシが応答:");
    let what = match (&landing.pod, landing.status, landing.outcome.as_str()) {
        (_, Some(status), _) => match &landing.location {
            Some(location) => format!("{by_proxy} {status}, {} {location}", style.say("to", "転送先:")),
            None => format!("{by_proxy} {status}"),
        },
        (Some(pod), None, "delivered") => format!("pod {pod}"),
        (_, None, outcome) => outcome_words(outcome, style).to_owned(),
    };
    let address = landing.address.as_ref().map(|address| format!("  {address}")).unwrap_or_default();
    let node = landing.node.as_ref().map(|node| format!(" {} {node}", style.say("on", "ノード"))).unwrap_or_default();
    let count = landing.count.map(|count| format!("{count:>6} ×")).unwrap_or_default();
    format!("{share:>8}{count}  {what}{address}{node}")
}

/// What a person calls an outcome.
pub fn outcome_words(outcome: &str, style: Style) -> &str {
    match outcome {
        "delivered" => style.say("delivered", "到達"),
        "responded" => style.say("answered by the proxy", "プロキシが応答"),
        "refused" => style.say("connection refused", "接続が拒否される"),
        "dropped" => style.say("timed out (dropped in silence)", "タイムアウト (黙って破棄)"),
        "unroutable" => style.say("no route", "経路がない"),
        "unresolved" => style.say("the name can't be resolved", "名前を解決できない"),
        "tls-failed" => style.say("the TLS handshake fails", "TLS ハンドシェイクが失敗する"),
        "external" => style.say("leaves the cluster", "クラスターの外へ出る"),
        "unknown" => style.say("not known", "不明"),
        other => other,
    }
}

/// What the pod sees, where it isn't what the client sent.
fn seen(landing: &LandingReport, style: Style) -> Vec<String> {
    let mut lines = Vec::new();
    if landing.outcome == "delivered" {
        let source = landing.source_ip.map(|source| source.to_string());
        lines.extend(source.zip(landing.source_kind.as_deref()).map(|(source, kind)| match style.language {
            Language::English => format!("sees {source} ({kind}) as the caller"),
            Language::Japanese => format!("呼び出し元は {source} ({kind}) に見える"),
        }));
    }
    if let (Some(host), Some(path)) = (&landing.host, &landing.path) {
        lines.push(match style.language {
            Language::English => format!("sees host {host}, path {path}"),
            Language::Japanese => format!("ホスト {host}、パス {path} に見える"),
        });
    }
    if landing.outcome == "delivered" {
        lines.extend(landing.backend_protocol.iter().map(|protocol| match style.language {
            Language::English => format!("the proxy speaks {protocol} to it"),
            Language::Japanese => format!("プロキシからのプロトコルは {protocol}"),
        }));
    }
    lines.extend(landing.rules.iter().map(|rule| format!("{} {rule}", style.say("by", "規則:"))));
    lines.extend(
        landing.denied_at.iter().map(|direction| format!("{} {direction}", style.say("denied at", "拒否された方向:"))),
    );
    lines
}

/// The connections, one after the other. The first lookup says how many questions it took.
fn walk(out: &mut String, legs: &[LegReport], queries: usize, style: Style) {
    for (place, leg) in legs.iter().enumerate() {
        let count = match (&*leg.purpose, place, queries) {
            ("resolve", 0, 1) => style.say(" (1 query)", " (問い合わせ 1 回)").to_owned(),
            ("resolve", 0, queries) => match style.language {
                Language::English => format!(" ({queries} queries)"),
                Language::Japanese => format!(" (問い合わせ {queries} 回)"),
            },
            _ => String::new(),
        };
        let _ = writeln!(out, "\n{}", style.bold(&format!("{}{count}", purpose(&leg.purpose, style))));
        for hop in &leg.hops {
            hop_lines(out, hop, style);
        }
    }
}

fn purpose(purpose: &str, style: Style) -> &str {
    match purpose {
        "resolve" => style.say("Looking the name up", "名前解決"),
        "connect" => style.say("The connection", "接続"),
        "proxy" => style.say("The proxy's own connection", "プロキシ自身の接続"),
        other => other,
    }
}

fn hop_lines(out: &mut String, hop: &HopReport, style: Style) {
    let _ = writeln!(out, "  {}", hop.text);
    for cause in hop.because.iter() {
        let _ = writeln!(out, "      {} {}", style.say("because", "理由:"), cause_text(cause, style));
    }
    // A name that nobody asked for, because one before it was found, is no candidate that a reader misses.
    let told: Vec<_> =
        hop.candidates.iter().filter(|candidate| candidate.reason.as_deref() != Some("not-asked")).collect();
    for candidate in told.iter().take(CANDIDATES) {
        let _ = writeln!(out, "      {}", candidate_text(candidate, style));
    }
    // The last may stand for more than itself: +39.
    let rest = told.iter().skip(CANDIDATES).map(|candidate| candidate.what.strip_prefix('+'));
    let more: usize = rest.map(|count| count.and_then(|count| count.parse().ok()).unwrap_or(1)).sum();
    if more > 0 {
        let _ = match style.language {
            Language::English => writeln!(out, "      … and {more} more (-o json lists them)"),
            Language::Japanese => writeln!(out, "      … ほか {more} 件 (-o json で表示)"),
        };
    }
}

/// `service default/web spec.ports[0]  (shop.yaml:12)`, or the rule in words.
fn cause_text(cause: &CauseReport, style: Style) -> String {
    match (&cause.object, &cause.text) {
        (Some(object), _) => {
            let field = cause.field.as_deref().unwrap_or_default();
            let place = match (&cause.file, cause.line) {
                (Some(file), Some(line)) => format!("  ({file}:{line})"),
                _ => style.say("  (supplied)", "  (補ったもの)").to_owned(),
            };
            format!("{object} {field}{place}")
        }
        (None, text) => text.as_deref().unwrap_or_default().to_owned(),
    }
}

/// `✓ pod default/web-1 (10.244.1.10:80)  50 %`, `✗ pod default/web-2 isn't ready  (shop.yaml:40)`.
fn candidate_text(candidate: &CandidateReport, style: Style) -> String {
    let mark = match &*candidate.fate {
        "chosen" => "✓",
        "eligible" => "·",
        _ => "✗",
    };
    let share = candidate.share.map(|share| format!("  {}", percent(share))).unwrap_or_default();
    let text = candidate.text.as_ref().map(|text| format!(" {text}")).unwrap_or_default();
    let cause = candidate.cause.as_ref().map(|cause| format!(": {}", cause_text(cause, style))).unwrap_or_default();
    format!("{mark} {}{share}{text}{cause}", candidate.what)
}
