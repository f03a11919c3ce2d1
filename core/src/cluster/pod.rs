//! Pods, pasted or made by a controller.

use std::net::IpAddr;
use std::sync::Arc;

use crate::model::{self, Labels, Text};
use crate::source::{FieldRef, ObjectRef};

/// A pod, pasted or made by a controller.
#[derive(Clone, Debug)]
pub struct Pod {
    /// `Pod default/web-1`.
    pub reference: ObjectRef,
    pub labels: Arc<Labels>,
    pub annotations: Arc<Labels>,
    /// What it runs; shared with the other pods of its template.
    pub spec: Arc<model::PodSpec>,
    /// Its node; None while Pending.
    pub node: Option<Text>,
    /// Its addresses, the primary first; none while Pending.
    pub addresses: Vec<IpAddr>,
    /// What it does.
    pub phase: Phase,
    /// The Ready condition.
    pub ready: bool,
    /// Whether it is being deleted.
    pub terminating: bool,
    /// The object that made it: a ReplicaSet, a StatefulSet ….
    pub owner: Option<ObjectRef>,
    /// What people call its maker: the Deployment rather than its ReplicaSet.
    pub workload: Option<ObjectRef>,
    /// Whose template it was made of, if it was made: its workload, or a ReplicaSet of an earlier template.
    pub template: Option<ObjectRef>,
    /// Host name, if it isn't the pod's name (StatefulSets set it).
    pub hostname: Option<Text>,
    /// The Service below which it has a name (StatefulSets set it).
    pub subdomain: Option<Text>,
    /// Whether its workload made it here: nobody pasted it, its fields are those of the workload's template.
    pub made: bool,
    /// When its first container started, as its status says; None if nobody says.
    pub started: Option<Text>,
    /// Why it isn't placed, in the scheduler's words.
    pub pending_because: Option<Text>,
    /// Why its node's kubelet refused it, as status.reason has it.
    pub refused_because: Option<Text>,
    /// Why its containers wait although it is placed, in the kubelet's word.
    pub waiting_because: Option<&'static str>,
}

/// A pod's phase.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// Not placed, or not started.
    Pending,
    /// Its containers run.
    #[default]
    Running,
    /// All done well.
    Succeeded,
    /// All done, not well.
    Failed,
    /// Its node doesn't say.
    Unknown,
}

impl Pod {
    /// Where one of its fields was written: in its own manifest, or in the template of the workload that made it.
    pub fn field(&self, path: &str) -> FieldRef {
        match &self.template {
            Some(workload) if &*workload.kind == "CronJob" => {
                workload.field(&*format!("spec.jobTemplate.spec.template.{path}"))
            }
            Some(workload) => workload.field(&*format!("spec.template.{path}")),
            None => self.reference.field(path),
        }
    }

    pub fn namespace(&self) -> &str {
        self.reference.namespace.as_deref().unwrap_or_default()
    }

    pub fn name(&self) -> &str {
        &self.reference.name
    }
}
