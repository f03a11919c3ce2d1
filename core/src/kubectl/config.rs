//! `kubectl config` (pkg/cmd/config): contexts, clusters and users that are kept on the machine where kubectl runs. One
//! cluster is at hand; of others only the names are kept.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::flags::{KubectlFlags, KubectlVerb};
use super::print::OutputFormat;
use super::table::align_columns;
use super::{KubectlView, Output, UsageError, kubectl_error, unsupported_error};
use crate::terminal::session::{ConfigContext, ConfigPart, HOME, Session};

/// The context that is there from the beginning, as kubeadm names it, with its cluster and user.
const CONTEXT: &str = "kubernetes-admin@kubernetes";
const CLUSTER: &str = "kubernetes";
const USER: &str = "kubernetes-admin";

/// None for a verb that isn't about the configuration and that may go on.
pub fn run(flags: &KubectlFlags, view: KubectlView<'_>, session: &mut Session) -> Option<Result<Output, UsageError>> {
    let done = match flags.verb {
        KubectlVerb::ConfigView => config_view(flags, view, session),
        KubectlVerb::ConfigSetContext => set_context(flags, session).map(printed),
        KubectlVerb::ConfigUseContext => use_context(flags, session).map(printed),
        KubectlVerb::ConfigRenameContext => rename_context(flags, session).map(printed),
        KubectlVerb::ConfigDeleteContext => delete_context(flags, session).map(printed),
        KubectlVerb::ConfigCurrentContext => Ok(printed(format!("{}\n", current(session)))),
        KubectlVerb::ConfigGetContexts => get_contexts(flags, session),
        KubectlVerb::ConfigGetClusters => Ok(printed(names_table(session, ConfigPart::Clusters))),
        KubectlVerb::ConfigGetUsers => Ok(printed(names_table(session, ConfigPart::Users))),
        KubectlVerb::ConfigSetCluster => set_entry(
            flags,
            session,
            ConfigPart::Clusters,
            "Cluster",
            &[("server", "server"), ("proxy-url", "proxy-url")],
        ),
        KubectlVerb::ConfigSetCredentials => set_entry(
            flags,
            session,
            ConfigPart::Users,
            "User",
            &[("username", "username"), ("password", "password"), ("token", "token")],
        ),
        KubectlVerb::ConfigDeleteCluster => delete_entry(flags, session, ConfigPart::Clusters),
        KubectlVerb::ConfigDeleteUser => delete_entry(flags, session, ConfigPart::Users),
        KubectlVerb::ConfigUnset => unset(flags, session).map(printed),
        KubectlVerb::Completion | KubectlVerb::Options | KubectlVerb::PluginList | KubectlVerb::Kustomize => {
            return None;
        }
        _ => return check_context(flags, session).err().map(Err),
    };
    Some(done)
}

fn printed(text: String) -> Output {
    Output { stdout: Some(text), ..Output::default() }
}

/// All contexts; that in use has the session's namespace.
fn contexts(session: &Session) -> BTreeMap<String, ConfigContext> {
    let mut all = session.contexts.clone();
    if all.is_empty() {
        let own = ConfigContext { cluster: CLUSTER.to_owned(), user: USER.to_owned(), ..ConfigContext::default() };
        all.insert(CONTEXT.to_owned(), own);
    }
    if let Some(own) = all.get_mut(current(session)) {
        own.namespace = session.namespace.clone().unwrap_or_default();
    }
    all
}

fn current(session: &Session) -> &str {
    session.context.as_deref().unwrap_or(CONTEXT)
}

/// Keeps the contexts, and uses one of them.
fn keep(session: &mut Session, all: BTreeMap<String, ConfigContext>, name: String) {
    let namespace = all.get(&name).map(|context| context.namespace.clone());
    session.namespace = namespace.filter(|namespace| !namespace.is_empty());
    session.contexts = all;
    session.context = Some(name).filter(|name| name != CONTEXT);
}

