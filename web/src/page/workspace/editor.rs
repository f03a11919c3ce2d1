//! The manifests' text: CodeMirror once it is there, a plain textarea until then and where it cannot be loaded.

mod assist;
mod mirror;

use std::cell::RefCell;
use std::rc::Rc;

use gloo_events::EventListener;
use js_sys::Array;
use wasm_bindgen::prelude::*;
use web_sys::{HtmlElement, HtmlTextAreaElement};
use yew::prelude::*;

use self::mirror::Mirror;
use crate::answer::{Place, Problem, Severity, plain};
use crate::page::answer::pointing::{POINTED, pointed};
use crate::page::context::use_words;
use crate::page::state::Shown;
use crate::protocol::{Ask, Assisted};
use crate::workspace::{Rope, TextFile};

#[wasm_bindgen(module = "/js/editor.js")]
extern "C" {
    #[wasm_bindgen(catch)]
    async fn mount(
        parent: &HtmlElement,
        name: &str,
        text: &str,
        label: &str,
        caret: i32,
        onedit: &JsValue,
        onassist: &JsValue,
        onback: &JsValue,
    ) -> Result<JsValue, JsValue>;

    /// `Editor` of `web/editor/src/editor.ts`.
    #[derive(Clone, PartialEq)]
    type Rich;
    #[wasm_bindgen(method)]
    fn show(this: &Rich, names: Vec<String>, name: &str, text: &str);
    #[wasm_bindgen(method)]
    fn reveal(this: &Rich, line: u32, column: u32, end_line: u32, focus: bool);
    #[wasm_bindgen(method)]
    fn point(this: &Rich, line: u32, end_line: u32);
    #[wasm_bindgen(method)]
    fn problems(this: &Rich, problems: &Array);
    #[wasm_bindgen(method)]
    fn told(this: &Rich, ticket: u32, answer: &JsValue);
    #[wasm_bindgen(method)]
    fn back(this: &Rich) -> bool;
    #[wasm_bindgen(method)]
    fn label(this: &Rich, label: &str);
}

/// The id of the panel that the tabs choose a file for.
pub const PANEL: &str = "editor";

/// What [`Editor`] is given.
#[derive(PartialEq, Properties)]
pub struct EditorProps {
    /// The text, and how often it was replaced from outside.
    pub content: Content,
    /// What to underline.
    pub problems: Rc<[Problem]>,
    /// What to jump to.
    pub shown: Option<Shown>,
    /// The text of a file was edited.
    pub onedit: Callback<Edit>,
    /// Wants to know something about a position.
    pub onassist: Callback<Ask>,
    /// What is known about one.
    pub assisted: Option<Rc<Assisted>>,
    /// The user went back to where a jump came from.
    pub onback: Callback<()>,
}

/// The name of a file, and what stands in it now.
pub type Edit = (Rc<str>, Rope);

/// What the editor shows, and when to load its better half.
#[derive(Clone, Debug, PartialEq)]
pub struct Content {
    /// All texts.
    pub files: Rc<[TextFile]>,
    /// Which of them is to be seen.
    pub active: usize,
    /// Counts the replacements from outside.
    pub edition: u32,
    /// There is an answer: time to load CodeMirror.
    pub rich: bool,
}

impl Content {
    fn name(&self) -> Rc<str> {
        self.files.get(self.active).map_or_else(|| "".into(), |file| file.name.clone())
    }

    fn text(&self) -> Rope {
        self.files.get(self.active).map_or_else(Rope::default, |file| file.text.clone())
    }
}

/// A text field for manifests.
#[component]
pub fn Editor(props: &EditorProps) -> Html {
    let words = use_words();
    let (host, plain_field) = (use_node_ref(), use_node_ref());
    let rich = use_state(|| None::<Rich>);
    let mirror = use_mut_ref(Mirror::default);
    use_loading(props, &host, &plain_field, &rich, &mirror);
    use_taking_over(props, &rich, &mirror);
    use_effect_with((rich.clone(), words.manifests), |(rich, label)| {
        rich.iter().for_each(|rich| rich.label(label));
    });
    let file = props.content.active as u32;
    use_effect_with((rich.clone(), props.problems.clone(), file), |(rich, problems, file)| {
        rich.iter().for_each(|rich| rich.problems(&underlined(problems, *file)));
    });
    use_pointed(&rich, file);
    use_effect_with((props.shown, rich.clone(), plain_field.clone()), |(shown, rich, field)| {
        if let Some(Shown { place, focus, .. }) = shown {
            reveal(*place, *focus, rich.as_ref(), field);
        }
    });
    use_effect_with((rich.clone(), props.assisted.clone()), |(rich, assisted)| {
        if let (Some(rich), Some(assisted)) = (rich.as_ref(), assisted) {
            rich.told(assisted.ticket, &assist::answer(assisted));
        }
    });
    let (shown, onback) = (rich.clone(), props.onback.clone());
    let goback = Callback::from(move |_: MouseEvent| {
        shown.iter().for_each(|rich| _ = rich.back());
        onback.emit(());
    });
    let name = props.content.name();
    let oninput = props.onedit.reform(move |event: InputEvent| {
        (name.clone(), event.target_unchecked_into::<HtmlTextAreaElement>().value().into())
    });
    html! {
        <div class="editor-frame">
        if props.shown.is_some() && rich.is_some() {
            <button type="button" class="quiet editor-back" onclick={goback} title={words.back_hint}>
                <span aria-hidden="true">{ "← " }</span>{ words.back }
            </button>
        }
        <div class="editor" id={PANEL} role="tabpanel" aria-label={props.content.name().to_string()} ref={host}>
            if rich.is_none() {
                <textarea ref={plain_field} aria-label={words.manifests} spellcheck="false" autocapitalize="off"
                    wrap="off" value={props.content.text().whole()} {oninput} />
            }
        </div>
        </div>
    }
}

