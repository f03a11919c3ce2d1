//! A text in pieces, so that typing in a long one stays cheap: an edit makes one piece anew, copies share the others, and
//! a comparison passes over what is shared. What changed between two texts can be told without reading them.

use std::rc::Rc;

use serde::{Deserialize, Serialize};

/// Bytes of a piece of a long text. One that grows is cut when it has twice as many.
const PIECE: usize = 16 * 1024;

/// A text. Equal to another one if it reads the same, wherever it is cut. It is sent as one.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct Rope {
    pieces: Rc<[Piece]>,
}

#[derive(Clone, Debug)]
struct Piece {
    text: Rc<str>,
    /// Its length as editors count, in UTF-16 units.
    units: usize,
}

/// Bytes of a text, and what stands there instead.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Splice {
    /// The first byte that goes.
    pub from: usize,
    /// One past the last byte that goes.
    pub to: usize,
    /// What comes.
    pub insert: String,
}

impl Rope {
    /// Bytes.
    pub fn size(&self) -> usize {
        size(&self.pieces)
    }

    /// UTF-16 units.
    pub fn units(&self) -> usize {
        self.pieces.iter().map(|piece| piece.units).sum()
    }

    /// Whether there is nothing but white space.
    pub fn is_blank(&self) -> bool {
        self.pieces.iter().all(|piece| piece.text.trim().is_empty())
    }

    /// All of it in one.
    pub fn whole(&self) -> String {
        whole(&self.pieces)
    }

    /// The same with line breaks as an editor has them: `\n`.
    pub fn with_plain_breaks(self) -> Self {
        if self.pieces.iter().any(|piece| piece.text.contains('\r')) {
            self.whole().replace("\r\n", "\n").replace('\r', "\n").into()
        } else {
            self
        }
    }

    /// The same with another text between two positions, which are in UTF-16 units. A position beyond the end is the end.
    pub fn edited(&self, from: usize, to: usize, insert: &str) -> Self {
        let ((first, start), (last, end)) = (self.place(from), self.place(to.max(from)));
        let text = |at: usize| self.pieces.get(at).map_or("", |piece| &*piece.text);
        let (head, tail) = (text(first).get(..start), text(last).get(end..));
        let changed = [head.unwrap_or_default(), insert, tail.unwrap_or_default()].concat();
        let (before, after) = (self.pieces.iter().take(first), self.pieces.iter().skip(last + 1));
        Self { pieces: before.cloned().chain(cut(&changed)).chain(after.cloned()).collect() }
    }

    /// What must change for this text to become another: nothing, or everything between their first and last difference,
    /// in whole pieces.
    pub fn splice_to(&self, next: &Self) -> Option<Splice> {
        let (start, ours, theirs) = self.apart(next);
        let from = size(&self.pieces[..start]);
        let differ = !ours.is_empty() || !theirs.is_empty();
        differ.then(|| Splice { from, to: from + size(ours), insert: whole(theirs) })
    }

    /// How many pieces begin both, and what is left of each between these and those that end both.
    fn apart<'r>(&'r self, other: &'r Self) -> (usize, &'r [Piece], &'r [Piece]) {
        let most = self.pieces.len().min(other.pieces.len());
        let pairs = self.pieces.iter().zip(other.pieces.iter());
        let start = pairs.take_while(|(one, other)| one == other).count();
        let pairs = self.pieces.iter().rev().zip(other.pieces.iter().rev()).take(most - start);
        let end = pairs.take_while(|(one, other)| one == other).count();
        let between = |pieces: &'r [Piece]| &pieces[start..pieces.len() - end];
        (start, between(&self.pieces), between(&other.pieces))
    }

    /// The piece in which a position is, and the byte there.
    fn place(&self, units: usize) -> (usize, usize) {
        let mut left = units;
        for (at, piece) in self.pieces.iter().enumerate() {
            if left <= piece.units {
                return (at, piece.byte(left));
            }
            left -= piece.units;
        }
        let last = self.pieces.last().map_or(0, |piece| piece.text.len());
        (self.pieces.len().saturating_sub(1), last)
    }
}

impl PartialEq for Rope {
    fn eq(&self, other: &Self) -> bool {
        if Rc::ptr_eq(&self.pieces, &other.pieces) {
            return true;
        }
        let (_, ours, theirs) = self.apart(other);
        size(ours) == size(theirs) && whole(ours) == whole(theirs)
    }
}

impl Eq for Rope {}

impl PartialEq for Piece {
    /// `Rc` itself reads both texts, even if they are one.
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.text, &other.text) || self.text == other.text
    }
}

impl<T: AsRef<str>> From<T> for Rope {
    fn from(text: T) -> Self {
        Self { pieces: cut(text.as_ref()).collect() }
    }
}

impl From<Rope> for String {
    fn from(rope: Rope) -> Self {
        rope.whole()
    }
}

