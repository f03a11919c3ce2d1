//! The commands that the shell knows beside the tools of the console.

use crate::console::TOOLS;

/// What the shell does itself, for completion and for telling commands from comments.
pub const COMMANDS: [&str; 36] = [
    "[", "alias", "bash", "cat", "cd", "clear", "cp", "date", "docker", "echo", "env", "eval", "exit", "export",
    "false", "for", "history", "if", "k", "k3s", "kubectl", "ls", "microk8s", "minikube", "mkdir", "mv", "oc",
    "printf", "pwd", "rm", "sh", "sleep", "tee", "test", "true", "watch",
];

/// Others that one reads in posts and that change nothing here.
pub const HARMLESS: [(&str, &str); 28] = [
    ("vim", EDIT),
    ("vi", EDIT),
    ("nano", EDIT),
    ("emacs", EDIT),
    ("code", EDIT),
    ("man", ""),
    ("git", FETCH),
    ("apt", INSTALL),
    ("apt-get", INSTALL),
    ("apk", INSTALL),
    ("yum", INSTALL),
    ("dnf", INSTALL),
    ("microdnf", INSTALL),
    ("brew", INSTALL),
    ("snap", INSTALL),
    ("pip", INSTALL),
    ("npm", INSTALL),
    ("go", INSTALL),
    ("chmod", ""),
    ("chown", ""),
    ("touch", ""),
    ("ln", ""),
    ("tar", FETCH),
    ("unzip", FETCH),
    ("systemctl", "what runs on machines beside the cluster isn't known here"),
    ("swapoff", ""),
    ("modprobe", ""),
    ("tmux", ""),
];

/// Tools that posts use and that can't be answered, with why.
pub const NOT_MODELLED: [(&str, &str); 10] = [
    ("comm diff md5sum sha1sum sha256sum yq", "`jq`, `grep`, `sort` and `kubectl get -o jsonpath` read what is there"),
    ("mongosh mysql psql redis-cli", "what databases hold isn't known"),
    ("conntrack", "connections aren't kept"),
    ("tcpdump tshark ngrep termshark", "packets aren't kept: `whichpod trace` shows the way of a request"),
    ("journalctl dmesg", "what machines write isn't known: `kubectl logs` has the requests that were made here"),
    ("crictl ctr", "container runtimes aren't modelled: `kubectl get pods -o wide` shows what runs where"),
    ("sysctl ipset ethtool bridge tc brctl", "settings of a machine's kernel aren't known"),
    ("top htop free df du lsof strace", "what processes use isn't known"),
    ("nmap mtr iperf iperf3 arping", "`nc -zv HOST PORT` and `curl` make connections, `traceroute` shows the way"),
    ("etcdctl calicoctl cilium-dbg", "paste the objects that it would show or make"),
];

const EDIT: &str = "files aren't edited here: change the manifests";
const INSTALL: &str = "nothing is installed here: tools that are understood are there already";
const FETCH: &str = "nothing is fetched here: paste the manifests";

/// Why a tool that is known isn't answered.
pub fn why_not_modelled(name: &str) -> Option<&'static str> {
    let found = NOT_MODELLED.iter().find(|(tools, _)| tools.split(' ').any(|tool| tool == name));
    found.map(|(_, why)| *why)
}

/// Whether a word begins a command that is understood.
pub fn is_command(word: &str) -> bool {
    TOOLS.iter().any(|tool| tool.name == word)
        || COMMANDS.contains(&word)
        || HARMLESS.iter().any(|(name, _)| *name == word)
        || super::machine::TOOLS.iter().any(|tool| tool.name == word)
        || super::load::TOOLS.iter().any(|tool| tool.name == word)
        || super::text::TOOLS.iter().any(|tool| tool.name == word)
        || word == "xargs"
        || why_not_modelled(word).is_some()
        || ["openssl", "traceroute", "tracepath", "nginx", "chroot", "nsenter", "kustomize"].contains(&word)
        || ["sudo", "helm", "kind", "k3d", "while", "time", "source", "timeout", "ssh", "unset"].contains(&word)
}

/// The arguments of kubectl, whatever it is called.
pub fn as_kubectl(words: &[String]) -> Option<Vec<String>> {
    let texts: Vec<&str> = words.iter().map(String::as_str).collect();
    let behind = match &texts[..] {
        ["kubectl" | "kubectl.exe" | "kubecolor", ..] => 1,
        ["minikube", "kubectl", "--", ..] => 3,
        ["k3s" | "k0s" | "microk8s" | "minikube", "kubectl", ..] => 2,
        ["microk8s.kubectl", ..] => 1,
        ["oc", "expose", "svc" | "service" | "services", ..] => return None,
        ["oc", "expose", object, ..] if object.starts_with("svc/") || object.starts_with("service/") => return None,
        ["oc", "new-project" | "project" | "login" | "adm" | "new-app" | "status", ..] => return None,
        ["oc", ..] => 1,
        _ => return None,
    };
    words.get(behind..).map(<[String]>::to_vec)
}