/// Marks the lines of what is pointed at in the walk and on the map.
#[hook]
fn use_pointed(rich: &UseStateHandle<Option<Rich>>, file: u32) {
    use_effect_with((rich.clone(), file), |(rich, file)| {
        let (rich, file) = (rich.clone(), *file);
        let document = web_sys::window().and_then(|window| window.document());
        let listener = document.map(|document| {
            EventListener::new(&document, POINTED, move |_| {
                let (from, to) = pointed().filter(|(of, ..)| *of == file).map_or((0, 0), |(_, from, to)| (from, to));
                rich.iter().for_each(|rich| rich.point(from, to));
            })
        });
        move || drop(listener)
    });
}

/// Loads CodeMirror after the first answer and hands it the text and the caret.
#[hook]
fn use_loading(
    props: &EditorProps,
    host: &NodeRef,
    field: &NodeRef,
    rich: &UseStateHandle<Option<Rich>>,
    mirror: &Rc<RefCell<Mirror>>,
) {
    let words = use_words();
    let (host, field, rich, onedit) = (host.clone(), field.clone(), rich.clone(), props.onedit.clone());
    let (onassist, onback, mirror) = (props.onassist.clone(), props.onback.clone(), mirror.clone());
    // The file as it is when the bundle has arrived, not as it was when the loading began.
    let latest = use_mut_ref(|| (props.content.name(), props.content.text()));
    latest.replace((props.content.name(), props.content.text()));
    use_effect_with(props.content.rich, move |ready| {
        let Some(host) = host.cast::<HtmlElement>().filter(|_| *ready && rich.is_none()) else { return };
        let told = mirror::hearing(mirror.clone(), onedit);
        let asked = assist::asking(onassist);
        let back = Closure::<dyn Fn()>::new(move || onback.emit(())).into_js_value();
        wasm_bindgen_futures::spawn_local(async move {
            let caret = caret(&field);
            let (name, text) = latest.borrow().clone();
            let text = mirror.borrow_mut().show(text);
            // Where the bundle cannot be loaded, the textarea stays.
            if let Ok(editor) = mount(&host, &name, &text, words.manifests, caret, &told, &asked, &back).await {
                rich.set(Some(editor.unchecked_into()));
            }
        });
    });
}

/// Shows another file, or a text that came from outside the editor.
#[hook]
fn use_taking_over(props: &EditorProps, rich: &UseStateHandle<Option<Rich>>, mirror: &Rc<RefCell<Mirror>>) {
    let (content, shown, mirror) = (props.content.clone(), rich.clone(), mirror.clone());
    let names: Rc<[Rc<str>]> = content.files.iter().map(|file| file.name.clone()).collect();
    use_effect_with((content.edition, content.active, names, rich.is_some()), move |(_, _, names, _)| {
        if let Some(rich) = shown.as_ref() {
            let names = names.iter().map(std::string::ToString::to_string).collect();
            let text = mirror.borrow_mut().show(content.text());
            rich.show(names, &content.name(), &text);
        }
    });
}

/// The caret of the textarea; -1 if it has no focus.
fn caret(field: &NodeRef) -> i32 {
    let focused = web_sys::window().and_then(|window| window.document()?.active_element());
    let field = field.cast::<HtmlTextAreaElement>();
    let field = field.filter(|field| focused.as_ref().is_some_and(|focused| focused.is_same_node(Some(field))));
    field.and_then(|field| field.selection_start().ok()?).map_or(-1, |caret| caret as i32)
}

fn reveal(place: Place, focus: bool, rich: Option<&Rich>, field: &NodeRef) {
    match (rich, field.cast::<HtmlTextAreaElement>()) {
        (Some(rich), _) => rich.reveal(place.line, place.column, place.end_line, focus),
        (None, Some(field)) => {
            let lines = |count: u32| {
                let text = field.value();
                let units = text.split_inclusive('\n').take(count as usize).map(|line| line.encode_utf16().count());
                units.sum::<usize>() as u32
            };
            let _ = field.set_selection_range(lines(place.line - 1), lines(place.end_line));
            if focus {
                let _ = field.focus();
            }
        }
        (None, None) => {}
    }
}

/// Problems as `js/editor.js` takes them.
fn underlined(problems: &[Problem], file: u32) -> Array {
    let rows = problems.iter().filter_map(|problem| {
        let place = problem.place.filter(|place| place.file == file)?;
        let numbers = [place.line, place.column, place.end_line, place.end_column];
        let severity = match problem.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Info => "info",
        };
        let row: Array = numbers.map(JsValue::from).into_iter().collect();
        row.push(&severity.into());
        row.push(&plain(&problem.message).into());
        Some(row)
    });
    rows.collect()
}
