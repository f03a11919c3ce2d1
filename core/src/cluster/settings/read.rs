//! Reads the settings from the kinds that Kubernetes has for them, and from World. What the caller overrides wins.

use std::net::IpAddr;
use std::sync::Arc;

use ipnet::IpNet;

use super::source::{SettingWithSource, report_unreadable};
use super::{ClusterSettings, KubeProxyMode, SettingOverrides, networks, upstream};
use crate::cluster::network_plugin;
use crate::cluster::objects::{ClusterDiagnostics, ClusterObject, Objects};
use crate::cluster::preset::{EnforcedPolicies, Preset};
use crate::diagnostic::{ExpectedSetting, Problem};
use crate::model::{
    self, ClusterConfiguration, ConfigMap, Decode, KubeProxyConfiguration, KubeletConfiguration, KubernetesVersion,
    Text,
};
use crate::order::Gather;
use crate::source::{FieldPath, FieldRef, FileId, ObjectRef};
use crate::yaml::{self, Value, YamlNode};

/// Reads them all. What can't be read is said and counts as absent.
pub(in crate::cluster) fn read(
    objects: &Objects,
    overrides: &SettingOverrides,
    notes: &mut ClusterDiagnostics<'_>,
) -> ClusterSettings {
    let mut settings = ClusterSettings::default();
    // 1. Where settings stand: kubeadm's configuration, kube-proxy's, the components' flags.
    let kubeadm = kubeadm_configurations(objects);
    let (proxy, proxy_is_input) = kube_proxy(objects);
    let api_server = ComponentFlags::of_component(objects, &kubeadm, "kube-apiserver", |config| &config.api_server);
    let controllers =
        ComponentFlags::of_component(objects, &kubeadm, "kube-controller-manager", |config| &config.controller_manager);

    // 2. The networks, by who says them first.
    let pod_subnets = [
        first_text(&kubeadm, "networking.podSubnet", |config| config.networking.pod_subnet.as_ref()),
        controllers.get("cluster-cidr"),
        first_text(&proxy, "clusterCIDR", |config| config.cluster_cidr.as_ref()),
    ];
    let service_subnets = [
        first_text(&kubeadm, "networking.serviceSubnet", |config| config.networking.service_subnet.as_ref()),
        api_server.get("service-cluster-ip-range"),
    ];
    let pod_subnets = read_networks(first_setting(pod_subnets, notes), notes);
    let service_subnets = read_networks(first_setting(service_subnets, notes), notes);
    networks::settle_networks(objects, pod_subnets, service_subnets, &mut settings, notes);

    // 3. The range of node ports.
    if let Some(range) = api_server.get("service-node-port-range") {
        match port_range(&range.value) {
            Some(range) => settings.node_port_range = range,
            None => report_unreadable(notes, range, ExpectedSetting::PortRange),
        }
    }
    // 4. kube-proxy's own.
    settings.kube_proxy = proxy.first().map(|said| (*said.value).clone()).unwrap_or_default();
    if proxy_is_input {
        // kubeadm fills in the pod network where its user gives none (componentconfigs/kubeproxy.go).
        let subnets: Vec<String> = settings.pod_subnets.iter().map(IpNet::to_string).collect();
        settings.kube_proxy.cluster_cidr.get_or_insert_with(|| subnets.join(",").into());
    }
    settings.kube_proxy_mode = proxy_mode(&proxy, overrides, notes);
    // 5. DNS, and what only World says.
    read_domain_and_servers(objects, &kubeadm, &mut settings, notes);
    read_world(objects, overrides, &mut settings, notes);
    settings
}

/// kubeadm's configuration: the document, or what kubeadm keeps in the cluster.
fn kubeadm_configurations(objects: &Objects) -> Vec<SettingWithSource<Arc<ClusterConfiguration>>> {
    let mut said = pasted_configurations(&objects.cluster_configurations);
    said.extend(configuration_in_config_map(objects, "kubeadm-config", "ClusterConfiguration"));
    said
}

/// What EKS' add-on calls kube-proxy's configuration, and its key.
const EKS_KUBE_PROXY: (&str, &str) = ("kube-proxy-config", "config");