/// The namespace of names without one, for whoever names a context.
pub fn namespace_of<'s>(session: &'s Session, context: Option<&str>) -> Option<&'s str> {
    match context.filter(|name| *name != current(session)) {
        None => session.namespace.as_deref(),
        Some(name) => session.contexts.get(name).map(|own| own.namespace.as_str()).filter(|own| !own.is_empty()),
    }
}

/// Whether the context leads to the cluster at hand (client-go, tools/clientcmd).
fn check_context(flags: &KubectlFlags, session: &Session) -> Result<(), UsageError> {
    let name = flags.value("context").unwrap_or(current(session));
    let all = contexts(session);
    let context = all.get(name).ok_or_else(|| kubectl_error(format!("error: context {name:?} does not exist")))?;
    if context.cluster == CLUSTER && [USER, ""].contains(&context.user.as_str()) {
        return Ok(());
    }
    if context.cluster.is_empty() {
        return Err(kubectl_error(
            "The connection to the server localhost:8080 was refused - did you specify the right host or port?",
        ));
    }
    Err(unsupported_error(format!(
        "kubectl: context {name:?} leads to cluster {:?} as {:?}, of which nothing is known here: only {CLUSTER:?} as {USER:?} is at \
         hand",
        context.cluster, context.user
    )))
}

/// view.go
fn config_view(flags: &KubectlFlags, view: KubectlView<'_>, session: &Session) -> Result<Output, UsageError> {
    // 1. Contexts with what they name; --minify leaves that in use.
    let own = contexts(session);
    let is_shown = |name: &str| !flags.is("minify") || name == current(session);
    let in_use = own.get(current(session)).cloned().unwrap_or_default();
    let all: Vec<Value> = own
        .iter()
        .filter(|(name, _)| is_shown(name))
        .map(|(name, context)| {
            let fields = [("cluster", &context.cluster), ("namespace", &context.namespace), ("user", &context.user)];
            let kept = fields.into_iter().filter(|(key, value)| *key != "namespace" || !value.is_empty());
            let context: serde_json::Map<String, Value> =
                kept.map(|(key, value)| (key.to_owned(), value.as_str().into())).collect();
            json!({"context": context, "name": name})
        })
        .collect();
    // 2. Clusters and users; secrets only with --raw, and those aren't known.
    let secret = if flags.is("raw") { "<unknown>" } else { "DATA+OMITTED" };
    let given = json!({"certificate-authority-data": secret, "server": "https://kubernetes:6443"});
    let clusters = entries(session, ConfigPart::Clusters, (CLUSTER, given), "cluster");
    let given = json!({"client-certificate-data": secret, "client-key-data": secret});
    let mut users = entries(session, ConfigPart::Users, (USER, given), "user");
    for user in users.iter_mut().filter(|_| !flags.is("raw")) {
        for key in ["password", "token"] {
            if let Some(hidden) = user.pointer_mut(&format!("/user/{key}")) {
                *hidden = "REDACTED".into();
            }
        }
    }
    let kept = |list: Vec<Value>, name: &str| -> Vec<Value> {
        let is_named = |entry: &Value| entry.get("name").is_some_and(|own| own == name);
        list.into_iter().filter(|entry| !flags.is("minify") || is_named(entry)).collect()
    };
    let config = json!({
        "apiVersion": "v1",
        "clusters": kept(clusters, &in_use.cluster),
        "contexts": all,
        "current-context": current(session),
        "kind": "Config",
        "users": kept(users, &in_use.user),
    });
    let format = OutputFormat::of_flags(flags, view.files)?.unwrap_or(OutputFormat::Yaml);
    format.print(vec![config], true, true).map(printed)
}

/// Clusters or users in order of their names.
fn entries(session: &Session, part: ConfigPart, given: (&str, Value), key: &str) -> Vec<Value> {
    let mut all: BTreeMap<&str, Value> = BTreeMap::from([given]);
    for ((_, name), fields) in session.config_entries.iter().filter(|((of, _), _)| *of == part) {
        let known = all.remove(name.as_str()).unwrap_or_else(|| json!({}));
        let mut merged = known;
        super::json_tree::merge(&mut merged, fields.clone());
        all.insert(name, merged);
    }
    all.into_iter().map(|(name, fields)| json!({key: fields, "name": name})).collect()
}

