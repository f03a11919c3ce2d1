//! `whichpod check`: the findings alone, as text, JSON or SARIF.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::DiagnosticReport;
use crate::diagnostic::{Diagnostic, Severity};
use crate::explain::{Language, diagnostic};
use crate::manifest::Manifests;
use crate::order::Order;

/// `check -o json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CheckReport {
    /// `whichpod.dev/check/v1`
    pub schema: String,
    /// Errors first, then in the order of the files.
    pub diagnostics: Vec<DiagnosticReport>,
}

impl CheckReport {
    /// The report of what was found in the manifests and by looking at the whole.
    pub fn new<'d>(found: impl IntoIterator<Item = &'d Diagnostic>, manifests: &Manifests, language: Language) -> Self {
        let mut found: Vec<&Diagnostic> = found.into_iter().collect();
        found.order_by_key(|diagnostic| (diagnostic.problem.severity(), diagnostic.span));
        let diagnostics = found.into_iter().map(|found| {
            let message = diagnostic::message(found, language);
            DiagnosticReport::new(found, manifests, message, diagnostic::help(found, language))
        });
        Self { schema: "whichpod.dev/check/v1".to_owned(), diagnostics: diagnostics.collect() }
    }

    /// Whether something would be refused.
    pub fn has_errors(&self) -> bool {
        self.count(Severity::Error) > 0
    }

    fn count(&self, severity: Severity) -> usize {
        self.diagnostics.iter().filter(|diagnostic| diagnostic.severity == severity.name()).count()
    }

    /// As compilers print: `file:line:column: error: message [code]`, what to do below it, a count at the end.
    pub fn to_text(&self) -> String {
        let mut text = String::new();
        for diagnostic in &self.diagnostics {
            text += &diagnostic.to_text();
        }
        format!("{text}{}\n", self.counts())
    }

    /// "1 error, 2 warnings", or "nothing found".
    pub fn counts(&self) -> String {
        let counts = [(Severity::Error, "error"), (Severity::Warning, "warning"), (Severity::Info, "note")];
        let counts: Vec<String> = counts
            .into_iter()
            .map(|(severity, word)| (self.count(severity), word))
            .filter(|(count, _)| *count > 0)
            .map(|(count, word)| format!("{count} {word}{}", if count == 1 { "" } else { "s" }))
            .collect();
        if counts.is_empty() { "nothing found".to_owned() } else { counts.join(", ") }
    }

    /// SARIF 2.1.0, as code hosts and editors read it.
    pub fn to_sarif(&self) -> Value {
        let mut codes: Vec<&str> = self.diagnostics.iter().map(|diagnostic| diagnostic.code.as_str()).collect();
        codes.order();
        codes.dedup();
        let rules: Vec<Value> = codes.into_iter().map(|code| sarif_rule(code, &self.diagnostics)).collect();
        let results: Vec<Value> = self.diagnostics.iter().map(sarif_result).collect();
        json!({
            "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
            "version": "2.1.0",
            "runs": [{
                "tool": {"driver": sarif_driver(rules)},
                "columnKind": "unicodeCodePoints",
                "results": results,
            }],
        })
    }
}

impl DiagnosticReport {
    /// The same for the same finding, wherever in its file it stands: a hash (FNV-1a) of its code, object, field and file.
    pub fn fingerprint(&self) -> String {
        let parts =
            [Some(&self.code), self.object.as_ref(), self.field.as_ref(), self.file.as_ref(), Some(&self.message)];
        let bytes = parts.into_iter().flatten().flat_map(|part| part.bytes().chain([0]));
        let hash =
            bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3));
        format!("{hash:016x}")
    }

    /// As compilers print, with what to do below it.
    pub fn to_text(&self) -> String {
        let place = match (&self.file, self.line, self.column) {
            (Some(file), Some(line), Some(column)) => format!("{file}:{line}:{column}: "),
            _ => String::new(),
        };
        let object = self.object.as_ref().map(|object| format!("{object}: ")).unwrap_or_default();
        let help = self.help.as_ref().map(|help| format!("    {help}\n")).unwrap_or_default();
        format!("{place}{}: {object}{} [{}]\n{help}", self.severity, self.message, self.code)
    }
}

