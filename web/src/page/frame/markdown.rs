//! A walk as Markdown, for an issue or a chat.

use crate::answer::{Fragment, Hop, Text, Verdict, plain};
use crate::words::Words;
use crate::workspace::RequestLine;

/// The question, the answer, and every step with what settled it.
pub fn walk(request: &RequestLine, verdict: &Verdict, words: &'static Words) -> String {
    let from = if &*request.from == "external" { words.outside } else { &request.from };
    let mut lines = vec![format!("`{}` ({} {})", verdict.command, words.from, escaped(from)), String::new()];
    lines.push(format!("**{}** {}", crate::page::icon::label(verdict.outcome, words), text(&verdict.sentence)));
    lines.extend(verdict.why().map(|why| format!("\n{}: {}", words.because, text(why))));
    lines.push(String::new());
    let hops = verdict.legs.iter().flat_map(|leg| &leg.hops);
    lines.extend(hops.zip(1..).flat_map(|(hop, number)| step(number, hop, words)));
    lines.join("\n").trim_end().to_owned() + "\n"
}

fn step(number: u32, hop: &Hop, words: &Words) -> Vec<String> {
    let first = format!("{number}. {}", text(&hop.sentence));
    let packet = format!("   - `{}`", hop.packet);
    let because = hop.because.iter().map(|cause| format!("   - {}: {}", words.because, text(cause)));
    [first, packet].into_iter().chain(because).collect()
}

/// A sentence; names in the fixed-width face, with their lines where they have some.
fn text(sentence: &Text) -> String {
    let words = sentence.iter().map(|fragment| match fragment {
        Fragment::Words(words) => escaped(words),
        Fragment::Code(_) | Fragment::Link(..) => format!("`{}`", plain(std::slice::from_ref(fragment))),
    });
    words.collect()
}

/// Signs that Markdown would take for its own.
fn escaped(text: &str) -> String {
    text.chars().fold(String::new(), |mut out, character| {
        if matches!(character, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#') {
            out.push('\\');
        }
        out.push(character);
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answer::{ConnectionPurpose, Leg, Map, Outcome, Turn};
    use crate::language::Language;

    #[test]
    fn a_walk_reads_as_a_list() {
        let words = |text: &str| vec![Fragment::Words(text.into()), Fragment::Code("web_1".into())];
        let hop = Hop {
            sentence: words("rules * of "),
            packet: "10.0.0.1 → 10.0.0.2:80".into(),
            turn: Turn::Deliver,
            changes: Vec::new(),
            because: vec![words("selector of ")],
            candidates: Vec::new(),
            more: 0,
            spot: None,
        };
        let verdict = Verdict {
            command: "curl http://web/".into(),
            outcome: Outcome::Delivered,
            sentence: words("pod "),
            landings: Vec::new(),
            legs: vec![Leg { purpose: ConnectionPurpose::Connect, hops: vec![hop] }],
            map: Map::default(),
            others: Vec::new(),
            printed: None,
            sent: None,
            not_modelled: Vec::new(),
            advised: None,
        };
        let request = RequestLine { from: "pod/default/a".into(), command: "".into() };
        let markdown = walk(&request, &verdict, Words::of(Language::English));
        assert_eq!(
            markdown,
            "`curl http://web/` (From pod/default/a)\n\n**Delivered** pod `web_1`\n\n1. rules \\* of `web_1`\n   \
             - `10.0.0.1 → 10.0.0.2:80`\n   - Because: selector of `web_1`\n"
        );
    }
}
