//! Laws over generated input. Reading never panics and places lie in the text, whatever is pasted; the order of
//! documents changes nothing.

#![cfg(not(target_arch = "wasm32"))]

use std::path::Path;

use proptest::prelude::*;
use whichpod_core::explain::Language;
use whichpod_core::manifest::Manifests;
use whichpod_core::report::CheckReport;
use whichpod_core::source::Sources;
use whichpod_tests::cases::cases;

/// What YAML, JSON and Kubernetes are made of.
const PIECES: &[&str] = &[
    "apiVersion: v1\n",
    "apiVersion: apps/v1\n",
    "kind: Service\n",
    "kind: Pod\n",
    "kind: Deployment\n",
    "kind: List\n",
    "metadata:\n",
    "  name: a\n",
    "  name: b\n",
    "  labels: {a: b}\n",
    "spec:\n",
    "  ports:\n",
    "  - port: 80\n",
    "items:\n",
    "- ",
    "  ",
    "\n",
    "---\n",
    "--- # x\n",
    "...\n",
    ": ",
    ":",
    "? ",
    "| \n",
    ">-\n",
    "&a ",
    "*a ",
    "<<: *a\n",
    "!!str ",
    "!",
    "%YAML 1.1\n",
    "\t",
    "\r\n",
    "{",
    "}",
    "[",
    "]",
    ",",
    "\"",
    "'",
    "\\",
    "#",
    " #",
    "~",
    "null",
    "1.0",
    "0x1f",
    "1e999",
    ".inf",
    "on",
    "y",
    "\u{feff}",
    "\u{85}",
    "\u{2028}",
    "日本",
    "😀",
    "\u{0}",
    "\\ud83d",
    "\"\\u12",
    "@",
    "`",
    "-",
    "''",
    "\"\"",
];

fn soup() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(PIECES), 0..60).prop_map(|pieces| pieces.concat())
}

/// A fixture with a stretch cut out and something else put in.
fn mutilated() -> impl Strategy<Value = String> {
    (prop::sample::select(fixtures()), any::<prop::sample::Index>(), 0usize..40, soup()).prop_map(
        |(text, place, length, insert)| {
            let characters: Vec<char> = text.chars().collect();
            let place = place.index(characters.len().max(1));
            let (before, after) = characters.split_at(place);
            let insert = insert.chars().take(20);
            before.iter().copied().chain(insert).chain(after.iter().skip(length).copied()).collect()
        },
    )
}

fn fixtures() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let entries = std::fs::read_dir(&folder).expect("the folder of fixtures");
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("a file").path()).collect();
    paths.sort();
    paths.iter().map(|path| std::fs::read_to_string(path).expect("text")).collect()
}

/// Reads, prints, and looks at every place.
fn survives(text: &str) {
    let manifests = Manifests::read(Sources::new([("a.yaml", text)]));
    for diagnostic in &manifests.diagnostics {
        let span = diagnostic.span.expect("what was read has a place");
        assert!(span.start <= span.end && span.end as usize <= text.len(), "{span:?} in {} bytes", text.len());
        assert!(text.is_char_boundary(span.start as usize) && text.is_char_boundary(span.end as usize), "{span:?}");
    }
    for language in [Language::English, Language::Japanese] {
        let report = CheckReport::new(&manifests.diagnostics, &manifests, language);
        assert!(!report.to_text().is_empty() && report.to_sarif().is_object());
    }
}

proptest! {
    #![proptest_config(cases(1000))]

    #[test]
    fn any_text_is_read(text in any::<String>()) {
        survives(&text);
    }

    #[test]
    fn any_pieces_of_yaml_are_read(text in soup()) {
        survives(&text);
    }

    #[test]
    fn broken_manifests_are_read(text in mutilated()) {
        survives(&text);
    }
}

proptest! {
    #![proptest_config(cases(30))]

    #[test]
    fn the_order_of_documents_changes_nothing(shuffled in Just(documents()).prop_shuffle()) {
        let read = |documents: &[String]| {
            let manifests = Manifests::read(Sources::new([("a.yaml", documents.join("\n---\n"))]));
            let mut objects: Vec<_> = manifests
                .objects
                .into_iter()
                // A generated name tells the order.
                .filter(|object| object.body.metadata().is_none_or(|metadata| metadata.generate_name.is_none()))
                .map(|object| (object.reference, without_places(&format!("{:?}", object.body))))
                .collect();
            objects.sort_by(|(one, _), (other, _)| one.cmp(other));
            objects
        };
        let (expected, found) = (read(&documents()), read(&shuffled));
        let differing: Vec<String> = expected
            .iter()
            .filter(|object| !found.contains(object))
            .chain(found.iter().filter(|object| !expected.contains(object)))
            .map(|(reference, _)| reference.to_string())
            .collect();
        prop_assert!(differing.is_empty(), "{differing:?}");
    }
}

/// The documents of all fixtures that name different objects: of two equal names the later counts.
fn documents() -> Vec<String> {
    let mut seen = std::collections::BTreeSet::new();
    let texts = fixtures();
    let documents = texts.iter().filter(|text| !text.starts_with('{')).flat_map(|text| text.split("\n---\n"));
    documents
        .filter(|document| {
            let manifests = Manifests::read(Sources::new([("a.yaml", *document)]));
            manifests.objects.iter().all(|object| seen.insert(object.reference.clone()))
        })
        .map(str::to_owned)
        .collect()
}

/// Some bodies hold parts of the tree, with its places.
fn without_places(body: &str) -> String {
    let mut pieces = body.split("Span {");
    let first = pieces.next().unwrap_or_default().to_owned();
    pieces.fold(first, |text, piece| text + piece.split_once('}').map_or(piece, |(_, rest)| rest))
}
