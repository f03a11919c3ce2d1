//! The commands that the shell knows beside the tools of the console.

use crate::console::TOOLS;

/// What the shell does itself and what works on text, for completion and for telling commands from comments.
pub const COMMANDS: [&str; 52] = [
    "[", "alias", "awk", "base64", "bash", "cat", "cd", "clear", "cp", "cut", "date", "docker", "echo", "egrep", "env",
    "eval", "exit", "export", "false", "fgrep", "for", "grep", "head", "history", "if", "jq", "k", "k3s", "kubectl",
    "ls", "microk8s", "minikube", "mkdir", "mv", "oc", "printf", "pwd", "rm", "sed", "seq", "sh", "sleep", "sort",
    "tail", "tee", "test", "tr", "true", "uniq", "watch", "wc", "xargs",
];

/// Others that one reads in posts and that change nothing here.
pub const HARMLESS: [(&str, &str); 30] = [
    ("vim", EDIT),
    ("vi", EDIT),
    ("nano", EDIT),
    ("emacs", EDIT),
    ("code", EDIT),
    ("less", ""),
    ("more", ""),
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
    ("systemctl", ""),
    ("swapoff", ""),
    ("modprobe", ""),
    ("tmux", ""),
];

const EDIT: &str = "files aren't edited here: change the manifests";
const INSTALL: &str = "nothing is installed here: tools that are understood are there already";
const FETCH: &str = "nothing is fetched here: paste the manifests";

/// Whether a word begins a command that is understood.
pub fn is_command(word: &str) -> bool {
    TOOLS.iter().any(|tool| tool.name == word)
        || COMMANDS.contains(&word)
        || HARMLESS.iter().any(|(name, _)| *name == word)
        || super::machine::TOOLS.iter().any(|tool| tool.name == word)
        || super::load::TOOLS.iter().any(|tool| tool.name == word)
        || ["openssl", "traceroute", "tracepath"].contains(&word)
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
        ["oc", "new-project" | "project" | "login" | "adm" | "new-app" | "status", ..] => return None,
        ["oc", ..] => 1,
        _ => return None,
    };
    words.get(behind..).map(<[String]>::to_vec)
}