/// kube-proxy's configuration, and whether it is still what a user gives to kubeadm.
fn kube_proxy(objects: &Objects) -> (Vec<SettingWithSource<Arc<KubeProxyConfiguration>>>, bool) {
    let kept = [("kube-proxy", "config.conf"), EKS_KUBE_PROXY];
    let kept = kept.into_iter().find_map(|(name, key)| configuration_in_config_map(objects, name, key));
    let kept: Vec<_> = kept.into_iter().collect();
    let mut said = pasted_configurations(&objects.kube_proxy_configurations);
    let is_input = kept.is_empty() || !said.is_empty();
    said.extend(kept);
    (said, is_input)
}

fn pasted_configurations<T: Clone>(given: &[ClusterObject<T>]) -> Vec<SettingWithSource<Arc<T>>> {
    given.iter().map(|given| SettingWithSource { value: given.body.clone(), by: given.reference.field("") }).collect()
}

/// A configuration inside a ConfigMap of kube-system. The place is the ConfigMap's key.
fn configuration_in_config_map<T: Decode>(
    objects: &Objects,
    name: &str,
    key: &str,
) -> Option<SettingWithSource<Arc<T>>> {
    let map = objects.config_maps.iter().find(|map| map.is("kube-system", name))?;
    decode_configuration(map, key)
}

fn decode_configuration<T: Decode>(map: &ClusterObject<ConfigMap>, key: &str) -> Option<SettingWithSource<Arc<T>>> {
    let (node, _) = yaml::parse(FileId::default(), map.body.data.get(key)?, 0);
    let value = T::decode(&node?, &model::Path::Root, &mut Vec::new())?;
    Some(SettingWithSource {
        value: Arc::new(value),
        by: map.reference.field(FieldPath::root().field("data").key(key)),
    })
}

/// A text of the first configuration that has it.
fn first_text<T>(
    said: &[SettingWithSource<Arc<T>>],
    path: &str,
    field: impl Fn(&T) -> Option<&Text>,
) -> Option<SettingWithSource<Text>> {
    said.iter().find_map(|config| {
        let value = field(&config.value).filter(|value| !value.is_empty())?.clone();
        Some(SettingWithSource { value, by: field_below(&config.by, path) })
    })
}

/// The place of a field; inside a ConfigMap the key stands for everything in it.
fn field_below(by: &FieldRef, path: &str) -> FieldRef {
    if by.path.is_root() { by.object.field(path) } else { by.clone() }
}

/// The first that says anything. Another that says something else is told so.
fn first_setting(
    said: impl IntoIterator<Item = Option<SettingWithSource<Text>>>,
    notes: &mut ClusterDiagnostics<'_>,
) -> Option<SettingWithSource<Text>> {
    let mut said = said.into_iter().flatten();
    let first = said.next()?;
    for other in said.filter(|other| other.value != first.value) {
        let used_by = first.by.object.to_string().into();
        notes
            .say(other.by, Problem::ContradictingSettings { used: first.value.clone(), used_by, ignored: other.value });
    }
    Some(first)
}

fn read_networks(said: Option<SettingWithSource<Text>>, notes: &mut ClusterDiagnostics<'_>) -> Vec<IpNet> {
    let Some(said) = said else { return Vec::new() };
    let nets: Option<Vec<IpNet>> = said.value.split(',').map(|net| net.trim().parse().ok()).collect();
    if nets.is_none() {
        report_unreadable(notes, said, ExpectedSetting::Network);
    }
    nets.unwrap_or_default().into_iter().map(|net| net.trunc()).collect()
}

/// `30000-32767`, or `30000+2767` (apimachinery, PortRange.Set).
fn port_range(text: &str) -> Option<(u16, u16)> {
    let number = |text: &str| text.trim().parse::<u16>().ok();
    let (low, high) = match (text.split_once('-'), text.split_once('+')) {
        (Some((low, high)), None) => (number(low)?, number(high)?),
        (None, Some((low, more))) => (number(low)?, number(low)?.checked_add(number(more)?)?),
        _ => (number(text)?, number(text)?),
    };
    (low > 0 && low <= high).then_some((low, high))
}

