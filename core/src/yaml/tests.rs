//! The reader as a whole: places, merge keys, anchors, limits, messages.

use super::*;

mod reference;

fn read(text: &str) -> (Option<YamlNode>, Vec<Diagnostic>) {
    parse(FileId(0), text, 0)
}

fn tree(text: &str) -> YamlNode {
    let (node, diagnostics) = read(text);
    assert_eq!(diagnostics, []);
    node.unwrap()
}

fn shown(node: &YamlNode) -> String {
    match &node.value {
        Value::Null => "null".into(),
        Value::Bool(value) => value.to_string(),
        Value::Integer(value) => value.to_string(),
        Value::Float(value) => scalar::float_text(*value),
        Value::String(text) => format!("{text:?}"),
        Value::Sequence(elements) => format!("[{}]", elements.iter().map(shown).collect::<Vec<_>>().join(",")),
        Value::Mapping(entries) => {
            let entries = entries.iter().map(|entry| format!("{}:{}", entry.key, shown(&entry.value)));
            format!("{{{}}}", entries.collect::<Vec<_>>().join(","))
        }
    }
}

fn error(text: &str) -> (String, u32) {
    let (node, diagnostics) = read(text);
    assert_eq!(node, None);
    match diagnostics.as_slice() {
        [Diagnostic { problem: Problem::Syntax { message, .. }, span: Some(span), .. }] => {
            (message.clone(), span.start)
        }
        other => panic!("one syntax error, not {other:?}"),
    }
}

#[test]
fn spans_are_the_bytes_of_the_value() {
    let text = "é: ü\nports:\n- name: a # x\n  port: 80\n- {name: 'b'}\n\n# end\ntext: |\n  one\n  two\nlast:\n";
    let node = tree(text);
    let slice = |path: &str| {
        let span = node.span_of(&path.into());
        &text[span.start as usize..span.end as usize]
    };
    assert_eq!(slice("é"), "é: ü");
    assert_eq!(slice("ports[0].name"), "name: a");
    assert_eq!(slice("ports[0]"), "name: a # x\n  port: 80");
    assert_eq!(slice("ports[1]"), "{name: 'b'}");
    assert_eq!(slice("ports[1].name"), "name: 'b'");
    assert_eq!(slice("ports"), "ports:\n- name: a # x\n  port: 80\n- {name: 'b'}");
    assert_eq!(slice("text"), "text: |\n  one\n  two\n");
    assert_eq!(slice("last"), "last:");
}

#[test]
fn values_are_read_as_the_api_server_reads_them() {
    let text = "a: on\nb: 0777\nc: 1.0\nd: '1'\ne:\nf: 2024-01-01\ng: 10.0.0.1\n1: x\non: yes\ny: y\n";
    assert_eq!(
        shown(&read(text).0.unwrap()),
        "{a:true,b:511,c:1,d:\"1\",e:null,f:\"2024-01-01\",g:\"10.0.0.1\",1:\"x\",true:\"y\"}"
    );
}

#[test]
fn merges_take_effect_where_they_stand() {
    let text = "x: &x {a: 1, b: 2}\nz: &z {b: 3}\nm: {b: 9, <<: *x}\np: {<<: [*x, *z], c: 4}\n";
    let node = tree(text);
    assert_eq!(shown(node.child("m").unwrap()), "{a:1,b:2}");
    assert_eq!(shown(node.child("p").unwrap()), "{a:1,b:2,c:4}");
}

#[test]
fn of_equal_keys_the_last_counts_and_it_is_said() {
    let (node, diagnostics) = read("a: 1\nb: 2\na: 3\n");
    assert_eq!(shown(&node.unwrap()), "{b:2,a:3}");
    assert_eq!(diagnostics.len(), 1);
    assert_eq!(diagnostics[0].problem, Problem::DuplicateKey { key: "a".into() });
    assert_eq!(diagnostics[0].span.unwrap().start, 0);
}

#[test]
fn syntax_errors_have_go_yamls_words() {
    let (message, at) = error("a: b\n c: d\n");
    assert_eq!(message, "error converting YAML to JSON: yaml: line 2: mapping values are not allowed in this context");
    assert_eq!(at, 7);
    let (message, _) = error("a:\n\t- b\n");
    assert_eq!(message, "error converting YAML to JSON: yaml: line 2: found character that cannot start any token");
    let (message, _) = error("a: *x\n");
    assert_eq!(message, "error converting YAML to JSON: yaml: unknown anchor 'x' referenced");
    let (message, _) = error("a: &x [*x]\n");
    assert_eq!(message, "error converting YAML to JSON: yaml: anchor 'x' value contains itself");
    let (message, _) = error("a: .inf\n");
    assert_eq!(message, "error converting YAML to JSON: json: unsupported value: +Inf");
    let (message, _) = error("a: \u{1}\n");
    assert_eq!(message, "error converting YAML to JSON: yaml: control characters are not allowed");
}

