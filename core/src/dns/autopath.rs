//! CoreDNS' autopath plugin: the server walks the client's search list (plugin/autopath, plugin/kubernetes/autopath.go).

use std::sync::Arc;

use crate::cluster::{Phase, Pod};
use crate::packet::{DnsName, DnsRecord, Question, Rcode, RecordData};
use crate::trace::{Cause, DnsRule};

use super::context::{DnsPlugin, PluginChain, QueryContext};
use super::corefile::{CorefileError, Directive};
use super::kubernetes::{KubernetesPlugin, PodMode};
use super::name::{join, longest_zone};
use super::reply::DnsReply;
use super::setup::zones_or;

/// The plugin's configuration.
#[derive(Clone, Debug)]
pub struct Autopath {
    zones: Vec<DnsName>,
    search: SearchSource,
}

/// Where it takes clients' search lists from.
#[derive(Clone, Debug)]
pub enum SearchSource {
    /// From the client's pod, which the plugin kubernetes knows.
    Kubernetes(Arc<KubernetesPlugin>),
    /// From its own /etc/resolv.conf, for all clients.
    OwnFile,
    /// From nowhere: the plugin named isn't there.
    Nothing,
}

/// Takes an `autopath [ZONE…] @kubernetes` directive, or one with /etc/resolv.conf; None for another file, which can't be
/// known (setup.go autoPathParse).
pub fn read(
    directive: &Directive,
    server_zones: &[DnsName],
    kubernetes: Option<&Arc<KubernetesPlugin>>,
) -> Result<Option<Autopath>, CorefileError> {
    let Some((source, zones)) = directive.args.split_last() else {
        return Err(CorefileError::plain("no resolv-conf specified"));
    };
    let search = match (source.strip_prefix('@'), kubernetes) {
        (Some("kubernetes"), Some(kubernetes)) => SearchSource::Kubernetes(kubernetes.clone()),
        (Some(_), _) => SearchSource::Nothing,
        (None, _) if source == "/etc/resolv.conf" => SearchSource::OwnFile,
        (None, _) => return Ok(None),
    };
    Ok(Some(Autopath { zones: zones_or(zones, server_zones), search }))
}

impl DnsPlugin for Autopath {
    /// Walks on behalf of a client whose first search domain holds the name; else hands the question on (autopath.go
    /// ServeDNS).
    fn serve(&self, context: &QueryContext<'_>, rest: PluginChain<'_>, question: &Question) -> DnsReply {
        // 1. The client's search list, if its first domain holds the name.
        let within = longest_zone(&self.zones, &question.name).is_some();
        let search = if within { self.search_list(context, question) } else { Vec::new() };
        let Some(base) = search.first().and_then(|first| question.name.within(first)) else {
            return context.next(rest, question);
        };
        // 2. The search domain itself leaves nothing to search for (dnsutil.TrimZone).
        if base.is_empty() {
            return DnsReply::code(Rcode::ServFail, DnsRule::AutopathSearched);
        }
        // 3. The domains one after the other, until one of them has the name.
        let mut first: Option<DnsReply> = None;
        for domain in &search {
            let tried = Question { name: join(base, domain), record_type: question.record_type };
            let reply = context.next(rest, &tried);
            // An error ends the walk, a mere failure doesn't.
            let fails = [DnsRule::ChainEnds, DnsRule::ForwardSilent].map(Cause::rule);
            if reply.gap.is_some() || reply.unwritten && reply.because.iter().any(|why| fails.contains(why)) {
                return reply;
            }
            if !reply.unwritten && !reply.dropped && reply.answer.rcode != Rcode::NxDomain {
                let walked = tried.name != question.name;
                let reply = under_asked_name(reply, question);
                return if walked { reply.because(Cause::rule(DnsRule::AutopathSearched)) } else { reply };
            }
            first.get_or_insert(reply);
        }
        // 4. None has it: the first failure stands.
        first.unwrap_or_default()
    }
}

impl Autopath {
    fn search_list(&self, context: &QueryContext<'_>, question: &Question) -> Vec<DnsName> {
        match &self.search {
            SearchSource::Kubernetes(kubernetes) => search_list(context, kubernetes, question),
            SearchSource::OwnFile => of_node(context).collect(),
            SearchSource::Nothing => Vec::new(),
        }
    }
}

/// CoreDNS has its node's file; the bare name comes last.
fn of_node(context: &QueryContext<'_>) -> impl Iterator<Item = DnsName> {
    let search = super::resolv_conf::of_node(context.cluster).search;
    search.into_iter().map(DnsName::new).chain([DnsName::default()])
}

/// `NAMESPACE.svc.ZONE`, `svc.ZONE`, the zone, the search list of CoreDNS' node, the bare name: for a running pod that asks
/// from its own address, if `pods verified` lets the plugin know pods (AutoPath, podWithIP).
fn search_list(context: &QueryContext<'_>, kubernetes: &KubernetesPlugin, question: &Question) -> Vec<DnsName> {
    if kubernetes.pods != PodMode::Verified {
        return Vec::new();
    }
    let Some(zone) = longest_zone(&kubernetes.zones, &question.name) else { return Vec::new() };
    let mut pods = context.client.into_iter().flat_map(|address| context.cluster.pods_at(address));
    let is_known = |pod: &&Pod| pod.phase == Phase::Running && kubernetes.selects_labels(&pod.labels);
    let Some(pod) = pods.find(|pod| is_known(pod) && !pod.spec.host_network) else { return Vec::new() };
    let mut search = vec![join(&format!("{}.svc", pod.namespace()), zone), join("svc", zone), zone.clone()];
    search.extend(of_node(context));
    search
}

/// The answer carries the asked name; an alias leads to the first other owner (cname.go cnamer).
fn under_asked_name(mut reply: DnsReply, question: &Question) -> DnsReply {
    let other = reply.answer.answers.iter().find(|record| record.name != question.name);
    let alias = other.map(|record| DnsRecord {
        name: question.name.clone(),
        ttl: record.ttl,
        data: RecordData::Cname(record.name.clone()),
    });
    if let Some(alias) = alias {
        reply.answer.answers.insert(0, alias);
    }
    reply
}
