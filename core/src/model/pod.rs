//! Pods: what they listen on, where they may stand, what their status says.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{
    IntOrString, LabelSelector, Metadata, PodSecurityContext, Quantities, SecurityContext, SelectorRequirement, Text,
};

object! {
    pub struct Pod {
        /// Its name, labels, owner.
        pub metadata: Metadata = "metadata",
        /// What runs; shared by all pods of one template.
        pub spec: Arc<PodSpec> = "spec",
        /// Address, phase and conditions; absent for pods that nobody has started yet.
        pub status: PodStatus = "status",
    }

    pub struct PodSpec {
        /// The node, once placed.
        pub node_name: Option<Text> = "nodeName",
        /// Labels its node must have.
        pub node_selector: BTreeMap<Text, Text> = "nodeSelector",
        /// Where it may and may not stand.
        pub affinity: Affinity = "affinity",
        /// Who places it; `default-scheduler` unless said.
        pub scheduler_name: Option<Text> = "schedulerName",
        /// Whoever has any isn't placed yet.
        pub scheduling_gates: Vec<SchedulingGate> = "schedulingGates",
        /// How its kin are spread.
        pub topology_spread_constraints: Vec<TopologySpreadConstraint> = "topologySpreadConstraints",
        /// The taints it tolerates.
        pub tolerations: Vec<Toleration> = "tolerations",
        pub containers: Vec<Container> = "containers",
        /// What all of them together ask for (1.34).
        pub resources: Resources = "resources",
        /// What running a pod at all takes.
        pub overhead: Quantities = "overhead",
        /// Init containers; those with restartPolicy Always are sidecars.
        pub init_containers: Vec<Container> = "initContainers",
        /// Whether it shares its node's network.
        pub host_network: bool = "hostNetwork",
        /// Whether it sees its node's processes.
        pub host_pid: bool = "hostPID",
        /// Whether it shares memory with them.
        pub host_ipc: bool = "hostIPC",
        /// What it may do on its node.
        pub security_context: Option<PodSecurityContext> = "securityContext",
        /// Whether others go for it.
        pub priority_class_name: Option<Text> = "priorityClassName",
        /// Who runs its containers.
        pub runtime_class_name: Option<Text> = "runtimeClassName",
        /// `Always`, `OnFailure`, `Never`.
        pub restart_policy: Option<Text> = "restartPolicy",
        /// `ClusterFirst`, `ClusterFirstWithHostNet`, `Default`, `None`.
        pub dns_policy: Option<Text> = "dnsPolicy",
        /// Additions to /etc/resolv.conf.
        pub dns_config: Option<PodDnsConfig> = "dnsConfig",
        /// The host name, if it isn't the pod's name.
        pub hostname: Option<Text> = "hostname",
        /// The headless Service under which it has a name.
        pub subdomain: Option<Text> = "subdomain",
        /// Whether `hostname` prints the full name.
        pub set_hostname_as_fqdn: bool = "setHostnameAsFQDN",
        /// Replaces every other host name (1.34).
        pub hostname_override: Option<Text> = "hostnameOverride",
        pub volumes: Vec<Volume> = "volumes",
        /// Additions to /etc/hosts.
        pub host_aliases: Vec<HostAlias> = "hostAliases",
        /// Whether Services become environment variables; true unless said.
        pub enable_service_links: Option<bool> = "enableServiceLinks",
        /// Conditions beyond the containers' that readiness waits for.
        pub readiness_gates: Vec<ReadinessGate> = "readinessGates",
        /// Who runs it.
        pub service_account_name: Option<Text> = "serviceAccountName",
    }

    /// A container, or an init container.
    pub struct Container {
        pub name: Text = "name",
        /// The image, which tells the C library of its programs.
        pub image: Text = "image",
        /// The entry point.
        pub command: Vec<Text> = "command",
        /// The arguments, which configure controllers.
        pub args: Vec<Text> = "args",
        /// What it declares to listen on.
        pub ports: Vec<ContainerPort> = "ports",
        /// Environment variables.
        pub env: Vec<EnvVar> = "env",
        /// Whole ConfigMaps and Secrets as variables.
        pub env_from: Vec<EnvFromSource> = "envFrom",
        /// What it asks for.
        pub resources: Resources = "resources",
        /// `Always` on an init container makes it a sidecar.
        pub restart_policy: Option<Text> = "restartPolicy",
        /// What it may do on its node.
        pub security_context: Option<SecurityContext> = "securityContext",
        /// When it counts as ready.
        pub readiness_probe: Option<Probe> = "readinessProbe",
        /// What it sees of volumes: Traefik's configuration may be a file.
        pub volume_mounts: Vec<VolumeMount> = "volumeMounts",
    }

