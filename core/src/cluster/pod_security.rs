//! The Pod Security Standards, enforced by a namespace's label (k8s.io/pod-security-admission, policy): what a pod does that
//! the level forbids, in the words of the admission plugin.

use crate::model::{Container, PodSpec, SecurityContext, SecurityProfile, Text, well_known};

/// check_capabilities_baseline.go
const CAPABILITIES: [&str; 13] = [
    "AUDIT_WRITE",
    "CHOWN",
    "DAC_OVERRIDE",
    "FOWNER",
    "FSETID",
    "KILL",
    "MKNOD",
    "NET_BIND_SERVICE",
    "SETFCAP",
    "SETGID",
    "SETPCAP",
    "SETUID",
    "SYS_CHROOT",
];
/// check_seLinuxOptions.go
const SELINUX_TYPES: [&str; 5] = ["", "container_t", "container_init_t", "container_kvm_t", "container_engine_t"];
/// check_sysctls.go
const SYSCTLS: [&str; 11] = [
    "kernel.shm_rmid_forced",
    "net.ipv4.ip_local_port_range",
    "net.ipv4.ip_unprivileged_port_start",
    "net.ipv4.tcp_syncookies",
    "net.ipv4.ping_group_range",
    "net.ipv4.ip_local_reserved_ports",
    "net.ipv4.tcp_keepalive_time",
    "net.ipv4.tcp_fin_timeout",
    "net.ipv4.tcp_keepalive_intvl",
    "net.ipv4.tcp_keepalive_probes",
    "net.ipv4.tcp_rmem",
];

/// Why a namespace with these labels refuses a pod; None if it doesn't. A level that isn't one refuses like `restricted`.
pub(super) fn pod_security_violation(labels: &crate::model::Labels, spec: &PodSpec) -> Option<String> {
    let level = labels.get(well_known::ENFORCE).filter(|&level| &**level != "privileged")?;
    let version = labels.get(well_known::ENFORCE_VERSION).map_or("latest", |version| version);
    let level: &str = if &**level == "baseline" { "baseline" } else { "restricted" };
    let mut found = baseline_violations(spec, level == "restricted");
    if level == "restricted" {
        found.extend(restricted_violations(spec));
    }
    (!found.is_empty()).then(|| format!("violates PodSecurity \"{level}:{version}\": {}", found.join(", ")))
}

/// All containers with what each does that is asked about.
fn violations_by_container(spec: &PodSpec, told: impl Fn(&Container) -> Option<String>) -> Option<String> {
    let all = spec.init_containers.iter().chain(&spec.containers);
    let list: Vec<String> = all.filter_map(told).collect();
    (!list.is_empty()).then(|| list.join("; "))
}

fn context(container: &Container) -> Option<&SecurityContext> {
    container.security_context.as_ref()
}

fn quoted<'t>(list: impl IntoIterator<Item = &'t Text>) -> String {
    let list: Vec<String> = list.into_iter().map(|text| format!("\"{text}\"")).collect();
    list.join(", ")
}

