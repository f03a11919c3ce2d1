//! Components in a real browser: what a hand-made answer looks like, and what clicking does.

#![cfg(target_arch = "wasm32")]

use std::cell::RefCell;
use std::rc::Rc;

use gloo_timers::future::TimeoutFuture;
use wasm_bindgen::JsCast;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{Element, HtmlElement, HtmlSelectElement};
use whichpod_web::answer::{
    Candidate, Column, ConnectionPurpose, Edge, Fate, Fragment, Hop, Landing, Leg, Map, Other, Outcome, Place, Problem,
    Severity, Share, Spot, Text, Turn, Verdict,
};
use whichpod_web::language::Language;
use whichpod_web::page::answer::landings::Landings;
use whichpod_web::page::answer::map::MapPanel;
use whichpod_web::page::answer::walk::Walk;
use whichpod_web::page::answer::why_not::WhyNot;
use whichpod_web::page::context::Here;
use whichpod_web::page::workspace::problems::Problems;
use yew::prelude::*;

wasm_bindgen_test_configure!(run_in_browser);

const PLACE: Place = Place { file: 0, line: 12, column: 3, end_line: 13, end_column: 1 };

#[derive(PartialEq, Properties)]
struct StageProps {
    language: Language,
    jump: Callback<Place>,
    children: Html,
}

/// What the page's root gives to all components.
#[component]
fn Stage(props: &StageProps) -> Html {
    html! {
        <ContextProvider<Here> context={Here::new(props.language, props.jump.clone(), &[])}>
            { props.children.clone() }
        </ContextProvider<Here>>
    }
}

/// Draws something; gives where it stands and the places that were jumped to.
async fn stage(language: Language, children: Html) -> (Element, Rc<RefCell<Vec<Place>>>) {
    let document = web_sys::window().and_then(|window| window.document()).expect("a browser");
    let root = document.create_element("div").expect("an element");
    document.body().expect("a body").append_child(&root).expect("room");
    let jumps = Rc::new(RefCell::new(Vec::new()));
    let jump = Callback::from({
        let jumps = jumps.clone();
        move |place| jumps.borrow_mut().push(place)
    });
    yew::Renderer::<Stage>::with_root_and_props(root.clone(), StageProps { language, jump, children }).render();
    TimeoutFuture::new(20).await;
    (root, jumps)
}

fn all(root: &Element, selector: &str) -> Vec<Element> {
    let found = root.query_selector_all(selector).expect("a selector");
    (0..found.length()).filter_map(|at| found.item(at)?.dyn_into().ok()).collect()
}

fn one(root: &Element, selector: &str) -> Element {
    let mut found = all(root, selector);
    assert_eq!(found.len(), 1, "{selector} in {}", root.inner_html());
    found.remove(0)
}

fn texts(root: &Element, selector: &str) -> Vec<String> {
    all(root, selector).iter().map(|element| element.text_content().unwrap_or_default()).collect()
}

fn words(text: &str) -> Text {
    vec![Fragment::Words(text.into())]
}

fn landing(title: &str, numerator: u64) -> Landing {
    Landing {
        share: Share { numerator, denominator: 3 },
        outcome: Outcome::Delivered,
        title: vec![Fragment::Link(title.into(), PLACE)],
        why: vec![Fragment::Words("because of its selector".into())],
        node: Some("node-1".into()),
        address: Some("10.244.1.2:80".into()),
        source: None,
        protocol: None,
    }
}

fn verdict(map: Map, hops: Vec<Hop>) -> Rc<Verdict> {
    Rc::new(Verdict {
        command: "curl web".into(),
        outcome: Outcome::Delivered,
        sentence: Text::new(),
        landings: Vec::new(),
        sent: None,
        legs: vec![Leg { purpose: ConnectionPurpose::Connect, hops }],
        map,
        others: Vec::new(),
        printed: None,
        not_modelled: Vec::new(),
        advised: None,
    })
}

