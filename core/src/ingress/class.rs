//! Which Ingresses a controller serves: IngressClass, the annotation from before it, or neither.

use std::sync::Arc;

use crate::cluster::Cluster;
use crate::model::{Ingress, IngressClass, Text, well_known};
use crate::source::{FieldRef, ObjectRef};
use crate::trace::{Candidate, CandidateFate, CandidateObjection, CandidateSubject, Cause, IngressObjection};

use super::annotation_field;

/// How many Ingresses or rules for others a judgement names; beyond that they only take room.
pub const SHOWN: usize = 24;

/// The first candidates, and how many more there are.
pub fn first_candidates(candidates: impl ExactSizeIterator<Item = Candidate>) -> Vec<Candidate> {
    let rest = candidates.len().saturating_sub(SHOWN);
    candidates.take(SHOWN).chain(remaining_count(rest)).collect()
}

/// So many more, if there are any.
pub fn remaining_count(count: usize) -> Option<Candidate> {
    let fate = CandidateFate::Rejected(CandidateObjection::Ingress(IngressObjection::NotShown));
    (count > 0).then(|| Candidate { what: CandidateSubject::More(count), fate, because: Vec::new() })
}

/// By what an Ingress names its controller.
#[derive(Clone, Debug)]
pub enum ClassClaim<'c> {
    /// `spec.ingressClassName`, and the class if it exists.
    Class(&'c Text, Option<&'c Arc<IngressClass>>),
    Annotation(&'c Text),
    Nothing,
}

/// A whole Ingress that a controller leaves out.
#[derive(Clone, Debug)]
pub struct ExcludedIngress {
    pub ingress: ObjectRef,
    /// Why.
    pub objection: IngressObjection,
    /// The line.
    pub because: Vec<FieldRef>,
}

impl<'c> ClassClaim<'c> {
    /// Reads the field first; the annotation counts only without it.
    pub fn of(cluster: &'c Cluster, ingress: &'c Ingress) -> Self {
        if let Some(name) = &ingress.spec.ingress_class_name {
            return Self::Class(name, cluster.ingress_classes.get(name));
        }
        match ingress.metadata.annotations.get(well_known::INGRESS_CLASS) {
            Some(value) => Self::Annotation(value),
            None => Self::Nothing,
        }
    }
}

impl ExcludedIngress {
    /// An Ingress whose class is another's, or nobody's.
    pub fn by_class(ingress: &ObjectRef, claim: &ClassClaim<'_>) -> Self {
        let class = ingress.field("spec.ingressClassName");
        let (objection, because) = match claim {
            ClassClaim::Class(_, None) => (IngressObjection::UnknownClass, vec![class]),
            ClassClaim::Class(name, Some(_)) => {
                let controller = ObjectRef::cluster_scoped("IngressClass", name).field("spec.controller");
                (IngressObjection::OtherClass, vec![class, controller])
            }
            ClassClaim::Annotation(_) => {
                (IngressObjection::OtherClass, vec![annotation_field(ingress, well_known::INGRESS_CLASS)])
            }
            ClassClaim::Nothing => (IngressObjection::NoClass, Vec::new()),
        };
        Self { ingress: ingress.clone(), objection, because }
    }

    /// As a candidate is shown.
    pub fn candidate(&self) -> Candidate {
        Candidate {
            what: CandidateSubject::Object(self.ingress.clone()),
            fate: CandidateFate::Rejected(CandidateObjection::Ingress(self.objection)),
            because: self.because.iter().cloned().map(Cause::Field).collect(),
        }
    }
}
