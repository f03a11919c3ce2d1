//! Writes routing tests from answers, so that what is seen once stays so.

use std::collections::BTreeSet;

use crate::report::{LandingReport, Report};

/// Where the manifests of a written case come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CaseSource {
    /// They stand in the case.
    Manifests(String),
    /// They stand in files.
    Files(Vec<String>),
}

/// A request with the answer that it is expected to get.
#[derive(Clone, Debug)]
pub struct WrittenRequest {
    /// Who asks.
    pub from: String,
    /// The command.
    pub run: String,
    /// The answer.
    pub report: Report,
}

/// A file with one case: these manifests, this request, and the answer as its expectation.
pub fn write(manifests: &str, from: &str, command: &str, report: &Report) -> String {
    let source = CaseSource::Manifests(manifests.to_owned());
    let request = WrittenRequest { from: from.to_owned(), run: command.to_owned(), report: report.clone() };
    write_case("from-whichpod", command, &source, &[request])
}

/// A case of several requests.
pub fn write_case(id: &str, title: &str, source: &CaseSource, requests: &[WrittenRequest]) -> String {
    let manifests = match source {
        CaseSource::Manifests(text) => format!("manifests: {}", block(text)),
        CaseSource::Files(files) => {
            let files: Vec<String> = files.iter().map(|file| quoted(file)).collect();
            format!("files: [{}]", files.join(", "))
        }
    };
    let requests = requests.iter().map(|request| {
        let expected = expectation(&request.report).into_iter().map(|(key, value)| format!("\n      {key}: {value}"));
        let (from, run) = (quoted(&request.from), quoted(&request.run));
        format!("  - from: {from}\n    run: {run}\n    expect:{}\n", expected.collect::<String>())
    });
    let title = quoted(title);
    format!("- id: {id}\n  title: {title}\n  {manifests}\n  requests:\n{}", requests.collect::<String>())
}

/// A name for a case: the letters and digits of a text.
pub fn id_of(text: &str) -> String {
    let words = text.split(|sign: char| !sign.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let id = words.collect::<Vec<_>>().join("-").to_ascii_lowercase();
    if id.is_empty() { "case".to_owned() } else { id }
}

/// What is certain of an answer: outcome, workloads or pods, status, the names that were asked for, how the tool exits.
fn expectation(report: &Report) -> Vec<(&'static str, String)> {
    // 1. What is the same in every landing.
    let landings = &report.landings;
    let mut keys = Vec::new();
    let same = |fact: &dyn Fn(&LandingReport) -> Option<String>| {
        let first = landings.first().and_then(fact)?;
        landings.iter().all(|landing| fact(landing).as_ref() == Some(&first)).then_some(first)
    };
    let mixed = (!landings.is_empty()).then(|| "mixed".to_owned());
    keys.extend(same(&|landing| Some(landing.outcome.clone())).or(mixed).map(|outcome| ("outcome", outcome)));
    keys.extend(same(&|landing| landing.status.map(|status| status.to_string())).map(|status| ("status", status)));
    keys.extend(same(&|landing| landing.location.clone()).map(|location| ("location", quoted(&location))));
    keys.extend(same(&|landing| landing.path.clone()).map(|path| ("path_seen", quoted(&path))));
    keys.extend(same(&|landing| landing.denied_at.clone()).map(|direction| ("denied_at", direction)));
    // 2. Workloads, else pods.
    let delivered = || landings.iter().filter(|landing| landing.outcome == "delivered");
    // Names of pods change with every template; their workload's stays.
    let workloads: BTreeSet<&str> = delivered().filter_map(|landing| landing.workload.as_deref()).collect();
    let pods: Vec<String> = delivered().filter_map(|landing| landing.pod.as_deref()).map(quoted).collect();
    let all_have = delivered().all(|landing| landing.workload.is_some());
    if !workloads.is_empty() && all_have {
        let names: Vec<String> = workloads.into_iter().map(quoted).collect();
        keys.push(("workload", format!("[{}]", names.join(", "))));
    } else if !pods.is_empty() {
        keys.push(("pods", format!("[{}]", pods.join(", "))));
    }
    // 3. The code of DNS, and where nothing else is certain, how the tool exits.
    let rcode = report.dns.as_ref().and_then(|dns| dns.rcode.as_ref());
    keys.extend(rcode.map(|rcode| ("rcode", quoted(rcode))));
    if keys.is_empty() {
        keys.extend(report.exit.map(|exit| ("exit", exit.to_string())));
    }
    keys
}

/// A text as a block of lines; one with signs that a block can't hold, in quotes.
fn block(text: &str) -> String {
    if text.chars().any(|sign| sign != '\n' && (sign.is_control() || matches!(sign, '\u{feff}' | '\u{85}'))) {
        return quoted(text);
    }
    let lines = text.lines().map(|line| if line.is_empty() { "\n".to_owned() } else { format!("    {line}\n") });
    // The number says how far the block stands in, which its first line could not.
    format!("|2\n{}", lines.collect::<String>()).trim_end_matches('\n').to_owned()
}

/// A text in double quotes, escaped as YAML and JSON both read it.
fn quoted(text: &str) -> String {
    let escaped = text.chars().map(|sign| match sign {
        '"' | '\\' => format!("\\{sign}"),
        '\n' => "\\n".to_owned(),
        sign if sign.is_control() || matches!(sign, '\u{feff}' | '\u{2028}' | '\u{2029}') => {
            format!("\\u{:04x}", u32::from(sign))
        }
        sign => sign.to_string(),
    });
    format!("\"{}\"", escaped.collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::super::{read, run};
    use super::*;
    use crate::cluster::SettingOverrides;
    use crate::console::client;
    use crate::report::ReportDetail;
    use crate::simulation::Simulation;
    use crate::source::Sources;

    const MANIFESTS: &str = "  # \"shop\"\n---\nkind: Service\napiVersion: v1\nmetadata: {name: web}\n\
        spec: {selector: {app: web}, ports: [{port: 80}]}\n---\nkind: Pod\napiVersion: v1\n\
        metadata: {name: web-1, labels: {app: web}}\nspec: {containers: [{name: a, image: a, ports: [{containerPort: 80}]}]}\n";

    fn written(manifests: &str, from: &str, command: &str) -> String {
        let simulation = Simulation::new(Sources::new([("manifests", manifests)]), &SettingOverrides::default());
        let ran = simulation.run(&client::parse(from, "default").unwrap(), command, None).unwrap();
        write(manifests, from, command, &simulation.report(&ran, ReportDetail::default()))
    }

    #[test]
    fn what_is_written_is_read_and_passes() {
        for manifests in [MANIFESTS.to_owned(), MANIFESTS.replace('\n', "\r\n"), format!("\u{feff}{MANIFESTS}\n\n")] {
            for command in ["curl http://web/a?b='c'", "nslookup web", "nslookup no", "curl http://web:81/", "hostname"]
            {
                let text = written(&manifests, "pod/default/web-1", command);
                let cases = read(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
                let result = run(&cases[0], &|_| Err("no files".to_owned()));
                assert!(result.passed() && result.requests.len() == 1, "{result:?}\n{text}");
            }
        }
    }

    #[test]
    fn an_expectation_can_fail() {
        let text =
            written(MANIFESTS, "pod/default/web-1", "curl http://web/").replace("default/web-1\"]", "default/x\"]");
        let result = run(&read(&text).unwrap()[0], &|_| Err("no files".to_owned()));
        assert!(!result.passed());
    }
}