fn proxy_mode(
    proxy: &[SettingWithSource<Arc<KubeProxyConfiguration>>],
    overrides: &SettingOverrides,
    notes: &mut ClusterDiagnostics<'_>,
) -> KubeProxyMode {
    if let Some(mode) = overrides.kube_proxy_mode {
        return mode;
    }
    let Some(said) = first_text(proxy, "mode", |config| config.mode.as_ref()) else { return KubeProxyMode::default() };
    said.value.parse().unwrap_or_else(|_| {
        report_unreadable(notes, said, ExpectedSetting::ProxyMode);
        KubeProxyMode::default()
    })
}

/// The cluster's domain and name servers.
fn read_domain_and_servers(
    objects: &Objects,
    kubeadm: &[SettingWithSource<Arc<ClusterConfiguration>>],
    settings: &mut ClusterSettings,
    notes: &mut ClusterDiagnostics<'_>,
) {
    let mut kubelet = pasted_configurations(&objects.kubelet_configurations);
    let kept = objects.config_maps.iter().filter(|map| map.namespace() == "kube-system");
    let kept = kept.filter(|map| map.name().starts_with("kubelet-config"));
    kubelet.extend(kept.filter_map(|map| decode_configuration::<KubeletConfiguration>(map, "kubelet")));
    let domain = [
        first_text(&kubelet, "clusterDomain", |config| config.cluster_domain.as_ref()),
        first_text(kubeadm, "networking.dnsDomain", |config| config.networking.dns_domain.as_ref()),
    ];
    if let Some(domain) = first_setting(domain, notes) {
        settings.cluster_domain = domain.value.trim_end_matches('.').into();
    }
    let servers = kubelet.iter().find_map(|config| config.value.cluster_dns.as_ref());
    settings.cluster_dns_said = servers.is_some();
    settings.cluster_dns = servers.into_iter().flatten().filter_map(|server| server.parse().ok()).collect();
    let file = kubelet.iter().find_map(|config| config.value.resolv_conf.as_ref());
    settings.kubelet_reads_nodes_file = file.is_none_or(|file| !file.is_empty());
}

/// What only World says, and what the caller says instead.
fn read_world(
    objects: &Objects,
    overrides: &SettingOverrides,
    settings: &mut ClusterSettings,
    notes: &mut ClusterDiagnostics<'_>,
) {
    // 1. What the network plugin does.
    read_pod_network(objects, settings);
    // 2. What World says; what can't be read is told.
    if let Some(world) = objects.worlds.first() {
        let spec = &world.body.spec;
        let field = |path: &str| world.reference.field(path);
        if let Some(text) = &spec.node_resolv_conf {
            settings.node_resolv_conf = text.clone();
        }
        if let Some(address) = &spec.external.address {
            match address.parse::<IpAddr>() {
                Ok(address) => settings.external.address = address,
                Err(_) => {
                    let said = SettingWithSource { value: address.clone(), by: field("spec.external.address") };
                    report_unreadable(notes, said, ExpectedSetting::Address);
                }
            }
        }
        if let Some(name) = spec.preset.as_ref().filter(|name| Preset::from_name(name).is_none()) {
            report_unreadable(
                notes,
                SettingWithSource { value: name.clone(), by: field("spec.preset") },
                ExpectedSetting::Preset,
            );
        }
        if let Some(node) = spec.kubernetes_version.as_ref().filter(|node| KubernetesVersion::read(node).is_none()) {
            let value = serde_json::to_string(node).unwrap_or_default().trim_matches('"').into();
            report_unreadable(
                notes,
                SettingWithSource { value, by: field("spec.kubernetesVersion") },
                ExpectedSetting::KubernetesVersion,
            );
        }
        if let (Some(node), None) = (&spec.upstream, &overrides.upstream) {
            settings.upstream = upstream::read(node, &field("spec.upstream"), notes);
        }
        settings.pods = spec.pods.iter().map(|(name, fate)| (with_namespace(name), fate.clone())).into_map();
        let steps = spec.rollouts.iter().filter_map(|(name, rollout)| Some((name, rollout.step?)));
        settings.rollouts =
            steps.map(|(name, step)| (with_namespace(name), usize::try_from(step).unwrap_or(0))).into_map();
        settings.controllers = spec.controllers.clone();
    }
    // 3. The caller has the last word.
    if let Some(text) = &overrides.node_resolv_conf {
        settings.node_resolv_conf = text.clone();
    }
    if let Some(node) = &overrides.upstream {
        settings.upstream = upstream::read(node, &ObjectRef::cluster_scoped("World", "").field("spec.upstream"), notes);
    }
    for (name, node) in &overrides.controllers {
        settings.controllers.insert(name.clone(), node.clone());
    }
}

