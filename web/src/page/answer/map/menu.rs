//! What can be done with a pod or a workload of the map: a menu at its box, for mouse and keyboard.

use std::rc::Rc;

use gloo_timers::callback::Timeout;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};
use yew::prelude::*;

use super::folding::Crowd;
use crate::answer::{PodState, Spot};
use crate::page::context::use_here;
use crate::page::state::Action;
use crate::protocol::{Change, PodFate};
use crate::words::Words;

/// A menu that is open.
#[derive(Clone, Debug, PartialEq)]
pub struct Opened {
    /// Whose.
    pub spot: Spot,
    /// Its box; it gets the focus back.
    pub at: Element,
}

/// What [`SpotMenu`] is given.
#[derive(PartialEq, Properties)]
pub struct SpotMenuProps {
    /// Whose it is.
    pub opened: Opened,
    /// Changes the state.
    pub act: Callback<Action>,
    /// Draws each pod of a crowd.
    pub onunfold: Callback<Crowd>,
    /// It is to close.
    pub onclose: Callback<()>,
}

/// What an entry does.
#[derive(Clone)]
enum Entry {
    Jump(crate::answer::Place),
    Act(Action),
    Unfold(Crowd),
}

/// How long more presses of the stepper are waited for.
const STEPS_MS: u32 = 350;

/// The menu. The arrows move, Escape closes.
#[component]
pub fn SpotMenu(props: &SpotMenuProps) -> Html {
    let (here, menu) = (use_here(), use_node_ref());
    let (words, jump) = (here.words(), &here.jump);
    use_effect_with((props.opened.clone(), menu.clone()), |(opened, menu)| {
        if let Some(menu) = menu.cast::<HtmlElement>() {
            stand_at(&menu, &opened.at);
            focus(menu.query_selector("[role=menuitem]").ok().flatten());
        }
    });
    let entries = entries(&props.opened.spot, words).into_iter().enumerate().map(|(at, (label, entry))| {
        let (act, jump, unfold) = (props.act.clone(), jump.clone(), props.onunfold.clone());
        let (close, back) = (props.onclose.clone(), props.opened.at.clone());
        let onclick = Callback::from(move |_: MouseEvent| {
            let region = back.closest(".map-scroll").ok().flatten();
            close.emit(());
            match entry.clone() {
                Entry::Jump(place) => jump.emit(place),
                Entry::Act(action) => {
                    // The box may be gone after that; the picture stays.
                    focus(region);
                    act.emit(action);
                }
                Entry::Unfold(crowd) => {
                    focus(region);
                    unfold.emit(crowd);
                }
            }
        });
        html! { <li key={at} role="none"><button type="button" role="menuitem" tabindex="-1" {onclick}>{ label }</button></li> }
    });
    let stepper = use_stepper(&props.opened.spot, &props.act);
    let (close, back) = (props.onclose.clone(), props.opened.at.clone());
    let onkeydown = Callback::from(move |event: KeyboardEvent| {
        let step = match &*event.key() {
            "ArrowDown" => 1,
            "ArrowUp" => -1,
            "Escape" | "Tab" => {
                event.prevent_default();
                let region =
                    menu_of(&event).and_then(|menu| menu.parent_element()?.query_selector(".map-scroll").ok()?);
                close.emit(());
                return focus(if back.is_connected() { Some(back.clone()) } else { region });
            }
            _ => return,
        };
        event.prevent_default();
        move_focus(&event, step);
    });
    let close = props.onclose.clone();
    let onfocusout = Callback::from(move |event: FocusEvent| {
        let to = event.related_target().and_then(|target| target.dyn_into::<Element>().ok());
        if to.and_then(|to| to.closest(".map-menu").ok().flatten()).is_none() {
            close.emit(());
        }
    });
    let name = props.opened.spot.title.clone();
    html! {
        <div class="map-menu" ref={menu} {onkeydown} {onfocusout}>
            <p aria-hidden="true"><code>{ &*name }</code></p>
            <ul role="menu" aria-label={format!("{} {name}", words.map_actions)}>
                { for entries }
                if let Some((replicas, step)) = stepper { { stepper_row(replicas, &step, words) } }
            </ul>
        </div>
    }
}

fn entries(spot: &Spot, words: &'static Words) -> Vec<(&'static str, Entry)> {
    let mut entries = Vec::new();
    if let Some(pod) = &spot.pod {
        if spot.crowd > 1 {
            let crowd = pod.workload.clone().map(|workload| (workload, spot.node.clone()));
            entries.extend(crowd.map(|crowd| (words.map_unfold, Entry::Unfold(crowd))));
        } else {
            entries.extend(fates(pod, words));
        }
        if spot.crowd <= 1 {
            entries.push((words.ask_from, Entry::Act(Action::From(format!("pod/{}", pod.name).into()))));
        }
    }
    entries.extend(spot.place.map(|place| (words.map_show, Entry::Jump(place))));
    entries
}

