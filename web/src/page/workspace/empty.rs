//! What stands in the answer's place while there are no manifests.

use yew::prelude::*;

use crate::page::browser;
use crate::page::context::use_words;

/// Prints everything that plays a part. Secrets are left out: routing needs none of their values.
const EXPORT: &str = "kubectl get nodes,namespaces,pods,services,endpointslices,ingresses,ingressclasses,\
networkpolicies,configmaps,deployments,replicasets,statefulsets,daemonsets,jobs,cronjobs -A -o yaml";

/// What to paste, and the command that prints it.
#[component]
pub fn Empty() -> Html {
    let words = use_words();
    let copied = use_state(|| false);
    let setter = copied.setter();
    let onclick = Callback::from(move |_: MouseEvent| {
        let copied = setter.clone();
        wasm_bindgen_futures::spawn_local(async move { copied.set(browser::copy(EXPORT).await.is_ok()) });
    });
    html! {
        <section class="empty">
            <h2>{ words.empty_title }</h2>
            <p>{ words.empty_what }</p>
            <div class="empty-command">
                <pre tabindex="0"><code>{ EXPORT }</code></pre>
                <button type="button" {onclick}>{ if *copied { words.copied } else { words.copy } }</button>
            </div>
            <p class="soft">{ words.empty_secrets }{ " " }{ words.empty_or }</p>
        </section>
    }
}
