//! Spoils manifests the way hands and tools do: lines lost, doubled, swapped or indented anew, words exchanged for nasty
//! ones.

/// One change to a text. Places are taken modulo what there is, so that any numbers will do.
#[derive(Clone, Debug)]
pub enum Mutation {
    /// A line is lost.
    DropLine(usize),
    /// A line stands twice.
    DoubleLine(usize),
    /// Two lines change places.
    SwapLines(usize, usize),
    /// A line moves to the right, or to the left if there is room.
    Indent(usize, bool),
    /// What follows the colon of a line is replaced.
    Value(usize, usize),
    /// A word is put in at a character.
    Insert(usize, usize),
    /// The text ends here.
    Cut(usize),
}

/// Words that readers stumble over.
pub const NASTY: &[&str] = &[
    "",
    "~",
    "null",
    "true",
    "0",
    "-1",
    "65536",
    "2147483647",
    "-9223372036854775809",
    "1e400",
    ".inf",
    "0x1F",
    "'",
    "\"",
    "|",
    ">-",
    "{",
    "}",
    "[",
    "]",
    "- ",
    ": ",
    "#",
    "&a ",
    "*a",
    "!!binary ",
    "<<: *a",
    "---\n",
    "...\n",
    "%YAML 9.9\n",
    "\t",
    "\r",
    "\0",
    "\u{feff}",
    "\u{85}",
    "\u{2028}",
    "💥",
    "None",
    "kind: List\n",
    "999.999.999.999",
    "::",
    "10.0.0.0/99",
    "fd00::/8",
    "a/b/c",
    "*.*.example.com",
    "(((((",
    "[a-z",
    "/../",
    "%zz",
    "-",
    ".",
    "..",
];

impl Mutation {
    /// The changed text.
    pub fn apply(&self, text: &str) -> String {
        let mut lines: Vec<String> = text.split('\n').map(str::to_owned).collect();
        let count = lines.len();
        match *self {
            Self::DropLine(at) => drop(lines.remove(at % count)),
            Self::DoubleLine(at) => lines.insert(at % count, lines[at % count].clone()),
            Self::SwapLines(one, other) => lines.swap(one % count, other % count),
            Self::Indent(at, right) => {
                let line = &mut lines[at % count];
                if right {
                    line.insert_str(0, "  ")
                } else {
                    *line = line.strip_prefix("  ").unwrap_or(line).to_owned()
                }
            }
            Self::Value(at, word) => {
                let line = &mut lines[at % count];
                let key = line.split_once(": ").map_or(line.as_str(), |(key, _)| key);
                *line = format!("{key}: {}", NASTY[word % NASTY.len()]);
            }
            Self::Insert(at, word) => {
                let at = boundary(text, at);
                return format!("{}{}{}", &text[..at], NASTY[word % NASTY.len()], &text[at..]);
            }
            Self::Cut(at) => return text[..boundary(text, at)].to_owned(),
        }
        lines.join("\n")
    }
}

/// The byte of the n-th character, modulo how many there are.
fn boundary(text: &str, at: usize) -> usize {
    let at = at % (text.len() + 1);
    (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or_default()
}
