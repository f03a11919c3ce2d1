//! What the API server's admission plugins ask of a pod when somebody creates it: LimitRanger, ServiceAccount, Priority,
//! RuntimeClass, PodSecurity, ResourceQuota, in this order (plugin/pkg/admission, pkg/kubeapiserver/options/plugins.go).
//!
//! What an export shows has been admitted; what is supplied, too.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::objects::{ClusterObject, Objects};
use super::pod::Phase;
use super::pod_draft::PodDraft;
use super::resource_amounts::{ResourceAmounts, pod_limits, pod_requests};
use super::{limit_range, pod_security};
use crate::model::{self, Labels, PodSpec, Text};
use crate::order::{Gather, Order};

/// Classes that every cluster has (pkg/apis/scheduling).
const SYSTEM_CLASSES: [&str; 2] = ["system-cluster-critical", "system-node-critical"];

/// The plugins with what they have read.
pub(super) struct AdmissionPlugins<'o> {
    limits: BTreeMap<&'o str, Vec<&'o model::LimitRange>>,
    quotas: BTreeMap<&'o str, Vec<QuotaUsage<'o>>>,
    accounts: BTreeSet<(&'o str, &'o str)>,
    priorities: BTreeMap<&'o str, i32>,
    default_priority: i32,
    runtimes: BTreeSet<&'o str>,
    namespaces: BTreeMap<Text, Arc<Labels>>,
}

/// A ResourceQuota, and what is used of it.
struct QuotaUsage<'o> {
    name: &'o str,
    hard: BTreeMap<&'o str, model::Quantity>,
    used: BTreeMap<&'o str, i128>,
}

impl<'o> AdmissionPlugins<'o> {
    /// Reads them.
    pub fn read(objects: &'o Objects, namespaces: &BTreeMap<Text, Arc<Labels>>) -> Self {
        // 1. LimitRanges by namespace.
        let mut limits: BTreeMap<&str, Vec<&model::LimitRange>> = BTreeMap::new();
        for range in &objects.limit_ranges {
            limits.entry(range.namespace()).or_default().push(&range.body);
        }
        // 2. Quotas by namespace, of which nothing is used yet.
        let mut quotas: BTreeMap<&str, Vec<QuotaUsage<'_>>> = BTreeMap::new();
        // Which pods a scope means isn't modelled: such a quota refuses nobody.
        let whole = |quota: &&ClusterObject<model::ResourceQuota>| {
            quota.body.spec.scopes.is_empty() && quota.body.spec.scope_selector.is_none()
        };
        for quota in objects.resource_quotas.iter().filter(whole) {
            let hard = quota.body.spec.hard.iter().map(|(name, amount)| (&**name, *amount)).into_map();
            quotas.entry(quota.namespace()).or_default().push(QuotaUsage {
                name: quota.name(),
                hard,
                used: BTreeMap::new(),
            });
        }
        // 3. The default priority: the lowest of the classes that claim it.
        let default = objects.priority_classes.iter().filter(|class| class.body.global_default);
        let default = default.min_by_key(|class| class.body.value);
        // 4. What pods may name: accounts, priorities, runtimes.
        let accounts = objects.service_accounts.iter().map(|account| (account.namespace(), &**account.name()));
        Self {
            limits,
            quotas,
            accounts: accounts.into_set(),
            priorities: objects.priority_classes.iter().map(|class| (&**class.name(), class.body.value)).into_map(),
            default_priority: default.map_or(0, |class| class.body.value),
            runtimes: objects.runtime_classes.iter().map(|class| &**class.name()).into_set(),
            namespaces: namespaces.clone(),
        }
    }

    /// Fills in what LimitRanges say where a template says nothing; whether it changed anything.
    pub fn default_limits(&self, namespace: &str, spec: &mut Arc<PodSpec>) -> bool {
        let Some(ranges) = self.limits.get(namespace) else { return false };
        limit_range::apply_limit_ranges(ranges, spec)
    }

    /// Why no pod of a template is admitted, whatever else there is; None if one is. What an export's template names was
    /// there.
    pub fn refusal(&self, namespace: &str, spec: &PodSpec, exported: bool) -> Option<String> {
        let missing = if exported { None } else { self.missing(namespace, spec) };
        missing
            .or_else(|| limit_range::limit_range_violation(self.limits.get(namespace)?, spec))
            .or_else(|| pod_security::pod_security_violation(self.namespaces.get(namespace)?, spec))
    }

    /// The value of a pod's PriorityClass.
    pub fn priority(&self, spec: &PodSpec) -> i32 {
        match spec.priority_class_name.as_deref() {
            None | Some("") => self.default_priority,
            Some("system-cluster-critical") => 2_000_000_000,
            Some("system-node-critical") => 2_000_001_000,
            Some(class) => self.priorities.get(class).copied().unwrap_or(0),
        }
    }