    /// What a container asks for of its node, and may use.
    pub struct Resources {
        /// What it asks for; what isn't said is its limit.
        pub requests: Quantities = "requests",
        /// What it may use.
        pub limits: Quantities = "limits",
    }

    /// A volume in a container's file system.
    pub struct VolumeMount {
        /// The volume.
        pub name: Text = "name",
        /// Where.
        pub mount_path: Text = "mountPath",
        /// One file of it.
        pub sub_path: Option<Text> = "subPath",
    }

    /// A volume of a pod. ConfigMaps and Secrets keep a pod waiting; of the others the restricted ones are told apart.
    pub struct Volume {
        pub name: Text = "name",
        /// What somebody claimed.
        pub persistent_volume_claim: Option<PersistentVolumeClaimVolume> = "persistentVolumeClaim",
        /// A folder of the node.
        pub host_path: Option<crate::yaml::YamlNode> = "hostPath",
        /// A disk of Google's.
        pub gce_persistent_disk: Option<crate::yaml::YamlNode> = "gcePersistentDisk",
        /// A disk of Amazon's.
        pub aws_elastic_block_store: Option<crate::yaml::YamlNode> = "awsElasticBlockStore",
        /// A checkout.
        pub git_repo: Option<crate::yaml::YamlNode> = "gitRepo",
        /// A folder of a server.
        pub nfs: Option<crate::yaml::YamlNode> = "nfs",
        /// A disk by iSCSI.
        pub iscsi: Option<crate::yaml::YamlNode> = "iscsi",
        /// A folder of Gluster's.
        pub glusterfs: Option<crate::yaml::YamlNode> = "glusterfs",
        /// A disk of Ceph's.
        pub rbd: Option<crate::yaml::YamlNode> = "rbd",
        /// An older plugin's.
        pub flex_volume: Option<crate::yaml::YamlNode> = "flexVolume",
        /// A disk of OpenStack's.
        pub cinder: Option<crate::yaml::YamlNode> = "cinder",
        /// A folder of Ceph's.
        pub cephfs: Option<crate::yaml::YamlNode> = "cephfs",
        /// A disk by Fibre Channel.
        pub fc: Option<crate::yaml::YamlNode> = "fc",
        /// A folder of Microsoft's.
        pub azure_file: Option<crate::yaml::YamlNode> = "azureFile",
        /// A disk of Microsoft's.
        pub azure_disk: Option<crate::yaml::YamlNode> = "azureDisk",
        /// A disk of VMware's.
        pub vsphere_volume: Option<crate::yaml::YamlNode> = "vsphereVolume",
        /// A ConfigMap's texts as files.
        pub config_map: Option<ConfigMapVolume> = "configMap",
        /// A Secret's texts as files.
        pub secret: Option<SecretVolume> = "secret",
        /// Several in one folder.
        pub projected: Option<ProjectedVolume> = "projected",
    }

    pub struct PersistentVolumeClaimVolume {
        pub claim_name: Text = "claimName",
    }

    /// A ConfigMap as a volume; in a projected volume, a Secret too.
    pub struct ConfigMapVolume {
        pub name: Text = "name",
        /// Which keys become which files; all under their own names unless said.
        pub items: Vec<KeyToPath> = "items",
        /// Whether the pod starts without it.
        pub optional: bool = "optional",
    }

    pub struct SecretVolume {
        pub secret_name: Text = "secretName",
        /// Which keys become which files; all under their own names unless said.
        pub items: Vec<KeyToPath> = "items",
        /// Whether the pod starts without it.
        pub optional: bool = "optional",
    }

    /// Several sources in one folder.
    pub struct ProjectedVolume {
        pub sources: Vec<VolumeProjection> = "sources",
    }

    /// One source of a projected volume; one of the fields.
    pub struct VolumeProjection {
        pub config_map: Option<ConfigMapVolume> = "configMap",
        pub secret: Option<ConfigMapVolume> = "secret",
    }

    /// A key as a file.
    pub struct KeyToPath {
        pub key: Text = "key",
        /// The file.
        pub path: Text = "path",
    }

    /// A port that a container listens on.
    pub struct ContainerPort {
        /// A name that Services may use as targetPort.
        pub name: Option<Text> = "name",
        /// The number.
        pub container_port: i32 = "containerPort",
        /// `TCP` unless said.
        pub protocol: Option<Text> = "protocol",
        /// The same port on the node.
        pub host_port: Option<i32> = "hostPort",
        /// The node address of the hostPort.
        pub host_ip: Option<Text> = "hostIP",
    }

    /// An environment variable.
    pub struct EnvVar {
        pub name: Text = "name",
        /// Its value; absent when it comes from elsewhere.
        pub value: Option<Text> = "value",
        /// From where.
        pub value_from: Option<EnvVarSource> = "valueFrom",
    }

