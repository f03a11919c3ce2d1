//! The certificate a controller shows in the TLS handshake: of a Secret, by the name the client asks for, or its own.

use std::collections::BTreeSet;

use crate::cluster::Cluster;
use crate::http::{Certificate, HostTable};
use crate::model::{IngressTls, Text};
use crate::source::ObjectRef;
use crate::trace::{
    Candidate, CandidateFate, CandidateObjection, CandidateSubject, Cause, Component, ComponentPlace,
    IngressControllerRule, IngressObjection, Judgement, JudgementBranch, PacketDecision, Share,
};

/// The certificates of a controller, by the names they are shown for.
#[derive(Clone, Debug, Default)]
pub struct CertificateStore {
    /// Those of Secrets.
    of_secrets: Vec<(ObjectRef, Certificate)>,
    /// A host's place in that list; none for one that gets the controller's own.
    by_host: HostTable<Option<usize>>,
    /// What is shown to a client without or with another name (--default-ssl-certificate).
    default: Option<usize>,
    /// Secrets that can't be shown, and why.
    refused: BTreeSet<(ObjectRef, IngressObjection)>,
}

impl CertificateStore {
    /// The place of a Secret's certificate; none, and noted why, if it is missing or holds none.
    pub fn add(&mut self, cluster: &Cluster, namespace: &str, name: &str) -> Option<usize> {
        let secret = ObjectRef::namespaced("Secret", namespace, name);
        if let Some(place) = self.of_secrets.iter().position(|(known, _)| *known == secret) {
            return Some(place);
        }
        let Some(object) = cluster.secrets.get(namespace, name) else {
            self.refused.insert((secret, IngressObjection::SecretMissing));
            return None;
        };
        let Some(certificate) = Certificate::of_secret(object) else {
            self.refused.insert((secret, IngressObjection::CertificateUnreadable));
            return None;
        };
        self.of_secrets.push((secret, certificate));
        Some(self.of_secrets.len() - 1)
    }

    pub fn at(&self, place: usize) -> Option<&Certificate> {
        self.of_secrets.get(place).map(|(_, certificate)| certificate)
    }

    /// A host gets this certificate, or the controller's own; the first that is said counts.
    pub fn show(&mut self, host: &str, place: Option<usize>) {
        if self.by_host.written(host).is_none() {
            *self.by_host.entry(host) = place;
        }
    }

    /// Another name for a host gets what the host gets.
    pub fn show_as(&mut self, name: &str, host: &str) {
        if let Some(place) = self.by_host.written(host).copied() {
            self.show(name, place);
        }
    }

    /// Whether a name has a certificate of its own.
    pub fn covers(&self, name: &str) -> bool {
        self.by_host.find(&name.to_ascii_lowercase()).is_some_and(Option::is_some)
    }

    /// Clients without a fitting name get this certificate.
    pub fn show_by_default(&mut self, place: Option<usize>) {
        self.default = place;
    }

    /// Every name of a Secret's certificate gets it (Traefik's store goes by names, not by hosts of rules).
    pub fn show_by_names(&mut self, cluster: &Cluster, namespace: &str, name: &str) {
        let place = self.add(cluster, namespace, name);
        let names = place.and_then(|place| self.at(place)).map(|certificate| certificate.names.clone());
        for name in names.unwrap_or_default() {
            self.show(&name, place);
        }
    }

    /// Every host of a `tls` section gets its Secret.
    pub fn show_by_hosts(&mut self, cluster: &Cluster, namespace: &str, tls: &IngressTls) {
        let secret = tls.secret_name.as_deref().filter(|name| !name.is_empty());
        let place = secret.and_then(|name| self.add(cluster, namespace, name));
        tls.hosts.iter().for_each(|host| self.show(host, place));
    }

    /// The handshake as a hop: which certificate a client that asks for `server_name` is shown.
    pub fn handshake(&self, component: Component, at: ComponentPlace, server_name: Option<&str>) -> Judgement {
        let host = server_name.map(str::to_ascii_lowercase);
        let found = host.as_deref().and_then(|host| self.by_host.find(host)).copied();
        let shown = found.flatten().or(self.default).and_then(|place| self.of_secrets.get(place));
        let mut candidates: Vec<Candidate> = vec![match shown {
            Some((secret, certificate)) => eligible_certificate(Some(secret.clone()), certificate.names.clone()),
            None => eligible_certificate(None, Vec::new()),
        }];
        candidates.extend(self.others(shown.map(|(secret, _)| secret)));
        let because: Vec<Cause> = certificate_causes(shown, host.as_deref()).into_iter().map(Cause::rule).collect();
        let branch = JudgementBranch {
            share: Share::ONE,
            chosen: Some(0),
            decision: PacketDecision::Pass,
            because: because.into(),
        };
        Judgement { component, at, earlier: [].into(), candidates: candidates.into(), branches: vec![branch] }
    }

    /// The Secrets that aren't shown, while there are few.
    fn others<'s>(&'s self, shown: Option<&'s ObjectRef>) -> impl Iterator<Item = Candidate> + 's {
        let refused = self.refused.iter().map(|(secret, why)| rejected_certificate(secret, Vec::new(), *why));
        let others = self.of_secrets.iter().filter(move |(secret, _)| Some(secret) != shown);
        let others = others.map(|(secret, certificate)| {
            rejected_certificate(secret, certificate.names.clone(), IngressObjection::CertificateForOthers)
        });
        refused.chain(others).take(super::class::SHOWN)
    }
}

/// What holds of the certificate shown, as a client that checks it finds.
fn certificate_causes(shown: Option<&(ObjectRef, Certificate)>, host: Option<&str>) -> Vec<IngressControllerRule> {
    let Some((_, certificate)) = shown else { return vec![IngressControllerRule::OwnCertificate] };
    let mut because = Vec::new();
    because.extend(certificate.self_signed.then_some(IngressControllerRule::CertificateSelfSigned));
    because.push(if host.is_some_and(|host| certificate.covers(host)) {
        IngressControllerRule::CertificateCovers
    } else {
        IngressControllerRule::CertificateOfAnother
    });
    because
}

fn eligible_certificate(secret: Option<ObjectRef>, names: Vec<Text>) -> Candidate {
    Candidate {
        what: CandidateSubject::Certificate { secret, names },
        fate: CandidateFate::Eligible(Share::ONE),
        because: Vec::new(),
    }
}

fn rejected_certificate(secret: &ObjectRef, names: Vec<Text>, why: IngressObjection) -> Candidate {
    let what = CandidateSubject::Certificate { secret: Some(secret.clone()), names };
    Candidate { what, fate: CandidateFate::Rejected(CandidateObjection::Ingress(why)), because: Vec::new() }
}