fn baseline_violations(spec: &PodSpec, is_restricted: bool) -> Vec<String> {
    let mut found = Vec::new();
    // 1. What the pod shares with its node.
    let namespaces = [("hostNetwork", spec.host_network), ("hostPID", spec.host_pid), ("hostIPC", spec.host_ipc)];
    let shared: Vec<String> =
        namespaces.iter().filter(|(_, set)| *set).map(|(name, _)| format!("{name}=true")).collect();
    if !shared.is_empty() {
        found.push(format!("host namespaces ({})", shared.join(", ")));
    }
    let paths: Vec<&Text> =
        spec.volumes.iter().filter(|volume| volume.host_path.is_some()).map(|volume| &volume.name).collect();
    if !paths.is_empty() {
        let word = if paths.len() == 1 { "volume" } else { "volumes" };
        found.push(format!("hostPath volumes ({word} {})", quoted(paths)));
    }
    let ports = violations_by_container(spec, |container| {
        let ports = container.ports.iter().filter_map(|port| port.host_port).filter(|port| *port != 0);
        let ports: Vec<String> = ports.map(|port| port.to_string()).collect();
        (!ports.is_empty()).then(|| format!("container \"{}\" uses hostPort {}", container.name, ports.join(", ")))
    });
    found.extend(ports.map(|ports| format!("hostPort ({ports})")));
    // 2. What containers may do.
    let privileged = violations_by_container(spec, |container| {
        let set = context(container)?.privileged == Some(true);
        set.then(|| format!("container \"{}\" must not set securityContext.privileged=true", container.name))
    });
    found.extend(privileged.map(|told| format!("privileged ({told})")));
    if !is_restricted {
        let capabilities = violations_by_container(spec, |container| {
            let add = &context(container)?.capabilities.as_ref()?.add;
            let more: Vec<&Text> = add.iter().filter(|&name| !CAPABILITIES.contains(&&**name)).collect();
            let name = &container.name;
            (!more.is_empty()).then(|| {
                format!("container \"{name}\" must not include {} in securityContext.capabilities.add", quoted(more))
            })
        });
        found.extend(capabilities.map(|told| format!("non-default capabilities ({told})")));
    }
    let mount = violations_by_container(spec, |container| {
        let mount = context(container)?.proc_mount.as_ref().filter(|&mount| &**mount != "Default")?;
        Some(format!("container \"{}\" must not set securityContext.procMount to \"{mount}\"", container.name))
    });
    found.extend(mount.map(|told| format!("procMount ({told})")));
    // 3. Profiles and settings of the kernel.
    let contexts = || {
        let own = spec.init_containers.iter().chain(&spec.containers);
        own.filter_map(context)
    };
    let pod = spec.security_context.as_ref();
    let unconfined = |profile: &Option<SecurityProfile>| profile.as_ref().is_some_and(|one| &*one.kind == "Unconfined");
    if pod.is_some_and(|pod| unconfined(&pod.app_armor_profile))
        || contexts().any(|one| unconfined(&one.app_armor_profile))
    {
        found.push("forbidden AppArmor profile (unconfined)".to_owned());
    }
    let is_seccomp_open = pod.is_some_and(|pod| unconfined(&pod.seccomp_profile))
        || contexts().any(|one| unconfined(&one.seccomp_profile));
    if !is_restricted && is_seccomp_open {
        found.push("seccompProfile (must not set securityContext.seccompProfile.type to \"Unconfined\")".to_owned());
    }
    let options = pod.and_then(|pod| pod.se_linux_options.as_ref()).into_iter();
    let mut options = options.chain(contexts().filter_map(|one| one.se_linux_options.as_ref()));
    let set = |text: &Option<Text>| text.as_ref().is_some_and(|text| !text.is_empty());
    if options.any(|one| {
        set(&one.user) || set(&one.role) || !SELINUX_TYPES.contains(&one.kind.as_deref().unwrap_or_default())
    }) {
        found.push("seLinuxOptions (forbidden type, user or role)".to_owned());
    }
    let sysctls = pod.into_iter().flat_map(|pod| &pod.sysctls).map(|one| &*one.name);
    let sysctls: Vec<&str> = sysctls.filter(|name| !SYSCTLS.contains(name)).collect();
    if !sysctls.is_empty() {
        found.push(format!("forbidden sysctls ({})", sysctls.join(", ")));
    }
    let windows = pod.and_then(|pod| pod.windows_options.as_ref()).into_iter();
    let mut windows = windows.chain(contexts().filter_map(|one| one.windows_options.as_ref()));
    if windows.any(|one| one.host_process == Some(true)) {
        found.push("hostProcess (must not set securityContext.windowsOptions.hostProcess=true)".to_owned());
    }
    found
}