fn one_word<'f>(flags: &'f KubectlFlags, what: &str) -> Result<&'f str, UsageError> {
    match &flags.words[..] {
        [name] => Ok(name),
        words => Err(kubectl_error(format!("error: {what}: unexpected args: {words:?}"))),
    }
}

/// set_context.go
fn set_context(flags: &KubectlFlags, session: &mut Session) -> Result<String, UsageError> {
    let name = match (flags.words.first(), flags.is("current")) {
        (Some(name), false) => name.clone(),
        (None, true) => current(session).to_owned(),
        (Some(_), true) => return Err(kubectl_error("error: cannot specify both a context name and --current")),
        (None, false) => return Err(kubectl_error("error: you must specify a non-empty context name or --current")),
    };
    let mut all = contexts(session);
    let done = if all.contains_key(&name) { "modified" } else { "created" };
    let context = all.entry(name.clone()).or_default();
    for (flag, field) in
        [("cluster", &mut context.cluster), ("user", &mut context.user), ("namespace", &mut context.namespace)]
    {
        if let Some(value) = flags.value(flag) {
            value.clone_into(field);
        }
    }
    let in_use = current(session).to_owned();
    keep(session, all, in_use);
    Ok(format!("Context {name:?} {done}.\n"))
}

/// use_context.go
fn use_context(flags: &KubectlFlags, session: &mut Session) -> Result<String, UsageError> {
    let name = match &flags.words[..] {
        [name] => name.clone(),
        words => return Err(kubectl_error(format!("error: unexpected args: {words:?}"))),
    };
    let all = contexts(session);
    if !all.contains_key(&name) {
        return Err(kubectl_error(format!("error: no context exists with the name: {name:?}")));
    }
    let said = format!("Switched to context {name:?}.\n");
    keep(session, all, name);
    Ok(said)
}

/// rename_context.go
fn rename_context(flags: &KubectlFlags, session: &mut Session) -> Result<String, UsageError> {
    let [from, to] = &flags.words[..] else {
        return Err(kubectl_error("error: renaming a context needs its name and a new one"));
    };
    let mut all = contexts(session);
    if all.contains_key(to) {
        return Err(kubectl_error(format!(
            "error: cannot rename the context {from:?}, the context {to:?} already exists in {HOME}/.kube/config"
        )));
    }
    let missing =
        || kubectl_error(format!("error: cannot rename the context {from:?}, it's not in {HOME}/.kube/config"));
    let context = all.remove(from).ok_or_else(missing)?;
    all.insert(to.clone(), context);
    let in_use = if current(session) == from { to.clone() } else { current(session).to_owned() };
    keep(session, all, in_use);
    Ok(format!("Context {from:?} renamed to {to:?}.\n"))
}

/// delete_context.go
fn delete_context(flags: &KubectlFlags, session: &mut Session) -> Result<String, UsageError> {
    let name = one_word(flags, "delete-context")?.to_owned();
    let mut all = contexts(session);
    if all.remove(&name).is_none() {
        return Err(kubectl_error(format!("error: cannot delete context {name}, not in {HOME}/.kube/config")));
    }
    if all.is_empty() || name == current(session) {
        return Err(unsupported_error(format!("kubectl config delete-context {name}: that context is in use")));
    }
    let in_use = current(session).to_owned();
    keep(session, all, in_use);
    Ok(format!("deleted context {name} from {HOME}/.kube/config\n"))
}

