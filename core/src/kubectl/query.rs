//! What `get`, `describe` and the verbs that change objects are asked about: `svc web api`, `svc,ep web`,
//! `svc/web pod/client`, `-f FILE` (cli-runtime, resource.Builder).

use super::flags::{KubectlFlags, KubectlVerb};
use super::resource::{self, ResourceType};
use super::{KubectlView, NamespaceScope, ObjectQuery, UsageError, file_objects, kubectl_error, selector};
use crate::model::LabelSelector;

/// A type with the names that are wanted of it; none for all.
type NamedType = (ResourceType, Vec<String>);

/// The queries, one type after the other.
pub fn object_queries(view: KubectlView<'_>, flags: &KubectlFlags) -> Result<Vec<ObjectQuery>, UsageError> {
    // 1. Objects of files.
    let files = flags.files();
    if !files.is_empty() && flags.words.is_empty() {
        return queries_of_files(view, flags, &files);
    }
    // 2. The types and names, and the namespace.
    let wanted = named_types(view, flags)?;
    let is_named = wanted.iter().any(|(_, names)| !names.is_empty());
    let namespace = if flags.is("all-namespaces") {
        NamespaceScope::All
    } else {
        NamespaceScope::One(flags.namespace().to_owned())
    };
    // 3. What excludes each other.
    let is_namespaced = wanted.iter().any(|(resource, _)| resource.is_namespaced());
    if namespace == NamespaceScope::All && is_named && is_namespaced {
        return Err(kubectl_error("error: a resource cannot be retrieved by name across all namespaces"));
    }
    let chosen = flags.value("selector").filter(|_| flags.verb != KubectlVerb::Expose);
    if chosen.is_some() && is_named {
        return Err(kubectl_error(
            "error: selectors and the all flag cannot be used when passing resource/name arguments",
        ));
    }
    // 4. The selector, which the server may refuse.
    let plural = wanted.first().map(|(kind, _)| kind.clone());
    let selector = match (chosen, plural) {
        (Some(text), Some(kind)) => {
            selector::selector(text).map_err(|why| selector::refused_by_server(why, &kind, text))?
        }
        _ => LabelSelector::default(),
    };
    Ok(queries(flags, wanted, &namespace, &selector))
}

fn queries(
    flags: &KubectlFlags,
    wanted: Vec<NamedType>,
    namespace: &NamespaceScope,
    selector: &LabelSelector,
) -> Vec<ObjectQuery> {
    let several = wanted.iter().any(|(resource, _)| wanted.first().is_some_and(|(first, _)| first != resource));
    let query = |(resource, names): NamedType| ObjectQuery {
        resource,
        names,
        namespace: namespace.clone(),
        selector: selector.clone(),
        wide: flags.value("output") == Some("wide"),
        headers: !flags.is("no-headers"),
        labels: flags.is("show-labels"),
        label_columns: flags.list("label-columns").into_iter().map(str::to_owned).collect(),
        with_kind: several || flags.is("show-kind"),
    };
    wanted.into_iter().map(query).collect()
}

/// The words: types with commas and names behind them, or `TYPE/NAME`.
fn named_types(view: KubectlView<'_>, flags: &KubectlFlags) -> Result<Vec<NamedType>, UsageError> {
    let Some((first, rest)) = flags.words.split_first() else {
        return Err(nothing_named(flags));
    };
    if !flags.words.iter().any(|word| word.contains('/')) {
        let resources = resource::resource_list(view, first)?;
        return Ok(resources.into_iter().map(|resource| (resource, rest.to_vec())).collect());
    }
    let mut wanted: Vec<NamedType> = Vec::new();
    for word in &flags.words {
        let pair = word.split_once('/').filter(|(kind, name)| !kind.contains(',') && !name.is_empty());
        let (kind, name) = pair.ok_or_else(|| {
            let verb = flags.verb_name();
            kubectl_error(format!(
                "error: there is no need to specify a resource type as a separate argument when passing arguments in \
                 resource/name form (e.g. 'kubectl {verb} resource/<resource_name>' instead of 'kubectl {verb} resource \
                 resource/<resource_name>'"
            ))
        })?;
        let resource = resource::resource_by_name(view, kind)?;
        match wanted.last_mut().filter(|(last, _)| *last == resource) {
            Some((_, names)) => names.push(name.to_owned()),
            None => wanted.push((resource, vec![name.to_owned()])),
        }
    }
    Ok(wanted)
}

/// What kubectl says where no type is named.
pub fn nothing_named(flags: &KubectlFlags) -> UsageError {
    let hint = "Use \"kubectl api-resources\" for a complete list of supported resources.";
    kubectl_error(match flags.verb {
        KubectlVerb::Get => format!(
            "You must specify the type of resource to get. {hint}\n\nerror: Required resource not specified.\nUse \"kubectl \
             explain <resource>\" for a detailed description of that resource (e.g. kubectl explain pods).\nSee 'kubectl \
             get -h' for help and examples"
        ),
        KubectlVerb::Describe => format!("error: You must specify the type of resource to describe. {hint}"),
        verb if verb.is_rollout() => "error: required resource not specified".to_owned(),
        KubectlVerb::Label | KubectlVerb::Annotate | KubectlVerb::SetEnv => {
            "error: one or more resources must be specified as <resource> <name> or <resource>/<name>".to_owned()
        }
        _ => "error: You must provide one or more resources by argument or filename.\nExample resource specifications \
              include:\n   '-f rsrc.yaml'\n   '--filename=rsrc.json'\n   '<resource> <name>'\n   '<resource>'"
            .to_owned(),
    })
}

/// The objects that files name: each is looked up.
fn queries_of_files(
    view: KubectlView<'_>,
    flags: &KubectlFlags,
    files: &[&str],
) -> Result<Vec<ObjectQuery>, UsageError> {
    let mut all = Vec::new();
    for document in file_objects::file_objects(view, files, flags.value("namespace"))? {
        let resource = resource::resource_by_name(view, &document.singular)?;
        let namespace = document.reference.namespace.as_deref().unwrap_or(flags.namespace());
        let scope = NamespaceScope::One(namespace.to_owned());
        let names = vec![document.reference.name.to_string()];
        all.extend(queries(flags, vec![(resource, names)], &scope, &LabelSelector::default()));
    }
    let several = all.iter().any(|query| all.first().is_some_and(|first| first.resource != query.resource));
    all.iter_mut().for_each(|query| query.with_kind |= several);
    Ok(all)
}
