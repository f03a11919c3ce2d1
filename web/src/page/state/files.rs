//! What can happen to the files: shown, added, renamed, closed and brought back, opened from the disk.

use std::rc::Rc;

use super::{Notice, State};
use crate::answer::Mend;
use crate::workspace::{FIRST_FILE, Rope, TextFile};

/// Something about files, rather than about what stands in them.
#[derive(Clone, Debug, PartialEq)]
pub enum FileAction {
    /// Put this one into the editor.
    Show(usize),
    /// An empty one, shown at once.
    Add,
    /// Give this one another name; one that is taken gets a number.
    Rename(usize, Rc<str>),
    /// Make this edit, where what it replaces still stands.
    Mend(Mend),
    /// Go back to where a jump came from.
    Back,
    /// Take this one away. The last one leaves an empty one.
    Close(usize),
    /// These came from the disk: an untouched example gives way to them, else they stand beside what is there.
    Open(Rc<[TextFile]>),
    /// This was pasted beside the editor; it is taken as a file from the disk would be.
    Paste(Rope),
}

/// What a file is called that was pasted beside others.
const PASTED: &str = "pasted.yaml";

/// A file that was closed.
#[derive(Clone, Debug, PartialEq)]
pub struct Closed {
    at: usize,
    file: TextFile,
}

impl State {
    /// The file in the editor.
    pub fn active_file(&self) -> Option<&TextFile> {
        self.workspace.files.get(self.active)
    }

    pub(super) fn typed(self, file: Rc<str>, text: Rope) -> Self {
        // A text that was handed over late, of a file that is gone by now, must not bring it back.
        let Some(known) = self.workspace.files.iter().find(|known| known.name == file) else { return self };
        // What to try and notice in an example says nothing about other manifests.
        let replaced = is_replaced(&known.text, &text);
        let example = self.example.clone().filter(|_| !replaced);
        let unsuited = if replaced { Some(self.workspace.request.clone()) } else { self.unsuited.clone() };
        Self { workspace: self.workspace.with_file(file, text), touched: true, example, unsuited, ..self }
    }

    pub(super) fn with_files(self, action: FileAction) -> Self {
        match action {
            FileAction::Show(at) => Self { active: at.min(self.last()), shown: None, ..self },
            FileAction::Add => self.add(),
            FileAction::Rename(at, name) => self.rename(at, &name),
            FileAction::Mend(mend) => self.mend(&mend),
            FileAction::Back => Self { shown: None, ..self },
            FileAction::Close(at) => self.close(at),
            FileAction::Open(files) => self.open_files(&files),
            FileAction::Paste(text) => {
                let name = if self.gives_way() { FIRST_FILE.into() } else { self.workspace.free_name(PASTED) };
                self.open_files(&[TextFile { name, text }])
            }
        }
    }

    pub(super) fn reopen(self) -> Self {
        let Some(Closed { at, file }) = self.closed.clone() else { return self };
        let mut files = self.workspace.files.to_vec();
        let at = at.min(files.len());
        let name = self.workspace.free_name(&file.name);
        files.insert(at, TextFile { name, ..file });
        Self {
            workspace: self.workspace.with_files(files),
            active: at,
            closed: None,
            notice: None,
            shown: None,
            edition: self.edition + 1,
            ..self
        }
    }

    fn last(&self) -> usize {
        self.workspace.files.len().saturating_sub(1)
    }

    fn mend(self, mend: &Mend) -> Self {
        let file = self.workspace.files.get(mend.place.file as usize);
        let Some(file) = file else { return self };
        let whole = file.text.whole();
        let from = offset(&whole, mend.place.line, mend.place.column);
        let Some(after) = from.and_then(|from| whole.get(from..)?.strip_prefix(&*mend.before)) else { return self };
        let before = whole.len() - after.len() - mend.before.len();
        let text = format!("{}{}{after}", &whole[..before], mend.after);
        let workspace = self.workspace.with_file(file.name.clone(), text.into());
        let edition = self.edition + 1;
        Self { workspace, edition, touched: true, ..self }.jump(mend.place)
    }

    fn add(self) -> Self {
        let mut files = self.workspace.files.to_vec();
        files.push(TextFile { name: self.workspace.free_name(FIRST_FILE), text: "".into() });
        let active = files.len() - 1;
        Self { workspace: self.workspace.with_files(files), active, shown: None, touched: true, ..self }
    }

    fn rename(self, at: usize, name: &str) -> Self {
        let (name, mut files) = (name.trim(), self.workspace.files.to_vec());
        match files.get_mut(at) {
            Some(file) if !name.is_empty() && *file.name != *name => {
                file.name = self.workspace.free_name(name);
                Self { workspace: self.workspace.with_files(files), touched: true, ..self }
            }
            _ => self,
        }
    }

    fn close(self, at: usize) -> Self {
        let mut files = self.workspace.files.to_vec();
        if at >= files.len() {
            return self;
        }
        let file = files.remove(at);
        if files.is_empty() {
            files.push(TextFile { name: FIRST_FILE.into(), text: "".into() });
        }
        let active = if self.active > at { self.active - 1 } else { self.active }.min(files.len() - 1);
        let worth_keeping = !file.text.is_blank();
        Self {
            workspace: self.workspace.with_files(files),
            active,
            notice: worth_keeping.then_some(Notice::FileClosed),
            closed: worth_keeping.then_some(Closed { at, file }),
            shown: None,
            touched: true,
            // The empty file that the last one leaves may have its name.
            edition: self.edition + 1,
            ..self
        }
    }

    /// Whether nothing is there that anybody wrote.
    fn gives_way(&self) -> bool {
        self.workspace.is_blank() || (self.example.is_some() && !self.touched)
    }