    /// Objects that a pod names and nobody has made. The controllers make `default` in every namespace.
    fn missing(&self, namespace: &str, spec: &PodSpec) -> Option<String> {
        let named = |name: &'_ Option<Text>| name.as_ref().filter(|name| !name.is_empty()).cloned();
        if let Some(account) = named(&spec.service_account_name)
            && &*account != "default"
            && !self.accounts.contains(&(namespace, &*account))
        {
            return Some(format!(
                "error looking up service account {namespace}/{account}: serviceaccount \"{account}\" not found"
            ));
        }
        if let Some(class) = named(&spec.priority_class_name)
            && !SYSTEM_CLASSES.contains(&&*class)
            && !self.priorities.contains_key(&*class)
        {
            return Some(format!("no PriorityClass with name {class} was found"));
        }
        let class = named(&spec.runtime_class_name).filter(|class| !self.runtimes.contains(&**class))?;
        Some(format!("pod rejected: RuntimeClass \"{class}\" not found"))
    }

    /// Takes a pod's part of its namespace's quotas; why it can't have it.
    pub fn charge(&mut self, namespace: &str, spec: &PodSpec) -> Option<String> {
        let quotas = self.quotas.get_mut(namespace)?;
        if let Some(refusal) = quotas.iter().find_map(|quota| quota.refusal(spec)) {
            return Some(refusal);
        }
        let needs = quota_usage(spec);
        quotas.iter_mut().for_each(|quota| quota.take(&needs));
        None
    }

    /// Takes the part of a pod that was there before.
    pub fn count(&mut self, draft: &PodDraft) {
        if matches!(draft.pod.phase, Phase::Succeeded | Phase::Failed) || draft.gone {
            return;
        }
        let needs = quota_usage(&draft.pod.spec);
        let quotas = self.quotas.get_mut(draft.pod.namespace());
        quotas.into_iter().flatten().for_each(|quota| quota.take(&needs));
    }
}

/// What a pod takes of quotas, under all names that they have for it (quota/v1/evaluator/core/pods.go, podComputeUsageHelper).
fn quota_usage(spec: &PodSpec) -> BTreeMap<String, i128> {
    const ONE: i128 = 1_000_000_000;
    let mut needs = BTreeMap::from([("pods".to_owned(), ONE), ("count/pods".to_owned(), ONE)]);
    for (name, amount) in pod_requests(spec) {
        needs.insert(format!("requests.{name}"), amount);
        if matches!(&*name, "cpu" | "memory" | "ephemeral-storage") {
            needs.insert(name.to_string(), amount);
        }
    }
    needs.extend(pod_limits(spec).into_iter().map(|(name, amount)| (format!("limits.{name}"), amount)));
    needs
}

impl QuotaUsage<'_> {
    fn refusal(&self, spec: &PodSpec) -> Option<String> {
        let unsaid = self.unsaid(spec);
        if !unsaid.is_empty() {
            return Some(format!("failed quota: {}: must specify {}", self.name, unsaid.join("; ")));
        }
        let needs = quota_usage(spec);
        let used = |name: &str| self.used.get(name).copied().unwrap_or(0);
        let short = self.hard.iter().filter_map(|(name, hard)| Some((*name, *hard, *needs.get(*name)?)));
        let short: Vec<(&str, model::Quantity, i128)> =
            short.filter(|(name, hard, need)| used(name) + need > hard.nano).collect();
        let list = |amount: &dyn Fn(&str, model::Quantity, i128) -> i128| {
            let text = |(name, hard, need): &(&str, model::Quantity, i128)| {
                format!("{name}={}", hard.with_nano(amount(name, *hard, *need)).text())
            };
            short.iter().map(text).collect::<Vec<_>>().join(",")
        };
        (!short.is_empty()).then(|| {
            let (name, requested) = (self.name, list(&|_, _, need| need));
            let (used, limited) = (list(&|name, _, _| used(name)), list(&|_, hard, _| hard.nano));
            format!("exceeded quota: {name}, requested: {requested}, used: {used}, limited: {limited}")
        })
    }

    /// What containers must say where a quota counts it (pods.go, Constraints).
    fn unsaid(&self, spec: &PodSpec) -> Vec<String> {
        let counted = self.hard.keys().filter(|name| {
            let bare = name.trim_start_matches("requests.").trim_start_matches("limits.");
            matches!(bare, "cpu" | "memory")
        });
        let mut unsaid = Vec::new();
        for name in counted {
            let of_limits = name.starts_with("limits.");
            let bare = name.trim_start_matches("requests.").trim_start_matches("limits.");
            let says = |amounts: &ResourceAmounts| amounts.contains_key(bare);
            let all = spec.containers.iter().chain(&spec.init_containers);
            let mut silent: Vec<&str> = all
                .filter(|one| !says(&super::resource_amounts::amounts_of(&one.resources, of_limits)))
                .map(|one| &*one.name)
                .collect();
            silent.order();
            if !silent.is_empty() {
                unsaid.push(format!("{name} for: {}", silent.join(",")));
            }
        }
        unsaid
    }

    fn take(&mut self, needs: &BTreeMap<String, i128>) {
        for name in self.hard.keys() {
            if let Some(need) = needs.get(*name) {
                *self.used.entry(name).or_default() += need;
            }
        }
    }
}
