//! Canary Ingresses join the upstreams of mainlines.

use super::upstreams::CanaryMerge;
use super::{Nginx, SyncedIngress};
use crate::ingress::RulePlace;
use crate::model::IngressServiceBackend;
use crate::source::ObjectRef;
use crate::trace::IngressObjection;

impl Nginx {
    /// controller.go mergeAlternativeBackends: a canary's default backend joins every upstream of the catch-all, a path
    /// those of the same host, path and type.
    pub(super) fn merge_canaries(&mut self, served: &[SyncedIngress]) {
        for one in served.iter().filter(|one| one.annotations.canary.is_some()) {
            if let Some(service) = one.ingress.spec.default_backend.as_ref().and_then(|it| it.service.as_ref()) {
                let mainlines = self.catch_all.services();
                self.merge(one, RulePlace::DefaultBackend, None, service, &mainlines);
            }
            for (position, rule) in one.ingress.spec.rules.iter().enumerate() {
                let host = rule.host.as_deref().filter(|host| !host.is_empty());
                let server = host.map_or(Some(&self.catch_all), |host| self.servers.written(host));
                let paths = rule.http.iter().flat_map(|http| http.paths.iter().enumerate());
                let joined = paths.filter_map(|(index, path)| {
                    let mainline = server.and_then(|server| server.mainline(path));
                    Some((RulePlace::Path(position, index), path.backend.service.as_ref()?, mainline))
                });
                for (place, service, mainline) in joined.collect::<Vec<_>>() {
                    self.merge(one, place, host, service, mainline.as_slice());
                }
            }
        }
    }

    fn merge(
        &mut self,
        one: &SyncedIngress,
        place: RulePlace,
        host: Option<&str>,
        service: &IngressServiceBackend,
        mainlines: &[(ObjectRef, IngressServiceBackend)],
    ) {
        let rule = place.field(&one.reference);
        let mut merges = Vec::new();
        for (ingress, main) in mainlines {
            let merge = self.upstreams.merge(one, rule.clone(), service, (ingress, main));
            merges.push(merge);
            if merge == CanaryMerge::IsMainline {
                break;
            }
        }
        let is = |merge: CanaryMerge| merges.contains(&merge);
        let objection = if is(CanaryMerge::Joined) {
            return;
        } else if is(CanaryMerge::IsMainline) {
            IngressObjection::CanaryIsMainline
        } else if is(CanaryMerge::Second) {
            IngressObjection::SecondCanary
        } else {
            self.upstreams.remove(one, service);
            IngressObjection::CanaryWithoutMainline
        };
        let known = host.filter(|host| self.servers.written(host).is_some());
        self.server(known).left_out.push((rule, objection, Vec::new()));
    }
}
