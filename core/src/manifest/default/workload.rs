//! Defaults of pods and of what makes them (pkg/apis/core/v1, apps/v1, batch/v1 defaults.go).

use std::sync::Arc;

use super::or;
use crate::model::{
    Body, Container, Deployment, IntOrString, Job, JobSpec, Pod, PodSpec, PodTemplate, ReplicationController,
};

/// Fills in what nobody wrote, for the kinds that have pods.
pub(super) fn apply(body: &mut Body) {
    match body {
        Body::Pod(pod) => pod_defaults(Arc::make_mut(pod)),
        Body::ReplicationController(controller) => controller_defaults(Arc::make_mut(controller)),
        Body::ReplicaSet(set) => {
            let spec = &mut Arc::make_mut(set).spec;
            spec.replicas.get_or_insert(1);
            template_defaults(&mut spec.template);
        }
        Body::Deployment(deployment) => deployment_defaults(Arc::make_mut(deployment)),
        Body::StatefulSet(set) => {
            let spec = &mut Arc::make_mut(set).spec;
            spec.replicas.get_or_insert(1);
            template_defaults(&mut spec.template);
        }
        Body::DaemonSet(set) => template_defaults(&mut Arc::make_mut(set).spec.template),
        Body::Job(job) => job_defaults(Arc::make_mut(job)),
        Body::CronJob(job) => job_spec_defaults(&mut Arc::make_mut(job).spec.job_template.spec),
        _ => {}
    }
}

fn pod_defaults(pod: &mut Pod) {
    let spec = Arc::make_mut(&mut pod.spec);
    spec_defaults(spec);
    spec.enable_service_links.get_or_insert(true);
    if spec.host_network {
        spec.containers.iter_mut().chain(&mut spec.init_containers).for_each(host_ports);
    }
}

/// SetDefaults_PodSpec, of a template.
pub(in crate::manifest) fn template_defaults(template: &mut PodTemplate) {
    spec_defaults(Arc::make_mut(&mut template.spec));
}

fn spec_defaults(spec: &mut PodSpec) {
    or(&mut spec.dns_policy, "ClusterFirst");
    or(&mut spec.restart_policy, "Always");
    for container in spec.containers.iter_mut().chain(&mut spec.init_containers) {
        container.ports.iter_mut().for_each(|port| or(&mut port.protocol, "TCP"));
    }
}

/// In the node's network a container's port is the node's port; templates get theirs when pods are made of them
/// (SetDefaults_PodSpec, defaultHostNetworkPorts).
fn host_ports(container: &mut Container) {
    for port in &mut container.ports {
        if port.host_port.is_none_or(|number| number == 0) {
            port.host_port = Some(port.container_port);
        }
    }
}

/// The only workload whose selector may be left out: it is then the template's labels.
fn controller_defaults(controller: &mut ReplicationController) {
    let labels = controller.spec.template.metadata.labels.clone();
    if controller.spec.selector.is_empty() {
        controller.spec.selector = (*labels).clone();
    }
    if controller.metadata.labels.is_empty() {
        controller.metadata.labels = labels;
    }
    controller.spec.replicas.get_or_insert(1);
    template_defaults(&mut controller.spec.template);
}

fn deployment_defaults(deployment: &mut Deployment) {
    let spec = &mut deployment.spec;
    spec.replicas.get_or_insert(1);
    or(&mut spec.strategy.kind, "RollingUpdate");
    if spec.strategy.kind.as_deref() == Some("RollingUpdate") {
        let pace = spec.strategy.rolling_update.get_or_insert_default();
        pace.max_surge.get_or_insert_with(|| IntOrString::String("25%".into()));
        pace.max_unavailable.get_or_insert_with(|| IntOrString::String("25%".into()));
    }
    template_defaults(&mut spec.template);
}

fn job_defaults(job: &mut Job) {
    job_spec_defaults(&mut job.spec);
}

/// Without either number, one pod must succeed; with parallelism alone the job is a work queue.
fn job_spec_defaults(spec: &mut JobSpec) {
    if spec.completions.is_none() && spec.parallelism.is_none() {
        spec.completions = Some(1);
    }
    spec.parallelism.get_or_insert(1);
    template_defaults(&mut spec.template);
}
