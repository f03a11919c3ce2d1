//! Programs around a cluster: what they print where it follows from the cluster at hand, and what to do instead elsewhere.

use super::stream::{CommandInput, CommandOutput};
use super::{CommandScope, ShellRunner, names};
use crate::cluster::ServiceKind;
use crate::request::RequestClient;
use crate::terminal::UsageError;

impl ShellRunner<'_> {
    /// None for a command that isn't among them.
    pub(super) fn elsewhere(
        &mut self,
        scope: &mut CommandScope,
        name: &str,
        args: &[String],
        input: &CommandInput,
    ) -> Option<CommandOutput> {
        let words: Vec<&str> = args.iter().map(String::as_str).collect();
        Some(match (name, &words[..]) {
            ("minikube", ["ip", ..]) => self.node_address(),
            ("minikube", ["service", rest @ ..]) => self.minikube_service(rest),
            ("minikube", ["ssh"]) | ("k3d" | "multipass", ["shell", ..]) => self.node_shell(scope, None, &[], input),
            ("minikube", ["ssh", rest @ ..]) => {
                let rest: Vec<String> = rest.iter().filter(|word| **word != "--").map(ToString::to_string).collect();
                self.node_shell(scope, None, &rest, input)
            }
            ("minikube", ["profile" | "status" | "start" | "stop" | "tunnel" | "dashboard" | "delete" | "version", ..])
            | ("kind" | "k3d" | "kubeadm" | "k3s" | "microk8s", _) => {
                self.note(format!("`{name}` changes nothing here: the cluster is there, and the manifests make it"))
            }
            ("minikube", ["addons", ..]) => {
                return Some(self.refuse(UsageError::new(1, "minikube addons aren't understood here: paste the manifests of what they install")));
            }
            ("ssh", [host, rest @ ..]) => {
                let host = host.rsplit('@').next().unwrap_or(host).to_owned();
                let rest: Vec<String> = rest.iter().map(ToString::to_string).collect();
                self.node_shell(scope, Some(&host), &rest, input)
            }
            ("docker" | "podman" | "nerdctl", ["exec", rest @ ..]) => {
                let mut rest = rest.iter().skip_while(|word| word.starts_with('-'));
                let host = rest.next()?.to_string();
                let rest: Vec<String> = rest.map(ToString::to_string).collect();
                self.node_shell(scope, Some(&host), &rest, input)
            }
            ("docker" | "podman" | "nerdctl", ["build" | "push" | "pull" | "tag" | "images" | "login" | "save" | "load", ..]) => {
                self.note(format!("`{name}` changes nothing here: images aren't looked into"))
            }
            ("docker" | "podman" | "nerdctl", _) => {
                self.refuse(UsageError::new(127, format!("`{name} {}` isn't understood here: containers beside the cluster aren't modelled", args.join(" "))))
            }
            ("helm", ["repo" | "search" | "version" | "dependency" | "dep" | "lint" | "show" | "list" | "ls", ..]) => {
                self.note("`helm` loads nothing here: paste what `helm template` prints".to_owned())
            }
            ("helm" | "kustomize" | "argocd" | "istioctl" | "cilium" | "linkerd", _) => {
                self.refuse(UsageError::new(127, format!("`{name}` isn't understood here: paste the manifests that it makes (`helm template`, `kubectl kustomize`)")))
            }
            _ => {
                let (_, why) = names::HARMLESS.iter().find(|(known, _)| *known == name)?;
                if why.is_empty() { CommandOutput::status(0) } else { self.note(format!("`{name}`: {why}")) }
            }
        })
    }

    pub(super) fn note(&mut self, note: String) -> CommandOutput {
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
        CommandOutput::status(0)
    }

    fn node_address(&mut self) -> CommandOutput {
        let nodes = &self.cluster.plane().cluster.nodes;
        let address = nodes.values().find_map(|node| node.addresses.first());
        match address {
            Some(address) => CommandOutput::text(format!("{address}\n")),
            None => CommandOutput::failure(1, "minikube: there is no node with an address"),
        }
    }

    /// `minikube service NAME --url`: the node's address with each node port.
    fn minikube_service(&mut self, words: &[&str]) -> CommandOutput {
        // 1. Namespace and name.
        let mut namespace = self.session.namespace().to_owned();
        let mut name = None;
        let mut words = words.iter();
        while let Some(word) = words.next() {
            match *word {
                "-n" | "--namespace" => namespace = words.next().map(ToString::to_string).unwrap_or_default(),
                word if word.starts_with("--namespace=") => namespace = word.replacen("--namespace=", "", 1),
                word if word.starts_with('-') => {}
                word => name = Some(word),
            }
        }
        // 2. The Service, which must have node ports.
        let cluster = &self.cluster.plane().cluster;
        let Some(service) = name.and_then(|name| cluster.services.get(&namespace, name)) else {
            let name = name.unwrap_or_default();
            return CommandOutput::failure(
                115,
                format!("X Exiting due to SVC_NOT_FOUND: Service '{name}' was not found in '{namespace}' namespace."),
            );
        };
        let address = cluster.nodes.values().find_map(|node| node.addresses.first());
        if !matches!(service.kind, ServiceKind::NodePort | ServiceKind::LoadBalancer) {
            return CommandOutput::failure(0, format!("* service {namespace}/{} has no node port", service.name()));
        }
        // 3. A URL for each.
        let ports = service.ports.iter().filter_map(|port| Some((address?, port.node_port?)));
        CommandOutput::text(
            ports
                .map(|(address, port)| format!("http://{}\n", crate::packet::socket_text(*address, port)))
                .collect::<String>(),
        )
    }

    /// A command on a node, or its shell.
    fn node_shell(
        &mut self,
        scope: &CommandScope,
        host: Option<&str>,
        words: &[String],
        input: &CommandInput,
    ) -> CommandOutput {
        // 1. The node: by name, by address, or the first.
        let nodes = &self.cluster.plane().cluster.nodes;
        let node = match host {
            None => nodes.values().next(),
            Some(host) => nodes
                .values()
                .find(|node| &*node.name == host || node.addresses.iter().any(|address| address.to_string() == host)),
        };
        let Some(name) = node.map(|node| node.name.clone()) else {
            let host = host.unwrap_or_default();
            return CommandOutput::failure(
                255,
                format!("ssh: Could not resolve hostname {host}: Name or service not known"),
            );
        };
        // 2. Without words one stays there.
        let client = RequestClient::Node(name);
        if words.is_empty() {
            return self.enter(scope, client, None);
        }
        // 3. The command runs there.
        let mut inner = CommandScope {
            client,
            libc: None,
            variables: Default::default(),
            is_typed: false,
            is_terminal: scope.is_terminal,
        };
        match words {
            [text] => self.sub_script(&mut inner, text, input),
            words => self.words(&mut inner, words, input),
        }
    }
}