    fn open_files(self, files: &[TextFile]) -> Self {
        let Some(first) = files.first() else { return self };
        let gives_way = self.gives_way();
        let base = if gives_way { self.workspace.with_files(Vec::new()) } else { self.workspace.clone() };
        let workspace = files.iter().fold(base, |all, file| all.with_file(file.name.clone(), file.text.clone()));
        let active = workspace.files.iter().position(|file| file.name == first.name).unwrap_or_default();
        let request = self.workspace.request.clone();
        Self {
            before: (!gives_way).then(|| Rc::new(self.workspace.clone())),
            notice: (!gives_way).then_some(Notice::FilesOpened),
            example: self.example.filter(|_| !gives_way),
            workspace,
            active,
            edition: self.edition + 1,
            shown: None,
            touched: true,
            unsuited: Some(request),
            ..self
        }
    }
}

/// The byte at a line and a column, which count from 1, in characters.
fn offset(text: &str, line: u32, column: u32) -> Option<usize> {
    let above = text.split_inclusive('\n').take(line.checked_sub(1)? as usize).map(str::len).sum();
    let before = text.get(above..)?.chars().take(column.checked_sub(1)? as usize).map(char::len_utf8).sum::<usize>();
    Some(above + before)
}

/// Whether another text stands there, rather than the same with edits: less than a tenth of it is left at either end.
fn is_replaced(old: &Rope, new: &Rope) -> bool {
    let (old, new) = (old.whole(), new.whole());
    let same = |pairs: &mut dyn Iterator<Item = (u8, u8)>| pairs.take_while(|(one, other)| one == other).count();
    let start = same(&mut old.bytes().zip(new.bytes()));
    let end = same(&mut old.bytes().rev().zip(new.bytes().rev()));
    (start + end) * 10 < old.len() || (old.trim().is_empty() && !new.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answer::Place;
    use crate::page::state::{Action, Settings};
    use crate::workspace::Workspace;

    fn state(texts: &[(&str, &str)]) -> State {
        let blank = Workspace::of("", "external", "curl a").with_files(Vec::new());
        let add = |all: Workspace, (name, text): &(&str, &str)| all.with_file((*name).into(), (*text).into());
        State::new(texts.iter().fold(blank, add), Settings::default())
    }

    fn names(state: &State) -> Vec<&str> {
        state.workspace.files.iter().map(|file| &*file.name).collect()
    }

    fn act(state: State, action: FileAction) -> State {
        state.after(Action::File(action))
    }

    #[test]
    fn a_closed_file_comes_back_without_what_was_typed_meanwhile_being_lost() {
        let closed = act(state(&[("a", "1"), ("b", "2")]), FileAction::Close(0));
        assert_eq!((names(&closed), closed.notice.clone()), (vec!["b"], Some(Notice::FileClosed)));
        let typed = closed.after(Action::Typed { file: "b".into(), text: "3".into() });
        let back = typed.after(Action::Undo);
        assert_eq!((names(&back), back.active), (vec!["a", "b"], 0));
        assert_eq!(back.workspace.files.last().map(|file| file.text.whole()), Some("3".to_owned()));
    }

    #[test]
    fn the_last_file_leaves_an_empty_one() {
        let closed = act(state(&[("a", "1")]), FileAction::Close(0));
        assert_eq!(names(&closed), [FIRST_FILE]);
        assert!(closed.workspace.is_blank());
    }

    #[test]
    fn the_file_in_the_editor_stays_there_when_another_is_closed() {
        let shown = act(state(&[("a", "1"), ("b", "2"), ("c", "3")]), FileAction::Show(2));
        let closed = act(shown, FileAction::Close(0));
        assert_eq!(closed.active_file().map(|file| &*file.name), Some("c"));
    }

    #[test]
    fn names_stay_unique_and_never_empty() {
        let both = state(&[("a.yaml", "1"), ("b.yaml", "2")]);
        assert_eq!(names(&act(both.clone(), FileAction::Rename(1, "a.yaml".into()))), ["a.yaml", "a-2.yaml"]);
        assert_eq!(names(&act(both, FileAction::Rename(1, "  ".into()))), ["a.yaml", "b.yaml"]);
    }

    #[test]
    fn opened_files_stand_beside_what_somebody_wrote_and_can_be_undone() {
        let opened =
            act(state(&[("a", "1")]), FileAction::Open([TextFile { name: "b".into(), text: "2".into() }].into()));
        assert_eq!((names(&opened), opened.active), (vec!["a", "b"], 1));
        assert_eq!(names(&opened.after(Action::Undo)), ["a"]);
    }

    #[test]
    fn a_problem_is_mended_where_it_stands_and_only_there() {
        let place = Place { file: 1, line: 2, column: 3, end_line: 2, end_column: 7 };
        let mend = Mend { place, before: "prot".into(), after: "port".into() };
        let mended = act(state(&[("a", "1"), ("b", "# \u{65e5}\n- prot: 1")]), FileAction::Mend(mend.clone()));
        assert_eq!(mended.active_file().map(|file| file.text.whole()).as_deref(), Some("# \u{65e5}\n- port: 1"));
        let again = act(mended.clone(), FileAction::Mend(mend));
        assert_eq!(again.workspace, mended.workspace);
    }

    #[test]
    fn a_late_text_does_not_bring_a_closed_file_back() {
        let closed = act(state(&[("a", "1"), ("b", "2")]), FileAction::Close(0));
        assert_eq!(names(&closed.after(Action::Typed { file: "a".into(), text: "x".into() })), ["b"]);
    }
}
