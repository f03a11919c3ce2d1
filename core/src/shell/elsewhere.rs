//! Programs around a cluster: what they print where it follows from the cluster at hand, and what to do instead elsewhere.

use serde_json::json;

use super::builtin::behind_options;
use super::stream::{CommandInput, CommandOutput};
use super::{CommandScope, ShellRunner, names};
use crate::cluster::{Node, ServiceKind};
use crate::kubectl::go_template::GoTemplate;
use crate::request::RequestClient;
use crate::terminal::UsageError;
use crate::walk::PacketOrigin;

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
            ("ssh", [_, ..]) => {
                let (host, rest) = behind_options(args, "BbcDEeFIiJLlmOopQRSWw").split_first()?;
                let host = host.rsplit('@').next().unwrap_or(host);
                let rest = if rest.first().is_some_and(|word| word == "--") { rest.get(1..)? } else { rest };
                self.node_shell(scope, Some(host), rest, input)
            }
            ("docker" | "podman" | "nerdctl", ["exec", ..]) => {
                let (host, rest) = behind_options(args.get(1..)?, "euw").split_first()?;
                match self.node(Some(host)) {
                    Some(_) => self.node_shell(scope, Some(host), rest, input),
                    None => self.no_container(host),
                }
            }
            ("docker" | "podman" | "nerdctl", ["inspect", ..]) => self.inspect_container(args.get(1..)?),
            ("docker" | "podman" | "nerdctl", ["container", "inspect", ..]) => self.inspect_container(args.get(2..)?),
            ("chroot", [_, rest @ ..]) if self.is_on_node(scope) => {
                let rest: Vec<String> = rest.iter().map(ToString::to_string).collect();
                self.on_own_node(scope, &rest, input)
            }
            ("nsenter", _) if self.is_on_node(scope) => {
                let is_first = words.windows(2).any(|pair| matches!(pair, ["-t" | "--target", "1"]))
                    || words.iter().any(|word| matches!(*word, "-t1" | "--target=1"));
                if !is_first {
                    return Some(self.refuse(UsageError::new(1, "nsenter: which process this is isn't known here: only `-t 1` is")));
                }
                let rest = behind_options(args, "t");
                self.on_own_node(scope, rest, input)
            }
            ("oc", ["expose", ..]) => self.refuse(UsageError::new(1, "`oc expose` of a Service makes a Route, which isn't understood here: `oc expose deployment` makes a Service")),
            ("docker" | "podman" | "nerdctl", ["build" | "push" | "pull" | "tag" | "images" | "login" | "save" | "load", ..]) => {
                self.note(format!("`{name}` changes nothing here: images aren't looked into"))
            }
            ("docker" | "podman" | "nerdctl", _) => {
                self.refuse(UsageError::new(127, format!("`{name} {}` isn't understood here: containers beside the cluster aren't modelled", args.join(" "))))
            }
            ("helm", ["repo" | "search" | "version" | "dependency" | "dep" | "lint" | "show" | "list" | "ls", ..]) => {
                self.note("`helm` loads nothing here: paste what `helm template` prints".to_owned())
            }
            ("kustomize", ["build", folder @ ..]) => {
                let folder = folder.iter().map(ToString::to_string);
                let words: Vec<String> = std::iter::once("kustomize".to_owned()).chain(folder).collect();
                self.kubectl(scope, &words, input)
            }
            ("helm" | "kustomize" | "argocd" | "istioctl" | "cilium" | "linkerd", _) => {
                self.refuse(UsageError::new(127, format!("`{name}` isn't understood here: paste the manifests that it makes (`helm template`, `kubectl kustomize`)")))
            }
            _ if names::why_not_modelled(name).is_some() => {
                let why = names::why_not_modelled(name).unwrap_or_default();
                self.refuse(UsageError::new(127, format!("`{name}` isn't understood here: {why}")))
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

    /// By name, by address, or the first.
    fn node(&self, host: Option<&str>) -> Option<&Node> {
        let mut nodes = self.cluster.plane().cluster.nodes.values();
        nodes.find(|node| {
            let is_it = |host: &str| &*node.name == host || node.addresses.iter().any(|own| own.to_string() == host);
            host.is_none_or(is_it)
        })
    }

    /// Whether one works in a node's network: on the node itself, or in a pod that shares it.
    fn is_on_node(&self, scope: &CommandScope) -> bool {
        match self.cluster.plane().sender(&scope.client).map(|sender| sender.origin) {
            Ok(PacketOrigin::Node(_)) => true,
            Ok(PacketOrigin::Pod(pod)) => pod.spec.host_network,
            _ => false,
        }
    }

    /// `chroot /host`, `nsenter -t 1`: the node as its own programs see it.
    fn on_own_node(&mut self, scope: &CommandScope, words: &[String], input: &CommandInput) -> CommandOutput {
        let plane = self.cluster.plane();
        let node = plane.sender(&scope.client).ok().and_then(|sender| sender.origin.node(&plane.cluster));
        let name = node.map(|node| node.name.to_string());
        self.node_shell(scope, name.as_deref(), words, input)
    }

    fn no_container(&mut self, name: &str) -> CommandOutput {
        let nodes: Vec<&str> = self.cluster.plane().cluster.nodes.keys().map(|name| &**name).collect();
        let nodes = format!("the containers that are known here are the nodes: {}", nodes.join(", "));
        self.note(nodes);
        CommandOutput::failure(1, format!("Error response from daemon: No such container: {name}"))
    }

    /// `docker inspect NODE`: its name and address, as of a cluster whose nodes are containers.
    fn inspect_container(&mut self, args: &[String]) -> CommandOutput {
        // 1. The template, and the node.
        let at = args.iter().position(|arg| ["-f", "--format"].contains(&arg.as_str()));
        let inline = args.iter().find_map(|arg| arg.strip_prefix("--format="));
        let template = at.and_then(|at| args.get(at + 1)).map(String::as_str).or(inline);
        let names =
            args.iter().enumerate().filter(|(index, arg)| !arg.starts_with('-') && Some(*index) != at.map(|at| at + 1));
        let name = names.map(|(_, name)| name.as_str()).next().unwrap_or_default();
        let Some(node) = self.node(Some(name)) else { return self.no_container(name) };
        // 2. What is known of it.
        let address = node.addresses.first().map(ToString::to_string).unwrap_or_default();
        let object = json!({
            "Name": format!("/{}", node.name),
            "Config": {"Hostname": &*node.name},
            "NetworkSettings": {"IPAddress": "", "Networks": {"kind": {"IPAddress": address}}},
        });
        // 3. In the template's form.
        let Some(template) = template else {
            let text = serde_json::to_string_pretty(&json!([object])).unwrap_or_default();
            return CommandOutput::text(text + "\n");
        };
        match GoTemplate::parse(template).and_then(|template| template.print(&object)) {
            Ok(text) => CommandOutput::text(text + "\n"),
            Err(why) => CommandOutput::failure(64, format!("template parsing error: {why}")),
        }
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
        // 1. The node.
        let Some(name) = self.node(host).map(|node| node.name.clone()) else {
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
