//! What pods and containers may do on their node, for the Pod Security Standards.

use super::Text;

object! {
    pub struct PodSecurityContext {
        /// Whether the kubelet refuses to run it as root.
        pub run_as_non_root: Option<bool> = "runAsNonRoot",
        /// The user of all containers.
        pub run_as_user: Option<i64> = "runAsUser",
        /// The system calls.
        pub seccomp_profile: Option<SecurityProfile> = "seccompProfile",
        pub app_armor_profile: Option<SecurityProfile> = "appArmorProfile",
        /// SELinux' context.
        pub se_linux_options: Option<SeLinuxOptions> = "seLinuxOptions",
        /// Settings of the kernel.
        pub sysctls: Vec<Sysctl> = "sysctls",
        pub windows_options: Option<WindowsOptions> = "windowsOptions",
    }

    /// securityContext of a container.
    pub struct SecurityContext {
        /// Whether it may do all that the node may.
        pub privileged: Option<bool> = "privileged",
        /// Whether it may get more than its parent process has.
        pub allow_privilege_escalation: Option<bool> = "allowPrivilegeEscalation",
        /// What it may do of what root may.
        pub capabilities: Option<Capabilities> = "capabilities",
        /// How much of /proc it sees.
        pub proc_mount: Option<Text> = "procMount",
        /// Whether the kubelet refuses to run it as root.
        pub run_as_non_root: Option<bool> = "runAsNonRoot",
        pub run_as_user: Option<i64> = "runAsUser",
        /// The system calls.
        pub seccomp_profile: Option<SecurityProfile> = "seccompProfile",
        pub app_armor_profile: Option<SecurityProfile> = "appArmorProfile",
        /// SELinux' context.
        pub se_linux_options: Option<SeLinuxOptions> = "seLinuxOptions",
        pub windows_options: Option<WindowsOptions> = "windowsOptions",
    }

    /// Capabilities beyond and below the container runtime's own.
    pub struct Capabilities {
        /// More.
        pub add: Vec<Text> = "add",
        /// Fewer.
        pub drop: Vec<Text> = "drop",
    }

    /// A profile of seccomp or AppArmor.
    pub struct SecurityProfile {
        /// `RuntimeDefault`, `Localhost`, `Unconfined`.
        pub kind: Text = "type",
    }

    /// SELinux' context.
    pub struct SeLinuxOptions {
        pub kind: Option<Text> = "type",
        pub user: Option<Text> = "user",
        pub role: Option<Text> = "role",
    }

    /// A setting of the kernel.
    pub struct Sysctl {
        /// `net.ipv4.ip_local_port_range`.
        pub name: Text = "name",
    }

    /// What concerns Windows.
    pub struct WindowsOptions {
        /// Whether it runs on the host.
        pub host_process: Option<bool> = "hostProcess",
    }
}