/// The program; with the page's address where Cargo.toml names one.
fn sarif_driver(rules: Vec<Value>) -> Value {
    let mut driver = Map::from_iter([
        ("name".to_owned(), json!("whichpod")),
        ("version".to_owned(), json!(env!("CARGO_PKG_VERSION"))),
        ("rules".to_owned(), Value::Array(rules)),
    ]);
    let page = Some(env!("CARGO_PKG_HOMEPAGE")).filter(|page| !page.is_empty());
    driver.extend(page.map(|page| ("informationUri".to_owned(), json!(page))));
    Value::Object(driver)
}

/// A rule by its code, with what its findings say.
fn sarif_rule(code: &str, found: &[DiagnosticReport]) -> Value {
    let first = found.iter().find(|finding| finding.code == code);
    let help = first.and_then(|finding| finding.help.clone());
    let text = first.map_or_else(|| code.to_owned(), |finding| finding.message.clone());
    let words = code.replace('-', " ");
    json!({
        "id": code,
        "name": code,
        "shortDescription": {"text": words},
        "fullDescription": {"text": text},
        "help": {"text": help.unwrap_or(words)},
    })
}

fn sarif_result(diagnostic: &DiagnosticReport) -> Value {
    let level = match diagnostic.severity.as_str() {
        "info" => "note",
        severity => severity,
    };
    let object = diagnostic.object.as_ref().map(|object| format!("{object}: ")).unwrap_or_default();
    let help = diagnostic.help.as_ref().map(|help| format!("\n{help}")).unwrap_or_default();
    let text = format!("{object}{}{help}", diagnostic.message);
    let place = diagnostic.file.as_ref().map(|file| sarif_place(file, diagnostic));
    let fix = diagnostic.file.as_ref().zip(diagnostic.fix.as_ref()).map(|(file, fix)| sarif_fix(file, fix));
    json!({
        "ruleId": diagnostic.code,
        "level": level,
        "message": {"text": text},
        "locations": place.into_iter().collect::<Vec<_>>(),
        "fixes": fix.into_iter().collect::<Vec<_>>(),
        "partialFingerprints": {"whichpod/v1": diagnostic.fingerprint()},
    })
}

fn sarif_place(file: &str, diagnostic: &DiagnosticReport) -> Value {
    let region = json!({
        "startLine": diagnostic.line,
        "startColumn": diagnostic.column,
        "endLine": diagnostic.end_line,
        "endColumn": diagnostic.end_column,
    });
    json!({"physicalLocation": {"artifactLocation": {"uri": uri(file)}, "region": region}})
}

fn sarif_fix(file: &str, fix: &super::FixReport) -> Value {
    let region = json!({
        "startLine": fix.line,
        "startColumn": fix.column,
        "endLine": fix.end_line,
        "endColumn": fix.end_column,
    });
    let replacement = json!({"deletedRegion": region, "insertedContent": {"text": fix.replacement}});
    json!({"artifactChanges": [{"artifactLocation": {"uri": uri(file)}, "replacements": [replacement]}]})
}

/// A path as a relative URI reference (RFC 3986): what isn't allowed there is percent-encoded.
fn uri(path: &str) -> String {
    let path = if path == "-" { "stdin" } else { path };
    let encoded = path.bytes().map(|byte| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    });
    encoded.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Sources;

    fn report(text: &str) -> CheckReport {
        let manifests = Manifests::read(Sources::new([("a b.yaml", text)]));
        CheckReport::new(&manifests.diagnostics, &manifests, Language::English)
    }

    #[test]
    fn text_has_places_and_a_count() {
        let text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {a: 1}\nfoo: 1\n";
        assert_eq!(
            report(text).to_text(),
            "a b.yaml:4:11: error: ConfigMap default/a: ConfigMap in version \"v1\" cannot be handled as a ConfigMap: json: cannot unmarshal number into Go struct field ConfigMap.data of type string [wrong-type]
    put the value in quotes: it must be text
a b.yaml:5:1: error: ConfigMap default/a: strict decoding error: unknown field \"foo\" [unknown-field]
    the object is used without it
2 errors
"
        );
        assert_eq!(report("").to_text(), "nothing found\n");
    }

    #[test]
    fn sarif_has_places_and_fixes() {
        let sarif = report("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {a: 1}\n").to_sarif();
        let result = &sarif["runs"][0]["results"][0];
        assert_eq!(result["ruleId"], "wrong-type");
        let place = &result["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], "a%20b.yaml");
        assert_eq!(place["region"]["startLine"], 4);
        let replacement = &result["fixes"][0]["artifactChanges"][0]["replacements"][0];
        assert_eq!(replacement["insertedContent"]["text"], "\"1\"");
    }
}