impl Piece {
    /// The byte at a position; that of the character's beginning for one within a character.
    fn byte(&self, units: usize) -> usize {
        if self.units == self.text.len() {
            return units;
        }
        let mut counted = 0;
        let ends = self.text.char_indices().map(|(at, character)| {
            counted += character.len_utf16();
            (at, counted)
        });
        ends.into_iter().find(|(_, end)| *end > units).map_or(self.text.len(), |(at, _)| at)
    }
}

impl Splice {
    /// The text with this in it; None for a text that has no such bytes.
    pub fn applied(&self, text: &str) -> Option<String> {
        Some([text.get(..self.from)?, &self.insert, text.get(self.to..)?].concat())
    }
}

/// The pieces of a text: one for a short text, so that it is cut in one way only; none for an empty one.
fn cut(text: &str) -> impl Iterator<Item = Piece> {
    let most = if text.len() > 2 * PIECE { PIECE } else { text.len() };
    let mut rest = text;
    std::iter::from_fn(move || {
        let (piece, after) = rest.split_at(rest.floor_char_boundary(most));
        rest = after;
        (!piece.is_empty()).then(|| Piece { text: piece.into(), units: units(piece) })
    })
}

fn units(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.encode_utf16().count() }
}

fn size(pieces: &[Piece]) -> usize {
    pieces.iter().map(|piece| piece.text.len()).sum()
}

fn whole(pieces: &[Piece]) -> String {
    let mut whole = String::with_capacity(size(pieces));
    pieces.iter().for_each(|piece| whole.push_str(&piece.text));
    whole
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 240 KB with characters of one to four bytes.
    fn long() -> String {
        (0..10_000).map(|line| format!("line {line}: d\u{e9}j\u{e0} \u{65e5}\u{1F600}\n")).collect()
    }

    /// The same edit in a plain list of UTF-16 units.
    fn expected(text: &str, from: usize, to: usize, insert: &str) -> String {
        let mut units: Vec<u16> = text.encode_utf16().collect();
        let (from, to) = (from.min(units.len()), to.min(units.len()));
        units.splice(from..to.max(from), insert.encode_utf16());
        String::from_utf16(&units).unwrap_or_default()
    }

    #[test]
    fn edits_do_what_they_do_in_a_plain_text() {
        let text = long();
        let rope = Rope::from(&text);
        let end = rope.units();
        assert_eq!((rope.whole(), rope.size(), end), (text.clone(), text.len(), text.encode_utf16().count()));
        let large = "x".repeat(5 * PIECE);
        for (from, to) in [(0, 0), (5, 6), (0, end), (end, end), (end - 1, end + 9), (16_384, 16_385), (99, 150_000)] {
            for insert in ["", "a", "\u{65e5}\n", &large] {
                let edited = rope.edited(from, to, insert);
                assert_eq!(edited.whole(), expected(&text, from, to, insert), "{from}..{to}");
                assert_eq!(edited.units(), edited.whole().encode_utf16().count());
            }
        }
        assert_eq!(Rope::default().edited(0, 7, "a").whole(), "a");
    }

    #[test]
    fn an_edit_shares_all_other_pieces_and_tells_what_it_changed() {
        let before = Rope::from(long());
        let after = before.edited(100_000, 100_001, "port: 80\n");
        let splice = before.splice_to(&after);
        assert!(splice.as_ref().is_some_and(|splice| splice.insert.len() < 3 * PIECE));
        assert_eq!(splice.and_then(|splice| splice.applied(&before.whole())), Some(after.whole()));
        assert_eq!(before.splice_to(&before.clone()), None);
        let shared =
            after.pieces.iter().filter(|piece| before.pieces.iter().any(|old| Rc::ptr_eq(&old.text, &piece.text)));
        assert_eq!(shared.count(), before.pieces.len() - 1);
    }

    #[test]
    fn any_text_becomes_any_other() {
        let texts = [String::new(), "a".into(), long(), long().replace("line 7", "LINE 7"), "\u{65e5}".repeat(20_000)];
        for one in &texts {
            for other in &texts {
                let splice = Rope::from(one).splice_to(&other.into());
                assert_eq!(splice.map_or(Some(one.clone()), |splice| splice.applied(one)).as_ref(), Some(other));
            }
        }
    }

    #[test]
    fn texts_are_equal_wherever_they_are_cut() {
        let text = long();
        let there_and_back = Rope::from(&text).edited(0, 0, &text).edited(0, text.encode_utf16().count(), "");
        assert_eq!(there_and_back, Rope::from(&text));
        assert_ne!(there_and_back, there_and_back.edited(60_000, 60_001, "\u{3042}"));
    }

    #[test]
    fn line_breaks_become_those_of_the_editor() {
        assert_eq!(Rope::from("a\r\nb\rc\n").with_plain_breaks().whole(), "a\nb\nc\n");
    }
}
