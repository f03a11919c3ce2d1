//! What stands in the answer's place while there are no manifests: the ways to bring some, and small ones to begin with.

use wasm_bindgen::JsCast;
use web_sys::HtmlElement;
use yew::prelude::*;

use crate::page::browser;
use crate::page::context::use_words;
use crate::page::state::{Action, FileAction, Notice};
use crate::words::Words;

/// Prints everything that plays a part. Secrets are left out: routing needs none of their values.
const EXPORT: &str = "kubectl get nodes,namespaces,pods,services,endpointslices,ingresses,ingressclasses,\
networkpolicies,configmaps,deployments,replicasets,statefulsets,daemonsets,jobs,cronjobs -A -o yaml";

/// What only clusters have where the Gateway API is installed: kubectl prints nothing at all where it knows one kind less.
const EXPORT_GATEWAYS: &str = "kubectl get gatewayclasses,gateways,httproutes,grpcroutes,referencegrants -A -o yaml";

/// Manifests to begin with, in `static/starters`, with what each is called.
fn starters(words: &Words) -> [(&'static str, &'static str); 4] {
    [
        ("service", words.starter_service),
        ("ingress", words.starter_ingress),
        ("gateway", words.starter_gateway),
        ("policy", words.starter_policy),
    ]
}

/// What [`Empty`] is given.
#[derive(PartialEq, Properties)]
pub struct EmptyProps {
    /// Takes the manifests.
    pub act: Callback<Action>,
}

/// Paste, open, copy the command that prints them, or begin with something small.
#[component]
pub fn Empty(props: &EmptyProps) -> Html {
    let words = use_words();
    let copied = use_state(|| "");
    let command = |command: &'static str| {
        let setter = copied.setter();
        let onclick = Callback::from(move |_: MouseEvent| {
            let setter = setter.clone();
            wasm_bindgen_futures::spawn_local(async move {
                if browser::copy(command).await.is_ok() {
                    setter.set(command);
                }
            });
        });
        html! {
            <div class="empty-command">
                <pre tabindex="0"><code>{ command }</code></pre>
                <button type="button" {onclick}>{ if *copied == command { words.copied } else { words.copy } }</button>
            </div>
        }
    };
    let act = props.act.clone();
    let onpaste = Callback::from(move |_: MouseEvent| {
        wasm_bindgen_futures::spawn_local(paste(act.clone()));
    });
    let onopen = Callback::from(|_: MouseEvent| {
        if let Some(field) = element(".tabs-tools input[type=file]:not([webkitdirectory])") {
            field.click();
        }
    });
    let starters = starters(words).map(|(id, name)| {
        let act = props.act.clone();
        let onclick = Callback::from(move |_: MouseEvent| {
            wasm_bindgen_futures::spawn_local(begin(id, act.clone()));
        });
        html! { <button key={id} type="button" class="chip" {onclick}>{ name }</button> }
    });
    html! {
        <section class="empty">
            <h2>{ words.empty_title }</h2>
            <p>{ words.empty_what }</p>
            <div class="empty-ways">
                <button type="button" class="primary" onclick={onpaste}>{ words.empty_paste }</button>
                <button type="button" onclick={onopen}>{ words.files_open }</button>
            </div>
            <h3>{ words.empty_start }</h3>
            <div class="empty-ways" role="group" aria-label={words.empty_start}>{ for starters }</div>
            <h3>{ words.empty_cluster }</h3>
            { command(EXPORT) }
            <p>{ words.empty_gateways }</p>
            { command(EXPORT_GATEWAYS) }
            <p class="soft">{ words.empty_secrets }</p>
        </section>
    }
}

/// What is in the clipboard; where the browser does not let the page read it, the editor waits for the keys.
async fn paste(act: Callback<Action>) {
    match browser::pasted().await {
        Ok(text) if !text.trim().is_empty() => act.emit(Action::File(FileAction::Paste(text.as_str().into()))),
        _ => element(".cm-content, .editor textarea").iter().for_each(|editor| _ = editor.focus()),
    }
}

async fn begin(id: &'static str, act: Callback<Action>) {
    act.emit(match browser::fetch(&format!("starters/{id}.yaml")).await {
        Ok(text) => Action::File(FileAction::Paste(text.as_str().into())),
        Err(_) => Action::Tell(Notice::ExampleFailed),
    });
}

fn element(selector: &str) -> Option<HtmlElement> {
    let document = web_sys::window()?.document()?;
    document.query_selector(selector).ok()??.dyn_into().ok()
}