    /// From where a variable has its value; one of the fields.
    pub struct EnvVarSource {
        /// The pod itself.
        pub field_ref: Option<ObjectFieldSelector> = "fieldRef",
        pub config_map_key_ref: Option<KeySelector> = "configMapKeyRef",
        pub secret_key_ref: Option<KeySelector> = "secretKeyRef",
    }

    /// A field of the pod.
    pub struct ObjectFieldSelector {
        /// `status.podIP`.
        pub field_path: Text = "fieldPath",
    }

    /// One value of a ConfigMap or Secret.
    pub struct KeySelector {
        /// The object.
        pub name: Text = "name",
        pub key: Text = "key",
        /// Whether the container starts without it.
        pub optional: bool = "optional",
    }

    /// All values of a ConfigMap or Secret; one of the references.
    pub struct EnvFromSource {
        /// What stands before each name.
        pub prefix: Option<Text> = "prefix",
        pub config_map_ref: Option<EnvSource> = "configMapRef",
        pub secret_ref: Option<EnvSource> = "secretRef",
    }

    /// A ConfigMap or Secret by name.
    pub struct EnvSource {
        pub name: Text = "name",
        /// Whether the container starts without it.
        pub optional: bool = "optional",
    }

    /// A readiness probe, as far as its port can be judged.
    pub struct Probe {
        pub http_get: Option<ProbeTarget> = "httpGet",
        /// A connection.
        pub tcp_socket: Option<ProbeTarget> = "tcpSocket",
    }

    /// Where a probe connects.
    pub struct ProbeTarget {
        pub port: Option<IntOrString> = "port",
    }

    /// A name for /etc/hosts.
    pub struct HostAlias {
        /// The address.
        pub ip: Text = "ip",
        /// Its names.
        pub hostnames: Vec<Text> = "hostnames",
    }

    /// A condition that readiness waits for.
    pub struct ReadinessGate {
        pub condition_type: Text = "conditionType",
    }

    /// Additions to /etc/resolv.conf.
    pub struct PodDnsConfig {
        /// Name servers.
        pub nameservers: Vec<Text> = "nameservers",
        /// Search domains.
        pub searches: Vec<Text> = "searches",
        pub options: Vec<PodDnsConfigOption> = "options",
    }

    /// An option of /etc/resolv.conf.
    pub struct PodDnsConfigOption {
        /// `ndots`.
        pub name: Text = "name",
        /// `2`.
        pub value: Option<Text> = "value",
    }

    /// Where a pod may stand.
    pub struct Affinity {
        /// By the node's labels.
        pub node_affinity: NodeAffinity = "nodeAffinity",
        /// Away from other pods.
        pub pod_anti_affinity: PodAffinity = "podAntiAffinity",
        /// Near other pods.
        pub pod_affinity: PodAffinity = "podAffinity",
    }

    pub struct NodeAffinity {
        /// What must hold.
        pub required: Option<NodeSelector> = "requiredDuringSchedulingIgnoredDuringExecution",
    }

    /// Terms of which one must hold.
    pub struct NodeSelector {
        pub node_selector_terms: Vec<NodeSelectorTerm> = "nodeSelectorTerms",
    }

    /// Requirements that must all hold; a term without any matches no node.
    pub struct NodeSelectorTerm {
        /// On labels.
        pub match_expressions: Vec<SelectorRequirement> = "matchExpressions",
        /// On metadata.name.
        pub match_fields: Vec<SelectorRequirement> = "matchFields",
    }

    /// Affinity to other pods.
    pub struct PodAffinity {
        /// What must hold.
        pub required: Vec<PodAffinityTerm> = "requiredDuringSchedulingIgnoredDuringExecution",
    }

    /// One term about other pods.
    pub struct PodAffinityTerm {
        /// Which pods; none without it.
        pub label_selector: Option<LabelSelector> = "labelSelector",
        /// In which namespaces; with neither this nor a selector of them its own.
        pub namespaces: Vec<Text> = "namespaces",
        /// In those with these labels too; an empty one selects all.
        pub namespace_selector: Option<LabelSelector> = "namespaceSelector",
        /// The node label that makes two nodes the same place.
        pub topology_key: Text = "topologyKey",
    }

    /// What somebody has to remove before the scheduler looks at a pod.
    pub struct SchedulingGate {
        pub name: Text = "name",
    }

