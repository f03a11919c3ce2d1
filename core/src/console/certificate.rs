//! What a client has against the certificate that it is shown: then it breaks the handshake off, and nobody behind the proxy
//! ever sees the request.

use crate::model::Text;
use crate::trace::{
    Cause, Component, ComponentRule, ConnectionPurpose, Hop, IngressControllerRule, Landing, ModelGap, PacketDecision,
    Resolution, Share,
};

/// What a client checks of a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CertificateCheck {
    /// Nothing: `curl -k`.
    Nothing,
    /// Its names; whoever signed is trusted: `curl --cacert`.
    Names,
    /// A certificate signed by itself is refused too. Whoever else signed is taken as trusted.
    All,
}

/// What is wrong with a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UntrustedCertificate {
    /// Nobody but itself signed it.
    SelfSigned,
    /// It is for other names.
    OtherName,
}

/// What the client has against the certificate of the first way.
pub fn fault(resolution: &Resolution, check: CertificateCheck) -> Option<UntrustedCertificate> {
    let first = resolution.landings.first()?;
    let hops: Vec<&Hop> = first.trail.hops_backwards().collect();
    hops.into_iter().rev().filter(|hop| is_handshake(hop)).find_map(|hop| fault_of(hop, check))
}

/// The hop in which a controller shows its certificate.
fn is_handshake(hop: &Hop) -> bool {
    hop.decision == PacketDecision::Pass && rules(hop).next().is_some()
}

fn rules(hop: &Hop) -> impl Iterator<Item = IngressControllerRule> + '_ {
    hop.because.iter().filter_map(|cause| match cause {
        Cause::Rule(ComponentRule::Ingress(rule)) => Some(*rule),
        Cause::Rule(_) | Cause::Field(_) => None,
    })
}

fn fault_of(hop: &Hop, check: CertificateCheck) -> Option<UntrustedCertificate> {
    let has = |rule: IngressControllerRule| rules(hop).any(|one| one == rule);
    let own = has(IngressControllerRule::OwnCertificate);
    match check {
        CertificateCheck::Nothing => None,
        CertificateCheck::Names if own => Some(UntrustedCertificate::SelfSigned),
        CertificateCheck::All if own || has(IngressControllerRule::CertificateSelfSigned) => {
            Some(UntrustedCertificate::SelfSigned)
        }
        CertificateCheck::Names | CertificateCheck::All => {
            has(IngressControllerRule::CertificateOfAnother).then_some(UntrustedCertificate::OtherName)
        }
    }
}

/// The answer as such a client gets it: every way ends with the handshake. None where it has nothing against it. A controller
/// shows its own certificate for want of a Secret: where those weren't read, nobody knows what is shown.
pub fn broken_off(resolution: &Resolution, check: CertificateCheck, unread: Option<&Text>) -> Option<Resolution> {
    fault(resolution, check)?;
    let first = resolution.landings.first()?;
    let trail = first.trail.up_to(|hop| is_handshake(hop) && fault_of(hop, check).is_some())?;
    let shown = trail.last()?.clone();
    let place = trail.legs().iter().find(|leg| leg.purpose == ConnectionPurpose::Connect)?.hops().next()?.at.clone();
    let unread = unread.filter(|_| rules(&shown).any(|rule| rule == IngressControllerRule::OwnCertificate));
    let gap = unread.map(|kind| ModelGap::Unread(kind.clone()));
    let decision = gap.clone().map_or(PacketDecision::Abort, PacketDecision::Unknown);
    let hop = Hop::plain(Component::Client, place, shown.before.clone(), decision, shown.because.clone());
    let landing = Landing { share: Share::ONE, trail: trail.hop(hop) };
    Some(Resolution { landings: vec![landing], gaps: gap.into_iter().collect(), ..resolution.clone() })
}