/// What can happen to a pod.
fn fates(pod: &PodState, words: &'static Words) -> Vec<(&'static str, Entry)> {
    let fate = |fate| Entry::Act(Action::Change(Change::Pod { name: pod.name.clone(), fate }));
    let mut fates = vec![if pod.ready {
        (words.make_unready, fate(PodFate::Unready))
    } else {
        (words.make_ready, fate(PodFate::Ready))
    }];
    if !pod.terminating {
        fates.push((words.terminate, fate(PodFate::Terminating)));
    }
    // A StatefulSet makes the same pod again, under its name.
    if !pod.workload.as_ref().is_some_and(|workload| workload.starts_with("statefulset ")) {
        fates.push((words.delete, fate(PodFate::Deleted)));
    }
    fates
}

/// Puts the menu below a box, inside the panel. By script: the page's policy lets no attribute do that.
fn stand_at(menu: &HtmlElement, spot: &Element) {
    let Some(stage) = menu.offset_parent() else { return };
    let (stage, spot) = (stage.get_bounding_client_rect(), spot.get_bounding_client_rect());
    let left = (spot.left() - stage.left()).min(stage.width() - f64::from(menu.offset_width())).max(0.0);
    let top = spot.bottom() - stage.top() + 4.0;
    let style = menu.style();
    // Refused only for values that are no lengths.
    let _ = style.set_property("left", &format!("{}px", left as i32));
    let _ = style.set_property("top", &format!("{}px", top as i32));
}

/// The menu that a key was pressed in.
fn menu_of(event: &KeyboardEvent) -> Option<Element> {
    event.target_dyn_into::<Element>()?.closest(".map-menu").ok()?
}

/// More and fewer replicas, each with a press of its own; they are written once for all presses that follow each other.
fn stepper_row(replicas: u32, step: &Callback<i32>, words: &'static Words) -> Html {
    let button = |label: &'static str, sign: &'static str, by: i32| {
        let onclick = step.reform(move |_: MouseEvent| by);
        let spoken = format!("{label} ({replicas})");
        html! { <button type="button" role="menuitem" tabindex="-1" aria-label={spoken} title={label} {onclick}>{ sign }</button> }
    };
    html! {
        <li role="none" class="map-stepper">
            <span class="map-stepped" aria-hidden="true">{ words.replicas }</span>
            { button(words.scale_down, "−", -1) }
            <span class="map-replicas" aria-hidden="true">{ replicas }</span>
            { button(words.scale_up, "+", 1) }
        </li>
    }
}

/// The replicas as they are wanted, and how to want more or fewer; None where there are none to change.
#[hook]
fn use_stepper(spot: &Spot, act: &Callback<Action>) -> Option<(u32, Callback<i32>)> {
    let scaled = spot.pod.as_ref().and_then(|pod| Some((pod.workload.clone()?, pod.replicas?)));
    let wanted = use_state_eq(|| scaled.as_ref().map_or(0, |(_, replicas)| *replicas));
    let unwritten = use_mut_ref(|| 0_i32);
    let write = {
        let (act, unwritten) = (act.clone(), unwritten.clone());
        let workload = scaled.as_ref().map(|(workload, _)| workload.clone());
        Rc::new(move || {
            let by = std::mem::take(&mut *unwritten.borrow_mut());
            if let Some(workload) = workload.clone().filter(|_| by != 0) {
                act.emit(Action::Change(Change::Scale { workload, by }));
            }
        })
    };
    use_effect_with(*wanted, {
        let write = write.clone();
        move |_| {
            let later = Timeout::new(STEPS_MS, move || write());
            move || drop(later)
        }
    });
    // Whoever closes the menu at once means what was pressed.
    use_effect_with((), move |()| move || write());
    scaled?;
    let now = *wanted;
    let step = Callback::from(move |by: i32| {
        let next = now.saturating_add_signed(by);
        *unwritten.borrow_mut() += next as i32 - now as i32;
        wanted.set(next);
    });
    Some((now, step))
}

fn move_focus(event: &KeyboardEvent, step: i32) {
    // Yew listens at the root: what the event is at now is the whole page, with the menus of others.
    let Some(items) = menu_of(event).and_then(|menu| menu.query_selector_all("[role=menuitem]").ok()) else { return };
    let focused = event.target_dyn_into::<Element>();
    let count = items.length() as i32;
    let at = (0..count).find(|at| items.item(*at as u32).as_ref() == focused.as_deref()).unwrap_or(0);
    let next = items.item((at + step).rem_euclid(count.max(1)) as u32);
    focus(next.and_then(|node| node.dyn_into::<Element>().ok()));
}

/// Gives an element the focus; boxes of the picture are SVG, the rest is HTML.
pub fn focus(element: Option<Element>) {
    let Some(element) = element else { return };
    let _ = match element.dyn_ref::<HtmlElement>() {
        Some(element) => element.focus(),
        None => element.dyn_ref::<web_sys::SvgElement>().map_or(Ok(()), web_sys::SvgElement::focus),
    };
}
