//! What the user brought and asked: the texts and the request. It is what the browser keeps and what a link carries,
//! both as the same list of named texts ([`Workspace::entries`]).

mod rope;

use std::rc::Rc;

pub use self::rope::{Rope, Splice};

use serde::{Deserialize, Serialize};

/// Everything that is kept between visits and carried by a link.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Workspace {
    /// The texts, in the order of their tabs.
    pub files: Rc<[TextFile]>,
    /// What is asked about them.
    pub request: RequestLine,
    /// The texts as they were before, to compare with; none unless somebody kept them.
    pub baseline: Rc<[TextFile]>,
}

/// One text with its name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TextFile {
    /// As diagnostics name it: `manifests.yaml`.
    pub name: Rc<str>,
    /// The text as typed.
    pub text: Rope,
}

/// A request as somebody would type it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RequestLine {
    /// Who asks, as after the command line's `--from`: `external`, `pod/default/client`, `node/node-1`.
    pub from: Rc<str>,
    /// `curl http://shop.example.com/cart`.
    pub command: Rc<str>,
}

/// The name of the first text.
pub const FIRST_FILE: &str = "manifests.yaml";

/// As much text as a link carries, in bytes.
pub const MOST_IN_A_LINK: usize = 100 * 1024;

const FILE: &str = "file ";
const BASELINE: &str = "baseline ";
const FROM: &str = "from";
const RUN: &str = "run";

impl Workspace {
    /// One text and one request.
    pub fn of(text: &str, from: &str, command: &str) -> Self {
        let file = TextFile { name: FIRST_FILE.into(), text: text.into() };
        let request = RequestLine { from: from.into(), command: command.into() };
        Self { files: Rc::new([file]), request, baseline: Rc::default() }
    }

    /// The first text; empty if there is none.
    pub fn text(&self) -> String {
        self.files.first().map_or_else(String::new, |file| file.text.whole())
    }

    /// The same with a file of this name and text: in place of the one that has the name, else after all others.
    pub fn with_file(&self, name: Rc<str>, text: Rope) -> Self {
        let mut files = self.files.to_vec();
        match files.iter_mut().find(|file| file.name == name) {
            Some(file) => file.text = text,
            None => files.push(TextFile { name, text }),
        }
        self.with_files(files)
    }

    /// The same with other files.
    pub fn with_files(&self, files: Vec<TextFile>) -> Self {
        Self { files: files.into(), ..self.clone() }
    }

    /// A name that no file has: the one that is wanted, or that with the first free number (`web-2.yaml`).
    pub fn free_name(&self, wanted: &str) -> Rc<str> {
        let taken = |name: &str| self.files.iter().any(|file| *file.name == *name);
        let (stem, ending) =
            wanted.rsplit_once('.').map_or((wanted, String::new()), |(stem, ending)| (stem, format!(".{ending}")));
        let numbered = (2..).map(|number| format!("{stem}-{number}{ending}"));
        let free = std::iter::once(wanted.to_owned()).chain(numbered).find(|name| !taken(name));
        free.unwrap_or_else(|| wanted.to_owned()).into()
    }

    /// All texts as one.
    pub fn one_text(&self) -> String {
        let texts: Vec<_> = self.files.iter().map(|file| (&*file.name, file.text.whole())).collect();
        one_text(texts.iter().map(|(name, text)| (*name, &**text)))
    }

    /// Whether nobody has written anything.
    pub fn is_blank(&self) -> bool {
        self.files.iter().all(|file| file.text.is_blank())
    }

    /// Bytes of all texts.
    pub fn size(&self) -> usize {
        self.files.iter().chain(&*self.baseline).map(|file| file.text.size()).sum()
    }