fn ending(landings: Vec<Landing>) -> Rc<Verdict> {
    let verdict = verdict(Map::default(), Vec::new());
    Rc::new(Verdict { landings, ..Rc::unwrap_or_clone(verdict) })
}

fn hop(sentence: Text, candidates: Vec<Candidate>) -> Hop {
    Hop {
        sentence,
        packet: "10.244.1.2 → 10.96.0.10:53".into(),
        turn: Turn::Rewrite,
        changes: Vec::new(),
        because: vec![vec![Fragment::Link("service default/web spec.selector".into(), PLACE)]],
        candidates,
        more: 0,
        spot: None,
    }
}

#[wasm_bindgen_test]
async fn landings_tell_share_outcome_and_pod() {
    let verdict = ending(vec![landing("pod default/web-1", 2), landing("pod default/web-2", 1)]);
    let (root, jumps) = stage(Language::English, html! { <Landings {verdict} /> }).await;
    assert_eq!(one(&root, "ul").get_attribute("aria-label").as_deref(), Some("Pods reached"));
    assert_eq!(texts(&root, ".landing-share strong"), ["66.7 %", "33.3 %"]);
    assert!(texts(&root, "li")[0].starts_with("Delivered: pod default/web-1 line 12"));
    all(&root, ".place-link")[1].unchecked_ref::<HtmlElement>().click();
    assert_eq!(*jumps.borrow(), [PLACE]);
}

#[wasm_bindgen_test]
async fn reasons_that_differ_stand_with_their_landings() {
    let other = Landing { why: Vec::new(), ..landing("pod default/web-2", 1) };
    let verdict = ending(vec![landing("pod default/web-1", 2), other]);
    let (root, _) = stage(Language::English, html! { <Landings {verdict} /> }).await;
    assert_eq!(texts(&root, ".landing-why"), ["because of its selector"]);
    let verdict = ending(vec![landing("pod default/web-1", 2), landing("pod default/web-2", 1)]);
    let (root, _) = stage(Language::English, html! { <Landings {verdict} /> }).await;
    assert!(texts(&root, ".landing-why").is_empty());
}

#[wasm_bindgen_test]
async fn an_end_that_is_no_pod_is_a_landing_too() {
    let refused = Landing { outcome: Outcome::Refused, address: None, ..landing("connection refused", 3) };
    let (root, _) = stage(Language::English, html! { <Landings verdict={ending(vec![refused])} /> }).await;
    assert!(texts(&root, "li")[0].starts_with("Refused: connection refused"));
}

#[wasm_bindgen_test]
async fn a_long_list_of_landings_opens_on_demand() {
    let verdict = ending((0..40).map(|at| landing(&format!("pod default/web-{at}"), 1)).collect());
    let (root, _) = stage(Language::English, html! { <Landings {verdict} /> }).await;
    assert_eq!(all(&root, "li").len(), 12);
    one(&root, "button.quiet").unchecked_ref::<HtmlElement>().click();
    TimeoutFuture::new(20).await;
    assert_eq!(all(&root, "li").len(), 40);
}

#[wasm_bindgen_test]
async fn the_walk_says_who_lost_and_why() {
    let lost = Candidate { what: words("web-2"), fate: Fate::Rejected, reason: words("isn't ready") };
    let taken = Candidate { what: words("web-1"), fate: Fate::Chosen, reason: Text::new() };
    let hops =
        vec![hop(words("kube-proxy sends it on"), vec![taken, lost]), hop(words("the pod takes it"), Vec::new())];
    let (root, jumps) = stage(Language::English, html! { <Walk verdict={verdict(Map::default(), hops)} /> }).await;
    assert_eq!(one(&root, "ol").get_attribute("aria-label").as_deref(), Some("Walk"));
    assert_eq!(all(&root, "ol > li").len(), 2);
    all(&root, ".hop-turner")[0].unchecked_ref::<HtmlElement>().click();
    TimeoutFuture::new(20).await;
    assert_eq!(texts(&root, ".candidate"), ["chosen web-1 ", "out web-2 isn't ready"]);
    assert_eq!(texts(&root, "h3"), ["Connection"]);
    all(&root, ".hop-because .place-link")[0].unchecked_ref::<HtmlElement>().click();
    assert_eq!(*jumps.borrow(), [PLACE]);
}

