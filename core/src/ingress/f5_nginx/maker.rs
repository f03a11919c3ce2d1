//! What servers are made from, and what is said on the way.

use std::sync::Arc;

use super::annotations::AnnotationSet;
use super::hosts::HostOwners;
use super::settings::F5Settings;
use super::validation::MergeableType;
use crate::cluster::Cluster;
use crate::ingress::class::ExcludedIngress;
use crate::ingress::tls::CertificateStore;
use crate::model::{Ingress, Metadata, VirtualServerSpec};
use crate::source::{FieldRef, ObjectRef};
use crate::trace::IngressObjection;

/// An Ingress that is valid.
#[derive(Clone, Debug)]
pub struct ValidIngress {
    pub reference: ObjectRef,
    pub ingress: Arc<Ingress>,
    pub annotations: AnnotationSet,
}

/// What servers are made from.
pub struct ServerMaker<'m> {
    pub cluster: &'m Cluster,
    pub settings: &'m F5Settings,
    pub certificates: &'m mut CertificateStore,
    pub owners: &'m HostOwners,
    /// Lines that nginx refuses, with its words.
    pub refused: Vec<(FieldRef, String)>,
    /// What falls out on the way.
    pub left_out: Vec<ExcludedIngress>,
    /// Warnings of the controller, with the line.
    pub warnings: Vec<(FieldRef, String)>,
}

/// A VirtualServer or VirtualServerRoute that is valid.
#[derive(Clone, Debug)]
pub struct ValidVirtualServer {
    pub reference: ObjectRef,
    pub metadata: Metadata,
    pub spec: VirtualServerSpec,
}

impl ValidIngress {
    pub fn namespace(&self) -> &str {
        self.reference.namespace.as_deref().unwrap_or_default()
    }

    pub fn kind(&self) -> MergeableType {
        MergeableType::of(&self.annotations)
    }
}

impl ValidVirtualServer {
    pub fn namespace(&self) -> &str {
        self.reference.namespace.as_deref().unwrap_or_default()
    }
}

pub fn excluded(object: &ObjectRef, objection: IngressObjection, line: FieldRef) -> ExcludedIngress {
    ExcludedIngress { ingress: object.clone(), objection, because: vec![line] }
}