    /// How evenly pods are spread.
    pub struct TopologySpreadConstraint {
        /// By how many pods a place may be ahead of the emptiest.
        pub max_skew: i32 = "maxSkew",
        /// Which pods count; none without it.
        pub label_selector: Option<LabelSelector> = "labelSelector",
        /// Labels of the pod itself that those who count share with it.
        pub match_label_keys: Vec<Text> = "matchLabelKeys",
        /// With fewer places than this the emptiest counts as empty.
        pub min_domains: Option<i32> = "minDomains",
        /// Whether nodes count that the pod's own node affinity leaves out: `Honor` unless said, or `Ignore`.
        pub node_affinity_policy: Text = "nodeAffinityPolicy",
        /// Whether nodes count whose taints the pod doesn't tolerate: `Ignore` unless said, or `Honor`.
        pub node_taints_policy: Text = "nodeTaintsPolicy",
        /// The node label that makes two nodes the same place.
        pub topology_key: Text = "topologyKey",
        /// `DoNotSchedule`, `ScheduleAnyway`.
        pub when_unsatisfiable: Text = "whenUnsatisfiable",
    }

    /// A taint that is put up with.
    pub struct Toleration {
        /// The taint's key; empty with operator Exists for all.
        pub key: Text = "key",
        /// `Equal` unless said, or `Exists`.
        pub operator: Text = "operator",
        /// The taint's value.
        pub value: Text = "value",
        /// Its effect; empty for all.
        pub effect: Text = "effect",
    }

    pub struct PodStatus {
        /// `Pending`, `Running`, `Succeeded`, `Failed`, `Unknown`.
        pub phase: Option<Text> = "phase",
        /// Its address.
        pub pod_ip: Option<Text> = "podIP",
        /// Its addresses, one per family.
        pub pod_ips: Vec<PodIp> = "podIPs",
        /// Its node's address.
        pub host_ip: Option<Text> = "hostIP",
        /// `Ready` and others.
        pub conditions: Vec<PodCondition> = "conditions",
        /// When the kubelet took it, RFC 3339.
        pub start_time: Option<Text> = "startTime",
        pub container_statuses: Vec<ContainerStatus> = "containerStatuses",
    }

    /// What became of a container.
    pub struct ContainerStatus {
        /// The container.
        pub name: Text = "name",
        /// What it does.
        pub state: ContainerState = "state",
    }

    /// What a container does.
    pub struct ContainerState {
        /// It runs.
        pub running: ContainerStateRunning = "running",
    }

    /// A container that runs.
    pub struct ContainerStateRunning {
        /// Since when, RFC 3339.
        pub started_at: Option<Text> = "startedAt",
    }

    /// An address of a pod.
    pub struct PodIp {
        /// The address.
        pub ip: Text = "ip",
    }

    /// A condition of any object.
    pub struct PodCondition {
        /// `Ready`.
        pub kind: Text = "type",
        /// `True`, `False`, `Unknown`.
        pub status: Text = "status",
        /// Why, in one word.
        pub reason: Text = "reason",
        /// Why, in a sentence.
        pub message: Text = "message",
    }
}

/// The imagePullPolicy of a container that says none (SetDefaults_Container): of the tag latest, or of none, it always pulls.
pub fn default_pull_policy(image: &str) -> &'static str {
    let name = image.rsplit('/').next().unwrap_or(image);
    let tag = name.split_once(':').map(|(_, tag)| tag);
    if !name.contains('@') && tag.is_none_or(|tag| tag == "latest") { "Always" } else { "IfNotPresent" }
}

impl PodSpec {
    /// The containers that run beside each other, in the order in which ports are looked up: containers, then sidecars
    /// (endpointslice FindPort).
    pub fn running_containers(&self) -> impl Iterator<Item = &Container> {
        let sidecars = self.init_containers.iter().filter(|container| container.is_sidecar());
        self.containers.iter().chain(sidecars)
    }

    /// The declared ports of all running containers.
    pub fn declared_ports(&self) -> impl Iterator<Item = &ContainerPort> {
        self.running_containers().flat_map(|container| &container.ports)
    }
}

impl Volume {
    /// Its type in the API, if the Pod Security Standard `restricted` forbids it (check_restrictedVolumes.go).
    pub fn restricted_type(&self) -> Option<&'static str> {
        let all = [
            ("hostPath", &self.host_path),
            ("gcePersistentDisk", &self.gce_persistent_disk),
            ("awsElasticBlockStore", &self.aws_elastic_block_store),
            ("gitRepo", &self.git_repo),
            ("nfs", &self.nfs),
            ("iscsi", &self.iscsi),
            ("glusterfs", &self.glusterfs),
            ("rbd", &self.rbd),
            ("flexVolume", &self.flex_volume),
            ("cinder", &self.cinder),
            ("cephfs", &self.cephfs),
            ("fc", &self.fc),
            ("azureFile", &self.azure_file),
            ("azureDisk", &self.azure_disk),
            ("vsphereVolume", &self.vsphere_volume),
        ];
        all.into_iter().find(|(_, volume)| volume.is_some()).map(|(name, _)| name)
    }
}

impl Container {
    /// Whether an init container goes on running.
    pub fn is_sidecar(&self) -> bool {
        self.restart_policy.as_deref() == Some("Always")
    }
}