#[wasm_bindgen_test]
async fn what_a_manifest_says_stays_text() {
    let evil = "<img src=x onerror=alert(1)>";
    let sentence = vec![Fragment::Words(evil.into()), Fragment::Code(evil.into()), Fragment::Link(evil.into(), PLACE)];
    let hops = vec![hop(sentence, Vec::new())];
    let (root, _) = stage(Language::English, html! { <Walk verdict={verdict(Map::default(), hops)} /> }).await;
    assert!(all(&root, "img").is_empty());
    assert!(texts(&root, ".hop-sentence")[0].matches(evil).count() == 3);
}

#[wasm_bindgen_test]
async fn the_map_can_be_read_aloud_and_jumps() {
    let spot = |column, title: &str, outcome, place| Spot {
        lit: true,
        outcome,
        place,
        ..Spot::new(column, title, "10.0.0.1")
    };
    let spots = vec![
        spot(Column::Client, "outside", None, None),
        spot(Column::Pod, "default/web-1", Some(Outcome::Delivered), Some(PLACE)),
    ];
    let edges = vec![Edge { from: 0, to: 1, share: Some(Share { numerator: 1, denominator: 2 }) }];
    let map = Map { spots, edges, ..Map::default() };
    let panel = html! { <MapPanel verdict={verdict(map, Vec::new())} rollouts={Rc::from([])} undoable=false act={Callback::noop()} /> };
    let (root, jumps) = stage(Language::English, panel).await;
    assert_eq!(one(&root, "[role=region]").get_attribute("aria-label").as_deref(), Some("Map"));
    let pod = one(&root, "[role=button]");
    assert_eq!(texts(&pod, "title"), ["default/web-1, 10.0.0.1, Delivered, on the path"]);
    assert_eq!(texts(&root, ".map-share"), ["50 %"]);
    let bubbling = web_sys::MouseEventInit::new();
    bubbling.set_bubbles(true);
    let click = web_sys::MouseEvent::new_with_mouse_event_init_dict("click", &bubbling).expect("an event");
    pod.dispatch_event(&click).expect("a target");
    assert_eq!(*jumps.borrow(), [PLACE]);
}

#[wasm_bindgen_test]
async fn problems_stand_errors_first() {
    let problem = |severity, message: &str| Problem {
        severity,
        message: words(message),
        help: words("what to do"),
        place: Some(PLACE),
        fix: None,
    };
    let problems = Rc::from([problem(Severity::Info, "third"), problem(Severity::Error, "first")]);
    let (root, _) = stage(Language::Japanese, html! { <Problems {problems} /> }).await;
    assert_eq!(one(&root, "ul").get_attribute("aria-label").as_deref(), Some("問題"));
    let rows = texts(&root, "li");
    assert!(rows[0].contains("first") && rows[0].contains("エラー") && rows[1].contains("third"), "{rows:?}");
}

#[wasm_bindgen_test]
async fn a_pod_that_was_expected_gets_its_reason() {
    let others = vec![
        Other { pod: "default/a".into(), place: None, reason: words("it isn't ready") },
        Other { pod: "default/b".into(), place: Some(PLACE), reason: words("no such label") },
    ];
    let (root, _) = stage(Language::English, html! { <WhyNot {others} /> }).await;
    let select: HtmlSelectElement = one(&root, "select").unchecked_into();
    select.set_value("default/b");
    let bubbling = web_sys::EventInit::new();
    bubbling.set_bubbles(true);
    let change = web_sys::Event::new_with_event_init_dict("change", &bubbling).expect("an event");
    select.dispatch_event(&change).expect("a target");
    TimeoutFuture::new(20).await;
    assert!(texts(&root, ".why-not-reason")[0].contains("no such label"));
}
