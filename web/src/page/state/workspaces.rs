//! What can happen to workspaces as a whole. What is kept under which name is the browser's; the state knows the one at hand.

use std::rc::Rc;

use super::{Notice, State};
use crate::workspace::Workspace;

/// Another workspace, or another name.
#[derive(Clone, Debug, PartialEq)]
pub enum WorkspaceAction {
    /// This one, kept under this name, takes the place of the one at hand.
    Switch(Rc<str>, Box<Workspace>),
    /// The one at hand is kept under this name from now on.
    Rename(Rc<str>),
    /// The one at hand was deleted, and this one takes its place.
    Deleted(Rc<str>, Box<Workspace>),
}

impl State {
    pub(super) fn with_workspace(self, action: WorkspaceAction) -> Self {
        match action {
            WorkspaceAction::Switch(name, workspace) => self.switch(name, *workspace),
            WorkspaceAction::Rename(name) => Self { name, ..self },
            WorkspaceAction::Deleted(name, workspace) => {
                let deleted = Some(Rc::new((self.name.clone(), self.workspace.clone())));
                Self { deleted, notice: Some(Notice::WorkspaceDeleted), ..self.switch(name, *workspace) }
            }
        }
    }

    /// The workspace that was deleted, beside those that are there.
    pub(super) fn undelete(self) -> Self {
        match self.deleted.as_deref().cloned() {
            Some((name, workspace)) => self.switch(name, workspace),
            None => self,
        }
    }

    fn switch(self, name: Rc<str>, workspace: Workspace) -> Self {
        Self {
            workspace,
            name,
            deleted: None,
            closed: None,
            before: None,
            example: None,
            active: 0,
            shown: None,
            notice: None,
            touched: true,
            edition: self.edition + 1,
            ..self
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::state::{Action, Settings};

    fn workspace(text: &str) -> Box<Workspace> {
        Box::new(Workspace::of(text, "external", "curl a"))
    }

    #[test]
    fn a_deleted_workspace_comes_back_under_its_name() {
        let here = State { name: "mine".into(), ..State::new(*workspace("mine"), Settings::default()) };
        let gone = here.after(Action::Workspace(WorkspaceAction::Deleted("".into(), workspace("other"))));
        assert_eq!((&*gone.name, &*gone.workspace.text()), ("", "other"));
        let back = gone.after(Action::Undo);
        assert_eq!((&*back.name, &*back.workspace.text(), back.notice), ("mine", "mine", None));
    }

    #[test]
    fn switching_leaves_nothing_of_the_other_workspace_behind() {
        let here = State { active: 3, ..State::new(*workspace("mine"), Settings::default()) };
        let there = here.after(Action::Workspace(WorkspaceAction::Switch("b".into(), workspace("b"))));
        assert_eq!((there.active, there.before, there.edition), (0, None, 1));
    }
}
