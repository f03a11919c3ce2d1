//! CoreDNS' autopath plugin: the server walks the client's search list (plugin/autopath, plugin/kubernetes/autopath.go).

use crate::cluster::Phase;
use crate::packet::{DnsName, Question, Rcode, Record, RecordData};
use crate::trace::DnsRule;

use super::corefile::{CorefileError, Directive};
use super::kubernetes::{Kubernetes, PodMode};
use super::name::{join, longest_zone, zones_of};
use super::server::{Context, Plugin, Reply, cause};

/// The plugin's configuration.
#[derive(Clone, Debug, PartialEq)]
pub struct Autopath {
    /// The zones in which it walks.
    pub zones: Vec<DnsName>,
}

/// Takes an `autopath [ZONE…] @kubernetes` directive; None for a search list out of a file, which can't be known.
pub fn read(directive: &Directive, server_zones: &[DnsName]) -> Result<Option<Autopath>, CorefileError> {
    let Some((source, zones)) = directive.args.split_last() else {
        return Err(directive.head().argument_error());
    };
    let named: Vec<DnsName> = zones.iter().flat_map(|zone| zones_of(zone)).collect();
    let zones = if named.is_empty() { server_zones.to_vec() } else { named };
    Ok((source == "@kubernetes").then_some(Autopath { zones }))
}

impl Autopath {
    /// Walks on behalf of a client whose first search domain holds the name; else hands the question on.
    pub(super) fn serve(&self, context: &Context<'_>, rest: &[Plugin], question: &Question) -> Reply {
        let within = longest_zone(&self.zones, &question.name).is_some();
        let search = if within { search_list(context, rest, question) } else { Vec::new() };
        let base = search.first().and_then(|first| question.name.within(first)).filter(|base| !base.is_empty());
        let Some(base) = base else { return context.next(rest, question) };
        let mut first: Option<Reply> = None;
        for domain in &search {
            let tried = Question { name: join(base, domain), record_type: question.record_type };
            let reply = context.next(rest, &tried);
            if reply.answer.rcode != Rcode::NxDomain {
                return under_asked_name(reply, question, &tried.name);
            }
            first.get_or_insert(reply);
        }
        first.unwrap_or_default()
    }
}

/// `NAMESPACE.svc.ZONE`, `svc.ZONE`, the zone, the search list of CoreDNS' node, the bare name: for a running pod that asks
/// from its own address, if `pods verified` lets the plugin know pods (AutoPath, podWithIP).
fn search_list(context: &Context<'_>, rest: &[Plugin], question: &Question) -> Vec<DnsName> {
    let kubernetes: Option<&Kubernetes> = rest.iter().find_map(|plugin| match plugin {
        Plugin::Kubernetes(kubernetes) => Some(&**kubernetes),
        _ => None,
    });
    let Some(kubernetes) = kubernetes.filter(|kubernetes| kubernetes.pods == PodMode::Verified) else {
        return Vec::new();
    };
    let Some(zone) = longest_zone(&kubernetes.zones, &question.name) else { return Vec::new() };
    let mut pods = context.client.into_iter().flat_map(|address| context.cluster.pods_at(address));
    let Some(pod) = pods.find(|pod| pod.phase == Phase::Running && !pod.spec.host_network) else { return Vec::new() };
    let mut search = vec![join(&format!("{}.svc", pod.namespace()), zone), join("svc", zone), zone.clone()];
    search.extend(super::resolv_conf::of_node(context.cluster).search.iter().map(DnsName::new));
    search.push(DnsName::default());
    search
}

/// The answer carries the asked name; an alias leads to the name that was found (cname.go cnamer).
fn under_asked_name(mut reply: Reply, question: &Question, found: &DnsName) -> Reply {
    if question.name == *found {
        return reply;
    }
    if let Some(first) = reply.answer.answers.first() {
        let data = RecordData::Cname(found.clone());
        let alias = Record { name: question.name.clone(), ttl: first.ttl, data };
        reply.answer.answers.insert(0, alias);
    }
    reply.because(cause(DnsRule::AutopathSearched))
}