    /// Named texts, for storage and links.
    pub fn entries(&self) -> Vec<(String, String)> {
        let named = |mark: &'static str| move |file: &TextFile| (format!("{mark}{}", file.name), file.text.whole());
        let files = self.files.iter().map(named(FILE)).chain(self.baseline.iter().map(named(BASELINE)));
        let request = [(FROM, &self.request.from), (RUN, &self.request.command)];
        files.chain(request.map(|(key, value)| (key.to_owned(), value.to_string()))).collect()
    }

    /// Whether these hold one.
    pub fn is_in(entries: &[(String, String)]) -> bool {
        entries.iter().any(|(key, _)| key.starts_with(FILE))
    }

    /// Reads [`Workspace::entries`] back. None without any file; names that a later version may add are passed over.
    pub fn from_entries(entries: impl IntoIterator<Item = (String, String)>) -> Option<Self> {
        let (mut files, mut baseline) = (Vec::new(), Vec::new());
        let mut request = RequestLine { from: "external".into(), command: "".into() };
        for (key, value) in entries {
            let texts = if key.starts_with(FILE) { &mut files } else { &mut baseline };
            match key.strip_prefix(FILE).or_else(|| key.strip_prefix(BASELINE)) {
                Some(name) => texts.push(TextFile { name: name.into(), text: value.into() }),
                None if key == FROM => request.from = value.into(),
                None if key == RUN => request.command = value.into(),
                None => {}
            }
        }
        (!files.is_empty()).then(|| Self { files: files.into(), request, baseline: baseline.into() })
    }
}

/// Named texts as the documents of one, each behind its name; a single text stays as it is.
pub fn one_text<'t>(files: impl Iterator<Item = (&'t str, &'t str)>) -> String {
    let files: Vec<_> = files.collect();
    if let [(_, text)] = files.as_slice() {
        return (*text).to_owned();
    }
    let texts = files.iter().map(|(name, text)| format!("# {name}\n{}\n", text.trim_end()));
    texts.collect::<Vec<_>>().join("---\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_hold_everything() {
        let workspace = Workspace::of("kind: Pod\n", "pod/default/client", "nslookup db");
        assert_eq!(Workspace::from_entries(workspace.entries()), Some(workspace.clone()));
        let compared = Workspace { baseline: Workspace::of("kind: Service\n", "", "").files, ..workspace };
        assert_eq!(Workspace::from_entries(compared.entries()), Some(compared));
    }

    #[test]
    fn a_file_replaces_the_one_of_its_name() {
        let both = Workspace::of("a: 1", "external", "curl a").with_file("b.yaml".into(), "b: 1".into());
        assert_eq!(both.files.len(), 2);
        let edited = both.with_file(FIRST_FILE.into(), "a: 2".into());
        assert_eq!((&*edited.text(), edited.files.len()), ("a: 2", 2));
    }

    #[test]
    fn a_taken_name_gets_a_number() {
        let both = Workspace::of("", "external", "").with_file("manifests-2.yaml".into(), "".into());
        assert_eq!(&*both.free_name("world.yaml"), "world.yaml");
        assert_eq!(&*both.free_name(FIRST_FILE), "manifests-3.yaml");
    }

    #[test]
    fn entries_without_a_file_are_no_workspace() {
        assert_eq!(Workspace::from_entries([("from".to_owned(), "external".to_owned())]), None);
    }

    #[test]
    fn unknown_entries_are_passed_over() {
        let mut entries = Workspace::of("a: 1", "external", "curl a").entries();
        entries.push(("view".to_owned(), "map".to_owned()));
        assert_eq!(Workspace::from_entries(entries), Some(Workspace::of("a: 1", "external", "curl a")));
    }

    #[test]
    fn several_texts_become_documents_of_one() {
        let joined = one_text([("a.yaml", "kind: A\n"), ("b.yaml", "kind: B")].into_iter());
        assert_eq!(joined, "# a.yaml\nkind: A\n---\n# b.yaml\nkind: B\n");
        assert_eq!(one_text([("a.yaml", "kind: A")].into_iter()), "kind: A");
    }
}
