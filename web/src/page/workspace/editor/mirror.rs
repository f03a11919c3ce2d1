//! What stands in the editor, kept up with it edit by edit: a long text is not handed over whole for each key.

use std::cell::RefCell;
use std::rc::Rc;

use wasm_bindgen::prelude::*;
use yew::Callback;

use super::Edit;
use crate::workspace::Rope;

/// The text in the editor.
#[derive(Default)]
pub struct Mirror {
    text: Rope,
}

impl Mirror {
    /// Another text takes its place; gives it as the editor takes it.
    pub fn show(&mut self, text: Rope) -> String {
        self.text = text.with_plain_breaks();
        self.text.whole()
    }

    /// An edit, in UTF-16 units of the text before it; None if the text has another length than the editor's afterwards.
    fn edit(&mut self, from: u32, to: u32, insert: &str, length: u32) -> Option<Rope> {
        self.text = self.text.edited(from as usize, to as usize, insert);
        (self.text.units() == length as usize).then(|| self.text.clone())
    }
}

/// `onedit` of `web/editor/src/editor.ts`: false if it must hand over the whole text.
pub fn hearing(mirror: Rc<RefCell<Mirror>>, onedit: Callback<Edit>) -> JsValue {
    let hear = move |name: String, from: u32, to: u32, insert: String, length: u32| {
        let text = mirror.borrow_mut().edit(from, to, &insert, length);
        let heard = text.is_some();
        text.into_iter().for_each(|text| onedit.emit((name.as_str().into(), text)));
        heard
    };
    Closure::<dyn Fn(String, u32, u32, String, u32) -> bool>::new(hear).into_js_value()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_are_followed_and_a_wrong_one_is_noticed() {
        let mut mirror = Mirror::default();
        assert_eq!(mirror.show("kind: Pod\r\n# \u{1F600}\n".into()), "kind: Pod\n# \u{1F600}\n");
        assert_eq!(
            mirror.edit(6, 9, "Service", 19).map(|text| text.whole()).as_deref(),
            Some("kind: Service\n# \u{1F600}\n")
        );
        assert_eq!(mirror.edit(0, 1, "k", 20), None);
        assert_eq!(mirror.edit(0, u32::MAX, "a", 1).map(|text| text.whole()).as_deref(), Some("a"));
    }
}
