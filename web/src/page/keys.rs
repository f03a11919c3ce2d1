//! Which keys do what in the editor.

use yew::prelude::*;

use super::context::use_words;

/// A list to unfold, below the editor.
#[component]
pub fn Keys() -> Html {
    let words = use_words();
    let rows = [
        ("Ctrl-Space", words.key_complete),
        ("F1", words.key_explain),
        ("Ctrl-Shift-[ ]", words.key_fold),
        ("Ctrl-Alt-[ ]", words.key_fold_all),
        ("Ctrl-F", words.key_search),
        ("Ctrl-Z", words.undo),
        ("Alt-←", words.key_back),
        ("Escape, Tab", words.key_leave),
        ("F2, Delete", words.key_tabs),
    ];
    let rows = rows
        .into_iter()
        .map(|(keys, what)| html! { <div key={keys}><dt><kbd>{ keys }</kbd></dt><dd>{ what }</dd></div> });
    html! {
        <details class="keys">
            <summary>{ words.keys }</summary>
            <dl>{ for rows }</dl>
            <p class="soft">{ words.keys_mac }</p>
        </details>
    }
}