/// What World says of the pod network; else what the pasted plugin does, else the preset's.
fn read_pod_network(objects: &Objects, settings: &mut ClusterSettings) {
    let facts = Preset::of(objects.worlds.first().map(|world| &*world.body)).facts();
    let said = objects.worlds.first().map(|world| world.body.spec.pod_network.clone()).unwrap_or_default();
    settings.pods_masqueraded = said.masquerade.unwrap_or(facts.masquerades_pods);
    settings.enforced_policies = match said.policies {
        Some(true) => EnforcedPolicies::Everything,
        Some(false) => EnforcedPolicies::Nothing,
        None => network_plugin::pasted_enforcement(objects).unwrap_or(facts.policies),
    };
}

/// `default/web` for `web`.
fn with_namespace(name: &Text) -> Text {
    if name.contains('/') { name.clone() } else { format!("default/{name}").into() }
}

/// The arguments of a component of the control plane: from kubeadm's extraArgs, or from its pasted static pod.
struct ComponentFlags(Vec<(Text, SettingWithSource<Text>)>);

impl ComponentFlags {
    fn of_component(
        objects: &Objects,
        kubeadm: &[SettingWithSource<Arc<ClusterConfiguration>>],
        name: &str,
        component: impl Fn(&ClusterConfiguration) -> &model::ControlPlaneComponent,
    ) -> Self {
        let mut flags = Vec::new();
        let section = if name == "kube-apiserver" { "apiServer.extraArgs" } else { "controllerManager.extraArgs" };
        for config in kubeadm {
            let by = field_below(&config.by, section);
            let arguments = component(&config.value).extra_args.iter().flat_map(extra_args);
            flags.extend(arguments.map(|(name, value)| (name, SettingWithSource { value, by: by.clone() })));
        }
        let pods = objects.pods.iter().filter(|pod| pod.namespace() == "kube-system" && pod.name().starts_with(name));
        for pod in pods {
            for (number, container) in pod.body.spec.containers.iter().enumerate() {
                let by = pod.reference.field(format!("spec.containers[{number}].command").as_str());
                let words = container.command.iter().chain(&container.args);
                let words = words.filter_map(|word| word.strip_prefix("--")?.split_once('='));
                flags.extend(
                    words.map(|(name, value)| (name.into(), SettingWithSource { value: value.into(), by: by.clone() })),
                );
            }
        }
        Self(flags)
    }

    fn get(&self, name: &str) -> Option<SettingWithSource<Text>> {
        self.0.iter().find(|(flag, _)| &**flag == name).map(|(_, said)| said.clone())
    }
}

/// extraArgs: a map up to kubeadm's v1beta3, a list of name and value since v1beta4.
fn extra_args(node: &YamlNode) -> Vec<(Text, Text)> {
    let word = |node: &YamlNode| match &node.value {
        Value::String(text) => Some(text.clone()),
        Value::Integer(number) => Some(number.to_string().into()),
        _ => None,
    };
    let listed =
        node.elements().iter().filter_map(|item| Some((word(item.child("name")?)?, word(item.child("value")?)?)));
    let mapped = node.entries().iter().filter_map(|entry| Some((entry.key.clone(), word(&entry.value)?)));
    listed.chain(mapped).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn port_ranges_are_read_as_the_api_server_reads_them() {
        assert_eq!(port_range("30000-32767"), Some((30000, 32767)));
        assert_eq!(port_range("30000+100"), Some((30000, 30100)));
        assert_eq!(port_range("30000"), Some((30000, 30000)));
        assert_eq!(port_range("5-1"), None);
        assert_eq!(port_range("all"), None);
    }
}