fn restricted_violations(spec: &PodSpec) -> Vec<String> {
    // 1. What containers may gain: privileges and capabilities.
    let mut found = Vec::new();
    let pod = spec.security_context.as_ref();
    let escalation = violations_by_container(spec, |container| {
        let set = context(container).and_then(|one| one.allow_privilege_escalation) == Some(false);
        let name = &container.name;
        (!set).then(|| format!("container \"{name}\" must set securityContext.allowPrivilegeEscalation=false"))
    });
    found.extend(escalation.map(|told| format!("allowPrivilegeEscalation != false ({told})")));
    let capabilities = violations_by_container(spec, |container| {
        let own = context(container).and_then(|one| one.capabilities.as_ref());
        let drops = own.is_some_and(|own| own.drop.iter().any(|name| &**name == "ALL"));
        let add = own.into_iter().flat_map(|own| &own.add);
        let more: Vec<&Text> = add.filter(|&name| &**name != "NET_BIND_SERVICE").collect();
        let name = &container.name;
        let dropped =
            (!drops).then(|| format!("container \"{name}\" must set securityContext.capabilities.drop=[\"ALL\"]"));
        let added = (!more.is_empty()).then(|| {
            format!("container \"{name}\" must not include {} in securityContext.capabilities.add", quoted(more))
        });
        let both: Vec<String> = dropped.into_iter().chain(added).collect();
        (!both.is_empty()).then(|| both.join("; "))
    });
    found.extend(capabilities.map(|told| format!("unrestricted capabilities ({told})")));
    // 2. The types of volumes.
    let volumes: Vec<&Text> =
        spec.volumes.iter().filter(|volume| volume.restricted_type().is_some()).map(|volume| &volume.name).collect();
    if !volumes.is_empty() {
        let kinds = spec.volumes.iter().filter_map(super::super::model::pod::Volume::restricted_type);
        let kinds: Vec<String> = kinds.map(|kind| format!("\"{kind}\"")).collect();
        let word = if volumes.len() == 1 { "volume" } else { "volumes" };
        found.push(format!(
            "restricted volume types ({word} {} uses restricted volume type {})",
            quoted(volumes),
            kinds.join(", ")
        ));
    }
    // 3. Running as root, by word and by number.
    let non_root = pod.and_then(|pod| pod.run_as_non_root);
    let roots: Vec<&Text> = spec
        .init_containers
        .iter()
        .chain(&spec.containers)
        .filter(|container| context(container).and_then(|one| one.run_as_non_root).or(non_root) != Some(true))
        .map(|container| &container.name)
        .collect();
    if !roots.is_empty() {
        let whom = pod_or_containers(spec, &roots);
        found.push(format!("runAsNonRoot != true ({whom} must set securityContext.runAsNonRoot=true)"));
    }
    let is_root = pod.is_some_and(|pod| pod.run_as_user == Some(0));
    let root = violations_by_container(spec, |container| {
        let set = context(container)?.run_as_user == Some(0);
        set.then(|| format!("container \"{}\" must not set runAsUser=0", container.name))
    });
    let root = root.or_else(|| is_root.then(|| "pod must not set runAsUser=0".to_owned()));
    found.extend(root.map(|told| format!("runAsUser=0 ({told})")));
    // 4. The seccomp profile, the container's own or the pod's.
    let good = |profile: &Option<SecurityProfile>| {
        profile.as_ref().map(|one| matches!(&*one.kind, "RuntimeDefault" | "Localhost"))
    };
    let of_pod = pod.and_then(|pod| good(&pod.seccomp_profile));
    let open: Vec<&Text> = spec
        .init_containers
        .iter()
        .chain(&spec.containers)
        .filter(|container| context(container).and_then(|one| good(&one.seccomp_profile)).or(of_pod) != Some(true))
        .map(|container| &container.name)
        .collect();
    if !open.is_empty() {
        let whom = pod_or_containers(spec, &open);
        found.push(format!(
            "seccompProfile ({whom} must set securityContext.seccompProfile.type to \"RuntimeDefault\" or \"Localhost\")"
        ));
    }
    found
}

/// `pod or container "a"`, where no container has it; else those that lack it.
fn pod_or_containers(spec: &PodSpec, names: &[&Text]) -> String {
    let all = spec.init_containers.len() + spec.containers.len();
    let word = if names.len() == 1 { "container" } else { "containers" };
    let pod = if names.len() == all { "pod or " } else { "" };
    format!("{pod}{word} {}", quoted(names.iter().copied()))
}