/// get_contexts.go
fn get_contexts(flags: &KubectlFlags, session: &Session) -> Result<Output, UsageError> {
    let all = contexts(session);
    let named = |name: &str| flags.words.is_empty() || flags.words.iter().any(|own| own == name);
    let mut output = Output::default();
    for name in flags.words.iter().filter(|name| !all.contains_key(*name)) {
        output.stderr.push_str(&format!("error: context {name} not found\n"));
        output.exit = 1;
    }
    let shown = all.iter().filter(|(name, _)| named(name));
    match flags.value("output") {
        Some("name") => {
            output.stdout = Some(shown.map(|(name, _)| format!("{name}\n")).collect());
            return Ok(output);
        }
        None | Some("") => {}
        Some(other) => {
            return Err(kubectl_error(format!("error: output must be one of '' or 'name': {other}")));
        }
    }
    let head = ["CURRENT", "NAME", "CLUSTER", "AUTHINFO", "NAMESPACE"].map(str::to_owned).to_vec();
    let row = |(name, context): (&String, &ConfigContext)| {
        let mark = if name == current(session) { "*" } else { "" };
        vec![mark.to_owned(), name.clone(), context.cluster.clone(), context.user.clone(), context.namespace.clone()]
    };
    let head = (!flags.is("no-headers")).then_some(head);
    let rows: Vec<Vec<String>> = head.into_iter().chain(shown.map(row)).collect();
    output.stdout = Some(align_columns(&rows, 10, 3));
    Ok(output)
}

/// get_clusters.go, get_users.go
fn names_table(session: &Session, part: ConfigPart) -> String {
    let given = if part == ConfigPart::Clusters { CLUSTER } else { USER };
    let names = entries(session, part, (given, Value::Null), "fields");
    let names = names.iter().filter_map(|entry| entry.get("name")?.as_str());
    std::iter::once("NAME").chain(names).map(|name| format!("{name}\n")).collect()
}

/// set_cluster.go, set_credentials.go
fn set_entry(
    flags: &KubectlFlags,
    session: &mut Session,
    part: ConfigPart,
    title: &str,
    fields: &[(&str, &str)],
) -> Result<Output, UsageError> {
    let name = one_word(flags, flags.verb_name())?.to_owned();
    let given = fields.iter().filter_map(|(flag, field)| Some(((*field).to_owned(), flags.value(flag)?.into())));
    let given: serde_json::Map<String, Value> = given.collect();
    let known = session.config_entries.entry((part, name.clone())).or_insert_with(|| json!({}));
    super::json_tree::merge(known, Value::Object(given));
    Ok(printed(format!("{title} {name:?} set.\n")))
}

/// delete_cluster.go, delete_user.go
fn delete_entry(flags: &KubectlFlags, session: &mut Session, part: ConfigPart) -> Result<Output, UsageError> {
    let name = one_word(flags, flags.verb_name())?.to_owned();
    let what = if part == ConfigPart::Clusters { "cluster" } else { "user" };
    if [CLUSTER, USER].contains(&name.as_str()) {
        return Err(unsupported_error(format!("kubectl config {}: {what} {name:?} is in use", flags.verb_name())));
    }
    if session.config_entries.remove(&(part, name.clone())).is_none() {
        return Err(kubectl_error(format!("error: cannot delete {what} {name}, not in {HOME}/.kube/config")));
    }
    Ok(printed(format!("deleted {what} {name} from {HOME}/.kube/config\n")))
}

/// unset.go: what isn't there is unset, too.
fn unset(flags: &KubectlFlags, session: &mut Session) -> Result<String, UsageError> {
    let path = one_word(flags, "unset")?.to_owned();
    let is_given = |name: &str| name.starts_with(CONTEXT) || name == CLUSTER || name == USER;
    match path.split_once('.') {
        Some(("clusters", name)) if !is_given(name) => {
            session.config_entries.remove(&(ConfigPart::Clusters, name.to_owned()));
        }
        Some(("users", name)) if !is_given(name) => {
            session.config_entries.remove(&(ConfigPart::Users, name.to_owned()));
        }
        Some(("contexts", name)) if !is_given(name) && name != current(session) => {
            let mut all = contexts(session);
            all.remove(name);
            let in_use = current(session).to_owned();
            keep(session, all, in_use);
        }
        _ => return Err(unsupported_error(format!("kubectl config unset {path} isn't understood here"))),
    }
    Ok(format!("Property {path:?} unset.\n"))
}
