//! What the editor asks while somebody types: fields, values and names that can stand there, and what a field is.

use std::rc::Rc;

use whichpod_core::assist::{self, Completion, CompletionKind, Description, HoverText};
use whichpod_core::simulation::Simulation;
use whichpod_core::source::{FileId, Span};

use crate::protocol::{Assistance, Assisted, Described, Explanation, Offer};

/// What is known about a position in a file; nothing about a file that is not there.
pub fn assist(simulation: &Simulation, ticket: u32, wants: Assistance, file: &str, position: u32) -> Assisted {
    let nothing = Assisted { ticket, from: position, to: position, offers: Vec::new(), explanation: None };
    let Some((file, text)) = source(simulation, file) else { return nothing };
    let offset = bytes(text, position);
    match wants {
        Assistance::Complete => {
            let found = assist::complete(simulation, file, offset);
            let offers = found.items.into_iter().map(offer).collect();
            Assisted { offers, ..within(nothing, text, found.replaced) }
        }
        Assistance::Explain => match assist::hover(simulation, file, offset) {
            Some(hover) => Assisted { explanation: Some(explanation(&hover)), ..within(nothing, text, hover.span) },
            None => nothing,
        },
    }
}

fn source<'s>(simulation: &'s Simulation, name: &str) -> Option<(FileId, &'s str)> {
    let mut files = simulation.manifests.sources.iter();
    files.find(|(_, file)| &*file.name == name).map(|(id, file)| (id, &*file.text))
}

fn within(assisted: Assisted, text: &str, span: Span) -> Assisted {
    Assisted { from: units(text, span.start as usize), to: units(text, span.end as usize), ..assisted }
}

fn offer(completion: Completion) -> Offer {
    let kind = match completion.kind {
        CompletionKind::Field => "field",
        CompletionKind::Value => "value",
        CompletionKind::Name => "name",
    };
    Offer {
        label: (&*completion.label).into(),
        insert: completion.insert.into(),
        kind: kind.into(),
        detail: completion.detail.into(),
        described: completion.description.map(described),
    }
}

fn explanation(hover: &HoverText) -> Explanation {
    Explanation {
        path: format!("{} {}", hover.kind, hover.path).into(),
        go_type: hover.go_type.as_str().into(),
        values: hover.values.join(", ").into(),
        described: hover.description.map(described),
    }
}

fn described(description: Description) -> Described {
    Described { structure: description.structure as u32, field: Rc::from(description.field) }
}

/// The byte at which a UTF-16 position stands. A line break counts as one unit: the editor has no carriage returns.
fn bytes(text: &str, position: u32) -> usize {
    let mut left = position as usize;
    let counted = text.char_indices().filter(|(at, character)| !is_passed_over(text, *at, *character));
    for (at, character) in counted {
        if left == 0 {
            return at;
        }
        left = left.saturating_sub(character.len_utf16());
    }
    text.len()
}

/// The UTF-16 position of a byte.
fn units(text: &str, offset: usize) -> u32 {
    let before = text.get(..offset).unwrap_or(text);
    let counted = before.char_indices().filter(|(at, character)| !is_passed_over(text, *at, *character));
    counted.map(|(_, character)| character.len_utf16() as u32).sum()
}

/// The first half of a line break in the way of Windows.
fn is_passed_over(text: &str, at: usize, character: char) -> bool {
    character == '\r' && text.as_bytes().get(at + 1) == Some(&b'\n')
}

#[cfg(test)]
mod tests {
    use super::*;
    use whichpod_core::cluster::SettingOverrides;
    use whichpod_core::source::Sources;

    #[test]
    fn positions_count_as_the_editor_does() {
        let text = "# \u{1F600}\r\nkind: Pod\n";
        let kind = text.find("kind").unwrap_or_default();
        assert_eq!(units(text, kind), 5);
        assert_eq!(bytes(text, 5), kind);
        assert_eq!(bytes(text, 999), text.len());
    }

    #[test]
    fn fields_are_offered_and_explained_with_their_descriptions() {
        let text = "kind: Service\napiVersion: v1\nspec:\n  ports:\n  - port: 80\n    ta\n";
        let simulation = Simulation::new(Sources::new([("a.yaml", text)]), &SettingOverrides::default());
        let end = text.trim_end().len() as u32;
        let offered = assist(&simulation, 3, Assistance::Complete, "a.yaml", end);
        assert_eq!((offered.ticket, offered.from, offered.to), (3, end - 2, end));
        let target = offered.offers.iter().find(|offer| &*offer.label == "targetPort");
        assert!(target.is_some_and(|target| target.described.is_some()));
        let port = text.find("port: 80").unwrap_or_default() as u32;
        let explained = assist(&simulation, 4, Assistance::Explain, "a.yaml", port);
        assert_eq!(
            explained.explanation.map(|known| known.path.to_string()),
            Some("Service spec.ports[0].port".into())
        );
    }

    #[test]
    fn nothing_is_known_of_a_file_that_is_not_there() {
        let simulation = Simulation::new(Sources::new([("a.yaml", "")]), &SettingOverrides::default());
        assert_eq!(assist(&simulation, 1, Assistance::Complete, "b.yaml", 0).offers, []);
    }
}