#[test]
fn alias_bombs_stop() {
    let mut text = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..20 {
        let previous = format!("*a{},", level - 1).repeat(10);
        text += &format!("a{level}: &a{level} [{}]\n", previous.trim_end_matches(','));
    }
    assert_eq!(error(&text).0, "error converting YAML to JSON: yaml: document contains excessive aliasing");
}

#[test]
fn depth_has_a_limit() {
    for text in ["[".repeat(100_000), "{a: ".repeat(5_000), "- ".repeat(5_000), r#"{"a":"#.repeat(5_000)] {
        let (node, diagnostics) = read(&text);
        assert_eq!(node, None);
        assert!(!diagnostics.is_empty());
    }
}

#[test]
fn a_second_document_is_not_read() {
    let (node, diagnostics) = read("a: 1\n--- # x\nb: 2\n");
    assert_eq!(shown(&node.unwrap()), "{a:1}");
    assert_eq!(diagnostics[0].problem, Problem::IgnoredDocument);
}

#[test]
fn empty_is_nothing() {
    for text in ["", "\n", "# only a comment\n", "---\n"] {
        let (node, diagnostics) = read(text);
        assert!(node.is_none_or(|node| node.value == Value::Null), "{text:?}");
        assert_eq!(diagnostics, []);
    }
}

#[test]
fn the_last_line_needs_no_end() {
    for text in ["a: |\n  b", "a: \"b\\", "a: >-\n  b", "a: 'b'"] {
        let (node, diagnostics) = read(text);
        assert_eq!(node.is_some(), diagnostics.is_empty(), "{text:?}");
    }
    assert_eq!(shown(&tree("a: |\n  b")), "{a:\"b\\n\"}");
}

/// What YAML is made of.
const PIECES: &[&str] = &[
    "a",
    "b: ",
    "c:",
    "- ",
    "  ",
    " ",
    "\n",
    "\n",
    "\n  ",
    "\n    ",
    "? ",
    ": ",
    "|\n",
    ">-\n",
    "|2+\n",
    "&a ",
    "*a",
    "<<: ",
    "!!str ",
    "!x ",
    "!",
    "{",
    "}",
    "[",
    "]",
    ", ",
    "\"",
    "'",
    "\\n",
    "\\\n",
    "\\u00e9",
    "#",
    " # c",
    "~",
    "1.0",
    "on",
    "y",
    "\t",
    "\r\n",
    "\u{85}",
    "\u{2028}",
    "é",
    "---\n",
    "...\n",
    "--- ",
    "%TAG ! x\n",
    "x y",
    "''",
    "a: b\n",
    "- c\n",
    "k: {d: e}\n",
];

/// A text of pieces, always the same for a seed.
fn soup(seed: u64) -> String {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut next = |limit: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 33) as usize % limit
    };
    let length = next(14);
    (0..=length).map(|_| PIECES[next(PIECES.len())]).collect()
}

#[test]
fn libyaml_reads_the_same() {
    std::panic::set_hook(Box::new(|_| {}));
    let mut differences = Vec::new();
    for text in (0..40_000).map(soup) {
        let expected = std::panic::catch_unwind(|| reference::Reader::default().read(FileId(0), &text, 0));
        let Ok((expected, said)) = expected else { continue };
        // go-yaml v2 lets a word in brackets end with a colon, libyaml doesn't.
        let is_colon = |found: &Diagnostic| matches!(&found.problem, Problem::Syntax { message, .. } if message.ends_with("found unexpected ':'"));
        if said.iter().any(is_colon) {
            continue;
        }
        let (node, diagnostics) = read(&text);
        let errors = |found: &[Diagnostic]| -> Vec<Problem> {
            let errors = found.iter().filter(|found| matches!(found.problem, Problem::Syntax { .. }));
            errors.map(|found| found.problem.clone()).collect()
        };
        if node.as_ref().map(shown) != expected.as_ref().map(shown) || errors(&diagnostics) != errors(&said) {
            differences.push(format!(
                "{text:?}\n  ours {:?} {:?}\n  libyaml {:?} {:?}",
                node.as_ref().map(shown),
                errors(&diagnostics),
                expected.as_ref().map(shown),
                errors(&said)
            ));
        }
    }
    let _ = std::panic::take_hook();
    assert!(differences.is_empty(), "{}:\n{}", differences.len(), differences[..differences.len().min(12)].join("\n"));
}
